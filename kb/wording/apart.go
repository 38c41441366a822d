package wording

import (
	"bufio"
	"bytes"
	"fmt"
	"hash/crc64"
	"io"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
)

// ApartFile is the name of the file of Apart in its folder.
const ApartFile = "apart.txt"

// mostApart is the largest weight of a word that is taken for one.
const mostApart = 1

// Apart says of words by how much less two texts mean the same than they seem to when only one of them has the word, in
// units of the second stage's score: 提前 changes a question, and 时候 (below zero) is only another way to ask. It is
// immutable.
type Apart struct {
	weight map[string]float32
	sum    uint64
}

// NewApart makes one of the weights of words, rounded as Write stores them. Those that say nothing are left out.
func NewApart(weight map[string]float64) *Apart {
	a := &Apart{weight: make(map[string]float32, len(weight))}
	for w, x := range weight {
		if x = math.Round(x*1000) / 1000; x != 0 {
			a.weight[w] = float32(x)
		}
	}
	a.sum = crc64.Checksum(a.format(), crc64.MakeTable(crc64.ECMA))
	return a
}

// Of is the weight of a feature: 0 for what is not known, or no word.
func (a *Apart) Of(feature string) float32 {
	if a == nil || feature[0] != Word {
		return 0
	}
	return a.weight[feature[1:]]
}

// Len is the number of words.
func (a *Apart) Len() int { return len(a.weight) }

// Fingerprint differs between weights that differ.
func (a *Apart) Fingerprint() uint64 { return a.sum }

func (a *Apart) format() []byte {
	var b bytes.Buffer
	for _, w := range slices.Sorted(maps.Keys(a.weight)) {
		fmt.Fprintf(&b, "%s %.3f\n", w, a.weight[w])
	}
	return b.Bytes()
}

// Write stores what LoadApart reads: a word and its weight a line, sorted.
func (a *Apart) Write(w io.Writer) error {
	if _, err := w.Write(a.format()); err != nil {
		return fmt.Errorf("wording: write: %w", err)
	}
	return nil
}

// LoadApart reads ApartFile from a folder.
func LoadApart(folder fs.FS) (*Apart, error) {
	raw, err := fs.ReadFile(folder, ApartFile)
	if err != nil {
		return nil, fmt.Errorf("wording: %w", err)
	}
	weight := map[string]float64{}
	lines := bufio.NewScanner(bytes.NewReader(raw))
	for n := 1; lines.Scan(); n++ {
		word, number, ok := strings.Cut(lines.Text(), " ")
		x, err := strconv.ParseFloat(number, 32)
		if !ok || err != nil || word == "" || !(math.Abs(x) <= mostApart) {
			return nil, fmt.Errorf("%s:%d: %w", ApartFile, n, ErrFormat)
		}
		weight[word] = x
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", ApartFile, err)
	}
	return NewApart(weight), nil
}
