package bot_test

import (
	"errors"
	"testing"

	"huiyin/bot"
)

// TestOnce repeats a reply, also in a program that was started anew.
func TestOnce(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.says("kim", "human please")
		conv := w.conv("kim")
		mei := bot.Agent{ID: "mei", Name: "Mei", Role: bot.RoleAgent}
		ctx := bot.Once(t.Context(), "order-7")
		first, err := w.Bot.Reply(ctx, conv.ID, mei, "It comes tomorrow.")
		if err != nil {
			t.Fatal(err)
		}
		w.halt()
		w.start()
		again, err := w.Bot.Reply(ctx, conv.ID, mei, " It comes tomorrow. ")
		if err != nil || again.ID != first.ID {
			t.Errorf("again: %s, first %s, %v", again.ID, first.ID, err)
		}
		if _, err := w.Bot.Reply(ctx, conv.ID, mei, "It comes today."); !errors.Is(err, bot.ErrReused) {
			t.Errorf("another text: %v", err)
		}
		if _, err := w.Bot.Note(ctx, conv.ID, mei, "It comes tomorrow."); !errors.Is(err, bot.ErrReused) {
			t.Errorf("a note: %v", err)
		}
		sent := 0
		for _, m := range w.mail.to("kim") {
			if m.Text == "It comes tomorrow." {
				sent++
			}
		}
		if sent != 1 {
			t.Errorf("sent %d times", sent)
		}
	})
}
