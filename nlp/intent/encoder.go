package intent

import (
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
	at      []int32 // by place: its cell + 1; zero between texts
	runes   []rune
	cells   []cell
	row     []float32
	parts   []int
}

func newEncoder(v *vocabulary, m *meaning) *encoder {
	e := &encoder{vocab: v, meaning: m, at: make([]int32, v.size())}
	if m.words != nil {
		e.row = make([]float32, m.words.Dim())
	}
	return e
}

// blockWeight is how much each block counts; chosen by cross-validation, see docs/measured/nlp.md.
func blockWeight(b block) float32 {
	if b == blockSkip {
		return 0.6
	}
	return 1
}

// encode fills out, reusing its memory.
func (e *encoder) encode(tokens []nlp.Token, out *vector) {
	e.cells = e.cells[:0]
	words := 0
	grams(tokens, &e.runes, func(b block, h uint64) {
		if b == blockWord {
			words++
		}
		k, ok := e.vocab.find(h)
		if !ok {
			return
		}
		if e.at[k] == 0 {
			e.cells = append(e.cells, cell{place: k})
			e.at[k] = int32(len(e.cells))
		}
		e.cells[e.at[k]-1].more()
	})
	for _, c := range e.cells {
		e.at[c.place] = 0
	}
	e.vocab.weigh(e.cells, words, nil, out)
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
	net   netScratch
}

// scratches is a pool of them.
type scratches struct{ pool sync.Pool }

func newScratches(l *linear) *scratches {
	s := &scratches{}
	s.pool.New = func() any {
		return &scratch{enc: newEncoder(l.vocab, l.meaning), score: make([]float32, l.columns())}
	}
	return s
}

func (s *scratches) get() *scratch   { return s.pool.Get().(*scratch) }
func (s *scratches) put(sc *scratch) { s.pool.Put(sc) }
