package console

import (
	"context"
	"fmt"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// rating is how a customer rated a conversation.
type rating struct {
	Value   int // 1 to 5
	At      time.Time
	Comment string // what she wrote after it, personal data masked; empty: nothing, or she took it back
}

// ratings are those of several conversations. A conversation that is reopened can be rated again.
type ratings struct {
	of    map[bot.ConversationID][]rating
	total int
	Count int
}

// Of are the ratings of a conversation, the oldest first.
func (r ratings) Of(id bot.ConversationID) []rating { return r.of[id] }

// Average is the mean of all ratings with one decimal; empty without any.
func (r ratings) Average() string {
	if r.Count == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(r.total)/float64(r.Count))
}

// ratingsOf finds the ratings of conversations.
func (s *Console) ratingsOf(ctx context.Context, list []bot.Conversation) (ratings, error) {
	all := ratings{of: map[bot.ConversationID][]rating{}}
	for _, c := range list {
		facts, err := s.Store.FactsOf(ctx, c.ID)
		if err != nil {
			return all, err
		}
		var got []rating
		for _, f := range facts {
			switch {
			case f.Name == bot.FactCSAT:
				got = append(got, rating{Value: int(f.Value), At: f.End})
				all.total += int(f.Value)
			case f.Name == bot.FactCSATComment && len(got) > 0:
				if got[len(got)-1].Comment, err = s.commentOf(ctx, c.ID, bot.MessageID(f.Label)); err != nil {
					return all, err
				}
			}
		}
		all.Count += len(got)
		all.of[c.ID] = got
	}
	return all, nil
}

// commentOf is the text of a message, personal data masked; empty when it was taken back.
func (s *Console) commentOf(ctx context.Context, conv bot.ConversationID, id bot.MessageID) (string, error) {
	list, err := s.Store.Messages(ctx, conv, 0, 0)
	if err != nil {
		return "", err
	}
	i := slices.IndexFunc(list, func(m bot.Message) bool { return m.ID == id })
	if i < 0 || !list[i].DeletedAt.IsZero() {
		return "", nil
	}
	return nlp.Redact(list[i].Text), nil
}
