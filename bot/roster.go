package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// SetState implements Roster.
func (b *Bot) SetState(ctx context.Context, id AgentID, s Availability) (Agent, error) {
	a, err := b.cfg.Store.Agent(ctx, id)
	if err != nil {
		return Agent{}, fmt.Errorf("agent.state: %w", err)
	}
	if a.State != s {
		log := Event{At: b.now(), Actor: string(id), Action: "agent.state", Object: string(id), Detail: string(s)}
		if a, err = b.cfg.Store.SetAgentState(ctx, id, s, log); err != nil {
			return Agent{}, fmt.Errorf("agent.state: %w", err)
		}
	}
	if a.Gone() {
		err = b.release(ctx, a)
	}
	b.drain()
	return a, err
}

// release puts those who wait for an agent's answer back into the queue. What she has set aside, and what she waits for
// herself, stays hers.
func (b *Bot) release(ctx context.Context, a Agent) error {
	const all = 1 << 20
	list, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusAgent}, Agent: a.ID, Limit: all})
	if err != nil {
		return fmt.Errorf("release the conversations of %s: %w", a.ID, err)
	}
	for _, c := range list {
		if c.OwedSince.IsZero() || !c.SnoozedUntil.IsZero() {
			continue
		}
		_, err := b.onDesk(ctx, c.ID, a, "conversation.requeue", func(d *desk) error {
			if d.conv.Status != StatusAgent || d.conv.Agent != a.ID || d.conv.OwedSince.IsZero() {
				return ErrState // meanwhile it is somebody else's, or answered
			}
			return d.goBack(ctx)
		})
		if err != nil && !errors.Is(err, ErrState) && !errors.Is(err, ErrConflict) && !errors.Is(err, ErrNotFound) {
			return err
		}
	}
	return nil
}

// goBack puts a conversation whose owner is not there back into the queue, and tells the customer.
func (t *turn) goBack(ctx context.Context) error {
	owed := t.conv.OwedSince
	if owed.IsZero() {
		owed = t.now
	}
	h := Handoff{Reason: ReasonAway, At: t.now}
	if t.conv.Handoff == nil {
		if t.in.Seq == 0 {
			t.in.Seq = t.conv.LastSeq + 1 // the summary looks at what is before it
		}
		h.Words = t.summary(ctx, ReasonAway, "")
		h.Summary = h.Words[t.b.staffLang(t.conv)]
	}
	agent := t.conv.Agent
	if err := t.conv.requeue(t.conv.Team, h); err != nil {
		return err
	}
	t.fact(FactRequeued, t.now.Sub(owed).Seconds(), "away")
	t.facts[len(t.facts)-1].Agent = agent
	t.reply(t.say("requeued.away") + t.joint() + t.outlook(ctx))
	t.entryOf("bot.desk.requeued")
	return nil
}

// toOwner leaves a message to the agent who owns the conversation; when she is not there, the customer goes back to the
// queue. Should that not be known, she is taken to be there: Tick looks again.
func (t *turn) toOwner(ctx context.Context) {
	t.conv.owe(t.now)
	a, err := t.b.cfg.Store.Agent(ctx, t.conv.Agent)
	if err == nil && a.Gone() {
		t.decided(1, ActAck, "owner_away", "")
		if err = t.goBack(ctx); err == nil {
			return
		}
	}
	if err != nil && !errors.Is(err, ErrNotFound) {
		t.b.log.Warn("bot: whether an agent is there is not known", "agent", t.conv.Agent, "err", err)
	}
	t.decided(1, ActSilent, "agent_owns", string(t.conv.Agent))
}

// wake ends what was set aside until now.
func (b *Bot) wake(ctx context.Context, c Conversation) error {
	t := &turn{b: b, d: b.cfg.Dialogue(), now: b.now(), conv: c}
	t.conv.SnoozedUntil, t.conv.UpdatedAt = time.Time{}, t.now
	t.entryOf("bot.desk.woke")
	_, err := b.commit(ctx, Change{Conversation: t.conv, Messages: t.out})
	return err
}
