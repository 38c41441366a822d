package topics

import (
	"math"
	"slices"
)

// rareWeight is what a hit weighs more for every e-fold fewer messages that have its topic's seeds: of two seeds that weigh the same, the rarer topic's tells more.
const rareWeight = 0.075

// rarity is how much more a hit of each topic weighs; nil: nothing.
type rarity []float64

// rarity counts the messages that the seeds of each topic name, in a thin taxonomy.
func (p *classified) rarity(docs []int) rarity {
	if !p.c.thin() {
		return nil
	}
	out := make(rarity, len(p.c.taxonomy.Topics))
	for _, d := range docs {
		for _, h := range p.hits.of(d) {
			out[h.topic]++
		}
	}
	for t, n := range out {
		out[t] = rareWeight * max(0, math.Log(float64(len(docs))/(n+widenFrom)))
	}
	return out
}

// add are hits that weigh so much more; those given stay as they are.
func (r rarity) add(hits []hit) []hit {
	if r == nil || len(hits) == 0 {
		return hits
	}
	hits = slices.Clone(hits)
	for i := range hits {
		hits[i].weight += r[hits[i].topic]
	}
	return hits
}
