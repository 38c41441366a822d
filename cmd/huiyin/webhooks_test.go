package main

import (
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
)

// That a webhook was switched off reaches everybody once, also whom it does not reach at first; and it says for how long
// nothing was taken.
func TestAWebhookThatIsOffIsToldOnce(t *testing.T) {
	for _, c := range []struct {
		after, words string
	}{{"72h", "for 3 days"}, {"6h", "for 6 h and"}, {"24h", "for 24 h and"}, {"60h", "for 60 h and"}} {
		t.Run(c.after, func(t *testing.T) {
			p := newPlatforms(t)
			p.fail["telegram"] = [2]int{0, 2}
			e, flags := configOf(t, p.posting()+"[webhooks]\noff_after = \""+c.after+"\"\n")
			cfg, file, err := e.config()
			if err != nil {
				t.Fatal(err)
			}
			began := time.Date(2026, 11, 16, 8, 0, 1, 0, time.UTC)
			stage := newDemoStage(began)
			app, err := newApp(t.Context(), appOptions{Config: cfg, File: file, Data: flags.Data, Lookup: e.lookup, Log: e.quiet(), Now: stage.now})
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			off := hooks.Endpoint{ID: "e", Name: "Orders", URL: "https://shop.example/", Secret: "s", Kinds: hooks.Kinds(), CreatedAt: began, Off: hooks.OffFailed, OffAt: began}
			byHand := off
			byHand.ID, byHand.Name, byHand.Off = "h", "Parcels", hooks.OffHand
			for _, e := range []hooks.Endpoint{off, byHand} {
				if err := app.Store.SaveEndpoint(t.Context(), e, bot.Event{}); err != nil {
					t.Fatal(err)
				}
			}
			app.webhookOff(t.Context(), off)
			for minutes := range 30 {
				stage.set(began.Add(time.Duration(minutes) * time.Minute))
				if err := app.dueWebhooks(t.Context()); (err != nil) != (minutes == 6) { // the second try of Telegram fails; a claim is stale after five minutes
					t.Errorf("after %d minutes: %v", minutes, err)
				}
			}
			for _, platform := range []string{"slack C0LEADS", "telegram -100123"} {
				if p.to(platform, "Orders") != 1 || p.to(platform, c.words) != 1 || p.to(platform, "Parcels") != 0 {
					t.Errorf("%s has %q", platform, p.posts)
				}
			}
		})
	}
}
