package kb

import (
	"encoding/binary"
	"iter"
)

// counted is a feature and how often it occurs.
type counted struct {
	id uint32
	n  uint16
}

// pack appends features, sorted by id, in about two bytes each: the distance to the one before, shifted by a bit that
// tells whether a number follows because it occurs more than once.
func pack(to []byte, list []counted) []byte {
	last := uint32(0)
	for _, x := range list {
		step := uint64(x.id-last) << 1
		last = x.id
		if x.n > 1 {
			to = binary.AppendUvarint(binary.AppendUvarint(to, step|1), uint64(x.n))
			continue
		}
		to = binary.AppendUvarint(to, step)
	}
	return to
}

// unpack are the features and how often they occur, by id.
func unpack(raw []byte) iter.Seq2[uint32, uint16] {
	return func(yield func(uint32, uint16) bool) {
		id := uint32(0)
		for i := 0; i < len(raw); {
			step, size := binary.Uvarint(raw[i:])
			i += max(size, 1)
			id += uint32(step >> 1)
			n := uint64(1)
			if step&1 == 1 {
				n, size = binary.Uvarint(raw[i:])
				i += max(size, 1)
			}
			if !yield(id, uint16(n)) {
				return
			}
		}
	}
}
