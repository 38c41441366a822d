package kb

import (
	"maps"
	"slices"
	"sync"

	"huiyin/nlp"
)

// catalog holds every published article with what the second stage compares: derived data, in memory. Changes take its
// lock for writing, a ranking for reading.
type catalog struct {
	tok     Tokenizer
	models  Models
	meaning *meaning // nil: no word vectors

	mu       sync.RWMutex
	words    *vocabulary
	entries  map[ArticleID]*entry
	roots    map[RootID][]ArticleID
	keys     map[string][]ArticleID // normal form of titles and questions → articles
	alone    map[nlp.Lang][]lone    // see settle
	units    units
	nearness *nearness // nil: the base is large, or there are no word vectors
	large    bool      // it is a part of a large base, and has no nearness either
	spell    *speller
	packed   []byte // for pack
}

// entry is one published article, analysed.
type entry struct {
	article   *Article
	signature uint64
	phrases   []phrase   // the title, then the questions
	sets      [][]byte   // packed features of each passage, where there are several
	body      []byte     // packed features of the whole body, with how often they occur
	length    int        // features of the body, repeated ones included
	near      *nearWords // see catalog.nearAgain
}

// phrase is one wording by which an article can be asked for.
type phrase struct {
	key      string
	features []uint32
	words    []meant
	crowd    crowd // nothing in a large base
	places
}

// places are where a text lies: vectors of length 1 in steps of 1/127.
type places struct {
	learned []int8 // by wording.Model
	meaning []int8 // by the vectors of its words
	sign    sign   // of meaning
}

func newCatalog(tok Tokenizer, m Models) *catalog {
	c := &catalog{tok: tok, models: m, meaning: newMeaning(m.Vectors)}
	c.clear()
	return c
}

// clear empties the catalog; the caller holds the lock.
func (c *catalog) clear() {
	c.words = &vocabulary{model: c.models.Wording, one: c.models.Apart, ids: map[string]uint32{}}
	c.entries, c.roots, c.keys = map[ArticleID]*entry{}, map[RootID][]ArticleID{}, map[string][]ArticleID{}
	c.units, c.alone, c.spell, c.nearness = units{at: map[int32]int32{}}, nil, &speller{}, nil
}

// sibling is an empty catalog of the same kind.
func (c *catalog) sibling() *catalog {
	s := &catalog{tok: c.tok, models: c.models, meaning: c.meaning}
	s.clear()
	return s
}

// adopt takes over everything that another catalog holds, which must not be used any more.
func (c *catalog) adopt(other *catalog) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.words, c.entries, c.roots, c.keys = other.words, other.entries, other.roots, other.keys
	c.alone, c.units, c.spell, c.nearness = other.alone, other.units, other.spell, other.nearness
}

// places says where a text lies.
func (c *catalog) places(a analyzed) places {
	var v places
	if m := c.models.Wording; m != nil {
		v.learned = quantize(m.Vector(a.features), make([]int8, m.Dim()))
	}
	if c.meaning != nil {
		v.meaning = quantize(c.meaning.remembering().vector(a.tokens), make([]int8, c.meaning.dim()))
		v.sign = signOf(v.meaning)
	}
	return v
}

// quantize writes a vector of length 1 to another one, in steps of 1/127.
func quantize(v []float32, to []int8) []int8 {
	for i, x := range v {
		to[i] = int8(max(-127, min(127, x*127)))
	}
	return to
}

// cosine of two quantised vectors of length 1.
func cosine(a, b []int8) float64 {
	if len(a) != len(b) {
		return 0
	}
	return float64(dot(a, b)) / (127 * 127)
}

// put makes the catalog hold the newest form of these articles and returns them as the first stage indexes them; those
// that are not published leave the catalog and are returned as gone.
func (c *catalog) put(articles []Article) (docs []Doc, gone []ArticleID) {
	var live []*Article
	for i := range articles {
		if articles[i].Status == Published {
			live = append(live, &articles[i])
		} else {
			gone = append(gone, articles[i].ID)
		}
	}
	ready := slices.Collect(c.analyzeAll(live))
	if c.meaning != nil && !c.large && len(live) <= smallBase { // before searches have to wait
		for _, part := range ready {
			for _, e := range part.entries {
				e.near = nearWordsOf(c.tok, e.article, "")
			}
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, a := range articles {
		c.remove(a.ID)
	}
	for _, part := range ready {
		c.merge(part)
		docs = append(docs, part.docs...)
	}
	c.finish()
	c.nearAgain()
	return docs, gone
}

// finish computes what depends on all articles together; the caller holds the lock.
func (c *catalog) finish() {
	c.words.update()
	c.settle()
}

// putKeys makes an empty catalog hold articles by their wordings alone: they are found when they are asked for word for
// word. It takes a hundredth of the time of put.
func (c *catalog) putKeys(articles []Article) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range articles {
		if articles[i].Status != Published {
			continue
		}
		e := &entry{article: &articles[i]}
		for text := range wordings(e.article) {
			e.phrases = append(e.phrases, phrase{key: normalForm(text)})
		}
		c.enter(e)
	}
	c.finish()
}

// enter adds an analysed article to the tables by which articles are found.
func (c *catalog) enter(e *entry) {
	id := e.article.ID
	c.entries[id] = e
	c.roots[e.article.Root] = append(c.roots[e.article.Root], id)
	for i := range e.phrases {
		if key := e.phrases[i].key; !slices.Contains(c.keys[key], id) {
			c.keys[key] = append(c.keys[key], id)
		}
	}
}

func (c *catalog) remove(id ArticleID) {
	e, ok := c.entries[id]
	if !ok {
		return
	}
	c.count(e, -1)
	delete(c.entries, id)
	same := func(other ArticleID) bool { return other == id }
	if c.roots[e.article.Root] = slices.DeleteFunc(c.roots[e.article.Root], same); len(c.roots[e.article.Root]) == 0 {
		delete(c.roots, e.article.Root)
	}
	for _, ph := range e.phrases {
		if c.keys[ph.key] = slices.DeleteFunc(c.keys[ph.key], same); len(c.keys[ph.key]) == 0 {
			delete(c.keys, ph.key)
		}
	}
}

// count adds an entry to the counts of the vocabulary, or takes it out (sign −1).
func (c *catalog) count(e *entry, sign int) {
	v := c.words
	for _, id := range e.distinct() {
		v.df[id] += uint32(sign)
	}
	v.docs += sign
	for _, ph := range e.phrases {
		for _, w := range ph.words {
			if w.unit >= 0 {
				c.units.df[w.unit] += uint32(sign)
			}
		}
	}
	if len(e.body) == 0 {
		return
	}
	for id := range unpack(e.body) {
		v.bodyDF[id] += uint32(sign)
	}
	v.bodies += sign
	v.bodyLength += sign * e.length
}

// distinct are the features of all phrases of an entry, each once.
func (e *entry) distinct() []uint32 {
	if len(e.phrases) == 1 {
		return e.phrases[0].features
	}
	var all []uint32
	for _, ph := range e.phrases {
		all = append(all, ph.features...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// sorted are all entries by id; the caller holds the lock.
func (c *catalog) sorted() []*entry {
	out := make([]*entry, 0, len(c.entries))
	for _, id := range slices.Sorted(maps.Keys(c.entries)) {
		out = append(out, c.entries[id])
	}
	return out
}
