package topics

import (
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// seedTable finds the seeds of all topics in a text in one go.
type seedTable struct {
	chinese map[rune][]seed     // by first rune; looked for anywhere in the folded text
	english map[string][]seed   // by first term; looked for as a run of terms
	plain   [utf8.RuneSelf]bool // ASCII characters that one of chinese begins with
}

// seed is words that show a topic: parts that follow each other, with a little between them.
type seed struct {
	topic  int
	text   string
	parts  []string   // Chinese, folded
	terms  [][]string // any other
	weight float64
}

const (
	// gapRunes and gapWords are how much may stand between two parts of a seed.
	gapRunes, gapWords = 10, 5
	// hintWeight is what a hint adds: less than any seed, of which the least adds 0.7.
	hintWeight = 0.35
	// gap stands between the parts of a seed, as editors write it.
	gap = "…"
)

// Tokenizer cuts text; *nlp.Tokenizer is one.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

func newSeedTable(t *Taxonomy, tok Tokenizer) *seedTable {
	s := &seedTable{chinese: map[rune][]seed{}, english: map[string][]seed{}}
	for i, topic := range t.Topics {
		for _, text := range topic.Seeds["zh"] {
			s.addChinese(i, text, 0)
		}
		for _, text := range topic.Seeds["en"] {
			s.addEnglish(tok, i, text, 0)
		}
		for _, text := range topic.Hints["zh"] {
			s.addChinese(i, text, hintWeight)
		}
		for _, text := range topic.Hints["en"] {
			s.addEnglish(tok, i, text, hintWeight)
		}
	}
	s.addNames(t, tok)
	return s
}

// addNames adds the words of topics' names as hints, in a thin taxonomy.
func (s *seedTable) addNames(t *Taxonomy, tok Tokenizer) {
	for i, words := range t.nameWords(tok) {
		for _, word := range words {
			if script(word) == 0 {
				s.addChinese(i, word, hintWeight)
			} else {
				s.addEnglish(tok, i, word, hintWeight)
			}
		}
	}
}

// addChinese adds a seed; without a weight, it weighs by its length.
func (s *seedTable) addChinese(topic int, text string, weight float64) {
	x := seed{topic: topic, text: text, weight: weight}
	runes := 0
	for part := range strings.SplitSeq(text, gap) {
		if part = nlp.Fold(part); part != "" {
			x.parts = append(x.parts, part)
			runes += utf8.RuneCountInString(part)
		}
	}
	if len(x.parts) == 0 {
		return
	}
	if weight == 0 {
		x.weight = chineseWeight(runes)
	}
	first, _ := utf8.DecodeRuneInString(x.parts[0])
	if first < utf8.RuneSelf {
		s.plain[first] = true
	}
	s.chinese[first] = append(s.chinese[first], x)
}

// addEnglish adds a seed; without a weight, it weighs by its number of words.
func (s *seedTable) addEnglish(tok Tokenizer, topic int, text string, weight float64) {
	x := seed{topic: topic, text: text, weight: weight}
	words := 0
	for part := range strings.SplitSeq(text, gap) {
		var terms []string
		for _, token := range tok.Tokenize(part) {
			terms = append(terms, token.Term)
		}
		if len(terms) > 0 {
			x.terms = append(x.terms, terms)
			words += len(terms)
		}
	}
	if words == 0 {
		return
	}
	if weight == 0 {
		x.weight = englishWeight(words)
	}
	s.english[x.terms[0][0]] = append(s.english[x.terms[0][0]], x)
}

// chineseWeight is what a seed of so many characters weighs.
func chineseWeight(runes int) float64 { return 0.4 + 0.3*float64(runes) }

// englishWeight is what a seed of so many words weighs.
func englishWeight(words int) float64 { return 0.7 + 0.5*float64(words-1) }

// hit is how strongly a message's seeds name a topic.
type hit struct {
	topic  int
	weight float64 // of all its seeds in the message
	most   float64 // of the one that weighs most
}

// score adds up the seeds of each topic that a text has, after what is there; a seed counts once.
func (s *seedTable) score(folded string, tokens []nlp.Token, into []hit) []hit {
	var room [8]string
	seen := room[:0]
	found := func(c seed) {
		if slices.Contains(seen, c.text) {
			return
		}
		seen = append(seen, c.text)
		for i := range into {
			if into[i].topic == c.topic {
				into[i].weight += c.weight
				into[i].most = max(into[i].most, c.weight)
				return
			}
		}
		into = append(into, hit{c.topic, c.weight, c.weight})
	}
	for at, r := range folded {
		if r < utf8.RuneSelf && !s.plain[r] {
			continue
		}
		for _, c := range s.chinese[r] {
			if c.inText(folded, at) {
				found(c)
			}
		}
	}
	for at, token := range tokens {
		for _, c := range s.english[token.Term] {
			if c.inTokens(tokens[at:]) {
				found(c)
			}
		}
	}
	return into
}

// inText reports whether the first part of a Chinese seed stands at a place of a text, and the others follow.
func (s seed) inText(text string, at int) bool {
	if !strings.HasPrefix(text[at:], s.parts[0]) || !alone(text, at, at+len(s.parts[0])) {
		return false
	}
	at += len(s.parts[0])
	for _, part := range s.parts[1:] {
		i := strings.Index(text[at:min(len(text), at+3*gapRunes+len(part))], part)
		if i < 0 || !alone(text, at+i, at+i+len(part)) {
			return false
		}
		at += i + len(part)
	}
	return true
}

// alone reports whether what stands in a part of a text is no piece of a longer word in Latin letters, or of a longer number: "app" is not
// in "disappointed". Chinese has no borders to look at.
func alone(text string, from, to int) bool {
	return !(from > 0 && isASCIIWord(text[from]) && isASCIIWord(text[from-1])) && !(to < len(text) && isASCIIWord(text[to]) && isASCIIWord(text[to-1]))
}

func isASCIIWord(b byte) bool {
	return 'a' <= b && b <= 'z' || '0' <= b && b <= '9'
}

// inTokens reports whether tokens begin with the first part of a seed, and the others follow.
func (s seed) inTokens(tokens []nlp.Token) bool {
	if !begins(tokens, s.terms[0]) {
		return false
	}
	tokens = tokens[len(s.terms[0]):]
	for _, part := range s.terms[1:] {
		at := 0
		for at <= gapWords && !begins(tokens[min(at, len(tokens)):], part) {
			at++
		}
		if at > gapWords {
			return false
		}
		tokens = tokens[at+len(part):]
	}
	return true
}

func begins(tokens []nlp.Token, want []string) bool {
	if len(tokens) < len(want) {
		return false
	}
	for i := range want {
		if tokens[i].Term != want[i] {
			return false
		}
	}
	return true
}

// top is the topic with the highest score, the first of equals; −1 of none.
func top(hits []hit) int {
	best, weight := -1, 0.0
	for _, h := range hits {
		if h.weight > weight || h.weight == weight && best >= 0 && h.topic < best {
			best, weight = h.topic, h.weight
		}
	}
	return best
}
