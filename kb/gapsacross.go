package kb

import (
	"cmp"
	"context"
	"runtime"
	"slices"
	"sync"

	"huiyin/nlp"
)

// How likely two questions of different languages ask for the same: by how much nearer they are, word by word (aligned) and as a
// whole (wholly), than each is to the questions that are nearest to it, and by how much one is the nearest of all (clear). Questions
// of different kinds (when, where, how much) are not. docs/measured/kb.md says what the weights were learned from and what it finds.
const (
	acrossBias, acrossAligned, acrossWholly, acrossClear, acrossKinds = -0.52, 13.93, 2.39, 8.66, -3.49
	// leastAcross is how near they are at least to be joined, since among few questions one alone says nothing, and maybeAcross for
	// an editor to be asked.
	leastAcross = 0.40
	maybeAcross = 0.25
	// nearAcross is how many of the other language's questions, the nearest by the vectors of whole questions, are compared word
	// by word; hubAcross how many of them say how near a question is to anything.
	nearAcross = 30
	hubAcross  = 5
)

// aligned is how near two questions of different languages are, word by word and as a whole.
type aligned struct {
	a, b          int
	words, wholly float64
}

// likeAcross compares questions of different languages.
func (c *catalog) likeAcross(ctx context.Context, asks []*asking, like *likeness) error {
	if c.meaning == nil {
		return nil
	}
	list, err := c.alignedPairs(ctx, asks)
	if err != nil {
		return err
	}
	by := make([][]aligned, len(asks))
	for _, p := range list {
		by[p.a], by[p.b] = append(by[p.a], p), append(by[p.b], p)
	}
	words, wholly := make([]hub, len(asks)), make([]hub, len(asks))
	for i, near := range by {
		words[i] = hubOf(near, func(p aligned) float64 { return p.words })
		wholly[i] = hubOf(near, func(p aligned) float64 { return p.wholly })
	}
	for _, p := range list {
		if p.words < maybeAcross || otherwise(asks[p.a], asks[p.b]) {
			continue
		}
		x := acrossBias + acrossAligned*(p.words-(words[p.a].mean+words[p.b].mean)/2) + acrossWholly*(p.wholly-(wholly[p.a].mean+wholly[p.b].mean)/2) +
			acrossClear*min(words[p.a].clear(p.words), words[p.b].clear(p.words))
		if otherKind(asks[p.a].named, asks[p.b].named) {
			x += acrossKinds
		}
		if p.words < leastAcross {
			x = min(x, unsure)
		}
		like.set(p.a, p.b, x)
	}
	return nil
}

// hub is how near a question is to its nearest ones: to the first two, and in the mean of the first hubAcross.
type hub struct{ first, second, mean float64 }

func hubOf(list []aligned, near func(aligned) float64) hub {
	all := make([]float64, 0, max(2, len(list)))
	for _, p := range list {
		all = append(all, near(p))
	}
	slices.SortFunc(all, func(a, b float64) int { return cmp.Compare(b, a) })
	h := hub{}
	for i, x := range all[:min(hubAcross, len(all))] {
		h.mean += x / hubAcross
		switch i {
		case 0:
			h.first = x
		case 1:
			h.second = x
		}
	}
	return h
}

// clear is by how much something is nearer than the next one, or further away than the first.
func (h hub) clear(x float64) float64 {
	if x >= h.first {
		return x - h.second
	}
	return x - h.first
}

// alignedPairs compares questions of different languages, those whose vectors are near, a before b.
func (c *catalog) alignedPairs(ctx context.Context, asks []*asking) ([]aligned, error) {
	byLang := map[nlp.Lang][]int{}
	for i, g := range asks {
		if ph := &g.entry.phrases[0]; len(g.asked.words) > 0 && len(ph.words) > 0 {
			byLang[g.question.lang.Base()] = append(byLang[g.question.lang.Base()], i)
		}
	}
	wanted, err := nearestAcross(ctx, asks, byLang[nlp.LangChinese], byLang[nlp.LangEnglish])
	if err != nil {
		return nil, err
	}
	out := make([]aligned, 0, len(wanted))
	for p, whole := range wanted {
		out = append(out, aligned{a: p[0], b: p[1], wholly: whole})
	}
	slices.SortFunc(out, func(x, y aligned) int { return cmp.Or(cmp.Compare(x.a, y.a), cmp.Compare(x.b, y.b)) })
	return out, inParts(ctx, len(out), func(i int) {
		p := &out[i]
		there := c.align(&asks[p.a].asked, &asks[p.b].entry.phrases[0], p.wholly)
		back := c.align(&asks[p.b].asked, &asks[p.a].entry.phrases[0], p.wholly)
		p.words = (there + back) / 2
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

// nearestAcross are the pairs of questions in which one is among the nearAcross nearest of the other by the vectors of their whole
// questions, with how near they are. Every pair is compared once.
func nearestAcross(ctx context.Context, asks []*asking, zh, en []int) (map[[2]int]float64, error) {
	whole := make([]float64, len(zh)*len(en))
	for x, i := range zh {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		for y, j := range en {
			whole[x*len(en)+y] = cosine(asks[i].question.meaning, asks[j].question.meaning)
		}
	}
	wanted := map[[2]int]float64{}
	keep := func(list []aligned) {
		slices.SortFunc(list, func(a, b aligned) int { return cmp.Or(cmp.Compare(b.wholly, a.wholly), cmp.Compare(a.b, b.b)) })
		for _, p := range list[:min(nearAcross, len(list))] {
			wanted[[2]int{min(p.a, p.b), max(p.a, p.b)}] = p.wholly
		}
	}
	for x, i := range zh {
		list := make([]aligned, len(en))
		for y, j := range en {
			list[y] = aligned{a: i, b: j, wholly: whole[x*len(en)+y]}
		}
		keep(list)
	}
	for y, j := range en {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		list := make([]aligned, len(zh))
		for x, i := range zh {
			list[x] = aligned{a: j, b: i, wholly: whole[x*len(en)+y]}
		}
		keep(list)
	}
	return wanted, nil
}
