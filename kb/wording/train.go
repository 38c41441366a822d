package wording

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
)

// Example is two texts, as features, that mean the same.
type Example struct {
	A, B []string
	// Group tells which examples may mean the same as well: those of one group are not held against each other.
	Group int
	// Source keeps examples of one kind together: texts are told apart from others of their source only, which is harder
	// and teaches more.
	Source int
	// Not are texts that look alike and mean something else.
	Not [][]string
}

// Settings of Train. The zero value of a field means the default, which was chosen by held-out questions (docs/measured/kb.md).
type Settings struct {
	Dim      int     // dimensions of a vector; 256
	Epochs   int     // passes over all examples; 8
	Batch    int     // examples that are told apart at once; 256
	Rate     float64 // step of the Adam optimiser; 0.005
	Drop     float64 // share of the features left out at each look; 0.4
	MinCount int     // texts that must have a feature for it to be learned; 2
	Seed     uint64
	Log      *slog.Logger
}

func (s *Settings) defaults() {
	or := func(p *int, d int) {
		if *p == 0 {
			*p = d
		}
	}
	or(&s.Dim, 256)
	or(&s.Epochs, 8)
	or(&s.Batch, 256)
	or(&s.MinCount, 2)
	if s.Rate == 0 {
		s.Rate = 0.005
	}
	if s.Drop == 0 {
		s.Drop = 0.4
	}
	if s.Log == nil {
		s.Log = slog.New(slog.DiscardHandler)
	}
}

// Weights of the parts of a score in training, near those with which the second stage of retrieval adds them: overlap
// of words, of pairs, of characters, of pieces (in the order of Kinds), and the cosine.
var partWeights = [...]float64{0.35, 0.35, 1, 0.5}

const (
	cosineWeight = 1.0
	initialScale = 0.3 // length of a vector at the start, in units of the feature's rarity
	initialHeat  = 8.0 // what scores are multiplied by before the softmax, at the start
	adamBeta1    = 0.9
	adamBeta2    = 0.999
	adamEpsilon  = 1e-8
	leastGrad    = 1e-7 // derivatives below it are left out: a batch has n², and most are next to nothing
)

// Train learns a model. Each text of a batch must find its partner among all others (softmax over scores, both ways);
// a score is the weighted overlap of each kind of feature plus the cosine of the vectors. Half-hidden texts (Drop) keep
// it from learning pairs by heart.
//
// The loss is that of contrastive sentence embeddings with negatives from the batch (van den Oord et al. 2018,
// Henderson et al. 2017); the optimiser is Adam (Kingma and Ba 2015), applied to the rows that a batch touches.
func Train(ctx context.Context, examples []Example, s Settings) (*Model, error) {
	s.defaults()
	if len(examples) < 2 {
		return nil, errors.New("wording: training needs at least two examples")
	}
	t := newTrainer(examples, s)
	for epoch := range s.Epochs {
		loss, n := 0.0, 0
		for _, batch := range t.batches() {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("wording: train: %w", err)
			}
			loss += t.step(batch)
			n++
		}
		s.Log.Info("wording: epoch", "epoch", epoch+1, "loss", loss/float64(max(1, n)), "heat", math.Exp(t.heat.x[0]))
	}
	return t.model(), nil
}

type trainer struct {
	set      Settings
	rnd      *rand.Rand
	names    []string
	kind     []uint8 // index into Kinds by feature
	idf      []float64
	examples []numbered

	rows   *params // Dim values a feature
	logs   *params // logarithm of each factor
	heat   *params // logarithm of one number
	weight []float64
}

type numbered struct {
	a, b          []int32
	not           [][]int32
	group, source int
}

func newTrainer(examples []Example, s Settings) *trainer {
	t := &trainer{set: s, rnd: rand.New(rand.NewPCG(s.Seed, 1))}
	count := map[string]int{}
	texts := 0
	tally := func(text []string) {
		texts++
		for _, f := range text {
			count[f]++
		}
	}
	for _, e := range examples {
		tally(e.A)
		tally(e.B)
		for _, n := range e.Not {
			tally(n)
		}
	}
	for f, n := range count {
		if n >= s.MinCount {
			t.names = append(t.names, f)
		}
	}
	slices.Sort(t.names)
	at := make(map[string]int32, len(t.names))
	for i, f := range t.names {
		at[f] = int32(i)
		t.kind = append(t.kind, uint8(strings.IndexByte(string(Kinds[:]), f[0])))
		n := float64(count[f])
		t.idf = append(t.idf, math.Log(1+(float64(texts)-n+0.5)/(n+0.5)))
	}
	number := func(text []string) []int32 {
		var out []int32
		for _, f := range text {
			if i, ok := at[f]; ok {
				out = append(out, i)
			}
		}
		return out
	}
	for _, e := range examples {
		x := numbered{a: number(e.A), b: number(e.B), group: e.Group, source: e.Source}
		for _, n := range e.Not {
			x.not = append(x.not, number(n))
		}
		t.examples = append(t.examples, x)
	}
	t.rows, t.logs, t.heat = newParams(len(t.names), s.Dim), newParams(len(t.names), 1), newParams(1, 1)
	for i := range t.names {
		for k := range s.Dim {
			t.rows.x[i*s.Dim+k] = t.rnd.NormFloat64() / math.Sqrt(float64(s.Dim)) * t.idf[i] * initialScale
		}
	}
	t.heat.x[0] = math.Log(initialHeat)
	t.weight = make([]float64, len(t.names))
	return t
}

// batches shuffles the examples and cuts each source into batches.
func (t *trainer) batches() [][]numbered {
	bySource := map[int][]numbered{}
	for _, i := range t.rnd.Perm(len(t.examples)) {
		e := t.examples[i]
		bySource[e.source] = append(bySource[e.source], e)
	}
	var sources []int
	for s := range bySource {
		sources = append(sources, s)
	}
	slices.Sort(sources)
	var out [][]numbered
	for _, s := range sources {
		for b := range slices.Chunk(bySource[s], t.set.Batch) {
			if len(b) > t.set.Batch/4 || len(bySource[s]) < t.set.Batch {
				out = append(out, b)
			}
		}
	}
	t.rnd.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

// hide leaves out a share of the features.
func (t *trainer) hide(text []int32) []int32 {
	out := make([]int32, 0, len(text))
	for _, f := range text {
		if t.rnd.Float64() >= t.set.Drop {
			out = append(out, f)
		}
	}
	return out
}

// side is one half of a batch with its vectors and overlaps.
type side struct {
	texts  [][]int32
	group  []int
	unit   [][]float64 // vectors of length 1
	length []float64   // before
	total  [][len(Kinds)]float64
	grad   [][]float64 // of unit
}

func (t *trainer) side(texts [][]int32, group []int) *side {
	s := &side{texts: texts, group: group, unit: make([][]float64, len(texts)), length: make([]float64, len(texts)),
		total: make([][len(Kinds)]float64, len(texts)), grad: make([][]float64, len(texts))}
	dim := t.set.Dim
	for i, text := range texts {
		v := make([]float64, dim)
		for _, f := range text {
			row := t.rows.x[int(f)*dim : (int(f)+1)*dim]
			for k, x := range row {
				v[k] += x
			}
			s.total[i][t.kind[f]] += t.weight[f]
		}
		sum := 1e-12
		for _, x := range v {
			sum += x * x
		}
		s.length[i] = math.Sqrt(sum)
		for k := range v {
			v[k] /= s.length[i]
		}
		s.unit[i], s.grad[i] = v, make([]float64, dim)
	}
	return s
}

// step learns from one batch and returns its loss.
func (t *trainer) step(batch []numbered) float64 {
	var as, bs [][]int32
	var group []int
	for _, e := range batch {
		as, bs, group = append(as, t.hide(e.a)), append(bs, t.hide(e.b)), append(group, e.group)
	}
	for _, e := range batch {
		if len(e.not) > 0 {
			bs, group = append(bs, t.hide(e.not[t.rnd.IntN(len(e.not))])), append(group, -1)
		}
	}
	for _, texts := range [][][]int32{as, bs} {
		for _, text := range texts {
			for _, f := range text {
				t.weight[f] = t.idf[f] * math.Exp(t.logs.x[f])
			}
		}
	}
	a, b := t.side(as, group[:len(as)]), t.side(bs, group)
	scores := t.scores(a, b)
	loss, grad := softmaxLoss(scores, a.group, b.group, math.Exp(t.heat.x[0]))
	t.backward(a, b, scores, grad)
	t.rows.adam(t.set.Rate)
	t.logs.adam(2 * t.set.Rate)
	t.heat.adam(2 * t.set.Rate)
	return loss
}

// shared calls yield for each feature that two texts share; both are marked by position in mark.
func (t *trainer) scores(a, b *side) [][]float64 {
	out := make([][]float64, len(a.texts))
	mark := make([]int32, len(t.names))
	for i, text := range a.texts {
		for _, f := range text {
			mark[f] = int32(i + 1)
		}
		out[i] = make([]float64, len(b.texts))
		for j, other := range b.texts {
			var both [len(Kinds)]float64
			for _, f := range other {
				if mark[f] == int32(i+1) {
					both[t.kind[f]] += t.weight[f]
				}
			}
			s := cosineWeight * dot(a.unit[i], b.unit[j])
			for k, x := range both {
				if x > 0 {
					s += partWeights[k] * 2 * x / (a.total[i][k] + b.total[j][k])
				}
			}
			out[i][j] = s
		}
	}
	return out
}

// dot is most of the work: four sums, so that none waits for another.
func dot(a, b []float64) float64 {
	b = b[:len(a)]
	var s0, s1, s2, s3 float64
	i := 0
	for ; i+4 <= len(a); i += 4 {
		s0 += a[i] * b[i]
		s1 += a[i+1] * b[i+1]
		s2 += a[i+2] * b[i+2]
		s3 += a[i+3] * b[i+3]
	}
	for ; i < len(a); i++ {
		s0 += a[i] * b[i]
	}
	return s0 + s1 + s2 + s3
}

// softmaxLoss is the mean loss of finding the partner by rows, and by columns among the first texts, and its
// derivative by heat·score.
func softmaxLoss(scores [][]float64, rows, cols []int, heat float64) (float64, [][]float64) {
	n := len(scores)
	grad := make([][]float64, n)
	for i := range grad {
		grad[i] = make([]float64, len(cols))
	}
	loss := 0.0
	masked := func(i, j int) bool { return i != j && rows[i] == cols[j] }
	one := func(count, right int, at func(k int) (i, j int)) {
		top := math.Inf(-1)
		for k := range count {
			if i, j := at(k); !masked(i, j) {
				top = max(top, heat*scores[i][j])
			}
		}
		sum := 0.0
		for k := range count {
			if i, j := at(k); !masked(i, j) {
				sum += math.Exp(heat*scores[i][j] - top)
			}
		}
		for k := range count {
			i, j := at(k)
			if masked(i, j) {
				continue
			}
			p := math.Exp(heat*scores[i][j]-top) / sum
			if k == right {
				loss -= math.Log(max(p, 1e-12)) / float64(2*n)
				p--
			}
			grad[i][j] += p / float64(2*n)
		}
	}
	for i := range n {
		one(len(cols), i, func(k int) (int, int) { return i, k })
		one(n, i, func(k int) (int, int) { return k, i })
	}
	return loss, grad
}

// backward carries the derivatives by heat·score on to all parameters.
func (t *trainer) backward(a, b *side, scores, grad [][]float64) {
	heat := math.Exp(t.heat.x[0])
	mark := make([]int32, len(t.names))
	dw := map[int32]float64{}
	gradA, gradB := make([][len(Kinds)]float64, len(a.texts)), make([][len(Kinds)]float64, len(b.texts))
	for i, text := range a.texts {
		for _, f := range text {
			mark[f] = int32(i + 1)
		}
		for j, other := range b.texts {
			g := grad[i][j]
			t.heat.grad(0)[0] += g * heat * scores[i][j]
			g *= heat
			if math.Abs(g) < leastGrad {
				continue
			}
			axpy(a.grad[i], g*cosineWeight, b.unit[j])
			axpy(b.grad[j], g*cosineWeight, a.unit[i])
			var both [len(Kinds)]float64
			for _, f := range other {
				if mark[f] == int32(i+1) {
					k := t.kind[f]
					both[k] += t.weight[f]
					dw[f] += g * partWeights[k] * 2 / (a.total[i][k] + b.total[j][k])
				}
			}
			for k, x := range both {
				if x > 0 {
					den := a.total[i][k] + b.total[j][k]
					d := g * partWeights[k] * 2 * x / (den * den)
					gradA[i][k] += d
					gradB[j][k] += d
				}
			}
		}
	}
	t.finish(a, gradA, dw)
	t.finish(b, gradB, dw)
	for f, d := range dw {
		t.logs.grad(int(f))[0] += d * t.weight[f] // d weight / d log factor is the weight
	}
}

// finish spreads the derivatives of one side over its features.
func (t *trainer) finish(s *side, den [][len(Kinds)]float64, dw map[int32]float64) {
	for i, text := range s.texts {
		along := dot(s.grad[i], s.unit[i])
		for _, f := range text {
			g := t.rows.grad(int(f))
			for k := range g {
				g[k] += (s.grad[i][k] - along*s.unit[i][k]) / s.length[i]
			}
			dw[f] -= den[i][t.kind[f]]
		}
	}
}

func axpy(to []float64, a float64, x []float64) {
	for i, v := range x {
		to[i] += a * v
	}
}

// model quantises what was learned.
func (t *trainer) model() *Model {
	m := &Model{dim: t.set.Dim, at: make(map[string]int32, len(t.names))}
	for i, name := range t.names {
		m.at[name] = int32(i)
		m.factor = append(m.factor, float32(math.Exp(t.logs.x[i])))
		row := t.rows.x[i*t.set.Dim : (i+1)*t.set.Dim]
		top := 1e-9
		for _, x := range row {
			top = max(top, math.Abs(x))
		}
		m.unit = append(m.unit, float32(top/steps))
		at := len(m.rows)
		m.rows = append(m.rows, make([]byte, stride(t.set.Dim))...)
		for k, x := range row {
			m.rows[at+k/2] |= byte(math.Round(x/top*steps)+steps) << (k % 2 * 4)
		}
	}
	return m
}

// params is a table of parameters with the state of Adam. Only rows that have a gradient are touched.
type params struct {
	width   int
	x, m, v []float64
	steps   []int
	grads   map[int][]float64
}

func newParams(n, width int) *params {
	return &params{width: width, x: make([]float64, n*width), m: make([]float64, n*width), v: make([]float64, n*width),
		steps: make([]int, n), grads: map[int][]float64{}}
}

// grad is the gradient of a row, to be added to.
func (p *params) grad(row int) []float64 {
	g, ok := p.grads[row]
	if !ok {
		g = make([]float64, p.width)
		p.grads[row] = g
	}
	return g
}

// adam takes one step and clears the gradients.
func (p *params) adam(rate float64) {
	for row, g := range p.grads {
		p.steps[row]++
		n := float64(p.steps[row])
		c1, c2 := 1-math.Pow(adamBeta1, n), 1-math.Pow(adamBeta2, n)
		for k, d := range g {
			i := row*p.width + k
			p.m[i] = adamBeta1*p.m[i] + (1-adamBeta1)*d
			p.v[i] = adamBeta2*p.v[i] + (1-adamBeta2)*d*d
			p.x[i] -= rate * (p.m[i] / c1) / (math.Sqrt(p.v[i]/c2) + adamEpsilon)
		}
	}
	clear(p.grads)
}
