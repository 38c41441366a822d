package bolt

import (
	"fmt"
	"maps"
	"sync"
	"testing"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/store"
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

// TestWantedAtOnce looks at what the next writes note, in the moment in which an endpoint is on the disk: the event that
// follows in the same transaction, or in the next, is not lost to it.
func TestWantedAtOnce(t *testing.T) {
	s := openTest(t)
	var wanted bool
	s.at = func(p store.Point) {
		if p == store.PointCommitted {
			wanted = s.hooks.kinds()[hooks.DigestReady]
		}
	}
	if err := s.SaveEndpoint(t.Context(), hooks.Endpoint{ID: "e", Secret: "s", Kinds: []hooks.Kind{hooks.DigestReady}}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	if !wanted {
		t.Error("the endpoint is stored, and its events are not noted yet")
	}
}

// TestWantedInOrder changes endpoints at once: what the store knows of them is in the end what is stored.
func TestWantedInOrder(t *testing.T) {
	s := openTest(t)
	ctx := t.Context()
	for round := range 20 {
		var all sync.WaitGroup
		for i, k := range hooks.Kinds()[:6] {
			all.Go(func() {
				id := fmt.Sprint("e", i)
				var err error
				if round%2 == 0 {
					err = s.SaveEndpoint(ctx, hooks.Endpoint{ID: id, Secret: "s", Kinds: []hooks.Kind{k}}, bot.Event{})
				} else {
					err = s.DeleteEndpoint(ctx, id, bot.Event{})
				}
				if err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		stored, err := s.Endpoints(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := s.hooks.kinds(), store.WantedBy(stored); !maps.Equal(got, want) {
			t.Fatalf("round %d: the store notes %v, wanted is %v", round, got, want)
		}
	}
}
