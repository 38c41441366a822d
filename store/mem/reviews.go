package mem

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// Reviews implements bot.ReviewStore.
func (s *Store) Reviews(ctx context.Context) ([]bot.Review, error) {
	return listed(ctx, s, s.reviews, store.SortReviews)
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
		r.Version++
		return keep(s, s.reviews, idOf(r), r, log)
	})
}
