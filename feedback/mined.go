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

	mu   sync.Mutex
	src  Source
	at   time.Time
	pile pile
}

// pile is messages with what they are about, of a period and the two before it.
type pile struct {
	items         []Item
	assigned      []Assignment
	conversations map[bot.ConversationID]bot.Conversation
}

// of reads the pile of a period.
func (m *mined) of(ctx context.Context, src Source, p Period) (pile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.src == src && m.at.Equal(p.End) {
		return m.pile, nil
	}
	x := pile{conversations: map[bot.ConversationID]bot.Conversation{}}
	for c, err := range src.ConversationsBetween(ctx, p.Before().Before().Start, p.End) {
		if err != nil {
			return pile{}, err
		}
		x.conversations[c.ID] = c
	}
	for msg, err := range src.MessagesBetween(ctx, p.Before().Before().Start, p.End) {
		if err != nil {
			return pile{}, err
		}
		if msg.Direction == bot.Incoming && msg.Pressed == "" && msg.Text != "" {
			c := x.conversations[msg.Conversation]
			x.items = append(x.items, Item{ID: string(msg.ID), Conversation: msg.Conversation, Contact: cmp.Or(string(c.Contact), string(msg.Conversation)),
				Channel: c.Channel, Lang: msg.Lang, Text: msg.Text, At: msg.At, Analysis: msg.Analysis})
		}
	}
	var err error
	if x.assigned, err = m.topics.Assign(ctx, x.items); err != nil {
		return pile{}, err
	}
	m.src, m.at, m.pile = src, p.End, x
	return x, nil
}

// in yields the places of the items of a period.
func (x pile) in(p Period) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i, it := range x.items {
			if p.Contains(it.At) && !yield(i) {
				return
			}
		}
	}
}
