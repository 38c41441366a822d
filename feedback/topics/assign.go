package topics

import (
	"cmp"
	"context"
	"math"
	"slices"

	"huiyin/feedback"
	"huiyin/nlp"
)

// Classifier assigns topics of a taxonomy. It implements feedback.Topics and is safe for concurrent use.
type Classifier struct {
	taxonomy *Taxonomy
	tok      Tokenizer
	seeds    *seedTable
}

// New makes a Classifier.
func New(t *Taxonomy, tok Tokenizer) *Classifier {
	return &Classifier{taxonomy: t, tok: tok, seeds: newSeedTable(t, tok)}
}

const (
	// widenLeast is how many messages with seeds a topic needs before its other words are believed.
	widenLeast = 8
	// widenMargin is by how much, in log odds, a topic must lead to take a message that has no seed at all.
	widenMargin = 2.0
	// learnMost bounds the messages that are learned from; the first ones are as good as any.
	learnMost = 50_000
	// wordsShown is how many telling words a topic carries in each language.
	wordsShown = 6
)

// Assign implements feedback.Topics. Seeds decide where there are any; the words that go with each topic's seeds decide
// for messages without, when they are clear (naive Bayes on the messages that seeds have labelled).
func (c *Classifier) Assign(ctx context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	out := make([]feedback.Assignment, len(items))
	terms := make([][]string, len(items))
	best := make([]int, len(items))
	model := newBayes(len(c.taxonomy.Topics))
	for i, it := range items {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		terms[i] = c.terms(it)
		scores := map[int]float64{}
		c.seeds.score(nlp.Fold(it.Text), terms[i], scores)
		best[i] = top(scores)
		if i < learnMost {
			model.learn(best[i], terms[i])
		}
	}
	model.fit()
	words := make([]feedback.Words, len(c.taxonomy.Topics))
	for t := range words {
		words[t] = model.words(t)
	}
	for i, it := range items {
		t := best[i]
		if t < 0 {
			t = model.guess(terms[i])
		}
		out[i].Complaint = Complaint(it)
		if t >= 0 {
			out[i].Topic, out[i].Name, out[i].Words = c.taxonomy.Topics[t].ID, c.taxonomy.Topics[t].text(), words[t]
		}
	}
	return out, nil
}

// terms are the words of an item that may carry meaning.
func (c *Classifier) terms(it feedback.Item) []string {
	tokens := c.tok.Tokenize(it.Text)
	terms := make([]string, 0, len(tokens))
	for _, t := range tokens {
		terms = append(terms, t.Term)
	}
	return terms
}

// Complaint reports whether a message complains: it is unhappy, or its rating is in the lower part of the scale.
func Complaint(it feedback.Item) bool {
	if it.Rating > 0 && it.Rating <= 2 {
		return true
	}
	return it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Negative
}

// top is the topic with the highest score, the first of equals; −1 of none.
func top(scores map[int]float64) int {
	best, score := -1, 0.0
	for t, s := range scores {
		if s > score || s == score && best >= 0 && t < best {
			best, score = t, s
		}
	}
	return best
}

// bayes learns which words go with which topic.
type bayes struct {
	docs   []int // by topic
	all    int
	counts map[string][]int32 // word → messages by topic, and in the last place all messages
	odds   map[string][]float32
}

func newBayes(topics int) *bayes {
	return &bayes{docs: make([]int, topics), counts: map[string][]int32{}}
}

func (b *bayes) learn(topic int, terms []string) {
	b.all++
	if topic >= 0 {
		b.docs[topic]++
	}
	last := len(b.docs)
	seen := map[string]bool{}
	for _, w := range terms {
		if seen[w] {
			continue
		}
		seen[w] = true
		n := b.counts[w]
		if n == nil {
			n = make([]int32, last+1)
			b.counts[w] = n
		}
		n[last]++
		if topic >= 0 {
			n[topic]++
		}
	}
}

// fit turns counts into log odds of a word in a topic against all messages; rare words and small topics say nothing.
func (b *bayes) fit() {
	b.odds = make(map[string][]float32, len(b.counts))
	last := len(b.docs)
	for w, n := range b.counts {
		if n[last] < 3 {
			continue
		}
		odds := make([]float32, last)
		everywhere := (float64(n[last]) + 1) / (float64(b.all) + 2)
		for t := range odds {
			if b.docs[t] < widenLeast {
				continue
			}
			inside := (float64(n[t]) + 2*everywhere) / (float64(b.docs[t]) + 2)
			odds[t] = float32(math.Log(inside / everywhere))
		}
		b.odds[w] = odds
	}
}

// guess is the topic of a message without seeds, or −1.
func (b *bayes) guess(terms []string) int {
	scores := make([]float64, len(b.docs))
	for _, w := range terms {
		for t, o := range b.odds[w] {
			if o > 0 {
				scores[t] += float64(o)
			} else {
				scores[t] += 0.3 * float64(o) // what is missing says less than what is there
			}
		}
	}
	best, second := -1, math.Inf(-1)
	for t, s := range scores {
		switch {
		case b.docs[t] < widenLeast:
		case best < 0:
			best = t
		case s > scores[best]:
			best, second = t, scores[best]
		case s > second:
			second = s
		}
	}
	if best < 0 || scores[best] < widenMargin+1 || scores[best]-second < widenMargin {
		return -1
	}
	return best
}

// words are a topic's most telling words, weighed by how often and how exclusively they occur in it.
func (b *bayes) words(topic int) feedback.Words {
	type telling struct {
		word  string
		score float64
	}
	var all []telling
	for w, n := range b.counts {
		odds := b.odds[w]
		if odds == nil || odds[topic] <= 0 || n[topic] < 2 || len([]rune(w)) < 2 {
			continue
		}
		all = append(all, telling{w, float64(n[topic]) * float64(odds[topic])})
	}
	slices.SortFunc(all, func(a, b telling) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.word, b.word)) })
	var out feedback.Words
	for _, t := range all {
		lang, _ := nlp.DetectLang(t.word)
		switch {
		case lang.Base() == nlp.LangChinese && len(out.ZH) < wordsShown:
			out.ZH = append(out.ZH, t.word)
		case lang.Base() == nlp.LangEnglish && len(out.EN) < wordsShown:
			out.EN = append(out.EN, t.word)
		}
	}
	return out
}
