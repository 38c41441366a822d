package intent

import (
	"math"
	"slices"
)

// vocabulary knows the features that were seen in training: their place in the weight table and how rare they are.
type vocabulary struct {
	hashTable
	idf   []float32 // by place
	block []block
}

// hashTable numbers hashes in the order in which they are added.
type hashTable struct {
	hash  []uint64 // by place
	table []uint32 // open addressing on the hash: place + 1, 0 where empty
	mask  uint64
}

func (t *hashTable) size() int { return len(t.hash) }

// find is the place of a hash.
func (t *hashTable) find(h uint64) (uint32, bool) {
	for i := h & t.mask; ; i = (i + 1) & t.mask {
		switch k := t.table[i]; {
		case k == 0:
			return 0, false
		case t.hash[k-1] == h:
			return k - 1, true
		}
	}
}

// add is the place of a hash, which is a new one where it was not known.
func (t *hashTable) add(h uint64) uint32 {
	if k, ok := t.find(h); ok {
		return k
	}
	t.hash = append(t.hash, h)
	if 3*uint64(len(t.hash)) > uint64(len(t.table)) {
		t.index()
	} else {
		t.put(len(t.hash) - 1)
	}
	return uint32(len(t.hash) - 1)
}

// index builds the table; it reports whether all hashes differ.
func (t *hashTable) index() bool {
	size := uint64(16)
	for size < 6*uint64(len(t.hash)) {
		size *= 2
	}
	t.table, t.mask = make([]uint32, size), size-1
	for k := range t.hash {
		if !t.put(k) {
			return false
		}
	}
	return true
}

func (t *hashTable) put(k int) bool {
	i := t.hash[k] & t.mask
	for ; t.table[i] != 0; i = (i + 1) & t.mask {
		if t.hash[t.table[i]-1] == t.hash[k] {
			return false
		}
	}
	t.table[i] = uint32(k + 1)
	return true
}

// cell is one feature of a text.
type cell struct {
	place uint32
	n     uint16 // how often the text has it, at most 65,535
}

func (c *cell) more() {
	if c.n < math.MaxUint16 {
		c.n++
	}
}

// weigh turns the features of a text into a vector's sparse part, reusing its memory. words is the number of the text's words and
// pairs, known to the vocabulary or not. Features that left does not have are passed over; nil has them all.
func (v *vocabulary) weigh(cells []cell, words int, left *census, out *vector) {
	out.at, out.val = out.at[:0], out.val[:0]
	known := 0
	var norm [numBlocks]float64
	for _, c := range cells {
		b := v.block[c.place]
		if left != nil && !left.has(c.place, &b) {
			continue
		}
		x := v.idf[c.place]
		if c.n > 1 {
			x *= float32(1 + math.Log(float64(c.n)))
		}
		if b == blockWord {
			known += int(c.n)
		}
		norm[b.family()] += float64(x) * float64(x)
		out.at, out.val = append(out.at, c.place), append(out.val, x)
	}
	out.known = 0
	if words > 0 {
		out.known = float32(known) / float32(words)
	}
	var scale [numBlocks]float32
	for b := range scale {
		if norm[b] > 0 {
			scale[b] = blockWeight(block(b)) / float32(math.Sqrt(norm[b]))
		}
	}
	for i, k := range out.at {
		out.val[i] *= scale[v.block[k].family()]
	}
}

// census counts in how many texts each feature is, so that a model of fewer texts can be told what it never saw.
type census struct {
	all, inScope []int32 // by place; inScope only for words
	texts        int
}

// fewTexts: below this many every feature is kept; above, a character n-gram or a skip pair that a single text has says
// nothing about the next text. A rare word does, so words are always kept.
const fewTexts = 200

// count takes a text in (by = 1) or out (by = −1).
func (s *census) count(cells []cell, class int, by int32) {
	s.texts += int(by)
	for _, c := range cells {
		s.all[c.place] += by
		if class >= 0 {
			s.inScope[c.place] += by
		}
	}
}

// has reports whether the texts that are counted make a feature known; b becomes the block that it then belongs to.
func (s *census) has(place uint32, b *block) bool {
	if b.family() != blockWord {
		return s.all[place] > 1 || s.all[place] == 1 && s.texts <= fewTexts
	}
	*b = blockWord
	if s.inScope[place] == 0 {
		*b = blockOther
	}
	return s.all[place] > 0
}

func (s *census) clone() *census {
	return &census{all: slices.Clone(s.all), inScope: slices.Clone(s.inScope), texts: s.texts}
}
