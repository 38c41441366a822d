package feedback

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

const (
	quotesShown = 3
	// quoteLeast and quoteMost are the lengths, in runes, between which a quote says something and is still read.
	quoteLeast, quoteMost = 8, 160
	// quotesKept is how many candidates are compared with each other: the most typical ones.
	quotesKept = 200
	// quoteAlike is the share of pairs of characters from which on two quotes say the same.
	quoteAlike = 0.4
)

// Quotes picks messages that stand for all of them and differ from each other, personal data masked.
func Quotes(items []Item) []Quote {
	q := newQuotable(Words{})
	for _, it := range items {
		q.add(it)
	}
	return q.pick()
}

// quotable is what may be quoted of a topic: the most typical messages so far.
type quotable struct {
	words []string // of the topic
	best  []candidate
	least float64 // what fits less is not among the best
	seen  int
}

// candidate is a message that may be quoted.
type candidate struct {
	item   Item
	folded string
	fit    float64 // how many of the topic's words it has, and how unhappy it is
	order  int
}

func newQuotable(words Words) *quotable {
	return &quotable{words: append(slices.Clone(words.ZH), words.EN...), least: math.Inf(-1)}
}

// add considers a message. What does not fit among the most typical is forgotten from time to time.
func (q *quotable) add(it Item) {
	q.seen++
	if len(it.Text) > 4*quoteMost || len(it.Text) < quoteLeast {
		return
	}
	folded := nlp.Fold(it.Text)
	if n := utf8.RuneCountInString(folded); n < quoteLeast || n > quoteMost {
		return
	}
	c := candidate{it, folded, 0, q.seen}
	for _, w := range q.words {
		if strings.Contains(folded, w) {
			c.fit++
		}
	}
	if a := it.Analysis; a != nil {
		c.fit -= a.Sentiment.Score
	}
	if c.fit < q.least {
		return
	}
	if q.best = append(q.best, c); len(q.best) == 2*quotesKept {
		q.order()
	}
}

// order sorts the candidates, the most typical first, earlier ones first among equals, and forgets the least typical.
func (q *quotable) order() {
	slices.SortFunc(q.best, func(a, b candidate) int { return cmp.Or(cmp.Compare(b.fit, a.fit), a.order-b.order) })
	if len(q.best) > quotesKept {
		clear(q.best[quotesKept:])
		q.best = q.best[:quotesKept]
		q.least = q.best[quotesKept-1].fit
	}
}

// pick chooses quotes that are typical and different from each other, each by another customer.
func (q *quotable) pick() []Quote {
	q.order()
	var out []Quote
	var taken []Item
	var pairs []map[string]bool
	for _, c := range q.best {
		if len(out) == quotesShown {
			break
		}
		own := grams(c.folded)
		alike := false
		for i, o := range taken {
			alike = alike || o.Contact != "" && o.Contact == c.item.Contact || overlap(pairs[i], own) > quoteAlike
		}
		if alike {
			continue
		}
		it := c.item
		taken, pairs = append(taken, it), append(pairs, own)
		out = append(out, quoteOf(it))
	}
	return out
}

// quoteOf is a message as it may be shown.
func quoteOf(it Item) Quote {
	return Quote{Text: nlp.MaskIn(it.Text, it.Analysis), Lang: it.Lang, ID: it.ID, Conversation: it.Conversation, Channel: it.Channel, At: it.At}
}

// grams are the pairs of neighbouring runes of a text.
func grams(s string) map[string]bool {
	runes := []rune(s)
	set := make(map[string]bool, len(runes))
	for i := 0; i+1 < len(runes); i++ {
		set[string(runes[i:i+2])] = true
	}
	return set
}

// overlap is the share of the smaller set that the other has too.
func overlap(a, b map[string]bool) float64 {
	if len(a) > len(b) {
		a, b = b, a
	}
	n := 0
	for g := range a {
		if b[g] {
			n++
		}
	}
	return float64(n) / float64(max(1, len(a)))
}
