package nlp

import (
	"strings"
	"time"
)

// english reads dates in words at i: yesterday, last Friday, Nov 3rd, November 3, 2026, in 2 weeks, a week ago.
func (d dates) english(i int) (int, string) {
	s := d.s
	if i > 0 && isLetter(s[i-1]) {
		return 0, ""
	}
	word, end := latinWord(s, i)
	switch word {
	case "last", "past", "previous", "this":
		if end, value := d.nearDay(i); end > 0 {
			return end, value
		}
		if word == "this" {
			return d.relative(end, 0)
		}
		return d.relative(end, -1)
	case "half": // half an hour ago
		if w, e := latinWord(s, skipSpace(s, end)); w == "a" || w == "an" {
			return d.ago(0.5, e)
		}
		return 0, ""
	case "next", "coming":
		return d.relative(end, 1)
	case "in":
		return d.in(end)
	case "the", "day", "yesterday", "today", "tonight", "tomorrow", "tmr", "yday":
		if end, value := d.nearDay(i); end > 0 {
			return end, value
		}
		return d.nth(i)
	case "christmas", "halloween", "valentine", "singles", "double", "new", "black":
		return d.festival(i)
	case "a", "an", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve":
		if word == "a" || word == "an" {
			if w, e := latinWord(s, skipSpace(s, end)); w == "couple" {
				if w, e2 := latinWord(s, skipSpace(s, e)); w == "of" {
					e = e2
				}
				return d.ago(2, e)
			}
			return d.ago(1, end)
		}
		return d.counted(i)
	}
	if day := englishWeekday(word); day >= 0 {
		if end, value := d.weekdayDate(end); end > 0 {
			return end, value
		}
		return end, d.weekday(day, i, end).Format(isoDay)
	}
	if m := englishMonth(word); m > 0 {
		return d.monthFirst(i, end, m)
	}
	return 0, ""
}

// nearDay reads a name of a day close to now.
func (d dates) nearDay(i int) (int, string) {
	for _, w := range []struct {
		word string
		days int
	}{{"the day before yesterday", -2}, {"the day after tomorrow", 2}, {"day before yesterday", -2}, {"day after tomorrow", 2}, {"yesterday", -1},
		{"today", 0}, {"tonight", 0}, {"last night", -1}, {"this morning", 0}, {"this afternoon", 0}, {"tomorrow", 1}, {"tmr", 1}, {"yday", -1}} {
		if strings.HasPrefix(d.s[i:], w.word) && !alnumAt(d.s, i+len(w.word)) {
			return i + len(w.word), d.day(w.days).Format(isoDay)
		}
	}
	return 0, ""
}

// latinWord is the run of letters at i and its end.
func latinWord(s string, i int) (string, int) {
	j := i
	for j < len(s) && isLetter(s[j]) {
		j++
	}
	return s[i:j], j
}

// relative reads the unit after last, this or next.
func (d dates) relative(j, step int) (int, string) {
	word, end := latinWord(d.s, skipSpace(d.s, j))
	switch word {
	case "week":
		return end, isoWeek(d.monday(step))
	case "month":
		return end, d.month(step)
	case "year":
		return end, d.now.AddDate(step, 0, 0).Format("2006")
	case "weekend":
		return end, d.monday(step).AddDate(0, 0, 5).Format(isoDay)
	}
	day := englishWeekday(word)
	if day < 0 {
		if end, value := d.stepped(j, step); end > 0 {
			return end, value
		}
		if m := englishMonth(word); m > 0 && step != 0 && word != "may" {
			return end, d.monthAt(m, step)
		}
		return 0, ""
	}
	if step < 0 { // the most recent one before today
		back := ((int(d.now.Weekday())+6)%7 - day + 7) % 7
		if back == 0 {
			back = 7
		}
		return end, d.day(-back).Format(isoDay)
	}
	return end, d.monday(step).AddDate(0, 0, day).Format(isoDay)
}

// monthAt is the last or next month of that name.
func (d dates) monthAt(m, step int) string {
	y := d.now.Year()
	if step < 0 && m >= int(d.now.Month()) {
		y--
	} else if step > 0 && m <= int(d.now.Month()) {
		y++
	}
	return time.Date(y, time.Month(m), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
}

const andAHalf = " and a half" // before or after the unit: two and a half hours, an hour and a half

// in reads "in 3 days", "in a week".
func (d dates) in(j int) (int, string) {
	s := d.s
	j = skipSpace(s, j)
	v, k := 0.0, 0
	if j < len(s) && isDigit(s[j]) {
		v, k = parseArabic(s, j)
	} else if w, e := latinWord(s, j); w == "a" || w == "an" {
		v, k = 1, e
	} else if n := suffixLen(s[j:], "half an ", "half a "); n > 0 {
		v, k = 0.5, j+n-1
	} else {
		v, k = englishNumber(s, j)
	}
	if k == 0 || k >= len(s) || s[k] != ' ' || v > 5000 {
		return 0, ""
	}
	if n := suffixLen(s[k:], andAHalf+" "); n > 0 {
		v, k = v+0.5, k+n-1
	}
	word, end := latinWord(s, k+1)
	if n := suffixLen(s[end:], andAHalf); n > 0 && !alnumAt(s, end+n) {
		v, end = v+0.5, end+n
	}
	switch word {
	case "hour", "hours":
		return end, d.moved(v, unit{scale: "h", size: 1})
	case "minute", "minutes", "mins":
		return end, d.moved(v, unit{scale: "h", size: 1.0 / 60})
	case "day", "days":
		return end, d.moved(v, unit{scale: "d", size: 1})
	case "week", "weeks":
		return end, d.moved(v, unit{scale: "d", size: 7})
	case "fortnight", "fortnights":
		return end, d.moved(v, unit{scale: "d", size: 14})
	case "month", "months":
		return end, d.moved(v, unit{scale: "m"})
	case "year", "years":
		return end, d.moved(v, unit{scale: "y"})
	}
	return 0, ""
}

// englishDay reads a day before its month at i: 3 Nov, 3rd of November 2026.
func (d dates) englishDay(i int) (int, string) {
	s := d.s
	day, j := integer(s, i)
	if j == 0 || day < 1 || day > 31 {
		return 0, ""
	}
	j += suffixLen(s[j:], "st", "nd", "rd", "th")
	if j >= len(s) || s[j] != ' ' && s[j] != '-' {
		return 0, ""
	}
	j = skipSpace(s, j+1)
	if strings.HasPrefix(s[j:], "of ") {
		j += len("of ")
	}
	word, end := latinWord(s, j)
	m := englishMonth(word)
	if m == 0 {
		return d.dayOf(word, end, day)
	}
	if end < len(s) && s[end] == '.' {
		end++
	}
	return d.withYear(end, m, day)
}

// dayOf reads the rest of "the 2nd of next month" after its word at j.
func (d dates) dayOf(word string, j, day int) (int, string) {
	step, ok := map[string]int{"last": -1, "this": 0, "next": 1}[word]
	month, end := latinWord(d.s, skipSpace(d.s, j))
	if !ok || month != "month" {
		return 0, ""
	}
	first := time.Date(d.now.Year(), d.now.Month()+time.Month(step), 1, 0, 0, 0, 0, time.UTC)
	return end, calendar(first.Year(), int(first.Month()), day)
}

// monthFirst reads what follows a month's name: Nov 3rd, November 3, 2026, November 2026, "in November".
func (d dates) monthFirst(i, j, m int) (int, string) {
	s := d.s
	k := j
	if k < len(s) && s[k] == '.' {
		k++
	}
	k = skipSpace(s, k)
	if strings.HasPrefix(s[k:], "the ") {
		k += len("the ")
	}
	if n, e := integer(s, k); e > 0 && k > j {
		e += suffixLen(s[e:], "st", "nd", "rd", "th")
		switch {
		case alnumAt(s, e):
		case 1 <= n && n <= 31:
			return d.withYear(e, m, n)
		case n >= 1990 && n < 2100:
			return e, time.Date(n, time.Month(m), 1, 0, 0, 0, 0, time.UTC).Format("2006-01")
		}
	}
	if word, _ := latinWord(s, i); word == "may" || word == "mar" || word == "march" || word == "apr" {
		if !hasAnySuffix(strings.TrimRight(s[:i], " "), "in", "since", "last", "until", "by") {
			return 0, ""
		}
	}
	value := d.nearest(m, 15)
	return j, value[:7]
}

// withYear finishes a day and month that end at j, with the year if one follows.
func (d dates) withYear(j, m, day int) (int, string) {
	s := d.s
	k := j
	if k < len(s) && s[k] == ',' {
		k++
	}
	k = skipSpace(s, k)
	if y, e := integer(s, k); e-k == 4 && y >= 1990 && y < 2100 && !alnumAt(s, e) && k > j {
		if value := calendar(y, m, day); value != "" {
			return e, value
		}
		return 0, ""
	}
	value := d.inTense(m, day, j, j)
	if value == "" {
		return 0, ""
	}
	return j, value
}

// englishWeekday is 0 for Monday … 6 for Sunday, or -1.
func englishWeekday(w string) int {
	switch w {
	case "monday", "mon":
		return 0
	case "tuesday", "tue", "tues":
		return 1
	case "wednesday", "wed", "weds":
		return 2
	case "thursday", "thu", "thur", "thurs":
		return 3
	case "friday", "fri":
		return 4
	case "saturday":
		return 5
	case "sunday":
		return 6
	}
	return -1
}

// englishMonth is 1 … 12, or 0.
func englishMonth(w string) int {
	switch w {
	case "january", "jan":
		return 1
	case "february", "feb":
		return 2
	case "march", "mar":
		return 3
	case "april", "apr":
		return 4
	case "may":
		return 5
	case "june", "jun":
		return 6
	case "july", "jul":
		return 7
	case "august", "aug":
		return 8
	case "september", "sep", "sept":
		return 9
	case "october", "oct":
		return 10
	case "november", "nov":
		return 11
	case "december", "dec":
		return 12
	}
	return 0
}
