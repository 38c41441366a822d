package topics

import (
	"math"
	"slices"

	"huiyin/feedback"
)

// mixture says how well a message fits each of several topics, by its words (naive Bayes, against all messages) and by
// its place in the space of meaning. Words count within their own language only, so that a topic known from Chinese
// messages is not closed to English ones; meaning joins the two. It is fitted by expectation maximisation, as in Nigam,
// McCallum, Thrun and Mitchell (2000).
type mixture struct {
	c       *corpus
	signs   *signs // nil: not looked at
	k       int
	odds    [][]float32 // word → log odds by topic; nil: says nothing
	signed  [][]float32 // character → the same
	centres [][]float32 // of length one in meaning, and in the company of words
	prior   []float32
	leaning leanings // word → how much likelier than any it is beforehand by topic; nil: as likely
}

// knobs are a mixture's weights.
type knobs struct {
	words   float64 // weight of the words' log odds
	signs   float64 // weight of the characters' log odds
	missing float64 // what a word that a topic lacks counts, against one that it has
	long    float64 // number of words from which on more of them add less
	meaning float64 // weight of the cosine
	prior   float64 // weight of a topic's share
	smooth  float64 // messages of background that every topic is mixed with
	rare    int32   // a word in fewer messages says nothing
	lean    float64 // how much likelier, in log odds, a word is beforehand in a topic whose direction it points in than in one at a right angle to it
}

func newMixture(c *corpus, k int) *mixture { return &mixture{c: c, k: k} }

// fit is the maximisation: resp gives, message by message, the share of each topic (row-major); base, when not nil,
// holds a fixed direction for each topic, which counts as much as so many messages.
func (m *mixture) fit(sample []int, places [][]float32, resp []float32, base [][]float32, o knobs) {
	m.fitPlaces(places, resp, base, o)
	t := m.tally(m.c, sample, resp, o.rare)
	if m.leaning == nil && base != nil {
		m.leaning = m.lean(t.word, base, o.lean)
	}
	m.odds = m.fitWords(m.c, t, m.leaning, t.background(o, sample))
	if m.signs == nil {
		return
	}
	t = m.tally(m.signs.corpus, m.signs.all, resp, o.rare)
	m.signed = m.fitWords(m.signs.corpus, t, nil, t.background(o, sample))
}

// fitPlaces learns where the messages of each topic lie, and how many they are.
func (m *mixture) fitPlaces(places [][]float32, resp []float32, base [][]float32, o knobs) {
	mass := make([]float32, m.k)
	m.centres, m.prior = make([][]float32, m.k), make([]float32, m.k)
	for t := range m.centres {
		m.centres[t] = make([]float32, len(places[0]))
		if base != nil {
			addTo(m.centres[t], base[t], float32(o.smooth))
		}
	}
	for i, place := range places {
		for t, x := range resp[i*m.k : (i+1)*m.k] {
			if x > 0 {
				mass[t] += x
				addTo(m.centres[t], place, x)
			}
		}
	}
	for t := range m.centres {
		normalize(m.centres[t][:m.c.dim()])
		normalize(m.centres[t][m.c.dim():])
		m.prior[t] = float32(o.prior * math.Log((float64(mass[t])+o.smooth)*float64(m.k)/(float64(len(places))+o.smooth*float64(m.k))))
	}
}

// tally is how often words occur: in the messages of each topic, and in all.
type tally struct {
	word   [][]float32  // word → topic; nil: too rare
	words  []float32    // word, in all
	totals [2][]float32 // language → topic
	all    [2]float32   // language
}

// background is how many words each topic is mixed with.
func (t tally) background(o knobs, sample []int) float64 {
	return o.smooth * float64(t.all[0]+t.all[1]) / float64(max(1, len(sample)))
}

func (m *mixture) tally(c *corpus, sample []int, resp []float32, rare int32) tally {
	n := len(c.words)
	seen := make([]int32, n)
	for _, d := range sample {
		for _, w := range c.docs.of(d) {
			seen[w]++
		}
	}
	t := tally{word: make([][]float32, n), words: make([]float32, n), totals: [2][]float32{make([]float32, m.k), make([]float32, m.k)}}
	for i, d := range sample {
		shares := resp[i*m.k : (i+1)*m.k]
		for _, w := range c.docs.of(d) {
			if seen[w] < rare {
				continue
			}
			if t.word[w] == nil {
				t.word[w] = make([]float32, m.k)
			}
			s := script(c.words[w])
			t.words[w]++
			t.all[s]++
			addTo(t.word[w], shares, 1)
			addTo(t.totals[s], shares, 1)
		}
	}
	return t
}

// lean says how much likelier each word is beforehand in the messages of each topic: by what it means, against what the topic's seeds
// mean. A word that few messages have is known by that before the messages tell.
func (m *mixture) lean(words, base [][]float32, by float64) leanings {
	out := make(leanings, len(words))
	spread(len(words), func(from, to int) {
		for w := from; w < to; w++ {
			p := m.c.place[w]
			if words[w] == nil || p == nil || by == 0 {
				continue
			}
			long := dot(p, p)
			if long == 0 {
				continue
			}
			row, mean := make([]float32, m.k), float32(0)
			for t := range row {
				row[t] = float32(by) * dot(p, base[t]) / sqrt(long)
				mean += row[t] / float32(m.k)
			}
			for t := range row {
				row[t] = float32(math.Exp(float64(row[t] - mean)))
			}
			out[w] = row
		}
	})
	return out
}

// leanings is how much likelier words are beforehand in topics; nil: as likely.
type leanings [][]float32

func (l leanings) of(w, topic int) float64 {
	if l == nil || l[w] == nil {
		return 1
	}
	return float64(l[w][topic])
}

// fitWords turns counts into log odds against all messages. background is how many words each topic is mixed with: of all messages, and
// the likelier the more they lean to it.
func (m *mixture) fitWords(c *corpus, t tally, l leanings, background float64) [][]float32 {
	odds := t.word // reused
	share := make([]float64, len(odds))
	leaned := [2][]float64{make([]float64, m.k), make([]float64, m.k)} // language → topic: what the leanings add up to
	for w, n := range odds {
		if n == nil {
			continue
		}
		s := script(c.words[w])
		share[w] = float64(t.words[w]) / float64(t.all[s])
		for k := range n {
			leaned[s][k] += share[w] * l.of(w, k)
		}
	}
	for w, n := range odds {
		if n == nil {
			continue
		}
		s := script(c.words[w])
		for k := range n {
			before := background * share[w] * l.of(w, k) / leaned[s][k]
			n[k] = float32(math.Log((float64(n[k])+before)/(float64(t.totals[s][k])+background)) - math.Log(share[w]))
		}
	}
	return odds
}

// oddsOf are a word's log odds by topic; nil: it says nothing.
func (m *mixture) oddsOf(w uint32) []float32 {
	if int(w) < len(m.odds) {
		return m.odds[w]
	}
	return nil
}

// score writes how well a message fits each topic, in log odds against all messages.
func (m *mixture) score(doc []uint32, signs []uint32, place []float32, o knobs, out []float32) {
	clear(out)
	o.tell(m.odds, doc, o.words, out)
	o.tell(m.signed, signs, o.signs, out)
	for t := range out {
		out[t] += m.prior[t] + float32(o.meaning)*dot(place, m.centres[t])
	}
}

// tell adds what the words of a message say.
func (o knobs) tell(odds [][]float32, doc []uint32, weight float64, out []float32) {
	n := 0
	for _, w := range doc {
		if odds[w] != nil {
			n++
		}
	}
	by := float32(weight)
	if float64(n) > o.long {
		by = float32(weight * math.Sqrt(o.long/float64(n)))
	}
	lacks := by * float32(o.missing)
	for _, w := range doc {
		for t, x := range odds[w] {
			if x < 0 {
				out[t] += x * lacks
			} else {
				out[t] += x * by
			}
		}
	}
}

// soften turns scores into shares that add up to one.
func soften(scores []float32) {
	most := slices.Max(scores)
	var sum float32
	for i, s := range scores {
		scores[i] = float32(math.Exp(float64(s - most)))
		sum += scores[i]
	}
	for i := range scores {
		if scores[i] /= sum; scores[i] < 1e-3 {
			scores[i] = 0
		}
	}
}

// telling are a topic's most telling words in each language, weighed by how often and how exclusively they occur in it.
func (m *mixture) telling(counts map[uint32]int, topic int) feedback.Words {
	score := map[uint32]float64{}
	for w, n := range counts {
		if odds := m.odds[w]; odds != nil && odds[topic] > 0 && n > 1 && len([]rune(m.c.words[w])) > 1 {
			score[w] = float64(n) * float64(odds[topic])
		}
	}
	return m.c.ranked(score)
}
