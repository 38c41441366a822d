package slack_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
)

// TestRefreshWithoutAGap: Slack announces that it will close a socket; the next one is open before that, and no event waits.
func TestRefreshWithoutAGap(t *testing.T) {
	for _, reason := range []string{"warning", "refresh_requested"} {
		t.Run(reason, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				r.Start()
				f := r.Platform.(*fake)
				var want []string
				say := func(text string) { f.Say(text); want = append(want, text) }
				for round := range 3 {
					say(fmt.Sprint(round, "a"))
					r.Pass(2 * time.Second)
					old := f.announce(fmt.Sprintf(`{"type":"disconnect","reason":%q}`, reason))
					say(fmt.Sprint(round, "b"))
					r.Pass(2 * time.Second)
					f.mu.Lock()
					if len(f.sockets) != 2 {
						t.Errorf("%d sockets are open after the announcement, want the old and the new one", len(f.sockets))
					}
					f.mu.Unlock()
					say(fmt.Sprint(round, "c"))
					say(fmt.Sprint(round, "d"))
					r.Pass(8 * time.Second)
					_ = old.CloseNow()
					say(fmt.Sprint(round, "e"))
					r.Pass(30 * time.Second)
					if n := f.Waiting(); n != 0 {
						t.Errorf("%d events wait", n)
					}
				}
				r.Stop()
				var got []string
				for _, e := range r.Intake.Events() {
					if !slices.Contains(got, e.Text) {
						got = append(got, e.Text)
					}
				}
				if slices.Sort(got); !slices.Equal(got, want) {
					t.Errorf("events: %q", got)
				}
				if f.opened != 4 {
					t.Errorf("%d sockets were opened, want 4", f.opened)
				}
			})
		})
	}
}

// TestAnOldSocketIsLeft even if Slack never closes it.
func TestAnOldSocketIsLeft(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		f := r.Platform.(*fake)
		f.announce(`{"type":"disconnect","reason":"warning"}`)
		f.announce(`{"type":"disconnect","reason":"refresh_requested"}`)
		r.Pass(time.Minute)
		f.mu.Lock()
		defer f.mu.Unlock()
		if len(f.sockets) != 1 || f.opened != 2 {
			t.Errorf("%d sockets are open, %d were opened", len(f.sockets), f.opened)
		}
		f.mu.Unlock()
		r.Stop()
		f.mu.Lock()
	})
}

// TestHalfOpen: the connection is dead, and neither side was told.
func TestHalfOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		r.Net.Freeze(wssHost)
		r.Platform.Say("is anybody there?")
		r.Pass(25 * time.Second)
		f := r.Platform.(*fake)
		f.mu.Lock()
		opened := f.opened
		f.mu.Unlock()
		if opened != 2 {
			t.Errorf("%d sockets were opened within 25 s, want a second one", opened)
		}
		r.Pass(10 * time.Minute)
		r.Stop()
		if events := r.Intake.Events(); len(events) == 0 {
			t.Error("the event is lost")
		}
	})
}

func TestSocketTrouble(t *testing.T) {
	for _, tc := range []struct {
		name     string
		opens    []channelstest.Fault
		greeting string
		want     error
		says     string
		atLeast  time.Duration // until an event arrives
	}{
		{name: "limited", opens: []channelstest.Fault{{Status: 429, RetryAfter: 40 * time.Second}}, atLeast: 40 * time.Second},
		{name: "too many sockets", opens: []channelstest.Fault{{Code: "too_many_websockets"}, {Code: "internal_error"}}, atLeast: 3 * time.Second},
		{name: "the app token was revoked", opens: []channelstest.Fault{{Code: "invalid_auth"}}, want: channels.ErrAuth, says: "app_token"},
		{name: "switched off", greeting: `{"type":"disconnect","reason":"link_disabled"}`, says: "switch it on"},
		{name: "does not greet", greeting: `{"type":"events_api","envelope_id":"x"}`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				f := r.Platform.(*fake)
				f.opens.Add(tc.opens...)
				f.greeting = tc.greeting
				f.Say("hi")
				if tc.says != "" {
					err := r.Channel.Run(t.Context(), r.Intake)
					if err == nil || !strings.Contains(err.Error(), tc.says) || tc.want != nil && !errors.Is(err, tc.want) {
						t.Errorf("Run = %v", err)
					}
					return
				}
				start := time.Now()
				r.Start()
				r.Pass(2 * time.Second)
				f.mu.Lock()
				f.greeting = ""
				f.mu.Unlock()
				r.Intake.Wait(t.Context(), 1)
				if took := time.Since(start); took < tc.atLeast {
					t.Errorf("back after %v", took)
				}
				r.Stop()
			})
		})
	}
}

func TestSwitchedOffWhileOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		ended := make(chan error, 1)
		go func() { ended <- r.Channel.Run(t.Context(), r.Intake) }()
		r.Pass(time.Second)
		r.Platform.(*fake).announce(`{"type":"disconnect","reason":"link_disabled"}`)
		if err := <-ended; err == nil || !strings.Contains(err.Error(), "Socket Mode") {
			t.Errorf("Run = %v", err)
		}
	})
}

// TestFramesThatCannotBeRead are kept, and acknowledged where that is possible.
func TestFramesThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		f := r.Platform.(*fake)
		f.announce("\xff not JSON")
		f.announce(`{"type":"nobody_knows"}`)
		f.deliver("slash_commands", `{"command":"/help"}`)
		f.deliver("interactive", `{"type":"view_submission"}`)
		r.Pass(time.Second)
		r.Stop()
		events := r.Intake.Events()
		if len(events) != 3 || f.Waiting() != 0 {
			t.Fatalf("%d events, %d not acknowledged", len(events), f.Waiting())
		}
		for _, e := range events {
			if e.Kind != bot.KindUnknown || len(e.Raw) == 0 {
				t.Errorf("kept as %+v", e)
			}
		}
	})
}
