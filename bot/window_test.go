package bot_test

import (
	"errors"
	"testing"
	"time"

	"huiyin/bot"
)

// TestSendWindow: what an agent sends after the platform's window is refused before anything is written; what she does
// besides is done, and the customer is told nothing that could not arrive.
func TestSendWindow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		for _, a := range []bot.Agent{lin, other} {
			a.Email = string(a.ID) + "@shop.example"
			if err := w.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
				t.Fatal(err)
			}
		}
		w.inbox.Window = 24 * time.Hour
		w.start()
		ctx := t.Context()
		w.saysNow("ada", "agent")
		id := w.conv("ada").ID
		until, err := w.Bot.SendUntil(ctx, w.conv("ada"))
		if err != nil || !until.Equal(noon.Add(24*time.Hour)) {
			t.Fatalf("%v %v", until, err)
		}
		w.clock.add(24*time.Hour - time.Second)
		if _, err := w.Bot.Reply(ctx, id, lin, "in time"); err != nil {
			t.Fatalf("a second before the end: %v", err)
		}
		w.clock.add(time.Second)
		before, sent := w.conv("ada"), len(w.mail.to("ada"))
		late := bot.MacroRun{Name: "M", Tag: []string{"x"}, Reply: "too late"}
		_, errReply := w.Bot.Reply(ctx, id, lin, "too late")
		_, errMacro := w.Bot.RunMacro(ctx, id, lin, late)
		for what, err := range map[string]error{"a reply": errReply, "a macro that replies": errMacro} {
			if !errors.Is(err, bot.ErrWindow) || !errors.Is(err, bot.ErrState) {
				t.Errorf("%s after the end: %v", what, err)
			}
		}
		if c := w.conv("ada"); c.Version != before.Version {
			t.Errorf("something was written: %+v", c)
		}
		if _, err := w.Bot.Adopt(ctx, id, lin, bot.Written{Text: "from the app itself", SourceID: "x1"}); err != nil {
			t.Errorf("what the platform itself took: %v", err)
		}
		if _, err := w.Bot.Note(ctx, id, lin, "call her"); err != nil {
			t.Errorf("a note: %v", err)
		}
		if _, err := w.Bot.Transfer(ctx, id, lin, bot.To{Agent: "max"}); err != nil {
			t.Errorf("passing on: %v", err)
		}
		if _, err := w.Bot.RunMacro(ctx, id, other, bot.MacroRun{Name: "M", Tag: []string{"x"}, End: bot.EndResolve}); err != nil {
			t.Errorf("a macro without a reply: %v", err)
		}
		if c := w.conv("ada"); c.Status != bot.StatusResolved || len(c.Tags) != 1 || len(w.mail.to("ada")) != sent {
			t.Errorf("%+v, and %d messages were sent that cannot arrive", c, len(w.mail.to("ada"))-sent)
		}
		w.saysNow("ada", "hello again")
		if _, err := w.Bot.Reply(ctx, id, lin, "welcome back"); err != nil {
			t.Errorf("after she wrote again: %v", err)
		}
	})
}

// TestSendWindowOfTheAddress: what the customer wrote in a later conversation of the same thread counts for the earlier one.
func TestSendWindowOfTheAddress(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.inbox.Window = 24 * time.Hour
		w.start()
		w.saysNow("ada", "agent")
		old := w.conv("ada")
		if _, err := w.Bot.Resolve(t.Context(), old.ID, lin); err != nil {
			t.Fatal(err)
		}
		w.clock.add(10 * 24 * time.Hour)
		w.saysNow("ada", "something else")
		if w.conv("ada").ID == old.ID {
			t.Fatal("no new conversation began")
		}
		if _, err := w.Bot.Reply(t.Context(), old.ID, lin, "about last week"); err != nil {
			t.Error(err)
		}
		if until, err := w.Bot.SendUntil(t.Context(), old); err != nil || !until.Equal(w.clock.now().Add(24*time.Hour)) {
			t.Errorf("%v %v", until, err)
		}
	})
	inWorld(t, func(t *testing.T, w *world) { // a platform without a window
		w.start()
		w.saysNow("ada", "agent")
		w.clock.add(1000 * time.Hour)
		if _, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, lin, "after all this time"); err != nil {
			t.Error(err)
		}
		if until, err := w.Bot.SendUntil(t.Context(), w.conv("ada")); err != nil || !until.IsZero() {
			t.Errorf("%v %v", until, err)
		}
	})
}
