package topics

import (
	"math"
	"math/rand/v2"
)

// latent is where messages lie by the company that their words keep: the leading directions of the table of messages
// and words, weighed by rarity (latent semantic analysis, Deerwester and others 1990), found by subspace iteration from a
// random start (Halko, Martinsson and Tropp 2011). The random numbers are always the same.
type latent struct {
	rank int
	each int       // how many of what messages are counted in stand for a word: see lead
	rare []float32 // word → its weight; 0: says nothing
	at   []float32 // word × direction
}

const (
	// latentRank is how many directions are kept.
	latentRank = 24
	// latentSpare directions more are followed while searching, so that the kept ones settle.
	latentSpare  = 8
	latentRounds = 7
	// latentLeast is in how many messages a word has to be, latentMost in what share of them at most.
	latentLeast = 3
	latentMost  = 0.3
)

// newLatent finds the directions of some messages; how rare a word is, is counted in a background.
func newLatent(c *corpus, sample, background []int, rank, each int) *latent {
	l := &latent{each: each, rank: min(rank, len(sample)/8+1), rare: make([]float32, len(c.words))}
	seen := make([]int, len(c.words))
	for _, d := range background {
		for _, w := range c.docs.of(d) {
			seen[w]++
		}
	}
	n := float64(len(background))
	for w, k := range seen {
		if k >= latentLeast && float64(k) <= latentMost*n && !c.light[w] {
			l.rare[w] = float32(math.Log(n / float64(k)))
		}
	}
	l.turn(l.directions(c, sample))
	return l
}

// directions are the leading ones, of the words.
func (l *latent) directions(c *corpus, sample []int) [][]float32 {
	random := rand.New(rand.NewPCG(1, 2))
	axes := make([][]float32, l.rank+latentSpare)
	for i := range axes {
		axes[i] = make([]float32, len(c.words))
		for w := range axes[i] {
			if l.rare[w] > 0 {
				axes[i][w] = float32(random.NormFloat64())
			}
		}
	}
	rows := make([][]float32, len(sample))
	for i, d := range sample {
		rows[i] = l.row(c.docs.of(d))
	}
	along := make([][]float32, len(axes))
	for i := range along {
		along[i] = make([]float32, len(sample))
	}
	for range latentRounds {
		for a, axis := range axes {
			for i, d := range sample {
				along[a][i] = project(c.docs.of(d), rows[i], axis)
			}
		}
		straighten(along)
		for a, axis := range axes {
			clear(axis)
			for i, d := range sample {
				for j, w := range c.docs.of(d) {
					axis[w] += rows[i][j] * along[a][i]
				}
			}
		}
		straighten(axes)
	}
	return axes[:l.rank]
}

// turn keeps the directions word by word, as messages are read.
func (l *latent) turn(axes [][]float32) {
	l.at = make([]float32, len(l.rare)*l.rank)
	for a, axis := range axes {
		for w, x := range axis {
			l.at[w*l.rank+a] = x
		}
	}
}

// leadWords is how far into a message, in different words, a word counts half of the first: a long message says first what it is
// about.
const leadWords = 20

func lead(at int) float32 { return 1 / (1 + float32(at)/leadWords) }

// row is the weights of a message's words; of length one.
func (l *latent) row(doc []uint32) []float32 {
	row := make([]float32, len(doc))
	for i, w := range doc {
		row[i] = l.rare[w] * lead(i/l.each)
	}
	normalize(row)
	return row
}

// where writes the direction of a message to dst. All zero: none of its words says anything.
func (l *latent) where(doc []uint32, dst []float32) {
	dst = dst[:l.rank]
	clear(dst)
	for i, w := range doc {
		if x := l.rare[w]; x > 0 {
			addTo(dst, l.at[int(w)*l.rank:int(w+1)*l.rank], x*lead(i/l.each))
		}
	}
	normalize(dst)
}

// meaning writes where a message lies in the space of meaning to dst: the direction of the places of its words, by their rarity.
// All zero: not known.
func (l *latent) meaning(c *corpus, doc []uint32, dst []float32) {
	for i, w := range doc {
		if p := c.place[w]; p != nil && int(w) < len(l.rare) && l.rare[w] > 0 {
			if long := dot(p, p); long > 0 {
				addTo(dst, p, l.rare[w]*lead(i)/sqrt(long))
			}
		}
	}
	normalize(dst)
}

func project(doc []uint32, row, axis []float32) float32 {
	var sum float32
	for i, w := range doc {
		sum += row[i] * axis[w]
	}
	return sum
}

// straighten makes vectors orthogonal and of length one (Gram and Schmidt, twice for rounding).
func straighten(x [][]float32) {
	for i := range x {
		for range 2 {
			for j := range i {
				addTo(x[i], x[j], -dot(x[i], x[j]))
			}
		}
		normalize(x[i])
	}
}
