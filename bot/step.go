package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// job is the work on one event, over all its tries.
type job struct {
	Accepted
	outcomes map[string]outcome // of actions that were done already, by idempotency key
	brought  bool               // its files were asked for
	panics   int
	failures int    // of the store, in a row
	saved    uint64 // changes that the bot had saved at the first of them
}

// When an event is given up, and how long to wait for the store.
const (
	maxPanics    = 3 // of our own code, outside the guarded turn
	buryAfter    = 6 // failures to store what an event leads to, while other changes are stored
	firstBackoff = 50 * time.Millisecond
	lastBackoff  = 5 * time.Second
)

// work handles one event until it is done, is in quarantine, or the process stops; then the store still has it.
func (b *Bot) work(a Accepted) {
	ctx := b.stopping
	j := &job{Accepted: a, outcomes: map[string]outcome{}}
	backoff := firstBackoff
	for ctx.Err() == nil {
		err := b.attempt(ctx, j)
		switch {
		case err == nil:
			return
		case errors.Is(err, ErrConflict): // an agent was faster: look again
			continue
		case ctx.Err() != nil:
			return
		case errors.Is(err, errPanic):
			j.panics++
			b.logFailure("bot: an event made the bot panic", a, err)
			if j.panics > maxPanics { // giving it to people does, too
				b.pause(ctx, backoff)
				backoff = min(2*backoff, lastBackoff)
			}
		default:
			if j.failures++; j.failures == 1 {
				j.saved = b.saved.Load()
			}
			b.logFailure("bot: an event could not be handled, trying again", a, err)
			b.pause(ctx, backoff)
			backoff = min(2*backoff, lastBackoff)
		}
	}
}

func (b *Bot) logFailure(what string, a Accepted, err error) {
	args := []any{"event", a.ID, "inbox", a.Inbox, "kind", a.Kind, "err", err}
	var p *panicError
	if errors.As(err, &p) {
		args = append(args, "stack", string(p.stack))
	}
	b.log.Error(what, args...)
}

// pause waits without holding a slot.
func (b *Bot) pause(ctx context.Context, d time.Duration) {
	b.lanes.yield()
	defer b.lanes.acquire()
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-t.C:
	}
}

// attempt tries once. Events that brought the process down, or panicked, too often go to people unread.
func (b *Bot) attempt(ctx context.Context, j *job) error {
	if j.Attempts >= b.rules.MaxAttempts || j.panics >= maxPanics {
		return caught(func() error { return b.bury(ctx, j, "poison") })
	}
	// A store that takes other changes but not this one will never take it; a store that takes none is waited for.
	if j.failures >= buryAfter && b.saved.Load() > j.saved {
		return caught(func() error { return b.bury(ctx, j, "not_stored") })
	}
	return caught(func() error { return b.step(ctx, j) })
}

// step handles an event: everything that it leads to is one Change.
func (b *Bot) step(ctx context.Context, j *job) error {
	if j.Kind == KindUnknown {
		return b.quarantine(ctx, j, "unreadable")
	}
	if j.Staff {
		return b.staff(ctx, j)
	}
	s, err := b.look(ctx, j)
	if err != nil {
		return err
	}
	switch j.Kind {
	case KindEdit, KindDelete:
		return b.amend(ctx, s)
	case KindMessage, KindPress:
		if s.known {
			return b.finish(ctx, s)
		}
		if b.bring(ctx, j); ctx.Err() != nil {
			return ctx.Err()
		}
		return b.turn(ctx, s)
	}
	return b.quarantine(ctx, j, "unknown_kind")
}

// situation is what the store knows when an event's turn comes.
type situation struct {
	*job
	conv    Conversation // zero: the thread is new
	contact Contact      // zero ID: not looked up, or new
	known   bool         // the message stands in a conversation already
	target  Message      // of an edit or a deletion; zero ID: not found
	now     time.Time
}

// look reads what the store knows.
func (b *Bot) look(ctx context.Context, j *job) (situation, error) {
	s := situation{job: j, now: b.now()}
	var err error
	s.conv, err = b.cfg.Store.Current(ctx, j.Inbox, j.Thread)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return s, fmt.Errorf("read the conversation: %w", err)
	}
	if j.Kind == KindEdit || j.Kind == KindDelete {
		s.target, err = b.cfg.Store.MessageBySource(ctx, j.Inbox, j.Target)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return s, fmt.Errorf("read the message meant: %w", err)
		}
	}
	// A message can be there already: its edit overtook it, an earlier process died while burying it, or the platform
	// repeats what was so long ago that intake has forgotten it.
	if (j.Kind == KindMessage || j.Kind == KindPress) && s.conv.ID != "" {
		switch _, err = b.cfg.Store.MessageBySource(ctx, j.Inbox, j.source()); {
		case err == nil:
			s.known = true
		case !errors.Is(err, ErrNotFound):
			return s, fmt.Errorf("look for the message: %w", err)
		}
	}
	if s.conv.ID == "" || s.now.Sub(s.conv.CustomerAt) > contactEvery || j.From.Name != "" && s.conv.Name != j.From.Name {
		s.contact, err = b.cfg.Store.ContactAt(ctx, j.Inbox, j.from())
		if err != nil && !errors.Is(err, ErrNotFound) {
			return s, fmt.Errorf("read the contact: %w", err)
		}
	}
	return s, nil
}

// contactEvery is how often a contact's SeenAt is renewed while she writes.
const contactEvery = time.Hour

// source is the id under which the platform knows the message.
func (j *job) source() string { return j.Inbound.source() }

func (e Inbound) source() string {
	if e.Message != "" {
		return e.Message
	}
	return e.SourceID
}

// from is the sender's address; for a platform that names nobody it is the thread.
func (j *job) from() string {
	if j.From.SourceID != "" {
		return j.From.SourceID
	}
	return j.Thread
}

// turn lets the policy decide on a message or a press, and saves what follows.
func (b *Bot) turn(ctx context.Context, s situation) error {
	t, err := within(ctx, b.rules.TurnTimeout, func(ctx context.Context) (*turn, error) {
		t := b.newTurn(s)
		return t, t.run(ctx)
	})
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		b.logFailure("bot: a turn failed, people take over", s.Accepted, err)
		t = b.newTurn(s)
		t.broken(ctx, failureCode(err))
	}
	if t.call != nil {
		b.act(ctx, s, t.call)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return b.step(ctx, s.job) // with the outcome at hand, on the conversation as it is now
	}
	if err := b.save(ctx, s, t.change()); err != nil {
		return err
	}
	if t.contact != nil {
		b.joinKnown(ctx, s.contact, *t.contact)
	}
	return nil
}

// failureCode is what went wrong, in a word, for the handoff.
func failureCode(err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "timeout"
	case errors.Is(err, errPanic):
		return "panic"
	case errors.Is(err, errUnderstand):
		return "understanding"
	case errors.Is(err, errSearch):
		return "search"
	}
	return "internal"
}

// save writes a change that finishes the job's event. When the event is finished already, nothing is left to do.
func (b *Bot) save(ctx context.Context, s situation, c Change) error {
	c.Done = []uint64{s.ID}
	_, err := b.commit(ctx, c)
	if !errors.Is(err, ErrConflict) {
		return err
	}
	if c.Conversation.ID == "" {
		return nil
	}
	now, readErr := b.cfg.Store.Current(ctx, s.Inbox, s.Thread)
	if readErr == nil && now.ID == c.Conversation.ID && now.Version == c.Conversation.Version {
		return nil // nobody changed the conversation: the event itself is finished
	}
	return err
}

// finish marks an event as done that needs nothing more.
func (b *Bot) finish(ctx context.Context, s situation) error {
	return b.save(ctx, s, Change{})
}

// quarantine puts an event out of the way.
func (b *Bot) quarantine(ctx context.Context, j *job, reason string) error {
	if err := b.cfg.Store.Quarantine(context.WithoutCancel(ctx), j.ID, reason); err != nil {
		return fmt.Errorf("quarantine: %w", err)
	}
	b.log.Warn("bot: an event went to quarantine", "event", j.ID, "inbox", j.Inbox, "kind", j.Kind, "reason", reason)
	now := b.now()
	in := b.inbox(j.Inbox)
	_, err := b.commit(ctx, Change{Facts: []Fact{{Name: FactQuarantined, Value: 1, Label: reason, Start: j.At, End: now,
		Inbox: in.ID, Channel: in.Channel}}})
	if err != nil { // the event is safe, only its number is missing from a report
		b.log.Error("bot: a fact could not be written", "fact", FactQuarantined, "err", err)
	}
	return nil
}

// bury gives the customer of an event that cannot be handled to people, the text unread, and quarantines the event.
func (b *Bot) bury(ctx context.Context, j *job, reason string) error {
	if (j.Kind == KindMessage || j.Kind == KindPress) && !j.Staff {
		s, err := b.look(ctx, j)
		if err == nil && !s.known {
			t := b.newTurn(s)
			t.broken(ctx, reason)
			_, err = b.commit(ctx, t.change())
		}
		if errors.Is(err, ErrConflict) || err != nil && reason != "not_stored" {
			return err
		}
	}
	return b.quarantine(ctx, j, reason)
}
