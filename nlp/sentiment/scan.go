package sentiment

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// A unit is the smallest thing that rules and features look at: one Chinese character, one word, one emoji.
type unit struct {
	start, end int32  // bytes of the folded text
	hash       uint64 // of its folded form
	kind       unitKind
	brk        breakKind // the border that follows it
	begins     bool      // a token begins here
	caps       bool      // written in capitals in a text that is not all capitals
	drawn      bool      // letters drawn out: "soooo"
	slang      bool      // digits that are a cry: 666
}

type unitKind uint8

const (
	kindHan       unitKind = iota
	kindWord               // letters, with apostrophes inside
	kindNumber             // digits; all numbers have one hash
	kindSymbol             // emoji, emoticon, [怒]
	kindMark               // ! ? and other punctuation
	kindHandle             // @name
	kindURL                // of a post: a link that Twitter or Weibo shortened
	kindReference          // any other link, an e-mail address
)

// A breakKind is the border between two units: none, between clauses, between sentences.
type breakKind uint8

const (
	breakNone breakKind = iota
	breakClause
	breakSentence
)

// symbols is the set of emoticons and other entries that are not made of letters, by their folded form.
type symbols struct {
	set      map[string]bool
	longest  int
	firstSet [256]bool // first bytes, to give up early
}

func (s *symbols) add(text string) {
	if s.set == nil {
		s.set = make(map[string]bool)
	}
	s.set[text] = true
	s.longest = max(s.longest, len(text))
	s.firstSet[text[0]] = true
}

// match is the length of the longest symbol at text[i:], or 0. An emoticon never cuts a word or a number apart.
func (s *symbols) match(text string, i int) int {
	if !s.firstSet[text[i]] {
		return 0
	}
	for n := min(s.longest, len(text)-i); n > 0; n-- {
		if !s.set[text[i:i+n]] {
			continue
		}
		if text[i] < utf8.RuneSelf && !standsAlone(text, i, i+n) {
			continue
		}
		return n
	}
	return 0
}

// standsAlone reports whether an ASCII emoticon at text[i:j] can be one: "8)" in "(see 18)" and ":" in "(a): b" are not.
func standsAlone(text string, i, j int) bool {
	if j < len(text) && isAlnum(text[j-1]) && isAlnum(text[j]) {
		return false
	}
	if i == 0 {
		return true
	}
	switch before := text[i-1]; {
	case before == ' ' || before == '\n' || before == '\t' || before >= utf8.RuneSelf:
		return true
	case isAlnum(before):
		return strings.IndexByte(":;=<^>", text[i]) >= 0
	default:
		return strings.IndexByte(":;=<^>", text[i]) >= 0 && before != text[i]
	}
}

// scanner cuts folded text into units. The zero value with a symbol set is ready.
type scanner struct {
	sym    *symbols
	text   string
	units  []unit
	mails  bool // an @ is in the text
	refers bool // something may be a reference
}

// maxUnits bounds the work on one text. What is said after the first ten thousand words does not change the verdict.
const maxUnits = 20000

// scan cuts text, which must be folded. The result is valid until the next call.
func (s *scanner) scan(text string) []unit {
	s.text, s.units = text, s.units[:0]
	s.mails, s.refers = strings.IndexByte(text, '@') >= 0, false
	for i := 0; i < len(text) && len(s.units) < maxUnits; {
		i = s.next(i)
	}
	return s.units
}

func (s *scanner) add(from, to int, kind unitKind, hash uint64) {
	s.units = append(s.units, unit{start: int32(from), end: int32(to), hash: hash, kind: kind, begins: true})
}

func (s *scanner) brk(b breakKind) {
	if n := len(s.units); n > 0 && s.units[n-1].brk < b {
		s.units[n-1].brk = b
	}
}

// next reads one thing at text[i:] and returns where the next one starts.
func (s *scanner) next(i int) int {
	text := s.text
	c := text[i]
	if c == ' ' || c == '\t' || c == '\r' {
		return i + 1
	}
	if j := urlEnd(text, i); j > 0 {
		return s.link(i, j)
	}
	if s.mails && isAlnum(c) {
		if j := mailEnd(text, i); j > 0 {
			return s.reference(i, j)
		}
	}
	if n := s.sym.match(text, i); n > 0 {
		s.add(i, i+n, kindSymbol, hashString(text[i:i+n]))
		return i + n
	}
	switch {
	case isLetter(c):
		return s.word(i)
	case '0' <= c && c <= '9':
		return s.number(i)
	case c == '@':
		return s.handle(i)
	case c == '[':
		if j := tagEnd(text, i); j > 0 {
			s.add(i, j, kindSymbol, hashString(text[i:j]))
			return j
		}
	}
	if c < utf8.RuneSelf {
		s.mark(i, 1, rune(c))
		return i + 1
	}
	r, n := utf8.DecodeRuneInString(text[i:])
	switch {
	case isHan(r):
		s.add(i, i+n, kindHan, hashString(text[i:i+n]))
	case unicode.IsLetter(r):
		return s.word(i)
	case r == '\u200D': // joins two emoji
	case unicode.In(r, unicode.So, unicode.Sk, unicode.Sm):
		s.add(i, i+n, kindSymbol, hashString(text[i:i+n]))
	default:
		s.mark(i, n, r)
	}
	return i + n
}

// link reads a link that ends at j.
func (s *scanner) link(i, j int) int {
	if !isShortLink(s.text[i:j]) {
		return s.reference(i, j)
	}
	s.add(i, j, kindURL, hashURL)
	return j
}

func (s *scanner) reference(i, j int) int {
	s.add(i, j, kindReference, hashURL)
	s.refers = true
	return j
}

// word reads letters, with apostrophes between them.
func (s *scanner) word(i int) int {
	text, j := s.text, i
	for j < len(text) {
		if c := text[j]; c < utf8.RuneSelf {
			if isLetter(c) || j > i && ('0' <= c && c <= '9' || c == '_') {
				s.refers = s.refers || c <= '9'
				j++
				continue
			}
			if c == '\'' && j+1 < len(text) && isLetter(text[j+1]) {
				j++
				continue
			}
			if c == '*' && j > i && j+1 < len(text) && (isLetter(text[j+1]) || text[j+1] == '*') { // f**k
				j++
				continue
			}
			break
		}
		r, n := utf8.DecodeRuneInString(text[j:])
		if isHan(r) || !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		j += n
	}
	if j == i {
		j++
	}
	s.add(i, j, kindWord, hashString(text[i:j]))
	if drawnOut(text[i:j]) {
		s.units[len(s.units)-1].drawn = true
	}
	return j
}

func (s *scanner) number(i int) int {
	j := i + 1
	for j < len(s.text) && (isAlnum(s.text[j]) || (s.text[j] == '.' || s.text[j] == ',' || s.text[j] == ':') && j+1 < len(s.text) && '0' <= s.text[j+1] && s.text[j+1] <= '9') {
		j++
	}
	s.refers = true
	h := hashNumber
	slang := isSlang(s.text[i:j]) && !numbers(s.text[:i], s.text[j:])
	if slang {
		h = hashString(s.text[i:j])
	}
	for k := i; k < j; k++ {
		if isLetter(s.text[k]) { // "4star", "2nd": a word
			h = hashString(s.text[i:j])
			break
		}
	}
	s.add(i, j, kindNumber, h)
	s.units[len(s.units)-1].slang = slang
	return j
}

// numbers reports whether what stands around digits makes a number of them, not a cry: 666号, 尾号666, ¥520.
func numbers(before, after string) bool {
	r, _ := utf8.DecodeLastRuneInString(before)
	if strings.ContainsRune("号第码房尾¥$€£#", r) && r != utf8.RuneError {
		return true
	}
	r, _ = utf8.DecodeRuneInString(after)
	return strings.ContainsRune("号室房楼栋元块个件只条年月日天次分秒点米克斤折度路层位名人岁期届台张本瓶盒%", r) && r != utf8.RuneError
}

// isSlang reports whether digits are a word: 666, 233, 88, 520.
func isSlang(digits string) bool {
	return len(digits) <= 5 && (strings.Trim(digits, "6") == "" || strings.TrimRight(digits, "3") == "2") || digits == "88" || digits == "520"
}

func (s *scanner) handle(i int) int {
	j := i + 1
	for j < len(s.text) && (isAlnum(s.text[j]) || s.text[j] == '_') {
		j++
	}
	if j == i+1 {
		return j
	}
	s.add(i, j, kindHandle, hashString(s.text[i:j]))
	return j
}

// mark reads one character of punctuation.
func (s *scanner) mark(i, n int, r rune) {
	switch r {
	case '!', '?', '！', '？':
		s.add(i, i+n, kindMark, hashString(s.text[i:i+n]))
		s.brk(breakSentence)
	case '.', '…':
		if i+1 >= len(s.text) || !isAlnum(s.text[i+1]) {
			s.brk(breakSentence)
		}
	case '。', '\n', ';', '；':
		s.brk(breakSentence)
	case ',', '，', ':', '：', '(', ')', '、', '~':
		s.brk(breakClause)
	case '/':
		if strings.HasPrefix(s.text[i:], "//@") { // a forwarded Weibo post
			s.brk(breakSentence)
		}
	case '"', '\'', '「', '」', '『', '』':
		s.add(i, i+n, kindMark, hashQuote)
	}
}

// urlEnd is the end of a URL at text[i:], or 0.
func urlEnd(text string, i int) int {
	if text[i] != 'h' && text[i] != 'w' {
		return 0
	}
	rest := text[i:]
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") && !strings.HasPrefix(rest, "www.") {
		return 0
	}
	j := i
	for j < len(text) && text[j] > ' ' && text[j] < utf8.RuneSelf {
		j++
	}
	return j
}

// tagEnd is the end of a bracketed emoji name ([怒], [doge]) at text[i:], or 0.
func tagEnd(text string, i int) int {
	runes := 0
	for j := i + 1; j < len(text) && runes <= 6; runes++ {
		if text[j] == ']' {
			if runes == 0 {
				return 0
			}
			return j + 1
		}
		r, n := utf8.DecodeRuneInString(text[j:])
		if !unicode.IsLetter(r) {
			return 0
		}
		j += n
	}
	return 0
}

// drawnOut reports whether a letter comes three times in a row.
func drawnOut(w string) bool {
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] && isLetter(w[i]) {
			return true
		}
	}
	return false
}

// squeeze shortens every run of three or more equal letters to n.
func squeeze(w string, n int) string {
	var b strings.Builder
	for i := 0; i < len(w); {
		j := i
		for j < len(w) && w[j] == w[i] {
			j++
		}
		k := j - i
		if k >= 3 && isLetter(w[i]) {
			k = n
		}
		b.WriteString(w[i : i+k])
		i = j
	}
	return b.String()
}

// place fills in what the original text and the tokens know: capitals and word borders.
func place(units []unit, f *nlp.Folded, tokens []nlp.Token) {
	markCapitals(units, f)
	if len(tokens) == 0 {
		return
	}
	t := 0
	from := f.Tracer()
	for i := range units {
		u := &units[i]
		if u.kind != kindHan {
			continue
		}
		at := from.Start(int(u.start))
		for t < len(tokens) && tokens[t].End <= at {
			t++
		}
		u.begins = t >= len(tokens) || at <= tokens[t].Start
	}
}

// markCapitals finds the words that shout. In a text that is all capitals, none does.
func markCapitals(units []unit, f *nlp.Folded) {
	if f.Text == f.Original() {
		return
	}
	words, caps := 0, 0
	from := f.Tracer()
	for i := range units {
		u := &units[i]
		if u.kind != kindWord || u.end-u.start < 2 {
			continue
		}
		words++
		src := from.Source(int(u.start), int(u.end))
		if isUpper(f.Original()[src.Start:src.End]) {
			u.caps = true
			caps++
		}
	}
	if caps == words {
		for i := range units {
			units[i].caps = false
		}
	}
}

func isUpper(s string) bool {
	for i := range len(s) {
		if 'a' <= s[i] && s[i] <= 'z' {
			return false
		}
	}
	return true
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isAlnum(c byte) bool  { return isLetter(c) || '0' <= c && c <= '9' }

func isHan(r rune) bool {
	return 0x4E00 <= r && r <= 0x9FFF || 0x3400 <= r && r <= 0x4DBF || r == '〇' || 0x20000 <= r && r <= 0x323AF
}
