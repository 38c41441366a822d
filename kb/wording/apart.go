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
// units of the second stage's score: 提前 changes a question, and 时候 (below zero) is only another way to ask. Of some pairs
// of words it says the same when one text has the first and the other the second: 如何 for 怎么 changes nothing. It is immutable.
type Apart struct {
	weight map[string]float32 // by word, or by SwapKey
	swaps  map[string][]Swap
	sum    uint64
}

// Swap is a word in the place of another one, and what it weighs.
type Swap struct {
	Word   string
	Weight float32
}

// SwapKey is what NewApart knows a pair of words by.
func SwapKey(a, b string) string { return min(a, b) + " " + max(a, b) }

// NewApart makes one of the weights of words and of pairs of words, rounded as Write stores them. Those that say nothing are left out.
func NewApart(weight map[string]float64) *Apart {
	a := &Apart{weight: make(map[string]float32, len(weight)), swaps: map[string][]Swap{}}
	for _, w := range slices.Sorted(maps.Keys(weight)) {
		x := math.Round(weight[w]*1000) / 1000
		if x == 0 {
			continue
		}
		a.weight[w] = float32(x)
		if one, other, pair := strings.Cut(w, " "); pair {
			a.swaps[one] = append(a.swaps[one], Swap{other, float32(x)})
			a.swaps[other] = append(a.swaps[other], Swap{one, float32(x)})
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

// Words is a without its pairs.
func (a *Apart) Words() *Apart {
	out := map[string]float64{}
	for w, x := range a.weight {
		if !strings.Contains(w, " ") {
			out[w] = float64(x)
		}
	}
	return NewApart(out)
}

// With is a with more weights.
func (a *Apart) With(weight map[string]float64) *Apart {
	out := maps.Clone(weight)
	for w, x := range a.weight {
		out[w] = float64(x)
	}
	return NewApart(out)
}

// Swaps are the words that weigh something in the place of a feature's word.
func (a *Apart) Swaps(feature string) []Swap {
	if a == nil || feature[0] != Word {
		return nil
	}
	return a.swaps[feature[1:]]
}

// Len is the number of words and pairs.
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

// Write stores what LoadApart reads: a word, or two, and their weight a line, sorted.
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
		cells := strings.Split(lines.Text(), " ")
		x, err := strconv.ParseFloat(cells[len(cells)-1], 32)
		words := cells[:len(cells)-1]
		if err != nil || len(words) < 1 || len(words) > 2 || slices.Contains(words, "") || !slices.IsSorted(words) || !(math.Abs(x) <= mostApart) {
			return nil, fmt.Errorf("%s:%d: %w", ApartFile, n, ErrFormat)
		}
		weight[strings.Join(words, " ")] = x
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%s: %w", ApartFile, err)
	}
	return NewApart(weight), nil
}
