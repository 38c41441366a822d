package intent

import (
	"context"
	"math"

	"huiyin/nlp/vectors"
)

// corpus is a training set in the learner's terms. Its texts are worked out once, and serve the model and every model of
// fewer texts that the cross-validation compares it with.
type corpus struct {
	*set
	vocab   *vocabulary
	meaning *meaning
	cells   [][]cell // by text: its features that the vocabulary knows, in the order of first appearance
	words   []int    // by text: how many words and pairs it has
	census  *census
	pooled  []float32 // by text: meaning.size() values, not centred
	found   []bool    // by text: whether the word vectors know any of it
}

func newCorpus(ctx context.Context, s *set, words *vectors.Vectors, workers int) (*corpus, error) {
	c := &corpus{set: s, vocab: &vocabulary{}, meaning: &meaning{words: words}}
	c.countFeatures()
	return c, c.poolMeanings(ctx, workers)
}

// countFeatures fills in the vocabulary, the cells and the census.
func (c *corpus) countFeatures() {
	var all hashTable
	all.index()
	counts := &census{}
	var blocks []block
	var last, at []int32 // by place: the text that had it last, and its cell there
	var buf []rune
	c.cells, c.words = make([][]cell, len(c.texts)), make([]int, len(c.texts))
	for i, tokens := range c.texts {
		cells := make([]cell, 0, 16*len(tokens))
		grams(tokens, &buf, func(b block, h uint64) {
			if b == blockWord {
				c.words[i]++
			}
			k := all.add(h)
			if int(k) == len(last) {
				last, at, blocks = append(last, -1), append(at, 0), append(blocks, b)
				counts.all, counts.inScope = append(counts.all, 0), append(counts.inScope, 0)
			}
			if last[k] != int32(i) {
				last[k], at[k] = int32(i), int32(len(cells))
				cells = append(cells, cell{place: k})
			}
			cells[at[k]].more()
		})
		counts.count(cells, c.class[i], 1)
		c.cells[i] = cells
	}
	c.keepKnown(&all, counts, blocks)
}

// keepKnown makes the vocabulary of the features that are worth knowing.
func (c *corpus) keepKnown(all *hashTable, counts *census, blocks []block) {
	place := make([]uint32, all.size()) // new place + 1, 0 where it is dropped
	c.census = &census{texts: counts.texts}
	for k, b := range blocks {
		if !counts.has(uint32(k), &b) {
			continue
		}
		v := c.vocab
		v.hash, v.block = append(v.hash, all.hash[k]), append(v.block, b)
		v.idf = append(v.idf, float32(1+math.Log((1+float64(counts.texts))/(1+float64(counts.all[k])))))
		c.census.all, c.census.inScope = append(c.census.all, counts.all[k]), append(c.census.inScope, counts.inScope[k])
		place[k] = uint32(len(v.hash))
	}
	c.vocab.index()
	for i, cells := range c.cells {
		kept := cells[:0]
		for _, x := range cells {
			if p := place[x.place]; p > 0 {
				kept = append(kept, cell{place: p - 1, n: x.n})
			}
		}
		c.cells[i] = kept
	}
}

// poolMeanings fills in the dense part and its centre.
func (c *corpus) poolMeanings(ctx context.Context, workers int) error {
	m := c.meaning
	if m.words == nil {
		return ctx.Err()
	}
	size := m.size()
	c.pooled, c.found = make([]float32, len(c.texts)*size), make([]bool, len(c.texts))
	type scratch struct {
		row   []float32
		parts []int
	}
	memory := make([]scratch, workers)
	err := parallel(ctx, workers, len(c.texts), func(worker, i int) {
		s := &memory[worker]
		if s.row == nil {
			s.row = make([]float32, m.words.Dim())
		}
		c.found[i] = m.pool(c.texts[i], s.row, &s.parts, c.pooled[i*size:(i+1)*size]) > 0
	})
	sum, n := make([]float64, size), 0
	for i, ok := range c.found {
		if ok {
			n++
			for k, x := range c.pooled[i*size : (i+1)*size] {
				sum[k] += float64(x)
			}
		}
	}
	m.center = make([]float32, size)
	for k := range sum {
		m.center[k] = float32(sum[k] / float64(max(1, n)))
	}
	c.learnDirections()
	return err
}

// encode fills out with text i, as a model that knows only the texts that are left in the census would see it; nil is all of them.
func (c *corpus) encode(i int, left *census, out *vector) {
	c.vocab.weigh(c.cells[i], c.words[i], left, out)
	if size := c.meaning.size(); size > 0 {
		out.dense = append(out.dense[:0], c.pooled[i*size:(i+1)*size]...)
		if c.found[i] {
			c.meaning.centre(out.dense)
		}
	}
}

// encodeAll turns the texts into vectors, with their squared lengths.
func (c *corpus) encodeAll(ctx context.Context, workers int) ([]vector, []float64, error) {
	x, norms := make([]vector, len(c.texts)), make([]float64, len(c.texts))
	err := parallel(ctx, workers, len(c.texts), func(_, i int) {
		x[i].at, x[i].val = make([]uint32, 0, len(c.cells[i])), make([]float32, 0, len(c.cells[i]))
		c.encode(i, nil, &x[i])
		for _, v := range x[i].val {
			norms[i] += float64(v) * float64(v)
		}
		for _, v := range x[i].dense {
			norms[i] += float64(v) * float64(v)
		}
	})
	return x, norms, err
}
