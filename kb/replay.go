package kb

import (
	"context"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"huiyin/internal/guard"
	"huiyin/nlp"
)

// Changed is a question that a changed knowledge base answers differently.
type Changed struct {
	Question      string
	Before, After Outcome
	Kind          ChangeKind
}

// ChangeKind is what a change means for the customer.
type ChangeKind string

// The kinds of changes.
const (
	ChangeGained  ChangeKind = "gained"  // an answer where there was none, a certain one where the bot asked back, or one in the customer's language at last
	ChangeLost    ChangeKind = "lost"    // the other way round
	ChangeArticle ChangeKind = "article" // another article comes first, or another intent
	ChangeText    ChangeKind = "text"    // the same article says something else
)

// Replay asks a judge questions over two searchers, before and after an edit, and returns those whose outcome differs, in
// the order of the questions. Both must be open. A judge that is nil is Alone.
func Replay(ctx context.Context, judge Judge, before, after *Searcher, questions []Query) ([]Changed, error) {
	judge = judge.orAlone()
	all, err := each(ctx, questions, func(ctx context.Context, q Query) (Changed, error) {
		if q.Lang == "" {
			q.Lang = guessLang(q.Text)
		}
		b, err := judge(ctx, before, q)
		if err != nil {
			return Changed{}, err
		}
		a, err := judge(ctx, after, q)
		return Changed{Question: q.Text, Before: b, After: a, Kind: compareOutcomes(q.Lang, b, a)}, err
	})
	if err != nil {
		return nil, fmt.Errorf("kb: replay: %w", err)
	}
	return slices.DeleteFunc(all, func(c Changed) bool { return c.Kind == "" }), nil
}

// each asks something of every element, on all cores, and returns the answers in the order of the elements. It stops at an error.
func each[T, A any](ctx context.Context, list []T, ask func(context.Context, T) (A, error)) ([]A, error) {
	out := make([]A, len(list))
	work, ctx := errgroup.WithContext(ctx)
	work.SetLimit(runtime.GOMAXPROCS(0))
	for i := range list {
		work.Go(guard.Func(func() (err error) {
			if err = ctx.Err(); err == nil {
				out[i], err = ask(ctx, list[i])
			}
			return err
		}))
	}
	return out, work.Wait()
}

// compareOutcomes is how an outcome changed for a customer of a language; empty: not in a way that she sees.
func compareOutcomes(lang nlp.Lang, before, after Outcome) ChangeKind {
	rank := map[Decision]int{DecideNothing: 0, DecideClarify: 1, DecideAnswer: 2}
	switch b, a := rank[before.Decision], rank[after.Decision]; {
	case a > b:
		return ChangeGained
	case a < b:
		return ChangeLost
	case a == 0:
		return ""
	case before.first() != after.first():
		return ChangeArticle
	case before.speaks(lang) != after.speaks(lang):
		if after.speaks(lang) {
			return ChangeGained
		}
		return ChangeLost
	case before.Text != after.Text:
		return ChangeText
	}
	return ""
}
