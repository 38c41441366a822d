package bolt

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

func cardKey(board bot.InboxID, id bot.ConversationID) []byte {
	return append(append(conversationPrefix(id), partCard), board...)
}

// SaveCard implements bot.CardStore.
func (s *Store) SaveCard(ctx context.Context, c bot.Card) error {
	if err := store.CheckID("board", string(c.Board)); err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		if x.get(tConversations, conversationKey(c.Conversation)) == nil {
			return fmt.Errorf("conversation %s: %w", c.Conversation, bot.ErrNotFound)
		}
		return x.save(tConversations, cardKey(c.Board, c.Conversation), c)
	})
}

// Card implements bot.CardStore.
func (s *Store) Card(ctx context.Context, board bot.InboxID, id bot.ConversationID) (bot.Card, error) {
	return one[bot.Card](ctx, s, tConversations, cardKey(board, id), "card of conversation "+string(id), bot.ErrNotFound)
}
