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

// Finder finds themes without a taxonomy: it groups messages by the company that their words keep and by what these mean,
// and names each group by its most telling words. It implements feedback.Topics. The same items give the same topics on
// every run, and a later week changes nothing about the weeks before it.
type Finder struct {
	tok   Tokenizer
	space *vectors.Vectors
}

// NewFinder makes a Finder. space may be nil: messages are then compared by their words only, and themes do not reach
// across languages.
func NewFinder(tok Tokenizer, space *vectors.Vectors) *Finder { return &Finder{tok, space} }

const (
	findMost   = 12    // themes of one generation
	findWide   = 9     // groups of each of the groupings that are joined
	findSample = 4_000 // messages from which themes are made
	findLeast  = 500   // messages that the first generation learns from, in whole weeks, where there are so many
	findSmall  = 8     // messages that a theme needs
	// findNew is the share of a later week's messages that has to be unlike every theme before a new one is looked for.
	findNew = 0.03
	// findStrange is the share of the first generation's messages that counts as far from their theme: what lies as far in a
	// later week is unlike it.
	findStrange = 0.05
	// meaningWeight is what the place in the space of meaning counts beside the company of words.
	meaningWeight = 0.5
	wordsShown    = 6
)

// Assign implements feedback.Topics.
func (f *Finder) Assign(ctx context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	out := make([]feedback.Assignment, len(items))
	complaints(items, out)
	manner := feedback.NewManner()
	for i, it := range items {
		out[i].Kind = manner.Kind(it, out[i].Complaint)
	}
	c, err := read(ctx, f.tok, items, nil)
	if err != nil {
		return nil, err
	}
	weeks := weeksOf(items, findLeast)
	if len(weeks) == 0 {
		return out, nil
	}
	c.locate(f.space, weeks[0])
	var known []*generation
	var seen []int
	for _, week := range weeks {
		seen = append(seen, week...)
		var strange []int
		for _, d := range week {
			if !place(known, c, d, out, false) {
				strange = append(strange, d)
			}
		}
		if len(known) == 0 || float64(len(strange)) >= findNew*float64(len(week)) {
			if g := newGeneration(c, strange, evenly(seen, findSample), len(known) > 0); g != nil {
				known = append(known, g)
			}
		}
		for _, d := range strange {
			place(known, c, d, out, true)
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
	return out, nil
}

// place gives a message the theme of the first generation that explains it; with any, the nearest theme of the first.
func place(known []*generation, c *corpus, d int, out []feedback.Assignment, any bool) bool {
	for i := len(known); i >= 0; i-- {
		var g *generation
		switch {
		case i > 0:
			g = known[len(known)-i]
		case any && len(known) > 0:
			g = known[0]
		default:
			return false
		}
		if t, near := g.theme(c, d); t >= 0 && (near >= g.far || i == 0) {
			complaint, kind := out[d].Complaint, out[d].Kind
			out[d] = g.names[t]
			out[d].Complaint, out[d].Kind = complaint, kind
			return true
		}
	}
	return false
}

// generation is the themes that were found at one time.
type generation struct {
	latent  *latent
	centres [][]float32
	names   []feedback.Assignment
	far     float32 // what lies farther from every centre is not explained
	point   []float32
}

// newGeneration finds themes in some messages, told from a background of all messages so far; nil: they show none. Later
// generations have fewer themes.
func newGeneration(c *corpus, docs, background []int, later bool) *generation {
	sample := evenly(docs, findSample)
	if len(sample) < findSmall {
		return nil
	}
	g := &generation{latent: newLatent(c, sample, background)}
	g.point = make([]float32, g.latent.rank+c.dim())
	var points [][]float32
	var of []int
	for _, d := range sample {
		if p := g.where(c, d); p != nil {
			points, of = append(points, slices.Clone(p)), append(of, d)
		}
	}
	if len(points) < findSmall {
		return nil
	}
	k := min(findMost, int(math.Sqrt(float64(len(points))/4))+2)
	if later {
		k = min(3, k)
	}
	g.settle(c, points, of, background, agree(points, k, min(findWide, k)))
	if len(g.names) == 0 {
		return nil
	}
	return g
}

// settle keeps the groups that are large enough, and learns how far their messages lie.
func (g *generation) settle(c *corpus, points [][]float32, of, background, group []int) {
	k := slices.Max(group) + 1
	for t := range k {
		centre, words, n := make([]float32, len(points[0])), map[uint32]int{}, 0
		for i, p := range points {
			if group[i] == t {
				addTo(centre, p, 1)
				n++
				for _, w := range c.docs[of[i]] {
					words[w]++
				}
			}
		}
		if n < min(findSmall, len(points)/4+1) {
			continue
		}
		normalize(centre)
		g.centres = append(g.centres, centre)
		g.names = append(g.names, name(c.telling(words, n, background)))
	}
	if len(g.centres) == 0 {
		return
	}
	fits := make([]float32, len(points))
	for i, p := range points {
		_, fits[i] = nearest(p, g.centres)
	}
	slices.Sort(fits)
	g.far = fits[int(findStrange*float64(len(fits)))]
}

// where is the point of a message, in words and in meaning; nil: nothing is known of it. The next call overwrites it.
func (g *generation) where(c *corpus, d int) []float32 {
	clear(g.point)
	g.latent.where(c.docs[d], g.point)
	meaning := g.point[g.latent.rank:]
	c.where(c.docs[d], meaning)
	scale(meaning, meaningWeight)
	normalize(g.point)
	if dot(g.point, g.point) == 0 {
		return nil
	}
	return g.point
}

// theme is the nearest one and how near it is; −1: nothing is known of the message.
func (g *generation) theme(c *corpus, d int) (int, float32) {
	p := g.where(c, d)
	if p == nil {
		return -1, 0
	}
	return nearest(p, g.centres)
}

// telling are the words that a group of n messages has more often than the others, the most telling first.
func (c *corpus) telling(words map[uint32]int, n int, among []int) feedback.Words {
	background := map[uint32]int{}
	for _, d := range among {
		for _, w := range c.docs[d] {
			if words[w] > 1 {
				background[w]++
			}
		}
	}
	score := map[uint32]float64{}
	for w, k := range words {
		if k > 1 && !c.light[w] && len([]rune(c.words[w])) > 1 {
			score[w] = float64(k) * math.Log(float64(k)*float64(len(among))/(float64(n)*float64(max(1, background[w]))))
		}
	}
	return c.ranked(score)
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

// personal is the personal data in an item's text. Its words must not name a topic: a street, a part of a mail address.
func personal(it feedback.Item, text string) []nlp.PII {
	if it.Analysis != nil && it.Analysis.Text == text {
		return it.Analysis.PII
	}
	return nlp.FindPII(text)
}

// read makes a corpus of items; each is told its folded terms on the way.
func read(ctx context.Context, tok Tokenizer, items []feedback.Item, each func(i int, terms []string)) (*corpus, error) {
	c := newCorpus()
	var terms []string
	for i, it := range items {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		text := nlp.Clean(it.Text)
		pii := personal(it, text)
		tokens := slices.DeleteFunc(tok.Tokenize(text), func(t nlp.Token) bool { // whom a post is addressed to is no theme
			return t.Start > 0 && text[t.Start-1] == '@' || slices.ContainsFunc(pii, func(p nlp.PII) bool { return p.Start < t.End && t.Start < p.End })
		})
		c.add(tokens)
		if each != nil {
			terms = terms[:0]
			for _, t := range tokens {
				terms = append(terms, t.Term)
			}
			each(i, terms)
		}
	}
	return c, nil
}
