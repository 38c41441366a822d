package bot_test

import (
	"errors"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/kb"
)

// unanswered is a world in which ada has asked something that nobody has written about.
func unanswered(t *testing.T, test func(t *testing.T, w *world, gaps func() []kb.Gap)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.says("ada", "do I pay duties on top")
		test(t, w, func() []kb.Gap {
			t.Helper()
			list, err := w.store.Gaps(t.Context(), noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0))
			if err != nil {
				t.Fatal(err)
			}
			return list
		})
	})
}

// follows checks what Askers finds, and that Follow says the same and has told as many people as it claims.
func (w *world) follows(t *testing.T, root kb.RootID, gaps []kb.Gap, want bot.Askers) {
	t.Helper()
	before := len(w.mail.sent)
	got, err := w.Bot.Askers(t.Context(), root, gaps)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("%v, would find %v, want %v", err, got, want)
	}
	if len(w.mail.sent) != before {
		t.Error("somebody was told while it was only looked at")
	}
	got, err = w.Bot.Follow(t.Context(), lead, root, gaps)
	w.settle()
	if err != nil || !maps.Equal(got, want) || len(w.mail.sent) != before+want[bot.StandNow] {
		t.Errorf("%v, found %v, want %v; %d messages left", err, got, want, len(w.mail.sent)-before)
	}
}

func TestWhoAskedIsTold(t *testing.T) {
	unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
		w.clock.add(5 * time.Hour)
		w.follows(t, "customs", gaps(), bot.Askers{bot.StandNow: 1})
		m := w.last("ada")
		for _, want := range []string{"You asked us “do I pay duties on top”", "Duties are included in the price.", "Customs duty", "Did that help?"} {
			if !strings.Contains(m.Text, want) {
				t.Errorf("no %q in %q", want, m.Text)
			}
		}
		if m.Author != bot.ByBot || m.Decision == nil || m.Decision.Action != bot.ActFollowUp || m.Decision.Reason != "bot.why.gap_closed" || len(m.Citations) != 1 || m.Citations[0].Root != "customs" {
			t.Errorf("the message does not say why: %+v", m)
		}
		w.follows(t, "customs", gaps(), bot.Askers{bot.StandHas: 1}) // never twice
		w.press("ada", "That helped")
		if f := w.facts(bot.FactHelped); len(f) != 1 || f[0].Value != 1 || f[0].Label != "article:customs.en" {
			t.Errorf("her judgement is not of the article: %+v", f)
		}
		log, err := w.store.Audit(t.Context(), 10)
		if err != nil || log[0].Action != "conversation.follow" || log[0].Actor != "lea" {
			t.Errorf("%v, %+v", err, log)
		}
	})
	t.Run("an answer that does not help is a gap of the question she asked, not of what she said last", func(t *testing.T) {
		unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
			for range 14 {
				w.says("ada", "hello")
				w.clock.add(time.Hour)
			}
			w.follows(t, "customs", gaps(), bot.Askers{bot.StandNow: 1})
			w.press("ada", "That didn't help")
			if list := gaps(); len(list) != 2 || list[1].Question != "do I pay duties on top" || list[1].Kind != kb.GapNotHelpful {
				t.Errorf("%+v", list)
			}
		})
	})
	t.Run("in her language", func(t *testing.T) {
		unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
			w.says("bo", "税是不是另算")
			w.follows(t, "customs", gaps(), bot.Askers{bot.StandNow: 2})
			if m := w.last("bo"); !strings.Contains(m.Text, "您之前问过“税是不是另算”") || !strings.Contains(m.Text, "只有英文") || m.Lang != "zh" {
				t.Errorf("%q", m.Text)
			}
		})
	})
	t.Run("no article", func(t *testing.T) {
		unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
			sent := len(w.mail.sent)
			if got, err := w.Bot.Follow(t.Context(), lead, "nowhere", gaps()); !errors.Is(err, kb.ErrNotFound) || len(got) != 0 || len(w.mail.sent) != sent {
				t.Errorf("%v %v", got, err)
			}
		})
	})
}

// TestWhoIsNotTold: who should not be disturbed is not, and the editor learns why.
func TestWhoIsNotTold(t *testing.T) {
	for _, tc := range []struct {
		name   string
		window time.Duration
		what   func(t *testing.T, w *world)
		want   bot.Standing
	}{
		{"she waits for a person", 0, func(_ *testing.T, w *world) { w.says("ada", "agent") }, bot.StandPerson},
		{"a person has her", 0, func(t *testing.T, w *world) {
			if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
		}, bot.StandPerson},
		{"a person answered her", 0, func(t *testing.T, w *world) {
			if _, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, lin, "No, you don't."); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Bot.Resolve(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
		}, bot.StandAnswered},
		{"she asked again and got it", 0, func(_ *testing.T, w *world) { w.says("ada", "customs") }, bot.StandHas},
		{"she is filling in a form", 0, func(t *testing.T, w *world) {
			w.says("ada", "i want to return it")
			if w.conv("ada").Form == nil {
				t.Fatal("no form is running")
			}
		}, bot.StandBusy},
		{"within the window", 24 * time.Hour, func(_ *testing.T, w *world) { w.clock.add(23 * time.Hour) }, bot.StandNow},
		{"at the end of the window", 24 * time.Hour, func(_ *testing.T, w *world) { w.clock.add(23*time.Hour + 51*time.Minute) }, bot.StandWindow},
		{"the window goes by her last message", 24 * time.Hour, func(_ *testing.T, w *world) {
			w.clock.add(23 * time.Hour)
			w.says("ada", "hello")
			w.clock.add(23 * time.Hour)
		}, bot.StandNow},
		{"no window", 0, func(_ *testing.T, w *world) { w.clock.add(6 * 24 * time.Hour) }, bot.StandNow},
		{"more than a week ago", 0, func(_ *testing.T, w *world) { w.clock.add(7*24*time.Hour + time.Second) }, bot.StandLeft},
		{"her conversation is over for good", 0, func(t *testing.T, w *world) {
			if _, err := w.Bot.Resolve(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
			w.clock.add(73 * time.Hour)
		}, bot.StandLeft},
		{"she has begun another", 0, func(t *testing.T, w *world) {
			if _, err := w.Bot.Resolve(t.Context(), w.conv("ada").ID, lin); err != nil {
				t.Fatal(err)
			}
			w.clock.add(73 * time.Hour)
			w.says("ada", "hello")
		}, bot.StandLeft},
		{"she was erased", 0, func(t *testing.T, w *world) {
			if _, err := w.store.EraseContact(t.Context(), w.conv("ada").Contact, bot.Event{}); err != nil {
				t.Fatal(err)
			}
		}, bot.StandLeft},
	} {
		t.Run(tc.name, func(t *testing.T) {
			unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
				list := gaps()
				if tc.window > 0 {
					w.halt()
					w.inbox = inbox
					w.inbox.Window = tc.window
					w.start()
				}
				tc.what(t, w)
				w.follows(t, "customs", list, bot.Askers{tc.want: 1})
			})
		})
	}
}

// TestTellingTheResolved: a conversation that is over gets the answer without buttons, and what is typed next still is what
// it was before: a rating, or a new matter.
func TestTellingTheResolved(t *testing.T) {
	unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
		if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Resolve(t.Context(), w.conv("ada").ID, lin); err != nil { // asks for a rating
			t.Fatal(err)
		}
		w.clock.add(time.Hour)
		w.follows(t, "customs", gaps(), bot.Askers{bot.StandNow: 1})
		if m, c := w.last("ada"), w.conv("ada"); len(m.Buttons) > 0 || !strings.Contains(m.Text, "just write to me") || c.Status != bot.StatusResolved {
			t.Errorf("%s %+v", c.Status, m)
		}
		w.says("ada", "5")
		if f := w.facts(bot.FactCSAT); len(f) != 1 || f[0].Value != 5 {
			t.Errorf("the rating got lost: %+v", f)
		}
	})
}

// TestTellingAtOnce: of editors who press at the same moment one tells; and when a person takes over before the message
// leaves, it does not leave.
func TestTellingAtOnce(t *testing.T) {
	unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
		list := gaps()
		sent := len(w.mail.sent)
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				if _, err := w.Bot.Follow(t.Context(), lead, "customs", list); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		w.settle()
		if n := len(w.mail.sent) - sent; n != 1 {
			t.Errorf("told %d times", n)
		}
	})
	unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
		w.mail.held = true
		if _, err := w.Bot.Follow(t.Context(), lead, "customs", gaps()); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, lin); err != nil {
			t.Fatal(err)
		}
		w.mail.flush()
		for _, m := range w.mail.to("ada") {
			if m.Decision != nil {
				t.Errorf("sent over the agent's head: %+v", m)
			}
		}
	})
}

// TestOnePersonOnce: who asked twice, in one conversation or in two, is told once.
func TestOnePersonOnce(t *testing.T) {
	unanswered(t, func(t *testing.T, w *world, gaps func() []kb.Gap) {
		w.clock.add(time.Minute)
		w.says("ada", "hello")
		w.says("ada", "must I pay duties myself")
		w.says("ada", "must i pay duties myself?") // the same question a second time leads to people
		if _, err := w.Bot.Return(t.Context(), w.conv("ada").ID, lead); err != nil {
			t.Fatal(err)
		}
		w.clock.add(time.Minute)
		w.says("ada2", "what about duties")
		list := gaps()
		if len(list) != 4 {
			t.Fatalf("%d gaps", len(list))
		}
		for i := range list {
			list[i].Contact = "the same person"
		}
		w.follows(t, "customs", list, bot.Askers{bot.StandNow: 1})
		if m := w.last("ada2"); !strings.Contains(m.Text, "what about duties") {
			t.Errorf("not told where she asked last: %q", m.Text)
		}
	})
}
