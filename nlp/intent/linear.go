package intent

// linear scores a text against every intent: one weight row for each feature, one column for each intent, and where there are
// examples enough a last one for what is out of scope.
type linear struct {
	labels  []string
	vocab   *vocabulary
	meaning *meaning
	sparse  []float32 // vocab.size() rows of columns()
	dense   []float32 // meaning.size() rows of columns()
	bias    []float32
}

// newLinear has a column for each intent and extra more.
func newLinear(labels []string, extra int, v *vocabulary, m *meaning) *linear {
	n := len(labels) + extra
	return &linear{labels: labels, vocab: v, meaning: m,
		sparse: make([]float32, v.size()*n), dense: make([]float32, m.size()*n), bias: make([]float32, n)}
}

// columns is how many classifiers there are.
func (l *linear) columns() int { return len(l.bias) }

// split tells the margins of the intents from how far the text is from what is out of scope.
func (l *linear) split(score []float32) (intents []float32, inside float64) {
	n := len(l.labels)
	if len(score) > n {
		inside = -float64(score[n])
	}
	return score[:n], inside
}

// score writes the margin of every column to out.
func (l *linear) score(x *vector, out []float32) {
	n := l.columns()
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
