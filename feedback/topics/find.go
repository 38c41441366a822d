package topics

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"huiyin/feedback"
	"huiyin/nlp"
)

// Finder finds themes without a taxonomy: it groups messages by the words that they share and names each group by its
// most telling ones. It implements feedback.Topics. The same items give the same topics on every run.
type Finder struct{ tok Tokenizer }

// NewFinder makes a Finder.
func NewFinder(tok Tokenizer) *Finder { return &Finder{tok} }

const (
	findLeast  = 5      // messages that a word needs to count
	findCommon = 0.20   // share of messages from which on a word says nothing
	findMost   = 24     // groups
	findSample = 20_000 // messages from which groups are made
	findRounds = 20
	joinLeast  = 0.08 // likeness to its group that a message needs to belong to it
)

// vector is a message as weighted words, of length one.
type vector []entry

type entry struct {
	word   int
	weight float64
}

// Assign implements feedback.Topics: spherical k-means over TF-IDF words (Dhillon and Modha 2001), started from the
// messages that are farthest from each other, with as many groups as the square root of the number of messages allows.
func (f *Finder) Assign(ctx context.Context, items []feedback.Item) ([]feedback.Assignment, error) {
	out := make([]feedback.Assignment, len(items))
	docs := make([][]string, len(items))
	for i, it := range items {
		if i%1000 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		docs[i] = content(f.tok.Tokenize(it.Text))
		out[i].Complaint = Complaint(it)
	}
	vocabulary, vectors := vectorize(docs)
	k := min(findMost, int(math.Sqrt(float64(len(items))/8))+2)
	centres := cluster(vectors[:min(findSample, len(vectors))], len(vocabulary), k)
	names := make([]feedback.Assignment, len(centres))
	for c := range centres {
		names[c] = name(centres[c], vocabulary)
	}
	for i, v := range vectors {
		best, like := nearest(v, centres)
		if best >= 0 && like >= joinLeast {
			complaint := out[i].Complaint
			out[i] = names[best]
			out[i].Complaint = complaint
		}
	}
	return out, nil
}

// content are the terms that may carry a theme.
func content(tokens []nlp.Token) []string {
	var terms []string
	for _, t := range tokens {
		if t.Stop || len([]rune(t.Term)) < 2 || strings.ContainsAny(t.Term, "@/0123456789") {
			continue
		}
		terms = append(terms, t.Term)
	}
	return terms
}

// vectorize weighs words by how rare they are.
func vectorize(docs [][]string) ([]string, []vector) {
	seen := map[string]int{}
	for _, d := range docs {
		for _, w := range slices.Compact(slices.Sorted(slices.Values(d))) {
			seen[w]++
		}
	}
	var vocabulary []string
	for w, n := range seen {
		if n >= min(findLeast, 1+len(docs)/20) && float64(n) <= findCommon*float64(len(docs)) {
			vocabulary = append(vocabulary, w)
		}
	}
	slices.Sort(vocabulary)
	index := make(map[string]int, len(vocabulary))
	for i, w := range vocabulary {
		index[w] = i
	}
	vectors := make([]vector, len(docs))
	for i, d := range docs {
		counts := map[int]float64{}
		for _, w := range d {
			if at, ok := index[w]; ok {
				counts[at]++
			}
		}
		v := make(vector, 0, len(counts))
		for at, n := range counts {
			v = append(v, entry{at, (1 + math.Log(n)) * math.Log(float64(len(docs))/float64(seen[vocabulary[at]]))})
		}
		slices.SortFunc(v, func(a, b entry) int { return cmp.Compare(a.word, b.word) })
		vectors[i] = v.unit()
	}
	return vocabulary, vectors
}

func (v vector) unit() vector {
	sum := 0.0
	for _, e := range v {
		sum += e.weight * e.weight
	}
	if sum > 0 {
		for i := range v {
			v[i].weight /= math.Sqrt(sum)
		}
	}
	return v
}

// cluster finds k centres.
func cluster(vectors []vector, words, k int) [][]float64 {
	centres := start(vectors, words, k)
	for range findRounds {
		sums := make([][]float64, len(centres))
		for c := range sums {
			sums[c] = make([]float64, words)
		}
		for _, v := range vectors {
			if c, _ := nearest(v, centres); c >= 0 {
				for _, e := range v {
					sums[c][e.word] += e.weight
				}
			}
		}
		for c := range sums {
			normalize(sums[c])
		}
		centres = sums
	}
	return centres
}

// start takes the longest message first, then again and again the one that is least like those taken.
func start(vectors []vector, words, k int) [][]float64 {
	var centres [][]float64
	like := make([]float64, len(vectors))
	for len(centres) < k {
		best := -1
		for i, v := range vectors {
			if len(v) < 3 {
				continue
			}
			if best < 0 || like[i] < like[best] || like[i] == like[best] && len(v) > len(vectors[best]) {
				best = i
			}
		}
		if best < 0 {
			return centres
		}
		c := make([]float64, words)
		for _, e := range vectors[best] {
			c[e.word] = e.weight
		}
		centres = append(centres, c)
		for i, v := range vectors {
			like[i] = max(like[i], dot(v, c))
		}
		like[best] = 2
	}
	return centres
}

func dot(v vector, c []float64) float64 {
	sum := 0.0
	for _, e := range v {
		sum += e.weight * c[e.word]
	}
	return sum
}

func nearest(v vector, centres [][]float64) (best int, like float64) {
	best = -1
	for c := range centres {
		if l := dot(v, centres[c]); l > like {
			best, like = c, l
		}
	}
	return best, like
}

func normalize(c []float64) {
	sum := 0.0
	for _, x := range c {
		sum += x * x
	}
	if sum > 0 {
		for i := range c {
			c[i] /= math.Sqrt(sum)
		}
	}
}

// name calls a group by its heaviest words; its ID is a hash of them, so that the same group has the same ID.
func name(centre []float64, vocabulary []string) feedback.Assignment {
	order := make([]int, len(centre))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Or(cmp.Compare(centre[b], centre[a]), cmp.Compare(a, b)) })
	a := feedback.Assignment{Found: true}
	for _, i := range order[:min(4*wordsShown, len(order))] {
		if centre[i] == 0 {
			break
		}
		lang, _ := nlp.DetectLang(vocabulary[i])
		if lang.Base() == nlp.LangChinese && len(a.Words.ZH) < wordsShown {
			a.Words.ZH = append(a.Words.ZH, vocabulary[i])
		} else if lang.Base() != nlp.LangChinese && len(a.Words.EN) < wordsShown {
			a.Words.EN = append(a.Words.EN, vocabulary[i])
		}
	}
	a.Name = feedback.Text{ZH: strings.Join(a.Words.ZH[:min(3, len(a.Words.ZH))], "、"), EN: strings.Join(a.Words.EN[:min(3, len(a.Words.EN))], ", ")}
	h := fnv.New32a()
	fmt.Fprint(h, a.Words)
	a.Topic = fmt.Sprintf("found.%08x", h.Sum32())
	return a
}
