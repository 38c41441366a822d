package channels

import (
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// Len counts a text in the unit.
func (u Unit) Len(text string) int {
	switch u {
	case Bytes:
		return len(text)
	case UTF16:
		n := 0
		for _, r := range text {
			n += utf16Len(r)
		}
		return n
	default:
		return utf8.RuneCountInString(text)
	}
}

func utf16Len(r rune) int {
	if r > 0xFFFF {
		return 2
	}
	return 1
}

// Split cuts a text into parts of at most limit units (no limit: 0), at the best border that is not too early: between
// paragraphs, lines, sentences, where a line may break, and else between two graphemes (what a reader takes for one
// character: a flag, a family, a letter with its accents). The parts joined are the text. Only a grapheme that is itself
// over the limit is cut, between runes; and a rune that is over the limit makes a part of its own.
func (r Rich) Split(limit int, unit Unit) []Rich {
	if limit <= 0 || len(r.Text) <= limit || unit.Len(r.Text) <= limit {
		return []Rich{r}
	}
	var parts []Rich
	from := 0
	for from < len(r.Text) {
		n := firstPart(r.Text[from:], limit, unit)
		parts = append(parts, r.cut(from, from+n))
		from += n
	}
	return parts
}

// borders are the places where a text may be cut, the best kind first.
const (
	atParagraph = iota
	atLine
	atSentence
	atBreak
	atGrapheme
	kinds
)

// firstPart is the length in bytes of the first part of a text that is not empty.
func firstPart(text string, limit int, unit Unit) int {
	var best [kinds]int // byte offset of the last border of each kind
	var size [kinds]int // units before it
	at, used, state, lines := 0, 0, -1, 0
	for rest := text; rest != ""; {
		var grapheme string
		var boundaries int
		grapheme, rest, boundaries, state = uniseg.StepString(rest, state)
		n := unit.Len(grapheme)
		if used+n > limit {
			if at == 0 {
				return cutGrapheme(grapheme, limit, unit)
			}
			return choose(best, size, limit)
		}
		at, used = at+len(grapheme), used+n
		if grapheme == "\n" || grapheme == "\r\n" {
			lines++
		} else {
			lines = 0
		}
		note := func(kind int) { best[kind], size[kind] = at, used }
		note(atGrapheme)
		if boundaries&uniseg.MaskLine != uniseg.LineDontBreak {
			note(atBreak)
		}
		if boundaries&uniseg.MaskSentence != 0 {
			note(atSentence)
		}
		if lines > 0 {
			note(atLine)
		}
		if lines > 1 {
			note(atParagraph)
		}
	}
	return at
}

// choose takes the best kind of border that leaves the part at least a third full (half full for a paragraph), so that a
// heading at the start does not become a message of its own.
func choose(best, size [kinds]int, limit int) int {
	least := [kinds]int{atParagraph: limit / 2, atLine: limit / 2, atSentence: limit / 3, atBreak: 1, atGrapheme: 0}
	for kind := range kinds {
		if best[kind] > 0 && size[kind] >= least[kind] {
			return best[kind]
		}
	}
	return best[atGrapheme]
}

// cutGrapheme cuts a grapheme that is over the limit between runes.
func cutGrapheme(grapheme string, limit int, unit Unit) int {
	used := 0
	for i, r := range grapheme {
		n := 1
		switch unit {
		case Bytes:
			n = utf8.RuneLen(r)
		case UTF16:
			n = utf16Len(r)
		}
		if used += n; used > limit && i > 0 {
			return i
		}
	}
	return len(grapheme)
}
