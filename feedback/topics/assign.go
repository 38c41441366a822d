package topics

import (
	"context"
	"math"

	"huiyin/feedback"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// Classifier assigns topics of a taxonomy. It implements feedback.Topics and is safe for concurrent use.
type Classifier struct {
	taxonomy *Taxonomy
	tok      Tokenizer
	space    *vectors.Vectors
	seeds    *seedTable
	aspects  *aspects
	manner   *feedback.Manner
}

// New makes a Classifier. space may be nil: messages without a seed are then known by their words only.
func New(t *Taxonomy, tok Tokenizer, space *vectors.Vectors) *Classifier {
	return &Classifier{taxonomy: t, tok: tok, space: space, seeds: newSeedTable(t, tok), aspects: newAspects(t, tok), manner: feedback.NewManner()}
}

const (
	// learnMost bounds the messages that are learned from; it is learned anew whenever they have doubled.
	learnMost = 20_000
	// widenRounds is how often what was learned is used to learn again.
	widenRounds = 4
	// seedWeight is what a seed of weight one adds, in log odds.
	seedWeight = 2
	// widenLeast is how well a message without any seed has to fit a topic, in units of the log odds of chance: the more
	// topics there are, the likelier it is that one fits by accident. widenMargin is by how many log odds it has to fit
	// better than the next.
	widenLeast, widenMargin = 0.9, 0.3
	// happyLeast is the score from which on a message about a problem counts as praise all the same.
	happyLeast = 0.5
	// widenFrom is how many messages with its seeds a topic needs to be given messages without.
	widenFrom = 5
)

// widening are a Classifier's weights.
func widening() knobs {
	return knobs{words: 1, missing: 0.2, long: 12, meaning: 3, prior: 1, smooth: 8, rare: 2}
}

// Assign implements feedback.Topics. Seeds decide where there are any; a message without is compared with those that have
// some, by its words and by what they mean, and belongs to the topic that it clearly fits. What is learned is learned from
// the weeks up to a message's own, so that a later week changes nothing about those before it.
func (c *Classifier) Assign(ctx context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	out := make([]feedback.Assignment, len(items))
	complaints(items, out)
	hits := make([]map[int]float64, len(items))
	pile, err := read(ctx, c.tok, items, func(i int, terms []string) {
		scores := map[int]float64{}
		c.seeds.score(nlp.Fold(items[i].Text), terms, scores)
		if len(scores) > 0 {
			hits[i] = scores
		}
	})
	if err != nil {
		return nil, err
	}
	var seen []int
	var l *lesson
	learned := 0
	best := make([]int, len(items))
	for _, week := range weeksOf(items, 1) {
		seen = append(seen, week...)
		if l == nil || learned < learnMost && len(seen) >= 2*learned {
			if l, err = c.learn(ctx, pile, seen, hits); err != nil {
				return nil, err
			}
			learned = len(seen)
		}
		for _, d := range week {
			best[d] = l.topic(pile.docs[d], hits[d])
		}
	}
	c.fill(items, best, c.telling(pile, best, l), out)
	return out, nil
}

// fill writes down the topics.
func (c *Classifier) fill(items []feedback.Item, best []int, words []feedback.Words, out []feedback.Assignment) {
	for i, t := range best {
		out[i].Aspects = c.aspects.of(items[i])
		if t < 0 {
			c.read(items[i], &out[i])
			continue
		}
		topic := c.taxonomy.Topics[t]
		out[i].Topic, out[i].Name, out[i].Words = topic.ID, topic.text(), words[t]
		out[i].Group, out[i].GroupName = topic.Parent, c.taxonomy.group(topic.Parent)
		out[i].Complaint = out[i].Complaint || topic.Problem && !happy(items[i])
		c.read(items[i], &out[i])
	}
}

// read says what a message does and where in the journey it belongs: by its topic, or else by what it judges first.
func (c *Classifier) read(it feedback.Item, a *feedback.Assignment) {
	a.Kind = c.manner.Kind(it, a.Complaint)
	group := a.Group
	if group == "" && len(a.Aspects) > 0 {
		group = a.Aspects[0].Group
	}
	for _, g := range c.taxonomy.Groups {
		if g.ID == group {
			a.Touch = g.Touchpoint
		}
	}
}

// telling are the telling words of each topic.
func (c *Classifier) telling(pile *corpus, best []int, l *lesson) []feedback.Words {
	counts := make([]map[uint32]int, len(c.taxonomy.Topics))
	for t := range counts {
		counts[t] = map[uint32]int{}
	}
	for d, t := range best {
		if t >= 0 {
			for _, w := range pile.docs[d] {
				counts[t][w]++
			}
		}
	}
	words := make([]feedback.Words, len(counts))
	for t := range words {
		if l != nil {
			words[t] = l.m.telling(counts[t], t)
		}
	}
	return words
}

// lesson is what was learned from some messages.
type lesson struct {
	c      *Classifier
	m      *mixture
	pile   *corpus
	closed []bool
	row    []float32
	place  []float32
}

// learn fits the mixture to messages, beginning with those that have seeds.
func (c *Classifier) learn(ctx context.Context, pile *corpus, docs []int, hits []map[int]float64) (*lesson, error) {
	k := len(c.taxonomy.Topics)
	pile.locate(c.space, docs)
	l := &lesson{c: c, m: newMixture(pile, k), pile: pile, closed: c.closed(docs, hits), row: make([]float32, k), place: make([]float32, pile.dim())}
	base, o := c.directions(pile), widening()
	sample := evenly(docs, learnMost)
	places := pile.placesOf(sample)
	resp := make([]float32, len(sample)*k)
	for round := range widenRounds {
		for i, d := range sample {
			r := resp[i*k : (i+1)*k]
			clear(r)
			if round == 0 {
				if t := top(hits[d]); t >= 0 {
					r[t] = 1
				}
				continue
			}
			l.m.score(pile.docs[d], places[i], o, l.row)
			if t := c.decide(l.row, hits[d], l.closed); t >= 0 {
				copy(r, l.row)
				soften(r)
			}
		}
		l.m.fit(sample, places, resp, base, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return l, nil
}

// topic is what a message is about; −1: nothing that is known.
func (l *lesson) topic(doc []uint32, hits map[int]float64) int {
	l.pile.where(doc, l.place)
	l.m.score(doc, l.place, widening(), l.row)
	return l.c.decide(l.row, hits, l.closed)
}

// Seeded is the topic that a message's seeds name, by itself and at once; empty: it has none.
func (c *Classifier) Seeded(text string) string {
	text = nlp.Clean(text)
	var terms []string
	for _, t := range c.tok.Tokenize(text) {
		terms = append(terms, t.Term)
	}
	scores := map[int]float64{}
	c.seeds.score(nlp.Fold(text), terms, scores)
	if t := top(scores); t >= 0 {
		return c.taxonomy.Topics[t].ID
	}
	return ""
}

// Name is a topic's name.
func (c *Classifier) Name(topic string) feedback.Text {
	for _, t := range c.taxonomy.Topics {
		if t.ID == topic {
			return t.text()
		}
	}
	return feedback.Text{}
}

// closed are the topics that too few messages have seeds of: what nobody here names, nobody here means.
func (c *Classifier) closed(docs []int, hits []map[int]float64) []bool {
	n := make([]int, len(c.taxonomy.Topics))
	for _, d := range docs {
		if t := top(hits[d]); t >= 0 {
			n[t]++
		}
	}
	out := make([]bool, len(n))
	for t := range n {
		out[t] = n[t] < widenFrom
	}
	return out
}

// decide adds the seeds to the scores and picks a topic; −1: none fits.
func (c *Classifier) decide(row []float32, hits map[int]float64, closed []bool) int {
	for t, is := range closed {
		if is && hits[t] == 0 {
			row[t] = -100
		}
	}
	for t, s := range hits {
		row[t] += float32(seedWeight * s)
	}
	best, second := -1, -1
	for t := range row {
		switch {
		case best < 0 || row[t] > row[best]:
			best, second = t, best
		case second < 0 || row[t] > row[second]:
			second = t
		}
	}
	if len(hits) > 0 {
		return best
	}
	if float64(row[best]) < widenLeast*math.Log(float64(len(row))) || second >= 0 && row[best]-row[second] < widenMargin {
		return -1
	}
	return best
}

// directions are where in the space of meaning the seeds of each topic point.
func (c *Classifier) directions(pile *corpus) [][]float32 {
	out := make([][]float32, len(c.taxonomy.Topics))
	row := make([]float32, pile.dim())
	for t, topic := range c.taxonomy.Topics {
		out[t] = make([]float32, pile.dim())
		if c.space == nil {
			continue
		}
		for _, texts := range [][]string{topic.Seeds["zh"], topic.Seeds["en"], topic.Examples["zh"], topic.Examples["en"]} {
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

// Complaint reports whether a message complains: it is unhappy, or its rating is in the lower part of the scale.
func Complaint(it feedback.Item) bool {
	if it.Rating > 0 && it.Rating <= 2 {
		return true
	}
	return it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Negative
}

// happy reports whether a message praises, by its rating or else by its words.
func happy(it feedback.Item) bool {
	if it.Rating > 0 {
		return it.Rating >= 4
	}
	return it.Analysis != nil && it.Analysis.Sentiment.Polarity == nlp.Positive && it.Analysis.Sentiment.Score >= happyLeast
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
