package channels_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/store/mem"
)

// outcome is how the platform treats one call.
type outcome struct {
	reason  channels.Reason // empty: taken
	arrives bool            // the customer sees it all the same (a lost answer)
	after   time.Duration
	thread  string        // of Moved
	takes   time.Duration // the call
	hangs   bool          // until the caller gives up
	breaks  bool          // the adapter panics, with the customer's text
}

// shown is what the customer sees.
type shown struct {
	thread, text, key string
	at                time.Time
	buttons           int
}

// platform is a messaging platform made of data: what it does with each call stands in a script.
type platform struct {
	keyed  bool
	script map[string][]outcome // by text of the message; "*": any
	mu     sync.Mutex
	ledger []shown
	calls  []shown
	asked  int // Reconcile calls
	asks   []outcome
	inside int
	most   int // calls at once
	typing []string
}

func (p *platform) Run(ctx context.Context, _ bot.Handler) error { <-ctx.Done(); return nil }

func (p *platform) Send(ctx context.Context, m channels.Outgoing) (string, error) {
	s := shown{thread: m.Thread, text: m.Body.Text, key: m.Key(), at: time.Now(), buttons: len(m.Buttons)}
	p.mu.Lock()
	p.calls = append(p.calls, s)
	p.inside++
	p.most = max(p.most, p.inside)
	o := p.next(m.Body.Text)
	if p.keyed && slices.Contains([]channels.Reason{channels.Rejected, channels.Blocked, channels.Unformatted}, o.reason) &&
		slices.ContainsFunc(p.ledger, func(old shown) bool { return old.key == s.key }) {
		o = outcome{} // what was accepted is not refused the second time
	}
	p.mu.Unlock()
	defer func() { p.mu.Lock(); p.inside--; p.mu.Unlock() }()
	if o.takes > 0 {
		time.Sleep(o.takes)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if o.reason == "" || o.arrives {
		if !p.keyed || !slices.ContainsFunc(p.ledger, func(old shown) bool { return old.key == s.key }) {
			p.ledger = append(p.ledger, s)
		}
	}
	if o.breaks {
		panic("cannot write " + m.Text)
	}
	if o.hangs {
		p.mu.Unlock()
		<-ctx.Done()
		p.mu.Lock()
		return "", ctx.Err()
	}
	if o.reason != "" {
		return "", &channels.SendError{Reason: o.reason, RetryAfter: o.after, Thread: o.thread, Err: errors.New("scripted")}
	}
	return "P-" + s.key, nil
}

func (p *platform) next(text string) outcome {
	for _, key := range []string{text, "*"} {
		if list := p.script[key]; len(list) > 0 {
			p.script[key] = list[1:]
			return list[0]
		}
	}
	return outcome{}
}

func (p *platform) Typing(_ context.Context, thread string) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.typing = append(p.typing, thread)
	return nil
}

// asking is a platform that can say what has arrived.
type asking struct{ *platform }

func (p asking) Reconcile(_ context.Context, m channels.Outgoing) (string, bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	if len(p.asks) > 0 {
		o := p.asks[0]
		p.asks = p.asks[1:]
		if o.reason != "" {
			return "", false, &channels.SendError{Reason: o.reason, RetryAfter: o.after, Err: errors.New("scripted")}
		}
	}
	for _, s := range p.ledger {
		if s.key == m.Key() {
			return "P-" + s.key, true, nil
		}
	}
	return "", false, nil
}

func (p *platform) sent() []shown   { return locked(p, &p.ledger) }
func (p *platform) called() []shown { return locked(p, &p.calls) }
func (p *platform) typed() []string { return locked(p, &p.typing) }

func locked[T any](p *platform, list *[]T) []T {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(*list)
}

// seen lists what a thread was shown, in order.
func (p *platform) seen(thread string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var texts []string
	for _, s := range p.ledger {
		if s.thread == thread {
			texts = append(texts, s.text)
		}
	}
	return texts
}

// desk is a store with conversations in it, and an outbox that runs.
type desk struct {
	t     *testing.T
	store *mem.Store
	saved map[bot.ConversationID]bot.Conversation
}

func newDesk(t *testing.T) *desk {
	return &desk{t: t, store: mem.New(mem.Options{}), saved: map[bot.ConversationID]bot.Conversation{}}
}

// write stores bot messages as queued, in the conversation named like its thread, and returns them.
func (d *desk) write(inbox bot.InboxID, thread string, texts ...string) []bot.Message {
	d.t.Helper()
	return d.writeAs(bot.Message{Author: bot.ByBot, At: time.Now()}, inbox, thread, texts...)
}

func (d *desk) writeAs(like bot.Message, inbox bot.InboxID, thread string, texts ...string) []bot.Message {
	d.t.Helper()
	id := bot.ConversationID(string(inbox) + "." + thread)
	conv := d.saved[id]
	if conv.ID == "" {
		conv = bot.Conversation{ID: id, Inbox: inbox, Channel: "fake", Thread: thread, Contact: "c1", Status: bot.StatusBot, Epoch: 1}
	}
	change := bot.Change{Conversation: conv}
	for _, text := range texts {
		m := like
		conv.LastSeq++
		m.ID, m.Conversation, m.Seq = bot.MessageID(fmt.Sprintf("%s-%d", id, conv.LastSeq)), id, conv.LastSeq
		m.Inbox, m.Thread, m.Direction, m.Text = inbox, thread, bot.Outgoing, text
		m.Epoch, m.Delivery = conv.Epoch, bot.Queued
		change.Messages = append(change.Messages, m)
	}
	change.Conversation.LastSeq = conv.LastSeq
	if err := d.store.Save(context.Background(), change); err != nil {
		d.t.Fatal(err)
	}
	conv.Version++
	d.saved[id] = conv
	return change.Messages
}

// takeOver gives a conversation to an agent.
func (d *desk) takeOver(inbox bot.InboxID, thread string) {
	d.t.Helper()
	conv := d.saved[bot.ConversationID(string(inbox)+"."+thread)]
	conv.Status, conv.Agent = bot.StatusAgent, "lin"
	conv.Epoch++
	if err := d.store.Save(context.Background(), bot.Change{Conversation: conv}); err != nil {
		d.t.Fatal(err)
	}
	conv.Version++
	d.saved[conv.ID] = conv
}

// fates lists "text: delivery error" of a thread's messages.
func (d *desk) fates(inbox bot.InboxID, thread string) []string {
	d.t.Helper()
	messages, err := d.store.Messages(context.Background(), bot.ConversationID(string(inbox)+"."+thread), 0, 0)
	if err != nil {
		d.t.Fatal(err)
	}
	var all []string
	for _, m := range messages {
		all = append(all, strings.TrimSpace(fmt.Sprintf("%s: %s %s", m.Text, m.Delivery, m.Error)))
	}
	return all
}

// run starts an outbox and returns a function that stops it and waits.
func (d *desk) run(store bot.OutboxStore, lines []channels.Line, opt channels.OutboxOptions) (*channels.Outbox, func()) {
	d.t.Helper()
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	o, err := channels.NewOutbox(store, lines, opt)
	if err != nil {
		d.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- o.Run(ctx) }()
	stopped := false
	stop := func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-ended; err != nil {
			d.t.Errorf("Run: %v", err)
		}
	}
	d.t.Cleanup(stop)
	return o, stop
}

func line(p channels.Channel, l channels.Limits) []channels.Line {
	return []channels.Line{{Inbox: "in", Channel: p, Limits: l}}
}

func equal(t *testing.T, what string, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s:\n got %q\nwant %q", what, got, want)
	}
}
