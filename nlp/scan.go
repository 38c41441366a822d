package nlp

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// kind says what a chunk is made of.
type kind uint8

const (
	kindWord   kind = iota // Latin letters, perhaps with an apostrophe, a hyphen after one letter, or underscores
	kindNumber             // digits with . , : / - between them: numbers, dates, times, ranges
	kindCode               // letters and digits mixed: order numbers, models, versions
	kindURL
	kindEmail
	kindHan   // a run of Chinese characters, not yet segmented
	kindEmoji // one pictograph, whatever it is composed of
	kindOther // a run of letters of another script
)

// A chunk is a stretch of folded text that segmentation must not look into (or, for Han, must).
type chunk struct {
	kind       kind
	start, end int
}

// scanner cuts a folded text into chunks. It looks once whether the text can hold addresses at all.
type scanner struct {
	s         string
	mail, web bool
}

func newScanner(s string) scanner {
	return scanner{
		s:    s,
		mail: strings.IndexByte(s, '@') >= 0,
		web:  strings.IndexByte(s, '.') >= 0 || strings.Contains(s, "://"),
	}
}

// next is the first chunk at or after byte i; false at the end. Spaces and punctuation lie between chunks.
func (x scanner) next(i int) (chunk, bool) {
	s := x.s
	for i < len(s) {
		c := s[i]
		if c < utf8.RuneSelf {
			if isAlnum(c) {
				return x.latin(i), true
			}
			i++
			continue
		}
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case isHan(r):
			return chunk{kindHan, i, run(s, i+n, isHan)}, true
		case isEmoji(r):
			return chunk{kindEmoji, i, emojiEnd(s, i)}, true
		case isLatin(r):
			return x.latin(i), true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			return chunk{kindOther, i, run(s, i+n, isOtherLetter)}, true
		}
		i += n
	}
	return chunk{}, false
}

// run is the end of the stretch of characters from i on that satisfy in.
func run(s string, i int, in func(rune) bool) int {
	for i < len(s) {
		r, n := utf8.DecodeRuneInString(s[i:])
		if !in(r) {
			break
		}
		i += n
	}
	return i
}

func isOtherLetter(r rune) bool {
	return r >= 0x250 && !isHan(r) && !isEmoji(r) && (unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r))
}

// isLatin reports whether r is a letter of the Latin script beyond ASCII.
func isLatin(r rune) bool {
	return 0xC0 <= r && r < 0x250 && r != '×' && r != '÷' || 0x1E00 <= r && r <= 0x1EFF
}

// emojiEnd is the end of the grapheme cluster that begins at i. A cluster of emoji is short; the bound keeps a
// hostile pile of marks from costing more than itself.
func emojiEnd(s string, i int) int {
	const most = 96
	end := min(len(s), i+most)
	for end < len(s) && !utf8.RuneStart(s[end]) {
		end--
	}
	g, _, _, _ := uniseg.FirstGraphemeClusterInString(s[i:end], -1)
	return i + len(g)
}

func isLetter(c byte) bool { return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }
func isDigit(c byte) bool  { return '0' <= c && c <= '9' }
func isAlnum(c byte) bool  { return isLetter(c) || isDigit(c) }

// latin is the chunk that begins with the Latin letter or digit at i.
func (x scanner) latin(i int) chunk {
	if end := x.urlEnd(i); end > 0 {
		return chunk{kindURL, i, end}
	}
	if end := x.emailEnd(i); end > 0 {
		return chunk{kindEmail, i, end}
	}
	return wordChunk(x.s, i)
}

// wordChunk is the longest word, number or code at i.
func wordChunk(s string, i int) chunk {
	letters, digits, turns := 0, 0, 0 // turns: changes between letters and digits
	joined := false                   // by a hyphen, an underscore or a slash
	lettersFirst := isLetter(s[i]) || s[i] >= utf8.RuneSelf
	j := i
scan:
	for j < len(s) {
		c := s[j]
		switch {
		case isDigit(c):
			if digits == 0 && letters > 0 || j > i && !isDigit(s[j-1]) && isLetter(s[j-1]) {
				turns++
			}
			digits++
			j++
		case isLetter(c):
			if j > i && isDigit(s[j-1]) {
				turns++
			}
			letters++
			j++
		case c >= utf8.RuneSelf:
			r, n := utf8.DecodeRuneInString(s[j:])
			if !isLatin(r) {
				break scan
			}
			letters++
			j += n
		case j > i && j+1 < len(s) && joins(s, i, j, digits > 0):
			joined = joined || c == '-' || c == '_' || c == '/'
			j++
		default:
			break scan
		}
	}
	switch {
	case digits == 0:
		return chunk{kindWord, i, j}
	case letters == 0:
		return chunk{kindNumber, i, j}
	case !joined && turns == 1:
		if at := unitBorder(s, i, j, lettersFirst, letters, digits); at > 0 {
			j = at
			if lettersFirst {
				return chunk{kindWord, i, j}
			}
			return chunk{kindNumber, i, j}
		}
	}
	return chunk{kindCode, i, j}
}

// joins reports whether the punctuation at j holds together what stands on its two sides; the chunk began at i.
func joins(s string, i, j int, digits bool) bool {
	prev, next := s[j-1], s[j+1]
	switch s[j] {
	case '.', ',', ':', '/':
		return isDigit(prev) && isDigit(next)
	case '\'':
		return isLetter(prev) && isLetter(next)
	case '_':
		return isAlnum(prev) && isAlnum(next)
	case '-':
		if !isAlnum(prev) || !isAlnum(next) {
			return false
		}
		return isDigit(next) || isDigit(prev) || digits || j == i+1
	}
	return false
}

// unitBorder is where letters and digits that were written together part again: after a name (iphone|15) or before
// a unit (256|gb, 3|days). Short or long mixtures (5g, h5, a1234567) stay together: 0.
func unitBorder(s string, i, j int, lettersFirst bool, letters, digits int) int {
	at := i
	letter := func(c byte) bool { return isLetter(c) || c >= utf8.RuneSelf } // the chunk holds no other characters beyond ASCII
	for at < j && letter(s[at]) == lettersFirst {
		at++
	}
	switch {
	case lettersFirst && letters >= 3 && digits <= 3:
		return at
	case !lettersFirst && letters <= 6 && digits <= 6 && letters+digits > 2:
		return at
	}
	return 0
}

// urlEnd is the end of the web address that begins at i, or 0.
func (x scanner) urlEnd(i int) int {
	if !x.web {
		return 0
	}
	s := x.s
	rest := s[i:]
	switch {
	case hasFoldPrefix(rest, "http"):
		if k := strings.Index(rest[:min(len(rest), 8)], "://"); k != 4 && k != 5 {
			return 0
		}
	case hasFoldPrefix(rest, "www.") && len(rest) > 4 && isAlnum(rest[4]):
	default:
		return bareDomainEnd(s, i)
	}
	return trimURL(s, i, urlTail(s, i))
}

// urlTail is the end of the characters that may stand in a web address.
func urlTail(s string, j int) int {
	for j < len(s) && s[j] > ' ' && s[j] < 0x7F && strings.IndexByte("<>\"'`{}|\\^", s[j]) < 0 {
		j++
	}
	return j
}

// trimURL takes sentence punctuation and unpaired brackets off the end.
func trimURL(s string, i, j int) int {
	for j > i {
		c := s[j-1]
		if c == ')' && strings.Count(s[max(i, j-256):j], "(") >= strings.Count(s[max(i, j-256):j], ")") {
			break
		}
		if strings.IndexByte(".,;:!?)]*~", c) < 0 {
			break
		}
		j--
	}
	return j
}

// bareDomainEnd finds addresses written without a scheme: shop.example.com/help. Only well-known endings count, so
// that a missing space after a full stop ("thanks.please") makes no address.
func bareDomainEnd(s string, i int) int {
	const longest = 80
	j, dots, label := i, 0, i
	for j < len(s) && j-i < longest {
		c := s[j]
		if c == '.' && j > label && j+1 < len(s) && isLetter(s[j+1]) {
			dots++
			label = j + 1
		} else if !isAlnum(c) && (c != '-' || j == label) {
			break
		}
		j++
	}
	if dots == 0 || !topLevel(s[label:j]) || j < len(s) && s[j] == '@' {
		return 0
	}
	if j+1 < len(s) && (s[j] == '/' || s[j] == '?' || s[j] == ':' && isDigit(s[j+1])) {
		return trimURL(s, i, urlTail(s, j))
	}
	return j
}

// topLevel reports whether a domain ending is one that customers write.
func topLevel(label string) bool {
	switch strings.ToLower(label) {
	case "com", "cn", "net", "org", "io", "co", "hk", "tw", "uk", "us", "eu", "de", "fr", "jp", "kr", "sg", "au", "ca",
		"app", "shop", "store", "xyz", "top", "vip", "info", "biz", "edu", "gov", "dev", "ai", "cc", "tv", "me", "ly", "gl":
		return true
	}
	return false
}

// emailEnd is the end of the mail address that begins at i, or 0.
func (x scanner) emailEnd(i int) int {
	if !x.mail {
		return 0
	}
	s := x.s
	const longestLocal, longestDomain = 64, 255
	j := i
	for j < len(s) && j-i < longestLocal && (isAlnum(s[j]) || strings.IndexByte("._%+-'", s[j]) >= 0) {
		j++
	}
	if j >= len(s) || s[j] != '@' || s[j-1] == '.' || s[j-1] == '\'' {
		return 0
	}
	at := j
	for j++; j < len(s) && j-at <= longestDomain && (isAlnum(s[j]) || s[j] == '.' || s[j] == '-'); {
		j++
	}
	for j > at+1 && !isAlnum(s[j-1]) {
		j--
	}
	domain := s[at+1 : j]
	dot := strings.LastIndexByte(domain, '.')
	if dot <= 0 || len(domain)-dot-1 < 2 || !isLetter(domain[dot+1]) || strings.Contains(domain, "..") {
		return 0
	}
	return j
}

// hasFoldPrefix is strings.HasPrefix for ASCII, whatever its case.
func hasFoldPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}
