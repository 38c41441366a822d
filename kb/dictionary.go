package kb

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// dictionary makes one token of what its words name, whatever the tokenizer cuts them into. It is immutable; a word that
// leaves it is cut again as before.
type dictionary map[rune][]string // words without blanks, by their first character, the longest first

// newDictionary takes words as the tokenizer writes them.
func newDictionary(tok Tokenizer, words []string) dictionary {
	d := dictionary{}
	for _, w := range words {
		key := ""
		for _, t := range tok.Tokenize(w) {
			key += t.Text
		}
		first, _ := utf8.DecodeRuneInString(key)
		if key != "" && !slices.Contains(d[first], key) {
			d[first] = append(d[first], key)
		}
	}
	for _, list := range d {
		slices.SortFunc(list, func(a, b string) int { return cmp.Or(cmp.Compare(len(b), len(a)), cmp.Compare(a, b)) })
	}
	return d
}

// join returns the tokens of a text with the dictionary's words whole.
func (d dictionary) join(tokens []nlp.Token) []nlp.Token {
	if len(d) == 0 {
		return tokens
	}
	out := make([]nlp.Token, 0, len(tokens))
	for from := 0; from < len(tokens); {
		to := from + 1
		for to < len(tokens) && neighbours(tokens[to-1], tokens[to]) {
			to++
		}
		out = d.joinRun(out, tokens[from:to])
		from = to
	}
	return out
}

// neighbours reports whether nothing but a blank or a hyphen stands between two tokens.
func neighbours(a, b nlp.Token) bool {
	return b.Start >= a.End && b.Start-a.End <= 1 && a.End > a.Start
}

// joinRun appends the tokens of a stretch of text.
func (d dictionary) joinRun(out, run []nlp.Token) []nlp.Token {
	text := ""
	border := make([]int, 0, len(run)+1) // where in text each token begins
	for _, t := range run {
		border = append(border, len(text))
		text += t.Text
	}
	border = append(border, len(text))
	for i, at := 0, 0; i < len(run); {
		end := d.longest(text, at, border)
		if end == 0 {
			stop := d.next(text, at, border[i+1], border)
			out = append(out, part(run[i], at-border[i], stop-border[i]))
			if at = stop; at == border[i+1] {
				i++
			}
			continue
		}
		first, last, begin := i, i, at
		for at = end; i < len(run) && border[i+1] <= end; i++ {
			last = i
		}
		if end > border[i] {
			last = i
		}
		if first == last && begin == border[first] && end == border[first+1] {
			out = append(out, run[first])
			continue
		}
		span := nlp.Span{Start: part(run[first], begin-border[first], len(run[first].Text)).Start, End: part(run[last], 0, end-border[last]).End}
		out = append(out, nlp.Token{Span: span, Text: text[begin:end], Term: text[begin:end]})
	}
	return out
}

// longest is the end of the longest word that begins at a place, or 0. It ends between tokens, or between Han characters.
func (d dictionary) longest(text string, at int, border []int) int {
	first, _ := utf8.DecodeRuneInString(text[at:])
	for _, word := range d[first] {
		end := at + len(word)
		if !strings.HasPrefix(text[at:], word) {
			continue
		}
		before, _ := utf8.DecodeLastRuneInString(word)
		after, _ := utf8.DecodeRuneInString(text[end:])
		if slices.Contains(border, end) || unicode.Is(unicode.Han, before) && unicode.Is(unicode.Han, after) {
			return end
		}
	}
	return 0
}

// next is where the next word begins inside a token of Han characters that ends at to, or to.
func (d dictionary) next(text string, at, to int, border []int) int {
	for k, r := range text[at:to] {
		if k > 0 && unicode.Is(unicode.Han, r) && d.longest(text, at+k, border) > 0 {
			return at + k
		}
	}
	return to
}

// part is a piece of a token, in bytes of its text.
func part(t nlp.Token, from, to int) nlp.Token {
	if from == 0 && to == len(t.Text) {
		return t
	}
	span := t.Span
	if len(t.Text) == span.End-span.Start {
		span = nlp.Span{Start: t.Start + from, End: t.Start + to}
	}
	return nlp.Token{Span: span, Text: t.Text[from:to], Term: t.Text[from:to]}
}
