package kb

import (
	"context"
	"fmt"

	"huiyin/nlp"
)

// Read returns the live article of a root as a Hit to show: in the language if it exists in it, else in the other one
// with OtherLang set. Its Confidence is 1, because it was asked for by name. ErrNotFound when there is none.
func (s *Searcher) Read(ctx context.Context, root RootID, lang nlp.Lang) (Hit, error) {
	if err := ctx.Err(); err != nil {
		return Hit{}, fmt.Errorf("kb: read: %w", err)
	}
	s.catalog.mu.RLock()
	defer s.catalog.mu.RUnlock()
	now := s.now()
	var best *entry
	for _, id := range s.catalog.roots[root] {
		e := s.catalog.entries[id]
		if !e.article.Live(now) {
			continue
		}
		if best == nil || e.article.Lang.Base() == lang.Base() {
			best = e
		}
	}
	if best == nil {
		return Hit{}, fmt.Errorf("article %q: %w", root, ErrNotFound)
	}
	return hit(ranked{entry: best}, 1, lang), nil
}
