package intent

import (
	"context"
	"slices"

	"huiyin/nlp"
)

// linear scores a text against every intent: one weight row for each feature, one column for each intent.
type linear struct {
	labels  []string
	vocab   *vocabulary
	meaning *meaning
	sparse  []float32 // vocab.size() rows of len(labels)
	dense   []float32 // meaning.size() rows of len(labels)
	bias    []float32
}

// fitLinear trains one classifier for each intent on the texts for which use is true (all when nil), and on the words of
// the intent's name.
func fitLinear(ctx context.Context, s *set, use func(i int) bool, opts Options) (*linear, error) {
	var texts [][]nlp.Token
	var class []int
	for i := range s.texts {
		if use == nil || use(i) {
			texts = append(texts, s.texts[i])
			class = append(class, s.class[i])
		}
	}
	n := len(s.labels)
	for c, name := range s.names {
		if len(name) > 0 && slices.Contains(class, c) {
			texts, class = append(texts, name), append(class, c)
		}
	}
	l := &linear{labels: s.labels, vocab: newVocabulary(texts, class), meaning: newMeaning(opts.Vectors, texts)}
	l.sparse, l.dense, l.bias = make([]float32, l.vocab.size()*n), make([]float32, l.meaning.size()*n), make([]float32, n)
	x, norms, err := l.encodeAll(ctx, texts, opts.Workers)
	if err != nil {
		return nil, err
	}
	t := &trainer{linear: l, x: x, norms: norms, class: class, workers: opts.Workers}
	return l, t.run(ctx)
}

// encodeAll turns the texts into vectors, with their squared lengths.
func (l *linear) encodeAll(ctx context.Context, texts [][]nlp.Token, workers int) ([]vector, []float64, error) {
	x, norms := make([]vector, len(texts)), make([]float64, len(texts))
	encoders := make([]*encoder, workers)
	err := parallel(ctx, workers, len(texts), func(worker, i int) {
		if encoders[worker] == nil {
			encoders[worker] = newEncoder(l.vocab, l.meaning)
		}
		encoders[worker].encode(texts[i], &x[i])
		for _, v := range x[i].val {
			norms[i] += float64(v) * float64(v)
		}
		for _, v := range x[i].dense {
			norms[i] += float64(v) * float64(v)
		}
	})
	return x, norms, err
}

// score writes the margin of every intent to out.
func (l *linear) score(x *vector, out []float32) {
	n := len(l.labels)
	out = out[:n]
	copy(out, l.bias)
	at, val := x.at, x.val
	for ; len(at) >= 4 && len(val) >= 4; at, val = at[4:], val[4:] {
		add4(out, l.sparse[int(at[0])*n:], l.sparse[int(at[1])*n:], l.sparse[int(at[2])*n:], l.sparse[int(at[3])*n:],
			val[0], val[1], val[2], val[3])
	}
	for i, k := range at {
		add1(out, l.sparse[int(k)*n:], val[i])
	}
	d, k := x.dense, 0
	for ; k+4 <= len(d); k += 4 {
		add4(out, l.dense[k*n:], l.dense[(k+1)*n:], l.dense[(k+2)*n:], l.dense[(k+3)*n:], d[k], d[k+1], d[k+2], d[k+3])
	}
	for ; k < len(d); k++ {
		add1(out, l.dense[k*n:], d[k])
	}
}

// add4 adds four rows, each times its value; four at once, because that halves the traffic on out.
func add4(out, a, b, c, d []float32, va, vb, vc, vd float32) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	for i := range out {
		out[i] += float32(float32(va*a[i])+float32(vb*b[i])) + float32(float32(vc*c[i])+float32(vd*d[i]))
	}
}

func add1(out, a []float32, v float32) {
	a = a[:len(out)]
	for i := range out {
		out[i] += float32(v * a[i])
	}
}
