package kb

import (
	"iter"
	"runtime"
	"strings"
	"unicode/utf8"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// chunkArticles is how many articles one worker analyses at a time.
const chunkArticles = 250

// chunk is some articles, analysed. Its features and vectors have numbers of the chunk's own until they are merged, so
// that workers need not wait for each other.
type chunk struct {
	names   []string // features by number
	rows    []int32  // rows of the word vectors by number
	entries []*entry
	bodies  [][]uint32   // of each entry: features as often as they occur
	sets    [][][]uint32 // of each entry: features of each passage, where there are several
	docs    []Doc
}

// analyzeAll analyses articles on all processors and yields them in their order.
func (c *catalog) analyzeAll(articles []*Article) iter.Seq[*chunk] {
	return func(yield func(*chunk) bool) {
		workers := runtime.GOMAXPROCS(0)
		queue := make(chan chan *chunk, workers)
		stop := make(chan struct{})
		defer close(stop)
		go func() {
			defer close(queue)
			for start := 0; start < len(articles); start += chunkArticles {
				done := make(chan *chunk, 1)
				select {
				case queue <- done:
				case <-stop:
					return
				}
				go func() { done <- c.analyzeChunk(articles[start:min(start+chunkArticles, len(articles))]) }()
			}
		}()
		for done := range queue {
			if !yield(<-done) {
				return
			}
		}
	}
}

func (c *catalog) analyzeChunk(articles []*Article) *chunk {
	n := analyst{catalog: c, chunk: &chunk{}, ids: map[string]uint32{}, numbers: map[int32]int32{}, labels: map[string][]uint32{}}
	if c.meaning != nil {
		n.placed = c.meaning.remembering()
	}
	for _, a := range articles {
		n.article(a)
	}
	return n.chunk
}

// analyst makes one chunk.
type analyst struct {
	*catalog
	*chunk
	ids     map[string]uint32
	numbers map[int32]int32     // row of the word vectors → number
	labels  map[string][]uint32 // features of categories and tags, which repeat
	placed  *placesOf
	name    []byte
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
	e := &entry{article: a, signature: Signature(*a)}
	doc := Doc{ID: a.ID}
	seen := map[string]bool{}
	for text := range wordings(a) {
		x := analyze(n.tok, text, nil)
		doc.Question = x.indexTerms(doc.Question, seen)
		e.phrases = append(e.phrases, n.phrase(x))
	}
	body, sets := n.body(a)
	words := append(body[:len(body):len(body)], n.label(a.Category+"\n"+strings.Join(a.Tags, "\n"))...)
	for _, x := range tally(words) {
		doc.Body = append(doc.Body, n.names[x.id][1:])
	}
	e.length = len(body)
	n.chunk.entries, n.bodies, n.sets, n.docs = append(n.chunk.entries, e), append(n.bodies, body), append(n.sets, sets), append(n.docs, doc)
}

func (n *analyst) phrase(x analyzed) phrase {
	ph := phrase{key: x.key, places: n.places(x, n.placed), features: make([]uint32, len(x.features))}
	for i, f := range x.features {
		ph.features[i] = n.id(f)
	}
	if n.meaning != nil {
		ph.words = n.meantWords(x.tokens, n.id, n.unit)
	}
	return ph
}

// body are the features of everything that an article answers, and those of each passage where there are several.
func (n *analyst) body(a *Article) (all []uint32, sets [][]uint32) {
	passages := Passages(a.Body)
	for _, p := range passages {
		set := n.bodyFeatures(nil, n.tok.Tokenize(p.Plain))
		all = append(all, set...)
		if len(passages) > 1 {
			sets = append(sets, set)
		}
	}
	if a.Summary != "" {
		all = n.bodyFeatures(all, n.tok.Tokenize(PlainText(a.Summary)))
	}
	return all, sets
}

func (n *analyst) label(text string) []uint32 {
	ids, ok := n.labels[text]
	if !ok {
		ids = n.bodyFeatures(nil, n.tok.Tokenize(text))
		n.labels[text] = ids
	}
	return ids
}

// bodyFeatures appends the numbers of the features by which a body is searched: words that are not stop words, and Han
// pairs.
func (n *analyst) bodyFeatures(to []uint32, tokens []nlp.Token) []uint32 {
	for _, t := range tokens {
		if t.Term != "" && !t.Stop {
			n.name = append(append(n.name[:0], wording.Word), t.Term...)
			to = append(to, n.numbered())
		}
	}
	for a, b := range wording.PairsOf(tokens) {
		n.name = utf8.AppendRune(utf8.AppendRune(append(n.name[:0], wording.Pair), a), b)
		to = append(to, n.numbered())
	}
	return to
}

// numbered is the number of the feature in n.name.
func (n *analyst) numbered() uint32 {
	if id, ok := n.ids[string(n.name)]; ok { // makes no string
		return id
	}
	return n.id(string(n.name))
}

func (n *analyst) id(feature string) uint32 {
	id, ok := n.ids[feature]
	if !ok {
		id = uint32(len(n.names))
		n.ids[feature] = id
		n.names = append(n.names, feature)
	}
	return id
}

func (n *analyst) unit(row int32) int32 {
	i, ok := n.numbers[row]
	if !ok {
		i = int32(len(n.rows))
		n.numbers[row] = i
		n.rows = append(n.rows, row)
	}
	return i
}

// merge adds the articles of a chunk; the caller holds the lock.
func (c *catalog) merge(part *chunk) {
	features, rows := make([]uint32, len(part.names)), make([]int32, len(part.rows))
	for i, name := range part.names {
		features[i] = c.words.id(name)
	}
	for i, row := range part.rows {
		rows[i] = c.unit(row)
	}
	number := func(ids []uint32) []uint32 {
		for i, id := range ids {
			ids[i] = features[id]
		}
		return ids
	}
	for i, e := range part.entries {
		for _, ph := range e.phrases {
			number(ph.features)
			for k := range ph.words {
				w := &ph.words[k]
				w.feature = features[w.feature]
				if w.unit >= 0 {
					w.unit = rows[w.unit]
				}
			}
		}
		for _, set := range part.sets[i] {
			e.sets = append(e.sets, pack(nil, tally(number(set))))
		}
		e.body = pack(nil, tally(number(part.bodies[i])))
		c.enter(e)
		c.count(e, 1)
	}
}
