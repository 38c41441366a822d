package bot

import (
	"context"
	"log/slog"
	"time"

	"huiyin/nlp"
)

// Foresee tells what a Bot made of c would do with a text that begins a conversation, without doing it: nothing is stored,
// sent or counted. It returns what would be stored: the customer's message with its decision, then what she would be told.
// lang is that of her app, for a text that shows none. Incidents, experiments and the desk's own rules are left out, since
// they do not say whether dialogue and articles have an answer. Dialogue is required here; Sender and Actor are not used.
func Foresee(ctx context.Context, c Config, text string, lang nlp.Lang) ([]Message, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Topic, c.Log = nil, slog.New(slog.DiscardHandler)
	c.NewID = func() string { return "foreseen" } // by which one of several replies is chosen: always the same
	b := &Bot{cfg: c, rules: c.Rules.withDefaults(), log: c.Log, now: c.Now, inboxes: map[InboxID]Inbox{}}
	b.queue = newQueue(b.rulesNow)
	now := c.Now()
	t := b.newTurn(situation{now: now, job: &job{Accepted: Accepted{Inbound: Inbound{Kind: KindMessage, From: Person{Lang: lang}, Text: text, At: now}}}})
	if err := t.run(ctx); err != nil {
		return nil, err
	}
	return append([]Message{t.in}, t.out...), nil
}
