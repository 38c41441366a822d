package kb

import (
	"cmp"
	"slices"

	"huiyin/nlp"
)

// Two groups of gaps in different languages ask the same when each is the other's nearest, as near as sameAcross, and every
// other one is further away by clearAcross: word by word, 信用卡可以付款吗 is near many questions about paying, and one alone
// says nothing. docs/kb.md says what that finds.
const (
	sameAcross  = 0.40
	clearAcross = 0.08
	// nearAcross is how many of the other language's groups, the nearest by the vectors of whole questions, are compared word
	// by word.
	nearAcross = 30
)

// joined are groups with those of the other language that ask the same, at the place of the earlier one. The gaps of a group
// are in their order.
func (c *catalog) joined(groups []*asking) [][]Gap {
	partner := c.partners(groups)
	var out [][]Gap
	for i, g := range groups {
		other, ok := partner[i]
		switch {
		case ok && other < i: // it stands there
		case ok:
			list := slices.Concat(g.gaps, groups[other].gaps)
			slices.SortStableFunc(list, func(a, b Gap) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
			out = append(out, list)
		default:
			out = append(out, g.gaps)
		}
	}
	return out
}

// partners are the groups that ask the same, in both directions.
func (c *catalog) partners(groups []*asking) map[int]int {
	if c.meaning == nil {
		return nil
	}
	score := c.acrossScores(groups)
	type nearest struct {
		at           int
		best, second float64
	}
	first := make(map[int]nearest, len(groups))
	for _, p := range score {
		for _, side := range [][2]int{{p.a, p.b}, {p.b, p.a}} {
			n := first[side[0]]
			switch {
			case p.score > n.best:
				n = nearest{side[1], p.score, n.best}
			case p.score > n.second:
				n.second = p.score
			}
			first[side[0]] = n
		}
	}
	out := map[int]int{}
	for i, n := range first {
		if back := first[n.at]; back.at == i && n.best >= sameAcross && n.best-max(n.second, back.second) >= clearAcross {
			out[i] = n.at
		}
	}
	return out
}

// apartBy is how near two groups of different languages are, a before b.
type apartBy struct {
	a, b  int
	score float64
}

// acrossScores compares groups of different languages that may ask the same.
func (c *catalog) acrossScores(groups []*asking) []apartBy {
	asks := make([]asked, len(groups))
	byLang := map[nlp.Lang][]int{}
	for i, g := range groups {
		asks[i] = c.asked(&g.question)
		if ph := &g.entry.phrases[0]; len(asks[i].words) > 0 && len(ph.words) > 0 {
			lang := g.question.lang.Base()
			byLang[lang] = append(byLang[lang], i)
		}
	}
	zh, en := byLang[nlp.LangChinese], byLang[nlp.LangEnglish]
	whole := func(i, j int) float64 { return cosine(groups[i].question.meaning, groups[j].question.meaning) }
	wanted := map[[2]int]bool{}
	for _, side := range [][2][]int{{zh, en}, {en, zh}} {
		for _, i := range side[0] {
			others := slices.Clone(side[1])
			if len(others) > nearAcross {
				slices.SortStableFunc(others, func(a, b int) int { return cmp.Compare(whole(i, b), whole(i, a)) })
			}
			for _, j := range others[:min(nearAcross, len(others))] {
				wanted[[2]int{min(i, j), max(i, j)}] = true
			}
		}
	}
	out := make([]apartBy, 0, len(wanted))
	for p := range wanted {
		a, b := p[0], p[1]
		there := c.align(&asks[a], &groups[b].entry.phrases[0], whole(a, b))
		back := c.align(&asks[b], &groups[a].entry.phrases[0], whole(a, b))
		out = append(out, apartBy{a, b, (there + back) / 2})
	}
	slices.SortFunc(out, func(x, y apartBy) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return out
}
