package bot_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// quick understands everything alike, at no cost.
type quick struct{}

func (quick) Analyze(_ context.Context, text string) (nlp.Analysis, error) {
	return nlp.Analysis{Text: text, Lang: nlp.LangHans, Intent: nlp.Intent{Name: nlp.IntentNone}}, nil
}

// drop is an outbox that takes everything.
type drop struct{}

func (drop) Send(...bot.Message)        {}
func (drop) Typing(bot.InboxID, string) {}

// BenchmarkTurn is the cost of one message through intake, lane, policy and the store in memory, 200 threads at once;
// understanding and search cost nothing here.
func BenchmarkTurn(b *testing.B) {
	for name, text := range map[string]string{"article": "退货规则是什么", "clarify": "怎么办", "person": "转人工"} {
		b.Run(name, func(b *testing.B) {
			w := newWorld(b)
			store := w.store
			bt, err := bot.New(bot.Config{Store: store, Understander: quick{}, Retriever: shelf{}, Library: shelf{}, Sender: drop{},
				Dialogue: func() *bot.Dialogue { return w.d }, Words: w.words, Inboxes: []bot.Inbox{inbox},
				Rules: bot.Rules{TurnsPerMinute: 1 << 30, Backlog: 1 << 20, MaxFailures: 1 << 30}})
			if err != nil {
				b.Fatal(err)
			}
			ctx, cancel := context.WithCancel(context.Background())
			ended := make(chan error, 1)
			go func() { ended <- bt.Run(ctx) }()
			<-bt.Ready()
			feed := bt.Subscribe(ctx)
			inFlight := make(chan struct{}, 128) // fewer than a subscriber may fall behind
			done := make(chan struct{})
			go func() {
				for range b.N {
					<-feed
					<-inFlight
				}
				close(done)
			}()
			b.ReportAllocs()
			b.ResetTimer()
			for i := range b.N {
				inFlight <- struct{}{}
				thread := fmt.Sprint("t", i%200, "-", i/2000) // ten messages a conversation
				if err := bt.Handle(ctx, bot.Inbound{Inbox: inbox.ID, Kind: bot.KindMessage, SourceID: fmt.Sprint(i), Thread: thread, Text: text,
					From: bot.Person{SourceID: thread}, At: time.Now()}); err != nil {
					b.Fatal(err)
				}
			}
			<-done
			b.StopTimer()
			cancel()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
		})
	}
}
