package store

import (
	"fmt"
	"time"

	"huiyin/feedback"
	"huiyin/kb"
)

// Revise is what is stored when an article is saved over the stored one (nil: there is none). Changed is false when both
// say the same; then the stored one stays. kb.ErrConflict when next was read from another revision.
func Revise(stored *kb.Article, next kb.Article) (after kb.Article, changed bool, err error) {
	if err := CheckID("id of an article", string(next.ID)); err != nil {
		return next, false, err
	}
	revision := 0
	if stored != nil {
		revision = stored.Revision
	}
	if next.Revision != revision {
		return next, false, fmt.Errorf("article %s: revision %d was read, %d is stored: %w", next.ID, next.Revision, revision, kb.ErrConflict)
	}
	if stored != nil && kb.Unchanged(*stored, next) {
		return *stored, false, nil
	}
	next.TextAt = next.UpdatedAt
	if stored != nil && kb.SameText(*stored, next) {
		next.TextAt = stored.TextAt
	}
	next.Revision++
	return next, true, nil
}

// ReviseWordbook is what is stored when a wordbook is saved over the stored one; kb.ErrConflict when it was read from another
// version.
func ReviseWordbook(stored, next kb.Wordbook) (kb.Wordbook, error) {
	if next.Version != stored.Version {
		return next, fmt.Errorf("words: version %d was read, %d is stored: %w", next.Version, stored.Version, kb.ErrConflict)
	}
	next.Version++
	return next, nil
}

// CheckArticles makes sure that no article comes twice.
func CheckArticles(articles []kb.Article) error {
	seen := map[kb.ArticleID]bool{}
	for _, a := range articles {
		if seen[a.ID] {
			return fmt.Errorf("%w: article %s twice in one write", ErrInvalid, a.ID)
		}
		seen[a.ID] = true
	}
	return nil
}

// Claimable reports whether a run may be claimed again: it was never finished, and its claim is older than stale.
func Claimable(r feedback.Run, now time.Time, stale time.Duration) bool {
	return r.Done.IsZero() && now.Sub(r.Claimed) > stale
}
