package intent

import (
	"slices"

	"huiyin/nlp"
	"huiyin/nlp/lang/en"
)

// longhand writes out what people shorten in a chat (u, pls, 4 me), so that examples and messages are read alike whichever way they
// are typed: the same slice where there is nothing to write out. A word that is written out has the span of its abbreviation.
func longhand(tokens []nlp.Token) []nlp.Token {
	at := slices.IndexFunc(tokens, func(t nlp.Token) bool { return isFigure(t.Text) || en.Chat(t.Text) != nil })
	if at < 0 {
		return tokens
	}
	out := append(make([]nlp.Token, 0, len(tokens)+4), tokens[:at]...)
	for i := at; i < len(tokens); i++ {
		t := tokens[i]
		words := en.Chat(t.Text)
		if isFigure(t.Text) && 0 < i && i+1 < len(tokens) {
			if w := en.Figure(tokens[i-1].Text, t.Text, tokens[i+1].Text); w != "" {
				words = []string{w}
			}
		}
		if words == nil {
			out = append(out, t)
			continue
		}
		for _, w := range words {
			out = append(out, nlp.Token{Span: t.Span, Text: w, Term: en.Stem(w), Stop: en.Stop(w)})
		}
	}
	return out
}

// isFigure reports whether a word is a figure that may be written for its sound.
func isFigure(word string) bool { return word == "2" || word == "4" }
