package intent

import (
	"math"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// meaning turns a text into its dense features: the weighted mean, the maximum and the minimum of its words' vectors
// (Arora, Liang, Ma, ICLR 2017; De Boom et al. 2016), each centred on the training texts and scaled to length one.
type meaning struct {
	words  *vectors.Vectors // nil: no dense features
	center []float32        // of the training texts: pools · dim values
	common [][]float32      // directions that are taken out of the mean
}

const pools = 3 // mean, maximum, minimum

func (m *meaning) size() int {
	if m.words == nil {
		return 0
	}
	return pools * m.words.Dim()
}

// fingerprint names the word vectors that the model was trained with; 0 is none.
func (m *meaning) fingerprint() uint64 {
	if m.words == nil {
		return 0
	}
	return m.words.Fingerprint()
}

// Weight of a word by its frequency, a/(a+p) with p by Zipf's law from its rank.
const (
	sifA     = 1e-3
	zipfBase = 12.0
	zipfHead = 10
)

func sif(rank int) float32 {
	p := 1 / (zipfBase * float64(rank+zipfHead))
	return float32(sifA / (sifA + p))
}

// denseWeight is how much each of the dense blocks counts beside the sparse ones; see docs/measured/nlp.md.
const denseWeight = 0.65

// pool writes mean, maximum and minimum to out, which has size() values. All are zero when no word is known.
func (m *meaning) pool(tokens []nlp.Token, row []float32, parts *[]int, out []float32) (known int) {
	dim := m.words.Dim()
	mean, high, low := out[:dim], out[dim:2*dim], out[2*dim:3*dim]
	clear(out)
	for _, t := range tokens[:min(len(tokens), maxTokens)] {
		*parts = m.words.Parts(t.Text, (*parts)[:0])
		if len(*parts) == 0 && t.Term != t.Text {
			*parts = m.words.Parts(t.Term, (*parts)[:0])
		}
		for _, i := range *parts {
			m.words.Row(i, row)
			w := sif(m.words.Rank(i))
			if known == 0 {
				copy(high, row)
				copy(low, row)
			}
			known++
			for k, x := range row {
				mean[k] += float32(w * x)
				high[k] = max(high[k], x)
				low[k] = min(low[k], x)
			}
		}
	}
	if known > 0 {
		for k := range mean {
			mean[k] /= float32(known)
		}
	}
	return known
}

// features writes the dense features of a text to out.
func (m *meaning) features(tokens []nlp.Token, row []float32, parts *[]int, out []float32) {
	if m.pool(tokens, row, parts, out) > 0 {
		m.centre(out)
	}
}

// centre turns pooled values into features: relative to the training texts, each block of its weight's length.
func (m *meaning) centre(out []float32) {
	dim := m.words.Dim()
	for k, c := range m.center {
		out[k] -= c
	}
	takeOut(m.common, out[:dim])
	for p := range pools {
		scaleTo(denseWeight, out[p*dim:(p+1)*dim])
	}
}

func scaleTo(length float32, x []float32) {
	sum := float32(0)
	for _, f := range x {
		sum += float32(f * f)
	}
	if sum == 0 {
		return
	}
	f := length / float32(math.Sqrt(float64(sum)))
	for i := range x {
		x[i] *= f
	}
}
