package bot_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// TestWhatSheSpokeOfCounts: what a customer spoke of moves her forward, the gravest alone, and never further than its bound.
func TestWhatSheSpokeOfCounts(t *testing.T) {
	for flag, want := range map[nlp.Flag]int{"": 0, nlp.FlagUrgent: 0, nlp.FlagChurn: 5, nlp.FlagLegal: 10, nlp.FlagMedia: 10, nlp.FlagSafety: 20} {
		for _, angry := range []bool{false, true} {
			c := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon, Handoff: &bot.Handoff{Reason: bot.ReasonAsked, Flag: flag}}
			most := want
			if angry {
				c.MoodTotal, c.MoodCount, most = -3, 3, max(want, 10)
			}
			if got := noon.Sub((bot.DeskRules{}).Place(c)); got != time.Duration(most)*time.Minute {
				t.Errorf("%q, angry %v: %v in front, want %d minutes", flag, angry, got, most)
			}
		}
	}
	old := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon, Handoff: &bot.Handoff{Reason: bot.ReasonPolicy, Detail: string(nlp.FlagSafety)}}
	if got := noon.Sub((bot.DeskRules{}).Place(old)); got != 20*time.Minute {
		t.Errorf("a handoff without the flag: %v in front", got)
	}
}

// TestSpeaksOfItWhileWaiting: it counts as soon as she says it; leaving us is no reason why people must see it whatever she says later.
func TestSpeaksOfItWhileWaiting(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		for i, who := range []string{"first", "leaving", "burnt"} {
			w.clock.add(time.Duration(i) * 2 * time.Minute)
			w.saysNow(who, "agent")
		}
		order := func() string {
			all := []string{"first", "leaving", "burnt"}
			slices.SortFunc(all, func(a, b string) int {
				return (bot.DeskRules{}).Place(w.conv(a)).Compare((bot.DeskRules{}).Place(w.conv(b)))
			})
			return fmt.Sprint(all)
		}
		if got := order(); got != "[first leaving burnt]" {
			t.Errorf("at first: %s", got)
		}
		w.saysNow("leaving", "I will never buy again")
		if got := order(); got != "[leaving first burnt]" {
			t.Errorf("she leaves us: %s", got)
		}
		w.saysNow("burnt", "the charger caught fire")
		w.saysNow("burnt", "I will never buy again")
		if got, flag := order(), w.conv("burnt").Handoff.Flag; got != "[burnt leaving first]" || flag != nlp.FlagSafety {
			t.Errorf("it burnt: %s, %q", got, flag)
		}
		w.saysNow("leaving", "I found it")
		w.saysNow("burnt", "I found it")
		if a, b := w.conv("leaving").Status, w.conv("burnt").Status; a != bot.StatusBot || b != bot.StatusWaiting {
			t.Errorf("both take it back: %s, %s", a, b)
		}
	})
}
