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

type seed struct {
	topic  int
	text   string
	terms  []string
	weight float64
}

// Tokenizer cuts text; *nlp.Tokenizer is one.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

func newSeedTable(t *Taxonomy, tok Tokenizer) *seedTable {
	s := &seedTable{chinese: map[rune][]seed{}, english: map[string][]seed{}}
	for i, topic := range t.Topics {
		for _, text := range topic.Seeds["zh"] {
			folded := nlp.Fold(text)
			runes := []rune(folded)
			if len(runes) > 0 {
				if runes[0] < utf8.RuneSelf {
					s.plain[runes[0]] = true
				}
				s.chinese[runes[0]] = append(s.chinese[runes[0]], seed{topic: i, text: folded, weight: 0.4 + 0.3*float64(len(runes))})
			}
		}
		for _, text := range topic.Seeds["en"] {
			var words []string
			for _, token := range tok.Tokenize(text) {
				words = append(words, token.Term)
			}
			if len(words) > 0 {
				s.english[words[0]] = append(s.english[words[0]], seed{topic: i, text: text, terms: words, weight: 0.7 + 0.5*float64(len(words)-1)})
			}
		}
	}
	return s
}

// hit is how strongly a message's seeds name a topic.
type hit struct {
	topic  int
	weight float64
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
				return
			}
		}
		into = append(into, hit{c.topic, c.weight})
	}
	for at, r := range folded {
		if r < utf8.RuneSelf && !s.plain[r] {
			continue
		}
		for _, c := range s.chinese[r] {
			if strings.HasPrefix(folded[at:], c.text) {
				found(c)
			}
		}
	}
	for at, token := range tokens {
		for _, c := range s.english[token.Term] {
			if begins(tokens[at:], c.terms) {
				found(c)
			}
		}
	}
	return into
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
