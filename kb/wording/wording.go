// Package wording compares two wordings of a question, in Chinese, English or both.
//
// A text is a set of features: its words, the pairs of neighbouring Han characters and the single ones, and short
// pieces of Latin words. A Model, learned from pairs of questions that mean the same, knows for many features how much
// they tell (请问 and "please" tell little, whatever their rarity) and where they lie in a space of meaning, so that
// 花呗还不了 comes near 花呗无法还款.
package wording

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io"
	"io/fs"
	"iter"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// Kinds of features: the first byte of each.
const (
	Word  = 'w' // a word: an English stem, a Chinese word
	Pair  = 'b' // two neighbouring Han characters, also across a word border
	Char  = 'c' // one Han character
	Piece = 'p' // three or four neighbouring letters of a Latin word, its ends marked
)

// Kinds are all kinds, in the order of Model weights.
var Kinds = [...]byte{Word, Pair, Char, Piece}

// File is the name of the model's file in its folder.
const File = "wording.bin"

// ErrFormat means that a file is not one that Write made, or is damaged.
var ErrFormat = errors.New("wording: not a model, or damaged")

const (
	magic  = "huiyin-wording-2\n"
	maxDim = 1024
	// steps is how many steps a value of a row has on either side of zero: two values share a byte. With 127 of them the
	// same questions are found.
	steps = 7
	// factorStep is the step in which the logarithm of a factor is stored.
	factorStep = 1.0 / 32
)

// Features are the distinct features of a text in order of first appearance.
func Features(tokens []nlp.Token) []string {
	f := collector{seen: make(map[string]bool, 4*len(tokens))}
	Walk(tokens, &f)
	return f.out
}

// Visitor is told the features of a text. Word and Pieces stand for those of the kinds Word and Piece.
type Visitor interface {
	Word(t *nlp.Token)
	Pieces(t *nlp.Token)
	Char(r rune)
	Pair(a, b rune)
}

// Walk tells the features of a text in order, repeated ones included.
func Walk(tokens []nlp.Token, v Visitor) {
	last, end := rune(-1), -1
	for i := range tokens {
		t := &tokens[i]
		if t.Term == "" {
			continue
		}
		v.Word(t)
		if t.Start != end {
			last = -1
		}
		end = t.End
		han := false
		for _, r := range t.Text {
			if !unicode.Is(unicode.Han, r) {
				last = -1
				continue
			}
			han = true
			v.Char(r)
			if last >= 0 {
				v.Pair(last, r)
			}
			last = r
		}
		if !han {
			v.Pieces(t)
		}
	}
}

// PairsOf are the pairs of neighbouring Han characters of a text, also across word borders, in order and as often as they
// occur. It is the cheap part of Features, for long texts.
func PairsOf(tokens []nlp.Token) iter.Seq2[rune, rune] {
	return func(yield func(a, b rune) bool) {
		last, end := rune(-1), -1
		for _, t := range tokens {
			if t.Start != end {
				last = -1
			}
			end = t.End
			for _, r := range t.Text {
				if !unicode.Is(unicode.Han, r) {
					last = -1
					continue
				}
				if last >= 0 && !yield(last, r) {
					return
				}
				last = r
			}
		}
	}
}

type collector struct {
	seen map[string]bool
	out  []string
}

func (c *collector) add(feature string) {
	if !c.seen[feature] {
		c.seen[feature] = true
		c.out = append(c.out, feature)
	}
}

func (c *collector) Word(t *nlp.Token) { c.add(string(Word) + t.Term) }
func (c *collector) Char(r rune)       { c.add(string([]rune{Char, r})) }
func (c *collector) Pair(a, b rune)    { c.add(string([]rune{Pair, a, b})) }
func (c *collector) Pieces(t *nlp.Token) {
	for feature := range PiecesOf(t.Text) {
		c.add(feature)
	}
}

// PiecesOf are the features of the kind Piece of one word.
func PiecesOf(word string) iter.Seq[string] {
	return func(yield func(string) bool) {
		marked := "<" + word + ">"
		starts := make([]int, 0, len(marked)+1)
		for i := range marked {
			starts = append(starts, i)
		}
		starts = append(starts, len(marked))
		for _, n := range []int{3, 4} {
			for i := 0; i+n < len(starts); i++ {
				if !yield(string(Piece) + marked[starts[i]:starts[i+n]]) {
					return
				}
			}
		}
	}
}

// Model is what was learned. It is immutable and safe for concurrent use.
type Model struct {
	dim    int
	at     map[string]int32
	factor []float32
	rows   []byte    // stride bytes a feature: two values a byte, the first one in the low half, both plus steps
	unit   []float32 // what a step is worth, by feature
	sum    uint64
}

// stride is how many bytes a row takes.
func stride(dim int) int { return (dim + 1) / 2 }

// Fingerprint differs between models that differ.
func (m *Model) Fingerprint() uint64 { return m.sum }

// Dim is the number of dimensions of a Vector.
func (m *Model) Dim() int { return m.dim }

// Len is the number of features known.
func (m *Model) Len() int { return len(m.at) }

// Factor is by how much a feature tells more (above 1) or less than its rarity says; 1 for one that is not known.
func (m *Model) Factor(feature string) float64 {
	if i, ok := m.at[feature]; ok {
		return float64(m.factor[i])
	}
	return 1
}

// Row is the place of a feature in the model's table, to be given to Place; −1 for one that is not known.
func (m *Model) Row(feature string) int32 {
	if i, ok := m.at[feature]; ok {
		return i
	}
	return -1
}

// Vector is the place of a text by its features: Dim values of length 1, or zeros when no feature is known. The cosine
// of two texts is the sum of the products.
func (m *Model) Vector(features []string) []float32 {
	v := make([]float32, m.dim)
	for _, f := range features {
		m.add(v, m.Row(f))
	}
	normalize(v)
	return v
}

// Place is Vector for the rows of features. It is written to v, which has Dim values.
func (m *Model) Place(v []float32, rows []int32) {
	clear(v)
	for _, i := range rows {
		m.add(v, i)
	}
	normalize(v)
}

func (m *Model) add(v []float32, i int32) {
	if i < 0 {
		return
	}
	size := stride(m.dim)
	unit := m.unit[i]
	for k, two := range m.rows[int(i)*size : (int(i)+1)*size] {
		v[2*k] += float32(int8(two&15)-steps) * unit
		if 2*k+1 < len(v) {
			v[2*k+1] += float32(int8(two>>4)-steps) * unit
		}
	}
}

func normalize(v []float32) {
	sum := float32(0)
	for _, x := range v {
		sum += x * x
	}
	if sum == 0 {
		return
	}
	scale := float32(1 / math.Sqrt(float64(sum)))
	for i := range v {
		v[i] *= scale
	}
}

// Load reads a model from File in a folder.
func Load(folder fs.FS) (*Model, error) {
	raw, err := fs.ReadFile(folder, File)
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	m, err := read(raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", File, err)
	}
	return m, nil
}

// read: magic, dim and count (uint32), the features each ended by a newline, the logarithms of their factors (int16 in
// steps of factorStep), units (float32), rows (two values a byte).
func read(raw []byte) (*Model, error) {
	body, ok := bytes.CutPrefix(raw, []byte(magic))
	if !ok || len(body) < 8 {
		return nil, ErrFormat
	}
	m := &Model{dim: int(binary.LittleEndian.Uint32(body)), sum: crc64.Checksum(raw, crc64.MakeTable(crc64.ECMA))}
	n := int(binary.LittleEndian.Uint32(body[4:]))
	body = body[8:]
	if m.dim < 1 || m.dim > maxDim || n < 0 || n > len(body) {
		return nil, ErrFormat
	}
	m.at = make(map[string]int32, n)
	for i := range n {
		name, rest, ok := bytes.Cut(body, []byte{'\n'})
		if !ok || len(name) < 2 || !utf8.Valid(name) {
			return nil, ErrFormat
		}
		m.at[string(name)] = int32(i)
		body = rest
	}
	if len(m.at) != n || len(body) != n*(2+4+stride(m.dim)) {
		return nil, ErrFormat
	}
	m.factor, m.unit, m.rows = make([]float32, n), make([]float32, n), bytes.Clone(body[6*n:])
	for i := range n {
		m.factor[i] = float32(math.Exp(float64(int16(binary.LittleEndian.Uint16(body[2*i:]))) * factorStep))
		m.unit[i] = math.Float32frombits(binary.LittleEndian.Uint32(body[2*n+4*i:]))
	}
	return m, nil
}

// Write stores what Load reads.
func (m *Model) Write(w io.Writer) error {
	n := len(m.at)
	names := make([]string, n)
	for name, i := range m.at {
		names[i] = name
	}
	var b bytes.Buffer
	b.WriteString(magic)
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(m.dim)))
	b.Write(binary.LittleEndian.AppendUint32(nil, uint32(n)))
	b.WriteString(strings.Join(append(names, ""), "\n"))
	for _, f := range m.factor {
		step := math.Round(math.Log(float64(f)) / factorStep)
		b.Write(binary.LittleEndian.AppendUint16(nil, uint16(int16(max(-1000, min(1000, step))))))
	}
	for _, u := range m.unit {
		b.Write(binary.LittleEndian.AppendUint32(nil, math.Float32bits(u)))
	}
	b.Write(m.rows)
	if _, err := w.Write(b.Bytes()); err != nil {
		return fmt.Errorf("wording: write: %w", err)
	}
	return nil
}

// Known reports whether the model has learned a feature.
func (m *Model) Known(feature string) bool {
	_, ok := m.at[feature]
	return ok
}
