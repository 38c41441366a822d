package sentiment

import "math/bits"

// lexIndex maps hashes of sequences of units to entries: open addressing, made once and then only read. Most units begin no
// entry at all; a bit map small enough for the nearest cache says so at once.
type lexIndex struct {
	keys    []uint64
	entries []entry // beside keys; class 0 marks a free one
	begins  [1 << 16 / 64]uint64
}

func newLexIndex(entries map[uint64]entry) *lexIndex {
	n := 1 << bits.Len(uint(len(entries)+len(entries)/2))
	x := &lexIndex{keys: make([]uint64, n), entries: make([]entry, n)}
	for h, e := range entries {
		i := h & uint64(n-1)
		for x.entries[i].class != 0 {
			i = (i + 1) & uint64(n-1)
		}
		x.keys[i], x.entries[i] = h, e
		x.begins[h>>48/64] |= 1 << (h >> 48 % 64)
	}
	return x
}

// maybe is false when no entry has this hash.
func (x *lexIndex) maybe(h uint64) bool { return x.begins[h>>48/64]&(1<<(h>>48%64)) != 0 }

// find is the entry of a hash.
func (x *lexIndex) find(h uint64) (entry, bool) {
	if !x.maybe(h) {
		return entry{}, false
	}
	mask := uint64(len(x.keys) - 1)
	for i := h & mask; x.entries[i].class != 0; i = (i + 1) & mask {
		if x.keys[i] == h {
			return x.entries[i], true
		}
	}
	return entry{}, false
}
