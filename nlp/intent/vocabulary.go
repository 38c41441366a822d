package intent

import (
	"math"

	"huiyin/nlp"
)

// vocabulary knows the features that were seen in training: their place in the weight table and how rare they are.
type vocabulary struct {
	hash  []uint64 // by place
	idf   []float32
	block []block
	table []uint32 // open addressing on the hash: place + 1, 0 where empty
	mask  uint64
}

func (v *vocabulary) size() int { return len(v.hash) }

// find is the place of a feature.
func (v *vocabulary) find(h uint64) (uint32, bool) {
	for i := h & v.mask; ; i = (i + 1) & v.mask {
		switch k := v.table[i]; {
		case k == 0:
			return 0, false
		case v.hash[k-1] == h:
			return k - 1, true
		}
	}
}

// index builds the table; it reports whether all hashes differ.
func (v *vocabulary) index() bool {
	size := uint64(16)
	for size < 3*uint64(len(v.hash)) {
		size *= 2
	}
	v.table, v.mask = make([]uint32, size), size-1
	for k, h := range v.hash {
		i := h & v.mask
		for ; v.table[i] != 0; i = (i + 1) & v.mask {
			if v.hash[v.table[i]-1] == h {
				return false
			}
		}
		v.table[i] = uint32(k + 1)
	}
	return true
}

// fewTexts: below this many every feature is kept; above, a character n-gram or a skip pair that a single text has says
// nothing about the next text. A rare word does, so words are always kept.
const fewTexts = 200

// newVocabulary counts the features of all texts, of which those of class −1 are out of scope. Places are given in the order of first appearance.
func newVocabulary(texts [][]nlp.Token, class []int) *vocabulary {
	type entry struct {
		h        uint64
		b        block
		df, last int32
		inScope  bool
	}
	var (
		buf    []rune
		at     = make(map[uint64]int32, 16*len(texts))
		counts []entry
	)
	for i, tokens := range texts {
		grams(tokens, &buf, func(b block, h uint64) {
			k, ok := at[h]
			if !ok {
				k = int32(len(counts))
				at[h] = k
				counts = append(counts, entry{h: h, b: b, last: -1})
			}
			if e := &counts[k]; e.last != int32(i) {
				e.last = int32(i)
				e.df++
				e.inScope = e.inScope || class[i] >= 0
			}
		})
	}
	v := &vocabulary{}
	for _, e := range counts {
		if e.b != blockWord && e.df < 2 && len(texts) > fewTexts {
			continue
		}
		if e.b == blockWord && !e.inScope {
			e.b = blockOther
		}
		v.hash = append(v.hash, e.h)
		v.block = append(v.block, e.b)
		v.idf = append(v.idf, float32(1+math.Log((1+float64(len(texts)))/(1+float64(e.df)))))
	}
	v.index()
	return v
}
