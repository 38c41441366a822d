package bot_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/nlp"
)

const openQ = "? When do you open?"

// TestPartsOfAnIncident: whoever asks about an incident is told of it first, with another question beside it as well, and
// while she waits.
func TestPartsOfAnIncident(t *testing.T) {
	byIntent := moving()
	byIntent.Topic, byIntent.Intent = "", "invoice"
	for _, c := range []struct {
		name  string
		of    bot.Incident
		asks  string
		waits bool
		holds []string
	}{
		{"two questions", moving(), "how long does a parcel take" + openQ, false, []string{shippingA, "We open at nine"}},
		{"an intent of one of two", byIntent, "how do i get an invoice" + openQ, false, []string{"press Invoice", "We open at nine"}},
		{"who waits", moving(), "how long does a parcel take?", true, []string{shippingA, "You keep your place in line"}},
		{"who waits, without an answer", moving(), "where on earth is my parcel?", true, []string{"You keep your place in line"}},
		{"who waits, by intent", byIntent, "how do i get an invoice?", true, []string{"press Invoice", "You keep your place in line"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			inIncident(t, c.of, func(t *testing.T, w *world, i bot.Incident) {
				if c.waits {
					w.says("ada", "talk to a human")
				}
				w.says("ada", c.asks)
				m := w.last("ada")
				if !strings.HasPrefix(m.Text, i.Text[nlp.LangEnglish]+"\n\n") || strings.Count(m.Text, i.Text[nlp.LangEnglish]) != 1 {
					t.Errorf("said %q", m.Text)
				}
				for _, part := range c.holds {
					if !strings.Contains(m.Text, part) {
						t.Errorf("said %q without %q", m.Text, part)
					}
				}
				if f := w.facts(bot.FactIncident); len(f) != 1 || f[0].Label != i.ID || w.decision("ada").Incident != i.ID {
					t.Errorf("noted %+v, decided %+v", f, w.decision("ada"))
				}
				if got := w.conv("ada").Status == bot.StatusWaiting; got != c.waits {
					t.Errorf("waits: %v", got)
				}
			})
		})
	}
}

// TestAnIncidentIsToldOnceToWhoWaits: the same words again bring no second warning, nor a second note of it.
func TestAnIncidentIsToldOnceToWhoWaits(t *testing.T) {
	for _, q := range []string{"how long does a parcel take?", "where on earth is my parcel?"} {
		inIncident(t, moving(), func(t *testing.T, w *world, i bot.Incident) {
			w.says("ada", "talk to a human")
			w.says("ada", "my umbrella is the blue one") // acknowledged, once
			w.says("ada", q)
			heard := len(w.mail.to("ada"))
			w.says("ada", q)
			if sent := w.mail.to("ada"); len(sent) != heard || len(w.facts(bot.FactIncident)) != 1 || w.decision("ada").Incident != "" {
				t.Errorf("%s: said %q, decided %+v", q, sent[len(sent)-1].Text, w.decision("ada"))
			}
		})
	}
}

// TestTwoFormsInOneMessage: they come one after the other, and the customer knows; the second is offered when the first is
// done, or stopped.
func TestTwoFormsInOneMessage(t *testing.T) {
	for _, c := range []struct {
		name, answers, says string
	}{
		{"done", "AB123456", "Order AB123456 is on its way"},
		{"stopped", "cancel", "I've stopped “Order status”"},
	} {
		t.Run(c.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				w.actor = service{}
				w.read.intents["can i return an item"] = "return_item"
				w.start()
				w.says("ada", "where is my order? can i return an item?")
				if m := w.last("ada"); !strings.HasPrefix(m.Text, "One at a time: first “Order status”, then “Return an item”.") || !strings.HasSuffix(m.Text, "What is your order number?") {
					t.Fatalf("said %q", m.Text)
				}
				w.says("ada", c.answers)
				m := w.last("ada")
				if !strings.Contains(m.Text, c.says) || !strings.Contains(m.Text, "“Return an item”") || len(m.Buttons) != 1 {
					t.Fatalf("said %q %v", m.Text, m.Buttons)
				}
				w.says("ada", "yes")
				if form := w.conv("ada").Form; form == nil || form.Form != "return_item" || form.Then != "" {
					t.Errorf("%+v, said %q", form, w.last("ada").Text)
				}
			})
		})
	}
}

// TestPartsKeepTheirArm: she who takes part in an experiment gets her text in a message of two questions and while she waits,
// and it counts.
func TestPartsKeepTheirArm(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		e := w.begins(shippingTrial())
		var arms []string
		for i := range 24 {
			thread := fmt.Sprint("p", i)
			switch i % 3 {
			case 0:
				w.says(thread, shippingQ+openQ)
			case 1:
				w.says(thread, "talk to a human")
				w.says(thread, shippingQ+"?")
			case 2:
				w.says(thread, shippingQ+"? Where is my order?")
			}
			m := w.last(thread)
			if m.Variant == nil || m.Variant.Experiment != e.ID {
				t.Fatalf("%+v %q", m.Variant, m.Text)
			}
			if want := map[string]string{"A": shippingA, "B": shippingB}[m.Variant.Arm]; !strings.HasPrefix(m.Text, want) {
				t.Errorf("%s: %q", m.Variant.Arm, m.Text)
			}
			who, err := w.store.Contact(t.Context(), w.conv(thread).Contact)
			if err != nil || who.Arms[e.ID] != m.Variant.Arm {
				t.Errorf("%+v %v", who, err)
			}
			arms = append(arms, m.Variant.Arm)
		}
		if facts := w.facts(bot.FactVariant); len(facts) != 24 || !slices.Contains(arms, "A") || !slices.Contains(arms, "B") {
			t.Errorf("%v, %d facts", arms, len(facts))
		}
	})
}

// TestVotesNameWhatTheyAreFor: a word on an answer that cites no article names the intent that gave it.
func TestVotesNameWhatTheyAreFor(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		const text = "When do you open? Do you sell red bicycles?"
		w.read.intents[strings.ToLower(strings.Trim(text, "?"))] = "hours"
		w.start()
		w.says("ada", text)
		w.press("ada", "That helped")
		if f := w.facts(bot.FactHelped); len(f) != 1 || f[0].Label != "intent:hours" {
			t.Errorf("after %q: %+v", w.last("ada").Text, f)
		}
	})
}
