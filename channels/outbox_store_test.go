package channels_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// failing is a store whose writes fail as scripted.
type failing struct {
	bot.OutboxStore
	mu         sync.Mutex
	begin, end []error
	unsent     []error
}

func (f *failing) pop(list *[]error) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(*list) == 0 {
		return nil
	}
	err := (*list)[0]
	*list = (*list)[1:]
	return err
}

func (f *failing) BeginSend(ctx context.Context, id bot.MessageID) (bot.Message, error) {
	if err := f.pop(&f.begin); err != nil {
		return bot.Message{}, err
	}
	return f.OutboxStore.BeginSend(ctx, id)
}

func (f *failing) EndSend(ctx context.Context, id bot.MessageID, r bot.SendResult) (bot.Message, error) {
	if err := f.pop(&f.end); err != nil {
		return bot.Message{}, err
	}
	return f.OutboxStore.EndSend(ctx, id, r)
}

func (f *failing) Unsent(ctx context.Context) ([]bot.Message, error) {
	if err := f.pop(&f.unsent); err != nil {
		return nil, err
	}
	return f.OutboxStore.Unsent(ctx)
}

func TestAFullDiskNeitherLosesNorRepeats(t *testing.T) {
	full := slices.Repeat([]error{errors.New("no space left on device")}, 5)
	for _, tc := range []struct {
		name       string
		begin, end []error
		script     []outcome
	}{
		{"before the call", full, nil, nil},
		{"after the call", nil, full, nil},
		{"when it is put back", nil, full, []outcome{{reason: channels.RateLimited}}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				p := &platform{script: map[string][]outcome{"*": tc.script}}
				box, _ := d.run(&failing{OutboxStore: d.store, begin: tc.begin, end: tc.end}, line(p, channels.Limits{}), channels.OutboxOptions{})
				box.Send(d.write("in", "a", "one", "two")...)
				pass(time.Hour)
				equal(t, "the customer sees", p.seen("a"), []string{"one", "two"})
				equal(t, "stored", d.fates("in", "a"), []string{"one: sent", "two: sent"})
			})
		})
	}
	t.Run("at the start", func(t *testing.T) {
		d := newDesk(t)
		box, err := channels.NewOutbox(&failing{OutboxStore: d.store, unsent: full}, line(&platform{}, channels.Limits{}), channels.OutboxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if err := box.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no space left") {
			t.Errorf("Run = %v", err)
		}
	})
}

func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"*": {{reason: channels.Auth}}}}
		store := &failing{OutboxStore: d.store}
		box, _ := d.run(store, line(p, channels.Limits{PerThread: time.Second}), channels.OutboxOptions{Memory: 10, InFlight: 1})
		var want []string
		for i := range 40 {
			want = append(want, fmt.Sprint(i))
			box.Send(d.write("in", "a", fmt.Sprint(i))...)
			box.Send(d.write("in", fmt.Sprint("t", i), "x")...)
		}
		synctest.Wait()
		if h := box.Health()[0]; h.Waiting != 10 || !h.Behind {
			t.Errorf("health: %+v", h)
		}
		store.mu.Lock()
		store.unsent = []error{errors.New("read error")}
		store.mu.Unlock()
		pass(10 * time.Minute)
		equal(t, "the long thread", p.seen("a"), want)
		if n := len(p.sent()); n != 80 {
			t.Errorf("%d of 80 arrived", n)
		}
		if h := box.Health()[0]; h.Waiting != 0 || h.Behind {
			t.Errorf("health after: %+v", h)
		}
	})
}

func TestWhatIsReadAndGivenIsHeldAndSentOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"one": {{takes: time.Minute}}}}
		messages := d.write("in", "a", "one", "two")
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		synctest.Wait() // both are read, and the first is in a call
		box.Send(messages...)
		if h := box.Health()[0]; h.Waiting != 2 || h.Behind {
			t.Errorf("health: %+v", h)
		}
		pass(time.Hour)
		equal(t, "the customer sees", p.seen("a"), []string{"one", "two"})
		if h := box.Health()[0]; h.Waiting != 0 || h.Behind {
			t.Errorf("health after: %+v", h)
		}
	})
}

func TestTheNewestOfABacklogGoFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		now := time.Now()
		for i := range 5 {
			old := bot.Message{Author: bot.ByBot, At: now.Add(-time.Duration(i+1) * time.Hour)}
			d.writeAs(old, "in", fmt.Sprint("h", i+1), "first", "second")
		}
		d.writeAs(bot.Message{Author: bot.ByBot, At: now.Add(-48 * time.Hour)}, "in", "stale", "too late")
		d.writeAs(bot.Message{Author: bot.ByAgent, At: now.Add(-48 * time.Hour)}, "in", "agent", "still worth it")
		box, _ := d.run(d.store, line(p, channels.Limits{Global: 1}), channels.OutboxOptions{Memory: 1000})
		pass(100 * time.Millisecond)
		box.Send(d.write("in", "fresh", "now")...)
		pass(time.Hour)
		var order []string
		for _, s := range p.sent() {
			order = append(order, s.thread)
		}
		want := []string{"h1", "h1", "h2", "h2", "h3", "h3", "h4", "h4", "h5", "h5", "agent"}
		at := slices.Index(order, "fresh")
		if at < 0 || at > 2 {
			t.Fatalf("the fresh message came as number %d: %q", at+1, order)
		}
		equal(t, "order", slices.Delete(order, at, at+1), want)
		equal(t, "stored", d.fates("in", "stale"), []string{"too late: failed expired"})
	})
}
