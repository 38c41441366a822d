package bot_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
)

// flaky is a store whose next writes fail.
type flaky struct {
	bot.Store
	mu    sync.Mutex
	fail  int
	never string // a text that it never takes
}

func (f *flaky) Save(ctx context.Context, c bot.Change) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.never != "" && slices.ContainsFunc(c.Messages, func(m bot.Message) bool { return m.Text == f.never }) {
		return errors.New("not this one")
	}
	if f.fail > 0 {
		f.fail--
		return errors.New("disk full")
	}
	return f.Store.Save(ctx, c)
}

func TestTheStoreFailsForAWhile(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		store := &flaky{Store: w.store, fail: 4}
		w.via = store
		w.start()
		w.deliver(message("m", "ada", "你好"))
		<-time.After(time.Minute)
		w.settle()
		if got := w.last("ada").Text; got != "您好！我是小音。" {
			t.Errorf("said %q", got)
		}
	})
	t.Run("for longer than patience", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			store := &flaky{Store: w.store, fail: 60}
			w.via = store
			w.start()
			w.deliver(message("m", "ada", "你好"))
			<-time.After(time.Hour)
			w.settle()
			if len(w.mail.to("ada")) != 1 || w.Bot.Backlog() != 0 {
				t.Errorf("said %v", w.mail.to("ada"))
			}
		})
	})
}

func TestWhatTheStoreNeverTakesIsGivenUp(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.via = &flaky{Store: w.store, never: "cursed"}
		w.start()
		w.deliver(message("m", "ada", "cursed"))
		w.deliver(message("n", "ada", "你好"))
		<-time.After(time.Hour)
		if list, err := w.store.Quarantined(t.Context(), 10); err != nil || len(list) != 0 {
			t.Errorf("given up although nothing else was stored: %v %v", list, err)
		}
		w.deliver(message("o", "bo", "你好"))
		<-time.After(time.Hour)
		w.settle()
		if list, err := w.store.Quarantined(t.Context(), 10); err != nil || len(list) != 1 {
			t.Errorf("quarantine: %v %v", list, err)
		}
		if got := w.last("ada").Text; got != "您好！我是小音。" {
			t.Errorf("the lane is stuck: %q", got)
		}
	})
}

func TestAfterAnOutageOldMessagesGoToPeople(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.clock.add(24 * time.Hour)
		for i := range 5 {
			w.deliver(message(fmt.Sprint("old", i), "ada", "退货规则"))
		}
		sent := w.mail.to("ada")
		if len(sent) != 1 || !strings.Contains(sent[0].Text, "刚刚才收到") || w.conv("ada").Status != bot.StatusWaiting {
			t.Errorf("one apology is due: %+v", sent)
		}
		fresh := message("new", "bo", "退货规则")
		fresh.At = w.clock.now()
		w.deliver(fresh)
		if w.conv("bo").Status != bot.StatusBot {
			t.Error("a fresh message was not answered by the bot")
		}
	})
}

func TestPoisonGoesToPeopleUnread(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.via = &mortal{Store: w.store, left: 1} // dies at the Save after each Accept
		w.start()
		w.deliver(message("m", "ada", "你好"))
		for range 4 {
			w.halt()
			w.via = &mortal{Store: w.store, left: 0}
			w.start()
			w.settle()
		}
		w.halt()
		w.via = nil
		w.start() // the fifth start that finds it
		w.settle()
		c := w.conv("ada")
		if c.Status != bot.StatusWaiting || c.Handoff.Reason != bot.ReasonError || c.Handoff.Detail != "poison" {
			t.Errorf("%s %+v", c.Status, c.Handoff)
		}
		if list, err := w.store.Quarantined(t.Context(), 10); err != nil || len(list) != 1 {
			t.Errorf("quarantine: %v %v", list, err)
		}
		if n := len(w.facts(bot.FactQuarantined)); n != 1 {
			t.Errorf("%d facts", n)
		}
		w.halt()
		w.start()
		w.settle()
		if n := len(w.incoming("ada")); n != 1 {
			t.Errorf("%d messages after yet another start", n)
		}
	})
}

func TestRunEndsWithoutAnErrorWhenItIsStoppedWhileItStarts(t *testing.T) {
	w := newWorld(t)
	reads := 0
	for at := 1; ; at++ { // stopped at the first reading of the store, at the second, …
		ctx, stop := context.WithCancel(t.Context())
		reads = 0
		w.via = readings{w.store, func() {
			if reads++; reads == at {
				stop()
			}
		}}
		b := w.build()
		ended := make(chan error, 1)
		go func() { ended <- b.Run(ctx) }()
		select {
		case <-b.Ready():
			stop()
			if err := <-ended; err != nil {
				t.Fatal(err)
			}
			if at != 4 {
				t.Fatalf("the start reads the store %d times, of which the test knows 3", at-1)
			}
			return
		case err := <-ended:
			if err != nil {
				t.Fatalf("stopped at reading %d: a stop is no failure: %v", at, err)
			}
		}
	}
}

// readings tells of what a start reads from the store, before it does.
type readings struct {
	bot.Store
	before func()
}

func (r readings) DeskRules(ctx context.Context) (bot.DeskRules, error) {
	r.before()
	return r.Store.DeskRules(ctx)
}

func (r readings) Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error) {
	r.before()
	return r.Store.Conversations(ctx, f)
}

func (r readings) Recover(ctx context.Context) ([]bot.Accepted, error) {
	r.before()
	return r.Store.Recover(ctx)
}

// unreadable is a store in which one conversation is damaged.
type unreadable struct {
	bot.Store
	id bot.ConversationID
}

func (u unreadable) Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error) {
	if id == u.id {
		return bot.Conversation{}, errors.New("a page is damaged")
	}
	return u.Store.Conversation(ctx, id)
}

func TestOneBadConversationHoldsUpNoOther(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		w.rule(bot.DeskRules{Assign: true, Capacity: 5})
		for _, name := range []string{"ada", "bo", "cy"} {
			w.saysNow(name, "agent")
			w.clock.add(time.Second)
		}
		bad := w.conv("ada").ID
		w.halt()
		w.via = unreadable{w.store, bad}
		w.start()
		if _, err := w.Bot.SetState(t.Context(), "lin", bot.Online); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if a, b := w.conv("bo").Agent, w.conv("cy").Agent; a != "lin" || b != "lin" {
			t.Errorf("behind the bad one, bo is with %q and cy with %q", a, b)
		}
		w.saysNow("bo", "are you there?")
		if _, err := w.store.SetAgentState(t.Context(), "lin", bot.Offline, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		err := w.Bot.Tick(t.Context())
		if c := w.conv("bo"); c.Status != bot.StatusWaiting {
			t.Errorf("bo is %v with %q, who is gone; the round: %v", c.Status, c.Agent, err)
		}
	})
}
