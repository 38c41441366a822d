package nlp

import (
	"cmp"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/longbridgeapp/opencc"
)

// simplifier is the OpenCC table tw2sp (Traditional with Taiwan's words → Simplified with the mainland's), read once
// and never changed. It is loaded on first use because a process that meets no Chinese need not pay its 5 ms.
var simplifier = sync.OnceValue(loadSimplifier)

// A stage is one step of the conversion: at each position the longest match of the first dictionary that has one.
type stage struct {
	group  *opencc.Group
	starts [1 << 16 / 64]uint64 // bit set: characters of the basic plane that begin a key of some dictionary
}

func loadSimplifier() []*stage {
	cc, err := opencc.New("tw2sp")
	if err != nil { // the tables are compiled in: a failure is a broken build
		panic("nlp: OpenCC tables: " + err.Error())
	}
	var stages []*stage
	for _, group := range cc.DictChains {
		s := &stage{group: group}
		for r := rune(0x80); r < 0xFFFF; r++ {
			if !utf8.ValidRune(r) {
				continue
			}
			for _, d := range group.Dicts {
				if _, err := d.Trie.Jump([]byte(string(r)), 0); err == nil {
					s.starts[r>>6] |= 1 << (r & 63)
				}
			}
		}
		stages = append(stages, s)
	}
	return stages
}

// simplify is the second half of Fold. Its offsets lead back to its argument.
func simplify(s string) (string, offsets) {
	if !hasHan(s) {
		return s, nil
	}
	stages := simplifier()
	text, marks := stages[0].convert(s)
	for _, st := range stages[1:] {
		next, m := st.convert(text)
		text, marks = next, compose(m, marks)
	}
	return text, marks
}

// hasHan reports whether a byte of s may belong to a Han character (lead bytes E3 … E9 and F0).
func hasHan(s string) bool {
	for i := range len(s) {
		if s[i] >= 0xE3 {
			return true
		}
	}
	return false
}

func (st *stage) convert(s string) (string, offsets) {
	f := folder{src: s}
	for f.done < len(s) {
		if s[f.done] < 0xE3 {
			f.keep(1)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[f.done:])
		// OpenCC takes 么 for the Traditional form of 幺. In Simplified text it is the 么 of 什么 and 怎么.
		if r > 0xFFFF || r == '么' || st.starts[r>>6]&(1<<(r&63)) == 0 {
			f.keep(n)
			continue
		}
		size, to := st.match(s[f.done:])
		switch {
		case size == 0:
			f.keep(n)
		case sameShape(s[f.done:f.done+size], to):
			f.step(to)
		default:
			f.replace(size, to)
		}
	}
	return f.result()
}

// match finds the longest key at the start of s in the first dictionary that has one: its length in bytes and its
// replacement, or 0.
func (st *stage) match(s string) (int, string) {
	var key [1]byte
	for _, d := range st.group.Dicts {
		at, size, value := 0, 0, 0
		for i := range len(s) {
			key[0] = s[i]
			to, err := d.Trie.Jump(key[:], at)
			if err != nil {
				break
			}
			at = to
			if v, err := d.Trie.Value(at); err == nil {
				size, value = i+1, v
			}
		}
		if size > 0 {
			return size, d.Values[value][0]
		}
	}
	return 0, ""
}

// compose is the mapping "first outer, then inner": outer leads from the last text to the middle one, inner from
// the middle to the source.
func compose(outer, inner offsets) offsets {
	switch {
	case len(inner) == 0:
		return outer
	case len(outer) == 0:
		return inner
	}
	// A piece of the result begins wherever a piece of either mapping does.
	var out offsets
	for k, p := range outer[:len(outer)-1] {
		if p.size > 0 {
			from, end := inner.start(int(p.from)), inner.end(int(p.from+p.size))
			out = append(out, offset{to: p.to, from: int32(from), size: int32(end - from)})
			continue
		}
		length := outer[k+1].to - p.to // copied: as long in the middle text
		out = append(out, inner.cut(p.from, p.from+length, p.to-p.from)...)
	}
	last := inner[len(inner)-1]
	return append(out, offset{to: outer[len(outer)-1].to, from: last.from})
}

// cut is the part of the mapping for the folded bytes [from, to), moved by delta.
func (o offsets) cut(from, to, delta int32) offsets {
	var out offsets
	i, _ := slices.BinarySearchFunc(o, from, func(p offset, pos int32) int { return cmp.Compare(p.to, pos) })
	if i > 0 && (i == len(o) || o[i].to > from) { // begins inside a piece
		p := o[i-1]
		if p.size == 0 {
			p.from += from - p.to
		}
		out = append(out, offset{to: from + delta, from: p.from, size: p.size})
	}
	for ; i < len(o) && o[i].to < to; i++ {
		out = append(out, offset{to: o[i].to + delta, from: o[i].from, size: o[i].size})
	}
	return out
}
