package topics

import (
	"math"

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
	// exampleWords bounds the words that are compared with the examples: a long message says first what it is about.
	exampleWords = 60
)

// named is the topic that a message's seeds and the taxonomy's examples name; nobody: they are not sure enough; settled: they are
// sure that it is about none, and what is learned from the pile, or a seed by itself, is not asked. Without examples,
// seeds are left to be weighed with what is learned from the pile.
func (c *Classifier) named(tokens []nlp.Token, hits []hit, least float64) int {
	m := c.model()
	if m == nil {
		return nobody
	}
	r := m.Rank(tokens[:min(len(tokens), exampleWords)])
	best, most := nobody, math.Inf(-1)
	take := func(topic int, odds float64) {
		if odds > most || odds == most && topic < best {
			best, most = topic, odds
		}
	}
	for _, x := range r.Ranking {
		t := c.learned.topic[x.Name]
		take(t, math.Log(exampleLeast+float64(x.Confidence))+c.odds(hits, t))
	}
	for _, h := range hits {
		if c.share(r.Ranking, h.topic) == 0 {
			take(h.topic, math.Log(exampleLeast)+c.odds(hits, h.topic))
		}
	}
	switch {
	case most < math.Log(least):
		return nobody
	case best == nobody:
		return settled
	}
	return best
}

// odds are what the seeds of a topic add.
func (c *Classifier) odds(hits []hit, topic int) float64 {
	for _, h := range hits {
		if h.topic == topic {
			return seedBase + c.doubt*(seedBaseAlone-seedBase) + (seedOdds+c.doubt*(seedOddsAlone-seedOdds))*h.weight
		}
	}
	return 0
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
