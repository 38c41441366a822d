package mem

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/store"
)

// Articles implements kb.Store.
func (s *Store) Articles(ctx context.Context) ([]kb.Article, error) {
	return get(ctx, s, func() ([]kb.Article, error) {
		var all []kb.Article
		for _, id := range slices.Sorted(maps.Keys(s.articles)) {
			all = append(all, *s.article(id))
		}
		return all, nil
	})
}

// article is the newest revision, or nil.
func (s *Store) article(id kb.ArticleID) *kb.Article {
	revisions := s.articles[id]
	if len(revisions) == 0 {
		return nil
	}
	return &revisions[len(revisions)-1]
}

// Article implements kb.Store.
func (s *Store) Article(ctx context.Context, id kb.ArticleID) (kb.Article, error) {
	return get(ctx, s, func() (kb.Article, error) {
		a := s.article(id)
		if a == nil {
			return kb.Article{}, fmt.Errorf("article %s: %w", id, kb.ErrNotFound)
		}
		return *a, nil
	})
}

// SaveArticles implements kb.Store.
func (s *Store) SaveArticles(ctx context.Context, articles []kb.Article) ([]kb.Article, error) {
	return get(ctx, s, func() ([]kb.Article, error) {
		if err := store.CheckArticles(articles); err != nil {
			return nil, err
		}
		articles, err := clone(articles)
		if err != nil {
			return nil, err
		}
		changed := make([]bool, len(articles))
		for i, a := range articles {
			if articles[i], changed[i], err = store.Revise(s.article(a.ID), a); err != nil {
				return nil, err
			}
		}
		if slices.Contains(changed, true) {
			s.version++
		}
		var before, after []kb.Article
		for i, a := range articles {
			if !changed[i] {
				continue
			}
			var stored kb.Article
			if b := s.article(a.ID); b != nil {
				stored = *b
			}
			before, after = append(before, stored), append(after, a)
			s.articles[a.ID] = append(s.articles[a.ID], a)
		}
		s.hooks.add(s.hooks.wanted.Published(before, after))
		return articles, nil
	})
}

// Revisions implements kb.Store.
func (s *Store) Revisions(ctx context.Context, id kb.ArticleID) ([]kb.Article, error) {
	return get(ctx, s, func() ([]kb.Article, error) {
		revisions := slices.Clone(s.articles[id])
		if len(revisions) == 0 {
			return nil, fmt.Errorf("article %s: %w", id, kb.ErrNotFound)
		}
		slices.Reverse(revisions)
		return revisions, nil
	})
}

// Version implements kb.Store.
func (s *Store) Version(ctx context.Context) (uint64, error) {
	return get(ctx, s, func() (uint64, error) { return s.version, nil })
}

// Gaps implements kb.Store.
func (s *Store) Gaps(ctx context.Context, from, to time.Time) ([]kb.Gap, error) {
	return get(ctx, s, func() ([]kb.Gap, error) {
		var found []kb.Gap
		for _, g := range s.gaps {
			if between(g.At, from, to) {
				found = append(found, g)
			}
		}
		slices.SortFunc(found, func(a, b kb.Gap) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
		return found, nil
	})
}

// CloseGaps implements kb.Store.
func (s *Store) CloseGaps(ctx context.Context, ids []string, by kb.ArticleID) error {
	return s.do(ctx, func() error {
		for _, id := range ids {
			if g, ok := s.gaps[id]; ok {
				g.ClosedBy = by
				s.gaps[id] = g
			}
		}
		return nil
	})
}

func between(t, from, to time.Time) bool { return !t.Before(from) && t.Before(to) }

// MessagesBetween implements feedback.Source. It reads everything at its start.
func (s *Store) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return sequence(ctx, s, func() []bot.Message {
		var found []bot.Message
		for _, conv := range s.conversations {
			for _, m := range conv.messages {
				if between(m.At, from, to) {
					found = append(found, m)
				}
			}
		}
		slices.SortFunc(found, func(a, b bot.Message) int {
			return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Conversation, b.Conversation), cmp.Compare(a.Seq, b.Seq))
		})
		return found
	})
}

// Facts implements feedback.Source. It reads everything at its start.
func (s *Store) Facts(ctx context.Context, from, to time.Time) iter.Seq2[bot.Fact, error] {
	return sequence(ctx, s, func() []bot.Fact {
		var found []bot.Fact
		for _, f := range s.facts {
			if between(f.End, from, to) {
				found = append(found, f)
			}
		}
		slices.SortStableFunc(found, func(a, b bot.Fact) int { return a.End.Compare(b.End) })
		return found
	})
}

// ConversationsBetween implements feedback.Source. It reads everything at its start.
func (s *Store) ConversationsBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Conversation, error] {
	return sequence(ctx, s, func() []bot.Conversation {
		return s.list(func(c bot.Conversation) bool {
			return between(c.CreatedAt, from, to) || between(c.UpdatedAt, from, to)
		})
	})
}

// sequence yields copies of what f finds.
func sequence[T any](ctx context.Context, s *Store, f func() []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		found, err := get(ctx, s, func() ([]T, error) { return f(), nil })
		if err != nil {
			var zero T
			yield(zero, err)
			return
		}
		for _, v := range found {
			if !yield(v, nil) {
				return
			}
		}
	}
}

// ClaimRun implements feedback.Archive.
func (s *Store) ClaimRun(ctx context.Context, key string, now time.Time, stale time.Duration) error {
	if err := store.CheckID("key of a run", key); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if old, ok := s.runs[key]; ok && !store.Claimable(old, now, stale) {
			return fmt.Errorf("run %s: %w", key, feedback.ErrClaimed)
		}
		s.runs[key] = feedback.Run{Key: key, Claimed: now}
		return nil
	})
}

// FinishRun implements feedback.Archive; bot.ErrNotFound when the run was never claimed.
func (s *Store) FinishRun(ctx context.Context, key string, now time.Time, digest []byte) error {
	return s.do(ctx, func() error {
		r, ok := s.runs[key]
		if !ok {
			return fmt.Errorf("run %s: %w", key, bot.ErrNotFound)
		}
		r.Done, r.Digest = now, slices.Clone(digest)
		s.runs[key] = r
		s.hooks.add(s.hooks.wanted.Digest(key, now, digest))
		return nil
	})
}

// Runs implements feedback.Archive.
func (s *Store) Runs(ctx context.Context) ([]feedback.Run, error) {
	return get(ctx, s, func() ([]feedback.Run, error) {
		var all []feedback.Run
		for _, key := range slices.Backward(slices.Sorted(maps.Keys(s.runs))) {
			r := s.runs[key]
			r.Digest = nil
			all = append(all, r)
		}
		return all, nil
	})
}

// Run implements feedback.Archive.
func (s *Store) Run(ctx context.Context, key string) (feedback.Run, error) {
	return get(ctx, s, func() (feedback.Run, error) {
		r, ok := s.runs[key]
		if !ok {
			return feedback.Run{}, fmt.Errorf("run %s: %w", key, bot.ErrNotFound)
		}
		return r, nil
	})
}

// Wordbook implements kb.WordbookStore.
func (s *Store) Wordbook(ctx context.Context) (kb.Wordbook, error) {
	return get(ctx, s, func() (kb.Wordbook, error) { return s.wordbook, nil })
}

// SaveWordbook implements kb.WordbookStore.
func (s *Store) SaveWordbook(ctx context.Context, b kb.Wordbook) error {
	return s.do(ctx, func() error {
		next, err := store.ReviseWordbook(s.wordbook, b)
		if err != nil {
			return err
		}
		s.wordbook, err = clone(next)
		return err
	})
}
