package topics

import "math"

// votes are what the messages most like a message are about. In a small pile of long messages most words are too rare to be
// learned, but what lies near a message still tells: the topics of those that seeds name are passed on to their neighbours, and
// from these to theirs (Zhou and others 2004). No topic counts more because many messages name it than by the root of their number.
type votes struct {
	latent *latent
	points [][]float32 // nil: nothing is known of the message
	shares [][]float32 // by message and topic
	docs   map[int]int // the place of a message among the points
}

const (
	// voteMost is how many messages are compared with each other: with more of them, words are learned well enough.
	voteMost = 2_000
	// votePass is how much of what a message is taken for it has from its neighbours, passed on voteRounds times.
	votePass, voteRounds = 0.9, 40
	// voteLeast is the share of a topic that no neighbour votes for.
	voteLeast = 0.02
	// voteWords is from how many different words on a message is asked about by its neighbours: a long one names much in passing, and
	// its seeds and words by themselves are surer of their topics than they are right. voteWeight is what the neighbours' odds count,
	// beside seeds of seedWeight, and voteMixed what is left of the mixture's. Chosen on two taxonomies of the hotline.
	voteWords             = 20
	voteWeight, voteMixed = 13, 1.0 / 3
)

// newVotes passes on what some messages are taken for among them; nil: they are too many or too few, or most are short.
func (p *classified) newVotes(docs []int, rare rarity) *votes {
	if len(docs) > voteMost || len(docs) < widenFrom*graphLeast {
		return nil
	}
	long := 0
	for _, d := range docs {
		if len(p.corpus.docs.of(d)) >= voteWords {
			long++
		}
	}
	if 2*long < len(docs) {
		return nil
	}
	v := &votes{latent: newLatent(p.corpus, docs, docs, latentRank, 1), points: make([][]float32, len(docs)), docs: map[int]int{}}
	for i, d := range docs {
		v.points[i] = v.where(p.corpus, p.corpus.docs.of(d), make([]float32, v.latent.rank+p.corpus.dim()))
		v.docs[d] = i
	}
	v.shares = newGraph(v.points).pass(p.votesOf(docs, rare))
	return v
}

// votesOf are the topics that messages are taken for before their neighbours are asked: a share of each.
func (p *classified) votesOf(docs []int, rare rarity) [][]float32 {
	k := len(p.c.taxonomy.Topics)
	first, sums := make([][]float32, len(docs)), make([]float32, k)
	for i, d := range docs {
		first[i] = make([]float32, k)
		switch t, hits := p.named[d], rare.add(p.hits.of(d)); {
		case t >= 0:
			first[i][t] = 1
		case t == nobody:
			total := 0.0
			for _, h := range hits {
				total += h.weight
			}
			for _, h := range hits {
				first[i][h.topic] = float32(h.weight / total)
			}
		}
		addTo(sums, first[i], 1)
	}
	for _, row := range first {
		for t := range row {
			if row[t] > 0 {
				row[t] /= sqrt(sums[t])
			}
		}
	}
	return first
}

// pass lets every message take over what its neighbours have, beside what it has itself.
func (g *graph) pass(first [][]float32) [][]float32 {
	now, next := make([][]float32, len(first)), make([][]float32, len(first))
	for i, row := range first {
		now[i], next[i] = append([]float32(nil), row...), make([]float32, len(row))
	}
	for range voteRounds {
		for i, row := range next {
			clear(row)
			addTo(row, first[i], 1-votePass)
			for _, e := range g.edges.of(i) {
				addTo(row, now[e.to], votePass*e.weight)
			}
		}
		now, next = next, now
	}
	return now
}

// where writes the point of a message to dst: the company of its words and what they mean, as much of one as of the other.
func (v *votes) where(c *corpus, doc []uint32, dst []float32) []float32 {
	clear(dst)
	v.latent.where(doc, dst)
	v.latent.meaning(c, doc, dst[v.latent.rank:])
	normalize(dst)
	return dst
}

// score mixes into the scores of a message what its neighbours vote for.
func (v *votes) score(c *corpus, d int, doc []uint32, row []float32) {
	self, ok := v.docs[d]
	if !ok {
		self = -1
	}
	point := v.where(c, doc, make([]float32, v.latent.rank+c.dim()))
	share, sum := make([]float32, len(row)), float32(0)
	for _, e := range nearOf(v.points, point, self, neighbours(len(v.points))) {
		addTo(share, v.shares[e.to], e.weight)
	}
	for _, x := range share {
		sum += x
	}
	if sum == 0 {
		return
	}
	k := float64(len(row))
	for t, x := range share {
		row[t] = row[t]*voteMixed + float32(voteWeight*math.Log((float64(x/sum)+voteLeast)*k/(1+voteLeast*k)))
	}
}
