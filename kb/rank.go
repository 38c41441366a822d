package kb

import (
	"cmp"
	"slices"
	"strings"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// weights of the second stage. They were chosen by held-out questions: docs/measured/kb.md says which and what each part buys.
type weights struct {
	overlap [len(wording.Kinds)]float64 // of words, Han pairs, Han characters, pieces of Latin words
	learned [2]float64                  // of the learned space, for questions without and with Han characters
	meaning float64                     // of the space of word vectors
	body    float64                     // of what the answer says
	foreign float64                     // factor for an article in the language that was not asked in
}

// wordKind is the place of words in wording.Kinds.
const wordKind = 0

func defaultWeights() weights {
	return weights{overlap: [...]float64{0.35, 0.2, 0.8, 1}, learned: [...]float64{0.7, 1.5}, meaning: 0.3, body: 0.6, foreign: 0.9}
}

// Constants of BM25 for the body (Robertson and Zaragoza 2009, the usual values).
const (
	bm25K = 1.2
	bm25B = 0.75
)

// question is a query as the second stage compares it.
type question struct {
	analyzed
	lang    nlp.Lang
	exclude string // a wording with this key is not looked at (leave-one-out)
	places
	han     bool
	known   float64                     // share of the question that the learned space knows, 0..1
	total   [len(wording.Kinds)]float64 // weights of all features by kind
	mark    map[uint32]bool             // the known features
	maybe   [16]uint64                  // a bit for each of them by the last ten bits of its number
	body    []weighed                   // what the body is searched for, sorted by id
	bodySum float64                     // most that the body can reach
	near    *nearTo                     // what each article says of it
	apart   float64                     // what the question loses against a wording that has none of its words, see wording.Apart
	words   int                         // features that are words
	swaps   map[uint32][]swap           // by the word of an article that stands in the place of one of its own
}

// swap is what a word of an article weighs in the place of one of the question's, which has the number of; −1: no article has it.
type swap struct {
	of     int64
	weight float32
}

type weighed struct {
	id     uint32
	weight float64
}

// ranked is an article after the second stage.
type ranked struct {
	entry    *entry
	first    float64
	score    float64
	likeness float64 // of the question and the best wording, 0..1
	phrase   int     // which wording matched best
	passage  int     // which passage of the body matches best
	parts    parts
	foreign  bool // found across the languages
}

// parts are what a score is made of, each 0..1.
type parts struct {
	overlap [len(wording.Kinds)]float64
	learned float64
	meaning float64
	body    float64
	near    float64
	exact   bool
	points  [numParts]float64 // what each part gives to the score
}

// The places of parts in points; those of overlaps come first.
const (
	partLearned = len(wording.Kinds) + iota
	partMeaning
	partBody
	partExact
	partAcross
	partApart
	partNear
	partCrowd
	partClauses
	numParts
)

func (c *catalog) question(a analyzed, lang nlp.Lang, exclude string) question {
	q := question{analyzed: a, lang: lang, exclude: exclude, places: c.places(a), mark: make(map[uint32]bool, len(a.features))}
	v := c.words
	known, all := 0.0, 0.0
	q.han = hasHan(a.key)
	for _, f := range a.features {
		q.apart += float64(v.one.Of(f))
		weight, of := 0.0, int64(-1)
		if id, ok := v.ids[f]; ok {
			of = int64(id)
			q.mark[id] = true
			q.maybe[id/64%16] |= 1 << (id % 64)
			weight = float64(v.weight[id])
		} else {
			weight = v.factorOf(f) * rarity(v.docs, 0)
		}
		q.total[kindOf(f)] += weight
		if f[0] == wording.Word {
			q.words++
			q.addSwaps(v, f, of)
		}
		if f[0] == wording.Word || f[0] == wording.Pair {
			all += weight
			if v.model != nil && v.model.Known(f) {
				known += weight
			}
		}
	}
	if all > 0 {
		q.known = known / all
	}
	for _, f := range bodyTerms(a.tokens) {
		q.addBody(v, f)
	}
	slices.SortFunc(q.body, func(a, b weighed) int { return int(a.id) - int(b.id) })
	q.near = c.nearness.near(a.tokens, guessLang(a.key))
	return q
}

// addSwaps notes the words of articles that weigh something in the place of a word of the question.
func (q *question) addSwaps(v *vocabulary, feature string, of int64) {
	for _, s := range v.one.Swaps(feature) {
		if id, ok := v.ids[string(wording.Word)+s.Word]; ok {
			if q.swaps == nil {
				q.swaps = map[uint32][]swap{}
			}
			q.swaps[id] = append(q.swaps[id], swap{of, s.Weight})
		}
	}
}

// swapped is what the words of a wording weigh that stand in the place of the question's; only are those that it has and the question
// has not, both how many words both have.
func (q *question) swapped(ph *phrase, only []uint32, both int) float64 {
	if (q.words-both)*len(only) > mostSwaps {
		return 0
	}
	sum := 0.0
	for _, id := range only {
		for _, s := range q.swaps[id] {
			if s.of < 0 || !slices.Contains(ph.features, uint32(s.of)) {
				sum += float64(s.weight)
			}
		}
	}
	return sum
}

// mostSwaps is up to how many pairs of words on one side only say something: of two texts that share little, all words do.
const mostSwaps = 60

// bodyTerms are the features by which a body is searched, each once: words that are not stop words, and Han pairs.
func bodyTerms(tokens []nlp.Token) []string {
	out := make([]string, 0, 2*len(tokens))
	for _, t := range tokens {
		if t.Term != "" && !t.Stop {
			out = append(out, string(wording.Word)+t.Term)
		}
	}
	for a, b := range wording.PairsOf(tokens) {
		out = append(out, string([]rune{wording.Pair, a, b}))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (q *question) addBody(v *vocabulary, feature string) {
	id, ok := v.ids[feature]
	if !ok {
		q.bodySum += v.factorOf(feature) * rarity(v.bodies, 0)
		return
	}
	q.bodySum += float64(v.bodyWeight[id])
	q.body = append(q.body, weighed{id, float64(v.bodyWeight[id])})
}

// wording compares the question with one wording.
func (c *catalog) wording(q *question, ph *phrase, w *weights) (float64, parts) {
	var p parts
	var both, total [len(wording.Kinds)]float64
	apart := q.apart
	var few [32]uint32
	only, same := few[:0], 0
	for _, id := range ph.features {
		weight, kind := float64(c.words.weight[id]), c.words.kind[id]
		total[kind] += weight
		if q.maybe[id/64%16]&(1<<(id%64)) != 0 && q.mark[id] { // most features are not, and the map is slow
			both[kind] += weight
			apart -= float64(c.words.apart[id])
			if kind == wordKind {
				same++
			}
		} else {
			apart += float64(c.words.apart[id])
			if kind == wordKind {
				only = append(only, id)
			}
		}
	}
	if q.swaps != nil {
		apart += q.swapped(ph, only, same)
	}
	score, of := 0.0, 0.0
	for k, share := range w.overlap {
		if sum := q.total[k] + total[k]; sum > 0 {
			p.overlap[k] = 2 * both[k] / sum
			p.points[k] = share * p.overlap[k]
			of += share
		}
	}
	if len(q.learned) > 0 {
		p.learned = cosine(q.learned, ph.learned)
		share := w.learned[0] * q.known * q.known
		if q.han {
			share = w.learned[1] * q.known * q.known
		}
		p.points[partLearned] = share * p.learned
		p.points[partCrowd] -= share * ph.crowd.learned
		of += share
	}
	if len(q.meaning) > 0 {
		p.meaning = cosine(q.meaning, ph.meaning)
		p.points[partMeaning] = w.meaning * p.meaning
		p.points[partCrowd] -= w.meaning * ph.crowd.meaning
		of += w.meaning
	}
	for k, x := range p.points {
		p.points[k] = x / max(of, 1e-9)
		score += p.points[k]
	}
	if score < 0 { // its crowd is all that it is near to
		p.points[partCrowd] -= score
		score = 0
	}
	if score > 0 {
		p.points[partApart] = max(leastScore, min(mostScore, score-apart)) - score
		score += p.points[partApart]
	}
	if p.exact = ph.key == q.key && q.key != ""; p.exact {
		score = 1
		p.points = [numParts]float64{partExact: 1}
	}
	return score, p
}

// said is how much of the question the body says, 0..1: BM25 by the most that it could be.
func (c *catalog) said(q *question, e *entry) float64 {
	if len(e.body) == 0 || q.bodySum == 0 {
		return 0
	}
	average := float64(c.words.bodyLength) / float64(c.words.bodies)
	norm := bm25K * (1 - bm25B + bm25B*float64(e.length)/average)
	sum := 0.0
	rest := q.body
	for id, n := range unpack(e.body) {
		for len(rest) > 0 && rest[0].id < id {
			rest = rest[1:]
		}
		if len(rest) == 0 {
			break
		}
		if rest[0].id == id {
			sum += rest[0].weight * float64(n) * (bm25K + 1) / (float64(n) + norm)
		}
	}
	return sum / (q.bodySum * (bm25K + 1))
}

// passage is the passage of the body that says most of the question.
func (c *catalog) passage(q *question, e *entry) int {
	best, most := 0, 0.0
	for i, set := range e.sets {
		sum := 0.0
		for id := range unpack(set) {
			if k, ok := slices.BinarySearchFunc(q.body, id, func(x weighed, id uint32) int { return cmp.Compare(x.id, id) }); ok {
				sum += q.body[k].weight
			}
		}
		if sum > most {
			best, most = i, sum
		}
	}
	return best
}

// rank scores one candidate.
func (c *catalog) rank(q *question, e *entry, first float64, w *weights) ranked {
	r := ranked{entry: e, first: first, phrase: -1}
	best := -1.0
	for i := range e.phrases {
		ph := &e.phrases[i]
		if q.exclude != "" && ph.key == q.exclude {
			continue
		}
		if score, p := c.wording(q, ph, w); score > best {
			best, r.phrase, r.parts = score, i, p
		}
	}
	r.parts.body = c.said(q, e)
	r.likeness = max(best, 0)
	r.parts.points[partBody] = w.body * r.parts.body
	r.parts.near = q.near.to(c.tok, e, q.exclude)
	r.parts.points[partNear] = r.parts.near
	r.score = r.likeness + r.parts.points[partBody] + r.parts.points[partNear]
	if q.lang.Base() != nlp.LangUnknown && e.article.Lang.Base() != q.lang.Base() {
		r.score *= w.foreign
	}
	return r
}

// Bounds of the score of a wording that has something in common with a question: words on one side only neither make it none
// nor word for word.
const leastScore, mostScore = 1e-3, 0.99

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
