package bolt

import (
	"context"
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// Reviews implements bot.ReviewStore.
func (s *Store) Reviews(ctx context.Context) ([]bot.Review, error) {
	all, err := list[bot.Review](ctx, s, tReviews, nil)
	store.SortReviews(all)
	return all, err
}

// SaveReview implements bot.ReviewStore.
func (s *Store) SaveReview(ctx context.Context, r bot.Review, log bot.Event) error {
	if err := store.CheckReview(r); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(r.Conversation)
	return s.write(ctx, func(x *txn) error {
		if x.get(tConversations, conversationKey(r.Conversation)) == nil {
			return fmt.Errorf("conversation %s: %w", r.Conversation, bot.ErrNotFound)
		}
		stored, _, err := record[bot.Review](x, tReviews, key)
		if err != nil {
			return err
		}
		if stored.Version != r.Version {
			return fmt.Errorf("review of %s: version %d was read, %d is stored: %w", r.Conversation, r.Version, stored.Version, bot.ErrConflict)
		}
		next := r
		next.Version++
		return errors.Join(x.save(tReviews, key, next), x.addLog(entry))
	})
}
