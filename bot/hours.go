package bot

import (
	"slices"
	"time"
)

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

// spans are the stretches of a date in which people are there, in order, as instants.
func (h *Hours) spans(year int, month time.Month, day int) []span {
	var all []span
	midday := time.Date(year, month, day, 12, 0, 0, 0, h.zone())
	for _, i := range h.on(midday) {
		from, to := time.Date(year, month, day, 0, i.From, 0, 0, h.zone()), time.Date(year, month, day, 0, i.To, 0, 0, h.zone())
		if from.Before(to) {
			all = append(all, span{from, to})
		}
	}
	slices.SortFunc(all, func(a, b span) int { return a.from.Compare(b.from) })
	for i := 1; i < len(all); i++ { // overlapping ones count once
		if all[i].from.Before(all[i-1].to) {
			all[i].from = all[i-1].to
		}
		if all[i].to.Before(all[i].from) {
			all[i].to = all[i].from
		}
	}
	return all
}

type span struct{ from, to time.Time }

// slaDays bounds how far business time is counted: longer absences are counted as if people were there.
const slaDays = 400

// After is the instant at which d of business time has passed since from. Without hours (nil), or when people are hardly
// ever there, it is d later.
func (h *Hours) After(from time.Time, d time.Duration) time.Time {
	if h == nil || d <= 0 {
		return from.Add(d)
	}
	left := d
	local := from.In(h.zone())
	for day := range slaDays {
		for _, s := range h.spans(local.Year(), local.Month(), local.Day()+day) {
			begin := s.from
			if begin.Before(from) {
				begin = from
			}
			worked := s.to.Sub(begin)
			if worked >= left {
				return begin.Add(left)
			}
			left -= max(0, worked)
		}
	}
	return from.Add(d)
}

// Between is how much business time lies between two instants; without hours (nil), all of it.
func (h *Hours) Between(from, to time.Time) time.Duration {
	if h == nil || !from.Before(to) {
		return max(0, to.Sub(from))
	}
	var sum time.Duration
	local := from.In(h.zone())
	for day := range slaDays {
		midnight := time.Date(local.Year(), local.Month(), local.Day()+day, 0, 0, 0, 0, h.zone())
		if midnight.After(to) {
			break
		}
		for _, s := range h.spans(local.Year(), local.Month(), local.Day()+day) {
			begin, end := s.from, s.to
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			sum += max(0, end.Sub(begin))
		}
	}
	return sum
}
