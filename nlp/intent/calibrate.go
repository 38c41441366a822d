package intent

import (
	"math"
	"slices"
)

// gate is a logistic regression on the evidence: the probability that a text belongs to any intent at all.
type gate struct {
	Mean, Scale, Weight [gateInputs]float64
	Bias                float64
}

const gateInputs = 6

func (e evidence) inputs() [gateInputs]float64 {
	return [gateInputs]float64{e.top, e.gap, e.prob, e.known, e.tokens, e.inside}
}

// inScope is the probability that the text is in scope.
func (g *gate) inScope(e evidence) float64 {
	z := g.Bias
	for i, x := range e.inputs() {
		z += float64(g.Weight[i] * ((x - g.Mean[i]) / g.Scale[i]))
	}
	return sigmoid(z)
}

func sigmoid(z float64) float64 { return 1 / (1 + math.Exp(-z)) }

// calibrate learns the temperature, the gate and the thresholds from held-out scores.
func (m *Model) calibrate(s *set, scores trials, opts Options) {
	m.temper = fitTemper(scores.full)
	blind := scores.blind
	if len(blind) == 0 {
		blind = scores.full
	}
	m.gate = fitGate(blind, m.temper)
	prices := chooseLevels(len(s.labels), blind, m.inScopeOf(blind), opts.MaxLoss)
	m.threshold, m.thresholds = chooseThresholds(prices, scores.full, m.inScopeOf(scores.full), opts.MaxLoss)
}

func (m *Model) inScopeOf(scores []held) []float64 {
	p := make([]float64, len(scores))
	for i, h := range scores {
		p[i] = m.gate.inScope(h.evidence(m.temper))
	}
	return p
}

// temperTexts are enough to find one number by.
const temperTexts = 2000

// fitTemper finds the temperature that makes the held-out in-scope texts likeliest, by golden-section search.
func fitTemper(scores []held) float64 {
	var in []held
	for _, h := range scores {
		if !h.outside {
			in = append(in, h)
		}
	}
	in = thin(in, temperTexts)
	loss := func(logT float64) float64 {
		t, sum := math.Exp(logT), 0.0
		for _, h := range in {
			first := float64(h.score[h.best])
			z := 0.0
			for _, s := range h.score {
				if d := t * (float64(s) - first); d > -20 { // the rest adds nothing
					z += math.Exp(d)
				}
			}
			sum += math.Log(z) - t*(float64(h.score[h.class])-first)
		}
		return sum
	}
	const golden = 0.6180339887498949
	a, b := math.Log(0.5), math.Log(50)
	c, d := b-golden*(b-a), a+golden*(b-a)
	fc, fd := loss(c), loss(d)
	for range 25 {
		if fc < fd {
			b, d, fd = d, c, fc
			c = b - golden*(b-a)
			fc = loss(c)
		} else {
			a, c, fc = c, d, fd
			d = a + golden*(b-a)
			fd = loss(d)
		}
	}
	return math.Exp((a + b) / 2)
}

// outsidePrior is the share of texts out of scope that confidences are right for: between a quiet day and a test set made to provoke.
const outsidePrior = 0.15

// fitGate learns the gate. In-scope and out-of-scope texts weigh the same in sum, so that the threshold does not depend
// on how many intents were hidden; the prior is put in afterwards. More of any evidence but the length never lowers the probability: an input that
// would is left out, since it is an accident of few data.
func fitGate(scores []held, temper float64) gate {
	var g gate
	var n [3]float64
	rows := make([][gateInputs]float64, len(scores))
	for i, h := range scores {
		rows[i] = h.evidence(temper).inputs()
		for j, x := range rows[i] {
			g.Mean[j] += x / float64(len(scores))
		}
		n[side(h)]++
	}
	for j := range g.Scale {
		for i := range rows {
			d := rows[i][j] - g.Mean[j]
			g.Scale[j] += float64(d*d) / float64(len(scores))
		}
		g.Scale[j] = math.Max(math.Sqrt(g.Scale[j]), 1e-6)
	}
	if n[inScope] == 0 || n[hiddenIntent]+n[notAnIntent] == 0 { // too few intents to hide any: fall back on the best intent's margin and the known words
		g.Weight = [gateInputs]float64{1, 0.5, 0.5, 1}
		g.Bias = 2
		return g
	}
	for i := range rows {
		for j := range rows[i] {
			rows[i][j] = (rows[i][j] - g.Mean[j]) / g.Scale[j]
		}
	}
	for {
		beta := logistic(rows, scores, shares(n))
		worst := 0
		for j := range gateInputs {
			if j != lengthInput && beta[j] < beta[worst] {
				worst = j
			}
		}
		if beta[worst] >= 0 {
			copy(g.Weight[:], beta[:gateInputs])
			g.Bias = beta[gateInputs] + math.Log((1-outsidePrior)/outsidePrior)
			return g
		}
		for i := range rows {
			rows[i][worst] = 0
		}
	}
}

// lengthInput is the place of the text's length among the gate's inputs.
const lengthInput = 4

// logistic fits a weighted logistic regression by Newton's method with a small ridge; the last coefficient is the bias.
func logistic(rows [][gateInputs]float64, scores []held, weight [3]float64) (beta [gateInputs + 1]float64) {
	ridge := math.Max(1e-4, 1/float64(len(rows)))
	for range 30 {
		var grad [gateInputs + 1]float64
		var hess [gateInputs + 1][gateInputs + 1]float64
		for i, h := range scores {
			var x [gateInputs + 1]float64
			copy(x[:], rows[i][:])
			x[gateInputs] = 1
			z := 0.0
			for j := range x {
				z += float64(beta[j] * x[j])
			}
			p, w, y := sigmoid(z), weight[side(h)], 0.0
			if side(h) == inScope {
				y = 1
			}
			for j := range x {
				grad[j] += float64(w * (p - y) * x[j])
				for k := range x {
					hess[j][k] += float64(w * p * (1 - p) * x[j] * x[k])
				}
			}
		}
		for j := range grad {
			grad[j] += float64(ridge * beta[j])
			hess[j][j] += ridge
		}
		step := solve(hess, grad)
		size := 0.0
		for j := range beta {
			beta[j] -= step[j]
			size = math.Max(size, math.Abs(step[j]))
		}
		if size < 1e-6 {
			break
		}
	}
	return beta
}

// What a held-out text is to the gate.
const (
	inScope = iota
	hiddenIntent
	notAnIntent // an example of what is out of scope
)

func side(h held) int {
	switch {
	case h.example:
		return notAnIntent
	case h.outside:
		return hiddenIntent
	}
	return inScope
}

// shares are the weights of a text on each side, of which there are n: half of all for those in scope; of the other half, half for
// examples of what is out of scope, where there are enough to speak for others, since they are what customers do write.
func shares(n [3]float64) [3]float64 {
	out := n[hiddenIntent] + n[notAnIntent]
	w := [3]float64{0.5 / n[inScope], 0.5 / out, 0.5 / out}
	if n[notAnIntent] >= fewestOutside && n[hiddenIntent] > 0 {
		w[hiddenIntent], w[notAnIntent] = 0.25/n[hiddenIntent], 0.25/n[notAnIntent]
	}
	return w
}

// solve is Gaussian elimination with pivoting.
func solve(a [gateInputs + 1][gateInputs + 1]float64, b [gateInputs + 1]float64) [gateInputs + 1]float64 {
	n := len(b)
	for i := range n {
		p := i
		for r := i + 1; r < n; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[p][i]) {
				p = r
			}
		}
		a[i], a[p], b[i], b[p] = a[p], a[i], b[p], b[i]
		for r := i + 1; r < n; r++ {
			f := a[r][i] / a[i][i]
			for c := i; c < n; c++ {
				a[r][c] -= f * a[i][c]
			}
			b[r] -= f * b[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for c := i + 1; c < n; c++ {
			b[i] -= a[i][c] * b[c]
		}
		b[i] /= a[i][i]
	}
	return b
}

// priorTexts is how many texts' worth of the global distribution every intent's own one starts with, so that an
// intent with few held-out texts keeps close to the global threshold.
const priorTexts = 30

// levelSteps: an intent's threshold may lie between half and twice the share of in-scope texts that the global one rejects.
const levelSteps = 10

// chooseLevels says for each intent what share of in-scope texts its threshold should lie above. It reads off what
// a rejected out-of-scope text costs in in-scope texts at the global threshold, and at that price chooses: stricter for an intent that draws
// texts that nobody thought of, laxer for one that does not.
func chooseLevels(labels int, scores []held, inScope []float64, maxLoss float64) []float64 {
	in, out := make([][]float64, labels), make([][]float64, labels)
	var allIn, allOut []float64
	for i, h := range scores {
		if h.outside {
			allOut = append(allOut, inScope[i])
			out[h.best] = append(out[h.best], inScope[i])
		} else {
			allIn = append(allIn, inScope[i])
			in[h.best] = append(in[h.best], inScope[i])
		}
	}
	levels := make([]float64, labels)
	for c := range levels {
		levels[c] = maxLoss
	}
	if len(allOut) == 0 || len(allIn) < priorTexts {
		return levels
	}
	slices.Sort(allIn)
	slices.Sort(allOut)
	lax, strict := quantile(allIn, maxLoss/2), quantile(allIn, 2*maxLoss)
	gain := below(allOut, strict) - below(allOut, lax)
	price := gain / math.Max(below(allIn, strict)-below(allIn, lax), 1/float64(len(allIn)))
	// Shares become counts: an intent expects as many out-of-scope texts as the mean intent draws.
	typical := float64(len(allOut)) / float64(labels)
	var level, at [2*levelSteps + 1]float64
	for step := range level {
		level[step] = maxLoss * math.Pow(2, float64(step-levelSteps)/levelSteps)
		at[step] = quantile(allIn, level[step])
	}
	for c := range levels {
		slices.Sort(in[c])
		slices.Sort(out[c])
		total := float64(len(in[c])) + priorTexts
		best := math.Inf(-1)
		for step, t := range at {
			lost := (below(in[c], t)*float64(len(in[c])) + below(allIn, t)*priorTexts) / total
			got := (below(out[c], t)*float64(len(out[c])) + below(allOut, t)*typical) / (2 * typical)
			if v := got - price*lost; v > best {
				best, levels[c] = v, level[step]
			}
		}
	}
	return levels
}

// chooseThresholds turns levels into thresholds. All are lowered or raised alike until together they reject maxLoss of the
// held-out in-scope texts, which were scored by models that know every intent, as the one that will be used does.
func chooseThresholds(levels []float64, scores []held, inScope []float64, maxLoss float64) (float64, []float64) {
	var all []float64
	for i, h := range scores {
		if !h.outside {
			all = append(all, inScope[i])
		}
	}
	slices.Sort(all)
	each := make([]float64, len(levels))
	lost := func(factor float64) float64 {
		for c, level := range levels {
			each[c] = quantile(all, math.Min(level*factor, 0.5))
		}
		n := 0
		for i, h := range scores {
			if !h.outside && inScope[i] < each[h.best] {
				n++
			}
		}
		return float64(n) / float64(max(1, len(all)))
	}
	low, high := 0.25, 4.0
	for range 20 {
		if mid := (low + high) / 2; lost(mid) > maxLoss {
			high = mid
		} else {
			low = mid
		}
	}
	lost(low)
	return quantile(all, maxLoss), each
}

// below is the share of the sorted numbers that are less than t.
func below(sorted []float64, t float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i, _ := slices.BinarySearch(sorted, t)
	return float64(i) / float64(len(sorted))
}

// quantile is the value below which a share q of the numbers lies.
func quantile(a []float64, q float64) float64 {
	if len(a) == 0 {
		return 0.5
	}
	if !slices.IsSorted(a) {
		a = slices.Clone(a)
		slices.Sort(a)
	}
	return a[min(int(q*float64(len(a))), len(a)-1)]
}
