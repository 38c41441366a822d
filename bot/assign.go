package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiyin/nlp"
)

// drain asks the assigner to look at the queue: somebody came to it, or an agent has become free.
func (b *Bot) drain() {
	select {
	case b.draining <- struct{}{}:
	default: // it will look anyway
	}
}

// assigner gives conversations that wait to agents who are online, whenever something has changed.
func (b *Bot) assigner(ctx context.Context) {
	last := map[AgentID]time.Time{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-b.draining:
			if err := b.assign(ctx, last); err != nil && ctx.Err() == nil {
				b.log.Error("bot: waiting conversations could not be given to agents, the next try is in a minute", "err", err)
			}
		}
	}
}

// assign empties the queue as far as agents have room: who stands in front is given first, to the agent with the most
// room for her share; among equals, to the one who was given something longest ago (last).
func (b *Bot) assign(ctx context.Context, last map[AgentID]time.Time) error {
	rules := b.rulesNow()
	if !rules.Assign || b.queue.size() == 0 {
		return nil
	}
	staff, err := b.onDuty(ctx, rules)
	if err != nil || len(staff) == 0 {
		return err
	}
	var failed []error // one bad conversation does not keep those behind it waiting
	for _, id := range b.queue.inOrder() {
		c, err := b.cfg.Store.Conversation(ctx, id)
		if errors.Is(err, ErrNotFound) || err == nil && c.Status != StatusWaiting {
			continue
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("read conversation %s: %w", id, err))
			continue
		}
		to := b.fittest(staff, c, last)
		if to == nil {
			continue
		}
		given, err := b.give(ctx, id, to.Agent)
		if err != nil {
			failed = append(failed, fmt.Errorf("give conversation %s: %w", id, err))
		}
		if given {
			to.load++
			last[to.ID] = b.now()
		}
	}
	return errors.Join(failed...)
}

// duty is an agent who is online, with what she has.
type duty struct {
	Agent
	load, capacity int
}

func (b *Bot) onDuty(ctx context.Context, rules DeskRules) ([]duty, error) {
	agents, err := b.cfg.Store.Agents(ctx)
	if err != nil {
		return nil, fmt.Errorf("read who is online: %w", err)
	}
	var staff []duty
	for _, a := range agents {
		if a.State != Online || a.Disabled {
			continue
		}
		load, err := b.Load(ctx, a.ID)
		if err != nil {
			return nil, err
		}
		staff = append(staff, duty{Agent: a, load: load, capacity: rules.CapacityOf(a)})
	}
	return staff, nil
}

// Load is how many conversations an agent has, those set aside left out.
func (b *Bot) Load(ctx context.Context, id AgentID) (int, error) {
	const all = 1 << 20
	list, err := b.cfg.Store.Conversations(ctx, Filter{Statuses: []Status{StatusAgent}, Agent: id, Limit: all})
	if err != nil {
		return 0, fmt.Errorf("count the conversations of %s: %w", id, err)
	}
	n := 0
	for _, c := range list {
		if c.SnoozedUntil.IsZero() {
			n++
		}
	}
	return n, nil
}

// fittest is who should have a conversation, or nil when nobody has room who may: of those who know its topic, or else of all.
func (b *Bot) fittest(staff []duty, c Conversation, last map[AgentID]time.Time) *duty {
	var skilled []duty
	for _, d := range staff {
		if b.knows(d.Agent, c.Topic) {
			skilled = append(skilled, d)
		}
	}
	best := roomiest(skilled, c, last)
	if best == nil {
		best = roomiest(staff, c, last)
	}
	if best == nil {
		return nil
	}
	return &staff[slices.IndexFunc(staff, func(d duty) bool { return d.ID == best.ID })]
}

// knows reports whether an agent's skills are a topic or its group.
func (b *Bot) knows(a Agent, topic string) bool {
	if topic == "" {
		return false
	}
	return slices.Contains(a.Skills, topic) || b.cfg.TopicGroup != nil && slices.Contains(a.Skills, b.cfg.TopicGroup(topic))
}

// roomiest is who of some has the most room for her share and may have a conversation, or nil.
func roomiest(staff []duty, c Conversation, last map[AgentID]time.Time) *duty {
	var best *duty
	for i := range staff {
		d := &staff[i]
		if d.load >= d.capacity || c.Team != "" && d.Team != c.Team || !speaks(d.Agent, c.Lang) {
			continue
		}
		if best == nil {
			best = d
			continue
		}
		// load/capacity, without fractions
		mine, hers := d.load*best.capacity, best.load*d.capacity
		if mine < hers || mine == hers && last[d.ID].Before(last[best.ID]) {
			best = d
		}
	}
	return best
}

// speaks reports whether an agent answers customers in a language. One whose language is not known is everybody's.
func speaks(a Agent, lang nlp.Lang) bool {
	return len(a.Langs) == 0 || baseOf(lang) == nlp.LangUnknown || slices.Contains(a.Langs, baseOf(lang))
}

// give makes an agent the owner of a conversation that waits; false when somebody was faster.
func (b *Bot) give(ctx context.Context, id ConversationID, to Agent) (bool, error) {
	_, err := b.onDesk(ctx, id, to, "conversation.assign", func(d *desk) error {
		if d.conv.Status != StatusWaiting {
			return ErrState
		}
		if err := d.take(); err != nil {
			return err
		}
		d.tell(d.say("agent_here", "name", to.Name))
		return nil
	})
	if errors.Is(err, ErrState) || errors.Is(err, ErrConflict) || errors.Is(err, ErrNotFound) {
		return false, nil
	}
	return err == nil, err
}
