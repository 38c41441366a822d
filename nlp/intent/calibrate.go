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

const gateInputs = 5

func (e evidence) inputs() [gateInputs]float64 {
	return [gateInputs]float64{e.top, e.gap, e.prob, e.known, e.tokens}
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
func (m *Model) calibrate(s *set, scores []held, opts Options) {
	m.temper = fitTemper(scores)
	m.gate = fitGate(scores, m.temper)
	m.threshold, m.thresholds = chooseThresholds(s, scores, m.inScopeOf(scores), opts.MaxLoss)
}

func (m *Model) inScopeOf(scores []held) []float64 {
	p := make([]float64, len(scores))
	for i, h := range scores {
		p[i] = m.gate.inScope(h.evidence(m.temper))
	}
	return p
}

// fitTemper finds the temperature that makes the held-out in-scope texts likeliest, by golden-section search.
func fitTemper(scores []held) float64 {
	loss := func(logT float64) float64 {
		t, sum := math.Exp(logT), 0.0
		for _, h := range scores {
			if h.outside {
				continue
			}
			first := float64(h.score[h.best])
			z := 0.0
			for _, s := range h.score {
				z += math.Exp(t * (float64(s) - first))
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

// fitGate learns the gate. In-scope and out-of-scope texts weigh the same in sum, so that the threshold does not depend
// on how many intents were hidden. More of any evidence but the length never lowers the probability: an input that
// would is left out, since it is an accident of few data.
func fitGate(scores []held, temper float64) gate {
	var g gate
	var n [2]float64
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
	if n[0] == 0 || n[1] == 0 { // too few intents to hide any: fall back on the best intent's margin and the known words
		g.Weight = [gateInputs]float64{1, 0.5, 0.5, 1, 0}
		g.Bias = 2
		return g
	}
	for i := range rows {
		for j := range rows[i] {
			rows[i][j] = (rows[i][j] - g.Mean[j]) / g.Scale[j]
		}
	}
	for {
		beta := logistic(rows, scores, [2]float64{0.5 / n[0], 0.5 / n[1]})
		worst := 0
		for j := range lengthInput {
			if beta[j] < beta[worst] {
				worst = j
			}
		}
		if beta[worst] >= 0 {
			copy(g.Weight[:], beta[:gateInputs])
			g.Bias = beta[gateInputs]
			return g
		}
		for i := range rows {
			rows[i][worst] = 0
		}
	}
}

// lengthInput is the place of the text's length among the gate's inputs, the last.
const lengthInput = gateInputs - 1

// logistic fits a weighted logistic regression by Newton's method with a small ridge; the last coefficient is the bias.
func logistic(rows [][gateInputs]float64, scores []held, weight [2]float64) (beta [gateInputs + 1]float64) {
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
			p, w := sigmoid(z), weight[side(h)]
			for j := range x {
				grad[j] += float64(w * (p - float64(1-side(h))) * x[j])
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

func side(h held) int {
	if h.outside {
		return 1
	}
	return 0
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

// chooseThresholds takes the highest global threshold at which at most maxLoss of the in-scope texts are rejected, and
// reads off how many in-scope texts a rejected out-of-scope text is worth there. At that price it chooses a threshold
// for each intent: stricter for one that draws texts that nobody thought of, laxer for one that does not.
func chooseThresholds(s *set, scores []held, inScope []float64, maxLoss float64) (float64, []float64) {
	in, out := make([][]float64, len(s.labels)), make([][]float64, len(s.labels))
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
	global := quantile(allIn, maxLoss)
	each := make([]float64, len(s.labels))
	for c := range each {
		each[c] = global
	}
	if len(allOut) == 0 || len(allIn) < priorTexts {
		return global, each
	}
	slices.Sort(allIn)
	slices.Sort(allOut)
	lax, strict := quantile(allIn, maxLoss/2), quantile(allIn, 2*maxLoss)
	gain := below(allOut, strict) - below(allOut, lax)
	price := gain / math.Max(below(allIn, strict)-below(allIn, lax), 1/float64(len(allIn)))
	// Shares become counts: an intent expects as many out-of-scope texts as the mean intent draws.
	typical := float64(len(allOut)) / float64(len(s.labels))
	for c := range each {
		slices.Sort(in[c])
		slices.Sort(out[c])
		total := float64(len(in[c])) + priorTexts
		best := math.Inf(-1)
		for step := -10; step <= 10; step++ { // between half the loss and twice the loss
			t := quantile(allIn, maxLoss*math.Pow(2, float64(step)/10))
			lost := (below(in[c], t)*float64(len(in[c])) + below(allIn, t)*priorTexts) / total
			got := (below(out[c], t)*float64(len(out[c])) + below(allOut, t)*typical) / (2 * typical)
			if v := got - price*lost; v > best {
				best, each[c] = v, t
			}
		}
	}
	return global, each
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
	a = slices.Clone(a)
	slices.Sort(a)
	return a[min(int(q*float64(len(a))), len(a)-1)]
}
