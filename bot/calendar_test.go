package bot_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// national is a shop in Shanghai around the National Day of 2026, with a make-up working day after it.
var national = bot.Calendar{
	Zone: "Asia/Shanghai",
	Week: [7]string{"", "09:00-12:00, 13:30-18:00", "9:00－12:00，13:30~18:00", "09:00-18:00", "09:00-18:00", "09:00-18:00", ""},
	Days: "2026-10-01..2026-10-08 # 国庆\n\n2026-10-10 10:00-16:00\n",
}

func TestCalendar(t *testing.T) {
	h, err := national.Hours()
	if err != nil {
		t.Fatal(err)
	}
	for at, want := range map[string]bool{
		"2026-11-16T11:59:00+08:00": true, "2026-11-16T12:30:00+08:00": false, "2026-11-17T13:30:00+08:00": true,
		"2026-10-01T10:00:00+08:00": false, "2026-10-08T10:00:00+08:00": false, "2026-10-09T10:00:00+08:00": true,
		"2026-10-10T09:30:00+08:00": false, "2026-10-10T15:59:00+08:00": true, "2026-11-15T10:00:00+08:00": false,
	} {
		instant, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		if got := h.Open(instant); got != want {
			t.Errorf("%s: open %v", at, got)
		}
	}
	again, err := bot.CalendarOf(h).Hours()
	if err != nil || !reflect.DeepEqual(again, h) {
		t.Errorf("written down and read again: %+v (%v), want %+v", again, err, h)
	}
	for _, tc := range []struct {
		spoil func(*bot.Calendar)
		names string
	}{
		{func(c *bot.Calendar) { c.Zone = "Asia/Nowhere" }, "Asia/Nowhere"},
		{func(c *bot.Calendar) { c.Week[1] = "18:00-09:00" }, "18:00-09:00"},
		{func(c *bot.Calendar) { c.Week[1] = "9-18" }, "9-18"},
		{func(c *bot.Calendar) { c.Week[1] = "09:00-25:00" }, "09:00-25:00"},
		{func(c *bot.Calendar) { c.Days = "1 October" }, "October"},
		{func(c *bot.Calendar) { c.Days = "2026-10-08..2026-10-01" }, "2026-10-08..2026-10-01"},
		{func(c *bot.Calendar) { c.Days = "2026-10-08 09:00" }, "09:00"},
	} {
		c := national
		tc.spoil(&c)
		if _, err := c.Hours(); !errors.Is(err, bot.ErrCalendar) || !strings.Contains(err.Error(), `"`+tc.names+`"`) {
			t.Errorf("%+v: %v, want %q to be named", c, err, tc.names)
		}
	}
}

func TestBusinessTime(t *testing.T) {
	h, err := national.Hours()
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := bot.Calendar{Zone: "America/New_York", Week: [7]string{"00:00-24:00"}}.Hours()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name     string
		h        *bot.Hours
		from, to string
		want     time.Duration
	}{
		{"within an interval", h, "2026-11-16T09:30:00+08:00", "2026-11-16T10:00:00+08:00", 30 * time.Minute},
		{"over lunch", h, "2026-11-16T11:45:00+08:00", "2026-11-16T13:45:00+08:00", 30 * time.Minute},
		{"over a weekend", h, "2026-11-13T17:00:00+08:00", "2026-11-16T10:00:00+08:00", 2 * time.Hour},
		{"over the holidays, a make-up day counts", h, "2026-09-30T17:00:00+08:00", "2026-10-12T10:00:00+08:00", 17 * time.Hour},
		{"a day of 23 hours", newYork, "2026-03-07T12:00:00-05:00", "2026-03-09T12:00:00-04:00", 23 * time.Hour},
		{"always open", nil, "2026-11-13T17:00:00Z", "2026-11-16T17:00:00Z", 72 * time.Hour},
	} {
		from, errFrom := time.Parse(time.RFC3339, tc.from)
		to, errTo := time.Parse(time.RFC3339, tc.to)
		if err := errors.Join(errFrom, errTo); err != nil {
			t.Fatal(err)
		}
		if got := tc.h.Between(from, to); got != tc.want {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
		if back := tc.h.After(from, tc.want); tc.h.Between(from, back) != tc.want || back.After(to) {
			t.Errorf("%s: %v later it is %v", tc.name, tc.want, back)
		}
		if tc.h.Between(to, from) != 0 {
			t.Errorf("%s: time runs backwards", tc.name)
		}
	}
	never := &bot.Hours{}
	if from := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC); never.After(from, time.Hour) != from.Add(time.Hour) {
		t.Error("hours that never come are waited for")
	}
}
