package sentiment

import (
	"math"

	"huiyin/nlp"
	wordvec "huiyin/nlp/vectors"
)

// vectors are word vectors, prepared for the model: centred, without their two strongest directions (which say how
// common a word is), of length one, with the valence that the lexicon suggests as a further dimension.
type vectors struct {
	dim int
	of  map[uint64][]float32 // by the hash of a feature of groupVector
}

const (
	stopRank      = 60   // the most frequent English words say nothing
	commonRank    = 5000 // an English word up to here that the lexicon does not have is neutral
	vectorScale   = 0.5  // of a vector against n-grams
	valenceScale  = 1.0  // of the predicted valence
	valenceRidge  = 1.0
	topDirections = 2
)

// newVectors prepares the vectors of the English words of the table. Those of Chinese words, which come through a
// dictionary, brought nothing. most bounds them; 0 takes all.
func newVectors(table *wordvec.Vectors, lex *lexicon, most int) *vectors {
	words := table.Words()[:table.English()]
	if most > 0 {
		words = words[:min(most, len(words))]
	}
	rows := make([][]float32, len(words))
	for i := range rows {
		rows[i] = make([]float32, table.Dim())
		table.Row(i, rows[i])
	}
	prepare(rows)
	keys := make([]wordKeys, len(words))
	sc := scanner{sym: &lex.sym}
	for i, w := range words {
		keys[i] = keysOf(&sc, w)
	}
	valence := predictValence(keys, rows, lex)
	v := &vectors{dim: table.Dim() + 1, of: make(map[uint64][]float32, len(words))}
	for i := range words {
		if i < stopRank || !keys[i].ok {
			continue
		}
		row := make([]float32, v.dim)
		for k, x := range rows[i] {
			row[k] = x * vectorScale
		}
		row[v.dim-1] = valence[i] * valenceScale
		v.of[keys[i].feature] = row
	}
	return v
}

// wordKeys are the hashes by which a word is known to the lexicon and to the features.
type wordKeys struct {
	lexicon, feature uint64
	ok               bool // it is one word in a text, too
}

func keysOf(sc *scanner, word string) wordKeys {
	units := sc.scan(nlp.Fold(word))
	if len(units) != 1 || units[0].kind != kindWord {
		return wordKeys{}
	}
	return wordKeys{lexicon: join(0, units[0].hash), feature: vectorHash(units[0].hash), ok: true}
}

// vectorHash is the hash of a word as a feature of groupVector.
func vectorHash(word uint64) uint64 { return mix(join(seedVector, word)) }

// prepare makes vectors comparable, in place (Mu, Viswanath 2018: "All-but-the-Top").
func prepare(rows [][]float32) {
	for _, r := range rows {
		unitLength(r)
	}
	mean := make([]float32, len(rows[0]))
	for _, r := range rows {
		for k, x := range r {
			mean[k] += x / float32(len(rows))
		}
	}
	for _, r := range rows {
		for k := range r {
			r[k] -= mean[k]
		}
	}
	for range topDirections {
		d := direction(rows)
		for _, r := range rows {
			p := inner(r, d)
			for k := range r {
				r[k] -= p * d[k]
			}
		}
	}
	for _, r := range rows {
		unitLength(r)
	}
}

// direction is the first principal direction, by power iteration.
func direction(rows [][]float32) []float32 {
	d := make([]float32, len(rows[0]))
	for k := range d {
		d[k] = float32(1 + k%7)
	}
	unitLength(d)
	for range 20 {
		next := make([]float32, len(d))
		for _, r := range rows {
			p := inner(r, d)
			for k, x := range r {
				next[k] += p * x
			}
		}
		unitLength(next)
		d = next
	}
	return d
}

func inner(a, b []float32) float32 {
	s := float32(0)
	for k := range a {
		s += a[k] * b[k]
	}
	return s
}

func unitLength(a []float32) {
	n := float32(math.Sqrt(float64(inner(a, a))))
	if n < 1e-6 {
		return
	}
	for k := range a {
		a[k] /= n
	}
}

// predictValence learns the lexicon's valences from the vectors by ridge regression and applies what it learned to
// every word: "soulless" is bad because its neighbours are.
func predictValence(keys []wordKeys, rows [][]float32, lex *lexicon) []float32 {
	dim := len(rows[0])
	ata := make([][]float64, dim)
	for k := range ata {
		ata[k] = make([]float64, dim)
		ata[k][k] = valenceRidge
	}
	atb := make([]float64, dim)
	for i := range rows {
		y := 0.0
		switch e, _ := lex.index.find(keys[i].lexicon); {
		case !keys[i].ok:
			continue
		case e.class&isValence != 0:
			y = float64(e.valence)
		case e.class&isNeutral != 0:
		case i > commonRank || e.class != 0:
			continue // only common words are known to be neutral
		}
		for a, x := range rows[i] {
			atb[a] += float64(x) * y
			for b := 0; b <= a; b++ {
				ata[a][b] += float64(x) * float64(rows[i][b])
			}
		}
	}
	for a := range dim {
		for b := range a {
			ata[b][a] = ata[a][b]
		}
	}
	w := solveLinear(ata, atb)
	out := make([]float32, len(rows))
	for i, r := range rows {
		s := 0.0
		for k, x := range r {
			s += float64(x) * w[k]
		}
		out[i] = float32(s)
	}
	return out
}

// solveLinear solves a x = b for a positive definite a, which it overwrites, by Gaussian elimination.
func solveLinear(a [][]float64, b []float64) []float64 {
	n := len(b)
	x := append([]float64(nil), b...)
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := a[j][i] / a[i][i]
			for k := i; k < n; k++ {
				a[j][k] -= f * a[i][k]
			}
			x[j] -= f * x[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			x[i] -= a[i][k] * x[k]
		}
		x[i] /= a[i][i]
	}
	return x
}
