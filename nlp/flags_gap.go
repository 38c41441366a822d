package nlp

import (
	"strings"
	"unicode/utf8"
)

// gapMark stands in a phrase of a lexicon for a few words of the same clause: 再也不…买, "close … account".
const gapMark = "…"

// maxGapBytes bounds what a gap may stand for: twelve Chinese characters, some six English words.
const maxGapBytes = 36

// A gapPhrase is a phrase with a gap behind its head: what must follow, and the flag that it raises.
type gapPhrase struct {
	tail string
	flag int
}

// addPhrase takes a phrase of the lexicon, with or without a gap.
func (f *Flags) addPhrase(phrase string, flag int) {
	head, tail, gap := strings.Cut(phrase, gapMark)
	if !gap {
		f.phrases.add(Fold(phrase), flag)
		return
	}
	head, tail = Fold(strings.TrimSpace(head)), Fold(strings.TrimSpace(tail))
	at := -1
	for i, h := range f.heads {
		if h == head {
			at = i
		}
	}
	if at < 0 {
		at = len(f.heads)
		f.heads = append(f.heads, head)
		f.gaps = append(f.gaps, nil)
		f.gapHeads.add(head, at)
	}
	f.gaps[at] = append(f.gaps[at], gapPhrase{tail, flag})
}

// gapAt is the end of the head of a phrase with a gap that begins at byte i of s, and its flag; 0 where there is none.
func (f *Flags) gapAt(s string, i int) (end, flag int) {
	end, head := f.at(&f.gapHeads, s, i)
	if end == 0 {
		return 0, 0
	}
	limit := min(len(s), end+maxGapBytes)
	for limit < len(s) && !utf8.RuneStart(s[limit]) {
		limit++
	}
	clause := s[end:limit]
	if k := strings.IndexAny(clause, ",.!?;:。、\n"); k >= 0 {
		clause = clause[:k]
	}
	for _, g := range f.gaps[head] {
		for from := 0; ; {
			k := strings.Index(clause[from:], g.tail)
			if k < 0 {
				break
			}
			k += from
			if wordStart(s, end+k) && !(isAlnum(g.tail[len(g.tail)-1]) && alnumAt(s, end+k+len(g.tail))) {
				return end, g.flag
			}
			from = k + 1
		}
	}
	return 0, 0
}
