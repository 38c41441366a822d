package topics

import (
	"cmp"
	"math"
	"slices"
)

const (
	// anchorRare and anchorCommon are the shares of messages between which a word may stand for a theme; it needs
	// anchorLeast of them.
	anchorRare, anchorCommon = 0.01, 0.2
	anchorLeast              = 4
	// anchorSmooth is how many words of background are mixed into those around an anchor.
	anchorSmooth = 30.0
)

// anchor is a word that may stand for a theme: the words around it differ from those of all messages.
type anchor struct {
	word    uint32
	score   float64
	company map[uint32]float64 // the words that it keeps company with; of length one
	like    float64            // to the anchors picked so far, 0..1
}

// pick finds the words that best stand for k different themes (in the spirit of the anchor words of Arora, Ge and others
// 2013): often used, in telling company, and each unlike the others in company and in meaning.
func pick(c *corpus, sample []int, k int) []uint32 {
	all := candidates(c, sample)
	var picked []uint32
	for len(picked) < k {
		best, most := -1, 0.0
		for i, a := range all {
			apart := math.Max(0, 1-a.like)
			if s := a.score * apart * apart; s > most {
				best, most = i, s
			}
		}
		if best < 0 {
			break
		}
		chosen := all[best]
		picked = append(picked, chosen.word)
		for i := range all {
			all[i].like = math.Max(all[i].like, likeness(c, chosen, all[i]))
		}
		all[best].like = 1
	}
	return picked
}

// candidates are the words that may be anchors, in the order of the corpus.
func candidates(c *corpus, sample []int) []anchor {
	count, total := make([]float64, len(c.words)), 0.0
	in := make([][]int, len(c.words)) // word → messages
	for _, d := range sample {
		for _, w := range c.docs[d] {
			count[w]++
			total++
			in[w] = append(in[w], d)
		}
	}
	n := float64(len(sample))
	var all []anchor
	for w := range c.words {
		if c.place[w] == nil && c.dim() > 0 || len([]rune(c.words[w])) < 2 || count[w] < math.Max(anchorLeast, anchorRare*n) || count[w] > anchorCommon*n {
			continue
		}
		if a := candidate(c, uint32(w), in[w], count, total); a.score > 0 {
			all = append(all, a)
		}
	}
	slices.SortFunc(all, func(a, b anchor) int { return cmp.Compare(c.words[a.word], c.words[b.word]) })
	return all
}

func candidate(c *corpus, word uint32, docs []int, count []float64, total float64) anchor {
	near, sum := map[uint32]float64{}, 0.0
	var order []uint32 // so that sums of floats come out the same on every run
	for _, d := range docs {
		for _, w := range c.docs[d] {
			if w != word {
				if near[w] == 0 {
					order = append(order, w)
				}
				near[w]++
				sum++
			}
		}
	}
	a := anchor{word: word, company: map[uint32]float64{}}
	divergence, norm := 0.0, 0.0
	for _, w := range order {
		x, background := near[w], count[w]/total
		p := (x + anchorSmooth*background) / (sum + anchorSmooth)
		l := math.Log(p / background)
		divergence += p * l
		if l > 0 && x > 1 {
			a.company[w] = l * math.Sqrt(p)
			norm += l * l * p
		}
	}
	a.company[word] = math.Sqrt(norm) // itself weighs as much as all the others
	for w := range a.company {
		a.company[w] /= math.Sqrt(2 * norm)
	}
	if norm > 0 {
		a.score = divergence * math.Sqrt(count[word])
	}
	return a
}

func likeness(c *corpus, a, b anchor) float64 {
	var shared []float64
	for w, x := range b.company {
		if y := a.company[w]; y > 0 {
			shared = append(shared, x*y)
		}
	}
	slices.Sort(shared)
	like := 0.0
	for _, x := range shared {
		like += x
	}
	if p, q := c.place[a.word], c.place[b.word]; p != nil && q != nil {
		if length := dot(p, p) * dot(q, q); length > 0 {
			like = math.Max(like, float64(dot(p, q))/math.Sqrt(float64(length)))
		}
	}
	return like
}

// begin shares each message out among the anchors that it has.
func begin(c *corpus, sample []int, anchors []uint32) []float32 {
	k := len(anchors)
	resp := make([]float32, len(sample)*k)
	for i, d := range sample {
		row := resp[i*k : (i+1)*k]
		var n float32
		for t, w := range anchors {
			if slices.Contains(c.docs[d], w) {
				row[t] = 1
				n++
			}
		}
		if n > 0 {
			scale(row, 1/n)
		}
	}
	return resp
}
