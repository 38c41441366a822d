// Package vectors gives English and Chinese words a place in one space of meaning, in which words that are used alike
// lie close together.
//
// English words have the places that GloVe learned for them. A Chinese word lies at the weighted mean of the English
// words that a dictionary explains it by, so that 退款 lies near "refund".
package vectors

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc64"
	"io/fs"
	"math"
	"unicode"
	"unicode/utf8"
)

// ErrFormat means that a file is not one that Write made, or is damaged.
var ErrFormat = errors.New("vectors: not a file of word vectors, or damaged")

// Names of the files in the folder.
const (
	EnglishFile = "en.bin" // the English words, most frequent first, with their quantised vectors
	ChineseFile = "zh.bin" // the Chinese words with the English words that explain them
)

const (
	magicEnglish = "huiyin-vectors-en-1\n"
	magicChinese = "huiyin-vectors-zh-1\n"
	maxDim       = 1024
)

// Vectors is a table of words. It is immutable and safe for concurrent use.
type Vectors struct {
	dim  int
	rows []int8    // dim values for each word
	unit []float32 // what one step of a row's values is worth
	rank []int32   // place in the list of English words by frequency; for Chinese, see Lookup
	at   map[string]int32
	en   int // number of English words; the Chinese follow
	sum  uint64
}

// Dim is the number of dimensions.
func (v *Vectors) Dim() int { return v.dim }

// Len is the number of words.
func (v *Vectors) Len() int { return len(v.at) }

// Lookup is the index of a word, to be given to Row and Rank: lower-case English, or Simplified Chinese. A Chinese word
// that is not in the table has no index; see Parts.
func (v *Vectors) Lookup(word string) (index int, ok bool) {
	i, ok := v.at[word]
	return int(i), ok
}

// Rank is how many English words are more frequent. A Chinese word has the rank of the rarest of the words that
// explain it.
func (v *Vectors) Rank(index int) int { return int(v.rank[index]) }

// Row writes the vector of a word to dst, which has room for Dim values.
func (v *Vectors) Row(index int, dst []float32) {
	row, unit := v.rows[index*v.dim:(index+1)*v.dim], v.unit[index]
	dst = dst[:len(row)]
	for i, q := range row {
		dst[i] = float32(q) * unit
	}
}

// Parts appends the indices of the words that a text is made of: the word itself, or, for a Chinese word that is not in
// the table, its longest known pieces from left to right. Nothing is appended for what is not known.
func (v *Vectors) Parts(word string, to []int) []int {
	if i, ok := v.at[word]; ok {
		return append(to, int(i))
	}
	if r, _ := utf8.DecodeRuneInString(word); !unicode.Is(unicode.Han, r) {
		return to
	}
	for len(word) > 0 {
		end := min(len(word), 12) // four characters of three bytes
		for ; end > 0; end-- {
			if i, ok := v.at[word[:end]]; ok {
				to = append(to, int(i))
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

// Load reads the two files from the folder. A missing or damaged file is an error.
func Load(folder fs.FS) (*Vectors, error) {
	table := crc64.MakeTable(crc64.ECMA)
	v := &Vectors{}
	raw, err := fs.ReadFile(folder, EnglishFile)
	if err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	v.sum = crc64.Checksum(raw, table)
	if err := v.readEnglish(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", EnglishFile, err)
	}
	if raw, err = fs.ReadFile(folder, ChineseFile); err != nil {
		return nil, fmt.Errorf("vectors: %w", err)
	}
	v.sum = crc64.Update(v.sum, table, raw)
	if err := v.readChinese(raw); err != nil {
		return nil, fmt.Errorf("%s: %w", ChineseFile, err)
	}
	return v, nil
}

// readEnglish: magic, dim and count (uint32), the words each ended by a newline, units (float32), rows (int8).
func (v *Vectors) readEnglish(raw []byte) error {
	body, ok := bytes.CutPrefix(raw, []byte(magicEnglish))
	if !ok || len(body) < 8 {
		return ErrFormat
	}
	v.dim = int(binary.LittleEndian.Uint32(body))
	n := int(binary.LittleEndian.Uint32(body[4:]))
	body = body[8:]
	if v.dim < 1 || v.dim > maxDim || n < 1 || n > len(body) {
		return ErrFormat
	}
	v.at = make(map[string]int32, 3*n)
	for i := range n {
		word, rest, ok := bytes.Cut(body, []byte{'\n'})
		if !ok {
			return ErrFormat
		}
		v.at[string(word)] = int32(i)
		v.rank = append(v.rank, int32(i))
		body = rest
	}
	if len(body) != n*(4+v.dim) || len(v.at) != n {
		return ErrFormat
	}
	for i := range n {
		v.unit = append(v.unit, math.Float32frombits(binary.LittleEndian.Uint32(body[4*i:])))
	}
	v.rows = make([]int8, n*v.dim)
	for i, b := range body[4*n:] {
		v.rows[i] = int8(b)
	}
	v.en = n
	return nil
}

// readChinese: magic, count (uint32), then for each word its bytes ended by a newline, the number of explaining words
// (uint8), and for each its index (uint16) and weight (uint8).
func (v *Vectors) readChinese(raw []byte) error {
	body, ok := bytes.CutPrefix(raw, []byte(magicChinese))
	if !ok || len(body) < 4 {
		return ErrFormat
	}
	n := int(binary.LittleEndian.Uint32(body))
	body = body[4:]
	if n > len(body) {
		return ErrFormat
	}
	v.rows = append(make([]int8, 0, (v.en+n)*v.dim), v.rows...)
	sum := make([]float32, v.dim)
	for range n {
		word, rest, ok := bytes.Cut(body, []byte{'\n'})
		if !ok || len(rest) < 1 || len(rest) < 1+3*int(rest[0]) || rest[0] == 0 {
			return ErrFormat
		}
		glosses := rest[1 : 1+3*int(rest[0])]
		body = rest[1+len(glosses):]
		clear(sum)
		rank := int32(0)
		for ; len(glosses) > 0; glosses = glosses[3:] {
			i := int(binary.LittleEndian.Uint16(glosses))
			if i >= v.en {
				return ErrFormat
			}
			weight := float32(glosses[2]) * v.unit[i]
			for k, q := range v.rows[i*v.dim : (i+1)*v.dim] {
				sum[k] += float32(weight * float32(q))
			}
			rank = max(rank, v.rank[i])
		}
		if _, twice := v.at[string(word)]; twice {
			return ErrFormat
		}
		v.at[string(word)] = int32(len(v.rank))
		v.rank = append(v.rank, rank)
		v.append(sum)
	}
	if len(body) != 0 {
		return ErrFormat
	}
	return nil
}

// typicalNorm is the length of a mean of English vectors of words that mean the same; a weighted sum is scaled to it.
const typicalNorm = 5.5

func (v *Vectors) append(x []float32) {
	norm := float32(0)
	for _, f := range x {
		norm += float32(f * f)
	}
	row, unit := quantise(x)
	if norm > 0 {
		unit *= typicalNorm / float32(math.Sqrt(float64(norm)))
	}
	v.rows = append(v.rows, row...)
	v.unit = append(v.unit, unit)
}

// quantise turns values into steps of −127..127 and the worth of one step.
func quantise(x []float32) (row []int8, unit float32) {
	largest := float32(0)
	for _, f := range x {
		largest = max(largest, f, -f)
	}
	row = make([]int8, len(x))
	if largest == 0 {
		return row, 0
	}
	steps := 127 / largest
	for i, f := range x {
		row[i] = int8(int(f*steps+127.5) - 127) // rounds, since what is converted is not negative
	}
	return row, largest / 127
}

// Words lists every word with its index: the English ones, most frequent first, then the Chinese in the order of the file.
func (v *Vectors) Words() []string {
	out := make([]string, len(v.unit))
	for w, i := range v.at {
		out[i] = w
	}
	return out
}

// English is the number of English words: indices below it are English, from it on Chinese.
func (v *Vectors) English() int { return v.en }
