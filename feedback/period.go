package feedback

import (
	"errors"
	"fmt"
	"time"
)

// ErrWeek means that a text does not name an ISO week such as 2026-W46.
var ErrWeek = errors.New("feedback: no such week")

// Week is the ISO 8601 week with a name such as "2026-W46", from Monday 00:00 to the next in a zone.
func Week(name string, zone *time.Location) (Period, error) {
	var year, week int
	if n, err := fmt.Sscanf(name, "%d-W%d", &year, &week); err != nil || n != 2 || fmt.Sprintf("%04d-W%02d", year, week) != name {
		return Period{}, fmt.Errorf("%w: %q: write it like 2026-W46", ErrWeek, name)
	}
	// The fourth of January is always in week 1.
	fourth := time.Date(year, 1, 4, 0, 0, 0, 0, zone)
	monday := 4 - (int(fourth.Weekday())+6)%7 + 7*(week-1)
	p := days(year, 1, monday, 7, zone)
	if WeekName(p.Start) != name {
		return Period{}, fmt.Errorf("%w: %q: that year has no such week", ErrWeek, name)
	}
	return p, nil
}

// WeekOf is the ISO week that an instant lies in, as the clocks of a zone show it.
func WeekOf(t time.Time, zone *time.Location) Period {
	local := t.In(zone)
	return days(local.Year(), local.Month(), local.Day()-(int(local.Weekday())+6)%7, 7, zone)
}

// WeekName is the name of the ISO week of an instant in its own zone.
func WeekName(t time.Time) string {
	year, week := t.ISOWeek()
	return fmt.Sprintf("%04d-W%02d", year, week)
}

// days is the period of n days from a date. Dates, not hours, are counted: a day may have 23 or 25 of them. A midnight
// that a change of clocks leaves out becomes the first instant after it.
func days(year int, month time.Month, day, n int, zone *time.Location) Period {
	return Period{Start: midnight(year, month, day, zone), End: midnight(year, month, day+n, zone), Zone: zone}
}

// midnight is the first instant of a date in a zone.
func midnight(year int, month time.Month, day int, zone *time.Location) time.Time {
	t := time.Date(year, month, day, 0, 0, 0, 0, zone)
	// Where midnight does not exist, time.Date gives an instant an hour off, possibly of the day before.
	want := time.Date(year, month, day, 12, 0, 0, 0, zone)
	for t.Day() != want.Day() {
		t = t.Add(time.Hour)
	}
	return t
}

// Before is the period of as many days just before this one.
func (p Period) Before() Period {
	n := p.DayCount()
	s := p.Start.In(p.Zone)
	return days(s.Year(), s.Month(), s.Day()-n, n, p.Zone)
}

// DayCount is the number of calendar days in the period.
func (p Period) DayCount() int {
	n := 0
	for range p.Days() {
		n++
	}
	return n
}

// Days are the calendar days of the period, in order.
func (p Period) Days() []Period {
	var all []Period
	s := p.Start.In(p.Zone)
	for i := 0; ; i++ {
		d := days(s.Year(), s.Month(), s.Day()+i, 1, p.Zone)
		if !d.Start.Before(p.End) {
			return all
		}
		all = append(all, d)
	}
}

// Name is the week's name when the period is one, "all" when it is timeless, else its first and last day.
func (p Period) Name() string {
	if p.Timeless() {
		return "all"
	}
	if w := WeekOf(p.Start, p.Zone); w.Start.Equal(p.Start) && w.End.Equal(p.End) {
		return WeekName(p.Start.In(p.Zone))
	}
	return p.Start.In(p.Zone).Format("2006-01-02") + "/" + p.End.In(p.Zone).Add(-time.Second).Format("2006-01-02")
}
