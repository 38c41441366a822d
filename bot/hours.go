package bot

import "time"

// Hours are the business hours of the people who take over.
type Hours struct {
	Zone *time.Location // nil: UTC
	Week [7][]Interval  // by time.Weekday
	// Days are exceptions by date ("2026-10-01"): a holiday has no intervals, a make-up working day (调休) has some.
	Days map[string][]Interval
}

// Interval is a stretch of a day, in minutes since midnight by the wall clock; [From, To).
type Interval struct {
	From, To int
}

// lookAhead is how many days are searched for the next opening.
const lookAhead = 60

func (h *Hours) zone() *time.Location {
	if h.Zone == nil {
		return time.UTC
	}
	return h.Zone
}

// on are the intervals of a date.
func (h *Hours) on(day time.Time) []Interval {
	if special, ok := h.Days[day.Format("2006-01-02")]; ok {
		return special
	}
	return h.Week[day.Weekday()]
}

// Open reports whether people are there.
func (h *Hours) Open(at time.Time) bool {
	local := at.In(h.zone())
	minute := local.Hour()*60 + local.Minute()
	for _, i := range h.on(local) {
		if minute >= i.From && minute < i.To {
			return true
		}
	}
	return false
}

// Next is the first instant after at when people come; false when none is in sight.
func (h *Hours) Next(at time.Time) (time.Time, bool) {
	local := at.In(h.zone())
	for d := range lookAhead {
		day := time.Date(local.Year(), local.Month(), local.Day()+d, 0, 0, 0, 0, h.zone())
		var first time.Time
		for _, i := range h.on(day) {
			from := time.Date(day.Year(), day.Month(), day.Day(), 0, i.From, 0, 0, h.zone())
			for skipped := 0; i.From < i.To && !h.Open(from) && skipped < 180; skipped++ { // the clock jumps over this time today
				from = from.Add(time.Minute)
			}
			if i.From < i.To && from.After(at) && (first.IsZero() || from.Before(first)) {
				first = from
			}
		}
		if !first.IsZero() {
			return first, true
		}
	}
	return time.Time{}, false
}
