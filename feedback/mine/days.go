package mine

import (
	"errors"
	"io"
	"os"
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

// orderOfDays finds out in which order a column of times has day and month: as told, else as its values leave no doubt, else as settle
// says.
func orderOfDays(days *dayCount, told string, zone *time.Location, settle func(Doubt) (string, error)) (dayOrder, error) {
	if told != "" {
		return dayOrder(told == DayFirst), nil
	}
	order, example, sure := days.order()
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

// dayCount is what the times of a column say of their order of day and month.
type dayCount struct {
	day, month, known int    // times that can only be in that order, and those that need none
	first, either     string // the first in numbers, and the first that can be in both orders
	spans             [2]daySpan
}

// add takes a time in.
func (c *dayCount) add(text string) {
	text = strings.TrimSpace(text)
	d, _, ok := cutDay(tidyTime(text))
	if !ok {
		return
	}
	if d.known {
		c.known++
		return
	}
	c.spans[0].add(d, monthFirst)
	c.spans[1].add(d, dayFirst)
	switch {
	case d.one > 12:
		c.day++
	case d.two > 12:
		c.month++
	case c.either == "" && d.one != d.two:
		c.either = text
	}
	if c.first == "" {
		c.first = text
	}
}

// addRows takes a column of rows in.
func (c *dayCount) addRows(rows [][]string, column int) {
	for _, row := range rows {
		if column < len(row) {
			c.add(row[column])
		}
	}
}

// open reports whether more values could say more: those that were taken in show no order.
func (c *dayCount) open() bool { return c.day == 0 && c.month == 0 && (c.first != "" || c.known == 0) }

// order is the order; sure is false when the times could be in either, and example is then one of them. The likelier order is the one
// by which they lie closer together: feedback and orders come day after day.
func (c *dayCount) order() (order dayOrder, example string, sure bool) {
	switch {
	case c.day > 0 && c.month > 0: // some of each
		return dayOrder(c.day > c.month), c.first, false
	case c.day > 0:
		return dayFirst, "", true
	case c.month > 0 || c.either == "":
		return monthFirst, "", true
	}
	return dayOrder(c.spans[1].length() < c.spans[0].length()), c.either, false
}

// daySpan is the time between the first and the last of some days.
type daySpan struct{ first, last time.Time }

func (s *daySpan) add(d numberedDay, order dayOrder) {
	t, ok := d.at(clock{}, time.UTC, order)
	if !ok {
		return
	}
	if s.first.IsZero() || t.Before(s.first) {
		s.first = t
	}
	if t.After(s.last) {
		s.last = t
	}
}

func (s *daySpan) length() time.Duration { return s.last.Sub(s.first) }

// wholeFile takes the column of times of all rows of a file in. What can be read only once, such as a pipe, is left as it is.
func (c *dayCount) wholeFile(name string, column int) error {
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	in, err := open(name)
	if err != nil {
		return err
	}
	defer in.close.Close()
	*c = dayCount{}
	for {
		row, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err == nil:
			c.addRows([][]string{row}, column)
		case !errors.Is(err, errBadRow):
			return err
		}
	}
}
