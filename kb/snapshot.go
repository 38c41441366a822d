package kb

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

// A snapshot is a catalog on disk, so that opening a large knowledge base analyses nothing. It is derived data: its
// integrity is the Index's affair, and a snapshot of other models or of another form is not read.

const snapshotMagic = "huiyin-catalog-1\n"

// errSnapshot means that a snapshot cannot be used.
var errSnapshot = errors.New("kb: the snapshot does not fit")

// writeSnapshot writes everything but the articles themselves. Nothing may change the catalog meanwhile.
func (c *catalog) writeSnapshot(w io.Writer) error {
	e := encoder{w: w}
	e.raw([]byte(snapshotMagic))
	e.fixed(c.models.fingerprint())
	e.vocabulary(c.words)
	e.units(&c.units)
	entries := c.sorted()
	phrases, features, words := 0, 0, 0
	for _, x := range entries {
		phrases += len(x.phrases)
		for _, ph := range x.phrases {
			features, words = features+len(ph.features), words+len(ph.words)
		}
	}
	for _, n := range []int{len(entries), phrases, features, words, c.models.dim(), c.meaning.dim()} {
		e.number(n)
	}
	for _, x := range entries {
		e.entry(x)
		if err := e.flush(1 << 20); err != nil {
			return err
		}
	}
	return e.flush(0)
}

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
func (e *encoder) text(s string)  { e.number(len(s)); e.buf = append(e.buf, s...) }
func (e *encoder) bytes(b []byte) { e.number(len(b)); e.raw(b) }

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

func (e *encoder) entry(x *entry) {
	e.text(string(x.article.ID))
	e.fixed(x.signature)
	e.number(x.length)
	e.number(len(x.phrases))
	for _, ph := range x.phrases {
		e.text(ph.key)
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
		e.vector(ph.learned)
		e.vector(ph.meaning)
	}
	e.number(len(x.sets))
	for _, set := range x.sets {
		e.bytes(set)
	}
	e.bytes(x.body)
}

// readSnapshot fills an empty catalog with those articles that are as they were when the snapshot was written. It
// returns the others, and the ids of the snapshot that are not among the articles. The articles are kept, not copied.
func (c *catalog) readSnapshot(raw []byte, articles []Article) (changed []Article, gone []ArticleID, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	defer func() {
		if err != nil {
			c.clear()
		}
	}()
	d := &decoder{raw: raw}
	if string(d.bytes(len(snapshotMagic))) != snapshotMagic || d.fixed() != c.models.fingerprint() {
		return nil, nil, fmt.Errorf("%w: it was made by another version of the program or with other models", errSnapshot)
	}
	d.vocabulary(c.words)
	d.units(c)
	entries := d.entries(c)
	if d.bad || len(d.raw) > 0 {
		return nil, nil, fmt.Errorf("%w: it is damaged", errSnapshot)
	}
	byID := make(map[ArticleID]*Article, len(articles))
	for i := range articles {
		byID[articles[i].ID] = &articles[i]
	}
	c.entries = make(map[ArticleID]*entry, len(entries))
	c.roots, c.keys = make(map[RootID][]ArticleID, len(entries)), make(map[string][]ArticleID, len(entries))
	for i := range entries {
		e := &entries[i]
		id := e.article.ID
		switch a := byID[id]; {
		case a == nil:
			gone = append(gone, id)
			c.count(e, -1)
		case a.Status != Published || Signature(*a) != e.signature:
			c.count(e, -1) // put adds what it is now
		default:
			e.article = a
			c.enter(e)
		}
	}
	for i := range articles {
		a := &articles[i]
		if _, same := c.entries[a.ID]; !same && a.Status == Published {
			changed = append(changed, *a)
		}
	}
	for i := range entries {
		if a := byID[entries[i].article.ID]; a != nil && a.Status != Published {
			gone = append(gone, a.ID)
		}
	}
	c.finish()
	return changed, gone, nil
}

// decoder reads what encoder wrote. After the first mistake it returns zeros.
type decoder struct {
	raw []byte
	bad bool
}

func (d *decoder) bytes(n int) []byte {
	if n < 0 || n > len(d.raw) {
		d.bad, d.raw = true, nil
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
		d.bad, d.raw = true, nil
		return 0
	}
	d.raw = d.raw[size:]
	return int(n)
}

func (d *decoder) count() int {
	n := d.number()
	if n > len(d.raw) {
		d.bad, d.raw = true, nil
		return 0
	}
	return n
}

// index is a number below n.
func (d *decoder) index(n int) int {
	i := d.number()
	if i >= n {
		d.bad, d.raw = true, nil
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
	v.df, v.bodyDF, v.factor, v.kind = make([]uint32, n), make([]uint32, n), make([]float32, n), make([]uint8, n)
	sizes := make([]int, n)
	for i := range n {
		sizes[i], v.df[i], v.bodyDF[i], v.factor[i] = d.number(), uint32(d.number()), uint32(d.number()), d.float()
	}
	names := string(d.bytes(d.number()))
	v.ids, v.names = make(map[string]uint32, n), make([]string, n)
	for i, size := range sizes {
		if size < 1 || size > len(names) {
			d.bad, d.raw = true, nil
			return
		}
		v.ids[names[:size]], v.names[i] = uint32(i), names[:size]
		v.kind[i] = kindOf(names)
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
		d.bad, d.raw = true, nil
		return
	}
	all := make([]int8, n*dim)
	for i := range n {
		row, df := d.number(), d.number()
		c.addUnit(int32(row), d.vector(all[i*dim:(i+1)*dim:(i+1)*dim]))
		c.units.df[i] = uint32(df)
	}
}

// arenas hold what the entries of a snapshot are made of, so that there are few objects.
type arenas struct {
	phrases          []phrase
	features         []uint32
	words            []meant
	learned, meaning []int8
	learnedDim       int
	meaningDim       int
	known, units     int // features and vectors there are
}

// take cuts n elements off an arena.
func take[T any](d *decoder, from *[]T, n int) []T {
	if n > len(*from) {
		d.bad, d.raw = true, nil
		return nil
	}
	out := (*from)[:n:n]
	*from = (*from)[n:]
	return out
}

func (d *decoder) entries(c *catalog) []entry {
	n, phrases, features, words := d.count(), d.count(), d.count(), d.count()
	a := arenas{learnedDim: d.number(), meaningDim: d.number(), known: len(c.words.df), units: len(c.units.rows)}
	if d.bad || a.learnedDim != c.models.dim() || a.meaningDim != c.meaning.dim() || phrases*(a.learnedDim+a.meaningDim) > len(d.raw) {
		d.bad, d.raw = true, nil
		return nil
	}
	a.phrases, a.features, a.words = make([]phrase, phrases), make([]uint32, features), make([]meant, words)
	a.learned, a.meaning = make([]int8, phrases*a.learnedDim), make([]int8, phrases*a.meaningDim)
	out, articles := make([]entry, n), make([]Article, n) // the articles give way to those of the store
	for i := range out {
		articles[i].ID = ArticleID(d.bytes(d.number()))
		out[i].article = &articles[i]
		d.entry(&out[i], &a)
	}
	return out
}

func (d *decoder) entry(e *entry, a *arenas) {
	e.signature, e.length = d.fixed(), d.number()
	e.phrases = take(d, &a.phrases, d.number())
	for i := range e.phrases {
		ph := &e.phrases[i]
		ph.key = string(d.bytes(d.number()))
		ph.features = take(d, &a.features, d.number())
		for k := range ph.features {
			ph.features[k] = uint32(d.index(a.known))
		}
		ph.words = take(d, &a.words, d.number())
		for k := range ph.words {
			ph.words[k] = meant{feature: uint32(d.index(a.known)), unit: int32(d.index(a.units+1)) - 1, weight: d.float()}
		}
		ph.learned = d.vector(take(d, &a.learned, a.learnedDim))
		ph.meaning = d.vector(take(d, &a.meaning, a.meaningDim))
	}
	if n := d.count(); n > 0 {
		e.sets = make([][]byte, n)
		for i := range e.sets {
			e.sets[i] = d.packed(a.known)
		}
	}
	e.body = d.packed(a.known)
}

// packed is a copy of packed features, each below known.
func (d *decoder) packed(known int) []byte {
	b := d.bytes(d.number())
	if len(b) == 0 {
		return nil
	}
	for id := range unpack(b) {
		if int(id) >= known {
			d.bad, d.raw = true, nil
			return nil
		}
	}
	return append(make([]byte, 0, len(b)), b...)
}

// dim is the number of dimensions of the learned space; 0 without one.
func (m Models) dim() int {
	if m.Wording == nil {
		return 0
	}
	return m.Wording.Dim()
}

func (m *meaning) dim() int {
	if m == nil {
		return 0
	}
	return m.words.Dim()
}

// fingerprint changes with the models.
func (m Models) fingerprint() uint64 {
	sum := uint64(14695981039346656037) // FNV-1a, a word at a time
	add := func(x uint64) { sum = (sum ^ x) * 1099511628211 }
	if m.Wording != nil {
		add(m.Wording.Fingerprint())
	}
	if m.Vectors != nil {
		add(m.Vectors.Fingerprint() + 1)
	}
	return sum
}
