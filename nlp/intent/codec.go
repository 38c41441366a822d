package intent

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// ErrFormat means that a file is not a model of this version, or is damaged.
var ErrFormat = errors.New("intent: not a model file of this version, or damaged")

// ErrVectors means that a model was trained with other word vectors than those it is loaded with: train it again.
var ErrVectors = errors.New("intent: the model was trained with other word vectors")

// magic begins every model file and carries its version; a change of the features or the layout changes it.
const magic = "huiyin-intent-3\n"

// maxModelBytes bounds what Load reads.
const maxModelBytes = 1 << 30

// Save writes the model. The bytes depend on the training examples alone.
func (m *Model) Save(w io.Writer) error {
	var e enc
	e.strings(m.linear.labels)
	e.u64s(m.linear.vocab.hash)
	e.f32s(m.linear.vocab.idf)
	blocks := make([]byte, len(m.linear.vocab.block))
	for i, b := range m.linear.vocab.block {
		blocks[i] = byte(b)
	}
	e.bytes(blocks)
	e.u64s([]uint64{m.linear.meaning.fingerprint()})
	e.f32s(m.linear.meaning.center)
	e.f32s(slices.Concat(m.linear.meaning.common...))
	e.f32s(m.linear.sparse)
	e.f32s(m.linear.dense)
	e.f32s(m.linear.bias)
	e.f64s([]float64{m.temper, m.threshold, m.gate.Bias})
	inputs := m.linear.gateInputs()
	e.f64s(m.gate.Mean[:inputs])
	e.f64s(m.gate.Scale[:inputs])
	e.f64s(m.gate.Weight[:inputs])
	e.f64s(m.thresholds)
	e.spellings(m.speller.words)
	if m.net != nil { // at the end, so that models without one are what they were before there was one
		e.net(m.net)
	}
	sum := sha256.Sum256(e.buf)
	for _, part := range [][]byte{[]byte(magic), sum[:], e.buf} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("intent: save model: %w", err)
		}
	}
	return nil
}

// Load reads a model that Save wrote. v are the word vectors that it was trained with, nil if it was trained without; p may be
// nil, see Options. A file that is cut, changed or of another version gives ErrFormat; other vectors give ErrVectors.
func Load(r io.Reader, v *vectors.Vectors, p *nlp.Pinyin) (*Model, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxModelBytes+1))
	if err != nil {
		return nil, fmt.Errorf("intent: load model: %w", err)
	}
	head := len(magic) + sha256.Size
	if len(raw) < head || len(raw) > maxModelBytes || string(raw[:len(magic)]) != magic {
		return nil, ErrFormat
	}
	sum := sha256.Sum256(raw[head:])
	if !bytes.Equal(sum[:], raw[len(magic):head]) {
		return nil, ErrFormat
	}
	return decode(raw[head:], v, p)
}

func decode(body []byte, v *vectors.Vectors, p *nlp.Pinyin) (*Model, error) {
	d := dec{buf: body}
	l := &linear{labels: d.strings(), vocab: &vocabulary{hashTable: hashTable{hash: d.u64s()}, idf: d.f32s()}, meaning: &meaning{}}
	for _, b := range d.bytes() {
		l.vocab.block = append(l.vocab.block, block(b))
		d.failed = d.failed || b >= byte(numBlocks)
	}
	prints := d.u64s()
	var common []float32
	l.meaning.center, common, l.sparse, l.dense, l.bias = d.f32s(), d.f32s(), d.f32s(), d.f32s(), d.f32s()
	scalars, mean, scale, weight, thresholds := d.f64s(), d.f64s(), d.f64s(), d.f64s(), d.f64s()
	spell := &speller{words: d.spellings()}
	var second *net
	if len(d.buf) > 0 {
		second = d.net()
	}
	if d.failed || len(d.buf) != 0 || len(prints) != 1 {
		return nil, ErrFormat
	}
	if prints[0] != 0 {
		if v == nil || v.Fingerprint() != prints[0] {
			return nil, ErrVectors
		}
		l.meaning.words = v
		if len(common)%v.Dim() != 0 {
			return nil, ErrFormat
		}
		l.meaning.common = slices.Collect(slices.Chunk(common, v.Dim()))
	}
	n, inputs := len(l.labels), l.gateInputs()
	if second != nil && !second.fits(v, n) {
		return nil, ErrFormat
	}
	if !l.fits() || len(scalars) != 3 || len(mean) != inputs || len(scale) != inputs || len(weight) != inputs || len(thresholds) != n {
		return nil, ErrFormat
	}
	spell.index(p, v)
	m := &Model{linear: l, net: second, temper: scalars[0], threshold: scalars[1], thresholds: thresholds, speller: spell, pool: newScratches(l)}
	m.gate.Scale[gateInputs-1] = 1 // where the file has none
	m.gate.Bias = scalars[2]
	copy(m.gate.Mean[:], mean)
	copy(m.gate.Scale[:], scale)
	copy(m.gate.Weight[:], weight)
	return m, nil
}

// gateInputs is how many of the gate's inputs the model's file has: the last is about what is out of scope.
func (l *linear) gateInputs() int { return gateInputs - 1 + l.columns() - len(l.labels) }

// fits checks that the parts of a loaded model belong together, and builds what is not in the file.
func (l *linear) fits() bool {
	n, size := l.columns(), l.vocab.size()
	return len(l.labels) > 0 && (n == len(l.labels) || n == len(l.labels)+1) && slices.IsSorted(l.labels) && len(slices.Compact(slices.Clone(l.labels))) == len(l.labels) &&
		len(l.vocab.idf) == size && len(l.vocab.block) == size && len(l.sparse) == size*n &&
		len(l.meaning.center) == l.meaning.size() && len(l.dense) == l.meaning.size()*n && l.vocab.index()
}

// enc appends length-prefixed little-endian arrays.
type enc struct{ buf []byte }

func (e *enc) bytes(b []byte) {
	e.buf = append(binary.AppendUvarint(e.buf, uint64(len(b))), b...)
}

func (e *enc) strings(a []string) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(a)))
	for _, s := range a {
		e.bytes([]byte(s))
	}
}

func (e *enc) spellings(words []spelling) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(words)))
	for _, w := range words {
		e.bytes([]byte(w.text))
		e.bytes([]byte(w.term))
		e.buf = binary.AppendUvarint(e.buf, uint64(w.count)<<1|uint64(btoi(w.stop)))
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (e *enc) u64s(a []uint64) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(a)))
	for _, x := range a {
		e.buf = binary.LittleEndian.AppendUint64(e.buf, x)
	}
}

func (e *enc) f64s(a []float64) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(a)))
	for _, x := range a {
		e.buf = binary.LittleEndian.AppendUint64(e.buf, math.Float64bits(x))
	}
}

func (e *enc) f32s(a []float32) {
	e.buf = binary.AppendUvarint(e.buf, uint64(len(a)))
	for _, x := range a {
		e.buf = binary.LittleEndian.AppendUint32(e.buf, math.Float32bits(x))
	}
}

// dec reads what enc wrote. After the first thing that does not fit it reads nothing more.
type dec struct {
	buf    []byte
	failed bool
}

// count reads the length of an array whose elements take at least size bytes each.
func (d *dec) count(size int) int {
	n, k := binary.Uvarint(d.buf)
	if d.failed || k <= 0 || n > uint64(len(d.buf)-k)/uint64(size) {
		d.failed = true
		return 0
	}
	d.buf = d.buf[k:]
	return int(n)
}

func (d *dec) take(n int) []byte {
	b := d.buf[:n]
	d.buf = d.buf[n:]
	return b
}

func (d *dec) bytes() []byte { return slices.Clone(d.take(d.count(1))) }

func (d *dec) strings() []string {
	out := make([]string, d.count(1))
	for i := range out {
		out[i] = string(d.bytes())
	}
	return out
}

func (d *dec) spellings() []spelling {
	out := make([]spelling, d.count(3))
	for i := range out {
		text, term := string(d.bytes()), string(d.bytes())
		n, k := binary.Uvarint(d.buf)
		if d.failed || k <= 0 || n>>1 == 0 || n>>1 > math.MaxInt32 {
			d.failed = true
			return nil
		}
		d.buf = d.buf[k:]
		out[i] = spelling{text: text, term: term, stop: n&1 == 1, count: int32(n >> 1)}
	}
	return out
}

func (d *dec) u64s() []uint64 {
	n := d.count(8)
	b := d.take(8 * n)
	out := make([]uint64, n)
	for i := range out {
		out[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return out
}

func (d *dec) f64s() []float64 {
	bits := d.u64s()
	out := make([]float64, len(bits))
	for i, b := range bits {
		out[i] = math.Float64frombits(b)
		if math.IsNaN(out[i]) || math.IsInf(out[i], 0) {
			d.failed = true
		}
	}
	return out
}

func (d *dec) f32s() []float32 {
	n := d.count(4)
	b := d.take(4 * n)
	out := make([]float32, n)
	for i := range out {
		out[i] = math.Float32frombits(binary.LittleEndian.Uint32(b[4*i:]))
		if out[i] != out[i] || math.IsInf(float64(out[i]), 0) {
			d.failed = true
		}
	}
	return out
}
