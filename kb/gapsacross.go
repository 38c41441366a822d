package kb

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"huiyin/nlp"
)

// Two groups of gaps in different languages ask the same when each is the other's nearest, as near as sameAcross, and every
// other one is further away by clearAcross: word by word, 信用卡可以付款吗 is near many questions about paying, and one alone
// says nothing. docs/measured/kb.md says what that finds.
const (
	sameAcross  = 0.40
	clearAcross = 0.08
	// nearAcross is how many of the other language's groups, the nearest by the vectors of whole questions, are compared word
	// by word.
	nearAcross = 30
)

// joined are groups with those of the other language that ask the same, at the place of the earlier one. The gaps of a group
// are in their order.
func (c *catalog) joined(ctx context.Context, groups []*asking) ([][]Gap, error) {
	partner, err := c.partners(ctx, groups)
	if err != nil {
		return nil, err
	}
	var out [][]Gap
	for i, g := range groups {
		other, ok := partner[i]
		switch {
		case ok && other < i: // it stands there
		case ok:
			list := slices.Concat(g.gaps, groups[other].gaps)
			slices.SortStableFunc(list, earlier)
			out = append(out, list)
		default:
			out = append(out, g.gaps)
		}
	}
	return out, nil
}

// partners are the groups that ask the same, in both directions.
func (c *catalog) partners(ctx context.Context, groups []*asking) (map[int]int, error) {
	if c.meaning == nil {
		return nil, nil
	}
	score, err := c.acrossScores(ctx, groups)
	if err != nil {
		return nil, err
	}
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
	return out, nil
}

// apartBy is how near two groups of different languages are, a before b.
type apartBy struct {
	a, b  int
	score float64
}

// acrossScores compares groups of different languages that may ask the same.
func (c *catalog) acrossScores(ctx context.Context, groups []*asking) ([]apartBy, error) {
	asks := make([]asked, len(groups))
	soft := c.rememberedRarity()
	err := inParts(ctx, len(groups), func(i int) { asks[i] = c.asked(&groups[i].question, soft) })
	if err != nil {
		return nil, err
	}
	byLang := map[nlp.Lang][]int{}
	for i, g := range groups {
		if ph := &g.entry.phrases[0]; len(asks[i].words) > 0 && len(ph.words) > 0 {
			lang := g.question.lang.Base()
			byLang[lang] = append(byLang[lang], i)
		}
	}
	wanted, err := nearestAcross(ctx, groups, byLang[nlp.LangChinese], byLang[nlp.LangEnglish])
	if err != nil {
		return nil, err
	}
	out := make([]apartBy, 0, len(wanted))
	for p, whole := range wanted {
		out = append(out, apartBy{p[0], p[1], whole})
	}
	slices.SortFunc(out, func(x, y apartBy) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return out, inParts(ctx, len(out), func(i int) {
		p := &out[i]
		there := c.align(&asks[p.a], &groups[p.b].entry.phrases[0], p.score)
		back := c.align(&asks[p.b], &groups[p.a].entry.phrases[0], p.score)
		p.score = (there + back) / 2
	})
}

// rememberedRarity is softRarity, asked once for each word. It is safe for concurrent use.
func (c *catalog) rememberedRarity() func(row []int8) float64 {
	var known sync.Map
	return func(row []int8) float64 {
		raw := make([]byte, len(row))
		for i, x := range row {
			raw[i] = byte(x)
		}
		key := string(raw)
		if x, ok := known.Load(key); ok {
			return x.(float64)
		}
		x := c.softRarity(row)
		known.Store(key, x)
		return x
	}
}

// inParts does something for each number below n, on all processors; the error is that of the context.
func inParts(ctx context.Context, n int, do func(i int)) error {
	parts := min(runtime.GOMAXPROCS(0), n)
	var work sync.WaitGroup
	for part := range parts {
		work.Go(func() {
			for i := part; i < n && ctx.Err() == nil; i += parts {
				do(i)
			}
		})
	}
	work.Wait()
	return ctx.Err()
}

// nearestAcross are the pairs of groups in which one is among the nearAcross nearest of the other by the vectors of their whole
// questions, with how near they are. Every pair is compared once.
func nearestAcross(ctx context.Context, groups []*asking, zh, en []int) (map[[2]int]float64, error) {
	whole := make([]float64, len(zh)*len(en))
	for x, i := range zh {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for y, j := range en {
			whole[x*len(en)+y] = cosine(groups[i].question.meaning, groups[j].question.meaning)
		}
	}
	wanted := map[[2]int]float64{}
	keep := func(list []apartBy) {
		slices.SortFunc(list, func(a, b apartBy) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.b, b.b)) })
		for _, p := range list[:min(nearAcross, len(list))] {
			wanted[[2]int{min(p.a, p.b), max(p.a, p.b)}] = p.score
		}
	}
	for x, i := range zh {
		list := make([]apartBy, len(en))
		for y, j := range en {
			list[y] = apartBy{i, j, whole[x*len(en)+y]}
		}
		keep(list)
	}
	for y, j := range en {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list := make([]apartBy, len(zh))
		for x, i := range zh {
			list[x] = apartBy{j, i, whole[x*len(en)+y]}
		}
		keep(list)
	}
	return wanted, nil
}
