package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"huiyin/kb"
	"huiyin/store"
)

// Articles implements kb.Store.
func (s *Store) Articles(ctx context.Context) ([]kb.Article, error) {
	return list[kb.Article](ctx, s, tArticles, nil)
}

// Article implements kb.Store.
func (s *Store) Article(ctx context.Context, id kb.ArticleID) (kb.Article, error) {
	return one[kb.Article](ctx, s, tArticles, []byte(id), "article "+string(id), kb.ErrNotFound)
}

// SaveArticles implements kb.Store.
func (s *Store) SaveArticles(ctx context.Context, articles []kb.Article) ([]kb.Article, error) {
	if err := store.CheckArticles(articles); err != nil {
		return nil, err
	}
	var saved []kb.Article
	news := false
	err := s.write(ctx, func(x *txn) error {
		saved = make([]kb.Article, len(articles))
		var changed, replaced []kb.Article
		for i, a := range articles {
			stored, found, err := record[kb.Article](x, tArticles, []byte(a.ID))
			if err != nil {
				return err
			}
			before := &stored
			if !found {
				before = nil
			}
			after, new, err := store.Revise(before, a)
			if err != nil {
				return err
			}
			if saved[i] = after; new {
				changed, replaced = append(changed, after), append(replaced, stored)
			}
		}
		events := s.hooks.kinds().Published(replaced, changed)
		news = len(events) > 0
		return errors.Join(x.saveArticles(changed), x.addEvents(events))
	})
	s.hooks.tell(err == nil && news)
	if err != nil {
		return nil, err
	}
	return saved, nil
}

func (x *txn) saveArticles(changed []kb.Article) error {
	if len(changed) == 0 {
		return nil
	}
	for _, a := range changed {
		if err := errors.Join(x.save(tArticles, []byte(a.ID), a), x.save(tRevisions, revisionKey(a.ID, a.Revision), a)); err != nil {
			return err
		}
	}
	return x.put(tMeta, []byte("articles"), number(nil, x.articlesVersion()+1))
}

func (x *txn) articlesVersion() uint64 {
	b := x.get(tMeta, []byte("articles"))
	if len(b) != 8 {
		return 0
	}
	return binary.BigEndian.Uint64(b)
}

// Revisions implements kb.Store.
func (s *Store) Revisions(ctx context.Context, id kb.ArticleID) ([]kb.Article, error) {
	var all []kb.Article
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.backward(tRevisions, name(nil, id)) {
			var a kb.Article
			if err := decode(v, &a); err != nil {
				return err
			}
			all = append(all, a)
		}
		if len(all) == 0 {
			return fmt.Errorf("article %s: %w", id, kb.ErrNotFound)
		}
		return nil
	})
	return all, err
}

// Version implements kb.Store.
func (s *Store) Version(ctx context.Context) (uint64, error) {
	var version uint64
	err := s.view(ctx, func(x *txn) error {
		version = x.articlesVersion()
		return nil
	})
	return version, err
}

// Gaps implements kb.Store.
func (s *Store) Gaps(ctx context.Context, from, to time.Time) ([]kb.Gap, error) {
	var all []kb.Gap
	for g, err := range between(ctx, s, tGaps, from, to, decodeGap, func(g kb.Gap) time.Time { return g.At }) {
		if err != nil {
			return nil, err
		}
		all = append(all, g)
	}
	return all, nil
}

func decodeGap(_ *txn, _, v []byte) (kb.Gap, error) {
	var g kb.Gap
	err := decode(v, &g)
	return g, err
}

// CloseGaps implements kb.Store.
func (s *Store) CloseGaps(ctx context.Context, ids []string, by kb.ArticleID) error {
	return s.write(ctx, func(x *txn) error {
		for _, id := range ids {
			key := x.get(tGapIDs, []byte(id))
			if key == nil {
				continue
			}
			g, _, err := record[kb.Gap](x, tGaps, key)
			if err != nil {
				return err
			}
			if g.ClosedBy = by; g.ID != "" {
				err = x.save(tGaps, gapKey(g), g)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// wordbookKey is in tMeta: what editors teach the searches.
const wordbookKey = "wordbook"

// Wordbook implements kb.WordbookStore.
func (s *Store) Wordbook(ctx context.Context) (kb.Wordbook, error) {
	var b kb.Wordbook
	err := s.view(ctx, func(x *txn) (err error) {
		b, _, err = record[kb.Wordbook](x, tMeta, []byte(wordbookKey))
		return err
	})
	return b, err
}

// SaveWordbook implements kb.WordbookStore.
func (s *Store) SaveWordbook(ctx context.Context, b kb.Wordbook) error {
	return s.write(ctx, func(x *txn) error {
		stored, _, err := record[kb.Wordbook](x, tMeta, []byte(wordbookKey))
		if err != nil {
			return err
		}
		next, err := store.ReviseWordbook(stored, b)
		if err != nil {
			return err
		}
		return x.save(tMeta, []byte(wordbookKey), next)
	})
}
