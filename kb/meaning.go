package kb

import (
	"math"
	"sync"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// meaning places texts of both languages in the one space of the word vectors.
type meaning struct {
	words *vectors.Vectors
	mean  []float32 // of the most frequent words: what all vectors share and what tells nothing

	cut     sync.Once
	english []nlp.Token // see catalog.english
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

// placesOf remembers the vectors of a text's words. It is not safe for concurrent use.
type placesOf struct {
	*meaning
	rows map[int32][]float32 // see meaning.row
}

func (m *meaning) remembering() *placesOf { return &placesOf{meaning: m, rows: map[int32][]float32{}} }

// vector is the weighted mean of a text's words, of length 1; zeros when none is known.
func (p *placesOf) vector(tokens []nlp.Token) []float32 {
	sum := make([]float32, p.words.Dim())
	for _, t := range tokens {
		at := p.parts(t.Text)
		for _, i := range at {
			row, ok := p.rows[i]
			if !ok {
				row = p.row(i)
				p.rows[i] = row
			}
			addShare(sum, row, len(at))
		}
	}
	return normalize(sum)
}

// addShare adds the row of one of n parts of a word.
func addShare(sum, row []float32, n int) {
	share := 1 / float32(n)
	row = row[:len(sum)]
	for k := range sum {
		sum[k] += share * row[k]
	}
}

// parts are the rows of the words that a word is made of.
func (m *meaning) parts(word string) []int32 {
	var few [8]int
	at := m.words.Parts(word, few[:0])
	if len(at) == 0 {
		return nil
	}
	out := make([]int32, len(at))
	for i, row := range at {
		out[i] = int32(row)
	}
	return out
}

// row is the vector of one word, weighted and centred.
func (m *meaning) row(i int32) []float32 {
	row := make([]float32, m.words.Dim())
	m.words.Row(int(i), row)
	w := float32(m.weight(int(i)))
	for k, x := range row {
		row[k] = w * (x - m.mean[k])
	}
	return row
}

// weight of a word: near 1 for a rare one, near 0 for one that stands in every text.
func (m *meaning) weight(row int) float64 {
	p := 1 / (float64(m.words.Rank(row)+10) * math.Log(float64(m.words.Len())))
	return sifA / (sifA + p)
}

// tells is how much a word tells by how rare it is, 0..1; 1 for one that is unknown, or where none is known.
func (m *meaning) tells(word string) float64 {
	if m == nil {
		return 1
	}
	parts := m.parts(word)
	if len(parts) == 0 {
		return 1
	}
	sum := 0.0
	for _, i := range parts {
		sum += m.weight(int(i))
	}
	return sum / float64(len(parts))
}

// unit is the vector of one word, centred, of length 1 in steps of 1/127.
func (m *meaning) unit(row int) []int8 {
	v := make([]float32, m.words.Dim())
	m.words.Row(row, v)
	for k := range v {
		v[k] -= m.mean[k]
	}
	return quantize(normalize(v), make([]int8, len(v)))
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
