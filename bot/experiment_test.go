package bot_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

var editor = bot.Agent{ID: "ed", Name: "Ed", Role: bot.RoleEditor}

const (
	shippingA = "Three days as a rule."
	shippingB = "Your parcel is with you in about three days."
	shippingQ = "how long does it take"
)

// shippingTrial compares the short answer about shipping with a friendlier one.
func shippingTrial() bot.Experiment {
	return bot.Experiment{Name: "Friendlier", Goal: bot.GoalHelped, Share: 1, Subject: bot.Subject{Article: "shipping.en", Root: "shipping", Lang: nlp.LangEnglish},
		Arms: []bot.Arm{{}, {Text: map[nlp.Lang]string{nlp.LangEnglish: " " + shippingB + "\r\n"}}}}
}

// sorryTrial compares wordings of "I don't know".
func sorryTrial() bot.Experiment {
	return bot.Experiment{Name: "Sorry", Goal: bot.GoalHanded, Share: 1, Subject: bot.Subject{Wording: "fallback"},
		Arms: []bot.Arm{{}, {Text: map[nlp.Lang]string{nlp.LangEnglish: "No idea, sorry!", nlp.LangChinese: "我还不知道，抱歉！"}}}}
}

func (w *world) begins(e bot.Experiment) bot.Experiment {
	w.t.Helper()
	e, err := w.Bot.DraftExperiment(context.Background(), editor, e)
	if err == nil {
		e, err = w.Bot.StartExperiment(context.Background(), editor, e.ID)
	}
	if err != nil {
		w.t.Fatal(err)
	}
	return e
}

// asksMany lets n new customers ask, each once, and returns how many of them got which text.
func (w *world) asksMany(n int, text string) map[string][]string {
	got := map[string][]string{}
	for i := range n {
		thread := fmt.Sprint("p", w.event, "-", i)
		w.says(thread, text)
		said, _, _ := strings.Cut(w.last(thread).Text, "\n\n")
		got[said] = append(got[said], thread)
	}
	return got
}

// TestAnExperimentDividesCustomers: about half get each text, each of them the same one again and after a restart, and the
// answer says where it came from.
func TestAnExperimentDividesCustomers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		if got := w.asksMany(5, shippingQ); len(got[shippingA]) != 5 {
			t.Fatalf("before it runs: %v", got)
		}
		e := w.begins(shippingTrial())
		got := w.asksMany(200, shippingQ)
		if a, b := len(got[shippingA]), len(got[shippingB]); a+b != 200 || a < 70 || b < 70 {
			t.Fatalf("%d and %d", a, b)
		}
		w.halt()
		w.clock.add(time.Hour)
		w.start()
		for arm, text := range map[string]string{"A": shippingA, "B": shippingB} {
			thread := got[text][0]
			m := w.last(thread)
			if m.Variant == nil || *m.Variant != (bot.Variant{Experiment: e.ID, Arm: arm}) || len(m.Citations) != 1 {
				t.Errorf("%s: %+v of %v", arm, m.Variant, m.Citations)
			}
			w.says(thread, "when do you open")
			w.says(thread, shippingQ)
			if again := w.last(thread); !strings.HasPrefix(again.Text, text) {
				t.Errorf("%s the next time: %q", arm, again.Text)
			}
			who, err := w.store.Contact(t.Context(), w.conv(thread).Contact)
			if err != nil || who.Arms[e.ID] != arm {
				t.Errorf("%+v %v", who, err)
			}
		}
		facts := w.facts(bot.FactVariant)
		if len(facts) != 202 {
			t.Fatalf("%d facts", len(facts))
		}
		if v, ok := bot.ParseVariant(facts[0].Label); !ok || v.Experiment != e.ID {
			t.Errorf("%+v", facts[0])
		}
		if _, err := w.Bot.EndExperiment(t.Context(), editor, e.ID, "B"); err != nil {
			t.Fatal(err)
		}
		if got := w.asksMany(10, shippingQ); len(got[shippingA]) != 10 {
			t.Errorf("after it ended: %v", got)
		}
	})
}

// TestAShareOfCustomers: those who do not take part get what is said today, and are not counted.
func TestAShareOfCustomers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		e := shippingTrial()
		e.Share = 0.2
		w.begins(e)
		got := w.asksMany(300, shippingQ)
		counted := len(w.facts(bot.FactVariant))
		if b := len(got[shippingB]); b < 12 || b > 50 || counted < 35 || counted > 90 {
			t.Errorf("%d got the other text, %d are counted", b, counted)
		}
	})
}

// TestWordings: the apology is compared, and the one that won is said by all once it is adopted, until that is taken back.
func TestWordings(t *testing.T) {
	const today, other, question = "Sorry, I don't have an answer", "No idea, sorry!", "what is a wombat"
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		e := w.begins(sorryTrial())
		count := func() (a, b int) {
			for said, threads := range w.asksMany(60, question) {
				switch {
				case strings.HasPrefix(said, today):
					a += len(threads)
				case said == other:
					b += len(threads)
				default:
					t.Errorf("said %q", said)
				}
			}
			return a, b
		}
		if a, b := count(); a < 15 || b < 15 {
			t.Fatalf("%d and %d", a, b)
		}
		if got := w.asksMany(30, "袋熊是什么"); len(got["我还不知道，抱歉！"]) < 5 {
			t.Errorf("in Chinese: %v", got)
		}
		adopt := func(on bool) error {
			_, err := w.Bot.AdoptExperiment(t.Context(), editor, e.ID, on)
			return err
		}
		if err := adopt(true); !errors.Is(err, bot.ErrState) {
			t.Errorf("adopted while it runs: %v", err)
		}
		if _, err := w.Bot.EndExperiment(t.Context(), editor, e.ID, "B"); err != nil {
			t.Fatal(err)
		}
		if a, _ := count(); a != 60 {
			t.Errorf("after the end %d of 60", a)
		}
		if err := adopt(true); err != nil {
			t.Fatal(err)
		}
		w.halt()
		w.start()
		before := len(w.facts(bot.FactVariant))
		if _, b := count(); b != 60 || len(w.facts(bot.FactVariant)) != before {
			t.Errorf("adopted: %d of 60", b)
		}
		w.says("near", "a present for my aunt") // the nearest articles behind it change nothing
		if got := w.last("near").Text; !strings.HasPrefix(got, other) || len(w.last("near").Buttons) != 3 {
			t.Errorf("adopted, with the nearest articles: %q", got)
		}
		if said, err := w.Bot.Today(t.Context(), bot.Subject{Wording: "fallback"}); err != nil || said[nlp.LangEnglish] != other {
			t.Errorf("%v %v", said, err)
		}
		second := w.begins(bot.Experiment{Name: "Third", Goal: bot.GoalHanded, Share: 1, Subject: bot.Subject{Wording: "fallback"},
			Arms: []bot.Arm{{}, {Text: map[nlp.Lang]string{nlp.LangEnglish: "Hm.", nlp.LangChinese: "嗯。"}}}})
		if got := w.asksMany(40, question); len(got[other]) < 8 || len(got["Hm."]) < 8 {
			t.Errorf("the next one starts from what is said today: %v", got)
		}
		if _, err := w.Bot.EndExperiment(t.Context(), editor, second.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := adopt(false); err != nil {
			t.Fatal(err)
		}
		if a, _ := count(); a != 60 {
			t.Errorf("taken back: %d of 60", a)
		}
	})
}

// TestNothingVariesThere: within incidents, where the article was changed meanwhile, and in handoffs.
func TestNothingVariesThere(t *testing.T) {
	t.Run("an incident", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.topic = lateTopic
			w.start()
			w.begins(shippingTrial())
			if _, err := w.Bot.Announce(t.Context(), lead, moving()); err != nil {
				t.Fatal(err)
			}
			for i := range 12 {
				thread := fmt.Sprint("p", i)
				w.says(thread, "how long does a parcel take")
				if m := w.last(thread); m.Variant != nil || !strings.Contains(m.Text, shippingA) {
					t.Fatalf("%+v %q", m.Variant, m.Text)
				}
			}
		})
	})
	t.Run("another text", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			e := w.begins(shippingTrial())
			if w.Bot.Resting(t.Context(), e) {
				t.Error("it rests at once")
			}
			e.Arms[0].Text = map[nlp.Lang]string{nlp.LangEnglish: "Two days."} // as if the article had said so then
			if err := w.store.SaveExperiment(t.Context(), e, bot.Event{}); err != nil {
				t.Fatal(err)
			}
			w.halt()
			w.start()
			if got := w.asksMany(20, shippingQ); len(got[shippingA]) != 20 || len(w.facts(bot.FactVariant)) != 0 || !w.Bot.Resting(t.Context(), e) {
				t.Errorf("%v", got)
			}
		})
	})
	t.Run("a handoff", func(t *testing.T) {
		inWorld(t, func(t *testing.T, w *world) {
			w.start()
			w.begins(sorryTrial())
			w.says("ada", "what is a wombat")
			w.says("ada", "what is an echidna") // the second failure in a row calls people
			if m := w.last("ada"); m.Variant != nil || len(w.facts(bot.FactVariant)) != 1 {
				t.Errorf("%+v", m)
			}
		})
	})
}

// TestAskedAgain: what would have been said once more is noted, and not said.
func TestAskedAgain(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.begins(shippingTrial())
		w.says("ada", shippingQ)
		w.says("ada", shippingQ)
		facts := w.facts(bot.FactVariant)
		if len(facts) != 2 || facts[0].Value != 1 || facts[1].Value != 0 || facts[0].Label != facts[1].Label || w.last("ada").Variant != nil {
			t.Errorf("%+v", facts)
		}
	})
}

// TestMergedCustomersKeepTheirArm: she who turns out to be one with somebody else goes on seeing what she saw.
func TestMergedCustomersKeepTheirArm(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		e := w.begins(shippingTrial())
		got := w.asksMany(20, shippingQ)
		in := func(thread string) bot.ContactID { return w.conv(thread).Contact }
		fresh := 0
		for _, thread := range append(got[shippingA], got[shippingB]...) {
			want, _, _ := strings.Cut(w.last(thread).Text, "\n\n")
			fresh++
			known := fmt.Sprint("known", fresh)
			w.says(known, "hello")
			if _, err := w.store.MergeContacts(t.Context(), in(known), in(thread), bot.Event{Action: "contact.merge"}); err != nil {
				t.Fatal(err)
			}
			w.says(known, shippingQ)
			if m := w.last(known); !strings.HasPrefix(m.Text, want) || m.Variant.Experiment != e.ID {
				t.Errorf("%s: %q instead of %q", known, m.Text, want)
			}
		}
	})
}

func TestExperimentsThatCannotBe(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		flaws := map[string]bot.ExperimentError{ // none: what is said today is not known
			"no name": {Flaw: bot.FlawName}, "no goal": {Flaw: bot.FlawForm}, "nobody": {Flaw: bot.FlawForm}, "more than all": {Flaw: bot.FlawForm},
			"one arm": {Flaw: bot.FlawFew}, "no arm": {Flaw: bot.FlawFew}, "five arms": {Flaw: bot.FlawForm}, "two subjects": {Flaw: bot.FlawForm},
			"the same text": {Flaw: bot.FlawSame, Arm: "B", Other: "A"}, "no text": {Flaw: bot.FlawEmpty, Arm: "B"}, "a long text": {Flaw: bot.FlawLong, Arm: "B"},
			"one language": {Flaw: bot.FlawEmpty, Arm: "B"},
		}
		for name, edit := range map[string]func(*bot.Experiment){
			"no name":           func(e *bot.Experiment) { e.Name = "  " },
			"no goal":           func(e *bot.Experiment) { e.Goal = "money" },
			"nobody":            func(e *bot.Experiment) { e.Share = 0 },
			"more than all":     func(e *bot.Experiment) { e.Share = 1.5 },
			"one arm":           func(e *bot.Experiment) { e.Arms = e.Arms[:1] },
			"no arm":            func(e *bot.Experiment) { e.Arms = nil },
			"five arms":         func(e *bot.Experiment) { e.Arms = append(e.Arms, e.Arms[1], e.Arms[1], e.Arms[1]) },
			"the same text":     func(e *bot.Experiment) { e.Arms[1].Text[nlp.LangEnglish] = shippingA },
			"no text":           func(e *bot.Experiment) { e.Arms[1].Text[nlp.LangEnglish] = "\n" },
			"a long text":       func(e *bot.Experiment) { e.Arms[1].Text[nlp.LangEnglish] = strings.Repeat("字", 2001) },
			"no such article":   func(e *bot.Experiment) { e.Subject.Article, e.Subject.Root = "gone.en", "gone" },
			"another's article": func(e *bot.Experiment) { e.Subject.Article = "returns.en" },
			"two subjects":      func(e *bot.Experiment) { e.Subject.Wording = "fallback" },
			"a handoff":         func(e *bot.Experiment) { e.Subject = bot.Subject{Wording: "handoff.asked"} },
			"one language":      func(e *bot.Experiment) { e.Subject = bot.Subject{Wording: "fallback"} },
		} {
			e := shippingTrial()
			edit(&e)
			_, err := w.Bot.DraftExperiment(t.Context(), editor, e)
			var flawed bot.ExperimentError
			if errors.As(err, &flawed); !errors.Is(err, bot.ErrExperiment) || flawed != flaws[name] {
				t.Errorf("%s: %v (%+v)", name, err, flawed)
			}
		}
		running := w.begins(shippingTrial())
		second, err := w.Bot.DraftExperiment(t.Context(), editor, shippingTrial())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.StartExperiment(t.Context(), editor, second.ID); !errors.Is(err, bot.ErrExperiment) || err != (bot.ExperimentError{Flaw: bot.FlawRunning, Other: running.Name}) {
			t.Errorf("two about the same: %v", err)
		}
		if _, err := w.Bot.DraftExperiment(t.Context(), editor, running); !errors.Is(err, bot.ErrState) {
			t.Errorf("a running one is changed: %v", err)
		}
		stale := second
		stale.Version = 0
		if _, err := w.Bot.DraftExperiment(t.Context(), editor, stale); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("a stale draft: %v", err)
		}
		for name, do := range map[string]func() error{
			"started twice":        func() error { _, err := w.Bot.StartExperiment(t.Context(), editor, running.ID); return err },
			"ended with no arm":    func() error { _, err := w.Bot.EndExperiment(t.Context(), editor, running.ID, "C"); return err },
			"a draft with winner":  func() error { _, err := w.Bot.EndExperiment(t.Context(), editor, second.ID, "B"); return err },
			"adopted while it ran": func() error { _, err := w.Bot.AdoptExperiment(t.Context(), editor, running.ID, true); return err },
		} {
			if err := do(); !errors.Is(err, bot.ErrState) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Bot.StartExperiment(t.Context(), editor, "gone"); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("one that is not there: %v", err)
		}
		if _, err := w.Bot.EndExperiment(t.Context(), editor, second.ID, ""); err != nil {
			t.Errorf("a draft thrown away: %v", err)
		}
		actions := map[string]int{}
		log, err := w.store.Audit(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range log {
			actions[e.Action]++
		}
		if actions["experiment.draft"] != 2 || actions["experiment.start"] != 1 || actions["experiment.end"] != 1 {
			t.Errorf("%v", actions)
		}
	})
}

func FuzzParseVariant(f *testing.F) {
	for _, s := range []string{"", ":", "x:A", "a:b:C", ":A", "x:"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, label string) {
		if v, ok := bot.ParseVariant(label); ok && (v.Experiment+":"+v.Arm != label || v.Arm == "" || v.Experiment == "" || strings.Contains(v.Arm, ":")) {
			t.Errorf("%q: %+v", label, v)
		}
	})
}
