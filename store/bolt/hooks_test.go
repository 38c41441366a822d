package bolt

import (
	"testing"

	"huiyin/bot"
	"huiyin/hooks"
)

// TestHookQueueFull fills the queue to its bound: the oldest events fall out, one for one.
func TestHookQueueFull(t *testing.T) {
	s := openTest(t)
	ctx := t.Context()
	if err := s.SaveEndpoint(ctx, hooks.Endpoint{ID: "e", Secret: "s", Kinds: hooks.Kinds()}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	add := func(n int) {
		t.Helper()
		if err := s.write(ctx, func(x *txn) error { return x.addEvents(make([]hooks.Event, n)) }); err != nil {
			t.Fatal(err)
		}
	}
	add(3)
	if err := s.write(ctx, func(x *txn) error { x.dirty = true; return x.bucket(tHookEvents).SetSequence(hooks.MostEvents) }); err != nil {
		t.Fatal(err)
	}
	add(2)
	left, err := s.HookEvents(ctx, 0, 10)
	if err != nil || len(left) != 3 || left[0].N != 3 || left[2].N != hooks.MostEvents+2 {
		t.Fatalf("left in the queue: %+v, %v", left, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	again, err := Open(s.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if !again.hooks.kinds()[hooks.DigestReady] {
		t.Error("after a restart the store has forgotten what is wanted")
	}
}
