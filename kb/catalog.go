package kb

import (
	"math"
	"slices"
	"sync"
)

// catalog holds every published article with what the second stage compares: derived data, in memory. It grows and
// changes under its lock; a ranking holds the lock for reading.
type catalog struct {
	tok Tokenizer

	mu      sync.RWMutex
	words   *vocabulary
	entries map[ArticleID]*entry
	roots   map[RootID][]ArticleID
	keys    map[string][]ArticleID // normal form of titles and questions → articles
}

// entry is one published article, analysed.
type entry struct {
	article  Article
	phrases  []phrase // the title, then the questions
	passages []Passage
	bodies   [][]uint32 // sorted distinct words of each passage
}

// phrase is one wording by which an article can be asked for.
type phrase struct {
	key   string
	words []uint32 // in order, stop words included
	grams []uint32 // in order
}

// vocabulary numbers words and Han pairs, and counts the articles that use each in a title or question.
type vocabulary struct {
	ids  map[string]uint32
	df   []uint32
	docs int
}

func newCatalog(tok Tokenizer) *catalog {
	return &catalog{tok: tok, words: &vocabulary{ids: map[string]uint32{}}, entries: map[ArticleID]*entry{},
		roots: map[RootID][]ArticleID{}, keys: map[string][]ArticleID{}}
}

func (v *vocabulary) id(word string) uint32 {
	n, ok := v.ids[word]
	if !ok {
		n = uint32(len(v.df))
		v.ids[word] = n
		v.df = append(v.df, 0)
	}
	return n
}

// lookup is like id, but numbers unknown words from the end of the vocabulary on without keeping them.
func (v *vocabulary) lookup(words []string) []uint32 {
	out := make([]uint32, len(words))
	for i, w := range words {
		n, ok := v.ids[w]
		if !ok {
			n = uint32(len(v.df) + i)
		}
		out[i] = n
	}
	return out
}

// idf is the rarity of a word: ln(1 + (N−n+½)/(n+½)), as in BM25.
func (v *vocabulary) idf(id uint32) float64 {
	n := 0.0
	if int(id) < len(v.df) {
		n = float64(v.df[id])
	}
	return math.Log(1 + (float64(v.docs)-n+0.5)/(n+0.5))
}

// prepared is the part of an entry that needs no lock to make.
type prepared struct {
	article  Article
	phrases  []analyzed
	passages []Passage
	bodies   []analyzed
}

func prepare(tok Tokenizer, a Article) prepared {
	p := prepared{article: a, passages: Passages(a.Body)}
	for _, text := range append([]string{a.Title}, a.Questions...) {
		p.phrases = append(p.phrases, analyze(tok, text, nil))
	}
	for _, passage := range p.passages {
		p.bodies = append(p.bodies, analyze(tok, passage.Plain, nil))
	}
	if a.Summary != "" {
		p.bodies = append(p.bodies, analyze(tok, PlainText(a.Summary), nil))
	}
	return p
}

// put makes the catalog hold the newest form of these articles; those that are not published leave it.
func (c *catalog) put(articles []Article) {
	ready := make([]prepared, 0, len(articles))
	for _, a := range articles {
		if a.Status == Published {
			ready = append(ready, prepare(c.tok, a))
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range articles {
		c.remove(a.ID)
	}
	for _, p := range ready {
		c.add(p)
	}
}

func (c *catalog) add(p prepared) {
	e := &entry{article: p.article, passages: p.passages}
	for _, a := range p.phrases {
		e.phrases = append(e.phrases, phrase{key: a.key, words: c.number(a.words), grams: c.number(a.grams)})
	}
	for _, a := range p.bodies {
		ids := append(c.number(a.words), c.number(a.grams)...)
		slices.Sort(ids)
		e.bodies = append(e.bodies, slices.Clip(slices.Compact(ids)))
	}
	for id := range e.distinct() {
		c.words.df[id]++
	}
	c.words.docs++
	c.entries[e.article.ID] = e
	c.roots[e.article.Root] = append(c.roots[e.article.Root], e.article.ID)
	for _, ph := range e.phrases {
		if !slices.Contains(c.keys[ph.key], e.article.ID) {
			c.keys[ph.key] = append(c.keys[ph.key], e.article.ID)
		}
	}
}

func (c *catalog) number(words []string) []uint32 {
	out := make([]uint32, len(words))
	for i, w := range words {
		out[i] = c.words.id(w)
	}
	return out
}

func (c *catalog) remove(id ArticleID) {
	e, ok := c.entries[id]
	if !ok {
		return
	}
	for word := range e.distinct() {
		c.words.df[word]--
	}
	c.words.docs--
	delete(c.entries, id)
	same := func(other ArticleID) bool { return other == id }
	c.roots[e.article.Root] = slices.DeleteFunc(c.roots[e.article.Root], same)
	for _, ph := range e.phrases {
		if c.keys[ph.key] = slices.DeleteFunc(c.keys[ph.key], same); len(c.keys[ph.key]) == 0 {
			delete(c.keys, ph.key)
		}
	}
}

// distinct are the words and pairs of all phrases of an entry.
func (e *entry) distinct() map[uint32]bool {
	set := map[uint32]bool{}
	for _, ph := range e.phrases {
		for _, id := range ph.words {
			set[id] = true
		}
		for _, id := range ph.grams {
			set[id] = true
		}
	}
	return set
}
