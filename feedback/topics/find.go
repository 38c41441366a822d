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

// Finder finds themes without a taxonomy: it joins messages that are alike by the company that their words keep and by what
// these mean, looks for communities among them, and names each by its most telling words. It implements feedback.Topics. The same items give the same topics on
// every run, and a later week changes nothing about the weeks before it.
type Finder struct {
	tok   Tokenizer
	space *vectors.Vectors
}

// NewFinder makes a Finder. space may be nil: messages are then compared by their words only, and themes do not reach
// across languages.
func NewFinder(tok Tokenizer, space *vectors.Vectors) *Finder { return &Finder{tok, space} }

const (
	findMost   = 12    // themes of the first generation
	findLater  = 3     // themes of a later one
	findSample = 4_000 // messages from which themes are made
	findLeast  = 500   // messages that the first generation learns from, in whole weeks, where there are so many
	findSmall  = 8     // messages that a theme needs
	// findNew is the share of a later week's messages that has to be unlike every theme before a new one is looked for.
	findNew = 0.03
	// findStrange is the share of the first generation's messages that counts as far from their theme: what lies as far in a
	// later week is unlike it.
	findStrange = 0.05
	// findSettle is how often the middles of the themes are moved to where their messages lie.
	findSettle = 5
	wordsShown = 6
)

// Pile implements feedback.Topics.
func (f *Finder) Pile() feedback.Pile {
	return &found{f: f, kept: newKept(), manner: feedback.NewManner()}
}

// found is the pile of a Finder.
type found struct {
	kept
	f      *Finder
	manner *feedback.Manner
	known  []*generation
	names  []feedback.Assignment // of the themes of all generations
	theme  []int32               // of each message, in names; −1: none
}

// Read implements feedback.Pile.
func (p *found) Read(items []feedback.Item) func() {
	readings := make([]reading, len(items))
	for i, it := range items {
		_, open := tokensOf(p.f.tok, it)
		readings[i] = reading{tokens: telling(open), week: weekOf(it), trait: traitOf(p.manner, it, nlp.Fold(it.Text))}
	}
	return func() {
		for i := range readings {
			p.add(&readings[i])
		}
	}
}

// Assign implements feedback.Pile.
func (p *found) Assign(ctx context.Context) error {
	c := p.corpus
	p.theme = make([]int32, len(p.traits))
	for i := range p.theme {
		p.theme[i] = -1
	}
	weeks := weeksOf(p.weeks, findLeast)
	if len(weeks) == 0 {
		return ctx.Err()
	}
	c.locate(p.f.space, weeks[0])
	var seen []int
	for _, week := range weeks {
		seen = append(seen, week...)
		p.place(week, false)
		strange := slices.DeleteFunc(slices.Clone(week), func(d int) bool { return p.theme[d] >= 0 })
		if len(p.known) == 0 || float64(len(strange)) >= findNew*float64(len(week)) {
			if g := newGeneration(c, strange, evenly(seen, findSample), len(p.known) > 0); g != nil {
				g.first = int32(len(p.names))
				p.known, p.names = append(p.known, g), append(p.names, g.names...)
			}
		}
		p.place(strange, true)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return nil
}

// About implements feedback.Pile.
func (p *found) About(i int) feedback.Assignment {
	var a feedback.Assignment
	if t := p.theme[i]; t >= 0 {
		a = p.names[t]
	}
	a.Complaint = p.traits[i]&traitComplains != 0
	a.Kind = p.traits[i].kind(a.Complaint)
	return a
}

// place gives messages the theme of the first generation that explains them; with any, else the nearest one of the first.
func (p *found) place(docs []int, any bool) {
	spread(len(docs), func(from, to int) {
		var b buffers
		for _, d := range docs[from:to] {
			for _, g := range p.known {
				t, near := g.theme(p.corpus, d, &b)
				if t >= 0 && near >= g.far {
					p.theme[d] = g.first + int32(t)
					break
				}
			}
			if p.theme[d] < 0 && any && len(p.known) > 0 {
				if t, _ := p.known[0].theme(p.corpus, d, &b); t >= 0 {
					p.theme[d] = int32(t)
				}
			}
		}
	})
}

// generation is the themes that were found at one time.
type generation struct {
	latent  *latent // of words
	pieces  *pieces
	made    *latent // of pieces
	centres [][]float32
	names   []feedback.Assignment
	first   int32   // the number of its first theme among those of all generations
	far     float32 // what lies farther from every centre is not explained
}

// newGeneration finds themes in some messages, told from a background of all messages so far; nil: they show none. Later
// generations have fewer themes.
func newGeneration(c *corpus, docs, background []int, later bool) *generation {
	sample := evenly(docs, findSample)
	if len(sample) < findSmall {
		return nil
	}
	g := &generation{latent: newLatent(c, sample, background, latentRank, 1), pieces: newPieces(c)}
	g.made = newLatent(g.pieces.corpus, g.pieces.take(c, sample), g.pieces.take(c, background), latentRank, pieceEach)
	var points [][]float32
	var b buffers
	var of []int
	for _, d := range sample {
		if p := g.where(c, d, &b); p != nil {
			points, of = append(points, slices.Clone(p)), append(of, d)
		}
	}
	if len(points) < findSmall {
		return nil
	}
	most := findMost
	if later {
		most = findLater
	}
	near := g.join(points)
	g.settle(c, points, of, background, near.reduce(near.communities(), most, min(findSmall, len(points)/4+1)))
	if len(g.names) == 0 {
		return nil
	}
	return g
}

// join joins messages that are alike as a whole, and those that are by one of the three things that make a point: what is near by one of
// them alone, and what all of them are of one mind about, counts the more.
func (g *generation) join(points [][]float32) *graph {
	views, from := []*graph{newGraph(points)}, 0
	for _, to := range []int{g.latent.rank, g.latent.rank + g.made.rank, len(points[0])} {
		part := make([][]float32, len(points))
		for i, p := range points {
			part[i] = slices.Clone(p[from:to])
			normalize(part[i])
		}
		views, from = append(views, newGraph(part)), to
	}
	return together(views)
}

// settle makes a theme of every group, and learns how far their messages lie.
func (g *generation) settle(c *corpus, points [][]float32, of, background, group []int) {
	k := slices.Max(group) + 1
	for t := range k {
		centre, words, n := make([]float32, len(points[0])), map[uint32]int{}, 0
		for i, p := range points {
			if group[i] == t {
				addTo(centre, p, 1)
				n++
				for _, w := range c.docs.of(of[i]) {
					words[w]++
				}
			}
		}
		if n == 0 {
			continue
		}
		normalize(centre)
		g.centres = append(g.centres, centre)
		g.names = append(g.names, name(c.telling(words, n, background)))
	}
	if len(g.centres) == 0 {
		return
	}
	for range findSettle {
		g.centres = middles(points, g.centres)
	}
	fits := make([]float32, len(points))
	for i, p := range points {
		_, fits[i] = nearest(p, g.centres)
	}
	slices.Sort(fits)
	g.far = fits[int(findStrange*float64(len(fits)))]
}

// buffers are what one goroutine needs to find out where messages lie.
type buffers struct {
	point []float32
	room  room
}

// where is the point of a message, in words, in their pieces and in meaning, in buffers of the caller's; nil: nothing is known of it.
func (g *generation) where(c *corpus, d int, b *buffers) []float32 {
	n := g.latent.rank + g.made.rank + c.dim()
	if cap(b.point) < n {
		b.point = make([]float32, n)
	}
	point := b.point[:n]
	clear(point)
	doc := c.docs.of(d)
	g.latent.where(doc, point)
	g.made.where(g.pieces.in.of(doc, &b.room), point[g.latent.rank:])
	g.latent.meaning(c, doc, point[g.latent.rank+g.made.rank:])
	normalize(point)
	if dot(point, point) == 0 {
		return nil
	}
	return point
}

// theme is the nearest one and how near it is; −1: nothing is known of the message.
func (g *generation) theme(c *corpus, d int, b *buffers) (int, float32) {
	p := g.where(c, d, b)
	if p == nil {
		return -1, 0
	}
	return nearest(p, g.centres)
}

// telling are the words that a group of n messages has more often than the others, the most telling first.
func (c *corpus) telling(words map[uint32]int, n int, among []int) feedback.Words {
	background := map[uint32]int{}
	for _, d := range among {
		for _, w := range c.docs.of(d) {
			if words[w] > 1 {
				background[w]++
			}
		}
	}
	score := map[uint32]float64{}
	for w, k := range words {
		if k > 1 && !c.light[w] && !c.lightly[c.words[w]] && len([]rune(c.words[w])) > 1 {
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
