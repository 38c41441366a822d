package main

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/internal/config"
)

// weekdays are the names of days in the configuration, by time.Weekday.
func weekdays() []string { return []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} }

// clock reads "09:00" as the time since midnight.
func clock(key, text string) (time.Duration, error) {
	t, err := time.Parse("15:04", text)
	if text == "24:00" {
		return 24 * time.Hour, nil
	}
	if err != nil {
		return 0, wrong(config.ErrInvalid, "cli.config.time", "key", key, "value", strconv.Quote(text))
	}
	return time.Duration(t.Hour())*time.Hour + time.Duration(t.Minute())*time.Minute, nil
}

// weekday reads mon, Monday, 周一, 星期一 or 礼拜一.
func weekday(key, text string) (time.Weekday, error) {
	name := strings.ToLower(strings.TrimSpace(text))
	i := slices.Index(weekdays(), name)
	for day := time.Sunday; day <= time.Saturday; day++ {
		if name == strings.ToLower(day.String()) {
			i = int(day)
		}
	}
	for _, prefix := range []string{"周", "星期", "礼拜"} {
		if one, ok := strings.CutPrefix(name, prefix); ok {
			i = slices.Index([]string{"日", "一", "二", "三", "四", "五", "六"}, strings.Replace(one, "天", "日", 1))
		}
	}
	if i < 0 {
		return 0, wrong(config.ErrInvalid, "cli.config.day", "key", key, "value", strconv.Quote(text), "all", strings.Join(weekdays(), " "))
	}
	return time.Weekday(i), nil
}

// hours are the business hours; nil when people are always there.
func (c Config) hours() (*bot.Hours, error) {
	if len(c.Hours.Days) == 0 {
		return nil, nil
	}
	from, errOpen := clock("hours.open", c.Hours.Open)
	to, errClose := clock("hours.close", c.Hours.Close)
	all := []error{errOpen, errClose}
	if errOpen == nil && errClose == nil && to <= from {
		all = append(all, wrong(config.ErrInvalid, "cli.config.hours", "close", c.Hours.Close, "open", c.Hours.Open))
	}
	h := &bot.Hours{Zone: c.location()}
	for _, name := range c.Hours.Days {
		day, err := weekday("hours.days", name)
		if err != nil {
			all = append(all, err)
			continue
		}
		h.Week[day] = []bot.Interval{{From: int(from / time.Minute), To: int(to / time.Minute)}}
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	return h, nil
}

// digestDue is the instant of this week at which the digest of the week before is made.
func (c Config) digestDue(now time.Time) (time.Time, error) {
	day, err := weekday("digest.weekday", c.Digest.Weekday)
	if err != nil {
		return time.Time{}, err
	}
	at, err := clock("digest.at", c.Digest.At)
	if err != nil {
		return time.Time{}, err
	}
	monday := feedback.WeekOf(now, c.location()).Start
	return time.Date(monday.Year(), monday.Month(), monday.Day()+(int(day)+6)%7, 0, 0, int(at/time.Second), 0, c.location()), nil
}
