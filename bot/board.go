package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Card is how a conversation stands in the messaging app in which a team works: what was shown there, and where.
type Card struct {
	Board        InboxID        `json:"board"` // the inbox whose app it is
	Conversation ConversationID `json:"conversation"`
	Handoff      time.Time      `json:"handoff"`            // At of the handoff that it was made for
	Ref          string         `json:"ref,omitempty"`      // the app's address of its thread; empty: there is none yet
	ID           string         `json:"id,omitempty"`       // the app's id of the card itself
	Shown        string         `json:"shown,omitempty"`    // mark of what the card says
	Seq          uint64         `json:"seq,omitempty"`      // of the newest message that stands in the thread, or is not to
	FileSeq      uint64         `json:"file_seq,omitempty"` // of the newest message whose files stand in the thread, or are not to
	FileN        int            `json:"file_n,omitempty"`   // how many files of the message after it do
	Entries      []CardEntry    `json:"entries,omitempty"`  // the newest ones of the thread, in order
	Trying       string         `json:"trying,omitempty"`   // key of a call whose outcome is not stored yet
	Lost         int            `json:"lost,omitempty"`     // how often it vanished in the app
}

// CardEntry is one entry of a card's thread: some messages in a row.
type CardEntry struct {
	From uint64 `json:"from"` // Seq of the first and the last message
	To   uint64 `json:"to"`
	ID   string `json:"id"`   // the app's
	Mark string `json:"mark"` // of what it says
}

// CardStore keeps cards. They go when their conversation is erased.
type CardStore interface {
	// SaveCard adds or replaces; ErrNotFound when there is no such conversation.
	SaveCard(ctx context.Context, c Card) error
	// Card returns the card of a conversation on a board, or ErrNotFound.
	Card(ctx context.Context, board InboxID, id ConversationID) (Card, error)
}

// Staff does what a team asks for in its own messaging app.
type Staff interface {
	// Act does what an event asks for, by at most one verb of Desk or Dispatch, to which it passes ctx on: the verb is then
	// done once, however often the event is tried. An error means that it must be tried again.
	Act(ctx context.Context, e Inbound) error
}

// staff handles an event of the team. What it leads to and that it is done are one Change.
func (b *Bot) staff(ctx context.Context, j *job) error {
	if b.cfg.Staff == nil {
		return b.quarantine(ctx, j, "no_board")
	}
	err := b.cfg.Staff.Act(context.WithValue(ctx, eventKey{}, j.Accepted), j.Inbound)
	if errors.Is(err, ErrConflict) {
		return fmt.Errorf("an event of the team was not understood: %w", errStaff) // never "somebody was faster, at once again"
	}
	if err != nil {
		return err
	}
	return b.finish(ctx, situation{job: j})
}

// Written is what an agent wrote to a customer in the platform itself, beside us.
type Written struct {
	Text     string
	Files    []File // as the platform has them
	SourceID string // the platform's id of it
	At       time.Time
}

// Adopt records what an agent wrote to the customer in the platform itself. It takes the conversation over as Reply does, and
// is not sent again; one that a colleague has stays hers.
func (b *Bot) Adopt(ctx context.Context, id ConversationID, by Agent, w Written) (Message, error) {
	text, err := deskText(w.Text, w.Files)
	if err != nil {
		return Message{}, err
	}
	d, err := b.onDesk(ctx, id, by, "conversation.adopt", func(d *desk) error {
		if err := d.take(); err != nil && !errors.Is(err, ErrConflict) {
			return err
		}
		m := d.answer(text)
		m.Files = w.Files
		m.Delivery, m.SentAt, m.SourceID = Sent, orNow(w.At, d.now), w.SourceID
		return nil
	})
	if err != nil {
		return Message{}, err
	}
	return d.out[len(d.out)-1], nil
}

// errStaff marks a Staff that breaks its contract.
var errStaff = errors.New("bot: Staff returned a conflict")

// eventKey is the key of the event of the team that an act of an agent answers.
type eventKey struct{}

// answers makes a change finish the event of the team that it answers. A note is known by the event's name from then on.
func answers(ctx context.Context, c *Change) {
	e, ok := ctx.Value(eventKey{}).(Accepted)
	if !ok {
		return
	}
	c.Done = append(c.Done, e.ID)
	for i := range c.Messages {
		if m := &c.Messages[i]; m.Private && m.SourceID == "" {
			m.SourceID = e.source()
		}
	}
}
