package channels_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// TestAMessageThatBreaksTheSender: a panic in an adapter ends one message, not the program; not at the next start either.
func TestAMessageThatBreaksTheSender(t *testing.T) {
	for _, tc := range []struct {
		name    string
		outcome outcome
		seen    []string
		asking  bool
	}{
		{"before it arrives", outcome{breaks: true, reason: channels.Transient}, []string{"two"}, false},
		{"after it has arrived", outcome{breaks: true, reason: channels.Ambiguous, arrives: true}, []string{"one", "two"}, false},
		{"where one can ask", outcome{breaks: true, reason: channels.Transient}, []string{"two"}, true},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logs bytes.Buffer
				d := newDesk(t)
				p := &platform{script: map[string][]outcome{"one": {tc.outcome}}}
				var c channels.Channel = p
				if tc.asking {
					c = asking{p}
				}
				opt := channels.OutboxOptions{Log: slog.New(slog.NewTextHandler(&logs, nil))}
				box, stop := d.run(d.store, line(c, channels.Limits{}), opt)
				box.Send(d.write("in", "a", "one", "two")...)
				pass(time.Minute)
				stop()
				_, stop = d.run(d.store, line(c, channels.Limits{}), opt)
				pass(time.Minute)
				stop()
				equal(t, "the customer sees", p.seen("a"), tc.seen)
				equal(t, "stored", d.fates("in", "a"), []string{"one: unknown panic", "two: sent"})
				if !strings.Contains(logs.String(), "helpers_test.go") || strings.Contains(logs.String(), "cannot write") {
					t.Errorf("the log names the place, and nothing of the text: %s", logs.String())
				}
			})
		})
	}
}

// brittle is a store whose first BeginSend breaks off.
type brittle struct {
	bot.OutboxStore
	broke bool
}

func (b *brittle) BeginSend(ctx context.Context, id bot.MessageID) (bot.Message, error) {
	if !b.broke {
		b.broke = true
		panic("a bug")
	}
	return b.OutboxStore.BeginSend(ctx, id)
}

// TestAMessageThatBreaksBeforeItIsSent cannot have arrived, and says so.
func TestAMessageThatBreaksBeforeItIsSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		box, _ := d.run(&brittle{OutboxStore: d.store}, line(p, channels.Limits{}), channels.OutboxOptions{})
		box.Send(d.write("in", "a", "one", "two")...)
		pass(time.Minute)
		equal(t, "the customer sees", p.seen("a"), []string{"two"})
		equal(t, "stored", d.fates("in", "a"), []string{"one: failed panic", "two: sent"})
	})
}

// deaf breaks off when it is asked what has arrived.
type deaf struct{ *platform }

func (deaf) Reconcile(context.Context, channels.Outgoing) (string, bool, error) { panic("a bug") }

// TestAskingThatBreaks: an earlier run was killed in a call, and what became of it cannot be found out.
func TestAskingThatBreaks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		if _, err := d.store.BeginSend(t.Context(), d.write("in", "a", "one", "two")[0].ID); err != nil {
			t.Fatal(err)
		}
		d.run(d.store, line(deaf{p}, channels.Limits{}), channels.OutboxOptions{})
		pass(time.Minute)
		equal(t, "the customer sees", p.seen("a"), []string{"two"})
		equal(t, "stored", d.fates("in", "a"), []string{"one: unknown panic", "two: sent"})
	})
}
