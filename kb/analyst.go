package kb

import (
	"cmp"
	"iter"
	"runtime"
	"slices"
	"strings"
)

const (
	// chunkArticles is how many articles one analyst takes at a time, and chunksAhead how many such chunks may wait to be
	// taken up, which stops now and then to write a segment.
	chunkArticles, chunksAhead = 250, 8
	// slabArticles is for how many articles of a chunk memory is taken at once.
	slabArticles = 50
	// mostLabels is how many categories and tags an analyst remembers.
	mostLabels = 10_000
)

// chunk is some articles, analysed. Its features and vectors have the numbers of one lexicon until they are merged, so that
// analysts need not wait for each other.
type chunk struct {
	to      *translation
	names   []string // features that the lexicon had not met before, in the order of their numbers
	rows    []int32  // rows of the word vectors, likewise
	entries []*entry
	bodies  [][]counted   // of each entry: features
	sets    [][][]counted // of each entry: features of each passage, where there are several
	docs    []Doc
}

// translation leads from a lexicon's numbers to the catalog's. It grows as chunks are merged, in the order in which they
// were made.
type translation struct {
	features []uint32
	units    []int32
}

// analyzeAll analyses articles on all processors and yields them in their order.
func (c *catalog) analyzeAll(articles []*Article) iter.Seq[*chunk] {
	type job struct {
		articles []*Article
		done     chan *chunk
	}
	return func(yield func(*chunk) bool) {
		parts := slices.Collect(slices.Chunk(articles, chunkArticles))
		queue, jobs := make(chan job, chunksAhead), make(chan job)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			defer close(queue)
			defer close(jobs)
			for _, part := range parts {
				j := job{part, make(chan *chunk, 1)}
				for _, to := range []chan job{queue, jobs} {
					select {
					case to <- j:
					case <-stop:
						return
					}
				}
			}
		}()
		for range min(len(parts), runtime.GOMAXPROCS(0)) {
			go func() {
				n := analyst{lexicon: c.newLexicon(), to: &translation{}, labels: map[string][]uint32{}}
				for j := range jobs {
					j.done <- n.analyze(j.articles)
				}
			}()
		}
		for j := range queue {
			if !yield(<-j.done) {
				return
			}
		}
	}
}

// analyst makes chunks.
type analyst struct {
	*lexicon
	to     *translation
	out    *chunk
	labels map[string][]uint32 // features of categories and tags, which repeat
	all    []uint32            // features of the body at hand, as often as it has them

	// What the entries of a chunk are made of.
	phrases slab[phrase]
	ids     slab[uint32]
	words   slab[meant]
	vectors slab[int8]
}

// slab cuts slices off larger ones, so that there are few objects.
type slab[T any] struct {
	free  []T
	ahead int // how many times what is wanted is made
}

func (s *slab[T]) take(n int) []T {
	if n > len(s.free) {
		s.free = make([]T, n*s.ahead)
	}
	out := s.free[:n:n]
	s.free = s.free[n:]
	return out
}

func (s *slab[T]) copy(from []T) []T {
	out := s.take(len(from))
	copy(out, from)
	return out
}

func (n *analyst) analyze(articles []*Article) *chunk {
	n.out = &chunk{to: n.to}
	ahead := min(len(articles), slabArticles)
	n.phrases.ahead, n.ids.ahead, n.words.ahead, n.vectors.ahead = ahead, ahead, ahead, ahead
	for _, a := range articles {
		n.article(a)
	}
	n.out.names, n.out.rows = n.fresh()
	return n.out
}

// wordings are the title and the questions of an article.
func wordings(a *Article) iter.Seq[string] {
	return func(yield func(string) bool) {
		if !yield(a.Title) {
			return
		}
		for _, q := range a.Questions {
			if !yield(q) {
				return
			}
		}
	}
}

func (n *analyst) article(a *Article) {
	e := &entry{article: a, signature: Signature(*a), phrases: n.phrases.take(1 + len(a.Questions))}
	doc := Doc{ID: a.ID}
	n.beginField()
	i := 0
	for text := range wordings(a) {
		doc.Question = n.phrase(&e.phrases[i], text, doc.Question)
		i++
	}
	body, sets := n.body(a)
	n.beginField()
	doc.Body = make([]string, 0, len(body))
	for _, x := range body {
		doc.Body = n.index(doc.Body, x.id)
		e.length += int(x.n)
	}
	for _, id := range n.label(a.Category + "\n" + strings.Join(a.Tags, "\n")) {
		doc.Body = n.index(doc.Body, id)
	}
	out := n.out
	out.entries, out.bodies, out.sets, out.docs = append(out.entries, e), append(out.bodies, body), append(out.sets, sets), append(out.docs, doc)
}

// phrase analyses a wording and appends its terms of the first stage.
func (n *analyst) phrase(ph *phrase, text string, terms []string) []string {
	tokens := n.tok.Tokenize(text)
	n.read(tokens)
	*ph = phrase{key: normalForm(text), features: n.ids.copy(n.list)}
	if m := n.models.Wording; m != nil {
		ph.learned = n.vectors.take(m.Dim())
	}
	if n.meaning != nil {
		ph.meaning = n.vectors.take(n.meaning.dim())
		ph.words = n.words.copy(meantWords(tokens, n.meant))
	}
	n.place(tokens, &ph.places)
	return n.indexQuestion(terms, tokens)
}

// body are the features of everything that an article answers, and those of each passage where there are several.
func (n *analyst) body(a *Article) (all []counted, sets [][]counted) {
	n.all = n.all[:0]
	passages := Passages(a.Body)
	for _, p := range passages {
		start := len(n.all)
		n.all = n.lexicon.body(n.all, n.tok.Tokenize(p.Plain))
		if len(passages) > 1 {
			sets = append(sets, n.tally(n.all[start:]))
		}
	}
	if a.Summary != "" {
		n.all = n.lexicon.body(n.all, n.tok.Tokenize(PlainText(a.Summary)))
	}
	return n.tally(n.all), sets
}

func (n *analyst) label(text string) []uint32 {
	ids, ok := n.labels[text]
	if !ok {
		if len(n.labels) == mostLabels {
			clear(n.labels)
		}
		ids = n.lexicon.body(nil, n.tok.Tokenize(text))
		n.labels[text] = ids
	}
	return ids
}

// merge adds the articles of a chunk; the caller holds the lock.
func (c *catalog) merge(part *chunk) {
	to := part.to
	for _, name := range part.names {
		to.features = append(to.features, c.words.id(name))
	}
	for _, row := range part.rows {
		to.units = append(to.units, c.unit(row))
	}
	for i, e := range part.entries {
		for _, ph := range e.phrases {
			for k, id := range ph.features {
				ph.features[k] = to.features[id]
			}
			for k := range ph.words {
				w := &ph.words[k]
				w.feature = to.features[w.feature]
				if w.unit >= 0 {
					w.unit = to.units[w.unit]
				}
			}
		}
		for _, set := range part.sets[i] {
			e.sets = append(e.sets, c.pack(to, set))
		}
		e.body = c.pack(to, part.bodies[i])
		c.enter(e)
		c.count(e, 1)
	}
}

// pack translates features and packs them.
func (c *catalog) pack(to *translation, list []counted) []byte {
	for i := range list {
		list[i].id = to.features[list[i].id]
	}
	slices.SortFunc(list, func(a, b counted) int { return cmp.Compare(a.id, b.id) })
	c.packed = pack(c.packed[:0], list)
	return slices.Clone(c.packed)
}
