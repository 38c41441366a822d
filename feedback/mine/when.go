package mine

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// dayOrder is how a file writes 3 April 2026 in numbers.
type dayOrder bool

const (
	monthFirst dayOrder = false // 04/03/2026
	dayFirst   dayOrder = true  // 03/04/2026
)

// String is the word for people and logs.
func (d dayOrder) String() string {
	if d == dayFirst {
		return "day"
	}
	return "month"
}

// when reads the ways in which files write times; without a zone of their own they are in the given one. Of 03/04/2026 the month
// stands first.
func when(text string, zone *time.Location) (time.Time, bool) { return whenIn(text, zone, monthFirst) }

// whenIn is when with the order of day and month.
func whenIn(text string, zone *time.Location, order dayOrder) (time.Time, bool) {
	for _, layout := range []string{time.RFC3339, "2006-01-02 15:04:05 -0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04",
		"2006-01-02", "2006/1/2 15:04:05", "2006/1/2 15:04", "2006/1/2", "2006年1月2日 15:04:05", "2006年1月2日 15:04", "2006年1月2日15:04", "2006年1月2日", "02.01.2006", "Jan 2, 2006"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	if d, ok := splitDate(text); ok {
		return d.in(zone, order)
	}
	if days, err := strconv.ParseFloat(text, 64); err == nil && days > 20_000 && days < 80_000 { // as workbooks count: 1954 to 2119
		return fromWorkbook(days, zone), true
	}
	if n, err := strconv.ParseInt(text, 10, 64); err == nil && n > 1e8 {
		if n > 1e12 {
			return time.UnixMilli(n).In(zone), true
		}
		return time.Unix(n, 0).In(zone), true
	}
	return time.Time{}, false
}

// splitDay is a date whose first two numbers are day and month in either order.
type splitDay struct {
	one, two, year int
	rest           string // the time of the day
}

// splitDate takes 03/04/2026 or 3-4-2026 apart.
func splitDate(text string) (d splitDay, ok bool) {
	day, rest, _ := strings.Cut(text, " ")
	mark := "/"
	if !strings.Contains(day, mark) {
		mark = "-"
	}
	parts := strings.Split(day, mark)
	if len(parts) != 3 || len(parts[0]) > 2 || len(parts[1]) > 2 || len(parts[2]) != 4 {
		return d, false
	}
	var n [3]int
	for i, p := range parts {
		v, err := strconv.Atoi(p)
		if err != nil || v < 1 || p[0] == '+' {
			return d, false
		}
		n[i] = v
	}
	return splitDay{n[0], n[1], n[2], strings.TrimSpace(rest)}, true
}

func (d splitDay) in(zone *time.Location, order dayOrder) (time.Time, bool) {
	month, day := d.one, d.two
	if order == dayFirst {
		month, day = day, month
	}
	whole := strings.TrimSpace(fmt.Sprintf("%04d-%02d-%02d %s", d.year, month, day, d.rest))
	for _, layout := range []string{"2006-01-02", "2006-01-02 15:04", "2006-01-02 15:04:05", "2006-01-02 3:04 PM", "2006-01-02 3:04:05 PM"} {
		if t, err := time.ParseInLocation(layout, whole, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// daysOf finds out in which order the dates of a column are written; sure is false when they could be in either, and example is
// then one of them. The likelier order is the one by which they lie closer together: feedback comes day after day.
func daysOf(sample [][]string, column int) (order dayOrder, example string, sure bool) {
	var split []splitDay
	day, month := 0, 0 // dates that can only be in that order
	either := ""       // one that can be in both
	for _, row := range sample {
		if column >= len(row) {
			continue
		}
		text := strings.TrimSpace(row[column])
		d, ok := splitDate(text)
		if !ok {
			continue
		}
		split = append(split, d)
		switch {
		case d.one > 12:
			day++
		case d.two > 12:
			month++
		case either == "" && d.one != d.two:
			either = text
		}
		if example == "" {
			example = text
		}
	}
	switch {
	case day > 0 && month > 0: // some of each
		return dayOrder(day > month), example, false
	case day > 0:
		return dayFirst, "", true
	case month > 0 || either == "":
		return monthFirst, "", true
	}
	example = either
	return dayOrder(span(split, dayFirst) < span(split, monthFirst)), example, false
}

// span is how far apart dates lie.
func span(list []splitDay, order dayOrder) time.Duration {
	var first, last time.Time
	for _, d := range list {
		t, ok := d.in(time.UTC, order)
		if !ok {
			continue
		}
		if first.IsZero() || t.Before(first) {
			first = t
		}
		if t.After(last) {
			last = t
		}
	}
	return last.Sub(first)
}
