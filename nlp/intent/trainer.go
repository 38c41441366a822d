package intent

import (
	"context"
	"slices"
)

// The learner's settings; chosen by cross-validation, see docs/measured/nlp.md.
const (
	svmCost      = 1.0
	svmEpochs    = 8
	svmTolerance = 0.3
)

// A classifier looks at few of the texts of other intents: most lie far on the other side, and change nothing but the
// time that training takes. It starts from those nearest to the intent's centre and an even sample, and takes in, round
// by round, all that it turns out to misjudge.
const (
	manyTexts  = 400 // up to here every classifier looks at every text
	nearest    = 100
	sample     = 200
	rounds     = 3
	roundSteps = 4 // epochs of each round but the last
)

// fewestOutside is how many examples of what is out of scope there must be to learn what they have in common.
const fewestOutside = 20

// absent is the score of an intent that has no example in the part that was trained on.
const absent = -1e6

// trainer fits the classifiers of a linear model.
type trainer struct {
	*linear
	*corpus
	x       []vector
	norms   []float64
	column  []int  // by text: its intent, the last column where it is out of scope and there is one for that, or −1
	duals   []dual // by column
	workers int
	planes  []plane // by worker: scratch memory
}

func newTrainer(ctx context.Context, s *set, opts Options) (*trainer, error) {
	c, err := newCorpus(ctx, s, opts.Vectors, opts.Workers)
	if err != nil {
		return nil, err
	}
	t := &trainer{corpus: c, workers: opts.Workers, column: slices.Clone(c.class)}
	extra := 0
	if s.outsiders() >= fewestOutside {
		extra = 1
		for i, class := range c.class {
			if class < 0 {
				t.column[i] = len(s.labels)
			}
		}
	}
	t.linear = newLinear(s.labels, extra, c.vocab, c.meaning)
	t.x, t.norms, err = c.encodeAll(ctx, opts.Workers)
	t.planes = make([]plane, opts.Workers)
	for i := range t.planes {
		t.planes[i] = plane{sparse: make([]float32, c.vocab.size()), dense: make([]float32, c.meaning.size())}
	}
	return t, err
}

// run fits the model to the whole corpus.
func (t *trainer) run(ctx context.Context) error {
	if err := t.start(ctx); err != nil {
		return err
	}
	if len(t.x) > manyTexts {
		var err error
		for round := range rounds - 1 {
			if err := t.fit(ctx, t.linear, t.duals, roundSteps, round); err != nil {
				return err
			}
			if t.duals, err = t.widen(ctx, t.linear, t.duals, nil); err != nil {
				return err
			}
		}
	}
	return t.fit(ctx, t.linear, t.duals, svmEpochs, rounds)
}

// start gives each classifier its first texts.
func (t *trainer) start(ctx context.Context) error {
	t.duals = make([]dual, t.columns())
	if len(t.x) <= manyTexts {
		for c := range t.duals {
			for i := range t.x {
				t.duals[c].rows = append(t.duals[c].rows, int32(i))
			}
			t.duals[c].alpha = make([]float64, len(t.x))
		}
		return ctx.Err()
	}
	scores, err := t.scoreCentres(ctx)
	if err != nil {
		return err
	}
	n := t.columns()
	return parallel(ctx, t.workers, n, func(_, c int) {
		near := t.nearestOthers(c, scores)
		d := &t.duals[c]
		every := max(1, (len(t.x)-len(near))/sample)
		for i := range t.x {
			if t.column[i] == c || i%every == c%every {
				d.rows = append(d.rows, int32(i))
			} else if _, ok := slices.BinarySearch(near, int32(i)); ok {
				d.rows = append(d.rows, int32(i))
			}
		}
		d.alpha = make([]float64, len(d.rows))
	})
}

// nearestOthers are the texts of other intents that score highest for an intent, in order of their places.
func (t *trainer) nearestOthers(c int, scores []float32) []int32 {
	n := t.columns()
	score := func(i int32) float32 { return scores[int(i)*n+c] }
	near := make([]int32, 0, nearest+1) // the best first
	for i := range t.x {
		if t.column[i] == c || len(near) == nearest && score(int32(i)) <= score(near[nearest-1]) {
			continue
		}
		at, _ := slices.BinarySearchFunc(near, score(int32(i)), func(o int32, s float32) int {
			if score(o) >= s {
				return -1
			}
			return 1
		})
		near = slices.Insert(near, at, int32(i))
		near = near[:min(len(near), nearest)]
	}
	slices.Sort(near)
	return near
}

// scoreCentres compares every text with the centre of every intent.
func (t *trainer) scoreCentres(ctx context.Context) ([]float32, error) {
	n := t.columns()
	size := make([]int, n)
	for _, c := range t.column {
		if c >= 0 {
			size[c]++
		}
	}
	for i, c := range t.column {
		if c < 0 {
			continue
		}
		f := 1 / float32(size[c])
		for j, k := range t.x[i].at {
			t.sparse[int(k)*n+c] += float32(f * t.x[i].val[j])
		}
		for k, v := range t.x[i].dense {
			t.dense[k*n+c] += float32(f * v)
		}
	}
	return t.scoreAll(ctx, t.linear, nil)
}

// scoreAll scores every text that is not out by l.
func (t *trainer) scoreAll(ctx context.Context, l *linear, out func(i int) bool) ([]float32, error) {
	n := t.columns()
	scores := make([]float32, len(t.x)*n)
	err := parallel(ctx, t.workers, len(t.x), func(_, i int) {
		if out == nil || !out(i) {
			l.score(&t.x[i], scores[i*n:(i+1)*n])
		}
	})
	return scores, err
}

// fit goes on with each classifier from where its dual variables stand, and writes it to its column of l.
func (t *trainer) fit(ctx context.Context, l *linear, duals []dual, epochs, stage int) error {
	learner := svm{cost: svmCost, epochs: epochs, tolerant: svmTolerance}
	clear(l.sparse)
	clear(l.dense)
	n := l.columns()
	return parallel(ctx, t.workers, n, func(worker, c int) {
		d, p := &duals[c], &t.planes[worker]
		if !slices.ContainsFunc(d.rows, func(i int32) bool { return t.column[i] == c }) {
			l.bias[c] = absent
			return
		}
		positive := func(i int32) bool { return t.column[i] == c }
		p.build(d, t.x, positive)
		learner.fit(p, d, t.x, t.norms, positive, &rng{state: uint64(c)<<8 + uint64(stage)})
		for k, w := range p.sparse {
			if w != 0 {
				l.sparse[k*n+c] = w
			}
		}
		for k, w := range p.dense {
			l.dense[k*n+c] = w
		}
		l.bias[c] = float32(p.bias)
	})
}

// widen gives each classifier the texts of other intents that it misjudges and does not look at yet, and takes away
// those that did not matter. Texts that are out stay out; nil is none.
func (t *trainer) widen(ctx context.Context, l *linear, duals []dual, out func(i int) bool) ([]dual, error) {
	scores, err := t.scoreAll(ctx, l, out)
	if err != nil {
		return nil, err
	}
	n := t.columns()
	wide := make([]dual, n)
	err = parallel(ctx, t.workers, n, func(_, c int) {
		old, d := duals[c], &wide[c]
		j := 0
		for i := range t.x {
			a := 0.0
			if j < len(old.rows) && old.rows[j] == int32(i) {
				a = old.alpha[j]
				j++
			}
			if a > 0 || (t.column[i] == c || scores[i*n+c] > -1) && (out == nil || !out(i)) {
				d.rows, d.alpha = append(d.rows, int32(i)), append(d.alpha, a)
			}
		}
	})
	return wide, err
}
