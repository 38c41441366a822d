package bot_test

import (
	"context"
	"testing"
	"time"

	"huiyin/bot"
)

// untidy is a store in which looking for old files breaks.
type untidy struct{ bot.Store }

func (untidy) SweepFiles(context.Context, time.Time) (int, error) { panic("a bug") }

// TestHousekeepingThatBreaks leaves customers alone: they are answered as before.
func TestHousekeepingThatBreaks(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.via = untidy{w.store}
		w.start()
		<-time.After(5 * time.Minute)
		w.deliver(message("m", "ada", "你好"))
		w.settle()
		if got := w.last("ada").Text; got != "您好！我是小音。" {
			t.Errorf("said %q", got)
		}
	})
}
