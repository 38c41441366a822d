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

// reviewKey is the key of a review: of a conversation, and which of its ends. Of before that was kept, it is the conversation.
func reviewKey(r bot.Review) []byte {
	if r.End.IsZero() {
		return []byte(r.Conversation)
	}
	return number(reviewPrefix(r.Conversation), uint64(r.End.UnixNano()))
}

// reviewPrefix begins the keys of a conversation's reviews; no id has a NUL byte.
func reviewPrefix(id bot.ConversationID) []byte { return append([]byte(id), 0) }

// eraseReviews removes the reviews of a conversation.
func (x *txn) eraseReviews(id bot.ConversationID) error {
	for _, key := range append(x.keys(tReviews, reviewPrefix(id)), []byte(id)) {
		if err := x.delete(tReviews, key); err != nil {
			return err
		}
	}
	return nil
}

// reviewSeedKey is in tMeta: what decides which conversations are reviewed.
const reviewSeedKey = "review_seed"

// ReviewSeed implements bot.ReviewStore.
func (s *Store) ReviewSeed(ctx context.Context, made string) (seed string, err error) {
	err = s.write(ctx, func(x *txn) error {
		if kept := x.get(tMeta, []byte(reviewSeedKey)); kept != nil {
			seed = string(kept)
			return nil
		}
		seed = made
		return x.put(tMeta, []byte(reviewSeedKey), []byte(made))
	})
	return seed, err
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
	key := reviewKey(r)
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
