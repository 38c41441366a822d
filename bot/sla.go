package bot

import (
	"context"
	"maps"
	"time"

	"huiyin/nlp"
)

// ClockKind is a promise of the desk about time.
type ClockKind string

// The promises; see DeskRules.
const (
	FirstResponse ClockKind = "first_response"
	NextResponse  ClockKind = "next_response"
	Resolution    ClockKind = "resolution"
)

// ClockState is how a promise stands.
type ClockState string

// The states of a promise. It is Near when a fifth of its time is left.
const (
	InTime ClockState = "in_time"
	Near   ClockState = "near"
	Missed ClockState = "missed"
)

// Clock is a promise that runs in a conversation.
type Clock struct {
	Kind  ClockKind
	Due   time.Time
	State ClockState
}

// Clocks are the promises that run in a conversation, the one due first at the front. They are those of the
// customer's tier; business time is counted by h.
func (r DeskRules) Clocks(c Conversation, h *Hours, now time.Time) []Clock {
	if c.Status != StatusWaiting && c.Status != StatusAgent {
		return nil
	}
	first, next, resolution := r.promises(c.Tier)
	var all []Clock
	run := func(kind ClockKind, from time.Time, target time.Duration) {
		if target <= 0 || from.IsZero() {
			return
		}
		clock := Clock{Kind: kind, Due: h.After(from, target), State: InTime}
		switch {
		case !now.Before(clock.Due):
			clock.State = Missed
		case h.Between(now, clock.Due) <= target/5:
			clock.State = Near
		}
		at := 0
		for at < len(all) && !clock.Due.Before(all[at].Due) {
			at++
		}
		all = append(all[:at], append([]Clock{clock}, all[at:]...)...)
	}
	if c.Handoff != nil {
		if c.FirstResponse.IsZero() {
			run(FirstResponse, c.Handoff.At, first)
		}
		run(Resolution, c.Handoff.At, resolution)
	}
	if c.Handoff == nil || !c.FirstResponse.IsZero() {
		run(NextResponse, c.OwedSince, next)
	}
	return all
}

// kept notes which promises a reply or the end of a conversation has kept, and forgets their alarms. A missed one was
// noted when it was missed.
func (d *desk) kept(done ...ClockKind) {
	for _, clock := range d.b.rulesNow().Clocks(d.conv, d.b.hours(), d.now) {
		for _, kind := range done {
			if clock.Kind != kind || d.conv.Alarms[kind] == Missed {
				continue
			}
			value := 1.0
			if clock.State == Missed { // since the last look
				value = 0
			}
			d.agentFact(FactSLA, value, string(kind))
		}
	}
	d.conv.Alarms = maps.Clone(d.conv.Alarms)
	for _, kind := range done {
		delete(d.conv.Alarms, kind)
	}
}

// alarm notes that promises are near or missed, each once: the live views show it, a missed one is written into the
// conversation, moves the customer forward in the queue, and opens a team's queue to everybody. It returns the
// conversation as it is then.
func (b *Bot) alarm(ctx context.Context, c Conversation) (Conversation, error) {
	now := b.now()
	t := &turn{b: b, d: b.cfg.Dialogue(), now: now, conv: c}
	t.conv.Alarms = maps.Clone(c.Alarms)
	changed := false
	for _, clock := range b.rulesNow().Clocks(c, b.hours(), now) {
		if clock.State == InTime || c.Alarms[clock.Kind] == clock.State || c.Alarms[clock.Kind] == Missed {
			continue
		}
		changed = true
		if t.conv.Alarms == nil {
			t.conv.Alarms = map[ClockKind]ClockState{}
		}
		t.conv.Alarms[clock.Kind] = clock.State
		if clock.State != Missed {
			continue
		}
		t.entry(func(lang nlp.Lang) string {
			return b.cfg.Words.Text(string(lang), "bot.desk.missed", "what", b.cfg.Words.Text(string(lang), "bot.clock."+string(clock.Kind)))
		})
		t.fact(FactSLA, 0, string(clock.Kind))
		t.facts[len(t.facts)-1].Agent = c.Agent
		if c.Status == StatusWaiting {
			t.conv.Team = ""
		}
	}
	if !changed {
		return c, nil
	}
	return b.commit(ctx, Change{Conversation: t.conv, Messages: t.out, Facts: t.facts})
}
