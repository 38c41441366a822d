package topics

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"huiyin/feedback"
	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// Finder finds themes without a taxonomy: it groups messages by the words that they share and by what these mean, and
// names each group by its most telling words. It implements feedback.Topics. The same items give the same topics on
// every run.
type Finder struct {
	tok   Tokenizer
	space *vectors.Vectors
}

// NewFinder makes a Finder. space may be nil: messages are then compared by their words only, and themes do not reach
// across languages.
func NewFinder(tok Tokenizer, space *vectors.Vectors) *Finder { return &Finder{tok, space} }

const (
	findMost   = 14     // groups to start with
	findSample = 20_000 // messages from which groups are made
	findRounds = 8
	findSmall  = 0.01 // share of messages that a group needs to stay
	wordsShown = 6
)

// finding are a Finder's weights.
func finding() knobs {
	return knobs{words: 0.5, missing: 1, long: 12, meaning: 6, prior: 1, smooth: 60, rare: 3}
}

// Assign implements feedback.Topics.
func (f *Finder) Assign(ctx context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	out := make([]feedback.Assignment, len(items))
	complaints(items, out)
	c, err := read(ctx, f.tok, items, f.space, nil)
	if err != nil {
		return nil, err
	}
	sample := c.sample(findSample)
	places := c.placesOf(sample)
	anchors := pick(c, sample, min(findMost, int(math.Sqrt(float64(len(items))/8))+2))
	if len(anchors) == 0 { // too few messages to show a theme
		return out, nil
	}
	m, o := newMixture(c, len(anchors)), finding()
	resp := begin(c, sample, anchors)
	for range findRounds {
		m.fit(sample, places, resp, nil, o)
		for i, d := range sample {
			row := resp[i*m.k : (i+1)*m.k]
			m.score(c.docs[d], places[i], o, row)
			soften(row)
		}
		resp = m.prune(resp, len(sample))
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	m.fit(sample, places, resp, nil, o)
	best := make([]int, len(items))
	counts := make([]map[uint32]int, m.k)
	for t := range counts {
		counts[t] = map[uint32]int{}
	}
	place, row := make([]float32, c.dim()), make([]float32, m.k)
	for i, doc := range c.docs {
		best[i] = -1
		if len(doc) == 0 {
			continue
		}
		c.where(doc, place)
		m.score(doc, place, o, row)
		best[i] = argmax(row)
		for _, w := range doc {
			counts[best[i]][w]++
		}
	}
	names := make([]feedback.Assignment, m.k)
	for t := range names {
		names[t] = name(m.telling(counts[t], t))
	}
	for i, t := range best {
		if t >= 0 {
			names[t].Complaint = out[i].Complaint
			out[i] = names[t]
		}
	}
	return out, nil
}

// prune drops topics that hold too few messages; their messages are shared out in the next round.
func (m *mixture) prune(resp []float32, n int) []float32 {
	mass := make([]float64, m.k)
	for i := range n {
		for t, r := range resp[i*m.k : (i+1)*m.k] {
			mass[t] += float64(r)
		}
	}
	var keep []int
	for t, x := range mass {
		if x >= math.Max(2, findSmall*float64(n)) {
			keep = append(keep, t)
		}
	}
	if len(keep) == m.k || len(keep) == 0 {
		return resp
	}
	out := make([]float32, n*len(keep))
	for i := range n {
		row := out[i*len(keep) : (i+1)*len(keep)]
		var sum float32
		for j, t := range keep {
			row[j] = resp[i*m.k+t]
			sum += row[j]
		}
		if sum > 0 {
			scale(row, 1/sum)
		}
	}
	m.k = len(keep)
	return out
}

func argmax(x []float32) int {
	best := 0
	for i := range x {
		if x[i] > x[best] {
			best = i
		}
	}
	return best
}

// name calls a group by its most telling words; its ID is a hash of them, so that the same group has the same ID.
func name(words feedback.Words) feedback.Assignment {
	a := feedback.Assignment{Found: true, Words: words}
	a.Name = feedback.Text{ZH: strings.Join(words.ZH[:min(3, len(words.ZH))], "、"), EN: strings.Join(words.EN[:min(3, len(words.EN))], ", ")}
	h := fnv.New32a()
	fmt.Fprint(h, words)
	a.Topic = fmt.Sprintf("found.%08x", h.Sum32())
	return a
}

// placesOf are the places of some messages.
func (c *corpus) placesOf(sample []int) [][]float32 {
	out := make([][]float32, len(sample))
	flat := make([]float32, len(sample)*c.dim())
	for i, d := range sample {
		out[i] = flat[i*c.dim() : (i+1)*c.dim()]
		c.where(c.docs[d], out[i])
	}
	return out
}

// read makes a corpus of items; each is told its folded terms on the way.
func read(ctx context.Context, tok Tokenizer, items []feedback.Item, space *vectors.Vectors, each func(i int, terms []string)) (*corpus, error) {
	c := newCorpus()
	var terms []string
	for i, it := range items {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := nlp.Clean(it.Text)
		tokens := slices.DeleteFunc(tok.Tokenize(text), func(t nlp.Token) bool { // whom a post is addressed to is no theme
			return t.Start > 0 && text[t.Start-1] == '@'
		})
		c.add(tokens)
		c.forms.note(tokens)
		if each != nil {
			terms = terms[:0]
			for _, t := range tokens {
				terms = append(terms, t.Term)
			}
			each(i, terms)
		}
	}
	c.locate(space)
	return c, nil
}
