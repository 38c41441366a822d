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
	k       int
	odds    [][]float32 // word → log odds by topic; nil: says nothing
	centres [][]float32 // of length one in meaning, and in the company of words
	prior   []float32
	leaning [][]float32 // word → how much likelier than any it is beforehand by topic; nil: as likely
}

// knobs are a mixture's weights.
type knobs struct {
	words   float64 // weight of the words' log odds
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
	t := m.tally(sample, resp, o.rare)
	if m.leaning == nil && base != nil {
		m.leaning = m.lean(t.word, base, o.lean)
	}
	m.fitWords(t, o.smooth*float64(t.all[0]+t.all[1])/float64(max(1, len(sample))))
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

func (m *mixture) tally(sample []int, resp []float32, rare int32) tally {
	n := len(m.c.words)
	seen := make([]int32, n)
	for _, d := range sample {
		for _, w := range m.c.docs.of(d) {
			seen[w]++
		}
	}
	t := tally{word: make([][]float32, n), words: make([]float32, n), totals: [2][]float32{make([]float32, m.k), make([]float32, m.k)}}
	for i, d := range sample {
		shares := resp[i*m.k : (i+1)*m.k]
		for _, w := range m.c.docs.of(d) {
			if seen[w] < rare {
				continue
			}
			if t.word[w] == nil {
				t.word[w] = make([]float32, m.k)
			}
			s := script(m.c.words[w])
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
func (m *mixture) lean(words, base [][]float32, by float64) [][]float32 {
	out := make([][]float32, len(words))
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

// leans is how much likelier a word is beforehand in a topic.
func (m *mixture) leans(w, topic int) float64 {
	if m.leaning == nil || m.leaning[w] == nil {
		return 1
	}
	return float64(m.leaning[w][topic])
}

// fitWords turns counts into log odds against all messages. background is how many words each topic is mixed with: of all messages, and
// the likelier the more they lean to it.
func (m *mixture) fitWords(t tally, background float64) {
	m.odds = t.word // reused
	share := make([]float64, len(m.odds))
	leaned := [2][]float64{make([]float64, m.k), make([]float64, m.k)} // language → topic: what the leanings add up to
	for w, n := range m.odds {
		if n == nil {
			continue
		}
		s := script(m.c.words[w])
		share[w] = float64(t.words[w]) / float64(t.all[s])
		for k := range n {
			leaned[s][k] += share[w] * m.leans(w, k)
		}
	}
	for w, n := range m.odds {
		if n == nil {
			continue
		}
		s := script(m.c.words[w])
		for k := range n {
			before := background * share[w] * m.leans(w, k) / leaned[s][k]
			n[k] = float32(math.Log((float64(n[k])+before)/(float64(t.totals[s][k])+background)) - math.Log(share[w]))
		}
	}
}

// oddsOf are a word's log odds by topic; nil: it says nothing.
func (m *mixture) oddsOf(w uint32) []float32 {
	if int(w) < len(m.odds) {
		return m.odds[w]
	}
	return nil
}

// score writes how well a message fits each topic, in log odds against all messages.
func (m *mixture) score(doc []uint32, place []float32, o knobs, out []float32) {
	clear(out)
	n := 0
	for _, w := range doc {
		if odds := m.odds[w]; odds != nil {
			n++
			for t, x := range odds {
				if x < 0 {
					x *= float32(o.missing)
				}
				out[t] += x
			}
		}
	}
	by := float32(o.words)
	if n > 0 && float64(n) > o.long {
		by = float32(o.words * math.Sqrt(o.long/float64(n)))
	}
	for t := range out {
		out[t] = out[t]*by + m.prior[t] + float32(o.meaning)*dot(place, m.centres[t])
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
