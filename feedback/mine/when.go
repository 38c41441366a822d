package mine

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// when reads the ways in which files write times; without a zone of their own they are in the given one. Of 03/04/2026 the month
// stands first.
func when(text string, zone *time.Location) (time.Time, bool) { return whenIn(text, zone, monthFirst) }

// whenIn is when with the order of day and month.
func whenIn(text string, zone *time.Location, order dayOrder) (time.Time, bool) {
	at, ok := readTime(tidyTime(text), zone, order)
	if !ok || at.Year() < firstYear || at.Year() > lastYear {
		return time.Time{}, false
	}
	return at, true
}

// The years that a time can lie in: any other is a mistake, or a number that is no time.
const firstYear, lastYear = 1990, 2100

// readTime reads a tidy text, in whatever year it lies.
func readTime(text string, zone *time.Location, order dayOrder) (time.Time, bool) {
	if d, rest, ok := cutDay(text); ok {
		c, tail, ok := cutClock(rest)
		if !ok {
			return time.Time{}, false
		}
		if zone, ok = zoneIn(tail, zone); !ok {
			return time.Time{}, false
		}
		return d.at(c, zone, order)
	}
	if at, ok := compact(text, zone); ok {
		return at, true
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 20_000 && days < 80_000 { // as workbooks count: 1954 to 2119
		return fromWorkbook(days, zone), true
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}, false
	}
	// Of these units one at most gives a year that can be.
	for _, perSecond := range []int64{1, 1e3, 1e6, 1e9} {
		at := time.Unix(n/perSecond, n%perSecond*(1e9/perSecond)).In(zone)
		if at.Year() >= firstYear && at.Year() <= lastYear {
			return at, true
		}
	}
	return time.Time{}, false
}

// compact reads yyyymmdd with nothing or hhmm, hhmmss or hhmmssmmm behind it, which lies in a year that can be.
func compact(text string, zone *time.Location) (time.Time, bool) {
	if !slices.Contains([]int{8, 12, 14, 17}, len(text)) || strings.ContainsFunc(text, func(r rune) bool { return r < '0' || r > '9' }) {
		return time.Time{}, false
	}
	all := text + "000000000"[:17-len(text)]
	d, c := numberedDay{number(all[4:6]), number(all[6:8]), number(all[:4]), true}, clock{number(all[8:10]), number(all[10:12]), number(all[12:14])}
	at, ok := d.at(c, zone, monthFirst)
	if !ok || !c.can() || d.year < firstYear || d.year > lastYear {
		return time.Time{}, false
	}
	return at.Add(time.Duration(number(all[14:])) * time.Millisecond), true
}

// tidyTime gives letters and digits their usual width, and leaves one blank where there are several.
func tidyTime(text string) string {
	return strings.Join(strings.Fields(strings.Map(narrow, text)), " ")
}

// The ways in which days are written. Two digits are a year behind dashes and slashes only: 1.2.26 may be the number of a version.
var (
	dayYearFirst = regexp.MustCompile(`^(\d{4})(?:([-/.])(\d{1,2})([-/.])(\d{1,2})|年 ?(\d{1,2})月 ?(\d{1,2})[日号號])`)
	dayYearLast  = regexp.MustCompile(`^(\d{1,2})([-/.])(\d{1,2})([-/.])(\d{4}|\d{2}\b)`)
	dayNamed     = regexp.MustCompile(`(?i)^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,? )?(?:([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})|(\d{1,2})(?:st|nd|rd|th)?[- ]([a-z]{3,9})\.?,?[- ](\d{4}|\d{2}\b))`)
)

// numberedDay is a day in numbers; one and two are its month and day, in either order unless that is known.
type numberedDay struct {
	one, two, year int
	known          bool // one is the month
}

// cutDay takes the day off the beginning of a time.
func cutDay(text string) (d numberedDay, rest string, ok bool) {
	if m := dayYearFirst.FindStringSubmatch(text); m != nil && m[2] == m[4] {
		return numberedDay{number(m[3] + m[6]), number(m[5] + m[7]), number(m[1]), true}, text[len(m[0]):], true
	}
	if m := dayYearLast.FindStringSubmatch(text); m != nil && m[2] == m[4] && (m[2] != "." || len(m[5]) == 4) {
		d = numberedDay{number(m[1]), number(m[3]), yearOf(m[5]), false}
		if m[2] == "." { // so write those only who have the day first
			d = numberedDay{d.two, d.one, d.year, true}
		}
		return d, text[len(m[0]):], true
	}
	if m := dayNamed.FindStringSubmatch(text); m != nil {
		if month := monthOf(m[1] + m[5]); month > 0 {
			return numberedDay{month, number(m[2] + m[4]), yearOf(m[3] + m[6]), true}, text[len(m[0]):], true
		}
	}
	return d, "", false
}

// number is what a few digits say.
func number(digits string) int {
	n, _ := strconv.Atoi(digits) // the patterns let digits only through
	return n
}

// yearOf is a year of four digits, or of two as time.Parse takes them: 69 to 99 lie before 2000.
func yearOf(digits string) int {
	n := number(digits)
	switch {
	case len(digits) == 4:
		return n
	case n >= 69:
		return 1900 + n
	}
	return 2000 + n
}

// monthOf is the month that an English word or its beginning names; 0: none.
func monthOf(word string) int {
	word = strings.ToLower(word)
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), word) || m == time.September && word == "sept" {
			return int(m)
		}
	}
	return 0
}

// clockAt is the time of the day behind a day, with its part of the day before or behind it.
var clockAt = regexp.MustCompile(`(?i)^(?:t|,? ?(?:at )?)?(凌晨|清晨|早上|上午|中午|下午|傍晚|晚上)? ?(\d{1,2})(?:[:时時点點](\d{2})(?:[:分](\d{2})(?:[.,]\d{1,9})?秒?)?分?|[时時点點](半|[整钟鐘])?)?(?: ?(am|pm|a\.m\.|p\.m\.|上午|下午))?`)

// clock is a time of the day. An hour of 24 and more is in the next day.
type clock struct{ hour, minute, second int }

// can reports whether there is such a time: 24:00 is, 24:01 is none.
func (c clock) can() bool {
	return c.minute < 60 && c.second < 60 && (c.hour < 24 || c == clock{hour: 24})
}

// cutClock takes the time of the day off what stands behind a day: midnight when nothing does.
func cutClock(text string) (c clock, rest string, ok bool) {
	if strings.TrimSpace(text) == "" {
		return c, "", true
	}
	m := clockAt.FindStringSubmatch(text)
	part := ""
	if m != nil {
		part = strings.ToLower(m[1] + m[6])
	}
	if m == nil || part == "" && m[3] == "" && !strings.ContainsAny(m[0], "时時点點") { // a bare number is no time
		return c, "", false
	}
	c = clock{number(m[2]), number(m[3]), number(m[4])}
	if m[5] == "半" {
		c.minute = 30
	}
	if !c.can() {
		return c, "", false
	}
	c.hour, ok = hourOf(c.hour, part)
	return c, text[len(m[0]):], ok
}

// hourOf is the hour of 24 that is meant by one of 12 in a part of the day: 中午1点 is 13, 晚上12点 is 24; one of 24 stays. false: that
// part has no such hour.
func hourOf(hour int, part string) (int, bool) {
	switch part {
	case "上午", "凌晨", "清晨", "早上", "am", "a.m.":
		return hour % 12, hour <= 12
	case "下午", "傍晚", "pm", "p.m.":
		if hour < 12 {
			hour += 12
		}
	case "中午":
		if hour < 6 {
			hour += 12
		}
	case "晚上":
		if hour == 12 || hour > 0 && hour < 5 { // the night goes on after midnight
			return hour%12 + 24, true
		}
		if hour > 0 && hour < 12 {
			hour += 12
		}
	}
	return hour, true
}

// zoneAt is how a time names its zone: Z, UTC, GMT+8, UTC+08:00, +0800, and a name in brackets behind that.
var zoneAt = regexp.MustCompile(`(?i)^ ?(?:z|(utc|gmt)? ?(?:([-+])(\d{1,2})(?::?(\d{2}))?)?)(?: ?\([^()]*\))?$`)

// zoneIn is the zone that stands behind a time, or the given one when nothing does.
func zoneIn(tail string, zone *time.Location) (*time.Location, bool) {
	if tail == "" {
		return zone, true
	}
	tail = strings.NewReplacer("[", "", "]", "").Replace(tail)
	m := zoneAt.FindStringSubmatch(tail)
	if m == nil {
		return nil, false
	}
	hours, minutes := number(m[3]), number(m[4])
	if hours > 14 || minutes > 59 {
		return nil, false
	}
	east := hours*3600 + minutes*60
	if m[2] == "-" {
		east = -east
	}
	if east == 0 {
		return time.UTC, true
	}
	return time.FixedZone("", east), true
}

// at is the time on a day; false where the calendar has no such day.
func (d numberedDay) at(c clock, zone *time.Location, order dayOrder) (time.Time, bool) {
	month, day := d.one, d.two
	if !d.known && order == dayFirst {
		month, day = day, month
	}
	if month < 1 || month > 12 || day < 1 || day > time.Date(d.year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC).Day() {
		return time.Time{}, false
	}
	return time.Date(d.year, time.Month(month), day, c.hour, c.minute, c.second, 0, zone), true
}

// zoneNameRunes is how many characters may stand behind a time that are the name of a zone: longer ones are a text with its time.
const zoneNameRunes = 40

// startsAsTime reports whether a value is a time, or one with something short behind it, such as a zone that is not known.
func startsAsTime(value string) bool {
	if isTime(value) {
		return true
	}
	_, rest, ok := cutDay(tidyTime(value))
	if !ok {
		return false
	}
	_, tail, ok := cutClock(rest)
	return ok && utf8.RuneCountInString(tail) <= zoneNameRunes
}
