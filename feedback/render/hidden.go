package render

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/bidi"
)

const (
	nonJoiner = '\u200C'
	joiner    = '\u200D'
	blackFlag = '\U0001F3F4'
	tagEnd    = '\U000E007F'
)

// hidden reports whether a character shows nothing by itself: controls but for tabs and line ends, characters of format but for
// those that stand for a sign, selectors of variants, and what Unicode calls ignorable by default.
func hidden(r rune) bool {
	switch {
	case r == '\t', r == '\n':
		return false
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r): // signs over numbers, of Arabic for example
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// needed reports whether a hidden character makes its neighbours look as they should: a joiner within an emoji or behind a letter of a
// script that has joiners, and one selector behind a character that has variants.
func needed(before, r rune, rest string) bool {
	switch {
	case r == joiner && emojiEnd(before):
		for _, after := range rest {
			return emoji(after)
		}
		return false
	case r == joiner, r == nonJoiner:
		return unicode.In(before, joining()...)
	case r == '\uFE0E', r == '\uFE0F': // as text, as a picture; a keycap begins with a digit
		return unicode.In(before, unicode.So, unicode.Sm) || strings.ContainsRune("0123456789#*‼⁉", before)
	case unicode.Is(unicode.Variation_Selector, r) && r < 0x2000, r == '\u180E':
		return unicode.Is(unicode.Mongolian, before)
	case unicode.Is(unicode.Variation_Selector, r):
		return unicode.In(before, unicode.Han, unicode.Sm)
	}
	return false
}

// joining are the scripts in which a joiner, or a non-joiner, changes how letters look.
func joining() []*unicode.RangeTable {
	return []*unicode.RangeTable{unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mongolian, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
		unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala, unicode.Khmer, unicode.Myanmar}
}

// emoji reports whether a character is in the blocks that emoji are in.
func emoji(r rune) bool {
	return r >= 0x2190 && r <= 0x2BFF || r >= 0x1F000 && r <= 0x1FAFF
}

// emojiEnd reports whether an emoji may end with a character.
func emojiEnd(r rune) bool { return emoji(r) || r == '\uFE0F' }

// directional reports whether a character only marks a direction and overrides none: in texts with letters that run leftwards these marks
// keep punctuation at its place.
func directional(r rune) bool { return r == '\u061C' || r == '\u200E' || r == '\u200F' }

// leftwards reports whether a character is a letter that is read from right to left.
func leftwards(r rune) bool {
	p, _ := bidi.LookupRune(r)
	return unicode.IsLetter(r) && (p.Class() == bidi.R || p.Class() == bidi.AL)
}

// nation is the end of the flag of England, Scotland or Wales, whose letters are tags, at the beginning of what follows a black
// flag; empty: none of them. There are no others (Unicode TR 51, RGI emoji tag sequences).
func nation(rest string) string {
	var name []rune
	for i, r := range rest {
		if r == tagEnd && slices.Contains([]string{"gbeng", "gbsct", "gbwls"}, string(name)) {
			return rest[:i+len(string(tagEnd))]
		}
		if r < 0xE0061 || r > 0xE007A || len(name) == len("gbeng") {
			break
		}
		name = append(name, r-0xE0000)
	}
	return ""
}
