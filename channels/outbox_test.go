package channels_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/store/mem"
)

// TestFates is one message after another in one thread, with what the platform does to the first of them.
func TestFates(t *testing.T) {
	keyed := channels.Limits{Keyed: true}
	for _, tc := range []struct {
		name    string
		script  []outcome
		limits  channels.Limits
		asking  bool
		asks    []outcome
		seen    []string
		fates   []string
		atLeast time.Duration // until all is settled
		calls   int
	}{
		{name: "taken", seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 2},
		{name: "too many requests: pause as told, then go on in order", script: []outcome{{reason: channels.RateLimited, after: 30 * time.Second}},
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, atLeast: 30 * time.Second, calls: 3},
		{name: "unreachable for a while", script: slices.Repeat([]outcome{{reason: channels.Transient}}, 10),
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, atLeast: 5 * time.Minute, calls: 12},
		{name: "unreachable for days", script: slices.Repeat([]outcome{{reason: channels.Transient}}, 600),
			fates: []string{"one: failed expired", "two: failed expired"}, atLeast: 24 * time.Hour},
		{name: "lost answer", script: []outcome{{reason: channels.Ambiguous, arrives: true}},
			seen: []string{"one", "two"}, fates: []string{"one: unknown ambiguous", "two: sent"}, calls: 2},
		{name: "lost answer, with a key", script: []outcome{{reason: channels.Ambiguous, arrives: true}}, limits: keyed,
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 3},
		{name: "lost request, with a key", script: []outcome{{reason: channels.Ambiguous}}, limits: keyed,
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 3},
		{name: "lost answer, found by asking", script: []outcome{{reason: channels.Ambiguous, arrives: true}}, asking: true,
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 2},
		{name: "lost request, not found by asking", script: []outcome{{reason: channels.Ambiguous}}, asking: true,
			asks: []outcome{{reason: channels.RateLimited, after: time.Minute}, {reason: channels.Transient}},
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 3, atLeast: time.Minute},
		{name: "lost answer, asking is refused", script: []outcome{{reason: channels.Ambiguous, arrives: true}}, asking: true,
			asks: []outcome{{reason: channels.Rejected}},
			seen: []string{"one", "two"}, fates: []string{"one: unknown rejected", "two: sent"}, calls: 2},
		{name: "hangs", script: []outcome{{hangs: true}},
			seen: []string{"one", "two"}, fates: []string{"one: unknown ambiguous", "two: sent"}, calls: 2, atLeast: 30 * time.Second},
		{name: "rejected", script: []outcome{{reason: channels.Rejected}},
			seen: []string{"two"}, fates: []string{"one: failed rejected", "two: sent"}, calls: 2},
		{name: "blocked by the customer", script: []outcome{{reason: channels.Blocked}, {reason: channels.Blocked}},
			fates: []string{"one: failed blocked", "two: failed blocked"}, calls: 2},
		{name: "our token was revoked and mended", script: []outcome{{reason: channels.Auth}, {reason: channels.Auth}},
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, atLeast: 90 * time.Second, calls: 4},
		{name: "formatting was not understood", script: []outcome{{reason: channels.Unformatted}},
			seen: []string{"one", "two"}, fates: []string{"one: sent", "two: sent"}, calls: 3},
		{name: "not even plain text", script: []outcome{{reason: channels.Unformatted}, {reason: channels.Unformatted}},
			seen: []string{"two"}, fates: []string{"one: failed markup", "two: sent"}, calls: 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				p := &platform{keyed: tc.limits.Keyed, script: map[string][]outcome{"*": tc.script}, asks: tc.asks}
				var c channels.Channel = p
				if tc.asking {
					c = asking{p}
				}
				start := time.Now()
				box, _ := d.run(d.store, line(c, tc.limits), channels.OutboxOptions{})
				box.Send(d.write("in", "a", "one", "two")...)
				for unsettled(d) {
					pass(10 * time.Second)
				}
				equal(t, "the customer sees", p.seen("a"), tc.seen)
				equal(t, "stored", d.fates("in", "a"), tc.fates)
				if took := time.Since(start); took < tc.atLeast {
					t.Errorf("settled after %v, want at least %v", took, tc.atLeast)
				}
				if tc.calls > 0 && len(p.called()) != tc.calls {
					t.Errorf("%d calls, want %d", len(p.called()), tc.calls)
				}
			})
		})
	}
}

func unsettled(d *desk) bool {
	unsent, err := d.store.Unsent(context.Background())
	if err != nil {
		d.t.Fatal(err)
	}
	return len(unsent) > 0
}

// TestRestart finds messages that an earlier process, killed at any line, left in the store.
func TestRestart(t *testing.T) {
	for _, tc := range []struct {
		name    string
		arrived bool // killed after the call, else before it
		keyed   bool
		asking  bool
		seen    []string
		fates   []string
	}{
		{"killed before the call", false, false, false, []string{"two"}, []string{"one: unknown interrupted", "two: sent"}},
		{"killed after the call", true, false, false, []string{"one", "two"}, []string{"one: unknown interrupted", "two: sent"}},
		{"keyed, before", false, true, false, []string{"one", "two"}, []string{"one: sent", "two: sent"}},
		{"keyed, after", true, true, false, []string{"one", "two"}, []string{"one: sent", "two: sent"}},
		{"asking, before", false, false, true, []string{"one", "two"}, []string{"one: sent", "two: sent"}},
		{"asking, after", true, false, true, []string{"one", "two"}, []string{"one: sent", "two: sent"}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDesk(t)
				p := &platform{keyed: tc.keyed}
				var c channels.Channel = p
				if tc.asking {
					c = asking{p}
				}
				first := d.write("in", "a", "one", "two")[0]
				if _, err := d.store.BeginSend(t.Context(), first.ID); err != nil {
					t.Fatal(err)
				}
				if tc.arrived {
					p.ledger = append(p.ledger, shown{thread: "a", text: "one", key: string(first.ID)})
				}
				_, stop := d.run(d.store, line(c, channels.Limits{Keyed: tc.keyed}), channels.OutboxOptions{})
				pass(time.Minute)
				stop()
				equal(t, "the customer sees", p.seen("a"), tc.seen)
				equal(t, "stored", d.fates("in", "a"), tc.fates)
			})
		})
	}
}

func TestPartsStayTogetherAndWithinTheRates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"in four ": {{reason: channels.RateLimited, after: 7 * time.Second}}}}
		start := time.Now()
		box, _ := d.run(d.store, line(p, channels.Limits{Text: 11, PerThread: time.Second, Global: 10}), channels.OutboxOptions{})
		long := d.write("in", "a", "This answer is in four parts now. ")
		box.Send(long...)
		box.Send(d.write("in", "a", "next")...)
		pass(time.Minute)
		equal(t, "the customer sees", p.seen("a"), []string{"This ", "answer is ", "in four ", "parts now.", "next"})
		equal(t, "stored", d.fates("in", "a"), []string{"This answer is in four parts now. : sent", "next: sent"})
		for i := 1; i < len(p.sent()); i++ {
			if gap := p.sent()[i].at.Sub(p.sent()[i-1].at); gap < time.Second {
				t.Errorf("part %d came %v after the one before", i, gap)
			}
		}
		if last := p.sent()[4].at.Sub(start); last != 11*time.Second {
			t.Errorf("the last one came after %v, want 11 s", last)
		}
		m, err := d.store.Messages(t.Context(), long[0].Conversation, 0, 1)
		if err != nil || m[0].SourceID != "P-in.a-1/3" {
			t.Errorf("the message is known as %q (%v), want the id of its last part", m[0].SourceID, err)
		}
	})
}

func TestManyThreadsKeepTheGlobalRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		start := time.Now()
		box, _ := d.run(d.store, line(p, channels.Limits{Global: 30}), channels.OutboxOptions{})
		for i := range 300 {
			box.Send(d.write("in", fmt.Sprint(i), "x")...)
		}
		pass(time.Minute)
		if n := len(p.sent()); n != 300 {
			t.Fatalf("%d of 300 arrived", n)
		}
		took := p.sent()[299].at.Sub(start)
		if took < 9900*time.Millisecond || took > 10100*time.Millisecond {
			t.Errorf("300 messages took %v, want 10 s", took)
		}
	})
}

func TestOneBusyThreadDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"slow": {{reason: channels.RateLimited, after: time.Hour}}}}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		box.Send(d.write("in", "a", "slow", "after")...)
		for i := range 50 {
			box.Send(d.write("in", fmt.Sprint("t", i), "x", "y")...)
		}
		synctest.Wait()
		if n := len(p.sent()); n != 100 {
			t.Errorf("%d of the 100 messages of other threads arrived at once", n)
		}
		pass(time.Hour + time.Minute)
		equal(t, "the slow thread", p.seen("a"), []string{"slow", "after"})
	})
}

func TestABrokenPlatformIsProbedAndOtherInboxesGoOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		sick, well := &platform{script: map[string][]outcome{"*": slices.Repeat([]outcome{{reason: channels.Auth}}, 4)}}, &platform{}
		box, _ := d.run(d.store, []channels.Line{{Inbox: "sick", Channel: sick}, {Inbox: "well", Channel: well}}, channels.OutboxOptions{InFlight: 1})
		for i := range 20 {
			box.Send(d.write("sick", fmt.Sprint(i), "x")...)
			box.Send(d.write("well", fmt.Sprint(i), "x")...)
		}
		synctest.Wait()
		if len(well.sent()) != 20 || len(sick.called()) != 1 {
			t.Errorf("well: %d sent; sick: %d calls", len(well.sent()), len(sick.called()))
		}
		h := box.Health()
		if h[0].State != channels.StateAuth || h[0].Code != "auth" || h[0].Waiting != 20 || !h[0].Until.After(time.Now()) {
			t.Errorf("health of the sick inbox: %+v", h[0])
		}
		if h[1].State != channels.StateOK || h[1].Waiting != 0 {
			t.Errorf("health of the other: %+v", h[1])
		}
		pass(time.Hour)
		if len(sick.sent()) != 20 || len(sick.called()) != 24 {
			t.Errorf("after it was mended: %d sent with %d calls", len(sick.sent()), len(sick.called()))
		}
		if h := box.Health(); h[0].State != channels.StateOK || h[0].Waiting != 0 {
			t.Errorf("health after: %+v", h[0])
		}
	})
}

func TestAnUnreachablePlatformIsNotHammered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"*": slices.Repeat([]outcome{{reason: channels.Ambiguous, takes: 30 * time.Second}}, 500)}}
		box, _ := d.run(d.store, line(p, channels.Limits{Global: 30}), channels.OutboxOptions{})
		for i := range 400 {
			box.Send(d.write("in", fmt.Sprint(i), "x")...)
		}
		pass(10 * time.Minute)
		// 30 were under way when it broke down; what follows are probes, one at a time, that wait longer and longer.
		if n := len(p.called()); n > 45 {
			t.Errorf("%d calls in ten minutes, each of which may be a message in doubt", n)
		}
		if h := box.Health()[0]; h.State != channels.StateTrouble || h.Waiting < 350 {
			t.Errorf("health: %+v", h)
		}
	})
}

func TestBotMessagesAreCancelledWhenAnAgentTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"one": {{reason: channels.RateLimited, after: time.Minute}}}}
		watch := &watcher{}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{Observer: watch})
		box.Send(d.write("in", "a", "one", "two")...)
		pass(time.Second)
		d.takeOver("in", "a")
		box.Send(d.writeAs(bot.Message{Author: bot.ByAgent, AuthorName: "Lin", At: time.Now()}, "in", "a", "hello")...)
		pass(time.Hour)
		equal(t, "the customer sees", p.seen("a"), []string{"hello"})
		equal(t, "stored", d.fates("in", "a"), []string{"one: cancelled rate_limited", "two: cancelled", "hello: sent"})
		equal(t, "observed", watch.settled, []string{"one: queued", "one: cancelled", "two: cancelled", "hello: sent"})
	})
}

// watcher notes what it is told.
type watcher struct {
	mu       sync.Mutex
	settled  []string
	attempts []channels.Reason
}

func (w *watcher) Attempted(_ bot.InboxID, r channels.Reason, _ time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.attempts = append(w.attempts, r)
}

func (w *watcher) Settled(m bot.Message) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.settled = append(w.settled, fmt.Sprintf("%s: %s", m.Text, m.Delivery))
}

func TestAThreadThatMovedIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		moves := func(to string) []outcome { return []outcome{{reason: channels.Moved, thread: to}} }
		p := &platform{script: map[string][]outcome{"one": moves("b"), "three": moves("c"), "round": slices.Repeat(moves("c"), 9)}}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		box.Send(d.write("in", "a", "one", "two", "three", "four", "round", "five")...)
		pass(time.Hour)
		equal(t, "at the second address", p.seen("b"), []string{"one", "two"})
		equal(t, "at the third address", p.seen("c"), []string{"three", "four", "five"})
		equal(t, "stored", d.fates("in", "a")[4:], []string{"round: failed moved", "five: sent"})
		box.Typing("in", "a")
		synctest.Wait()
		equal(t, "typing is shown at", p.typed(), []string{"c"})
	})
}

func TestButtons(t *testing.T) {
	yesNo := []bot.Button{{Title: "Yes", Value: "1:0"}, {Title: "No\n now ", Value: "1:1"}}
	for _, tc := range []struct {
		name    string
		native  int
		buttons []bot.Button
		text    string
		want    string
		left    int
	}{
		{"native", 3, yesNo, "Sure?", "Sure?", 2},
		{"numbered", 0, yesNo, "**Sure?**", "Sure?\n\n1. Yes\n2. No now", 0},
		{"too many", 1, yesNo, "Sure?", "Sure?\n\n1. Yes\n2. No now", 0},
		{"only buttons", 0, yesNo, "", "1. Yes\n2. No now", 0},
		{"none", 3, nil, "Sure.", "Sure.", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			parts := channels.Prepare(bot.Message{ID: "m", Author: bot.ByBot, Text: tc.text, Buttons: tc.buttons}, tc.native, channels.Limits{})
			if len(parts) != 1 || parts[0].Body.Text != tc.want || len(parts[0].Buttons) != tc.left {
				t.Errorf("got %+v", parts)
			}
		})
	}
	t.Run("with the last part only", func(t *testing.T) {
		parts := channels.Prepare(bot.Message{ID: "m", Text: "aaaa\n\nbbbb\n\ncccc", Buttons: yesNo}, 3, channels.Limits{Text: 6, Unit: channels.Runes})
		if len(parts) != 3 || parts[0].Buttons != nil || parts[1].Buttons != nil || len(parts[2].Buttons) != 2 {
			t.Fatalf("got %+v", parts)
		}
		if parts[0].Key() != "m" || parts[2].Key() != "m/2" || parts[2].Parts != 3 {
			t.Errorf("keys %q, %q", parts[0].Key(), parts[2].Key())
		}
	})
	t.Run("people write like the bot", func(t *testing.T) {
		for text, want := range map[string]channels.Rich{
			"**x** <b>":                     {Text: "x <b>", Spans: []channels.Span{{End: 1, Style: channels.Bold}}},
			"5 * 3 * 2 = 30, 5*3*2":         {Text: "5 * 3 * 2 = 30, 5*3*2"},
			"order_no and my_file_name.txt": {Text: "order_no and my_file_name.txt"},
			"#1 is gone, 1. is not":         {Text: "#1 is gone, 1. is not"},
		} {
			parts := channels.Prepare(bot.Message{ID: "m", Author: bot.ByAgent, Text: text}, 0, channels.Limits{})
			if got := parts[0].Body; got.Text != want.Text || !slices.Equal(got.Spans, want.Spans) {
				t.Errorf("%q: got %+v", text, got)
			}
		}
	})
}

func TestNothingToSeeIsNotSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		box.Send(d.write("in", "a", " \n ", "x")...)
		pass(time.Minute)
		equal(t, "stored", d.fates("in", "a"), []string{": failed empty", "x: sent"})
	})
}

func TestStopWaitsForRunningCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"slow": {{takes: 5 * time.Second}}, "endless": {{hangs: true, arrives: true}}}}
		box, stop := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{Attempt: time.Hour})
		box.Send(d.write("in", "a", "slow", "later")...)
		box.Send(d.write("in", "b", "endless")...)
		pass(time.Second)
		start := time.Now()
		stop()
		if took := time.Since(start); took != 10*time.Second {
			t.Errorf("Run ended %v after it was told to, want the grace of 10 s", took)
		}
		equal(t, "finished and left", d.fates("in", "a"), []string{"slow: sent", "later: queued"})
		equal(t, "cut off", d.fates("in", "b"), []string{"endless: sending"})

		_, stop = d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		pass(time.Minute)
		stop()
		equal(t, "next run", append(d.fates("in", "a"), d.fates("in", "b")...), []string{"slow: sent", "later: sent", "endless: unknown interrupted"})
	})
}

func TestWhatIsNotForTheCustomerStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		synctest.Wait() // the start sends what it finds in the store
		m := d.write("in", "a", "x")[0]
		for _, wrong := range []func(*bot.Message){
			func(m *bot.Message) { m.Private = true },
			func(m *bot.Message) { m.Direction = bot.Activity },
			func(m *bot.Message) { m.Delivery = bot.Sent },
			func(m *bot.Message) { m.Inbox = "nowhere" },
		} {
			m := m
			wrong(&m)
			box.Send(m)
		}
		pass(time.Minute)
		if len(p.called()) != 0 {
			t.Errorf("sent %+v", p.called())
		}
		box.Send(m, m)
		box.Send(m)
		pass(time.Minute)
		if len(p.called()) != 1 {
			t.Errorf("given three times, sent %d times", len(p.called()))
		}
	})
}

func TestLateMessagesOfAConversationKeepItsOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"1": {{takes: time.Minute}}}}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		m := d.write("in", "a", "1", "2", "3", "4")
		box.Send(m[0])
		synctest.Wait()
		box.Send(m[3])
		box.Send(m[1], m[2])
		pass(time.Hour)
		equal(t, "the customer sees", p.seen("a"), []string{"1", "2", "3", "4"})
	})
}

// TestResentAtOnce: an agent sends a message again at the very moment in which its failure is stored.
func TestResentAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{script: map[string][]outcome{"*": {{reason: channels.Blocked}}}}
		again := &resender{store: d.store, saved: d.saved}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{Observer: again})
		again.box = box
		pass(0)
		box.Send(d.write("in", "a", "one")...)
		pass(time.Minute)
		equal(t, "the customer sees", p.seen("a"), []string{"one"})
		equal(t, "stored", d.fates("in", "a"), []string{"one: sent"})
	})
}

// resender queues again whatever fails.
type resender struct {
	watcher
	store *mem.Store
	saved map[bot.ConversationID]bot.Conversation
	box   *channels.Outbox
}

func (r *resender) Settled(m bot.Message) {
	if m.Delivery == bot.Failed {
		m.Delivery, m.Error = bot.Queued, ""
		if err := r.store.Save(context.Background(), bot.Change{Conversation: r.saved[m.Conversation], Messages: []bot.Message{m}}); err != nil {
			panic(err)
		}
		r.box.Send(m)
	}
}

func TestTypingIsRare(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		p := &platform{}
		box, _ := d.run(d.store, line(p, channels.Limits{}), channels.OutboxOptions{})
		for range 10 {
			box.Typing("in", "a")
			box.Typing("nowhere", "a")
			pass(time.Second)
		}
		if n := len(p.typed()); n != 3 {
			t.Errorf("shown %d times in ten seconds", n)
		}
	})
}

func TestTwoInboxesOfOneName(t *testing.T) {
	_, err := channels.NewOutbox(nil, append(line(&platform{}, channels.Limits{}), line(&platform{}, channels.Limits{})...), channels.OutboxOptions{})
	if err == nil || !strings.Contains(err.Error(), `"in"`) {
		t.Errorf("err = %v", err)
	}
}

// pass lets time pass, and what is due then happen.
func pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}
