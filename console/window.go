package console

import (
	"context"
	"time"

	"huiyin/bot"
)

// reach is whether the customer of a conversation can be written to, and what can be done where she cannot.
type reach struct {
	Until     time.Time          // the platform takes messages until then; zero: for ever
	Shut      bool               // that is past
	Near      bool               // it is not long until then
	Channel   string             // where she wrote
	Window    time.Duration      // how long after her message the platform takes one
	Elsewhere []bot.Conversation // Shut: her newest conversations on other channels, where she can be written to
}

// windowNear is how long before the end of a send window the composer warns of it.
const windowNear = 2 * time.Hour

// reachOf finds out whether a customer can be written to; past are her other conversations, the newest first.
func (s *Console) reachOf(ctx context.Context, c bot.Conversation, past []bot.Conversation) (reach, error) {
	until, err := s.Desk.SendUntil(ctx, c)
	if err != nil || until.IsZero() {
		return reach{}, err
	}
	in, left := s.Desk.Inbox(c.Inbox), until.Sub(s.Now())
	r := reach{Until: until, Shut: left <= 0, Near: left < windowNear, Channel: in.Name, Window: in.Window}
	if !r.Shut {
		return r, nil
	}
	type thread struct {
		inbox bot.InboxID
		id    string
	}
	seen := map[thread]bool{{c.Inbox, c.Thread}: true}
	for _, p := range past {
		at := thread{p.Inbox, p.Thread}
		if seen[at] || s.Desk.Inbox(p.Inbox).Name == "" { // or the inbox has left the configuration
			continue
		}
		seen[at] = true
		open, err := s.Desk.SendUntil(ctx, p)
		if err != nil {
			return r, err
		}
		if open.IsZero() || open.After(s.Now()) {
			r.Elsewhere = append(r.Elsewhere, p)
		}
	}
	return r, nil
}
