package en

import "strings"

// Stem is the Porter2 stem of a lower-case word: refunded, refunding and refunds become refund. Words with anything but
// a–z and apostrophes in them, and those of more than MaxStemBytes, stay as they are.
//
// The algorithm is M. F. Porter's "The English (Porter2) stemming algorithm" (snowballstem.org). It is written out here
// because stemming is most of the work of tokenising English, and this takes a tenth of the time of a general
// implementation, against which the tests compare it.
func Stem(word string) string {
	n := len(word)
	if n < 3 || n > MaxStemBytes {
		return word
	}
	for i := range n {
		if c := word[i]; (c < 'a' || c > 'z') && c != '\'' {
			return word
		}
	}
	if fixed, ok := fixedStem(word); ok {
		return fixed
	}
	w := stem{n: n}
	copy(w.b[:], word)
	w.run()
	if got := string(w.b[:w.n]); got != word { // the comparison does not allocate
		return got
	}
	return word
}

// MaxStemBytes is longer than any word of English that has an ending.
const MaxStemBytes = 40

// fixedStem are the words that the rules would get wrong.
func fixedStem(word string) (string, bool) {
	switch word {
	case "skis":
		return "ski", true
	case "skies":
		return "sky", true
	case "dying":
		return "die", true
	case "lying":
		return "lie", true
	case "tying":
		return "tie", true
	case "idly":
		return "idl", true
	case "gently":
		return "gentl", true
	case "ugly":
		return "ugli", true
	case "early":
		return "earli", true
	case "only":
		return "onli", true
	case "singly":
		return "singl", true
	case "sky", "news", "howe", "atlas", "cosmos", "bias", "andes":
		return word, true
	}
	return "", false
}

// stem is a word on its way; r1 and r2 are where Porter's regions R1 and R2 begin. Y is a consonant y.
type stem struct {
	b      [MaxStemBytes + 2]byte
	n      int
	r1, r2 int
}

func (w *stem) run() {
	if w.b[0] == '\'' {
		copy(w.b[:], w.b[1:w.n])
		w.n--
	}
	w.markY()
	w.regions()
	w.step0()
	w.step1a()
	switch string(w.b[:w.n]) {
	case "inning", "outing", "canning", "herring", "earring", "proceed", "exceed", "succeed":
		return
	}
	w.step1b()
	w.step1c()
	w.step2()
	w.step3()
	w.step4()
	w.step5()
	for i := range w.n {
		if w.b[i] == 'Y' {
			w.b[i] = 'y'
		}
	}
}

func vowel(c byte) bool {
	switch c {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}

func (w *stem) markY() {
	for i := range w.n {
		if w.b[i] == 'y' && (i == 0 || vowel(w.b[i-1])) {
			w.b[i] = 'Y'
		}
	}
}

// regions: R1 begins after the first consonant behind a vowel, R2 likewise within R1.
func (w *stem) regions() {
	s := string(w.b[:w.n])
	switch {
	case strings.HasPrefix(s, "gener"), strings.HasPrefix(s, "arsen"):
		w.r1 = 5
	case strings.HasPrefix(s, "commun"):
		w.r1 = 6
	default:
		w.r1 = w.region(0)
	}
	w.r2 = w.region(w.r1)
}

func (w *stem) region(from int) int {
	for i := from + 1; i < w.n; i++ {
		if !vowel(w.b[i]) && vowel(w.b[i-1]) {
			return i + 1
		}
	}
	return w.n
}

func (w *stem) ends(suffix string) bool {
	return w.n >= len(suffix) && string(w.b[w.n-len(suffix):w.n]) == suffix
}

// cut takes k bytes off the end.
func (w *stem) cut(k int) { w.n -= k }

// swap replaces the last k bytes by s.
func (w *stem) swap(k int, s string) { w.n += copy(w.b[w.n-k:], s) - k }

// hasVowel reports whether b[:end] holds a vowel.
func (w *stem) hasVowel(end int) bool {
	for i := range max(end, 0) {
		if vowel(w.b[i]) {
			return true
		}
	}
	return false
}

// shortSyllable reports whether b[:end] ends in a short syllable.
func (w *stem) shortSyllable(end int) bool {
	switch {
	case end < 2:
		return false
	case end == 2:
		return vowel(w.b[0]) && !vowel(w.b[1])
	}
	c := w.b[end-1]
	return !vowel(c) && c != 'w' && c != 'x' && c != 'Y' && vowel(w.b[end-2]) && !vowel(w.b[end-3])
}

func (w *stem) step0() {
	switch {
	case w.ends("'s'"):
		w.cut(3)
	case w.ends("'s"):
		w.cut(2)
	case w.ends("'"):
		w.cut(1)
	}
}

func (w *stem) step1a() {
	switch {
	case w.ends("sses"):
		w.cut(2)
	case w.ends("ied"), w.ends("ies"):
		if w.n > 4 {
			w.cut(2)
		} else {
			w.cut(1)
		}
	case w.ends("us"), w.ends("ss"):
	case w.ends("s"):
		if w.hasVowel(w.n - 2) {
			w.cut(1)
		}
	}
}

func (w *stem) step1b() {
	k := 0
	switch {
	case w.ends("eedly"):
		if w.n-5 >= w.r1 {
			w.cut(3)
		}
		return
	case w.ends("ingly"):
		k = 5
	case w.ends("edly"):
		k = 4
	case w.ends("eed"):
		if w.n-3 >= w.r1 {
			w.cut(1)
		}
		return
	case w.ends("ing"):
		k = 3
	case w.ends("ed"):
		k = 2
	}
	if k == 0 || !w.hasVowel(w.n-k) {
		return
	}
	w.cut(k)
	switch {
	case w.ends("at"), w.ends("bl"), w.ends("iz"):
		w.swap(0, "e")
	case w.n >= 2 && w.b[w.n-1] == w.b[w.n-2] && strings.IndexByte("bdfgmnprt", w.b[w.n-1]) >= 0:
		w.cut(1)
	case w.r1 >= w.n && w.shortSyllable(w.n):
		w.swap(0, "e")
	}
}

func (w *stem) step1c() {
	if last := w.b[w.n-1]; w.n > 2 && (last == 'y' || last == 'Y') && !vowel(w.b[w.n-2]) {
		w.b[w.n-1] = 'i'
	}
}

// longest is the first of rules whose suffix the word has. Rules are "suffix>replacement", apart by spaces and ordered so
// that the first match is the longest; a string, so that looking costs no allocation.
func (w *stem) longest(rules string) (suffix, to string) {
	for rules != "" {
		var rule string
		rule, rules, _ = strings.Cut(rules, " ")
		suffix, to, _ = strings.Cut(rule, ">")
		if w.ends(suffix) {
			return suffix, to
		}
	}
	return "", ""
}

// step2Rules are the rules of step 2 for words with that last letter but one.
func step2Rules(c byte) string {
	switch c {
	case 'a':
		return "ational>ate tional>tion"
	case 'c':
		return "enci>ence anci>ance"
	case 'e':
		return "izer>ize"
	case 'g':
		return "ogi>og"
	case 'l':
		return "lessli>less entli>ent ousli>ous fulli>ful abli>able alli>al bli>ble li>"
	case 'o':
		return "ization>ize ation>ate ator>ate"
	case 's':
		return "fulness>ful ousness>ous iveness>ive alism>al"
	case 't':
		return "biliti>ble aliti>al iviti>ive"
	}
	return ""
}

func (w *stem) step2() {
	if w.n < 3 {
		return
	}
	suffix, to := w.longest(step2Rules(w.b[w.n-2]))
	at := w.n - len(suffix)
	if suffix == "" || at < w.r1 {
		return
	}
	switch suffix {
	case "ogi":
		if at == 0 || w.b[at-1] != 'l' {
			return
		}
	case "li":
		if at == 0 || strings.IndexByte("cdeghkmnrt", w.b[at-1]) < 0 {
			return
		}
	}
	w.swap(len(suffix), to)
}

// step3Rules are the rules of step 3 for words with that last letter.
func step3Rules(c byte) string {
	switch c {
	case 'l':
		return "ational>ate tional>tion ical>ic ful>"
	case 'e':
		return "alize>al icate>ic ative>"
	case 'i':
		return "iciti>ic"
	case 's':
		return "ness>"
	}
	return ""
}

func (w *stem) step3() {
	if w.n < 3 {
		return
	}
	suffix, to := w.longest(step3Rules(w.b[w.n-1]))
	at := w.n - len(suffix)
	if suffix == "" || at < w.r1 || suffix == "ative" && at < w.r2 {
		return
	}
	w.swap(len(suffix), to)
}

// step4Suffixes are what step 4 deletes from words with that last letter but one.
func step4Suffixes(c byte) string {
	switch c {
	case 'a':
		return "al"
	case 'c':
		return "ance ence"
	case 'e':
		return "er"
	case 'i':
		return "ic"
	case 'l':
		return "able ible"
	case 'n':
		return "ement ment ent ant"
	case 'o':
		return "ion"
	case 's':
		return "ism"
	case 't':
		return "ate iti"
	case 'u':
		return "ous"
	case 'v':
		return "ive"
	case 'z':
		return "ize"
	}
	return ""
}

func (w *stem) step4() {
	if w.n < 3 {
		return
	}
	suffix, _ := w.longest(step4Suffixes(w.b[w.n-2]))
	at := w.n - len(suffix)
	if suffix == "" || at < w.r2 || suffix == "ion" && (at == 0 || w.b[at-1] != 's' && w.b[at-1] != 't') {
		return
	}
	w.n = at
}

func (w *stem) step5() {
	if w.n == 0 {
		return
	}
	at := w.n - 1
	switch w.b[at] {
	case 'e':
		if at >= w.r2 || at >= w.r1 && !w.shortSyllable(at) {
			w.n = at
		}
	case 'l':
		if at >= w.r2 && at > 0 && w.b[at-1] == 'l' {
			w.n = at
		}
	}
}
