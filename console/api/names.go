package api

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// hiddenName stands where a customer's name was.
const hiddenName = "***"

// nameForms are the ways in which a text may call somebody: the whole name, its words, and of a Chinese or Korean name of three or
// four characters the given name. None is a single letter, which stands in any text. The longest come first, folded.
func nameForms(name string) [][]rune {
	var forms [][]rune
	add := func(word string) {
		if form := fold(word); countLetters(form) >= 2 {
			forms = append(forms, form)
		}
	}
	add(strings.TrimSpace(name))
	for _, word := range strings.Fields(name) {
		add(strings.TrimFunc(word, func(r rune) bool { return !unicode.IsLetter(r) }))
	}
	for _, word := range strings.FieldsFunc(name, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsMark(r) }) {
		for _, part := range byScript(word) {
			add(part)
			if han := []rune(part); unbroken(han[0]) && len(han) >= 3 && len(han) <= 4 {
				add(string(han[len(han)-2:])) // after a family name of one character or of two
			}
		}
	}
	slices.SortStableFunc(forms, func(a, b []rune) int { return cmp.Compare(len(b), len(a)) })
	return forms
}

// hideForms puts hiddenName in place of each form, in whichever case. In the scripts that always put spaces between words a form is
// a word of its own: "Ada" is not hidden in "Canada".
func hideForms(text string, forms [][]rune) string {
	if len(forms) == 0 {
		return text
	}
	runes, folded := []rune(text), fold(text)
	var b strings.Builder
	for i := 0; i < len(runes); {
		n := 0
		for _, form := range forms {
			end := i + len(form)
			if end <= len(runes) && slices.Equal(folded[i:end], form) && border(folded, i) && border(folded, end) {
				n = len(form)
				break
			}
		}
		if n == 0 {
			b.WriteRune(runes[i])
			i++
			continue
		}
		b.WriteString(hiddenName)
		i += n
	}
	return b.String()
}

// border reports whether a word may begin or end before the rune at i.
func border(text []rune, i int) bool {
	inWord := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) }
	return i == 0 || i == len(text) || !inWord(text[i-1]) || !inWord(text[i]) || unbroken(text[i-1]) || unbroken(text[i])
}

// unbroken reports whether a letter is of a script in which a name may touch the word that follows.
func unbroken(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul)
}

// byScript cuts a word where such a script begins or ends.
func byScript(word string) (parts []string) {
	runes, from := []rune(word), 0
	for i := range runes {
		if i > 0 && unbroken(runes[i]) != unbroken(runes[i-1]) {
			parts, from = append(parts, string(runes[from:i])), i
		}
	}
	return append(parts, string(runes[from:]))
}

// fold is a text without the difference of upper and lower case, rune for rune.
func fold(text string) []rune {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = unicode.ToLower(unicode.ToUpper(r))
	}
	return runes
}

func countLetters(runes []rune) (n int) {
	for _, r := range runes {
		if unicode.IsLetter(r) {
			n++
		}
	}
	return n
}
