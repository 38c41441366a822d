package sentiment

// table maps hashes of n-grams to weights: open addressing, a 16-bit fingerprint, two signed bytes and the number of a row
// of the network a slot. A text's unknown n-gram is taken for a known one about once in fifty thousand.
type table struct {
	slots []uint64
	shift uint
}

// weights are what a table knows of an n-gram; all zero when it is unknown.
type weights struct {
	polar, neutral int8
	row            uint32 // of the network; 0: none
}

func newTable(bits int) table { return table{slots: make([]uint64, 1<<bits), shift: uint(64 - bits)} }

func fingerprint(h uint64) uint64 { return h&0xffff | 1 } // 0 marks an empty slot

// find is what is known of a hash.
func (t *table) find(h uint64) weights {
	fp := fingerprint(h)
	mask := uint64(len(t.slots) - 1)
	for i := h >> t.shift; ; i = (i + 1) & mask {
		s := t.slots[i]
		if s == 0 {
			return weights{}
		}
		if s&0xffff == fp {
			return weights{polar: int8(s >> 16), neutral: int8(s >> 24), row: uint32(s >> 32)}
		}
	}
}

// put adds a hash. The table must have a free slot.
func (t *table) put(h uint64, w weights) {
	mask := uint64(len(t.slots) - 1)
	i := h >> t.shift
	for t.slots[i] != 0 {
		i = (i + 1) & mask
	}
	t.slots[i] = fingerprint(h) | uint64(uint8(w.polar))<<16 | uint64(uint8(w.neutral))<<24 | uint64(w.row)<<32
}
