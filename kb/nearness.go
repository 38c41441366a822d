package kb

import (
	"maps"
	"math"
	"slices"
	"strings"
	"sync"

	"huiyin/nlp"
)

// nearness tells how much of what a question says an article says in words that mean nearly the same, wherever it says it: in its
// title, questions, summary or body. Each word of the question is compared with every word of the article, and the nearest counts
// (late interaction; Khattab and Zaharia 2020, "ColBERT", with word vectors instead of contextual ones), by how few other articles
// come as near. It is kept for bases of up to smallBase articles.
type nearness struct {
	*meaning
	ids   map[string]int32 // number of a word, by its term
	terms []string         // and back
	rows  [][]int8         // its vector, of length 1
	sides map[nlp.Lang]*nearSide
}

// nearSide are the articles of one language.
type nearSide struct {
	at     map[ArticleID]int
	asked  [][]int32 // words of the title and the questions of each
	all    [][]int32 // of these and of what it answers
	words  []int32   // all of them
	usual  []float64 // how near a word usually comes to each: long articles are near to anything
	mu     sync.Mutex
	memory map[string]gained // by word of a question; see gain
}

// gained is what a word of a question gives to each article, and what it weighs.
type gained struct {
	gain   []float32
	weight float64
}

// nearWords are the words of an article that mean something, each once.
type nearWords struct{ asked, all []nlp.Token }

// Constants of nearness. The first three were chosen with the sample shop's golden questions and StackFAQ: docs/measured/kb.md.
const (
	nearAsked = 0.20 // weight of the words by which an article is asked for
	nearAll   = 0.40 // weight of all its words
	nearUsual = 0.50 // share of what is usual that does not count
	nearLeast = 0.35 // cosine below which words have nothing in common
	// usualWords is how many words of the articles tell what is usual; remembered how many words of questions are remembered.
	usualWords, remembered = 64, 512
	// nearMost is how many words of a question are compared: a long message must not cost seconds.
	nearMost = 64
	// leastWeight keeps a question of hardly a word that weighs anything from being said whole by an article.
	leastWeight = 0.5
)

// nearWordsOf cuts an article; a wording with the key to leave out is not looked at.
func nearWordsOf(tok Tokenizer, a *Article, leave string) *nearWords {
	var b strings.Builder
	for text := range wordings(a) {
		if leave == "" || normalForm(text) != leave {
			b.WriteString(text + "\n")
		}
	}
	asked := b.String()
	return &nearWords{
		asked: contentWords(tok.Tokenize(asked)),
		all:   contentWords(tok.Tokenize(asked + a.Summary + "\n" + PlainText(a.Body))),
	}
}

// small reports whether nearness is kept.
func (c *catalog) small() bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.nearness != nil
}

// nearAgain makes the table of a small base anew, and forgets that of a larger one. The caller holds the lock.
func (c *catalog) nearAgain() {
	if c.meaning == nil || c.large || len(c.entries) > smallBase {
		if c.nearness != nil { // it has grown
			c.nearness = nil
			for _, e := range c.entries {
				e.stand(crowd{})
			}
		}
		return
	}
	c.crowdAgain()
	n := &nearness{meaning: c.meaning, ids: map[string]int32{}, sides: map[nlp.Lang]*nearSide{}}
	if old := c.nearness; old != nil { // most words are known already; searches may still read the old table
		n.ids, n.terms, n.rows = maps.Clone(old.ids), slices.Clip(old.terms), slices.Clip(old.rows)
	}
	for _, e := range c.sorted() {
		if e.near == nil {
			e.near = nearWordsOf(c.tok, e.article, "")
		}
		lang := e.article.Lang.Base()
		s := n.sides[lang]
		if s == nil {
			s = &nearSide{at: map[ArticleID]int{}, memory: map[string]gained{}}
			n.sides[lang] = s
		}
		s.at[e.article.ID] = len(s.all)
		s.asked, s.all = append(s.asked, n.numbers(e.near.asked)), append(s.all, n.numbers(e.near.all))
	}
	for _, s := range n.sides {
		n.findUsual(s)
	}
	c.nearness = n
}

// numbers are the words that have a vector, as rows.
func (n *nearness) numbers(words []nlp.Token) []int32 {
	out := make([]int32, 0, len(words))
	for _, w := range words {
		id, ok := n.ids[w.Term]
		if !ok {
			row, _ := n.vectorOf(w.Text)
			if row == nil {
				continue
			}
			id = int32(len(n.rows))
			n.ids[w.Term], n.terms, n.rows = id, append(n.terms, w.Term), append(n.rows, row)
		}
		out = append(out, id)
	}
	return out
}

// vectorOf is the vector of a word by what it is made of, and how much it weighs; nil and 1 for one that no vector is known of.
func (n *nearness) vectorOf(word string) (row []int8, weight float64) {
	parts := n.parts(word)
	if len(parts) == 0 {
		return nil, 1
	}
	sum, one := make([]float32, n.words.Dim()), make([]float32, n.words.Dim())
	for _, i := range parts {
		n.words.Row(int(i), one)
		for k, x := range one {
			sum[k] += x - n.mean[k]
		}
		weight += n.weight(int(i))
	}
	return quantize(normalize(sum), make([]int8, len(sum))), weight / float64(len(parts))
}

// findUsual asks some words of the articles, at even distances, how near each article is to them.
func (n *nearness) findUsual(s *nearSide) {
	for _, words := range s.all {
		s.words = append(s.words, words...)
	}
	slices.Sort(s.words)
	s.words = slices.Compact(s.words)
	s.usual = make([]float64, len(s.all))
	order := slices.SortedFunc(slices.Values(s.words), func(a, b int32) int { return strings.Compare(n.terms[a], n.terms[b]) }) // numbers depend on past edits
	step := max(1, (len(order)+usualWords-1)/usualWords)
	asked := 0
	for i := 0; i < len(order); i += step {
		near := n.cosines(s, n.rows[order[i]])
		near[order[i]] = 0 // an article that has the very word is no measure
		for k, words := range s.all {
			s.usual[k] += nearest32(near, words)
		}
		asked++
	}
	for k := range s.usual {
		s.usual[k] /= float64(max(1, asked))
	}
}

// cosines compares a vector with those of a side's words.
func (n *nearness) cosines(s *nearSide, row []int8) []float32 {
	out := make([]float32, len(n.rows))
	for _, w := range s.words {
		out[w] = float32(cosine(row, n.rows[w]))
	}
	return out
}

// nearest32 is the highest of some words' cosines, at least 0.
func nearest32(cosines []float32, words []int32) float64 {
	best := float32(0)
	for _, w := range words {
		best = max(best, cosines[w])
	}
	return float64(best)
}

// nearTo is how much each article of a language says of a question.
type nearTo struct {
	*nearness
	*nearSide
	words []nlp.Token
	gains []float32 // by place in the side
}

// near compares a question with all articles in a language; nil where nothing is kept.
func (n *nearness) near(tokens []nlp.Token, lang nlp.Lang) *nearTo {
	if n == nil || n.sides[lang] == nil {
		return nil
	}
	words := contentWords(tokens)
	to := &nearTo{n, n.sides[lang], words[:min(len(words), nearMost)], nil}
	to.gains = make([]float32, len(to.all))
	of := 0.0
	for _, w := range to.words {
		gain, weight := n.gain(to.nearSide, w)
		of += weight
		for k, x := range gain {
			to.gains[k] += x
		}
	}
	for k := range to.gains {
		to.gains[k] /= float32(max(leastWeight, of))
	}
	return to
}

// to is what an article says of the question; a wording with the key to leave out does not count.
func (q *nearTo) to(tok Tokenizer, e *entry, leave string) float64 {
	if q == nil {
		return 0
	}
	k, ok := q.at[e.article.ID]
	switch {
	case !ok:
		return 0
	case leave == "" || !slices.ContainsFunc(e.phrases, func(ph phrase) bool { return ph.key == leave }):
		return float64(q.gains[k])
	}
	words := nearWordsOf(tok, e.article, leave)
	s := &nearSide{asked: slices.Clone(q.asked), all: slices.Clone(q.all), usual: q.usual}
	s.asked[k], s.all[k] = q.known(words.asked), q.known(words.all)
	sum, of := 0.0, 0.0
	for _, w := range q.words {
		near, weight := q.compare(q.nearSide, w)
		of += weight
		if near != nil {
			sum += float64(s.gainsOf(near, weight)[k])
		}
	}
	return sum / max(leastWeight, of)
}

// known are the numbers of words of articles.
func (n *nearness) known(words []nlp.Token) []int32 {
	var out []int32
	for _, w := range words {
		if id, ok := n.ids[w.Term]; ok {
			out = append(out, id)
		}
	}
	return out
}

// compare is the cosine of a word of a question with every word of a side, nil where no vector is known of it, and what it weighs.
func (n *nearness) compare(s *nearSide, w nlp.Token) (near []float32, weight float64) {
	row, weight := n.vectorOf(w.Text)
	if row == nil {
		return nil, weight
	}
	id, same := n.ids[w.Term]
	if same { // as the articles write it
		row = n.rows[id]
	}
	near = n.cosines(s, row)
	if same {
		near[id] = 1
	}
	return near, weight
}

// gain is what a word of a question gives to each article, and what it weighs. Customers' words repeat themselves, so most are
// remembered.
func (n *nearness) gain(s *nearSide, w nlp.Token) (gain []float32, weight float64) {
	s.mu.Lock()
	known, ok := s.memory[w.Text]
	s.mu.Unlock()
	if ok {
		return known.gain, known.weight
	}
	near, weight := n.compare(s, w)
	if near != nil {
		gain = s.gainsOf(near, weight)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.memory) >= remembered {
		clear(s.memory)
	}
	s.memory[w.Text] = gained{gain, weight}
	return gain, weight
}

// gainsOf is what a word with these cosines gives to each article.
func (s *nearSide) gainsOf(near []float32, weight float64) []float32 {
	out := make([]float32, len(s.all))
	add := func(words [][]int32, of float64, usual func(k int) float64) {
		best := make([]float64, len(words))
		for k := range words {
			best[k] = nearest32(near, words[k])
		}
		order := slices.Sorted(slices.Values(best))
		for k, b := range best {
			if b > nearLeast {
				out[k] += float32(of * weight * max(0, b-usual(k)) * rareness(order, b))
			}
		}
	}
	add(s.asked, nearAsked, func(int) float64 { return 0 })
	add(s.all, nearAll, func(k int) float64 { return nearUsual * s.usual[k] })
	return out
}

// rareness is 1 when one article alone comes as near as x, 0 when all do; order are those of all, the least first.
func rareness(order []float64, x float64) float64 {
	if len(order) < 2 {
		return 0
	}
	below, _ := slices.BinarySearch(order, x)
	n := float64(len(order))
	return -math.Log((n-float64(below))/n) / math.Log(n)
}
