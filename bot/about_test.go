package bot_test

import (
	"testing"
	"time"

	"huiyin/bot"
)

// TestWhatAConversationIsAbout follows the topic and the intent of a conversation: what is not known keeps what was known, a
// person's silence does not end it, what is said of a conversation that is over is no new matter, and one that is reopened starts anew.
func TestWhatAConversationIsAbout(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.topic = lateTopic
		w.start()
		want := func(when, topic, intent string) {
			t.Helper()
			if c := w.conv("t1"); c.Topic != topic || c.Intent != intent {
				t.Errorf("%s: about %q and %q, want %q and %q", when, c.Topic, c.Intent, topic, intent)
			}
		}
		w.says("t1", "hello")
		want("small talk", "", "")
		w.says("t1", "i want to return it")
		want("an intent", "", "return_item")
		w.says("t1", "cancel")
		w.says("t1", "the parcel took three weeks")
		want("a topic without an intent", "late", "return_item")
		w.says("t1", "I want to talk to a person")
		w.says("t1", "hmm")
		want("waiting", "late", "return_item")
		lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
		if _, err := w.Bot.Claim(t.Context(), w.conv("t1").ID, lin); err != nil {
			t.Fatal(err)
		}
		w.says("t1", "how do i get an invoice")
		want("an agent has it", "late", "invoice")
		if _, err := w.Bot.Resolve(t.Context(), w.conv("t1").ID, lin); err != nil {
			t.Fatal(err)
		}
		w.settle()
		w.clock.add(2 * time.Hour)
		w.says("t1", "well then")
		want("reopened", "", "")
		if _, err := w.Bot.Claim(t.Context(), w.conv("t1").ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Resolve(t.Context(), w.conv("t1").ID, lin); err != nil {
			t.Fatal(err)
		}
		w.says("t1", "3")
		w.says("t1", "the parcel came late")
		want("a rating and its reason", "", "")
		if n := len(w.facts(bot.FactCSATComment)); n != 1 {
			t.Errorf("%d reasons", n)
		}
	})
}
