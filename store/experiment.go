package store

import (
	"cmp"
	"maps"
	"slices"

	"huiyin/bot"
)

// SortExperiments puts the newest first.
func SortExperiments(all []bot.Experiment) {
	slices.SortFunc(all, func(a, b bot.Experiment) int {
		return cmp.Or(b.Created.Compare(a.Created), cmp.Compare(a.ID, b.ID))
	})
}

// KeepArms keeps the arms that a person has seen when she is written anew, or becomes one with another one: what is known of
// her stays, and what is known of the other one is added.
func KeepArms(into *bot.Contact, known bot.Contact) {
	if len(known.Arms) == 0 {
		return
	}
	arms := maps.Clone(known.Arms)
	maps.Copy(arms, into.Arms)
	into.Arms = arms
}
