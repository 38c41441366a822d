package intent

import (
	"context"
	"math"
	"slices"

	"golang.org/x/sync/errgroup"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// How the networks learn: Adam (Kingma, Ba, ICLR 2015) on batches, cross entropy with smoothed labels, dropout of words and of
// responses. Chosen by cross-validation; see docs/measured/nlp.md.
const (
	netEpochs   = 8
	netBatch    = 100
	netRate     = 5e-3 // of a step at first; it falls to a third
	netRowRate  = 0.04 // the same of a word's row, by how large its steps were
	netSmooth   = 0.1
	netMeans    = 4    // epochs at the end after which the network is taken; it is the mean of them (Izmailov et al., UAI 2018)
	netDrop     = 0.4  // share of the responses that a look at a text does without
	netSure     = 0.8  // likelihood of the true intent from which on a look at a text was sure of it
	netWordDrop = 0.25 // the same of its words, where there are more than three
)

// wantsNet reports whether a set has examples enough for a second opinion, and the linear classifiers leave it enough to do.
func (s *set) wantsNet(opts Options, scores []held) bool {
	wrong, all := 0, 0
	for _, h := range scores {
		if !h.outside {
			all++
			wrong += btoi(h.best != h.class)
		}
	}
	return opts.SecondOpinion && opts.Vectors != nil && s.names-s.outsiders() >= netFewest*len(s.labels) &&
		float64(wrong) > netWorth*float64(all)
}

// learnNet trains the members, each by itself. The result does not depend on the number of workers.
func learnNet(ctx context.Context, s *set, v *vectors.Vectors, workers int) (*net, error) {
	n := &net{vectors: v, dim: rowSize(v), lead: s.leads()}
	n.words.index()
	var texts [][]int32
	var class []int
	var rows []float32
	var parts []int
	tmp := make([]float32, v.Dim())
	for i, tokens := range s.texts {
		if s.class[i] < 0 {
			continue
		}
		text := make([]int32, 0, len(tokens))
		for _, t := range tokens[:min(len(tokens), maxTokens)] {
			k := n.words.add(wordHash(t))
			if int(k)*n.dim == len(rows) {
				rows = append(rows, n.firstRow(t, tmp, &parts)...)
			}
			text = append(text, int32(k))
		}
		texts, class = append(texts, text), append(class, s.class[i])
	}
	n.members = make([]member, netMembers)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(workers)
	for i := range n.members {
		group.Go(func() error {
			l := newNetLearner(&n.members[i], slices.Clone(rows), n.dim, len(s.labels), uint64(i+1))
			return l.run(ctx, texts, class)
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	n.index()
	return n, nil
}

// firstRow is what a word's row is before training: what the vectors know, or chance, which is the same for the same word.
func (n *net) firstRow(t nlp.Token, tmp []float32, parts *[]int) []float32 {
	row := make([]float32, n.dim)
	if !n.rowOf(t, tmp, row, parts) {
		r := &rng{state: wordHash(t)}
		for i := range tmp {
			row[i] = 0.25 * r.between()
		}
	}
	return row
}

// between is a number in [−1, 1).
func (r *rng) between() float32 { return float32(int64(r.next())>>40) / (1 << 23) }

// netLearner trains one network.
type netLearner struct {
	*member
	dim, intents int
	rng          rng
	steps        []*adam   // of filter, floor, out and bias
	pull         []float32 // by word: how large its steps were
	local        []int32   // by word: its place in the batch + 1; zero between batches
	batch        netWords
	netScratch
	sure  []bool // by text: whether the last look at it was sure of its intent
	kept  [netHidden]bool
	value [netHidden]float32
	slope []float32 // of the loss, by intent
}

// netWords are the words of a batch: what each adds to the filters, and the slope of the loss along that.
type netWords struct {
	words []int32
	table []float32
	slope []float32
}

func newNetLearner(m *member, rows []float32, dim, intents int, state uint64) *netLearner {
	l := &netLearner{member: m, dim: dim, intents: intents, rng: rng{state: state}}
	m.rows, m.filter, m.floor = rows, make([]float32, netTable*dim), make([]float32, netHidden)
	m.out, m.bias = make([]float32, netHidden*intents), make([]float32, intents)
	// Uniform, by how many values meet in a sum (Glorot, Bengio, AISTATS 2010).
	for k := range netPlaces {
		width := 1
		for width*(width+1)/2 <= k {
			width++
		}
		reach := float32(math.Sqrt(6 / float64(width*dim+netFilters)))
		for i := k * netFilters * dim; i < (k+1)*netFilters*dim; i++ {
			m.filter[i] = reach * l.rng.between()
		}
	}
	reach := float32(math.Sqrt(6 / float64(netHidden+intents)))
	for i := range m.out {
		m.out[i] = reach * l.rng.between()
	}
	for _, weights := range [][]float32{m.filter, m.floor, m.out, m.bias} {
		l.steps = append(l.steps, newAdam(weights))
	}
	l.pull, l.local, l.slope = make([]float32, len(rows)/dim), make([]int32, len(rows)/dim), make([]float32, intents)
	return l
}

// run goes through the texts netEpochs times.
func (l *netLearner) run(ctx context.Context, texts [][]int32, class []int) error {
	l.sure = make([]bool, len(texts))
	order := make([]int32, len(texts))
	for i := range order {
		order[i] = int32(i)
	}
	var mean [][]float32
	for _, p := range l.member.parts() {
		mean = append(mean, make([]float32, len(*p)))
	}
	for epoch := range netEpochs {
		l.rng.shuffle(order)
		slow := 1 - 0.7*float32(epoch)/netEpochs
		worth := order
		if epoch%2 == 1 { // texts that it is sure of teach it little: every second time will do
			worth = slices.DeleteFunc(slices.Clone(order), func(i int32) bool { return l.sure[i] })
		}
		for part := range slices.Chunk(worth, netBatch) {
			if err := ctx.Err(); err != nil {
				return err
			}
			l.learn(part, texts, class, slow)
		}
		if epoch >= netEpochs-netMeans {
			l.addTo(mean)
		}
	}
	for i, p := range l.member.parts() {
		*p = mean[i]
	}
	return nil
}

// addTo adds to means what the network is now.
func (l *netLearner) addTo(means [][]float32) {
	for i, p := range l.member.parts() {
		add1(means[i], *p, 1./netMeans)
	}
}

// learn takes a step on the texts of one batch; slow is the share of the first steps' size.
func (l *netLearner) learn(part []int32, texts [][]int32, class []int, slow float32) {
	looks := l.open(part, texts)
	for _, s := range l.steps {
		clear(s.slope)
	}
	scale := 1 / float32(len(part))
	for j, i := range part {
		l.words = l.words[:0]
		for _, w := range looks[j] {
			l.words = append(l.words, l.batch.table[int(w)*netTable:int(w+1)*netTable])
		}
		l.respond(l.words, l.response[:], l.at[:])
		l.sure[i] = l.judge(class[i], scale) > netSure
		l.blame(looks[j])
	}
	l.moveRows(slow)
	for _, s := range l.steps {
		s.step(netRate * slow)
	}
}

// open numbers the words of a batch, works out their tables, and lists the words of each text that this look does not drop.
func (l *netLearner) open(part []int32, texts [][]int32) [][]int32 {
	b := &l.batch
	b.words = b.words[:0]
	looks := make([][]int32, len(part))
	for j, i := range part {
		for _, w := range texts[i] {
			if len(texts[i]) > 3 && l.rng.below(1000) < 1000*netWordDrop {
				continue
			}
			if l.local[w] == 0 {
				b.words = append(b.words, w)
				l.local[w] = int32(len(b.words))
			}
			looks[j] = append(looks[j], l.local[w]-1)
		}
	}
	size := len(b.words) * netTable
	b.table, b.slope = slices.Grow(b.table[:0], size)[:size], slices.Grow(b.slope[:0], size)[:size]
	clear(b.slope)
	for k, w := range b.words {
		l.local[w] = 0
		l.weigh(l.row(w), b.table[k*netTable:(k+1)*netTable])
	}
	return looks
}

func (l *netLearner) row(w int32) []float32 { return l.rows[int(w)*l.dim : int(w+1)*l.dim] }

// judge works out the slope of the loss by intent, from the responses that this look keeps, and returns the likelihood of the true one.
func (l *netLearner) judge(class int, scale float32) (likely float32) {
	z := l.slope
	copy(z, l.bias)
	for k, r := range l.response {
		l.kept[k] = r > 0 && l.rng.below(1000) >= 1000*netDrop
		if l.kept[k] {
			l.value[k] = r / (1 - netDrop)
			add1(z, l.out[k*l.intents:(k+1)*l.intents], l.value[k])
		}
	}
	top, sum := slices.Max(z), float32(0)
	for c, s := range z {
		z[c] = exp32(s - top)
		sum += z[c]
	}
	likely = z[class] / sum
	for c, e := range z {
		z[c] = scale * (float32(e/sum) - netSmooth/float32(l.intents))
	}
	z[class] -= float32(scale * (1 - netSmooth))
	return likely
}

// blame carries the slope back to the weights, and to the tables of the words at which the kept filters responded.
func (l *netLearner) blame(look []int32) {
	floor, out, bias := l.steps[1].slope, l.steps[2].slope, l.steps[3].slope
	add1(bias, l.slope, 1)
	for k, kept := range l.kept {
		if !kept {
			continue
		}
		add1(out[k*l.intents:(k+1)*l.intents], l.slope, l.value[k])
		d := dot(l.slope, l.out[k*l.intents:(k+1)*l.intents]) / (1 - netDrop)
		floor[k] += d
		width, f := k/netFilters+1, k%netFilters
		first := width * (width - 1) / 2
		for o := range width {
			if w := int(l.at[k]) + o; w >= 0 && w < len(look) {
				l.batch.slope[int(look[w])*netTable+(first+o)*netFilters+f] += d
			}
		}
	}
}

// moveRows carries the slope on to the filters and to the words' rows, and moves the rows.
func (l *netLearner) moveRows(slow float32) {
	filter, turn := l.steps[0].slope, make([]float32, l.dim)
	for k, w := range l.batch.words {
		row := l.row(w)
		clear(turn)
		for j, d := range l.batch.slope[k*netTable : (k+1)*netTable] {
			if d != 0 {
				add1(filter[j*l.dim:(j+1)*l.dim], row, d)
				add1(turn, l.filter[j*l.dim:(j+1)*l.dim], d)
			}
		}
		l.pull[w] = float32(0.99*l.pull[w]) + float32(0.01*float32(dot(turn, turn)/float32(l.dim)))
		if l.pull[w] > 0 {
			add1(row, turn, -netRowRate*slow/float32(math.Sqrt(float64(l.pull[w]))))
		}
	}
}

// adam moves weights against the slope of the loss.
type adam struct {
	weights, slope, mean, square []float32
	fade                         [2]float64 // what of the means' first value, zero, is left in them
}

func newAdam(weights []float32) *adam {
	n := len(weights)
	return &adam{weights: weights, slope: make([]float32, n), mean: make([]float32, n), square: make([]float32, n), fade: [2]float64{1, 1}}
}

func (a *adam) step(rate float32) {
	a.fade[0] *= 0.9
	a.fade[1] *= 0.999
	rate *= float32(math.Sqrt(1-a.fade[1]) / (1 - a.fade[0]))
	mean, square, weights := a.mean[:len(a.slope)], a.square[:len(a.slope)], a.weights[:len(a.slope)]
	for i, g := range a.slope {
		m := float32(0.9*mean[i]) + float32(0.1*g)
		s := float32(0.999*square[i]) + float32(0.001*float32(g*g))
		mean[i], square[i] = m, s
		weights[i] -= float32(float32(rate*m) / (float32(math.Sqrt(float64(s))) + 1e-8))
	}
}

// The logarithm of 2 in two parts: n times the first is exact.
const ln2High, ln2Low = 0.693359375, math.Ln2 - 0.693359375

// exp32 is e^x for x ≤ 0, within a few units in the last place: by 2^n and a polynomial, alike on every machine (math.Exp is not).
func exp32(x float32) float32 {
	if x < -80 {
		return 0
	}
	n := int32(float32(x*math.Log2E) - 0.5)
	r := x - float32(float32(n)*ln2High) - float32(float32(n)*ln2Low)
	p := float32(1) / 720
	for _, c := range [...]float32{1. / 120, 1. / 24, 1. / 6, 1. / 2, 1, 1} {
		p = c + float32(r*p)
	}
	return p * math.Float32frombits(uint32(n+127)<<23)
}
