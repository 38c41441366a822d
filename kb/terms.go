package kb

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"huiyin/kb/wording"
	"huiyin/nlp"
)

// Tokenizer cuts text into words. *nlp.Tokenizer is one.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

// AnalysisVersion is part of the fingerprint of derived data: it is raised when terms of the same text change.
const AnalysisVersion = "terms-4"

// analyzed is a text as both stages see it.
type analyzed struct {
	text     string
	key      string // the normal form: equal keys are the same question
	tokens   []nlp.Token
	features []string     // see package wording
	fixes    []Correction // what was mended before
}

// analyze cuts a text, or takes its tokens when they are at hand.
func analyze(tok Tokenizer, text string, tokens []nlp.Token) analyzed {
	if tokens == nil {
		tokens = tok.Tokenize(text)
	} else if s, ok := tok.(*Synonyms); ok {
		tokens = s.Expand(slices.Clone(tokens))
	}
	return analyzed{text: text, key: normalForm(text), tokens: tokens, features: wording.Features(tokens)}
}

// normalForm is what makes two texts the same question: their folded letters and digits.
func normalForm(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r
		}
		return -1
	}, nlp.Fold(nlp.Clean(text)))
}

// asAsked is the normal form of a question as an article words it, when that differs by politeness alone (请问怎么退货, "hi, how do I
// pay please"); else the form itself. The caller holds the lock.
func (c *catalog) asAsked(key string) string {
	for bare, ok := key, true; ok; bare, ok = lessPolite(bare) {
		if len(c.keys[bare]) > 0 {
			return bare
		}
	}
	return key
}

// lessPolite takes one word of politeness off the beginning or the end of a normal form. It may take off too much (his → s), so
// what is left counts only where an article has it.
func lessPolite(key string) (bare string, ok bool) {
	for _, w := range [...]string{"请问一下", "请问", "你好", "您好", "我想问一下", "我想问下", "想问一下", "想问下", "麻烦问一下", "麻烦问下", "问一下", "问下", "那", "excuseme", "please",
		"hello", "hey", "hi", "ok", "so"} {
		if bare, ok = strings.CutPrefix(key, w); ok {
			return bare, bare != ""
		}
	}
	for _, w := range [...]string{"谢谢", "吗", "呢", "啊", "呀", "哦", "嘛", "please", "pls", "thankyou", "thanks"} {
		if bare, ok = strings.CutSuffix(key, w); ok {
			return bare, bare != ""
		}
	}
	return key, false
}

// indexTerms appends the terms under which a text is indexed and searched by the first stage: words, and pairs of Han
// characters, so that a different cut of the same characters still meets. Each stands once.
func (a analyzed) indexTerms(into []string, seen map[string]bool) []string {
	add := func(term string) {
		if !seen[term] {
			seen[term] = true
			into = append(into, term)
		}
	}
	for _, t := range a.tokens {
		if t.Term != "" && (!t.Stop || utf8.RuneCountInString(t.Term) > 1) {
			add(t.Term)
		}
	}
	for _, f := range a.features {
		if f[0] == wording.Pair {
			add(f[1:])
		}
	}
	return into
}

// Signature changes when anything changes by which an article is found.
func Signature(a Article) uint64 {
	sum := fnvBasis
	for _, s := range [...]string{string(a.ID), string(a.Status), a.Title, a.Summary, a.Body, a.Category} {
		sum = fnv1a(sum, s)
	}
	for _, s := range a.Questions {
		sum = fnv1a(sum, s)
	}
	sum = fnv1a(sum, "")
	for _, s := range a.Tags {
		sum = fnv1a(sum, s)
	}
	return sum
}

// Constants of FNV-1a with 64 bits (Fowler, Noll, Vo).
const (
	fnvBasis uint64 = 14695981039346656037
	fnvPrime uint64 = 1099511628211
)

// fnv1a goes on with a string and the zero byte that ends it; hash/fnv would copy every string.
func fnv1a(sum uint64, s string) uint64 {
	for i := range len(s) {
		sum = (sum ^ uint64(s[i])) * fnvPrime
	}
	return sum * fnvPrime
}

// hasHan reports whether a text has a Han character.
func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
