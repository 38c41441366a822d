package bot_test

import (
	"testing"
	"time"

	"huiyin/bot"
)

// TestNoLoopWhileWaiting: a machine that talks to the bot from the queue is not answered for ever.
func TestNoLoopWhileWaiting(t *testing.T) {
	for name, texts := range map[string][]string{
		"its own waiting time":        {"Your waiting time is about 2 minutes."},
		"asks how long":               {"how long do I have to wait?"},
		"takes back what is seen":     {"never mind, I found it"},
		"asks, takes back, asks anew": {"never mind", "talk to a human"},
		"asks by turns":               {"how long do I have to wait?", "is anyone there?", "when do you open?", "never mind"},
	} {
		t.Run(name, func(t *testing.T) {
			staffed(t, func(t *testing.T, w *world) {
				opening := "talk to a human"
				if name == "takes back what is seen" {
					opening = "I will call my lawyer"
				}
				w.says("ada", opening)
				before := len(w.mail.to("ada"))
				for i := range 60 {
					w.says("ada", texts[i%len(texts)])
				}
				if n := len(w.mail.to("ada")) - before; n > 20 {
					t.Errorf("60 messages within a minute got %d replies", n)
				}
				w.clock.add(2 * time.Minute)
				if w.conv("ada").Status == bot.StatusWaiting {
					before = len(w.mail.to("ada"))
					w.says("ada", "how long do I have to wait?")
					if len(w.mail.to("ada")) != before+1 {
						t.Error("a person who asks later is not answered")
					}
				}
			})
		})
	}
}
