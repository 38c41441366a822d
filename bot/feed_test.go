package bot_test

import (
	"context"
	"fmt"
	"testing"

	"huiyin/bot"
)

func TestSlowSubscriberIsCutOff(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		slow := w.Bot.Subscribe(t.Context())
		ctx, cancel := context.WithCancel(t.Context())
		quick := w.Bot.Subscribe(ctx)
		got := 0
		done := make(chan struct{})
		go func() {
			for range quick {
				got++
			}
			close(done)
		}()
		for i := range 400 {
			w.deliver(message(fmt.Sprint("m", i), fmt.Sprint("c", i), "你好"))
		}
		cancel()
		<-done
		if got != 400 {
			t.Errorf("the quick one got %d notices", got)
		}
		n := 0
		for range slow {
			n++
		}
		if n == 0 || n >= 400 {
			t.Errorf("the slow one got %d notices", n)
		}
	})
}

// TestSettledReachesLiveViews follows a message's delivery as a live view does.
func TestSettledReachesLiveViews(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.says("ann", "hello")
		w.settle()
		conv, err := w.store.Conversations(t.Context(), bot.Filter{})
		if err != nil || len(conv) != 1 {
			t.Fatalf("%d conversations: %v", len(conv), err)
		}
		m := bot.Message{ID: bot.NewMessageID(conv[0].ID, 2), Conversation: conv[0].ID, Seq: 2, Delivery: bot.Failed}
		w.Bot.Settled(m) // nobody looks on: it must not matter
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		view := w.Bot.Subscribe(ctx)
		w.Bot.Settled(m)
		select {
		case n := <-view:
			if n.Conversation.ID != conv[0].ID || n.Conversation.LastSeq < 2 || n.Messages[0].Delivery != bot.Failed {
				t.Errorf("got %+v", n)
			}
		default:
			t.Error("the view heard nothing")
		}
		w.Bot.Settled(bot.Message{ID: "gone-1", Conversation: "gone"}) // erased meanwhile
		if len(view) != 0 {
			t.Error("a message without a conversation was shown")
		}
	})
}
