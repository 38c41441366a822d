// Package vectors gives English and Chinese words a place in one space of meaning, in which words that are used alike
// lie close together.
//
// English words have the places that GloVe learned for them. A Chinese word lies at the weighted mean of the English
// words that a dictionary explains it by, so that 退款 lies near "refund".
package vectors

import (
	"math"
	"strings"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// Vectors is a table of words. It does not change and is safe for concurrent use. It reads the two files where they
// lie, some 7 MB, and works out the place of a Chinese word when it is asked for, and keeps it from the second time on: customers
// use a tenth of the words, and whoever goes through all of them does so once.
type Vectors struct {
	dim   int
	en    int                    // number of English words; the Chinese follow
	files [2]file                // the English words, and the Chinese
	units string                 // what one step of a row's values is worth, float32 for each English word
	rows  string                 // dim values of int8 for each English word
	means []atomic.Pointer[mean] // of the Chinese words that were asked for twice; once: an empty one
	hash  []int32                // open addressing: index + 1 of a word, 0: free
	once  mean                   // marks a word that was asked for once
	sum   uint64
}

// Dim is the number of dimensions.
func (v *Vectors) Dim() int { return v.dim }

// Len is the number of words.
func (v *Vectors) Len() int { return len(v.files[0].at) + len(v.files[1].at) }

// Lookup is the index of a word, to be given to Row and Rank: lower-case English, or Simplified Chinese. A Chinese word
// that is not in the table has no index; see Parts.
func (v *Vectors) Lookup(word string) (index int, ok bool) {
	at, ok := v.slot(word)
	return int(v.hash[at]) - 1, ok
}

func (v *Vectors) word(index int) string {
	if index < v.en {
		return v.files[0].word(index)
	}
	return v.files[1].word(index - v.en)
}

// glosses are the English words that explain a Chinese one: for each its index (uint16) and its weight (uint8).
func (v *Vectors) glosses(index int) string {
	f := v.files[1]
	rest := f.raw[f.at[index-v.en]:]
	rest = rest[strings.IndexByte(rest, '\n')+1:]
	return rest[1 : 1+3*int(rest[0])]
}

// Rank is how many English words are more frequent. A Chinese word has the rank of the rarest of the words that
// explain it.
func (v *Vectors) Rank(index int) int {
	if index < v.en {
		return index
	}
	rank := 0
	for g := v.glosses(index); len(g) > 0; g = g[3:] {
		rank = max(rank, u16(g))
	}
	return rank
}

// Row writes the vector of a word to dst, which has room for Dim values.
func (v *Vectors) Row(index int, dst []float32) {
	dst = dst[:v.dim]
	if index >= v.en {
		m := v.mean(index)
		for i, q := range m.row {
			dst[i] = float32(q) * m.unit
		}
		return
	}
	row, unit := v.rows[index*v.dim:(index+1)*v.dim], v.unit(index)
	for i := range dst {
		dst[i] = float32(int8(row[i])) * unit
	}
}

// unit is what one step of an English word's values is worth.
func (v *Vectors) unit(index int) float32 {
	return math.Float32frombits(u32(v.units[4*index:]))
}

// typicalNorm is the length of a mean of English vectors of words that mean the same; a weighted sum is scaled to it.
const typicalNorm = 5.5

// mean is the vector of a Chinese word: that of the words that explain it. It is rounded to 8 bits as theirs are, which the
// shipped models were trained with.
type mean struct {
	unit float32
	row  []int8
}

func (v *Vectors) mean(index int) *mean {
	known := &v.means[index-v.en]
	before := known.Load()
	if before != nil && before.row != nil {
		return before
	}
	sum := make([]float32, v.dim)
	for g := v.glosses(index); len(g) > 0; g = g[3:] {
		i := u16(g)
		weight := float32(g[2]) * v.unit(i)
		row := v.rows[i*v.dim : (i+1)*v.dim]
		for k := range sum {
			sum[k] += float32(weight * float32(int8(row[k])))
		}
	}
	norm := float32(0)
	for _, f := range sum {
		norm += float32(f * f)
	}
	m := &mean{}
	m.row, m.unit = quantise(sum)
	if norm > 0 {
		m.unit *= typicalNorm / float32(math.Sqrt(float64(norm)))
	}
	if before == nil {
		known.Store(&v.once)
	} else {
		known.Store(m)
	}
	return m
}

// Parts appends the indices of the words that a text is made of: the word itself, or, for a Chinese word that is not in
// the table, its longest known pieces from left to right. Nothing is appended for what is not known.
func (v *Vectors) Parts(word string, to []int) []int {
	if i, ok := v.Lookup(word); ok {
		return append(to, i)
	}
	if r, _ := utf8.DecodeRuneInString(word); !unicode.Is(unicode.Han, r) {
		return to
	}
	for len(word) > 0 {
		end := min(len(word), 12) // four characters of three bytes
		for ; end > 0; end-- {
			if i, ok := v.Lookup(word[:end]); ok {
				to = append(to, i)
				break
			}
		}
		if end == 0 {
			_, end = utf8.DecodeRuneInString(word)
		}
		word = word[end:]
	}
	return to
}

// Fingerprint differs between tables that differ, so that a model can tell whether it was trained with this one.
func (v *Vectors) Fingerprint() uint64 { return v.sum }

// Words lists every word with its index: the English ones, most frequent first, then the Chinese in the order of the file.
func (v *Vectors) Words() []string {
	out := make([]string, v.Len())
	for i := range out {
		out[i] = v.word(i)
	}
	return out
}

// English is the number of English words: indices below it are English, from it on Chinese.
func (v *Vectors) English() int { return v.en }
