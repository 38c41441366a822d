package intent

import (
	"math"
	"slices"
	"sync"

	"huiyin/nlp"
)

// vector is a text as the learner sees it: sparse features by place, in the order of first appearance, and dense ones.
type vector struct {
	at    []uint32
	val   []float32
	dense []float32
	known float32 // share of the text's words and pairs that training has seen
}

// encoder turns tokens into vectors. It is not safe for concurrent use; make one for each goroutine.
type encoder struct {
	vocab   *vocabulary
	meaning *meaning
	count   []uint16 // by place; zero between texts
	runes   []rune
	seen    []uint32
	row     []float32
	parts   []int
}

func newEncoder(v *vocabulary, m *meaning) *encoder {
	e := &encoder{vocab: v, meaning: m, count: make([]uint16, v.size())}
	if m.words != nil {
		e.row = make([]float32, m.words.Dim())
	}
	return e
}

// blockWeight is how much each block counts; chosen by cross-validation, see docs/nlp.md.
func blockWeight(b block) float32 {
	if b == blockSkip {
		return 0.6
	}
	return 1
}

// encode fills out, reusing its memory.
func (e *encoder) encode(tokens []nlp.Token, out *vector) {
	e.seen = e.seen[:0]
	words, known := 0, 0
	grams(tokens, &e.runes, func(b block, h uint64) {
		k, ok := e.vocab.find(h)
		if b == blockWord {
			words++
			if ok && e.vocab.block[k] == blockWord {
				known++
			}
		}
		if !ok {
			return
		}
		if e.count[k] == 0 {
			e.seen = append(e.seen, k)
		}
		e.count[k]++
	})
	out.known = 0
	if words > 0 {
		out.known = float32(known) / float32(words)
	}
	var norm [numBlocks]float64
	out.at = append(out.at[:0], e.seen...)
	out.val = slices.Grow(out.val[:0], len(e.seen))[:len(e.seen)]
	for i, k := range e.seen {
		x := e.vocab.idf[k]
		if n := e.count[k]; n > 1 {
			x *= float32(1 + math.Log(float64(n)))
		}
		e.count[k] = 0
		out.val[i] = x
		norm[e.vocab.block[k].family()] += float64(x) * float64(x)
	}
	var scale [numBlocks]float32
	for b := range scale {
		if norm[b] > 0 {
			scale[b] = blockWeight(block(b)) / float32(math.Sqrt(norm[b]))
		}
	}
	for i, k := range e.seen {
		out.val[i] *= scale[e.vocab.block[k].family()]
	}
	if n := e.meaning.size(); n > 0 {
		out.dense = slices.Grow(out.dense[:0], n)[:n]
		e.meaning.features(tokens, e.row, &e.parts, out.dense)
	}
}

// scratch is the memory that one ranking needs.
type scratch struct {
	enc   *encoder
	x     vector
	score []float32
	order []int
}

// scratches is a pool of them.
type scratches struct{ pool sync.Pool }

func newScratches(l *linear) *scratches {
	s := &scratches{}
	s.pool.New = func() any {
		return &scratch{enc: newEncoder(l.vocab, l.meaning), score: make([]float32, len(l.labels))}
	}
	return s
}

func (s *scratches) get() *scratch   { return s.pool.Get().(*scratch) }
func (s *scratches) put(sc *scratch) { s.pool.Put(sc) }
