package feedback

import (
	"cmp"
	"context"
	"iter"
	"sync"
	"time"

	"huiyin/bot"
)

// mined reads customers' messages and what they are about, once for all sections that ask for the same period.
type mined struct {
	topics Topics

	mu  sync.Mutex
	src Source
	at  time.Time
	all corpus
}

// corpus is messages with what they are about, of a period and the two before it.
type corpus struct {
	items         []Item
	assigned      []Assignment
	conversations map[bot.ConversationID]bot.Conversation
	counted       *counted // the period's complaints
}

// of reads the messages of a period.
func (m *mined) of(ctx context.Context, src Source, p Period) (corpus, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.src == src && m.at.Equal(p.End) {
		return m.all, nil
	}
	x := corpus{conversations: map[bot.ConversationID]bot.Conversation{}}
	for c, err := range src.ConversationsBetween(ctx, p.Before().Before().Start, p.End) {
		if err != nil {
			return corpus{}, err
		}
		x.conversations[c.ID] = c
	}
	for msg, err := range src.MessagesBetween(ctx, p.Before().Before().Start, p.End) {
		if err != nil {
			return corpus{}, err
		}
		if msg.Direction == bot.Incoming && msg.Pressed == "" && msg.Text != "" {
			c := x.conversations[msg.Conversation]
			x.items = append(x.items, Item{ID: string(msg.ID), Conversation: msg.Conversation, Contact: cmp.Or(string(c.Contact), string(msg.Conversation)),
				Channel: c.Channel, Lang: msg.Lang, Text: msg.Text, At: msg.At, Analysis: msg.Analysis})
		}
	}
	var err error
	if x.assigned, err = Assign(ctx, m.topics, x.items); err != nil {
		return corpus{}, err
	}
	x.counted = x.count(p)
	m.src, m.at, m.all = src, p.End, x
	return x, nil
}

// count counts the complaints of a period, against the one before.
func (x corpus) count(p Period) *counted {
	c := newCounted(p)
	for i := range x.items {
		c.add(x.items[i], x.assigned[i])
	}
	c.finish()
	return c
}

// in yields the places of the items of a period.
func (x corpus) in(p Period) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, it := range x.items {
			if p.Contains(it.At) && !yield(i) {
				return
			}
		}
	}
}
