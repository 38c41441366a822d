package channels

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
)

// Line joins an inbox with the channel behind it.
type Line struct {
	Inbox   bot.InboxID
	Channel Channel
	Limits  Limits
}

// Observer is told what happens in the outbox, for metrics and live views. Its methods must not wait.
type Observer interface {
	// Attempted follows every call to a platform; reason is empty when the message was taken.
	Attempted(inbox bot.InboxID, reason Reason, took time.Duration)
	// Settled follows every stored outcome: m is the message as it is stored now, also when it waits for another attempt.
	Settled(m bot.Message)
}

// OutboxOptions are the settings of an Outbox. Zero fields get the defaults.
type OutboxOptions struct {
	Log      *slog.Logger
	Now      func() time.Time
	Rand     func() float64 // 0 ≤ x < 1, spreads retries; safe for concurrent use
	Observer Observer
	// GiveUp is how long a message is tried, counted from when it was written: a bot message that is older is not
	// sent any more, an agent's is sent at least once. Default 24 h.
	GiveUp time.Duration
	// Attempt is how long one call to a platform may take. Default 30 s.
	Attempt time.Duration
	// Grace is how long Run waits for running calls when its context ends. Default 10 s.
	Grace time.Duration
	// InFlight is how many calls run at once for one inbox. Default 256; never more than the platform takes in a second.
	InFlight int
	// Memory is how many messages of one inbox are held in memory at most; the others stay in the store. Default 10,000.
	Memory int
}

func (o OutboxOptions) withDefaults() OutboxOptions {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Rand == nil {
		o.Rand = func() float64 { return 0.5 }
	}
	o.GiveUp = or(o.GiveUp, 24*time.Hour)
	o.Attempt = or(o.Attempt, 30*time.Second)
	o.Grace = or(o.Grace, 10*time.Second)
	o.InFlight = or(o.InFlight, 256)
	o.Memory = or(o.Memory, 10_000)
	return o
}

func or[T comparable](value, standard T) T {
	var zero T
	if value == zero {
		return standard
	}
	return value
}

// Outbox sends stored messages: in order within a thread, within the limits of the platform, and never twice by itself
// where the platform would show it twice. It implements bot.Sender.
type Outbox struct {
	store  bot.OutboxStore
	opt    OutboxOptions
	queues map[bot.InboxID]*queue
	order  []*queue

	mu     sync.Mutex
	orphan map[bot.InboxID]bool // inboxes without a channel that were logged
}

var _ bot.Sender = (*Outbox)(nil)

// NewOutbox assembles an outbox for these lines. What Send gets before Run starts is kept.
func NewOutbox(store bot.OutboxStore, lines []Line, opt OutboxOptions) (*Outbox, error) {
	o := &Outbox{store: store, opt: opt.withDefaults(), queues: map[bot.InboxID]*queue{}, orphan: map[bot.InboxID]bool{}}
	for _, l := range lines {
		if o.queues[l.Inbox] != nil {
			return nil, fmt.Errorf("channels: two inboxes are named %q: give each its own id", l.Inbox)
		}
		q := newQueue(o, l)
		o.queues[l.Inbox], o.order = q, append(o.order, q)
	}
	return o, nil
}

// Run sends until ctx ends, beginning with what an earlier run left behind. It returns nil when ctx ends, after the calls
// that are running, and an error when the store cannot be read at the start.
func (o *Outbox) Run(ctx context.Context) error {
	unsent, err := o.store.Unsent(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return fmt.Errorf("channels: read the outbox: %w", err)
	}
	work, stop := context.WithCancel(context.WithoutCancel(ctx))
	defer stop()
	byInbox := map[bot.InboxID][]bot.Message{}
	for _, m := range unsent {
		byInbox[m.Inbox] = append(byInbox[m.Inbox], m)
	}
	for inbox := range byInbox {
		if o.queues[inbox] == nil {
			o.noChannel(inbox)
		}
	}
	var wg sync.WaitGroup
	for _, q := range o.order {
		q.load(byInbox[q.Inbox])
		wg.Go(func() { q.run(ctx, work) })
	}
	<-ctx.Done()
	late := time.AfterFunc(o.opt.Grace, stop)
	defer late.Stop()
	wg.Wait()
	return nil
}

// Send takes messages that are stored as Queued. It never waits and never fails.
func (o *Outbox) Send(messages ...bot.Message) {
	for _, m := range messages {
		if m.Direction != bot.Outgoing || m.Private || m.Delivery != bot.Queued {
			continue
		}
		if q := o.queues[m.Inbox]; q != nil {
			q.add(m)
		} else {
			o.noChannel(m.Inbox)
		}
	}
}

// Typing shows the customer that an answer is being written, where the channel can; best effort.
func (o *Outbox) Typing(inbox bot.InboxID, thread string) {
	if q := o.queues[inbox]; q != nil {
		q.typing(thread)
	}
}

// noChannel says once that messages of an inbox cannot leave.
func (o *Outbox) noChannel(inbox bot.InboxID) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !o.orphan[inbox] {
		o.orphan[inbox] = true
		o.opt.Log.Warn("messages wait for an inbox that is not configured: add it again, or they stay queued", "inbox", inbox)
	}
}

// reload reads what the memory had no room for.
func (o *Outbox) reload(ctx context.Context, q *queue) {
	unsent, err := o.store.Unsent(ctx)
	if err != nil {
		if !errors.Is(err, context.Canceled) {
			o.opt.Log.Error("cannot read the outbox: trying again", "inbox", q.Inbox, "err", err)
		}
		q.loadFailed()
		return
	}
	var mine []bot.Message
	for _, m := range unsent {
		if m.Inbox == q.Inbox {
			mine = append(mine, m)
		}
	}
	q.load(mine)
}

// inOrder sorts the messages of an inbox for loading: threads by their newest message, the newest first (they are the
// ones loaded when there is not room for all), the conversations of a thread by the time of their first message, and
// each by Seq.
func inOrder(messages []bot.Message) {
	first := map[bot.ConversationID]time.Time{}
	newest := map[string]time.Time{}
	for _, m := range messages {
		if t, ok := first[m.Conversation]; !ok || m.At.Before(t) {
			first[m.Conversation] = m.At
		}
		if m.At.After(newest[m.Thread]) {
			newest[m.Thread] = m.At
		}
	}
	slices.SortStableFunc(messages, func(a, b bot.Message) int {
		return cmp.Or(
			newest[b.Thread].Compare(newest[a.Thread]),
			strings.Compare(a.Thread, b.Thread),
			first[a.Conversation].Compare(first[b.Conversation]),
			cmp.Compare(a.Conversation, b.Conversation),
			cmp.Compare(a.Seq, b.Seq),
		)
	})
}
