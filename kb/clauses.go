package kb

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// A customer's message often tells a story around its question: "My Boom fell off the balcony, the socket is bent. What would you ask
// to put it right?" As one text it is far from every wording. So each clause is compared as well, finds its own best wording, and the
// score of an article is the mean of what the whole and what the clauses say. docs/measured/kb.md says what that buys, and how the
// weight was chosen.
const (
	// clausesShare is the share of the clauses together in the score; the rest is the whole question's.
	clausesShare = 0.5
	// leastClause is how many words make a clause that is compared by itself.
	leastClause = 2
	// mostClauses is how many parts of a question are compared: a long message must not cost seconds. Clauses of a longer one are put
	// together.
	mostClauses = 8
)

// clause is a part of a question that is compared by itself.
type clause struct {
	question
	weight float64 // by how much it tells; those of a question add up to 1
}

// clauses are the parts of a question between its punctuation; none where there is only one. The caller holds the lock.
func (c *catalog) clauses(a analyzed, lang nlp.Lang, exclude string) []clause {
	parts := c.partsOf(a)
	if len(parts) < 2 {
		return nil
	}
	out := make([]clause, 0, len(parts))
	sum := 0.0
	for _, p := range parts {
		weight := c.tellsOf(p.tokens)
		out = append(out, clause{c.question(p, lang, exclude), weight})
		sum += weight
	}
	for i := range out {
		out[i].weight /= sum
	}
	return out
}

// partsOf cuts a question at its punctuation, and leaves out what says nothing.
func (c *catalog) partsOf(a analyzed) []analyzed {
	words := slices.DeleteFunc(slices.Clone(a.tokens), func(t nlp.Token) bool { return t.Start >= t.End || t.End > len(a.text) }) // concepts stand nowhere
	var begins []int
	for i, t := range words {
		if i == 0 || t.Start >= words[i-1].End && parted(a.text, words[i-1].End, t.Start) {
			begins = append(begins, i)
		}
	}
	if len(begins) < 2 {
		return nil
	}
	step := (len(begins) + mostClauses - 1) / mostClauses
	var out []analyzed
	for i := 0; i < len(begins); i += step {
		end := len(words)
		if i+step < len(begins) {
			end = begins[i+step]
		}
		part := words[begins[i]:end]
		if len(part) < leastClause || c.tellsOf(part) == 0 {
			continue
		}
		p := analyze(c.tok, a.text[part[0].Start:part[len(part)-1].End], part)
		p.key = c.asAsked(p.key)
		out = append(out, p)
	}
	return out
}

// parted reports whether a clause ends between two words, the first of which ends and the second of which begins at these places:
// not in 10:30 and 1,200.
func parted(text string, end, start int) bool {
	between := text[end:start]
	if !strings.ContainsAny(between, ".?!;:,\n。？！；：，、…") {
		return false
	}
	before, _ := utf8.DecodeLastRuneInString(text[:end])
	after, _ := utf8.DecodeRuneInString(text[start:])
	return len(between) != 1 || unicode.Is(unicode.Han, before) || unicode.Is(unicode.Han, after) || between == "\n"
}

// tellsOf is how much words tell, by how rare they are.
func (c *catalog) tellsOf(tokens []nlp.Token) float64 {
	sum := 0.0
	for _, t := range contentWords(tokens) {
		sum += c.meaning.tells(t.Text)
	}
	return sum
}

// byClauses adds to what the whole question says of an article what its clauses say.
func (c *catalog) byClauses(r ranked, clauses []clause, w *weights) ranked {
	if len(clauses) == 0 || r.parts.exact {
		return r
	}
	sum := 0.0
	for i := range clauses {
		sum += clauses[i].weight * c.rank(&clauses[i].question, r.entry, 0, w).score
	}
	for k, x := range r.parts.points {
		r.parts.points[k] = (1 - clausesShare) * x
	}
	r.parts.points[partClauses] = clausesShare * sum
	r.score = (1-clausesShare)*r.score + clausesShare*sum
	return r
}
