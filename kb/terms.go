package kb

import (
	"hash/fnv"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/nlp"
)

// Tokenizer cuts text into words. *nlp.Tokenizer is one.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

// AnalysisVersion is part of the fingerprint of derived data: it is raised when terms of the same text change.
const AnalysisVersion = "terms-1"

// analyzed is a text as both stages see it.
type analyzed struct {
	key   string   // the normal form: equal keys are the same question
	words []string // stems and Chinese words in order, stop words included
	stop  []bool   // which of the words are stop words
	grams []string // neighbouring Han characters, also across word borders, in order
}

// analyze cuts a text, or takes its tokens when they are at hand.
func analyze(tok Tokenizer, text string, tokens []nlp.Token) analyzed {
	if tokens == nil {
		tokens = tok.Tokenize(text)
	}
	var a analyzed
	var key strings.Builder
	last := rune(-1) // the Han character before, when nothing stands between
	end := -1
	for _, t := range tokens {
		if t.Term == "" {
			continue
		}
		a.words, a.stop = append(a.words, t.Term), append(a.stop, t.Stop)
		key.WriteString(t.Text)
		if t.Start != end {
			last = -1
		}
		for _, r := range t.Text {
			if !unicode.Is(unicode.Han, r) {
				last = -1
				continue
			}
			if last >= 0 {
				a.grams = append(a.grams, string([]rune{last, r}))
			}
			last = r
		}
		end = t.End
	}
	a.key = key.String()
	return a
}

// indexTerms are the terms under which a text is indexed and searched by the first stage: words, and pairs of Han
// characters, so that a different cut of the same characters still meets. Each stands once.
func (a analyzed) indexTerms(into []string, seen map[string]bool) []string {
	add := func(term string) {
		if !seen[term] {
			seen[term] = true
			into = append(into, term)
		}
	}
	for i, w := range a.words {
		if !a.stop[i] || utf8.RuneCountInString(w) > 1 {
			add(w)
		}
	}
	for _, g := range a.grams {
		add(g)
	}
	return into
}

// IndexTerms are the terms under which the first stage finds an article, each once: those of its title and questions,
// and those of everything else that is said in it.
func IndexTerms(tok Tokenizer, a Article) (question, body []string) {
	seen := map[string]bool{}
	for _, text := range append([]string{a.Title}, a.Questions...) {
		question = analyze(tok, text, nil).indexTerms(question, seen)
	}
	clear(seen)
	for _, text := range []string{a.Category, strings.Join(a.Tags, "\n"), PlainText(a.Summary), PlainText(a.Body)} {
		body = analyze(tok, text, nil).indexTerms(body, seen)
	}
	return question, body
}

// Signature changes when anything changes by which an article is found.
func Signature(a Article) uint64 {
	h := fnv.New64a()
	for _, list := range [][]string{{string(a.ID), string(a.Status), a.Title, a.Summary, a.Body, a.Category}, a.Questions, {""}, a.Tags} {
		for _, s := range list {
			_, _ = io.WriteString(h, s) // a hash does not fail
			_, _ = h.Write([]byte{0})
		}
	}
	return h.Sum64()
}

// hasHan reports whether a text has a Han character.
func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
