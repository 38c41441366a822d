package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// Reviews implements bot.ReviewStore.
func (s *Store) Reviews(ctx context.Context) ([]bot.Review, error) {
	return get(ctx, s, func() ([]bot.Review, error) {
		all := slices.Collect(maps.Values(s.reviews))
		store.SortReviews(all)
		return all, nil
	})
}

// SaveReview implements bot.ReviewStore.
func (s *Store) SaveReview(ctx context.Context, r bot.Review, log bot.Event) error {
	if err := store.CheckReview(r); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if s.conversations[r.Conversation] == nil {
			return fmt.Errorf("conversation %s: %w", r.Conversation, bot.ErrNotFound)
		}
		if stored := s.reviews[r.Conversation]; stored.Version != r.Version {
			return fmt.Errorf("review of %s: version %d was read, %d is stored: %w", r.Conversation, r.Version, stored.Version, bot.ErrConflict)
		}
		kept, err := clone(r)
		if err != nil {
			return err
		}
		kept.Version++
		s.reviews[r.Conversation] = kept
		s.audit = append(s.audit, log)
		return nil
	})
}
