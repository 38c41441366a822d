package channels_test

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/store/bolt"
	"huiyin/store/mem"
)

// instant is a platform that takes everything at once and tells when it has enough.
type instant struct {
	left chan struct{}
}

func (i instant) Run(ctx context.Context, _ bot.Handler) error { <-ctx.Done(); return nil }

func (i instant) Send(_ context.Context, m channels.Outgoing) (string, error) {
	i.left <- struct{}{}
	return m.Key(), nil
}

// BenchmarkOutbox sends b.N messages over 500 threads, each begun and ended in the store.
func BenchmarkOutbox(b *testing.B) {
	b.Run("mem", func(b *testing.B) { benchmarkOutbox(b, mem.New(mem.Options{})) })
	b.Run("bolt", func(b *testing.B) {
		s, err := bolt.Open(filepath.Join(b.TempDir(), "huiyin.db"), bolt.Options{})
		if err != nil {
			b.Fatal(err)
		}
		defer s.Close()
		benchmarkOutbox(b, s)
	})
}

func benchmarkOutbox(b *testing.B, s bot.Store) {
	const threads = 500
	var messages []bot.Message
	for i := range threads {
		id := bot.ConversationID(fmt.Sprint("c", i))
		conv := bot.Conversation{ID: id, Inbox: "in", Channel: "fake", Thread: fmt.Sprint(i), Contact: "c", Status: bot.StatusBot, Epoch: 1}
		change := bot.Change{Conversation: conv}
		for n := i; n < b.N; n += threads {
			change.Conversation.LastSeq++
			change.Messages = append(change.Messages, bot.Message{
				ID: bot.MessageID(fmt.Sprint(id, "-", change.Conversation.LastSeq)), Conversation: id, Seq: change.Conversation.LastSeq, Inbox: "in", Thread: conv.Thread,
				Direction: bot.Outgoing, Author: bot.ByBot, Text: "您的订单已经发货，**明天**送达。", Epoch: 1, Delivery: bot.Queued, At: time.Now(),
			})
		}
		if err := s.Save(b.Context(), change); err != nil {
			b.Fatal(err)
		}
		messages = append(messages, change.Messages...)
	}
	p := instant{left: make(chan struct{}, 1024)}
	box, err := channels.NewOutbox(s, []channels.Line{{Inbox: "in", Channel: p}}, channels.OutboxOptions{})
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	b.ResetTimer()
	go func() { ended <- box.Run(ctx) }()
	box.Send(messages...)
	for range b.N {
		<-p.left
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "sends/s")
	cancel()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
}
