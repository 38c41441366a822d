package store

import (
	"cmp"
	"fmt"
	"slices"

	"huiyin/bot"
)

// CheckReview makes sure that a review can be stored.
func CheckReview(r bot.Review) error {
	for what, id := range map[string]string{"conversation of the review": string(r.Conversation), "agent of the review": string(r.Agent), "reviewer": string(r.By)} {
		if err := CheckID(what, id); err != nil {
			return err
		}
	}
	if r.Agent == r.By {
		return fmt.Errorf("%w: %s reviews herself", ErrInvalid, r.By)
	}
	for id, score := range r.Scores {
		if score < 0 || score > bot.MostScore {
			return fmt.Errorf("%w: a score of %d for %q", ErrInvalid, score, id)
		}
	}
	return nil
}

// SortReviews puts the newest first.
func SortReviews(all []bot.Review) {
	slices.SortFunc(all, func(a, b bot.Review) int {
		return cmp.Or(b.At.Compare(a.At), cmp.Compare(a.Conversation, b.Conversation))
	})
}
