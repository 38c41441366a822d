package topics

import "slices"

// barred are the topics of trades that a pile of messages is not of: a city's hotline has no parcels, and a book shop no road works.
// Words such as "when will it be sent" or "noise" stand there for something else. nil: there are none.
type barred []bool

const (
	// foreignTimes is how many times as many messages another trade has in a pile that is not of a trade, and foreignOwn the share of
	// those which name a topic of the trade that have one of its own words all the same, below which it is not of it. Of fewer than
	// foreignLeast nothing can be told. In piles of one trade the others had a ninth of the messages at most but for one (a
	// seventh); in mixed ones a quarter and more. Of own words a fifth had some by chance, in the long messages of a hotline; where guests of
	// hotels spoke of meals it was a quarter.
	foreignTimes, foreignOwn, foreignLeast = 5, 0.225, 10
)

// foreign finds them among groups that the taxonomy marks as trades, by what messages show by themselves.
func (p *classified) foreign(docs []int) barred {
	groups := p.c.taxonomy.Groups
	if !slices.ContainsFunc(groups, func(g Group) bool { return g.Trade }) {
		return nil
	}
	all, own, most := make([]int, len(groups)), make([]int, len(groups)), 0
	for _, d := range docs {
		t := p.shown(d, nil)
		if t < 0 {
			continue
		}
		g := p.c.parent[t]
		if g < 0 || !groups[g].Trade {
			continue
		}
		if all[g]++; p.judges(d, g) {
			own[g]++
		}
		most = max(most, all[g])
	}
	out := make(barred, len(p.c.taxonomy.Topics))
	for t := range out {
		if g := p.c.parent[t]; g >= 0 && groups[g].Trade {
			out[t] = all[g] >= foreignLeast && all[g]*foreignTimes <= most && float64(own[g]) < foreignOwn*float64(all[g])
		}
	}
	return out
}

// judges reports whether a message has a word of a group.
func (p *classified) judges(d, group int) bool {
	return slices.ContainsFunc(p.aspects.of(d), func(j judged) bool { return int(j.group) == group })
}

// bars reports whether a message is not about a topic because that is of another trade: its trade's own words would have to stand in it.
func (f barred) bars(p *classified, d, t int) bool {
	return f != nil && t >= 0 && f[t] && !p.judges(d, p.c.parent[t])
}

// without are a message's hits but for those that are barred; barred topics can no more be chosen by their scores either.
func (f barred) without(p *classified, d int, row []float32) []hit {
	hits := p.hits.of(d)
	if f == nil {
		return hits
	}
	for t := range f {
		if f.bars(p, d, t) {
			row[t] = -100
		}
	}
	if !slices.ContainsFunc(hits, func(h hit) bool { return f.bars(p, d, h.topic) }) {
		return hits
	}
	return slices.DeleteFunc(slices.Clone(hits), func(h hit) bool { return f.bars(p, d, h.topic) })
}
