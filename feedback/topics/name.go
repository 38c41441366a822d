package topics

import (
	"math"
	"sort"
	"unicode/utf8"

	"huiyin/nlp"
)

const (
	// nobody is the topic of a message that nothing names; settled that of one that is surely about none.
	nobody, settled = -1, -2
	// seedOdds is what a seed of weight one adds to what the examples say, in log odds; seedBase what any seed adds: a word of two
	// characters, or two words of English, outweighs examples that are seven times as sure of another topic. Chosen on 384 pairs that
	// were not yet examples. With fewer than examplesEnough examples a topic these know less, and seeds count for more, up to
	// seedOddsAlone and seedBaseAlone: then they decide, and examples only between several, or where they are sure of another topic.
	seedOdds, seedBase           = 1.5, 0.5
	seedOddsAlone, seedBaseAlone = 4, 1
	examplesEnough               = 50
	// exampleLeast is the share that an unnamed topic has, so that a seed can outweigh it.
	exampleLeast = 0.01
	// namedLeast is how sure the examples have to be of a message without seeds; liveLeast the same where a person is told at
	// once what the message is taken for.
	namedLeast, liveLeast = 0.3, 0.5
	// longLeast is that of a message without seeds of the topic that is longer than any example: an example is a sentence, and the more
	// somebody writes, the more of it resembles one by chance.
	longestExample, longLeast = 20, 0.5
	// exampleWords bounds the words that are compared with the examples: a long message says first what it is about.
	exampleWords = 60
)

// named is the topic that a message's seeds and the taxonomy's examples name; nobody: they are not sure enough; settled: they are
// sure that it is about none, and what is learned from the pile, or a seed by itself, is not asked. Without examples,
// seeds are left to be weighed with what is learned from the pile. The tokens are those of the text.
func (c *Classifier) named(text string, tokens []nlp.Token, hits []hit, least float64) int {
	t := c.namedBy(tokens, hits, least)
	if t != settled || len(hits) == 0 {
		return t
	}
	return c.namedIn(text, tokens, least)
}

// namedIn is what the first clause with seeds names by itself where a message as a whole is about none: "rubbish!" beside a matter does
// not take the matter away.
func (c *Classifier) namedIn(text string, tokens []nlp.Token, least float64) int {
	for _, span := range clauses(text) {
		open := within(tokens, span)
		hits := c.seeds.score(nlp.Fold(text[span.Start:span.End]), open, nil)
		if len(hits) == 0 {
			continue
		}
		if t := c.namedBy(open, hits, least); t >= 0 {
			return t
		}
	}
	return settled
}

// within are the tokens that begin in a part of their text.
func within(tokens []nlp.Token, span nlp.Span) []nlp.Token {
	from := sort.Search(len(tokens), func(i int) bool { return tokens[i].Start >= span.Start })
	to := sort.Search(len(tokens), func(i int) bool { return tokens[i].Start >= span.End })
	return tokens[from:to]
}

func (c *Classifier) namedBy(tokens []nlp.Token, hits []hit, least float64) int {
	m := c.model()
	if m == nil {
		return nobody
	}
	whole := wholeWeight(tokens)
	r := m.Rank(tokens[:min(len(tokens), exampleWords)])
	best, most := nobody, math.Inf(-1)
	take := func(topic int, odds float64) {
		if odds > most || odds == most && topic < best {
			best, most = topic, odds
		}
	}
	for _, x := range r.Ranking {
		t := c.learned.topic[x.Name]
		take(t, math.Log(exampleLeast+float64(x.Confidence))+c.odds(hits, t, whole))
	}
	for _, h := range hits {
		if c.share(r.Ranking, h.topic) == 0 {
			take(h.topic, math.Log(exampleLeast)+c.odds(hits, h.topic, whole))
		}
	}
	if len(tokens) > longestExample && best != nobody && c.odds(hits, best, whole) == 0 {
		least = max(least, longLeast)
	}
	switch {
	case most < math.Log(least):
		return nobody
	case best == nobody:
		return settled
	}
	return best
}

// odds are what the seeds of a topic add; whole is what a seed would weigh that is all of the message. Where the heaviest seed is most
// of what is said, there is little that examples could know better.
func (c *Classifier) odds(hits []hit, topic int, whole float64) float64 {
	for _, h := range hits {
		if h.topic == topic {
			alone := max(c.doubt, min(1, 2*h.most/whole-1))
			return seedBase + alone*(seedBaseAlone-seedBase) + (seedOdds+alone*(seedOddsAlone-seedOdds))*h.weight
		}
	}
	return 0
}

// wholeWeight is what a seed of all these words would weigh.
func wholeWeight(tokens []nlp.Token) float64 {
	runes, words := 0, 0
	for _, t := range tokens {
		if script(t.Term) == 0 {
			runes += utf8.RuneCountInString(t.Text)
		} else {
			words++
		}
	}
	switch {
	case words == 0:
		return chineseWeight(runes)
	case runes == 0:
		return englishWeight(words)
	}
	return chineseWeight(runes) + englishWeight(words)
}

// share is how sure the examples are of a topic.
func (c *Classifier) share(r nlp.Ranking, topic int) nlp.Confidence {
	for _, x := range r {
		if c.learned.topic[x.Name] == topic {
			return x.Confidence
		}
	}
	return 0
}
