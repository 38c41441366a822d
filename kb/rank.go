package kb

import (
	"slices"
	"strings"

	"huiyin/nlp"
)

// question is a query as the second stage compares it.
type question struct {
	analyzed
	wordIDs, gramIDs []uint32
	wordIDF, gramIDF float64 // sums over distinct ids
	lang             nlp.Lang
	exclude          string // a phrase with this key is not looked at (leave-one-out)
}

// ranked is an article after the second stage.
type ranked struct {
	entry   *entry
	first   float64
	score   float64
	phrase  int // which wording matched best
	passage int // which passage of the body matches best
	parts   map[string]float64
}

func (c *catalog) question(a analyzed, lang nlp.Lang) question {
	q := question{analyzed: a, lang: lang, wordIDs: c.words.lookup(a.words), gramIDs: c.words.lookup(a.grams)}
	q.wordIDF, q.gramIDF = c.weigh(q.wordIDs), c.weigh(q.gramIDs)
	return q
}

// weigh is the summed rarity of the distinct ids.
func (c *catalog) weigh(ids []uint32) float64 {
	sum := 0.0
	for i, id := range ids {
		if !slices.Contains(ids[:i], id) {
			sum += c.words.idf(id)
		}
	}
	return sum
}

// overlap is the rarity-weighted Dice coefficient of two id lists, 0..1.
func (c *catalog) overlap(a []uint32, sumA float64, b []uint32) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	both := 0.0
	for i, id := range a {
		if slices.Contains(b, id) && !slices.Contains(a[:i], id) {
			both += c.words.idf(id)
		}
	}
	if both == 0 {
		return 0
	}
	return 2 * both / (sumA + c.weigh(b))
}

// covered is the share of the question's rarity that a sorted id list holds, 0..1.
func (c *catalog) covered(q question, sorted []uint32) float64 {
	total := q.wordIDF
	if total == 0 {
		return 0
	}
	have := 0.0
	for i, id := range q.wordIDs {
		if slices.Contains(q.wordIDs[:i], id) {
			continue
		}
		if _, ok := slices.BinarySearch(sorted, id); ok {
			have += c.words.idf(id)
		}
	}
	return have / total
}

// Weights of the second stage.
const (
	weightWords = 0.55
	weightGrams = 0.45
	weightBody  = 0.25
	otherLang   = 0.9 // factor for an article in the language that was not asked in
)

// rank scores one candidate.
func (c *catalog) rank(q question, e *entry, first float64) ranked {
	r := ranked{entry: e, first: first}
	best := -1.0
	for i, ph := range e.phrases {
		if q.exclude != "" && ph.key == q.exclude {
			continue
		}
		words := c.overlap(q.wordIDs, q.wordIDF, ph.words)
		score := words
		if len(q.gramIDs) > 0 {
			score = weightWords*words + weightGrams*c.overlap(q.gramIDs, q.gramIDF, ph.grams)
		}
		if ph.key == q.key {
			score = 1
		}
		if score > best {
			best, r.phrase = score, i
		}
	}
	body := 0.0
	for i, ids := range e.bodies {
		if s := c.covered(q, ids); s > body {
			body = s
			if i < len(e.passages) {
				r.passage = i
			}
		}
	}
	r.score = max(best, 0) + weightBody*body*(1-max(best, 0))
	if q.lang.Base() != nlp.LangUnknown && e.article.Lang.Base() != q.lang.Base() {
		r.score *= otherLang
	}
	r.parts = map[string]float64{"wording": max(best, 0), "body": body}
	return r
}

// sortRanked puts the best first, ties by id so that answers are stable.
func sortRanked(list []ranked) {
	slices.SortFunc(list, func(a, b ranked) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		}
		return strings.Compare(string(a.entry.article.ID), string(b.entry.article.ID))
	})
}
