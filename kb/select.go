package kb

import (
	"cmp"
	"slices"

	"huiyin/kb/wording"
)

// Most postings that the first stage reads for one question, in titles and in bodies. A posting takes some nanoseconds; the
// words left out are the ones that most articles have, which hardly move an article in or out of the candidates.
const (
	questionPostings = 30_000
	bodyPostings     = 20_000
	// leastTerms are searched for whatever they cost.
	leastTerms = 3
	// bodyWeight is what a term counts in the body, in the first stage.
	bodyWeight = 0.4
)

// terms are what the first stage searches for: the rarest terms of a question within the budget of postings.
func (c *catalog) terms(a analyzed) []Term {
	c.mu.RLock()
	defer c.mu.RUnlock()
	type counted struct {
		term           Term
		question, body uint32
	}
	var list []counted
	for _, text := range a.indexTerms(nil, map[string]bool{}) {
		x := counted{term: Term{Text: text}}
		for _, kind := range []byte{wording.Word, wording.Pair} {
			if id, ok := c.words.ids[string(kind)+text]; ok {
				x.question = max(x.question, c.words.df[id])
				x.body = max(x.body, c.words.bodyDF[id])
			}
		}
		list = append(list, x)
	}
	spend := func(budget int, weight float64, count func(counted) uint32, set func(*Term, float64)) {
		slices.SortStableFunc(list, func(a, b counted) int { return cmp.Compare(count(a), count(b)) })
		for i := range list {
			n := count(list[i])
			if n == 0 {
				continue
			}
			if budget -= int(n); budget < 0 && i >= leastTerms {
				return
			}
			set(&list[i].term, weight)
		}
	}
	spend(questionPostings, 1, func(x counted) uint32 { return x.question }, func(t *Term, w float64) { t.Question = w })
	spend(bodyPostings, bodyWeight, func(x counted) uint32 { return x.body }, func(t *Term, w float64) { t.Body = w })
	out := make([]Term, 0, len(list))
	for _, x := range list {
		if x.term.Question > 0 || x.term.Body > 0 {
			out = append(out, x.term)
		}
	}
	return out
}
