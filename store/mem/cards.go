package mem

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// SaveCard implements bot.CardStore.
func (s *Store) SaveCard(ctx context.Context, c bot.Card) error {
	if err := store.CheckID("board", string(c.Board)); err != nil {
		return err
	}
	kept, err := clone(c)
	if err != nil {
		return err
	}
	return s.do(ctx, func() error {
		conv := s.conversations[c.Conversation]
		if conv == nil {
			return fmt.Errorf("conversation %s: %w", c.Conversation, bot.ErrNotFound)
		}
		if conv.cards == nil {
			conv.cards = map[bot.InboxID]bot.Card{}
		}
		conv.cards[c.Board] = kept
		return nil
	})
}

// Card implements bot.CardStore.
func (s *Store) Card(ctx context.Context, board bot.InboxID, id bot.ConversationID) (bot.Card, error) {
	return get(ctx, s, func() (bot.Card, error) {
		if conv := s.conversations[id]; conv != nil {
			if c, ok := conv.cards[board]; ok {
				return c, nil
			}
		}
		return bot.Card{}, fmt.Errorf("card of conversation %s: %w", id, bot.ErrNotFound)
	})
}
