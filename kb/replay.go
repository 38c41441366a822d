package kb

import (
	"context"
	"fmt"
)

// Changed is a question that a changed knowledge base answers differently.
type Changed struct {
	Question      string
	Before, After Answer
	Kind          ChangeKind
}

// ChangeKind is what a change means for the customer.
type ChangeKind string

// The kinds of changes.
const (
	ChangeGained  ChangeKind = "gained"  // an answer where there was none, or a certain one where the bot asked back
	ChangeLost    ChangeKind = "lost"    // the other way round
	ChangeArticle ChangeKind = "article" // another article comes first
	ChangeText    ChangeKind = "text"    // the same article says something else
)

// Replay asks questions of two searchers, before and after an edit, and returns those whose outcome differs, in the
// order of the questions. Both must be open.
func Replay(ctx context.Context, before, after *Searcher, questions []Query) ([]Changed, error) {
	var out []Changed
	for _, q := range questions {
		if q.Lang == "" {
			q.Lang = guessLang(q.Text)
		}
		b, err := before.Search(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("kb: replay: %w", err)
		}
		a, err := after.Search(ctx, q)
		if err != nil {
			return nil, fmt.Errorf("kb: replay: %w", err)
		}
		if kind := compareAnswers(b, a); kind != "" {
			out = append(out, Changed{Question: q.Text, Before: b, After: a, Kind: kind})
		}
	}
	return out, nil
}

// compareAnswers is how an outcome changed; empty: not in a way that a customer sees.
func compareAnswers(before, after Answer) ChangeKind {
	rank := map[Decision]int{DecideNothing: 0, DecideClarify: 1, DecideAnswer: 2}
	switch b, a := rank[before.Decision], rank[after.Decision]; {
	case a > b:
		return ChangeGained
	case a < b:
		return ChangeLost
	case a == 0:
		return ""
	}
	x, y := before.Hits[0], after.Hits[0]
	switch {
	case x.Root != y.Root:
		return ChangeArticle
	case x.Text != y.Text:
		return ChangeText
	}
	return ""
}
