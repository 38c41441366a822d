package kb

import (
	"math"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// meaning places texts of both languages in the one space of the word vectors.
type meaning struct {
	words *vectors.Vectors
	mean  []float32 // of the most frequent words: what all vectors share and what tells nothing
}

// commonWords is how many of the most frequent words make the mean.
const commonWords = 5000

// sifA is the constant a of the weight a/(a+p) of a word with frequency p (Arora et al. 2017, "smooth inverse
// frequency"); frequencies are taken from the rank by Zipf's law.
const sifA = 1e-3

func newMeaning(v *vectors.Vectors) *meaning {
	if v == nil {
		return nil
	}
	m := &meaning{words: v, mean: make([]float32, v.Dim())}
	row := make([]float32, v.Dim())
	n := 0
	for i := range v.Len() {
		if v.Rank(i) < commonWords {
			v.Row(i, row)
			for k, x := range row {
				m.mean[k] += x
			}
			n++
		}
	}
	for k := range m.mean {
		m.mean[k] /= float32(max(1, n))
	}
	return m
}

// vector is the weighted mean of a text's words, of length 1; zeros when none is known.
func (m *meaning) vector(tokens []nlp.Token) []float32 {
	sum, row := make([]float32, m.words.Dim()), make([]float32, m.words.Dim())
	var at []int
	for _, t := range tokens {
		at = m.words.Parts(t.Text, at[:0])
		for _, i := range at {
			m.words.Row(i, row)
			w := float32(m.weight(i) / float64(len(at)))
			for k, x := range row {
				sum[k] += w * (x - m.mean[k])
			}
		}
	}
	return normalize(sum)
}

// weight of a word: near 1 for a rare one, near 0 for one that stands in every text.
func (m *meaning) weight(row int) float64 {
	p := 1 / (float64(m.words.Rank(row)+10) * math.Log(float64(m.words.Len())))
	return sifA / (sifA + p)
}

// unit is the vector of one word, centred, of length 1 in steps of 1/127.
func (m *meaning) unit(row int) []int8 {
	v := make([]float32, m.words.Dim())
	m.words.Row(row, v)
	for k := range v {
		v[k] -= m.mean[k]
	}
	return quantize(normalize(v))
}

// normalize scales v to length 1, in place; zeros stay.
func normalize(v []float32) []float32 {
	length := 0.0
	for _, x := range v {
		length += float64(x) * float64(x)
	}
	if length == 0 {
		return v
	}
	scale := float32(1 / math.Sqrt(length))
	for k := range v {
		v[k] *= scale
	}
	return v
}
