package nlp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Clean is the customer's text as the rest of the pipeline may rely on it: valid UTF-8 without NUL. Each invalid
// byte sequence and each NUL becomes U+FFFD; everything else stays as it was written. All spans refer to this text.
func Clean(s string) string {
	if utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "\uFFFD")
}

// Fold is the form of a text to match on: NFKC, invisible characters removed, typographic quotes and dashes made
// plain, lower case, and Traditional Chinese turned into Simplified with the mainland's words (軟體 → 软件).
// Two texts that a customer would call the same fold to the same string.
func Fold(s string) string { return FoldText(s).Text }

// Folded is a folded text that remembers where each of its bytes came from.
type Folded struct {
	Text   string  // the folded form
	first  offsets // Text before simplification → source
	second offsets // Text → Text before simplification
	wide   string  // Text before simplification
	source string
}

// FoldText folds s like Fold and keeps the way back to s. s must be valid UTF-8 (see Clean).
func FoldText(s string) Folded {
	f := Folded{source: s}
	f.wide, f.first = foldWidth(s)
	f.Text, f.second = simplify(f.wide)
	return f
}

// Source is the span of the source text that produced the bytes [start, end) of f.Text. It covers whole characters
// of the source: a character that folded into several is included when any part of it is.
func (f Folded) Source(start, end int) Span {
	t := f.Tracer()
	if start >= end {
		at := t.Start(start)
		return Span{Start: at, End: at}
	}
	return t.Source(start, end)
}

// Tracer is Source for spans that come mostly in order: it looks near the last one first. One goroutine may use it.
type Tracer struct {
	f             *Folded
	first, second int // the pieces that were asked for last
}

// Tracer begins at the start of the text.
func (f *Folded) Tracer() Tracer { return Tracer{f: f} }

// Start is the source position of the character that byte pos of f.Text belongs to.
func (t *Tracer) Start(pos int) int {
	return t.f.first.start(t.f.second.start(pos, &t.second), &t.first)
}

// Source is the span of the source text that produced the bytes [start, end) of f.Text, start < end; see Folded.Source.
func (t *Tracer) Source(start, end int) Span {
	return Span{Start: t.Start(start), End: t.f.first.end(t.f.second.end(end, &t.second), &t.first)}
}

// Original is the text that was folded.
func (f Folded) Original() string { return f.source }

// An offset begins a piece of folded text at byte to, which came from the source at byte from. A piece is either
// copied character by character, so that its offsets run in step (size 0), or stands as a whole for size bytes.
type offset struct{ to, from, size int32 }

// offsets maps positions of a folded text back to its source; nil is the identity. The last element is a sentinel
// at the end of both texts.
type offsets []offset

// at is the piece that holds byte pos of the folded text. It looks at piece *near and the one after it first, and leaves
// the piece's number there.
func (o offsets) at(pos int, near *int) offset {
	for i := *near; i < min(*near+2, len(o)) && int(o[i].to) <= pos; i++ {
		if i+1 == len(o) || pos < int(o[i+1].to) {
			*near = i
			return o[i]
		}
	}
	lo, hi := 0, len(o)
	for hi-lo > 1 {
		mid := int(uint(lo+hi) >> 1)
		if int(o[mid].to) <= pos {
			lo = mid
		} else {
			hi = mid
		}
	}
	*near = lo
	return o[lo]
}

// start is the source position of the character that byte pos belongs to.
func (o offsets) start(pos int, near *int) int {
	if len(o) == 0 {
		return pos
	}
	p := o.at(pos, near)
	if p.size > 0 || pos < int(p.to) {
		return int(p.from)
	}
	return int(p.from) + pos - int(p.to)
}

// end is the source position just after the character that byte pos-1 belongs to. pos > 0.
func (o offsets) end(pos int, near *int) int {
	if len(o) == 0 {
		return pos
	}
	p := o.at(pos-1, near)
	if p.size > 0 {
		return int(p.from + p.size)
	}
	return int(p.from) + pos - int(p.to)
}

// folder builds a folded text piece by piece. As long as nothing changed it holds no buffer and costs nothing.
type folder struct {
	src   string
	buf   []byte
	marks offsets
	done  int  // src[:done] has been dealt with
	dirty bool // something changed: buf is in use
}

// begin switches from "unchanged so far" to building.
func (f *folder) begin() {
	if f.dirty {
		return
	}
	f.dirty = true
	f.buf = make([]byte, 0, len(f.src)+len(f.src)/8+8)
	f.buf = append(f.buf, f.src[:f.done]...)
}

// replace says that the next n bytes of the source became s as a whole.
func (f *folder) replace(n int, s string) {
	f.begin()
	if s != "" {
		f.mark(n)
		f.buf = append(f.buf, s...)
	}
	f.done += n
	f.mark(0)
}

// replaceByte is replace with one ASCII character.
func (f *folder) replaceByte(n int, b byte) {
	f.begin()
	f.mark(n)
	f.buf = append(f.buf, b)
	f.done += n
	f.mark(0)
}

// step says that the next characters of the source became s, one for one and with the same borders.
func (f *folder) step(s string) {
	f.begin()
	f.buf = append(f.buf, s...)
	f.done += len(s)
}

// keep says that the next n bytes of the source stay as they are.
func (f *folder) keep(n int) {
	if f.dirty {
		f.buf = append(f.buf, f.src[f.done:f.done+n]...)
	}
	f.done += n
}

// mark begins a piece here.
func (f *folder) mark(size int) {
	m := offset{to: int32(len(f.buf)), from: int32(f.done), size: int32(size)}
	switch n := len(f.marks); {
	case n > 0 && f.marks[n-1].to == m.to: // an empty piece
		f.marks[n-1] = m
		return
	case n == 0:
		f.marks = make(offsets, 0, 8)
		if m.to > 0 {
			f.marks = append(f.marks, offset{})
		}
	}
	f.marks = append(f.marks, m)
}

func (f *folder) result() (string, offsets) {
	if !f.dirty {
		return f.src, nil
	}
	if f.marks != nil {
		f.mark(0)
	}
	return string(f.buf), f.marks
}

// sameShape reports whether two strings have their rune borders at the same bytes.
func sameShape(a, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range len(a) {
		if utf8.RuneStart(a[i]) != utf8.RuneStart(b[i]) {
			return false
		}
	}
	return true
}

// foldWidth is the first half of Fold: everything but the script.
func foldWidth(s string) (string, offsets) {
	f := folder{src: s}
	for f.done < len(s) {
		c := s[f.done]
		if c < utf8.RuneSelf && asciiStands(s, f.done+1) {
			if 'A' <= c && c <= 'Z' {
				f.begin()
				f.buf = append(f.buf, c+'a'-'A')
				f.done++
				continue
			}
			f.keep(1)
			continue
		}
		if n := plainHan(s, f.done); n > 0 {
			f.keep(n)
			continue
		}
		r, n := utf8.DecodeRuneInString(s[f.done:])
		stands := asciiStands(s, f.done+n)
		switch {
		case stands && (0x4E00 <= r && r <= 0x9FFF || r == '。' || r == '、'):
			f.keep(n)
		case stands && 0xFF01 <= r && r <= 0xFF5E: // full-width ASCII
			b := byte(r - 0xFF01 + '!')
			if 'A' <= b && b <= 'Z' {
				b += 'a' - 'A'
			}
			f.replaceByte(n, b)
		default:
			f.slow(r, n)
		}
	}
	return f.result()
}

// plainHan is the length of the run of common Chinese characters at byte i that cannot combine with what follows. It reads
// bytes, which is most of the work on a Chinese text: three a character, U+4E00 … U+9FFF.
func plainHan(s string, i int) int {
	from := i
	for i+3 <= len(s) && (0xE4 < s[i] && s[i] <= 0xE9 || s[i] == 0xE4 && s[i+1] >= 0xB8) && asciiStands(s, i+3) {
		i += 3
	}
	return i - from
}

// asciiStands reports whether the character before position i cannot combine with what follows: the next character
// is ASCII, Han, common Chinese punctuation or a full-width form.
func asciiStands(s string, i int) bool {
	if i >= len(s) || s[i] < utf8.RuneSelf {
		return true
	}
	switch c := s[i]; {
	case 0xE3 < c && c <= 0xE9: // U+4000 … U+9FFF: Han, three bytes
		return true
	case c == 0xE3: // U+3000 … U+301F: the space, 。 and 、, brackets
		return i+2 < len(s) && s[i+1] == 0x80 && s[i+2] < 0xA0
	case c == 0xEF: // U+FF00 … U+FF7F
		return i+1 < len(s) && (s[i+1] == 0xBC || s[i+1] == 0xBD)
	}
	return false
}

// slow folds one normalisation segment (a base character with its marks).
func (f *folder) slow(r rune, n int) {
	if drop(r, f.src, f.done, n) {
		f.replace(n, "")
		return
	}
	if p := plain(r); p != "" {
		f.replace(n, p)
		return
	}
	seg := norm.NFKC.NextBoundaryInString(f.src[f.done:], true)
	if seg <= 0 {
		seg = n
	}
	part := f.src[f.done : f.done+seg]
	folded := part
	if !norm.NFKC.IsNormalString(part) {
		folded = norm.NFKC.String(part)
	}
	folded = strings.Map(foldRune, folded)
	switch {
	case folded == part:
		f.keep(seg)
	case sameShape(folded, part):
		f.step(folded)
	default:
		f.replace(seg, folded)
	}
}

// foldRune lowers a character, makes it plain and drops what cannot be seen.
func foldRune(r rune) rune {
	switch {
	case invisible(r):
		return -1
	case r >= utf8.RuneSelf:
		if p := plain(r); p != "" {
			return rune(p[0])
		}
	}
	return unicode.ToLower(r)
}

// drop reports whether the character at src[i:i+n] is to be removed. A zero-width joiner between two emoji is part
// of the picture and stays.
func drop(r rune, src string, i, n int) bool {
	if !invisible(r) {
		return r == zwj && !joinsEmoji(src, i, n)
	}
	return true
}

const zwj = '\u200D'

func joinsEmoji(src string, i, n int) bool {
	before, _ := utf8.DecodeLastRuneInString(src[:i])
	after, _ := utf8.DecodeRuneInString(src[i+n:])
	return (isEmoji(before) || before == 0xFE0F) && isEmoji(after)
}

// invisible reports whether r changes nothing that a reader sees or only how it is shown: zero-width characters but
// the joiner, bidi controls, soft hyphen, variation selectors, the keycap, tag and control characters.
func invisible(r rune) bool {
	switch {
	case r < 0x20:
		return r != '\n' && r != '\t' && r != '\r'
	case r < 0xAD:
		return 0x7F <= r && r < 0xA0 && r != 0x85
	case r == 0xAD, r == 0x034F, r == 0x061C, r == 0x180E, r == 0x20E3, r == 0xFEFF,
		0x200B <= r && r <= 0x200C, 0x200E <= r && r <= 0x200F, 0x202A <= r && r <= 0x202E,
		0x2060 <= r && r <= 0x206F, 0xFE00 <= r && r <= 0xFE0F, 0xE0000 <= r && r <= 0xE0FFF:
		return true
	}
	return false
}

// plain is the ASCII form of typographic quotes and dashes, or "".
func plain(r rune) string {
	switch r {
	case '‘', '’', '‛', '′', 'ʼ', '`', '´':
		return "'"
	case '“', '”', '„', '‟', '″':
		return `"`
	case '‐', '‑', '‒', '–', '—', '―', '−':
		return "-"
	case 0x85, 0x2028, 0x2029:
		return "\n"
	}
	return ""
}

// isHan reports whether r is a Chinese character of the common blocks or the extensions.
func isHan(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || r == '〇' || 0x20000 <= r && r <= 0x323AF ||
		0xF900 <= r && r <= 0xFAFF
}

// isEmoji reports whether r begins a pictograph. Letters, digits, arrows and bullets never do.
func isEmoji(r rune) bool {
	switch {
	case r < 0x203C:
		return false
	case 0x1F000 <= r && r <= 0x1FAFF:
		return true
	case 0x2600 <= r && r <= 0x27BF, 0x2B05 <= r && r <= 0x2B07, r == 0x2B1B, r == 0x2B1C, r == 0x2B50, r == 0x2B55,
		0x231A <= r && r <= 0x231B, 0x23E9 <= r && r <= 0x23FA, r == 0x203C, r == 0x2049, r == 0x2139:
		return true
	}
	return false
}
