package intent

import (
	"cmp"
	"context"
	"slices"
)

// The learner's settings; chosen by cross-validation, see docs/nlp.md.
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

// absent is the score of an intent that has no example in the part that was trained on.
const absent = -1e6

// trainer fits the classifiers of a linear model.
type trainer struct {
	*linear
	x       []vector
	norms   []float64
	class   []int // −1 is out of scope
	workers int
	planes  []plane
}

func (t *trainer) run(ctx context.Context) error {
	t.planes = make([]plane, len(t.labels))
	if err := t.start(ctx); err != nil {
		return err
	}
	last := rounds - 1
	if len(t.x) <= manyTexts {
		last = 0
	}
	for round := 0; ; round++ {
		if err := t.fit(ctx, round, round == last); err != nil {
			return err
		}
		if err := t.transpose(ctx); err != nil {
			return err
		}
		if round == last {
			return nil
		}
		if err := t.widen(ctx); err != nil {
			return err
		}
	}
}

// start gives each classifier its first texts.
func (t *trainer) start(ctx context.Context) error {
	if len(t.x) <= manyTexts {
		return parallel(ctx, t.workers, len(t.planes), func(_, c int) {
			for i := range t.x {
				t.planes[c].rows = append(t.planes[c].rows, int32(i))
			}
			t.planes[c].alpha = make([]float64, len(t.x))
		})
	}
	scores, err := t.scoreCentres(ctx)
	if err != nil {
		return err
	}
	n := len(t.labels)
	return parallel(ctx, t.workers, n, func(_, c int) {
		others := make([]int32, 0, len(t.x))
		p := &t.planes[c]
		for i := range t.x {
			if t.class[i] == c {
				p.rows = append(p.rows, int32(i))
			} else {
				others = append(others, int32(i))
			}
		}
		slices.SortFunc(others, func(a, b int32) int {
			return cmp.Or(cmp.Compare(scores[int(b)*n+c], scores[int(a)*n+c]), cmp.Compare(a, b))
		})
		head := min(nearest, len(others))
		p.rows = append(p.rows, others[:head]...)
		for i := head; i < len(others); i += max(1, (len(others)-head)/sample) {
			p.rows = append(p.rows, others[i])
		}
		slices.Sort(p.rows)
		p.alpha = make([]float64, len(p.rows))
	})
}

// scoreCentres compares every text with the centre of every intent.
func (t *trainer) scoreCentres(ctx context.Context) ([]float32, error) {
	n := len(t.labels)
	size := make([]int, n)
	for _, c := range t.class {
		if c >= 0 {
			size[c]++
		}
	}
	for i, c := range t.class {
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
	return t.scoreAll(ctx)
}

func (t *trainer) scoreAll(ctx context.Context) ([]float32, error) {
	n := len(t.labels)
	scores := make([]float32, len(t.x)*n)
	err := parallel(ctx, t.workers, len(t.x), func(_, i int) { t.score(&t.x[i], scores[i*n:(i+1)*n]) })
	return scores, err
}

// fit moves every plane.
func (t *trainer) fit(ctx context.Context, round int, last bool) error {
	learner := svm{cost: svmCost, epochs: svmEpochs, tolerant: svmTolerance}
	if !last {
		learner.epochs = roundSteps
	}
	return parallel(ctx, t.workers, len(t.planes), func(_, c int) {
		p := &t.planes[c]
		if !slices.ContainsFunc(p.rows, func(i int32) bool { return t.class[i] == c }) {
			p.bias = absent
			return
		}
		if p.sparse == nil {
			p.sparse, p.dense = make([]float32, t.vocab.size()), make([]float32, t.meaning.size())
		}
		learner.fit(p, t.x, t.norms, func(i int32) bool { return t.class[i] == c }, &rng{state: uint64(c)<<8 + uint64(round)})
	})
}

// transpose copies the planes to the model, whose rows are features.
func (t *trainer) transpose(ctx context.Context) error {
	n := len(t.labels)
	for c := range t.planes {
		t.bias[c] = float32(t.planes[c].bias)
	}
	const chunk = 1024
	copyTo := func(to []float32, size, from int, part func(p *plane) []float32) {
		for c := range t.planes {
			if w := part(&t.planes[c]); w != nil {
				for k := from; k < min(from+chunk, size); k++ {
					to[k*n+c] = w[k]
				}
			}
		}
	}
	if err := parallel(ctx, t.workers, (t.vocab.size()+chunk-1)/chunk, func(_, i int) {
		copyTo(t.sparse, t.vocab.size(), i*chunk, func(p *plane) []float32 { return p.sparse })
	}); err != nil {
		return err
	}
	return parallel(ctx, t.workers, (t.meaning.size()+chunk-1)/chunk, func(_, i int) {
		copyTo(t.dense, t.meaning.size(), i*chunk, func(p *plane) []float32 { return p.dense })
	})
}

// widen gives each classifier the texts of other intents that it misjudges and does not look at yet, and takes away
// those that did not matter.
func (t *trainer) widen(ctx context.Context) error {
	scores, err := t.scoreAll(ctx)
	if err != nil {
		return err
	}
	n := len(t.labels)
	return parallel(ctx, t.workers, n, func(_, c int) {
		p := &t.planes[c]
		if p.sparse == nil {
			return
		}
		var rows []int32
		var alpha []float64
		j := 0
		for i := range t.x {
			a := 0.0
			if j < len(p.rows) && p.rows[j] == int32(i) {
				a = p.alpha[j]
				j++
			}
			if a > 0 || t.class[i] == c || scores[i*n+c] > -1 {
				rows, alpha = append(rows, int32(i)), append(alpha, a)
			}
		}
		p.rows, p.alpha = rows, alpha
	})
}
