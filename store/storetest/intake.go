package storetest

import (
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

func testAccept(t *tester) {
	a, b := event("web", "1", "lin", "你好"), event("web", "2", "lin", "在吗")
	got, err := t.Accept(t.ctx, []bot.Inbound{a, b})
	t.ok(err)
	if len(got) != 2 || got[0].ID == 0 || got[0].ID >= got[1].ID {
		t.Fatalf("accepted %+v", got)
	}
	t.equal("first event", got[0].Inbound, a)
	t.equal("second event", got[1].Inbound, b)

	other, third := event("slack", "1", "lin", "hi"), event("web", "3", "lin", "喂")
	repeated := a
	repeated.Text = "a repeat with another text"
	got2, err := t.Accept(t.ctx, []bot.Inbound{repeated, other, third, third})
	t.ok(err)
	if len(got2) != 2 {
		t.Fatalf("of a repeat, the same id in another inbox and a new one twice, accepted %+v", got2)
	}
	t.equal("the same id in another inbox", got2[0].Inbound, other)
	if got2[0].ID <= got[1].ID || got2[1].ID <= got2[0].ID {
		t.Fatalf("ids do not grow: %d, %d after %d", got2[0].ID, got2[1].ID, got[1].ID)
	}
	none, err := t.Accept(t.ctx, []bot.Inbound{a, b, third})
	t.ok(err)
	t.equal("only repeats", none, []bot.Accepted{})

	for _, bad := range []bot.Inbound{event("web", "", "lin", "no id"), event("", "9", "lin", "no inbox")} {
		if _, err := t.Accept(t.ctx, []bot.Inbound{event("web", "good", "lin", ""), bad}); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("event %q of inbox %q: %v", bad.SourceID, bad.Inbox, err)
		}
	}
	if got, err = t.Accept(t.ctx, []bot.Inbound{event("web", "good", "lin", "")}); err != nil || len(got) != 1 {
		t.Fatalf("an event beside a bad one was kept: %v, %v", got, err)
	}
}

func testAcceptTogether(t *tester) {
	var accepted atomic.Int64
	for _, err := range together(50, func(i int) error {
		got, err := t.Accept(t.ctx, []bot.Inbound{event("web", "same", "lin", "你好"), event("web", fmt.Sprint("own", i), "lin", "")})
		for _, a := range got {
			if a.SourceID == "same" {
				accepted.Add(1)
			}
		}
		return err
	}) {
		t.ok(err)
	}
	if accepted.Load() != 1 {
		t.Fatalf("the same event was accepted %d times", accepted.Load())
	}
	all, err := t.Recover(t.ctx)
	t.ok(err)
	ids, sources := map[uint64]bool{}, map[string]bool{}
	for _, a := range all {
		ids[a.ID], sources[a.SourceID] = true, true
	}
	if len(all) != 51 || len(ids) != 51 || len(sources) != 51 {
		t.Fatalf("%d events with %d ids and %d source ids", len(all), len(ids), len(sources))
	}
}

func testRecover(t *tester) {
	all, err := t.Recover(t.ctx)
	t.ok(err)
	t.equal("of an empty store", all, []bot.Accepted{})
	got, err := t.Accept(t.ctx, []bot.Inbound{event("web", "b", "lin", "1"), event("web", "a", "lin", "2"), event("web", "c", "wu", "3")})
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{got[1].ID}}))
	for attempt := 1; attempt <= 2; attempt++ {
		all, err := t.Recover(t.ctx)
		t.ok(err)
		got[0].Attempts, got[2].Attempts = attempt, attempt
		t.equal("recovered", all, []bot.Accepted{got[0], got[2]})
	}
}

func testQuarantine(t *tester) {
	got, err := t.Accept(t.ctx, []bot.Inbound{event("web", "1", "lin", "a"), event("web", "2", "lin", "b"), event("web", "3", "lin", "c")})
	t.ok(err)
	t.ok(t.Quarantine(t.ctx, got[0].ID, "panic"))
	t.ok(t.Quarantine(t.ctx, got[2].ID, "unreadable"))
	if err := t.Quarantine(t.ctx, got[0].ID, "again"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("twice: %v", err)
	}
	if err := t.Quarantine(t.ctx, 999, "never seen"); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("unknown: %v", err)
	}
	got[0].Reason, got[2].Reason = "panic", "unreadable"
	all, err := t.Quarantined(t.ctx, 0)
	t.ok(err)
	t.equal("quarantined", all, []bot.Accepted{got[2], got[0]})
	one, err := t.Quarantined(t.ctx, 1)
	t.ok(err)
	t.equal("the newest", one, []bot.Accepted{got[2]})
	pending, err := t.Recover(t.ctx)
	t.ok(err)
	got[1].Attempts = 1
	t.equal("pending", pending, []bot.Accepted{got[1]})
	if err := t.Save(t.ctx, bot.Change{Done: []uint64{got[0].ID}}); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("finishing a quarantined event: %v", err)
	}
	again, err := t.Accept(t.ctx, []bot.Inbound{got[0].Inbound})
	t.ok(err)
	t.equal("a quarantined event repeated", again, []bot.Accepted{})
}

func testForget(t *tester) {
	first, err := t.Accept(t.ctx, []bot.Inbound{event("web", "done", "lin", ""), event("web", "pending", "lin", ""), event("web", "bad", "lin", "")})
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{first[0].ID}}))
	t.ok(t.Quarantine(t.ctx, first[2].ID, "unreadable"))
	border := t.clock.Add(time.Hour)
	second, err := t.Accept(t.ctx, []bot.Inbound{event("web", "later", "lin", "")})
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{second[0].ID}}))

	forget := func(before time.Time, want int) {
		t.Helper()
		n, err := t.Forget(t.ctx, before)
		t.ok(err)
		if n != want {
			t.Fatalf("forgot %d events before %v, want %d", n, before, want)
		}
	}
	forget(start, 0)
	forget(border, 2) // not the pending one
	forget(border, 0)
	again := []bot.Inbound{event("web", "done", "lin", ""), event("web", "pending", "lin", ""), event("web", "later", "lin", "")}
	got, err := t.Accept(t.ctx, again)
	t.ok(err)
	if len(got) != 1 || got[0].SourceID != "done" || got[0].ID <= second[0].ID {
		t.Fatalf("after forgetting, accepted %+v", got)
	}
	forget(border.Add(time.Hour), 1)
	t.ok(t.Save(t.ctx, bot.Change{Done: []uint64{first[1].ID}}))
	forget(border, 1) // the one that was pending
}
