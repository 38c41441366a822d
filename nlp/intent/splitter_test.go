package intent_test

import (
	"strings"
	"unicode"

	"huiyin/nlp"
)

// splitter is a word splitter for tests that need no dictionary: runs of letters and digits, and single Han characters.
type splitter struct{}

func (splitter) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	start := -1
	flush := func(end int) {
		if start >= 0 {
			w := strings.ToLower(text[start:end])
			out = append(out, nlp.Token{Span: nlp.Span{Start: start, End: end}, Text: w, Term: w})
			start = -1
		}
	}
	for i, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			flush(i)
			out = append(out, nlp.Token{Span: nlp.Span{Start: i, End: i + len(string(r))}, Text: string(r), Term: string(r)})
		case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '\'':
			if start < 0 {
				start = i
			}
		default:
			flush(i)
		}
	}
	flush(len(text))
	return out
}
