package hooks_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
)

func TestSwitchedOff(t *testing.T) {
	for name, c := range map[string]struct {
		answer answer
		why    hooks.Off
		after  time.Duration
	}{
		"failing for three days": {answer{status: 500}, hooks.OffFailed, 3 * 24 * time.Hour},
		"gone":                   {answer{status: 410}, hooks.OffGone, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				began := time.Now()
				s := newStage(t, slices.Repeat([]answer{c.answer}, 200)...)
				s.start()
				s.says(1)
				time.Sleep(4 * 24 * time.Hour)
				synctest.Wait()
				if len(s.off) != 1 || s.off[0].Off != c.why || s.s.Trouble() != 1 {
					t.Fatalf("told of %+v, trouble %d", s.off, s.s.Trouble())
				}
				if at := s.off[0].OffAt.Sub(began); at < c.after || at > c.after+2*time.Hour {
					t.Errorf("after %s", at)
				}
				n := len(s.to.ids())
				s.says(1) // nobody is told of it
				time.Sleep(time.Hour)
				if got := len(s.to.ids()); got != n {
					t.Errorf("%d calls after it was off", got-n)
				}
				all, err := s.store.Endpoints(t.Context())
				s.ok(err)
				e := all[0]
				e.Off, e.OffAt = hooks.OffNot, time.Time{}
				s.ok(s.store.SaveEndpoint(t.Context(), e, bot.Event{}))
				s.to.mu.Lock()
				s.to.answers = nil
				s.to.mu.Unlock()
				s.s.Changed()
				synctest.Wait()
				s.says(1)
				synctest.Wait()
				if got := s.to.ids(); len(got) != n+1 || got[n] != "e-2/1" || s.s.Trouble() != 0 {
					t.Errorf("after it was on again: %v", got[n:])
				}
				s.stop()
			})
		})
	}
}

// TestRefused has an endpoint that does not understand one event: it is left out after a while, and the others come.
func TestRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, slices.Repeat([]answer{{status: 422}}, 5)...)
		s.start()
		s.says(2)
		time.Sleep(time.Hour)
		synctest.Wait()
		s.stop()
		s.sent("e-1/1", "e-1/2", "e-1/3", "e-1/4", "e-1/5", "e-2/1")
		if got := s.state(); got.Recent[1].Error != hooks.FailRefused || got.Done != 2 {
			t.Errorf("%+v", got)
		}
	})
}

// TestOffCountsTrying holds what counts towards switching off: neither the time since an event that was left out, nor that in
// which the program did not run.
func TestOffCountsTrying(t *testing.T) {
	t.Run("after an event that was left out", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, append(slices.Repeat([]answer{{status: 422}}, 5), answer{status: 503})...)
			s.start()
			s.says(1)
			time.Sleep(5 * 24 * time.Hour)
			if got := s.state(); got.Done != 1 || !got.Failing.IsZero() {
				t.Errorf("%+v", got)
			}
			s.says(1)
			time.Sleep(time.Minute)
			s.stop()
			s.sent("e-1/1", "e-1/2", "e-1/3", "e-1/4", "e-1/5", "e-2/1", "e-2/2")
			if len(s.off) != 0 {
				t.Error("one 503 has switched it off")
			}
		})
	})
	t.Run("after the program was down", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			s := newStage(t, slices.Repeat([]answer{{status: 503}}, 200)...)
			s.start()
			s.says(1)
			time.Sleep(24 * time.Hour)
			s.stop()
			time.Sleep(5 * 24 * time.Hour)
			s.start()
			time.Sleep(36 * time.Hour)
			synctest.Wait()
			if s.s.Trouble() != 0 {
				t.Error("it was switched off after less than three days of trying")
			}
			time.Sleep(14 * time.Hour)
			synctest.Wait()
			if s.s.Trouble() != 1 {
				t.Error("it is still on after three days of trying")
			}
			s.stop()
		})
	})
}

// refusals are answers of an endpoint that refuses n events.
func refusals(n int) []answer { return slices.Repeat([]answer{{status: 422}}, 5*n) }

// TestRefusesEverything has an endpoint that understands no event: each is left out, and when that has happened often enough, for
// long enough, it is switched off and people are told. One click begins anew.
func TestRefusesEverything(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		s := newStage(t, refusals(100)...)
		s.start()
		s.says(hooks.RefusedEvents + 5)
		time.Sleep(23 * time.Hour)
		s.says(1)
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if got := s.state(); len(s.off) != 0 || got.Refused != hooks.RefusedEvents+6 || !got.Refusing.Equal(began) {
			t.Fatalf("within a day: off %v, %d refused since %s", s.off, got.Refused, got.Refusing)
		}
		s.stop()
		s.start() // the run goes on where it was
		time.Sleep(time.Hour)
		s.says(1)
		time.Sleep(30 * time.Minute)
		synctest.Wait()
		if len(s.off) != 1 || s.off[0].Off != hooks.OffRefused || s.s.Trouble() != 1 {
			t.Fatalf("told of %+v, trouble %d", s.off, s.s.Trouble())
		}
		e := s.off[0]
		e.Version++
		e.Off, e.OffAt = hooks.OffNot, time.Time{}
		s.ok(s.store.SaveEndpoint(t.Context(), e, bot.Event{}))
		s.s.Changed()
		s.says(1)
		time.Sleep(time.Hour)
		synctest.Wait()
		if got := s.state(); s.s.Trouble() != 0 || got.Refused != 1 {
			t.Errorf("on again: trouble %d, %d refused", s.s.Trouble(), got.Refused)
		}
		s.stop()
	})
}

// TestRefusesSome holds what is no reason to switch off: a run that a success ends, one that is long but short-lived, and one
// that lasts but has few events.
func TestRefusesSome(t *testing.T) {
	for name, c := range map[string]struct {
		answers []answer
		says    []int // so many events, a day apart
	}{
		"a success between": {append(append(refusals(15), answer{status: 204}), refusals(15)...), []int{16, 15, 0}},
		"all at once":       {refusals(40), []int{40}},
		"few":               {refusals(hooks.RefusedEvents - 1), slices.Repeat([]int{1}, hooks.RefusedEvents-1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t, c.answers...)
				s.start()
				for _, n := range c.says {
					s.says(n)
					time.Sleep(24 * time.Hour)
				}
				synctest.Wait()
				s.stop()
				if len(s.off) != 0 {
					t.Errorf("switched off: %+v", s.off)
				}
			})
		})
	}
}
