package bot

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"
)

// tickBatch is how many silent conversations one Tick closes at most.
const tickBatch = 500

// Tick does what no message sets off: it resolves conversations in which the customer has gone silent with the bot, wakes
// what was set aside until now, puts customers of agents who are not there back into the queue, asks for scores, forgets finished
// events that no platform will repeat any more, and deletes files that were uploaded and never sent. Run calls it every minute.
func (b *Bot) Tick(ctx context.Context) error {
	now := b.now()
	silent, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusBot}, Before: now.Add(-b.rules.SilentAfter), Limit: tickBatch})
	if err != nil {
		return fmt.Errorf("look for silent conversations: %w", err)
	}
	var failed []error // one bad conversation keeps nothing else from being looked after
	for _, conv := range silent {
		if err := b.closeSilent(ctx, conv); err != nil && !errors.Is(err, ErrConflict) { // in a conflict the customer has just written
			failed = append(failed, fmt.Errorf("resolve conversation %s: %w", conv.ID, err))
		}
	}
	failed = append(failed, b.lookAfterAgents(ctx, now), b.scheduleNPS(ctx, now))
	if _, err := b.cfg.Store.Forget(ctx, now.Add(-b.rules.KeepEvents)); err != nil {
		failed = append(failed, fmt.Errorf("forget old events: %w", err))
	}
	if _, err := b.cfg.Store.SweepFiles(ctx, now.Add(-keepUnsent)); err != nil {
		failed = append(failed, fmt.Errorf("delete files that were never sent: %w", err))
	}
	return errors.Join(failed...)
}

// keepUnsent is how long a file is kept that was uploaded and that no accepted event names: as long as somebody may go on
// writing the message that it belongs to.
const keepUnsent = time.Hour

// lookAfterAgents goes through what agents have, and who waits for one.
func (b *Bot) lookAfterAgents(ctx context.Context, now time.Time) error {
	defer b.drain()
	const all = 1 << 20
	list, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusAgent, StatusWaiting}, Limit: all})
	if err != nil {
		return fmt.Errorf("look at what agents have: %w", err)
	}
	awaited := map[AgentID]bool{} // by somebody who waits for an answer
	var failed []error
	for _, c := range list {
		if err := b.lookAfter(ctx, c, now); err != nil && !errors.Is(err, ErrConflict) { // after a conflict, the next look is in a minute
			failed = append(failed, fmt.Errorf("look after conversation %s: %w", c.ID, err))
		}
		if c.Status == StatusAgent && !c.OwedSince.IsZero() {
			awaited[c.Agent] = true
		}
	}
	for _, id := range slices.Sorted(maps.Keys(awaited)) { // after all that was due has woken
		a, err := b.cfg.Store.Agent(ctx, id)
		if err == nil && a.Gone() {
			err = b.release(ctx, a)
		}
		if err != nil && !errors.Is(err, ErrNotFound) {
			failed = append(failed, fmt.Errorf("look after the customers of agent %s: %w", id, err))
		}
	}
	return errors.Join(failed...)
}

// lookAfter keeps the promises to a customer: she has her tier, late answers are noticed, and what was set aside until now wakes.
func (b *Bot) lookAfter(ctx context.Context, c Conversation, now time.Time) error {
	c, err := b.keepTier(ctx, c) // she may have become one with somebody else, or the rules are other ones
	if err != nil {
		return err
	}
	c, err = b.alarm(ctx, c)
	if err != nil || c.Status == StatusWaiting || c.SnoozedUntil.IsZero() || c.SnoozedUntil.After(now) {
		return err
	}
	return b.wake(ctx, c)
}

// closeSilent resolves a conversation with the bot. It counts as confirmed only when the customer said that the answer
// helped; silence alone is an assumption, and is reported as one.
func (b *Bot) closeSilent(ctx context.Context, conv Conversation) error {
	now := b.now()
	label := "bot:assumed"
	if conv.Said == saidHelped {
		label = "bot:confirmed"
	}
	facts := []Fact{newFact(conv, FactResolved, conv.UpdatedAt.Sub(conv.OpenedAt).Seconds(), label, conv.OpenedAt, now)}
	if conv.Form != nil {
		facts = append(facts, newFact(conv, FactForm, 1, conv.Form.Form+":left", now, now))
	}
	if err := conv.resolve("", now); err != nil {
		return err
	}
	conv.UpdatedAt = now
	_, err := b.commit(ctx, Change{Conversation: conv, Facts: facts})
	return err
}
