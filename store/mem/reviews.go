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

// reviewID tells reviews apart.
type reviewID struct {
	conversation bot.ConversationID
	end          int64
}

func idOf(r bot.Review) reviewID {
	if r.End.IsZero() {
		return reviewID{conversation: r.Conversation}
	}
	return reviewID{r.Conversation, r.End.UnixNano()}
}

// ReviewSeed implements bot.ReviewStore.
func (s *Store) ReviewSeed(ctx context.Context, made string) (seed string, err error) {
	err = s.do(ctx, func() error {
		if s.reviewSeed == "" {
			s.reviewSeed = made
		}
		seed = s.reviewSeed
		return nil
	})
	return seed, err
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
		if stored := s.reviews[idOf(r)]; stored.Version != r.Version {
			return fmt.Errorf("review of %s: version %d was read, %d is stored: %w", r.Conversation, r.Version, stored.Version, bot.ErrConflict)
		}
		kept, err := clone(r)
		if err != nil {
			return err
		}
		kept.Version++
		s.reviews[idOf(r)] = kept
		s.audit = append(s.audit, log)
		return nil
	})
}
