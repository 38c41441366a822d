package bot

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// ErrWindow means that the platform takes no message to the customer until she writes again: see Inbox.Window. It is an
// ErrState.
var ErrWindow = fmt.Errorf("bot: the platform takes no message to her until she writes again: %w", ErrState)

// Reacher knows whether a platform still takes messages.
type Reacher interface {
	// SendUntil is until when the platform of a conversation takes messages to its customer; zero: for ever. What is sent
	// to her at that instant or later is refused with ErrWindow.
	SendUntil(ctx context.Context, c Conversation) (time.Time, error)
}

var _ Reacher = (*Bot)(nil)

// SendUntil implements Reacher. The window belongs to the customer's address: what she wrote in a later conversation of the
// same thread opens it for the earlier ones, too.
func (b *Bot) SendUntil(ctx context.Context, c Conversation) (time.Time, error) {
	window := b.inbox(c.Inbox).Window
	if window <= 0 {
		return time.Time{}, nil
	}
	wrote := c.CustomerAt
	newest, err := b.cfg.Store.Current(ctx, c.Inbox, c.Thread)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return time.Time{}, err
	}
	if newest.CustomerAt.After(wrote) {
		wrote = newest.CustomerAt
	}
	return wrote.Add(window), nil
}

// reach finds out, before an act on a conversation, whether its customer can be written to.
func (d *desk) reach(ctx context.Context) error {
	until, err := d.b.SendUntil(ctx, d.conv)
	d.shut = !until.IsZero() && !until.After(d.now)
	return err
}

// hears tells the customer what becomes of her conversation, unless the platform takes nothing any more: then there is only
// the entry for staff, and the message that is returned goes nowhere.
func (d *desk) hears(text string, buttons ...Button) *Message {
	if d.shut {
		return &Message{}
	}
	return d.reply(text, buttons...)
}
