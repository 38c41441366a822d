package main

import (
	"context"
	"fmt"
	"log/slog"
	"testing"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store/open"
)

// TestAttune: who asks what no article of the shop answers makes it harder to be answered by an article alone, and what was
// answered by an intent does not count.
func TestAttune(t *testing.T) {
	cfg := defaultConfig()
	cfg.Store.DSN = "mem:"
	book := &answerBook{said: map[string]chan []bot.Message{}}
	app, err := newApp(t.Context(), appOptions{Config: cfg, File: noFile(), Data: t.TempDir(), Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now,
		Inboxes: []InboxConfig{{ID: "eval", Channel: benchChannel}}, Fake: nowhere{},
		Wrap: func(s open.Store) open.Store { return listening{s, book} }})
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := app.Close(); err != nil {
			t.Error(err)
		}
	}()
	border := func() float64 {
		a, err := app.KB.Search(t.Context(), kb.Query{Text: "how long do batteries keep", Lang: nlp.LangEnglish, Explain: true})
		if err != nil {
			t.Fatal(err)
		}
		return a.Trace.Thresholds[0]
	}
	usual := border()
	err = app.during(t.Context(), func(ctx context.Context) error {
		ask := func(n int, text string) error {
			id := fmt.Sprintf("c%d", n)
			said := book.expect(id)
			if err := app.Bot.Handle(ctx, bot.Inbound{Inbox: "eval", SourceID: id, Kind: bot.KindMessage, Thread: id,
				From: bot.Person{SourceID: id}, Text: text, At: app.Now()}); err != nil {
				return err
			}
			select {
			case <-said:
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		for n := range 60 {
			if err := ask(n, fmt.Sprintf("where is my order number %d, please", 4000+n)); err != nil {
				return err
			}
		}
		if err := app.attune(ctx); err != nil {
			return err
		}
		if got := border(); got != usual {
			t.Errorf("the border is %v after questions that an intent answers, before %v", got, usual)
		}
		for i, thing := range []string{"knee", "tooth", "tax return", "cat", "landlord", "driving licence"} {
			for k, frame := range []string{"what helps against a sore %s", "is my %s older than yours", "who repairs a %s near the lake", "the %s of my neighbour is loud", "can a %s swim",
				"how heavy is an ordinary %s", "draw me a %s", "was there ever a blue %s", "my uncle wants a %s for the wedding", "spell %s backwards"} {
				if err := ask(100+10*i+k, fmt.Sprintf(frame, thing)); err != nil {
					return err
				}
			}
		}
		return app.attune(ctx)
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := border(); got <= usual || got >= 1 {
		t.Errorf("the border is %v after questions that nothing answers, before %v", got, usual)
	}
}
