package feedback

import (
	"cmp"
	"math"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

const (
	quotesShown = 3
	// quoteLeast and quoteMost are the lengths, in runes, between which a quote says something and is still read.
	quoteLeast, quoteMost = 8, 160
	// quotesKept is how many candidates are compared with each other: the most typical ones.
	quotesKept = 200
	// quoteAlike is the share of pairs of characters from which on two quotes say the same, wordsAlike that of words (of Chinese:
	// characters).
	quoteAlike, wordsAlike = 0.4, 0.6
	// quoteLong is how many bytes of a message are looked at for something to quote.
	quoteLong = 6000
	// wordsCounted is how many of a topic's words make a message typical; more of them make it long.
	wordsCounted = 3
	// quoteFree is how many words (of Chinese: characters) a quote may have before its length counts against it.
	quoteFree = 60
	// languageWorth is by how much less typical a quote may be that is the only one in its language.
	languageWorth = 1.5
	// praised is how happy a message may be and still be quoted of a complaint, unless it blames something, too.
	praised = 0.3
)

// Quotes picks messages that stand for all of them and differ from each other, personal data masked.
func Quotes(items []Item) []Quote {
	q := newQuotable(Words{})
	for _, it := range items {
		q.add(it, Assignment{})
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
func (q *quotable) add(it Item, a Assignment) {
	q.seen++
	if len(it.Text) > quoteLong || len(it.Text) < quoteLeast {
		return
	}
	folded := nlp.Fold(it.Text)
	if utf8.RuneCountInString(folded) < quoteLeast {
		return
	}
	c := candidate{it, folded, 0, q.seen}
	c.fit = float64(min(wordsCounted, q.hits(folded)))
	blames := blamed(a)
	if blames {
		c.fit++
	}
	if x := it.Analysis; x != nil {
		if x.Sentiment.Score > praised && !blames {
			return
		}
		c.fit -= x.Sentiment.Score
	}
	switch n := wordCount(folded); {
	case utf8.RuneCountInString(folded) > quoteMost:
		c.fit -= wordsCounted
	case n > quoteFree:
		c.fit -= float64(n-quoteFree) / quoteFree
	}
	if c.fit < q.least {
		return
	}
	if q.best = append(q.best, c); len(q.best) == 2*quotesKept {
		q.order()
	}
}

// hits is how many of the topic's words a folded text has.
func (q *quotable) hits(folded string) int { return bits.OnesCount64(q.wordsIn(folded)) }

// blamed reports whether a message says something bad of what its topic is about.
func blamed(a Assignment) bool {
	return slices.ContainsFunc(a.Aspects, func(x Aspect) bool { return x.Group == a.Group && x.Polarity == nlp.Negative })
}

// hasWord reports whether a folded text has a word: a Chinese one anywhere, another as a whole.
func hasWord(folded, word string) bool {
	for at := 0; word != ""; {
		i := strings.Index(folded[at:], word)
		if i < 0 {
			return false
		}
		from, to := at+i, at+i+len(word)
		if word[0] >= utf8.RuneSelf || bordered(folded[:from]) && (to == len(folded) || !lettered(folded[to:])) {
			return true
		}
		at = to
	}
	return false
}

// lettered reports whether a text begins with a letter or digit that goes on a word before it.
func lettered(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return !unicode.Is(unicode.Han, r) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// units are the different words of a text; of Chinese, its characters.
func units(s string) map[string]bool {
	set := map[string]bool{}
	eachWord(s, func(w string) { set[w] = true })
	return set
}

// wordCount is how many words a text has; of Chinese, how many characters.
func wordCount(s string) (n int) {
	eachWord(s, func(string) { n++ })
	return n
}

func eachWord(s string, do func(string)) {
	from := -1 // where a word began
	for i, r := range s {
		han := unicode.Is(unicode.Han, r)
		if !han && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			if from < 0 {
				from = i
			}
			continue
		}
		if from >= 0 {
			do(s[from:i])
			from = -1
		}
		if han {
			do(s[i : i+utf8.RuneLen(r)])
		}
	}
	if from >= 0 {
		do(s[from:])
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
	var p picked
	for _, c := range q.best {
		if len(p.quotes) == quotesShown {
			break
		}
		if len(p.quotes) == quotesShown-1 && q.otherLanguage(&p, c.fit) {
			break
		}
		p.take(c, q)
	}
	return p.quotes
}

// otherLanguage takes the best quote in a language in which none was taken yet, if there is one that is nearly as typical as the next.
func (q *quotable) otherLanguage(p *picked, next float64) bool {
	for _, c := range q.best {
		if c.fit < next-languageWorth {
			break
		}
		heard := slices.ContainsFunc(p.items, func(it Item) bool { return it.Lang.Base() == c.item.Lang.Base() })
		if !heard && p.take(c, q) {
			return true
		}
	}
	return false
}

// picked are quotes that differ from each other.
type picked struct {
	quotes       []Quote
	items        []Item
	pairs, words []map[string]bool
}

// take adds the quote of a candidate unless it is too long, says the same as another, or is of a customer who was quoted already.
func (p *picked) take(c candidate, of *quotable) bool {
	if slices.ContainsFunc(p.items, func(o Item) bool { return o.Contact != "" && o.Contact == c.item.Contact }) {
		return false
	}
	quote := of.quoteOf(c)
	folded := nlp.Fold(quote.Text)
	if utf8.RuneCountInString(folded) > quoteMost+len("… …") {
		return false
	}
	own, words := grams(folded), units(folded)
	for i := range p.items {
		if overlap(p.pairs[i], own) > quoteAlike || overlap(p.words[i], words) > wordsAlike {
			return false
		}
	}
	p.quotes, p.items, p.pairs, p.words = append(p.quotes, quote), append(p.items, c.item), append(p.pairs, own), append(p.words, words)
	return true
}

// quoteOf is what is quoted of a candidate: all of it, or of a long one the sentences in a row that have most of the topic's words.
func (q *quotable) quoteOf(c candidate) Quote {
	quote := quoteOf(c.item)
	if utf8.RuneCountInString(c.folded) > quoteMost {
		quote.Text = q.excerpt(quote.Text)
	}
	return quote
}

// excerpt is the part of a long text that is quoted; what is left out shows as an ellipsis.
func (q *quotable) excerpt(text string) string {
	parts := sentences(text)
	has, long := make([]uint64, len(parts)), make([]int, len(parts)) // which of the topic's words, and how many characters
	for i, part := range parts {
		has[i], long[i] = q.wordsIn(nlp.Fold(part)), utf8.RuneCountInString(part)
	}
	from, to, best := 0, 0, math.MinInt
	for i := range parts {
		words, runes, size := uint64(0), 0, 0
		for j := i; j < len(parts); j++ {
			if runes += long[j]; j > i && runes > quoteMost {
				break
			}
			words, size = words|has[j], size+len(parts[j])
			if n := quoteLong*bits.OnesCount64(words) - size; n > best { // the shortest of those that say most
				from, to, best = i, j+1, n
			}
		}
	}
	runes := 0
	for _, n := range long[from:to] {
		runes += n
	}
	for to < len(parts) && runes+long[to] <= quoteMost {
		runes, to = runes+long[to], to+1
	}
	out := strings.TrimSpace(strings.Join(parts[from:to], ""))
	if from > 0 {
		out = "… " + out
	}
	if to < len(parts) {
		out += " …"
	}
	return out
}

// wordsIn are the places of the topic's words that a folded text has, as bits.
func (q *quotable) wordsIn(folded string) (at uint64) {
	for i, w := range q.words[:min(len(q.words), 64)] {
		if hasWord(folded, w) {
			at |= 1 << i
		}
	}
	return at
}

// sentences cuts a text after the marks that end sentences.
func sentences(text string) []string {
	var parts []string
	from := 0
	for end := 0; end < len(text); {
		r, size := utf8.DecodeRuneInString(text[end:])
		end += size
		ends := strings.ContainsRune("。！？!?；;\n", r) || r == '.' && end < len(text) && text[end] == ' '
		if ends && strings.TrimFunc(text[from:end], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) != "" {
			parts, from = append(parts, text[from:end]), end
		}
	}
	if strings.TrimSpace(text[from:]) != "" {
		parts = append(parts, text[from:])
	}
	return parts
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
