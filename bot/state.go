package bot

import (
	"errors"
	"fmt"
	"time"
)

// ErrState means that a move is not possible from where the conversation stands.
var ErrState = errors.New("bot: not possible now")

// The handoff state machine. Each move changes the conversation in memory only; it counts when the Change is saved, which
// compares the version, so that of two moves at once one wins.
//
//	bot      → waiting   handoff: the bot passes the conversation to people
//	bot      → agent     claim: an agent steps in
//	waiting  → agent     claim
//	resolved → agent     claim: an agent writes once more
//	agent    → agent     transfer: to a colleague
//	agent    → waiting   requeue: to a team, or since the owner is not there; waiting → waiting with another team
//	agent    → bot       giveBack; waiting → bot as well
//	any      → resolved  resolve
//	resolved → bot       reopen: the customer writes again
//
// Every move raises the epoch: whatever the bot said before and that has not left yet is cancelled at dispatch.

// move gives the conversation to somebody else.
func (c *Conversation) move(to Status, agent AgentID) {
	c.Status, c.Agent, c.SnoozedUntil = to, agent, time.Time{}
	c.Epoch++
	if to == StatusBot || to == StatusResolved {
		c.Team, c.OwedSince, c.Alarms = "", time.Time{}, nil
	}
	if to != StatusWaiting {
		c.WaitingSince = time.Time{}
	}
	if to != StatusResolved {
		c.ResolvedAt = time.Time{}
	}
}

// forget clears what the bot knew of the matter so far, so that nothing of it leads into the same dead end again.
func (c *Conversation) forget() {
	c.Form, c.Aside, c.Slots, c.Handoff, c.BotTurnsMinute = nil, nil, nil, nil, nil
	c.Failures, c.Offer, c.Said, c.Asked, c.Failed = 0, 0, "", "", ""
}

// handoff passes the conversation from the bot to whoever claims it.
func (c *Conversation) handoff(h Handoff) error {
	if c.Status != StatusBot {
		return fmt.Errorf("hand over a conversation that is %s: %w", c.Status, ErrState)
	}
	c.move(StatusWaiting, "")
	c.forget()
	c.Handoff, c.WaitingSince, c.AckAt, c.OwedSince = &h, h.At, h.At, h.At
	c.FirstResponse, c.Alarms = time.Time{}, nil
	return nil
}

// claim makes an agent the owner. It reports whether the conversation changed hands: claiming one's own does nothing.
// ErrConflict when another agent owns it.
func (c *Conversation) claim(by AgentID) (moved bool, err error) {
	if c.Status == StatusAgent {
		if c.Agent != by {
			return false, fmt.Errorf("claim a conversation of %s: %w", c.Agent, ErrConflict)
		}
		return false, nil
	}
	c.move(StatusAgent, by)
	c.Form, c.Aside, c.Offer = nil, nil, 0
	return true, nil
}

// transfer gives the conversation from one agent to another.
func (c *Conversation) transfer(to AgentID) error {
	switch {
	case c.Status != StatusAgent && c.Status != StatusWaiting:
		return fmt.Errorf("transfer a conversation that is %s: %w", c.Status, ErrState)
	case c.Agent == to:
		return fmt.Errorf("transfer a conversation to who has it: %w", ErrState)
	}
	c.move(StatusAgent, to)
	c.Team = ""
	return nil
}

// requeue puts the conversation back among those that wait; h is its handoff should it have none. The customer keeps her
// place: see Place.
func (c *Conversation) requeue(team TeamID, h Handoff) error {
	if c.Status != StatusAgent && c.Status != StatusWaiting {
		return fmt.Errorf("queue a conversation that is %s: %w", c.Status, ErrState)
	}
	c.move(StatusWaiting, "")
	if c.Handoff == nil {
		c.Handoff, c.FirstResponse = &h, time.Time{}
	}
	c.Team, c.WaitingSince, c.AckAt, c.Offer = team, h.At, h.At, 0
	return nil
}

// owe notes that the customer waits for a person's answer, and wakes what was set aside.
func (c *Conversation) owe(at time.Time) {
	c.SnoozedUntil = time.Time{}
	if c.OwedSince.IsZero() {
		c.OwedSince = at
	}
}

// resolve closes the conversation. agent is empty when the bot does.
func (c *Conversation) resolve(agent AgentID, at time.Time) error {
	if c.Status == StatusResolved {
		return fmt.Errorf("resolve a conversation that is resolved: %w", ErrState)
	}
	c.move(StatusResolved, agent)
	c.Form, c.Aside, c.Offer, c.Said, c.Failures, c.Asked, c.Failed = nil, nil, 0, "", 0, "", ""
	c.ResolvedAt = at
	return nil
}

// giveBack returns the conversation to the bot on purpose, its context cleared.
func (c *Conversation) giveBack() error {
	if c.Status != StatusAgent && c.Status != StatusWaiting {
		return fmt.Errorf("return a conversation that is %s: %w", c.Status, ErrState)
	}
	c.move(StatusBot, "")
	c.forget()
	return nil
}

// reopen lets a resolved conversation start afresh with the bot.
func (c *Conversation) reopen(at time.Time) error {
	if c.Status != StatusResolved {
		return fmt.Errorf("reopen a conversation that is %s: %w", c.Status, ErrState)
	}
	c.move(StatusBot, "")
	c.forget()
	c.OpenedAt, c.AckAt, c.FirstResponse = at, time.Time{}, time.Time{}
	c.Topic, c.Intent = "", ""
	return nil
}
