package kb

import (
	"context"
	"errors"
	"fmt"
)

// Open reads the articles and verifies the index. When the index cannot be used it is rebuilt in the background, and in
// a base of more than a thousand articles questions are meanwhile matched word for word with titles and questions alone;
// Ready tells when that is over.
func (s *Searcher) Open(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	version, articles, err := s.read(ctx)
	if err != nil {
		return fmt.Errorf("kb: open: %w", err)
	}
	s.note(articles, version)
	s.background, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	err = s.openIndex(ctx, articles)
	if err == nil {
		close(s.ready)
		s.recalibrate()
		return nil
	}
	if !errors.Is(err, ErrStale) {
		return fmt.Errorf("kb: open: %w", err)
	}
	if len(articles) <= smallBase {
		s.catalog.put(articles) // takes a moment, and every question is answered as it will be with the index
	} else {
		s.catalog.putKeys(articles)
	}
	s.startRebuild(s.background, err, s.ready)
	return nil
}

// openIndex opens what is on disk and adds what has changed since; ErrStale when there is nothing to open, or when too
// much has changed.
func (s *Searcher) openIndex(ctx context.Context, articles []Article) error {
	snapshot, err := s.index.Open(ctx)
	if err != nil {
		return err
	}
	next := s.catalog.sibling()
	changed, gone, err := next.readSnapshot(snapshot, articles)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrStale, err)
	}
	if n := len(changed) + len(gone); n > max(maxDelta, len(articles)/10) {
		return fmt.Errorf("%w: %d articles changed", ErrStale, n)
	}
	if len(changed)+len(gone) > 0 {
		docs, _ := next.put(changed)
		if err := s.index.Update(ctx, docs, gone); err != nil {
			return err
		}
	}
	s.catalog.adopt(next)
	s.delta = len(changed) + len(gone)
	s.indexReady.Store(true)
	return nil
}

// read is the store's articles, and the version that they have at least.
func (s *Searcher) read(ctx context.Context) (version uint64, articles []Article, err error) {
	if version, err = s.store.Version(ctx); err != nil {
		return 0, nil, err
	}
	articles, err = s.store.Articles(ctx)
	return version, articles, err
}

// note remembers the revisions of articles, and the version of the store that they show.
func (s *Searcher) note(articles []Article, version uint64) {
	for _, a := range articles {
		s.known[a.ID] = a.Revision
	}
	s.version = version
}

// remember puts articles into the catalog and notes them; for a searcher that has no index.
func (s *Searcher) remember(articles []Article, version uint64) {
	s.catalog.put(articles)
	s.note(articles, version)
}

// startRebuild fills the index in the background and then closes done, which may be nil. While one rebuild runs no
// second is started. The caller holds s.refresh.
func (s *Searcher) startRebuild(ctx context.Context, reason error, done chan struct{}) {
	if s.rebuilding {
		return
	}
	s.rebuilding = true
	s.log.Info("kb: rebuilding the index", "reason", reason)
	s.work.Go(func() {
		if done != nil {
			defer close(done)
		}
		if err := s.rebuild(ctx); err != nil && ctx.Err() == nil { // the next start goes on where this one ends
			s.log.Error("kb: the index could not be rebuilt; only titles and questions are matched", "error", err)
		}
	})
}

// rebuild makes index and catalog anew from the store, and once more when words have changed while it ran: part of the
// articles may have been analysed before.
func (s *Searcher) rebuild(ctx context.Context) error {
	for {
		again, err := s.rebuildOnce(ctx)
		if !again {
			return err
		}
		s.log.Info("kb: rebuilding the index", "reason", "words changed while it was built", "error", err)
	}
}

// rebuildOnce makes index and catalog anew. What is saved while it runs is added at its end. again: Reload was called
// meanwhile, and s.rebuilding stays.
func (s *Searcher) rebuildOnce(ctx context.Context) (again bool, err error) {
	_, articles, err := s.read(ctx)
	var next *catalog
	if err == nil {
		next, err = s.build(ctx, articles)
	}
	s.refresh.Lock()
	defer s.refresh.Unlock()
	again = s.reload && ctx.Err() == nil
	s.reload, s.rebuilding, s.delta = false, again, 0
	if err != nil {
		return again, err
	}
	built := make(map[ArticleID]int, len(articles))
	for _, a := range articles {
		built[a.ID] = a.Revision
	}
	version, now, err := s.read(ctx)
	if err != nil {
		return again, err
	}
	docs, gone := next.put(differing(now, built))
	if err := s.index.Update(ctx, docs, gone); err != nil {
		return again, err
	}
	s.note(now, version)
	s.catalog.adopt(next)
	s.indexReady.Store(true)
	s.recalibrate()
	return again, nil
}

// build analyses articles once, for both stages, and puts the index in the place of what there was.
func (s *Searcher) build(ctx context.Context, articles []Article) (*catalog, error) {
	next := s.catalog.sibling()
	live := make([]*Article, 0, len(articles))
	for i := range articles {
		if articles[i].Status == Published {
			live = append(live, &articles[i])
		}
	}
	err := s.index.Replace(ctx, func(yield func(Doc) bool) {
		for part := range next.analyzeAll(live) {
			next.merge(part)
			for _, d := range part.docs {
				if !yield(d) {
					return
				}
			}
		}
	}, next.writeSnapshot)
	next.finish()
	return next, err
}

// differing are the articles of another revision than the known ones.
func differing(articles []Article, known map[ArticleID]int) []Article {
	var out []Article
	for _, a := range articles {
		if revision, ok := known[a.ID]; !ok || revision != a.Revision {
			out = append(out, a)
		}
	}
	return out
}

// Ready is closed when the index has been opened or rebuilt, or when rebuilding failed.
func (s *Searcher) Ready() <-chan struct{} { return s.ready }

// Refresh makes changes of the store visible to searches. Call it after SaveArticles.
func (s *Searcher) Refresh(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	version, err := s.store.Version(ctx)
	if err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	if version == s.version {
		return nil
	}
	articles, err := s.store.Articles(ctx)
	if err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	changed := differing(articles, s.known)
	docs, gone := s.catalog.put(changed)
	s.note(changed, version)
	if !s.indexReady.Load() {
		return nil // the rebuild adds what changed when it ends
	}
	if err := s.index.Update(ctx, docs, gone); err != nil {
		return fmt.Errorf("kb: refresh: %w", err)
	}
	s.recalibrate()
	if s.delta += len(changed); s.delta > max(maxDelta, len(s.known)/10) {
		s.startRebuild(s.background, errors.New("many articles changed"), nil)
	}
	return nil
}

// Reload analyses all articles anew, after synonyms or words of the tokenizer have changed. Searches go on meanwhile with
// what there was. While a rebuild runs in the background Reload does not wait: that rebuild is followed by another one, with
// the words of now.
func (s *Searcher) Reload(ctx context.Context) error {
	s.refresh.Lock()
	defer s.refresh.Unlock()
	if s.rebuilding {
		s.reload = true
		return nil
	}
	version, articles, err := s.read(ctx)
	if err != nil {
		return fmt.Errorf("kb: reload: %w", err)
	}
	next, err := s.build(ctx, articles)
	if err != nil {
		return fmt.Errorf("kb: reload: %w", err)
	}
	s.note(articles, version)
	s.catalog.adopt(next)
	s.delta = 0
	s.indexReady.Store(true)
	s.recalibrate()
	return nil
}

// damaged puts an index that failed out of use and has it rebuilt.
func (s *Searcher) damaged(reason error) {
	s.indexReady.Store(false)
	s.refresh.Lock()
	defer s.refresh.Unlock()
	s.startRebuild(s.background, reason, nil)
}

// Close ends background work and closes the index.
func (s *Searcher) Close() error {
	if s.stop != nil {
		s.stop()
	}
	s.work.Wait()
	if err := s.index.Close(); err != nil {
		return fmt.Errorf("kb: close: %w", err)
	}
	return nil
}
