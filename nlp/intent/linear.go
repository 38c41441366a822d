package intent

import (
	"context"
	"sync"

	"huiyin/nlp"
)

// linear scores a text against every intent: one weight row for each feature, one column for each intent.
type linear struct {
	labels  []string
	vocab   *vocabulary
	weights []float32 // vocab.size() rows of len(labels)
	bias    []float32
}

// The learner's settings; chosen by cross-validation, see docs/nlp.md.
const (
	svmCost      = 1.0
	svmEpochs    = 30
	svmTolerance = 0.1
)

// fitLinear trains one classifier for each intent on the texts for which use is true (all when nil).
func fitLinear(ctx context.Context, s *set, use func(i int) bool, opts Options) (*linear, error) {
	var texts [][]nlp.Token
	var class []int
	for i := range s.texts {
		if use == nil || use(i) {
			texts = append(texts, s.texts[i])
			class = append(class, s.class[i])
		}
	}
	l := &linear{labels: s.labels, vocab: newVocabulary(texts), bias: make([]float32, len(s.labels))}
	x := make([]vector, len(texts))
	norms := make([]float64, len(texts))
	encoders := make([]*encoder, opts.Workers)
	if err := parallel(ctx, opts.Workers, len(texts), func(worker, i int) {
		if encoders[worker] == nil {
			encoders[worker] = newEncoder(l.vocab)
		}
		encoders[worker].encode(texts[i], &x[i])
		for _, v := range x[i].val {
			norms[i] += float64(v) * float64(v)
		}
	}); err != nil {
		return nil, err
	}
	present := make([]bool, len(s.labels))
	for _, c := range class {
		if c >= 0 {
			present[c] = true
		}
	}
	n := len(s.labels)
	l.weights = make([]float32, l.vocab.size()*n)
	learner := svm{cost: svmCost, epochs: svmEpochs, tolerant: svmTolerance}
	err := parallel(ctx, opts.Workers, n, func(_, c int) {
		if !present[c] {
			l.bias[c] = absent
			return
		}
		w, b := learner.fit(x, norms, func(i int) bool { return class[i] == c }, l.vocab.size(), &rng{state: uint64(c)})
		l.bias[c] = b
		for k, v := range w {
			l.weights[k*n+c] = v
		}
	})
	return l, err
}

// absent is the score of an intent that has no example in the part that was trained on.
const absent = -1e6

// score writes the margin of every intent to out.
func (l *linear) score(x *vector, out []float32) {
	n := len(l.labels)
	out = out[:n]
	copy(out, l.bias)
	for i, k := range x.at {
		row := l.weights[int(k)*n : int(k)*n+n]
		v := x.val[i]
		for c, w := range row {
			out[c] += float32(v * w)
		}
	}
}

// encoders is a pool of scratch memory for ranking.
type encoders struct{ pool sync.Pool }

type scratch struct {
	enc   *encoder
	x     vector
	score []float32
	order []int
}

func newEncoders(v *vocabulary) *encoders {
	e := &encoders{}
	e.pool.New = func() any { return &scratch{enc: newEncoder(v)} }
	return e
}

func (e *encoders) get() *scratch  { return e.pool.Get().(*scratch) }
func (e *encoders) put(s *scratch) { e.pool.Put(s) }
