package main

import (
	"context"
	"slices"
	"time"

	"huiyin/bot"
)

// demoShift is when an agent of the sample shop works.
type demoShift struct {
	agent    bot.AgentID
	days     []time.Weekday
	from, to int // hours of the day
}

// demoShifts are the hours of the desk: nobody is there at night, and one agent at the weekend.
func demoShifts() []demoShift {
	week := []time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday}
	return []demoShift{
		{"agent-xu", week, 9, 18},
		{"agent-maya", week, 12, 21},
		{"agent-chen", []time.Weekday{time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}, 10, 19},
	}
}

// shifts lets the agents come and go until the end of the week that the digest is about.
func (p *demoPlay) shifts(first time.Time) {
	zone := p.app.Config.location()
	end := p.crisis.AddDate(0, 0, 5)
	y, m, d := first.In(zone).Date()
	for day := time.Date(y, m, d, 0, 0, 0, 0, zone); day.Before(end); day = day.AddDate(0, 0, 1) {
		for _, s := range demoShifts() {
			if !slices.Contains(s.days, day.Weekday()) {
				continue
			}
			for _, change := range []struct {
				hour  int
				state bot.Availability
			}{{s.from, bot.Online}, {s.to, bot.Offline}} {
				at := time.Date(day.Year(), day.Month(), day.Day(), change.hour, 0, 0, 0, zone)
				if at.Before(first) {
					continue
				}
				p.add(at, func(ctx context.Context) error {
					_, err := p.app.Bot.SetState(ctx, s.agent, change.state)
					return err
				})
			}
		}
	}
}

// onShift is who takes a conversation at a time, and when: another agent when this one is not there, and the first who comes when
// nobody is.
func (p *demoPlay) onShift(who bot.Agent, at time.Time) (bot.Agent, time.Time) {
	zone := p.app.Config.location()
	for local := at.In(zone); ; {
		var there []bot.Agent
		for _, s := range demoShifts() {
			if slices.Contains(s.days, local.Weekday()) && local.Hour() >= s.from && local.Hour() < s.to {
				there = append(there, p.agents[slices.IndexFunc(p.agents, func(a bot.Agent) bool { return a.ID == s.agent })])
			}
		}
		switch {
		case slices.ContainsFunc(there, func(a bot.Agent) bool { return a.ID == who.ID }):
			return who, local
		case len(there) > 0:
			return there[0], local
		}
		local = local.Add(30 * time.Minute)
	}
}
