package mine

import (
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

// value is how Options write it.
func (d dayOrder) value() string {
	if d == dayFirst {
		return DayFirst
	}
	return MonthFirst
}

// orderOfDays finds out in which order the times of a column have day and month: as told, else as the rows leave no doubt, else
// as settle says.
func orderOfDays(sample [][]string, column int, told string, zone *time.Location, settle func(Doubt) (string, error)) (dayOrder, error) {
	if told != "" {
		return dayOrder(told == DayFirst), nil
	}
	order, example, sure := daysOf(sample, column)
	if sure {
		return order, nil
	}
	d := Doubt{Kind: DoubtDates, Sample: example}
	for _, o := range []dayOrder{order, !order} {
		c := Choice{Value: o.value()}
		if t, ok := whenIn(example, zone, o); ok {
			c.Sample = t.Format(time.DateOnly)
		}
		d.Choices = append(d.Choices, c)
	}
	took, err := settle(d)
	return dayOrder(took == DayFirst), err
}

// daysOf finds out in which order the dates of a column are written; sure is false when they could be in either, and example is
// then one of them. The likelier order is the one by which they lie closer together: feedback and orders come day after day.
func daysOf(sample [][]string, column int) (order dayOrder, example string, sure bool) {
	var split []numberedDay
	day, month := 0, 0 // dates that can only be in that order
	either := ""       // one that can be in both
	for _, row := range sample {
		if column >= len(row) {
			continue
		}
		text := strings.TrimSpace(row[column])
		d, _, ok := cutDay(tidyTime(text))
		if !ok || d.known {
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
func span(list []numberedDay, order dayOrder) time.Duration {
	var first, last time.Time
	for _, d := range list {
		t, ok := d.at(clock{}, time.UTC, order)
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
