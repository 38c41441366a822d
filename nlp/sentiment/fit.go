package sentiment

import (
	"context"
	"math"
	"slices"
)

// ratios are |log-count ratio| ^ a power of each n-gram between the two sides of a head (Wang, Manning 2012).
func (t *trainer) ratios(head int, power float64, in func(*example) bool) []float32 {
	count := [2][]float64{make([]float64, len(t.hash)), make([]float64, len(t.hash))}
	var total [2]float64
	for _, e := range t.all {
		if e.cost[head] == 0 || !in(e) {
			continue
		}
		side := 0
		if e.sign(head) > 0 {
			side = 1
		}
		total[side] += e.cost[head]
		for g := range groups {
			for _, h := range e.grams[g] {
				if id, ok := t.id[h.hash]; ok {
					count[side][id] += e.cost[head]
				}
			}
		}
	}
	out := make([]float32, len(t.hash))
	for i := range out {
		r := math.Log((count[1][i] + 1) / (total[1] + 1) * (total[0] + 1) / (count[0][i] + 1))
		out[i] = float32(math.Pow(math.Abs(r), power))
	}
	return out
}

// sign is the side of an example in a head's question.
func (e *example) sign(head int) int8 {
	if head == headPolar {
		return e.label
	}
	if e.label == 0 {
		return 1
	}
	return -1
}

// sparse is an example as the support vector machine of one pass sees it.
func (t *trainer) sparse(e *example, p pass, prior []float32) sparse {
	var x sparse
	for g := range groups {
		weight := p.group[e.lang][g]
		if weight == 0 {
			continue
		}
		from := len(x.id)
		for _, h := range e.grams[g] {
			if id, ok := t.id[h.hash]; ok {
				x.id = append(x.id, id)
			}
		}
		slices.Sort(x.id[from:])
		norm := float32(weight * groupNorm(g, len(e.grams[g])) / math.Sqrt(idfNorm))
		to := from
		for k := from; k < len(x.id); {
			n := k
			for n < len(x.id) && x.id[n] == x.id[k] {
				n++
			}
			x.id[to] = x.id[k]
			x.val = append(x.val, float32(n-k)*norm*prior[x.id[k]])
			to, k = to+1, n
		}
		x.id = x.id[:to]
	}
	put := func(at int, v float64) {
		if v != 0 {
			x.id, x.val = append(x.id, int32(at)), append(x.val, float32(v))
		}
	}
	put(t.biasAt(e.lang), biasScale)
	for i, d := range e.dense {
		put(t.denseAt(e.lang)+i, d*p.dense[e.lang])
	}
	if n := len(e.grams[groupVector]); p.vector > 0 && n > 0 {
		sum := make([]float64, t.vec.dim)
		for _, h := range e.grams[groupVector] {
			for k, v := range t.vec.of[h.hash] {
				sum[k] += float64(v)
			}
		}
		norm := p.vector * groupNorm(groupVector, n)
		for k, v := range sum {
			put(t.vectorAt()+k, v*norm)
		}
	}
	return x
}

// fit trains one head on the examples that are in. The weights it returns are for raw counts: what scaled a feature in
// training is folded in.
func (t *trainer) fit(head int, in func(*example) bool) []float32 {
	sum := make([]float32, t.dim())
	for _, p := range t.pass[head] {
		for i, w := range t.fitPass(head, p, in) {
			sum[i] += float32(p.share) * w
		}
	}
	return sum
}

func (t *trainer) fitPass(head int, p pass, in func(*example) bool) []float32 {
	prior := t.ratios(head, p.ratio, in)
	for i := range prior {
		prior[i] *= t.idf[i]
	}
	pr := problem{dim: t.dim()}
	for _, e := range t.all {
		if e.cost[head] == 0 || !in(e) {
			continue
		}
		pr.x = append(pr.x, t.sparse(e, p, prior))
		pr.y = append(pr.y, e.sign(head))
		pr.cost = append(pr.cost, p.cost[e.lang]*e.cost[head])
	}
	w := solveSVM(pr, svmRounds, 1)
	for i := range t.hash {
		// A group may weigh differently in the two languages; few n-grams are common to both.
		g := math.Max(p.group[langZh][t.of[i]], p.group[langEn][t.of[i]])
		w[i] *= prior[i] * float32(g/math.Sqrt(idfNorm))
	}
	for l := range langs {
		w[t.biasAt(l)] *= biasScale
		for i := range denseCount {
			w[t.denseAt(l)+i] *= float32(p.dense[l])
		}
	}
	for i := t.vectorAt(); i < len(w); i++ {
		w[i] *= float32(p.vector)
	}
	return w
}

// apply is what a head with weights from fit says of an example.
func (t *trainer) apply(e *example, w []float32) (margin float64, clauses clauseSums) {
	for g := range groups + 1 {
		sum := 0.0
		norm := groupNorm(g, len(e.grams[g]))
		for _, h := range e.grams[g] {
			v := 0.0
			if g == groupVector {
				for k, x := range t.vec.of[h.hash] {
					v += float64(x) * float64(w[t.vectorAt()+k])
				}
			} else if id, ok := t.id[h.hash]; ok {
				v = float64(w[id])
			}
			sum += v
			clauses.add(h.clause, v*norm)
		}
		margin += sum * norm
	}
	margin += float64(w[t.biasAt(e.lang)])
	for i, d := range e.dense {
		margin += d * float64(w[t.denseAt(e.lang)+i])
	}
	return margin, clauses
}

// crossFit gives every example its margins under models that did not see it.
func (t *trainer) crossFit(ctx context.Context, in func(*example) bool) ([]margins, error) {
	out := make([]margins, len(t.all))
	for fold := range folds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		rest := func(e *example) bool { return e.fold != fold && in(e) }
		polar, neutral, blocks := t.fit(headPolar, rest), t.fit(headNeutral, rest), t.fitBlocks(rest)
		for i, e := range t.all {
			if e.fold != fold {
				continue
			}
			out[i].of[headPolar], out[i].clauses = t.apply(e, polar)
			out[i].of[headNeutral], _ = t.apply(e, neutral)
			for _, b := range blocks {
				out[i].net += b.read(t.clausesOf(e), e.lang, 0) / netBlocks
			}
		}
		t.log.Info("cross-fitting", "fold", fold+1, "of", folds)
	}
	return out, nil
}
