package bot_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// promoted runs a test in a world that asks for scores every 90 days.
func promoted(t *testing.T, change func(*world), test func(t *testing.T, w *world)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *world) {
		w.rules.NPSEvery = 90 * 24 * time.Hour
		if change != nil {
			change(w)
		}
		a := lin
		a.Email = "lin@shop.example"
		if err := w.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		w.start()
		test(t, w)
	})
}

// over lets an agent help a customer and resolve.
func (w *world) over(thread string) bot.ConversationID {
	w.t.Helper()
	w.saysNow(thread, "agent")
	id := w.conv(thread).ID
	for _, act := range []func() error{
		func() error { _, err := w.Bot.Claim(context.Background(), id, lin); return err },
		func() error { _, err := w.Bot.Resolve(context.Background(), id, lin); return err },
	} {
		if err := act(); err != nil {
			w.t.Fatal(err)
		}
	}
	return id
}

// asked is how often a thread was asked for a score.
func (w *world) asked(thread string) int {
	n := 0
	for _, m := range w.mail.to(thread) {
		if len(m.Buttons) == 11 {
			n++
		}
	}
	return n
}

// later moves the clock and looks after what is due.
func (w *world) later(d time.Duration) {
	w.t.Helper()
	w.clock.add(d)
	if err := w.Bot.Tick(context.Background()); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

func TestNPS(t *testing.T) {
	promoted(t, nil, func(t *testing.T, w *world) {
		w.over("ada")
		w.later(23 * time.Hour)
		if w.asked("ada") != 0 {
			t.Fatal("asked before she was quiet for a day")
		}
		w.later(2 * time.Hour)
		w.later(time.Hour)
		if w.asked("ada") != 1 || w.conv("ada").Status != bot.StatusResolved {
			t.Fatalf("asked %d times, %s", w.asked("ada"), w.conv("ada").Status)
		}
		w.later(60 * time.Hour) // within three days of the question
		w.press("ada", "9")
		w.press("ada", "3") // once is enough
		facts := w.facts(bot.FactNPS)
		if len(facts) != 1 || facts[0].Value != 9 || w.conv("ada").Status != bot.StatusResolved {
			t.Fatalf("%+v, %s", facts, w.conv("ada").Status)
		}
		if len(w.facts(bot.FactCSAT)) != 0 {
			t.Error("it was taken for a rating of the conversation")
		}
		contact, err := w.store.Contact(context.Background(), w.conv("ada").Contact)
		if err != nil || contact.NPS == nil || contact.NPS.Value != 9 || contact.NPSAt.IsZero() {
			t.Errorf("%+v, %v", contact, err)
		}
		w.later(8 * 24 * time.Hour)
		w.over("ada")
		w.later(30 * time.Hour)
		if w.asked("ada") != 1 {
			t.Error("asked again within 90 days")
		}
		w.clock.add(80 * 24 * time.Hour)
		w.over("ada")
		w.later(30 * time.Hour)
		if w.asked("ada") != 2 {
			t.Error("not asked after 90 days")
		}
	})
}

func TestNPSInWords(t *testing.T) {
	for text, want := range map[string]float64{"10": 10, "0": 0, "1": 1, "我给8分": 8, "七": 7, "9/10": 9, "ten": 10, "７": 7, "十分": 10} {
		t.Run(text, func(t *testing.T) {
			promoted(t, nil, func(t *testing.T, w *world) {
				w.over("ada")
				w.later(25 * time.Hour)
				w.saysNow("ada", text)
				if got := w.facts(bot.FactNPS); len(got) != 1 || got[0].Value != want {
					t.Fatalf("%+v, want %v", got, want)
				}
				w.saysNow("ada", "the packaging was lovely")
				if c := w.facts(bot.FactNPSComment); len(c) != 1 || c[0].Value != want || c[0].Label == "" {
					t.Errorf("comment: %+v", c)
				}
			})
		})
	}
}

// TestNPSIsNoReasonToAsk: the question, and the answer to it, are no matter that has ended since, however short the time is
// between two questions.
func TestNPSIsNoReasonToAsk(t *testing.T) {
	for name, answer := range map[string]string{"silent": "", "scored": "9"} {
		t.Run(name, func(t *testing.T) {
			promoted(t, func(w *world) { w.rules.NPSEvery = 24 * time.Hour }, func(t *testing.T, w *world) {
				w.over("ada")
				w.later(25 * time.Hour)
				if answer != "" {
					w.saysNow("ada", answer)
				}
				for range 5 {
					w.later(25 * time.Hour)
				}
				if w.asked("ada") != 1 {
					t.Errorf("asked %d times", w.asked("ada"))
				}
				w.over("ada")
				w.later(25 * time.Hour)
				if w.asked("ada") != 2 {
					t.Error("not asked after another matter")
				}
			})
		})
	}
}

// TestNPSIsNoTrap lets customers write something else than a score: they are helped.
func TestNPSIsNoTrap(t *testing.T) {
	for _, text := range []string{"11", "我要退货", "a person, please", "hello, where is my parcel?", "-1"} {
		t.Run(text, func(t *testing.T) {
			promoted(t, nil, func(t *testing.T, w *world) {
				w.over("ada")
				w.later(25 * time.Hour)
				w.saysNow("ada", text)
				if got := w.facts(bot.FactNPS); len(got) != 0 || w.conv("ada").Status == bot.StatusResolved {
					t.Errorf("%+v, %s", got, w.conv("ada").Status)
				}
			})
		})
	}
}

// TestNPSWaits holds when nobody is asked.
func TestNPSWaits(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*world)
		before func(*world)
		want   int
	}{
		"as usual":    {nil, func(*world) {}, 1},
		"not wanted":  {func(w *world) { w.rules.NPSEvery = 0 }, func(*world) {}, 0},
		"window":      {func(w *world) { w.inbox.Window = 24 * time.Hour }, func(*world) {}, 0},
		"wide window": {func(w *world) { w.inbox.Window = 48 * time.Hour }, func(*world) {}, 1},
		"writes again": {nil, func(w *world) {
			w.clock.add(10 * time.Hour)
			w.saysNow("ada", "human please")
		}, 0},
		"erased": {nil, func(w *world) {
			if _, err := w.store.EraseContact(context.Background(), w.conv("ada").Contact, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}, 0},
		"another conversation of hers": {nil, func(w *world) {
			first := w.conv("ada").Contact
			w.saysNow("bob", "agent")
			if _, err := w.store.MergeContacts(context.Background(), first, w.conv("bob").Contact, bot.Event{}); err != nil {
				w.t.Fatal(err)
			}
		}, 0},
		"closed": {func(w *world) { w.hours = &bot.Hours{} }, func(*world) {}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			promoted(t, c.change, func(t *testing.T, w *world) {
				w.over("ada")
				c.before(w)
				w.later(25 * time.Hour)
				if got := w.asked("ada"); got != c.want {
					t.Errorf("asked %d times, want %d", got, c.want)
				}
			})
		})
	}
}

// TestNPSWaitsForHours asks at the next opening what was due while nobody was there, also after a restart.
func TestNPSWaitsForHours(t *testing.T) {
	week := [7][]bot.Interval{}
	for day := range week {
		week[day] = []bot.Interval{{From: 9 * 60, To: 18 * 60}}
	}
	promoted(t, func(w *world) { w.hours = &bot.Hours{Week: week} }, func(t *testing.T, w *world) {
		w.clock.add(5*time.Hour + 50*time.Minute - time.Duration(noon.Hour()-12)*time.Hour) // shortly before six
		w.over("ada")
		w.later(24*time.Hour + 20*time.Minute)
		if w.asked("ada") != 0 {
			t.Fatalf("asked at %s", w.clock.now())
		}
		w.halt()
		w.start()
		w.later(15 * time.Hour)
		if w.asked("ada") != 1 {
			t.Errorf("not asked at %s", w.clock.now())
		}
	})
}

// TestNPSSpeaksHerLanguage asks in the language that she writes.
func TestNPSSpeaksHerLanguage(t *testing.T) {
	promoted(t, nil, func(t *testing.T, w *world) {
		w.saysNow("lin", "转人工")
		w.saysNow("ada", "agent")
		for _, thread := range []string{"lin", "ada"} {
			if _, err := w.Bot.Resolve(context.Background(), w.conv(thread).ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		w.later(25 * time.Hour)
		if zh, en := w.last("lin").Text, w.last("ada").Text; !strings.Contains(zh, "推荐") || !strings.Contains(en, "recommend") {
			t.Errorf("%q, %q", zh, en)
		}
	})
}

func TestNPSOf(t *testing.T) {
	for _, c := range []struct {
		scores []float64
		want   float64
	}{{nil, 0}, {[]float64{10, 9}, 100}, {[]float64{0, 6}, -100}, {[]float64{7, 8}, 0}, {[]float64{10, 8, 6, 9}, 25}} {
		if got := bot.NPS(c.scores); got != c.want {
			t.Errorf("%v: %v, want %v", c.scores, got, c.want)
		}
	}
}
