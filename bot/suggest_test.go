package bot_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestAHandoffKnowsWhatWasBefore: the summary counts the customer's earlier conversations and says how the last one went, names
// articles for what was asked before the wish for a person, and says nothing of what was settled before the conversation was
// opened again.
func TestAHandoffKnowsWhatWasBefore(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		ada := person("42", "Ada", "", "")
		w.tells("t1", "invoice", ada)
		w.tells("t1", "agent", ada)
		first := w.conv("t1")
		if strings.Contains(first.Handoff.In("en"), "Earlier") {
			t.Errorf("nothing was before:\n%s", first.Handoff.In("en"))
		}
		if _, err := w.Bot.Resolve(context.Background(), first.ID, lin); err != nil {
			t.Fatal(err)
		}
		w.clock.add(time.Hour)
		w.tells("t1", "agent, please!", ada)
		if got := w.conv("t1").Handoff.In("en"); strings.Contains(got, "invoice") {
			t.Errorf("what was settled an hour ago is asked again:\n%s", got)
		}
		if _, err := w.Bot.Resolve(context.Background(), first.ID, lin); err != nil {
			t.Fatal(err)
		}
		w.clock.add(100 * 24 * time.Hour)
		w.tells("t1", "how long does delivery take?", ada)
		w.tells("t1", "agent", ada)
		got := w.conv("t1").Handoff
		for lang, want := range map[string][]string{
			"en": {"Earlier conversations: 1, the last on " + first.CreatedAt.Format(time.DateOnly), "resolved", "Articles that may help: “"},
			"zh": {"以前的会话：1 个，最近一个在 " + first.CreatedAt.Format(time.DateOnly), "已解决", "可参考的文章：《"},
		} {
			for _, part := range want {
				if !strings.Contains(got.In(lang), part) {
					t.Errorf("%s does not say %q:\n%s", lang, part, got.In(lang))
				}
			}
		}
	})
}

// TestAHandoffCountsEarlierConversations: of many it says that there are more, also when the one at hand is among the newest; of a
// conversation whose contact is not known it counts nobody's.
func TestAHandoffCountsEarlierConversations(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		ada := person("42", "Ada", "", "")
		for i := range 22 {
			w.tells(fmt.Sprint("t", i), "hello", ada)
			w.clock.add(time.Minute)
		}
		w.tells("t21", "agent", ada)
		if got := w.conv("t21").Handoff.In("en"); !strings.Contains(got, "Earlier conversations: 20+,") {
			t.Errorf("of 21 others it says:\n%s", got)
		}
		w.tells("t1", "hello", ada)
		c := w.conv("t20")
		c.Contact = ""
		if err := w.store.Save(context.Background(), bot.Change{Conversation: c}); err != nil {
			t.Fatal(err)
		}
		w.tells("t20", "agent", ada)
		if got := w.conv("t20").Handoff.In("en"); strings.Contains(got, "Earlier") {
			t.Errorf("of nobody it says:\n%s", got)
		}
	})
}

// TestAHandoffNamesArticlesForWhatWasAsked: what hardly fits the last words names no article and hides none that fits what was asked
// before.
func TestAHandoffNamesArticlesForWhatWasAsked(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		ada := person("42", "Ada", "", "")
		w.tells("t1", "what now, customs?", ada)
		w.tells("t1", "in a roundabout way", ada)
		w.tells("t1", "agent", ada)
		if got := w.conv("t1").Handoff.In("en"); !strings.Contains(got, "Articles that may help: “Customs duty”") {
			t.Errorf("it says:\n%s", got)
		}
	})
}

// TestAHandoffNamesNoArticlesForDetails: the order number that a form asked for is no question, whatever words stand beside it.
func TestAHandoffNamesNoArticlesForDetails(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		ada := person("42", "Ada", "", "")
		w.tells("t1", "what now, customs?", ada)
		w.tells("t1", "i want to return it", ada)
		w.tells("t1", "AB123456, it was a present", ada)
		if got := w.conv("t1").Status; got != bot.StatusBot {
			t.Fatalf("the conversation is %s", got)
		}
		w.tells("t1", "agent", ada)
		if got := w.conv("t1").Handoff.In("en"); !strings.Contains(got, "AB123456") || !strings.Contains(got, "Articles that may help: “Customs duty”") {
			t.Errorf("it says:\n%s", got)
		}
	})
}
