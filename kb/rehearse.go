package kb

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"huiyin/nlp"
)

// Rehearsal is what an edit would change, found before it is made.
type Rehearsal struct {
	Asked   int            // real questions asked again
	Changed []Changed      // those of them that would be answered differently
	Golden  int            // golden questions asked
	Broken  []GoldenChange // golden questions that would no more reach their article, or, new ones, that do not reach it
	Weaker  []GoldenChange // those that would be offered where they were answered, or missed by a hair
	Better  []GoldenChange // those that would be reached better
}

// Safe reports whether no golden question breaks.
func (r Rehearsal) Safe() bool { return len(r.Broken) == 0 }

// rehearsedAround is how many of the articles nearest to each question take part in a rehearsal in a large base.
const rehearsedAround = 20

// Rehearse asks a judge golden questions, and the questions given, over the knowledge base as it is and as it would be with
// the edited articles in it; a judge that is nil is Alone. In a base of more than about a thousand articles only those near
// the questions take part. An article that is scheduled is rehearsed as of the instant from which it is shown.
func (s *Searcher) Rehearse(ctx context.Context, judge Judge, edited []Article, asked []Query) (Rehearsal, error) {
	stored, err := s.store.Articles(ctx)
	if err != nil {
		return Rehearsal{}, fmt.Errorf("kb: rehearse: %w", err)
	}
	merged := Merge(stored, edited)
	at := s.now()
	for _, a := range edited {
		if a.Status == Published && a.From.After(at) {
			at = a.From
		}
	}
	small, merged, err := s.narrow(ctx, stored, merged, edited, asked)
	if err != nil {
		return Rehearsal{}, err
	}
	r := rehearsing{judge.orAlone(), s.variant(small, s.tok, at), s.variant(merged, s.tok, at)}
	return r.all(ctx, Goldens(small), Goldens(merged), asked)
}

// RehearseWords is Rehearse for an edit of synonyms or words: tok is the tokenizer as it would be.
func (s *Searcher) RehearseWords(ctx context.Context, judge Judge, tok Tokenizer, asked []Query) (Rehearsal, error) {
	stored, err := s.store.Articles(ctx)
	if err != nil {
		return Rehearsal{}, fmt.Errorf("kb: rehearse: %w", err)
	}
	small, _, err := s.narrow(ctx, stored, stored, nil, asked)
	if err != nil {
		return Rehearsal{}, err
	}
	golden := Goldens(small)
	r := rehearsing{judge.orAlone(), s.variant(small, s.tok, s.now()), s.variant(small, tok, s.now())}
	return r.all(ctx, golden, golden, asked)
}

// Merge puts edited articles into the place of the stored ones of the same ID, ordered by ID.
func Merge(stored, edited []Article) []Article {
	at := make(map[ArticleID]int, len(stored))
	out := slices.Clone(stored)
	for i, a := range out {
		at[a.ID] = i
	}
	for _, a := range edited {
		if i, ok := at[a.ID]; ok {
			out[i] = a
			continue
		}
		out = append(out, a)
	}
	slices.SortFunc(out, func(a, b Article) int { return cmp.Compare(a.ID, b.ID) })
	return out
}

// narrow keeps, of a large base, the articles that can matter: the edited ones and those near the questions.
func (s *Searcher) narrow(ctx context.Context, stored, merged, edited []Article, asked []Query) (before, after []Article, err error) {
	if len(merged) <= smallBase || s.catalog.small() {
		return stored, merged, nil
	}
	roots := map[RootID]bool{}
	for _, a := range edited {
		roots[a.Root] = true
	}
	near := func(text string, lang nlp.Lang) error {
		if len(roots) >= smallBase/2 {
			return nil
		}
		list, err := s.find(ctx, analyze(s.tok, text, nil), lang, "")
		for _, r := range list[:min(rehearsedAround, len(list))] {
			roots[r.entry.article.Root] = true
		}
		return err
	}
	for _, a := range edited {
		texts := append([]string{a.Title}, a.Questions...)
		for _, line := range a.Golden {
			question, _ := ReadGolden(line)
			texts = append(texts, question)
		}
		for _, text := range texts {
			if err := near(text, a.Lang); err != nil {
				return nil, nil, err
			}
		}
	}
	for _, q := range asked {
		if err := near(q.Text, q.Lang); err != nil {
			return nil, nil, err
		}
	}
	keep := func(list []Article) []Article {
		return slices.DeleteFunc(slices.Clone(list), func(a Article) bool { return !roots[a.Root] })
	}
	return keep(stored), keep(merged), nil
}

// variant is a searcher over a few articles with everything else as in s. It has no index and needs no closing: without
// one, every article is looked at.
func (s *Searcher) variant(articles []Article, tok Tokenizer, at time.Time) *Searcher {
	v := NewSearcher(Config{Store: Fixed(articles), Tokenizer: tok, Models: s.catalog.models, Now: func() time.Time { return at }})
	v.weights = s.weights
	v.own.Store(s.decides())
	v.catalog.large = !s.catalog.small() // a part of a large base is to answer as the whole does
	v.remember(articles, 1)
	return v
}

// rehearsing compares what a judge finds over two searchers.
type rehearsing struct {
	judge         Judge
	before, after *Searcher
}

// all asks golden questions, of which some were there before, and real ones.
func (x rehearsing) all(ctx context.Context, had, has []Golden, asked []Query) (Rehearsal, error) {
	r := Rehearsal{Asked: len(asked), Golden: len(has)}
	known := make(map[Golden]bool, len(had))
	for _, g := range had {
		known[g] = true
	}
	changes, err := each(ctx, has, func(ctx context.Context, g Golden) (goldenChange, error) { return x.golden(ctx, g, known[g]) })
	if err != nil {
		return r, err
	}
	for _, change := range changes {
		r.note(change)
	}
	r.Changed, err = Replay(ctx, x.judge, x.before, x.after, asked)
	return r, err
}

// goldenChange is how the reach of a golden question changes, also where it does not.
type goldenChange struct {
	GoldenChange
	byHair bool // it is missed, but only just
}

// golden asks one golden question before and after.
func (x rehearsing) golden(ctx context.Context, g Golden, known bool) (change goldenChange, err error) {
	change.Golden, change.Before = g, ReachNew
	if change.After, change.Outcome, err = x.judge.reach(ctx, x.after, g); err != nil || !known {
		return change, err
	}
	if change.Before, _, err = x.judge.reach(ctx, x.before, g); err != nil {
		return change, err
	}
	if change.After == ReachMissed && change.Before != ReachMissed {
		change.byHair, err = x.byHair(ctx, g)
	}
	return change, err
}

// note puts a change to its kind.
func (r *Rehearsal) note(change goldenChange) {
	switch missed := change.After == ReachMissed && change.Before != ReachMissed; {
	case missed && !change.byHair:
		r.Broken = append(r.Broken, change.GoldenChange)
	case change.Before == ReachNew || change.After == change.Before:
	case change.After < change.Before:
		r.Weaker = append(r.Weaker, change.GoldenChange)
	default:
		r.Better = append(r.Better, change.GoldenChange)
	}
}

// hairsbreadth is the loss of confidence up to which a golden question that falls below the border is not broken: every
// edit moves the rarity of words a little, and with it what lies at the border.
const hairsbreadth = 0.05

// byHair reports whether a golden question's article is still among the first that a search finds, at nearly the confidence
// that there was.
func (x rehearsing) byHair(ctx context.Context, g Golden) (bool, error) {
	q := Query{Text: g.Question, Lang: g.Lang, Limit: offered}
	before, err := x.before.Search(ctx, q)
	if err != nil {
		return false, err
	}
	after, err := x.after.Search(ctx, q)
	if err != nil {
		return false, err
	}
	return hair(g, before, after), nil
}

// hair is what byHair promises, by what was found before and after. Where another article comes first now and is shown, that is
// no hair's breadth.
func hair(g Golden, before, after Answer) bool {
	if after.Decision == DecideAnswer && len(after.Hits) > 0 && len(before.Hits) > 0 && after.Hits[0].Root != before.Hits[0].Root {
		return false
	}
	near := slices.ContainsFunc(after.Hits[:min(offered, len(after.Hits))], func(h Hit) bool { return h.Root == g.Root })
	return near && len(before.Hits) > 0 && float64(before.Hits[0].Confidence-after.Hits[0].Confidence) <= hairsbreadth
}
