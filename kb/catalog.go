package kb

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// catalog holds every published article with what the second stage compares: derived data, in memory. Changes take its
// lock for writing, a ranking for reading.
type catalog struct {
	tok     Tokenizer
	models  Models
	meaning *meaning // nil: no word vectors

	mu      sync.RWMutex
	words   *vocabulary
	entries map[ArticleID]*entry
	roots   map[RootID][]ArticleID
	keys    map[string][]ArticleID // normal form of titles and questions → articles
	alone   map[nlp.Lang][]*entry  // see settle
	units   units
	unitDF  []uint32 // wordings that have the word, by index into units.rows
}

// entry is one published article, analysed.
type entry struct {
	article  Article
	phrases  []phrase // the title, then the questions
	passages []Passage
	sets     [][]uint32 // sorted features of each passage
	body     []counted  // features of the whole body, sorted by id
	length   int        // features of the body, repeated ones included
}

// phrase is one wording by which an article can be asked for.
type phrase struct {
	key      string
	features []uint32
	words    []meant
	places
}

// places are where a text lies: vectors of length 1 in steps of 1/127.
type places struct {
	learned []int8 // by wording.Model
	meaning []int8 // by the vectors of its words
}

// counted is a feature and how often it occurs.
type counted struct {
	id uint32
	n  uint16
}

func newCatalog(tok Tokenizer, m Models) *catalog {
	return &catalog{tok: tok, models: m, meaning: newMeaning(m.Vectors), words: &vocabulary{model: m.Wording, ids: map[string]uint32{}},
		entries: map[ArticleID]*entry{}, roots: map[RootID][]ArticleID{}, keys: map[string][]ArticleID{},
		units: units{at: map[int32]int32{}}}
}

// prepared is the part of an entry that needs no lock to make.
type prepared struct {
	article  Article
	phrases  []analyzed
	places   []places
	passages []Passage
	bodies   [][]nlp.Token // of the passages, then of the summary
}

func (c *catalog) prepare(a Article) prepared {
	p := prepared{article: a, passages: Passages(a.Body)}
	for _, text := range append([]string{a.Title}, a.Questions...) {
		x := analyze(c.tok, text, nil)
		p.phrases, p.places = append(p.phrases, x), append(p.places, c.places(x))
	}
	for _, passage := range p.passages {
		p.bodies = append(p.bodies, c.tok.Tokenize(passage.Plain))
	}
	if a.Summary != "" {
		p.bodies = append(p.bodies, c.tok.Tokenize(PlainText(a.Summary)))
	}
	return p
}

func (c *catalog) places(a analyzed) places {
	var v places
	if c.models.Wording != nil {
		v.learned = quantize(c.models.Wording.Vector(a.features))
	}
	if c.meaning != nil {
		v.meaning = quantize(c.meaning.vector(a.tokens))
	}
	return v
}

func quantize(v []float32) []int8 {
	out := make([]int8, len(v))
	for i, x := range v {
		out[i] = int8(max(-127, min(127, x*127)))
	}
	return out
}

// cosine of two quantised vectors of length 1.
func cosine(a, b []int8) float64 {
	if len(a) != len(b) {
		return 0
	}
	sum := int32(0)
	for i, x := range a {
		sum += int32(x) * int32(b[i])
	}
	return float64(sum) / (127 * 127)
}

// prepareAll prepares the published ones on all processors.
func (c *catalog) prepareAll(articles []Article) []prepared {
	live := slices.DeleteFunc(slices.Clone(articles), func(a Article) bool { return a.Status != Published })
	ready := make([]prepared, len(live))
	var next atomic.Int64
	var work sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(live)) {
		work.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(live)); i = next.Add(1) - 1 {
				ready[i] = c.prepare(live[i])
			}
		})
	}
	work.Wait()
	return ready
}

// put makes the catalog hold the newest form of these articles; those that are not published leave it.
func (c *catalog) put(articles []Article) {
	ready := c.prepareAll(articles)
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range articles {
		c.remove(a.ID)
	}
	for _, p := range ready {
		c.add(p)
	}
	c.words.update()
	c.settle()
}

func (c *catalog) add(p prepared) {
	e := &entry{article: p.article, passages: p.passages}
	for i, a := range p.phrases {
		ph := phrase{key: a.key, places: p.places[i], features: make([]uint32, len(a.features))}
		for k, f := range a.features {
			ph.features[k] = c.words.id(f)
		}
		if c.meaning != nil {
			ph.words = c.meantWords(a.tokens, c.words.id, c.unit)
		}
		e.phrases = append(e.phrases, ph)
	}
	counts := map[uint32]uint16{}
	for i, a := range p.bodies {
		set := c.bodyFeatures(a, counts)
		if i < len(p.passages) {
			e.sets = append(e.sets, set)
		}
	}
	for id, n := range counts {
		e.body = append(e.body, counted{id, n})
		e.length += int(n)
	}
	slices.SortFunc(e.body, func(a, b counted) int { return int(a.id) - int(b.id) })
	c.count(e, 1)
	c.entries[e.article.ID] = e
	c.roots[e.article.Root] = append(c.roots[e.article.Root], e.article.ID)
	for _, ph := range e.phrases {
		if !slices.Contains(c.keys[ph.key], e.article.ID) {
			c.keys[ph.key] = append(c.keys[ph.key], e.article.ID)
		}
	}
}

// unit numbers a row of the word vectors.
func (c *catalog) unit(row int32) int32 {
	i, ok := c.units.at[row]
	if !ok {
		i = int32(len(c.units.rows))
		c.units.at[row] = i
		c.units.rows = append(c.units.rows, c.meaning.unit(int(row)))
		c.unitDF = append(c.unitDF, 0)
	}
	return i
}

// bodyFeatures numbers the words and Han pairs of a passage, adds them to counts, and returns them sorted.
func (c *catalog) bodyFeatures(tokens []nlp.Token, counts map[uint32]uint16) []uint32 {
	var set []uint32
	for _, f := range bodyTerms(tokens) {
		id := c.words.id(f)
		set = append(set, id)
		if counts[id] < 1<<16-1 {
			counts[id]++
		}
	}
	slices.Sort(set)
	return slices.Clip(slices.Compact(set))
}

// bodyTerms are the features by which a body is searched: words that are not stop words, and Han pairs.
func bodyTerms(tokens []nlp.Token) []string {
	out := make([]string, 0, 2*len(tokens))
	for _, t := range tokens {
		if t.Term != "" && !t.Stop {
			out = append(out, string(wording.Word)+t.Term)
		}
	}
	return wording.Pairs(out, tokens)
}

// count adds an entry to the counts of the vocabulary, or takes it out (sign −1).
func (c *catalog) count(e *entry, sign int) {
	v := c.words
	for id := range e.distinct() {
		v.df[id] += uint32(sign)
	}
	v.docs += sign
	for _, ph := range e.phrases {
		for _, w := range ph.words {
			if w.unit >= 0 {
				c.unitDF[w.unit] += uint32(sign)
			}
		}
	}
	if len(e.body) == 0 {
		return
	}
	for _, x := range e.body {
		v.bodyDF[x.id] += uint32(sign)
	}
	v.bodies += sign
	v.bodyLength += sign * e.length
}

func (c *catalog) remove(id ArticleID) {
	e, ok := c.entries[id]
	if !ok {
		return
	}
	c.count(e, -1)
	delete(c.entries, id)
	same := func(other ArticleID) bool { return other == id }
	c.roots[e.article.Root] = slices.DeleteFunc(c.roots[e.article.Root], same)
	for _, ph := range e.phrases {
		if c.keys[ph.key] = slices.DeleteFunc(c.keys[ph.key], same); len(c.keys[ph.key]) == 0 {
			delete(c.keys, ph.key)
		}
	}
}

// distinct are the features of all phrases of an entry.
func (e *entry) distinct() map[uint32]bool {
	set := map[uint32]bool{}
	for _, ph := range e.phrases {
		for _, id := range ph.features {
			set[id] = true
		}
	}
	return set
}
