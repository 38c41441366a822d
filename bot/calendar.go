package bot

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Calendar is business hours as people write them, and as they are stored. The zero value is never open.
type Calendar struct {
	Zone string    `json:"zone"` // IANA name
	Week [7]string `json:"week"` // by time.Weekday: "09:00-12:00, 13:30-18:00"; empty: closed
	// Days are exceptions, one a line: "2026-10-01..2026-10-08" (a holiday), "2026-10-10 09:00-18:00" (a make-up working
	// day, 调休, or other hours than usual). What follows a # is a comment.
	Days string `json:"days,omitempty"`
}

// ErrCalendar means that a calendar cannot be read. Its text says which part, as it was written.
var ErrCalendar = errors.New("bot: not business hours")

// maxHoliday is how many days one line of exceptions may cover.
const maxHoliday = 370

// Hours reads a calendar; ErrCalendar names what is wrong with it.
func (c Calendar) Hours() (*Hours, error) {
	zone, err := time.LoadLocation(c.Zone)
	if err != nil {
		return nil, fmt.Errorf("%w: time zone %q", ErrCalendar, c.Zone)
	}
	h := &Hours{Zone: zone, Days: map[string][]Interval{}}
	for day, text := range c.Week {
		if h.Week[day], err = parseIntervals(text); err != nil {
			return nil, err
		}
	}
	for line := range strings.Lines(c.Days) {
		line, _, _ = strings.Cut(line, "#")
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		if err := h.except(line); err != nil {
			return nil, err
		}
	}
	return h, nil
}

// except adds a line of exceptions.
func (h *Hours) except(line string) error {
	days, times, _ := strings.Cut(line, " ")
	intervals, err := parseIntervals(times)
	if err != nil {
		return err
	}
	first, last, ranged := strings.Cut(days, "..")
	if !ranged {
		last = first
	}
	from, err := time.Parse(time.DateOnly, first)
	if err != nil {
		return fmt.Errorf("%w: day %q", ErrCalendar, first)
	}
	to, err := time.Parse(time.DateOnly, last)
	if err != nil {
		return fmt.Errorf("%w: day %q", ErrCalendar, last)
	}
	if to.Before(from) || to.Sub(from) > maxHoliday*24*time.Hour {
		return fmt.Errorf("%w: days %q", ErrCalendar, days)
	}
	for d := from; !d.After(to); d = d.AddDate(0, 0, 1) {
		h.Days[d.Format(time.DateOnly)] = intervals
	}
	return nil
}

// parseIntervals reads "09:00-12:00, 13:30-18:00", in any order and with full-width signs too.
func parseIntervals(text string) ([]Interval, error) {
	text = strings.NewReplacer("：", ":", "－", "-", "–", "-", "—", "-", "~", "-", "～", "-", "，", ",", "、", ",", "；", ",", ";", ",").Replace(text)
	var all []Interval
	for part := range strings.SplitSeq(text, ",") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		from, to, ok := strings.Cut(part, "-")
		a, okFrom := minuteOf(from)
		b, okTo := minuteOf(to)
		if !ok || !okFrom || !okTo || b <= a {
			return nil, fmt.Errorf("%w: times %q", ErrCalendar, part)
		}
		all = append(all, Interval{From: a, To: b})
	}
	return all, nil
}

// minuteOf reads "9:00" or "09:00" as minutes since midnight; "24:00" is the end of the day.
func minuteOf(text string) (int, bool) {
	hour, minute, ok := strings.Cut(strings.TrimSpace(text), ":")
	h, errH := strconv.ParseUint(hour, 10, 8)
	m, errM := strconv.ParseUint(minute, 10, 8)
	at := int(h)*60 + int(m)
	return at, ok && errH == nil && errM == nil && len(minute) == 2 && m < 60 && at <= 24*60
}

// CalendarOf writes hours down.
func CalendarOf(h *Hours) Calendar {
	c := Calendar{Zone: h.zone().String()}
	for day, intervals := range h.Week {
		c.Week[day] = formatIntervals(intervals)
	}
	var lines []string
	for _, day := range slices.Sorted(maps.Keys(h.Days)) {
		lines = append(lines, strings.TrimSpace(day+" "+formatIntervals(h.Days[day])))
	}
	c.Days = strings.Join(lines, "\n")
	return c
}

func formatIntervals(all []Interval) string {
	var parts []string
	for _, i := range all {
		parts = append(parts, fmt.Sprintf("%02d:%02d-%02d:%02d", i.From/60, i.From%60, i.To/60, i.To%60))
	}
	return strings.Join(parts, ", ")
}
