package topics

import (
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"huiyin/feedback"
	"huiyin/internal/guard"
	"huiyin/nlp"
)

// runs are many short slices in a row, without a header for each.
type runs[T any] struct {
	flat []T
	ends []uint32
}

func (r *runs[T]) add(run []T) {
	r.flat = append(r.flat, run...)
	r.ends = append(r.ends, uint32(len(r.flat)))
}

// of is the i-th run. It must not be written to.
func (r *runs[T]) of(i int) []T {
	from := uint32(0)
	if i > 0 {
		from = r.ends[i-1]
	}
	return r.flat[from:r.ends[i]:r.ends[i]]
}

// len is the number of runs.
func (r *runs[T]) len() int { return len(r.ends) }

// trait is what a message is, whatever it is about: the place of its kind in kindOf, and three marks.
type trait uint8

const (
	traitComplains trait = 1 << 3 // by its rating or mood
	traitHappy     trait = 1 << 4 // praise, even where it is about a problem
	traitInquires  trait = 1 << 5 // asks, and nothing is amiss
	traitKind      trait = 1<<3 - 1
)

// kindOf are the kinds of messages that do not complain.
func kindOf() [4]feedback.Kind {
	return [4]feedback.Kind{feedback.KindOther, feedback.KindRequest, feedback.KindQuestion, feedback.KindPraise}
}

// traitOf reads a message, given its folded text.
func traitOf(m *feedback.Manner, it feedback.Item, folded string) trait {
	kinds := kindOf()
	t := trait(max(0, slices.Index(kinds[:], m.Kind(it, folded))))
	if Complaint(it) {
		t |= traitComplains
	}
	if happy(it) {
		t |= traitHappy
	}
	if m.Inquires(it, folded) {
		t |= traitInquires
	}
	return t
}

// kind is what a message does, given whether it complains.
func (t trait) kind(complaint bool) feedback.Kind {
	if complaint {
		return feedback.KindComplaint
	}
	return kindOf()[t&traitKind]
}

// reading is what one message shows by itself.
type reading struct {
	tokens  []nlp.Token // those that may carry a theme
	week    int32
	trait   trait
	hits    []hit
	named   int16 // the topic that seeds and examples name
	aspects []judged
}

// kept is what a pile keeps of its messages.
type kept struct {
	corpus *corpus
	weeks  []int32
	traits []trait
}

func newKept() kept { return kept{corpus: newCorpus()} }

func (k *kept) add(r *reading) {
	k.corpus.add(r.tokens)
	k.weeks, k.traits = append(k.weeks, r.week), append(k.traits, r.trait)
}

// tokensOf are the tokens of an item's text, those of its analysis where it has them: all, and those that are neither
// personal data nor the name that a post is addressed to.
func tokensOf(tok Tokenizer, it feedback.Item) (all, open []nlp.Token) {
	text := nlp.Clean(it.Text)
	if a := it.Analysis; a != nil && a.Text == text && a.Tokens != nil {
		all = a.Tokens
	} else {
		all = tok.Tokenize(text)
	}
	pii := personal(it, text)
	open = make([]nlp.Token, 0, len(all))
	for _, t := range all {
		addressed := t.Start > 0 && text[t.Start-1] == '@' // whom a post is addressed to is no theme
		if !addressed && !slices.ContainsFunc(pii, func(p nlp.PII) bool { return p.Start < t.End && t.Start < p.End }) {
			open = append(open, t)
		}
	}
	return all, open
}

// telling are the tokens that may carry a theme. They take the place of the others.
func telling(tokens []nlp.Token) []nlp.Token {
	return slices.DeleteFunc(tokens, func(t nlp.Token) bool { return meaningless(t.Term) })
}

// spread divides the numbers below n among the processors. When the work panics, spread does, so that whoever called can recover.
func spread(n int, work func(from, to int)) {
	workers := min(runtime.GOMAXPROCS(0), n/512+1)
	var g errgroup.Group
	for w := range workers {
		g.Go(guard.Func(func() error {
			work(w*n/workers, (w+1)*n/workers)
			return nil
		}))
	}
	if err := g.Wait(); err != nil {
		panic(err)
	}
}
