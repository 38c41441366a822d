package sentiment

import "math"

// How the blocks of the network are trained: logistic loss with softened labels, AdaGrad, and at each look at a text
// another half of its n-grams hidden, so that no n-gram is relied upon. The numbers were chosen on held-back parts and on
// whole categories left out (docs/measured/sentiment.md).
const (
	netEpochs = 3
	netRate   = 0.1
	netHide   = 0.5  // share of the n-grams hidden
	netSoft   = 0.05 // label noise that is allowed for
	netOutput = 0.3  // the rate of biases and output against that of rows
	netInputs = 0.2  // scale of the n-grams' rarity
	netStart  = 0.3  // rows begin as random numbers up to this
)

// netRatios are the powers of the log-count ratios that weigh the n-grams of each block: blocks that see the same text
// differently err differently.
func netRatios() [netBlocks]float64 { return [netBlocks]float64{0.5, 0, 0.5} }

// block is one part of the network in training.
type block struct {
	row  []float32 // netUnits of each n-gram
	seen []float32 // sum of squared gradients of each n-gram's row
	bias [langs][netUnits]param
	out  [langs][netPools * netUnits]param
	off  [langs]param
	in   []float32 // weight of each n-gram
	rng  uint64

	// of the text that was read last
	kept   []int32 // n-grams that were not hidden, clause by clause
	ends   []int   // of the clauses in kept
	unit   [maxClauses][netUnits]float32
	weight [maxClauses]float32
	pool   [netPools * netUnits]float32
	most   [netUnits]int // the clause that gave the maximum
	least  [netUnits]int
}

// A param is one number with its sum of squared gradients.
type param struct{ v, seen float32 }

func (p *param) step(gradient, rate float32) {
	p.seen += gradient * gradient
	p.v -= rate * gradient / float32(math.Sqrt(float64(p.seen)+1e-6))
}

// fitBlocks trains the network on the examples that are in.
func (t *trainer) fitBlocks(in func(*example) bool) (blocks [netBlocks]*block) {
	for k := range blocks {
		blocks[k] = t.fitBlock(k, in)
	}
	return blocks
}

// fitBlock trains block k of the network on the examples that are in.
func (t *trainer) fitBlock(k int, in func(*example) bool) *block {
	b := &block{row: make([]float32, len(t.hash)*netUnits), seen: make([]float32, len(t.hash)), rng: uint64(k + 1)}
	b.in = t.ratios(headPolar, netRatios()[k], in)
	for i := range b.in {
		b.in[i] *= t.idf[i] * netInputs
	}
	for i := range b.row {
		b.row[i] = float32(netStart * (2*b.uniform() - 1))
	}
	for l := range langs {
		for j := range b.out[l] {
			b.out[l][j].v = float32(b.uniform()) - 0.5
		}
	}
	var list []*example
	for _, e := range t.all {
		if e.cost[headPolar] != 0 && in(e) {
			list = append(list, e)
		}
	}
	for epoch := range netEpochs {
		for i := len(list) - 1; i > 0; i-- {
			j := int(b.next() % uint64(i+1))
			list[i], list[j] = list[j], list[i]
		}
		rate := float32(netRate) * (1 - float32(epoch)/netEpochs)
		for _, e := range list {
			b.learn(t.clausesOf(e), e, rate)
		}
	}
	return b
}

func (b *block) next() uint64 {
	b.rng += 0x9e3779b97f4a7c15
	return mix(b.rng)
}

func (b *block) uniform() float64 { return float64(b.next()>>11) / (1 << 53) }

// clausesOf lists the n-grams of an example that have a row, by clause.
func (t *trainer) clausesOf(e *example) *[maxClauses][]int32 {
	for i := range t.clauses {
		t.clauses[i] = t.clauses[i][:0]
	}
	for g := range groups {
		for _, h := range e.grams[g] {
			if id, ok := t.id[h.hash]; ok {
				t.clauses[h.clause] = append(t.clauses[h.clause], id)
			}
		}
	}
	return &t.clauses
}

// read computes the margin of a text of which a share of the n-grams is hidden.
func (b *block) read(clauses *[maxClauses][]int32, lang int, hide float64) float64 {
	b.kept, b.ends = b.kept[:0], b.ends[:0]
	hidden := uint64(hide * (1 << 16))
	for _, ids := range clauses {
		if len(ids) == 0 {
			continue
		}
		from := len(b.kept)
		for i, bits := 0, uint64(0); i < len(ids); i++ {
			if i%4 == 0 && hidden > 0 {
				bits = b.next()
			}
			if hidden == 0 || bits&0xffff >= hidden {
				b.kept = append(b.kept, ids[i])
			}
			bits >>= 16
		}
		if len(b.kept) > from {
			b.clause(len(b.ends), b.kept[from:], lang)
			b.ends = append(b.ends, len(b.kept))
		}
	}
	b.gather()
	z := float64(b.off[lang].v)
	for j, x := range b.pool {
		z += float64(x * b.out[lang][j].v)
	}
	return z
}

// clause computes the hidden units of clause c.
func (b *block) clause(c int, ids []int32, lang int) {
	unit := &b.unit[c]
	*unit = [netUnits]float32{}
	for _, id := range ids {
		v := b.in[id]
		for j, x := range b.row[int(id)*netUnits : int(id)*netUnits+netUnits] {
			unit[j] += v * x
		}
	}
	norm := 1 / float32(math.Sqrt(float64(len(ids))+netSmooth))
	for j := range unit {
		unit[j] = bend(b.bias[lang][j].v + unit[j]*norm)
	}
	b.weight[c] = float32(math.Sqrt(float64(len(ids)) + 1))
}

// gather pools the clauses.
func (b *block) gather() {
	b.pool = [netPools * netUnits]float32{}
	if len(b.ends) == 0 {
		return
	}
	total := float32(0)
	for c := range b.ends {
		total += b.weight[c]
	}
	for j := range netUnits {
		b.most[j], b.least[j] = 0, 0
		for c := range b.ends {
			v := b.unit[c][j]
			b.pool[j] += b.weight[c] / total * v
			if v > b.unit[b.most[j]][j] {
				b.most[j] = c
			}
			if v < b.unit[b.least[j]][j] {
				b.least[j] = c
			}
		}
		b.pool[netUnits+j] = b.unit[b.most[j]][j]
		b.pool[2*netUnits+j] = b.unit[b.least[j]][j]
	}
	for c := range b.ends {
		b.weight[c] /= total
	}
}

// learn takes one step of gradient descent on a text.
func (b *block) learn(clauses *[maxClauses][]int32, e *example, rate float32) {
	z := b.read(clauses, e.lang, netHide)
	if len(b.ends) == 0 {
		return
	}
	want := netSoft
	if e.label > 0 {
		want = 1 - netSoft
	}
	g := float32((logistic(z) - want) * e.cost[headPolar])
	var down [netPools * netUnits]float32
	for j := range down {
		o := &b.out[e.lang][j]
		down[j] = g * o.v
		o.step(g*b.pool[j], rate*netOutput)
	}
	b.off[e.lang].step(g, rate*netOutput)
	from := 0
	for c, to := range b.ends {
		b.teach(c, b.kept[from:to], &down, e.lang, rate)
		from = to
	}
}

// teach carries the gradient of the pools down to the n-grams of clause c.
func (b *block) teach(c int, ids []int32, down *[netPools * netUnits]float32, lang int, rate float32) {
	var d [netUnits]float32
	square := float32(0)
	for j := range d {
		v := down[j] * b.weight[c]
		if b.most[j] == c {
			v += down[netUnits+j]
		}
		if b.least[j] == c {
			v += down[2*netUnits+j]
		}
		v *= 1 - b.unit[c][j]*b.unit[c][j]
		d[j] = v
		square += v * v / netUnits
		b.bias[lang][j].step(v, rate*netOutput)
	}
	norm := 1 / float32(math.Sqrt(float64(len(ids))+netSmooth))
	for _, id := range ids {
		v := norm * b.in[id]
		b.seen[id] += v * v * square
		r := rate * v / float32(math.Sqrt(float64(b.seen[id])+1e-8))
		for j := range d {
			b.row[int(id)*netUnits+j] -= r * d[j]
		}
	}
}

// network joins blocks and lists the rows of all n-grams, scaled and rounded. A unit's step is such that all but the
// largest one in a thousand of its weights fit.
func (t *trainer) network(blocks [netBlocks]*block) (n network, rows [][netWidth]int8) {
	rows = make([][netWidth]int8, len(t.hash))
	n.Scale = make([]float32, netWidth)
	for l := range langs {
		n.Bias[l], n.Out[l] = make([]float32, netWidth), make([]float32, netPools*netWidth)
	}
	for k, b := range blocks {
		for l := range langs {
			n.Const[l] += b.off[l].v / netBlocks
		}
		for j := range netUnits {
			at := k*netUnits + j
			n.Scale[at] = t.roundUnit(b, j, at, rows)
			for l := range langs {
				n.Bias[l][at] = b.bias[l][j].v
				for p := range netPools {
					n.Out[l][p*netWidth+at] = b.out[l][p*netUnits+j].v / netBlocks
				}
			}
		}
	}
	return n, rows
}

// netSteps is the largest value of a rounded weight, and netRows how many n-grams have a row. Both make the file small
// and were chosen because more brought nothing (docs/measured/sentiment.md).
const (
	netSteps = 7
	netRows  = 300_000
)

// roundUnit writes the weights of unit j of b into column at of rows and returns what a step is worth.
func (t *trainer) roundUnit(b *block, j, at int, rows [][netWidth]int8) float32 {
	sizes := make([]float64, len(t.hash))
	for i := range sizes {
		sizes[i] = math.Abs(float64(b.row[i*netUnits+j] * b.in[i]))
	}
	step := math.Max(largest(sizes, 1000), 1e-9) / netSteps
	for i := range rows {
		v := float64(b.row[i*netUnits+j]*b.in[i]) / step
		rows[i][at] = int8(math.Round(math.Max(-netSteps, math.Min(netSteps, v))))
	}
	return float32(step)
}
