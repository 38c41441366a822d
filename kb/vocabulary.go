package kb

import (
	"bytes"
	"math"
	"unicode/utf8"

	"huiyin/kb/wording"
)

// vocabulary numbers features and counts how many articles use each. It is not safe for concurrent use.
type vocabulary struct {
	model  *wording.Model // nil: every feature tells what its rarity says
	one    *wording.Apart // nil: none
	ids    map[string]uint32
	names  []string // and back
	kind   []uint8  // index into wording.Kinds
	factor []float32
	apart  []float32 // see wording.Apart
	df     []uint32  // articles that have it in a title or question
	bodyDF []uint32  // articles that have it in the body

	docs, bodies int
	bodyLength   int // features in all bodies

	// weights are factor × rarity, by id, of features in titles and questions and in bodies. They are computed when
	// counts have changed.
	weight, bodyWeight []float32
}

func (v *vocabulary) id(feature string) uint32 {
	n, ok := v.ids[feature]
	if !ok {
		n = uint32(len(v.df))
		v.ids[feature] = n
		v.names = append(v.names, feature)
		v.df, v.bodyDF = append(v.df, 0), append(v.bodyDF, 0)
		v.kind = append(v.kind, kindOf(feature))
		v.apart = append(v.apart, v.one.Of(feature))
		v.factor = append(v.factor, float32(v.factorOf(feature)))
	}
	return n
}

func kindOf(feature string) uint8 {
	return uint8(bytes.IndexByte(wording.Kinds[:], feature[0]))
}

// latinTrust is how much of what was learned of a Latin word or piece counts, as a power of the factor. English was learned from
// commands to assistants and banks; elsewhere its factors mislead more often than those of Chinese (docs/measured/kb.md).
const latinTrust = 0.7

// factorOf is what was learned of a feature beside its rarity.
func (v *vocabulary) factorOf(feature string) float64 {
	switch {
	case v.model == nil:
		return 1
	case feature[1] < utf8.RuneSelf:
		return math.Pow(v.model.Factor(feature), latinTrust)
	}
	return v.model.Factor(feature)
}

// update computes the weights anew.
func (v *vocabulary) update() {
	v.weight, v.bodyWeight = make([]float32, len(v.df)), make([]float32, len(v.df))
	for i := range v.df {
		v.weight[i] = v.factor[i] * float32(rarity(v.docs, v.df[i]))
		v.bodyWeight[i] = v.factor[i] * float32(rarity(v.bodies, v.bodyDF[i]))
	}
}

// rarity is the weight of a term in n of all documents as in BM25: ln(1 + (N−n+½)/(n+½)).
func rarity(all int, n uint32) float64 {
	return math.Log(1 + (float64(all)-float64(n)+0.5)/(float64(n)+0.5))
}
