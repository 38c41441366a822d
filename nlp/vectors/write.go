package vectors

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

// MaxEnglish is how many English words a file can hold: the Chinese words name them by 16 bits.
const MaxEnglish = 1 << 16

// A Gloss is an English word that explains a Chinese one, by its index among the English words, with its weight.
type Gloss struct {
	Word   int
	Weight uint8
}

// WriteEnglish writes the English words, most frequent first, with a vector for each.
func WriteEnglish(w io.Writer, words []string, rows [][]float32) error {
	if len(words) == 0 || len(words) > MaxEnglish || len(words) != len(rows) {
		return fmt.Errorf("vectors: %d words with %d vectors cannot be written", len(words), len(rows))
	}
	out := []byte(magicEnglish)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(rows[0])))
	out = binary.LittleEndian.AppendUint32(out, uint32(len(words)))
	for _, word := range words {
		out = append(append(out, word...), '\n')
	}
	var steps []byte
	for _, x := range rows {
		row, unit := round(x)
		out = binary.LittleEndian.AppendUint32(out, math.Float32bits(unit))
		for _, q := range row {
			steps = append(steps, byte(q))
		}
	}
	_, err := w.Write(append(out, steps...))
	return err
}

// WriteChinese writes the Chinese words with the English words that explain each: at least one and at most 255.
func WriteChinese(w io.Writer, words []string, glosses [][]Gloss) error {
	out := []byte(magicChinese)
	out = binary.LittleEndian.AppendUint32(out, uint32(len(words)))
	for i, word := range words {
		if len(glosses[i]) == 0 || len(glosses[i]) > 255 {
			return fmt.Errorf("vectors: %q has %d glosses; 1 to 255 can be written", word, len(glosses[i]))
		}
		out = append(append(out, word...), '\n', byte(len(glosses[i])))
		for _, g := range glosses[i] {
			out = append(binary.LittleEndian.AppendUint16(out, uint16(g.Word)), g.Weight)
		}
	}
	_, err := w.Write(out)
	return err
}

// round is quantise in double precision, where a value that lies between two steps goes to the nearer one: a few in a million do
// not with quantise, which is faster. The shipped file was rounded so.
func round(x []float32) (row []int8, unit float32) {
	largest := 0.0
	for _, f := range x {
		largest = max(largest, math.Abs(float64(f)))
	}
	row = make([]int8, len(x))
	if largest == 0 {
		return row, 0
	}
	for i, f := range x {
		row[i] = int8(math.Round(float64(f) / largest * 127))
	}
	return row, float32(largest / 127)
}

// quantise turns values into steps of −127..127 and the worth of one step.
func quantise(x []float32) (row []int8, unit float32) {
	largest := float32(0)
	for _, f := range x {
		largest = max(largest, f, -f)
	}
	row = make([]int8, len(x))
	if largest == 0 {
		return row, 0
	}
	steps := 127 / largest
	for i, f := range x {
		row[i] = int8(int(f*steps+127.5) - 127) // rounds, since what is converted is not negative
	}
	return row, largest / 127
}
