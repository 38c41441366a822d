package feedback_test

import (
	"errors"
	"testing"
	"time"

	"huiyin/feedback"
)

func zone(t *testing.T, name string) *time.Location {
	t.Helper()
	z, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return z
}

func TestWeek(t *testing.T) {
	for _, tc := range []struct {
		zone, name string
		start, end string // RFC 3339
		hours      float64
	}{
		{"Asia/Shanghai", "2026-W46", "2026-11-09T00:00:00+08:00", "2026-11-16T00:00:00+08:00", 168},
		{"America/New_York", "2026-W10", "2026-03-02T00:00:00-05:00", "2026-03-09T00:00:00-04:00", 167},
		{"America/New_York", "2026-W44", "2026-10-26T00:00:00-04:00", "2026-11-02T00:00:00-05:00", 169},
		{"Asia/Beirut", "2026-W13", "2026-03-23T00:00:00+02:00", "2026-03-30T00:00:00+03:00", 167},
		{"Australia/Lord_Howe", "2026-W14", "2026-03-30T00:00:00+11:00", "2026-04-06T00:00:00+10:30", 168.5},
		{"Asia/Kathmandu", "2027-W01", "2027-01-04T00:00:00+05:45", "2027-01-11T00:00:00+05:45", 168},
		{"UTC", "2026-W53", "2026-12-28T00:00:00Z", "2027-01-04T00:00:00Z", 168},
		{"UTC", "2025-W01", "2024-12-30T00:00:00Z", "2025-01-06T00:00:00Z", 168},
	} {
		t.Run(tc.zone+" "+tc.name, func(t *testing.T) {
			p, err := feedback.Week(tc.name, zone(t, tc.zone))
			if err != nil {
				t.Fatal(err)
			}
			if got := p.Start.Format(time.RFC3339); got != tc.start {
				t.Errorf("starts %s, want %s", got, tc.start)
			}
			if got := p.End.Format(time.RFC3339); got != tc.end {
				t.Errorf("ends %s, want %s", got, tc.end)
			}
			if got := p.End.Sub(p.Start).Hours(); got != tc.hours {
				t.Errorf("has %v hours, want %v", got, tc.hours)
			}
			if p.Name() != tc.name || p.DayCount() != 7 {
				t.Errorf("is called %s and has %d days", p.Name(), p.DayCount())
			}
			if b := p.Before(); !b.End.Equal(p.Start) || b.DayCount() != 7 {
				t.Errorf("the week before is %v", b)
			}
		})
	}
}

func TestNoWeek(t *testing.T) {
	for _, name := range []string{"", "2026", "2026-W00", "2025-W53", "2026-W54", "2026-46", "2026-W6", "26-W06", "2026-W46x", " 2026-W46"} {
		if p, err := feedback.Week(name, time.UTC); !errors.Is(err, feedback.ErrWeek) {
			t.Errorf("%q is %v, %v", name, p, err)
		}
	}
}

// TestDaysCoverEveryZone holds that weeks and days tile time: no instant is in two of them or in none.
func TestDaysCoverEveryZone(t *testing.T) {
	for _, name := range []string{"Asia/Shanghai", "America/New_York", "Asia/Beirut", "Asia/Kathmandu", "Australia/Lord_Howe", "UTC", "America/Santiago", "Pacific/Apia"} {
		z := zone(t, name)
		week := feedback.WeekOf(time.Date(2025, 12, 29, 12, 0, 0, 0, z), z)
		for range 60 {
			at := week.Start
			for _, d := range week.Days() {
				if !d.Start.Equal(at) || !d.End.After(d.Start) {
					t.Fatalf("%s: the day from %v begins at %v", name, at, d.Start)
				}
				at = d.End
			}
			if !at.Equal(week.End) {
				t.Fatalf("%s: the days of %s end at %v, the week at %v", name, week.Name(), at, week.End)
			}
			next := feedback.WeekOf(week.End, z)
			if !next.Start.Equal(week.End) || !next.Before().Start.Equal(week.Start) {
				t.Fatalf("%s: after %v comes %v", name, week, next)
			}
			week = next
		}
	}
}

func FuzzWeek(f *testing.F) {
	f.Add("2026-W46")
	f.Fuzz(func(t *testing.T, name string) {
		p, err := feedback.Week(name, time.UTC)
		if err == nil && p.Name() != name {
			t.Errorf("%q is the week %s", name, p.Name())
		}
	})
}
