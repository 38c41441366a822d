package topics

import (
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// nameWords are, by topic, the words of its name that tell it from the others: no other topic's name has them, no other's seed holds them,
// and the topic has no such seed. They are looked at in a thin taxonomy only.
func (t *Taxonomy) nameWords(tok Tokenizer) [][]string {
	out := make([][]string, len(t.Topics))
	if !t.thin() {
		return out
	}
	light := lightWords()
	topics := map[string]int{} // how many have a term in their names
	for i, topic := range t.Topics {
		var terms []string
		for _, lang := range []string{"zh", "en"} {
			for _, token := range tok.Tokenize(topic.Name[lang]) {
				if token.Stop || meaningless(token.Term) || light[token.Text] || utf8.RuneCountInString(token.Text) < 2 || slices.Contains(terms, token.Term) {
					continue
				}
				terms = append(terms, token.Term)
				topics[token.Term]++
				out[i] = append(out[i], token.Text)
			}
		}
		out[i] = slices.DeleteFunc(out[i], func(word string) bool { return t.seeded(i, word) })
	}
	for i, words := range out {
		out[i] = slices.DeleteFunc(words, func(word string) bool {
			return slices.ContainsFunc(tok.Tokenize(word), func(token nlp.Token) bool { return topics[token.Term] > 1 })
		})
	}
	return out
}

// seeded reports whether a word is a seed of the topic, or stands in one of another.
func (t *Taxonomy) seeded(topic int, word string) bool {
	for i, other := range t.Topics {
		for _, list := range other.Seeds {
			for _, seed := range list {
				seed = nlp.Fold(seed)
				if seed == word || i != topic && strings.Contains(seed, word) {
					return true
				}
			}
		}
	}
	return false
}

// directions are where in the space of meaning the seeds and examples of each topic point, and in a thin taxonomy the words of its name.
func (c *Classifier) directions(pile *corpus) [][]float32 {
	out := make([][]float32, len(c.taxonomy.Topics))
	for t := range out {
		out[t] = make([]float32, pile.dim())
	}
	if c.space == nil {
		return out
	}
	row := make([]float32, pile.dim())
	names := c.taxonomy.nameWords(c.tok)
	for t, topic := range c.taxonomy.Topics {
		for _, texts := range [][]string{topic.Seeds["zh"], topic.Seeds["en"], topic.Examples["zh"], topic.Examples["en"], names[t]} {
			for _, text := range texts {
				for _, token := range c.tok.Tokenize(text) {
					if token.Stop {
						continue
					}
					for _, p := range c.space.Parts(token.Text, nil) {
						c.space.Row(p, row)
						normalize(row)
						addTo(out[t], row, 1)
						addTo(out[t], pile.mean[script(token.Text)], -1)
					}
				}
			}
		}
		normalize(out[t])
	}
	return out
}
