package hooks_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
)

// TestTest calls an endpoint by hand, beside its queue.
func TestTest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, answer{status: 200}, answer{status: 404})
		s.start()
		all, err := s.store.Endpoints(t.Context())
		s.ok(err)
		for i, want := range []hooks.Delivery{{Status: 200}, {Status: 404, Error: hooks.FailStatus}} {
			d, err := s.s.Test(t.Context(), all[0], fmt.Sprint("ping-", i))
			if err != nil || d.Status != want.Status || d.Error != want.Error || d.Kind != hooks.Ping {
				t.Errorf("%+v, %v", d, err)
			}
		}
		if got := s.state(); got.Done != 0 || len(got.Recent) != 0 {
			t.Errorf("%+v", got)
		}
		s.stop()
	})
}

// TestAgain sends deliveries once more: each with its own name, also while the next event waits to be tried again, and when the
// endpoint is off or has been deleted.
func TestAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, append(refusals(1), answer{status: 204}, answer{status: 204}, answer{status: 500}, answer{status: 404}, answer{status: 204}, answer{status: 500})...)
		s.start()
		s.says(2)
		time.Sleep(time.Hour)
		synctest.Wait()
		e, err := s.store.Endpoints(t.Context())
		s.ok(err)
		refused := s.to.first()
		again := func(want hooks.Delivery) {
			t.Helper()
			d, err := s.s.Again(t.Context(), e[0], refused.id, "admin")
			if err != nil || d.ID != refused.id || d.Status != want.Status || d.Error != want.Error || d.Attempt != want.Attempt || d.By != "admin" {
				t.Fatalf("%+v, %v", d, err)
			}
			synctest.Wait()
			if got := s.state().Recent[0]; got.ID != d.ID || got.Attempt != d.Attempt || got.By != "admin" || got.Status != d.Status {
				t.Errorf("the list begins with %+v", got)
			}
			if c := s.to.last(); c.id != refused.id || c.event != refused.event || c.attempt != want.Attempt || c.verified != nil {
				t.Errorf("the receiver saw %+v", c)
			}
		}
		again(hooks.Delivery{Status: 204, Attempt: 6})
		s.says(1) // fails, and is tried again in five seconds
		synctest.Wait()
		again(hooks.Delivery{Status: 404, Error: hooks.FailStatus, Attempt: 7})
		before := s.state()
		if before.Attempts != 1 || before.Done != 2 {
			t.Errorf("the queue was moved: %+v", before)
		}
		time.Sleep(time.Minute)
		synctest.Wait()
		if got := s.to.ids(); !slices.Equal(got[len(got)-3:], []string{"e-3/1", "e-1/7", "e-3/2"}) {
			t.Errorf("sent %v", got)
		}
		off := e[0]
		off.Off = hooks.OffHand
		s.ok(s.store.SaveEndpoint(t.Context(), off, bot.Event{}))
		s.s.Changed()
		synctest.Wait()
		again(hooks.Delivery{Status: 500, Error: hooks.FailStatus, Attempt: 8})
		again(hooks.Delivery{Status: 204, Attempt: 9})
		if got := s.state(); got.Done != 3 || got.Failing != (time.Time{}) {
			t.Errorf("%+v", got)
		}
		if _, err := s.s.Again(t.Context(), e[0], "e-77-x", "admin"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a delivery that is not there: %v", err)
		}
		s.gone[1] = true
		if _, err := s.s.Again(t.Context(), e[0], refused.id, "admin"); !errors.Is(err, hooks.ErrGone) {
			t.Errorf("what is erased: %v", err)
		}
		s.ok(s.store.DeleteEndpoint(t.Context(), "e", bot.Event{}))
		if _, err := s.s.Again(t.Context(), e[0], refused.id, "admin"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("deleted: %v", err)
		}
		s.stop()
	})
}
