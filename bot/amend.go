package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// amend applies an edit or a deletion. It never makes the bot speak. One that overtakes its message stands for it: the
// message, when it comes, is known already.
func (b *Bot) amend(ctx context.Context, s situation) error {
	m := s.target
	if m.ID == "" {
		return b.amendAhead(ctx, s)
	}
	if m.Direction != Incoming || !m.DeletedAt.IsZero() || s.Kind == KindEdit && s.At.Before(m.EditedAt) {
		return b.finish(ctx, s) // of an agent's own message, or overtaken by a later one
	}
	conv := s.conv
	if m.Conversation != conv.ID {
		var err error
		conv, err = b.cfg.Store.Conversation(ctx, m.Conversation)
		if errors.Is(err, ErrNotFound) { // erased meanwhile
			return b.finish(ctx, s)
		}
		if err != nil {
			return fmt.Errorf("read the conversation: %w", err)
		}
	}
	b.apply(ctx, &m, s)
	conv.UpdatedAt = s.now
	if m.Seq == conv.LastSeq {
		conv.Preview = previewOf(m)
	}
	s.conv = conv
	return b.save(ctx, s, Change{Conversation: conv, Messages: []Message{m}})
}

// apply changes a message as an event says.
func (b *Bot) apply(ctx context.Context, m *Message, s situation) {
	if s.Kind == KindDelete {
		m.DeletedAt, m.Text, m.Files, m.Analysis = orNow(s.At, s.now), "", nil, nil
		return
	}
	m.EditedAt, m.Text, m.Analysis = orNow(s.At, s.now), s.Text, nil
	t := b.newTurn(s)
	t.in.Text = s.Text
	a, err := within(ctx, b.rules.TurnTimeout, func(ctx context.Context) (*turn, error) { return t, t.analyze(ctx) })
	if err != nil {
		b.logFailure("bot: an edited message could not be analysed", s.Accepted, err)
		return
	}
	m.Analysis = a.in.Analysis
}

func orNow(at, now time.Time) time.Time {
	if at.IsZero() {
		return now
	}
	return at
}

func previewOf(m Message) string {
	if m.Analysis != nil {
		return preview(m.Text, *m.Analysis)
	}
	return cutPreview(orFiles(m.Text, m.Files))
}

// amendAhead keeps an edit or a deletion whose message has not come. An edit is the message, as it is now: the bot answers
// it. A deletion leaves an empty, deleted message, where there is a conversation to leave it in.
func (b *Bot) amendAhead(ctx context.Context, s situation) error {
	ahead := *s.job
	ahead.Message, ahead.Kind = s.Target, KindMessage
	if s.Kind == KindEdit {
		s.job = &ahead
		return b.turn(ctx, s)
	}
	if s.conv.ID == "" {
		return b.finish(ctx, s)
	}
	s.job = &ahead
	t := b.newTurn(s)
	if t.fresh {
		return b.finish(ctx, s)
	}
	before := t.conv
	t.in.Text, t.in.Files = "", nil
	t.enter()
	t.conv.Lang, t.conv.CustomerAt = before.Lang, before.CustomerAt
	t.in.DeletedAt = orNow(s.At, s.now)
	return b.save(ctx, s, t.change())
}
