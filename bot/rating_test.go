package bot_test

import (
	"testing"
	"time"

	"huiyin/bot"
)

func TestARatingMayHaveAReason(t *testing.T) {
	for _, tc := range []struct {
		name, text string
		after      time.Duration
		comment    bool
	}{
		{"a reason", "Lin was very patient with me", time.Minute, true},
		{"理由", "等了太久", time.Minute, true},
		{"a new matter that the bot knows", "我要退货", time.Minute, false},
		{"asking for a person", "I want to speak to an agent", time.Minute, false},
		{"what people must see", "you will hear from my lawyer", time.Minute, false},
		{"a reason that names a matter", "the return was slow", time.Minute, true},
		{"an intent for people", "a slow complaint", time.Minute, false},
		{"夸客服", "客服很耐心，问题当天就解决了", time.Minute, true},
		{"a loss", "my parcel was stolen", time.Minute, false},
		{"坏了", "杯子坏了", time.Minute, false},
		{"a charge", "i was charged twice", time.Minute, false},
		{"much later", "Lin was very patient with me", 2 * time.Hour, false},
	} {
		t.Run(tc.name, func(t *testing.T) {
			staffed(t, func(t *testing.T, w *world) {
				w.read.intents["the return was slow"], w.read.intents["a slow complaint"], w.read.intents["客服很耐心，问题当天就解决了"] = "return_item", "complaint", "complaint"
				w.read.intents["my parcel was stolen"] = "order_status" // the others are known to nothing
				w.saysNow("ada", "agent")
				id := w.conv("ada").ID
				if _, err := w.Bot.Claim(t.Context(), id, lin); err != nil {
					t.Fatal(err)
				}
				if _, err := w.Bot.Resolve(t.Context(), id, lin); err != nil {
					t.Fatal(err)
				}
				w.press("ada", "4 Happy")
				w.clock.add(tc.after)
				w.saysNow("ada", tc.text)
				facts := w.facts(bot.FactCSATComment)
				if got := len(facts) == 1 && w.conv("ada").Status == bot.StatusResolved; got != tc.comment {
					t.Fatalf("taken as a reason: %v (%+v), status %s", got, facts, w.conv("ada").Status)
				}
				if !tc.comment {
					return
				}
				if f := facts[0]; f.Value != 4 || f.Agent != "lin" || f.Label == "" {
					t.Errorf("%+v", f)
				}
				w.saysNow("ada", "and one more thing about the parcel")
				if len(w.facts(bot.FactCSATComment)) != 1 {
					t.Error("there were two reasons")
				}
			})
		})
	}
}
