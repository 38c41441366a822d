package sentiment

import "math/bits"

// table maps hashes of n-grams to weights: open addressing, a 16-bit fingerprint and two signed bytes a slot. A text's
// unknown n-gram is taken for a known one about once in fifty thousand. Slots whose n-gram has a row in the network are
// marked in a bit map, and the rows stand in the order of their slots, so that counting bits finds one.
type table struct {
	slots []uint32
	shift uint
	has   []uint64 // a bit for each slot: it has a row
	base  []uint32 // for each word of has: how many rows the words before it have
}

// weights are what a table knows of an n-gram; all zero when it is unknown.
type weights struct {
	polar, neutral int8
	row            uint32 // of the network, from 1; 0: none
}

func newTable(size int) table {
	n := 1 << size
	words := (n + 63) / 64
	return table{slots: make([]uint32, n), shift: uint(64 - size), has: make([]uint64, words), base: make([]uint32, words)}
}

func fingerprint(h uint64) uint32 { return uint32(h)&0xffff | 1 } // 0 marks an empty slot

// find is what is known of a hash.
func (t *table) find(h uint64) weights {
	return t.resolve(h, t.slots[h>>t.shift])
}

// resolve is find for a hash whose first slot holds s.
func (t *table) resolve(h uint64, s uint32) weights {
	fp := fingerprint(h)
	mask := uint64(len(t.slots) - 1)
	for i := h >> t.shift; s != 0; s = t.slots[i] {
		if s&0xffff == fp {
			return weights{polar: int8(s >> 16), neutral: int8(s >> 24), row: t.row(i)}
		}
		i = (i + 1) & mask
	}
	return weights{}
}

// firsts appends the first slot of each n-gram. Reading them all before any is looked at lets the processor wait for many
// of them at once: hardly any lies in a cache.
func (t *table) firsts(list []feature, to []uint32) []uint32 {
	for i := range list {
		to = append(to, t.slots[list[i].hash>>t.shift])
	}
	return to
}

// row is the number of the row of slot i, or 0.
func (t *table) row(i uint64) uint32 {
	word, bit := t.has[i/64], uint64(1)<<(i%64)
	if word&bit == 0 {
		return 0
	}
	return t.base[i/64] + uint32(bits.OnesCount64(word&(bit-1))) + 1
}

// put adds a hash and returns its slot. The table must have a free one.
func (t *table) put(h uint64, polar, neutral int8) (slot int) {
	mask := uint64(len(t.slots) - 1)
	i := h >> t.shift
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = fingerprint(h) | uint32(uint8(polar))<<16 | uint32(uint8(neutral))<<24
	return int(i)
}

// mark says that a slot has a row. number must be called when all are marked.
func (t *table) mark(slot int) { t.has[slot/64] |= 1 << (slot % 64) }

// number gives the marked slots their rows and returns how many there are.
func (t *table) number() (rows int) {
	for i, word := range t.has {
		t.base[i] = uint32(rows)
		rows += bits.OnesCount64(word)
	}
	return rows
}
