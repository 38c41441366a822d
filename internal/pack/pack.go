// Package pack reads what encoding/binary and append have written, from a string and without copying: what it returns are parts
// of the string.
package pack

import (
	"encoding/binary"
	"math"
)

// Reader reads from the front of Rest. What is not there, or is not whole, sets Bad and reads as zero; so a caller may ask once,
// at the end.
type Reader struct {
	Rest string
	Bad  bool
}

// Uvarint reads a number as binary.AppendUvarint writes it.
func (r *Reader) Uvarint() uint64 {
	var v uint64
	for i := 0; i < len(r.Rest) && i < binary.MaxVarintLen64; i++ {
		c := r.Rest[i]
		v |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			r.Rest = r.Rest[i+1:]
			return v
		}
	}
	r.Bad = true
	return 0
}

// Varint reads a number as binary.AppendVarint writes it.
func (r *Reader) Varint() int64 {
	v := r.Uvarint()
	return int64(v>>1) ^ -int64(v&1)
}

// Upto reads a Uvarint that is at most so large; a larger one is Bad.
func (r *Reader) Upto(most int) int {
	v := r.Uvarint()
	if most < 0 || v > uint64(most) {
		r.Bad = true
		return 0
	}
	return int(v)
}

// Take reads n bytes.
func (r *Reader) Take(n uint64) string {
	if n > uint64(len(r.Rest)) {
		r.Bad = true
		return ""
	}
	s := r.Rest[:n]
	r.Rest = r.Rest[n:]
	return s
}

// Text reads a string behind its length.
func (r *Reader) Text() string { return r.Take(r.Uvarint()) }

// Float reads the eight bytes of a number, the lowest first.
func (r *Reader) Float() float64 {
	s := r.Take(8)
	if r.Bad {
		return 0
	}
	var v uint64
	for i := range 8 {
		v |= uint64(s[i]) << (8 * i)
	}
	return math.Float64frombits(v)
}
