package kb

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
)

type encoder struct {
	w   io.Writer
	buf []byte
}

func (e *encoder) flush(limit int) error {
	if len(e.buf) <= limit {
		return nil
	}
	_, err := e.w.Write(e.buf)
	e.buf = e.buf[:0]
	if err != nil {
		return fmt.Errorf("kb: snapshot: %w", err)
	}
	return nil
}

func (e *encoder) raw(b []byte)   { e.buf = append(e.buf, b...) }
func (e *encoder) number(n int)   { e.buf = binary.AppendUvarint(e.buf, uint64(n)) }
func (e *encoder) fixed(n uint64) { e.buf = binary.LittleEndian.AppendUint64(e.buf, n) }
func (e *encoder) float(f float32) {
	e.buf = binary.LittleEndian.AppendUint32(e.buf, math.Float32bits(f))
}

func (e *encoder) vector(v []int8) {
	for _, x := range v {
		e.buf = append(e.buf, byte(x))
	}
}

func (e *encoder) vocabulary(v *vocabulary) {
	for _, n := range []int{len(v.df), v.docs, v.bodies, v.bodyLength} {
		e.number(n)
	}
	size := 0
	for i, name := range v.names {
		size += len(name)
		e.number(len(name))
		e.number(int(v.df[i]))
		e.number(int(v.bodyDF[i]))
		e.float(v.factor[i])
	}
	e.number(size)
	for _, name := range v.names {
		e.buf = append(e.buf, name...)
	}
}

func (e *encoder) units(u *units) {
	e.number(len(u.rows))
	if len(u.rows) == 0 {
		return
	}
	e.number(len(u.rows[0]))
	for i, row := range u.rows {
		e.number(int(u.from[i]))
		e.number(int(u.df[i]))
		e.vector(row)
	}
}

// block writes entries: how many there are of all that they are made of, then what is copied as a whole, then the rest entry
// by entry.
func (e *encoder) block(list []*entry) {
	phrases, features, words, sets, text, packed := 0, 0, 0, 0, 0, 0
	for _, x := range list {
		phrases, sets = phrases+len(x.phrases), sets+len(x.sets)
		text, packed = text+len(x.article.ID), packed+len(x.body)
		for _, ph := range x.phrases {
			features, words, text = features+len(ph.features), words+len(ph.words), text+len(ph.key)
		}
		for _, set := range x.sets {
			packed += len(set)
		}
	}
	for _, n := range []int{phrases, features, words, sets, text, packed} {
		e.number(n)
	}
	for _, x := range list {
		e.buf = append(e.buf, x.article.ID...)
		for _, ph := range x.phrases {
			e.buf = append(e.buf, ph.key...)
		}
	}
	for _, x := range list {
		for _, set := range x.sets {
			e.raw(set)
		}
		e.raw(x.body)
	}
	for _, x := range list {
		for _, ph := range x.phrases {
			e.vector(ph.learned)
			e.vector(ph.meaning)
		}
	}
	for _, x := range list {
		e.entry(x)
	}
}

func (e *encoder) entry(x *entry) {
	e.number(len(x.article.ID))
	e.fixed(x.signature)
	e.number(x.length)
	e.number(len(x.phrases))
	for _, ph := range x.phrases {
		e.number(len(ph.key))
		e.number(len(ph.features))
		for _, f := range ph.features {
			e.number(int(f))
		}
		e.number(len(ph.words))
		for _, w := range ph.words {
			e.number(int(w.feature))
			e.number(int(w.unit + 1))
			e.float(w.weight)
		}
	}
	e.number(len(x.sets))
	for _, set := range x.sets {
		e.number(len(set))
	}
	e.number(len(x.body))
}

// decoder reads what encoder wrote. After the first mistake it returns zeros.
type decoder struct {
	raw []byte
	bad bool
}

func (d *decoder) fail() { d.bad, d.raw = true, nil }

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.raw) {
		d.fail()
		return nil
	}
	b := d.raw[:n]
	d.raw = d.raw[n:]
	return b
}

// number is one that counts something of which each takes a byte at least, or an index into such things.
func (d *decoder) number() int {
	n, size := binary.Uvarint(d.raw)
	if size <= 0 || n > math.MaxInt32 {
		d.fail()
		return 0
	}
	d.raw = d.raw[size:]
	return int(n)
}

func (d *decoder) count() int {
	n := d.number()
	if n > len(d.raw) {
		d.fail()
		return 0
	}
	return n
}

// index is a number below n.
func (d *decoder) index(n int) int {
	i := d.number()
	if i >= n {
		d.fail()
		return 0
	}
	return i
}

func (d *decoder) fixed() uint64 {
	if b := d.bytes(8); b != nil {
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

func (d *decoder) float() float32 {
	if b := d.bytes(4); b != nil {
		return math.Float32frombits(binary.LittleEndian.Uint32(b))
	}
	return 0
}

func (d *decoder) vector(to []int8) []int8 {
	for i, x := range d.bytes(len(to)) {
		to[i] = int8(x)
	}
	return to
}

func (d *decoder) vocabulary(v *vocabulary) {
	n := d.count()
	v.docs, v.bodies, v.bodyLength = d.number(), d.number(), d.number()
	v.df, v.bodyDF, v.factor, v.apart, v.kind = make([]uint32, n), make([]uint32, n), make([]float32, n), make([]float32, n), make([]uint8, n)
	sizes := make([]int, n)
	for i := range n {
		sizes[i], v.df[i], v.bodyDF[i], v.factor[i] = d.number(), uint32(d.number()), uint32(d.number()), d.float()
	}
	names := string(d.bytes(d.number()))
	v.ids, v.names = make(map[string]uint32, n), make([]string, n)
	for i, size := range sizes {
		if size < 1 || size > len(names) {
			d.fail()
			return
		}
		v.ids[names[:size]], v.names[i] = uint32(i), names[:size]
		v.kind[i], v.apart[i] = kindOf(names), v.one.Of(v.names[i])
		names = names[size:]
	}
}

func (d *decoder) units(c *catalog) {
	n := d.count()
	if n == 0 {
		return
	}
	dim := d.count()
	if dim != c.meaning.dim() || n > len(d.raw)/max(1, dim) {
		d.fail()
		return
	}
	all := make([]int8, n*dim)
	for i := range n {
		row, df := d.number(), d.number()
		c.addUnit(int32(row), d.vector(all[i*dim:(i+1)*dim:(i+1)*dim]))
		c.units.df[i] = uint32(df)
	}
}

// arenas are what the entries of a block are made of, so that there are few objects.
type arenas struct {
	phrases      []phrase
	features     []uint32
	words        []meant
	sets         [][]byte
	text         string // ids and keys
	packed       []byte
	vectors      []int8
	known, units int // features and vectors there are
}

// take cuts n elements off an arena.
func take[T any](d *decoder, from *[]T, n int) []T {
	if n < 0 || n > len(*from) {
		d.fail()
		return nil
	}
	out := (*from)[:n:n]
	*from = (*from)[n:]
	return out
}

// block reads what encoder.block wrote. Many blocks may be read at a time.
func (d *decoder) block(c *catalog, to []readEntry) {
	phrases, features, words, sets, text := d.count(), d.count(), d.count(), d.count(), d.count()
	packed := d.count()
	a := arenas{known: len(c.words.df), units: len(c.units.rows), text: string(d.bytes(text)), packed: append([]byte(nil), d.bytes(packed)...)}
	learned, meaning := c.models.dim(), c.meaning.dim()
	raw := d.bytes(phrases * (learned + meaning))
	if d.bad {
		return
	}
	a.phrases, a.features, a.words, a.sets = make([]phrase, phrases), make([]uint32, features), make([]meant, words), make([][]byte, sets)
	a.vectors = make([]int8, len(raw))
	for i, x := range raw {
		a.vectors[i] = int8(x)
	}
	for i := range a.phrases {
		ph := &a.phrases[i]
		ph.learned, ph.meaning = take(d, &a.vectors, learned), take(d, &a.vectors, meaning)
		ph.sign = signOf(ph.meaning)
	}
	articles := make([]Article, len(to)) // they give way to those of the store
	for i := range to {
		to[i].article = &articles[i]
		articles[i].ID = ArticleID(d.text(&a, d.number()))
		d.entry(&to[i].entry, &a)
		if d.bad {
			return
		}
	}
}

// text cuts n bytes off the text of a block.
func (d *decoder) text(a *arenas, n int) string {
	if n > len(a.text) {
		d.fail()
		return ""
	}
	out := a.text[:n]
	a.text = a.text[n:]
	return out
}

func (d *decoder) entry(e *entry, a *arenas) {
	e.signature, e.length = d.fixed(), d.number()
	e.phrases = take(d, &a.phrases, d.number())
	for i := range e.phrases {
		ph := &e.phrases[i]
		ph.key = d.text(a, d.number())
		ph.features = take(d, &a.features, d.number())
		for k := range ph.features {
			ph.features[k] = uint32(d.index(a.known))
		}
		ph.words = take(d, &a.words, d.number())
		for k := range ph.words {
			ph.words[k] = meant{feature: uint32(d.index(a.known)), unit: int32(d.index(a.units+1)) - 1, weight: d.float()}
		}
	}
	if n := d.number(); n > 0 {
		e.sets = take(d, &a.sets, n)
		for i := range e.sets {
			e.sets[i] = d.packed(a)
		}
	}
	e.body = d.packed(a)
}

// packed are packed features, each below known.
func (d *decoder) packed(a *arenas) []byte {
	b := take(d, &a.packed, d.number())
	if len(b) == 0 {
		return nil
	}
	for id := range unpack(b) {
		if int(id) >= a.known {
			d.fail()
			return nil
		}
	}
	return b
}
