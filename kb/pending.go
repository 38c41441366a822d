package kb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// A published article is edited beside what customers get: the change is pending in Article.Pending, as a draft, in review,
// or published from an instant on, and replaces the article when it is published. Each save of it is a revision of the
// article, so that nobody overwrites a colleague; what customers get has not changed in it.

// Working is what editors work on: the pending change when there is one, else the article itself.
func (a Article) Working() Article {
	if a.Pending == nil {
		return a
	}
	next := carry(a, *a.Pending)
	next.AgreedAt = a.Pending.AgreedAt
	return next.alone()
}

// alone is an article with nothing pending.
func (a Article) alone() Article {
	a.Pending = nil
	return a
}

// Proposed is an article with a change pending beside it.
func (a Article) Proposed(change Article) Article {
	change = change.alone()
	change.Revision, change.TextAt = 0, time.Time{}
	a.Pending = &change
	return a
}

// samePending reports whether the same change is pending.
func samePending(a, b *Article) bool {
	if a == nil || b == nil {
		return a == b
	}
	return Unchanged(*a, *b)
}

// Propose saves a change of a published article beside what customers get. As Draft or Review it stays there until it is
// published by Save; as Published it must be from a later instant on, is rehearsed as of then, and PublishDue puts it in
// its place. Errors are those of Save; ErrInvalid also when the article is not published.
func (p *Publisher) Propose(ctx context.Context, change Article, s Signed) (Article, Rehearsal, error) {
	change = Normalize(change)
	if err := Validate(change); err != nil {
		return change, Rehearsal{}, fmt.Errorf("%w: %s: %w", ErrInvalid, change.ID, err)
	}
	stored, err := p.cfg.Store.Article(ctx, change.ID)
	switch {
	case err != nil:
		return change, Rehearsal{}, err
	case stored.Status != Published:
		return change, Rehearsal{}, fmt.Errorf("%w: %s: it is not published, and has nothing beside it", ErrInvalid, change.ID)
	case change.Status == Published && !change.From.After(p.cfg.Now()):
		return change, Rehearsal{}, fmt.Errorf("%w: %s: a change that is to be shown at once is published, not put beside it", ErrInvalid, change.ID)
	}
	edited := []Article{change}
	p.sign(edited, s)
	var r Rehearsal
	if change.Status == Published {
		if r, err = p.clear(ctx, edited, s); err != nil {
			return change, r, err
		}
	}
	next := stored.Proposed(edited[0])
	next.Revision, next.UpdatedAt, next.UpdatedBy, next.Note, next.Batch, next.Forced = change.Revision, edited[0].UpdatedAt, s.By, edited[0].Note, "", false
	saved, err := p.store(ctx, []Article{next})
	if err != nil {
		return change, r, err
	}
	return saved[0], r, nil
}

// Discard drops the change that is pending beside an article; revision is the one that was read. ErrConflict when somebody
// has saved another since.
func (p *Publisher) Discard(ctx context.Context, id ArticleID, revision int, s Signed) (Article, error) {
	stored, err := p.cfg.Store.Article(ctx, id)
	if err != nil {
		return stored, err
	}
	edited := []Article{stored.alone()}
	edited[0].Revision = revision
	p.sign(edited, s)
	saved, err := p.store(ctx, edited)
	if err != nil {
		return stored, err
	}
	return saved[0], nil
}

// PublishDue puts scheduled changes whose instant has come in the place of what customers get, and returns the articles.
// It costs little when there are none; the program calls it every minute.
func (p *Publisher) PublishDue(ctx context.Context) ([]Article, error) {
	if err := p.cfg.Searcher.Refresh(ctx); err != nil {
		return nil, err
	}
	now := p.cfg.Now()
	edited := p.cfg.Searcher.due(now)
	for i := range edited {
		edited[i].UpdatedAt = now.UTC()
	}
	if len(edited) == 0 {
		return nil, nil
	}
	return p.store(ctx, edited)
}

// due are the articles as their scheduled changes make them at an instant, ordered by ID.
func (s *Searcher) due(at time.Time) []Article {
	c := s.catalog
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []Article
	for _, e := range c.entries {
		if next := e.article.Pending; next != nil && next.Status == Published && !at.Before(next.From) {
			out = append(out, e.article.Working())
		}
	}
	slices.SortFunc(out, func(a, b Article) int { return cmp.Compare(a.ID, b.ID) })
	return out
}
