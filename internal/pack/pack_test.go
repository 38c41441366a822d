package pack_test

import (
	"encoding/binary"
	"math"
	"testing"

	"huiyin/internal/pack"
)

func TestReader(t *testing.T) {
	b := binary.AppendUvarint(nil, math.MaxUint64)
	b = binary.AppendVarint(b, -300)
	b = append(binary.AppendUvarint(b, 6), "回音"...)
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(-1.5))
	b = binary.AppendUvarint(b, 7)
	whole := string(b)
	read := func(s string) (pack.Reader, bool) {
		r := pack.Reader{Rest: s}
		same := r.Uvarint() == math.MaxUint64 && r.Varint() == -300 && r.Text() == "回音" && r.Float() == -1.5 && r.Upto(7) == 7
		return r, same
	}
	if r, same := read(whole); !same || r.Bad || r.Rest != "" {
		t.Errorf("%v %+v", same, r)
	}
	for n := range len(whole) {
		if r, _ := read(whole[:n]); !r.Bad {
			t.Errorf("the first %d bytes are whole", n)
		}
	}
	for _, most := range []int{6, -1} {
		if r := (pack.Reader{Rest: "\x07"}); r.Upto(most) != 0 || !r.Bad {
			t.Errorf("7 is at most %d", most)
		}
	}
}

// FuzzReader: whatever the bytes are, reading ends, and what is read is a part of them.
func FuzzReader(f *testing.F) {
	f.Add("\x03abc\x80")
	f.Fuzz(func(t *testing.T, s string) {
		for r := (pack.Reader{Rest: s}); !r.Bad && r.Rest != ""; {
			before := len(r.Rest)
			if text := r.Text(); len(text) >= before || len(r.Rest)+len(text) > before {
				t.Fatalf("%q of %d bytes leaves %d", text, before, len(r.Rest))
			}
		}
	})
}
