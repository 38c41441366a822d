package topics

import (
	"math"
	"runtime"
	"slices"
	"testing"
)

// threeTrades are messages of three trades, two things of each in the trade's words, and some about nothing; behind those that are to
// be learned from stands every thing by itself, and a word that stands nowhere else. No message has two things.
func threeTrades() (c *corpus, learned, asked []int) {
	var messages []string
	for range 3 {
		messages = append(messages,
			"pear ripe basket orchard", "plum ripe basket orchard",
			"brake noisy workshop mechanic", "clutch noisy workshop mechanic",
			"sofa leather cushion lounge", "chair leather cushion lounge")
	}
	messages = append(messages, "", "", "")
	for d := range messages {
		learned = append(learned, d)
	}
	for _, alone := range []string{"pear", "plum", "brake", "clutch", "sofa", "chair", "zebra", ""} {
		asked = append(asked, len(messages))
		messages = append(messages, alone)
	}
	return pileOf(messages...), learned, asked
}

// Words that keep the same company lie near each other, though no message has both.
func TestPlacesByCompany(t *testing.T) {
	c, learned, asked := threeTrades()
	places := cosines(c, learned, asked)
	for i := 0; i < 6; i += 2 {
		same := dot(places[i], places[i+1])
		for j, other := range places[:6] {
			if far := dot(places[i], other); j/2 != i/2 && same <= far+0.2 {
				t.Errorf("thing %d: the same company %.2f, that of thing %d %.2f", i, same, j, far)
			}
		}
	}
	for i, place := range places {
		long := math.Sqrt(float64(dot(place, place)))
		switch unknown := i >= 6; {
		case unknown && long != 0:
			t.Errorf("message %d, of which nothing is known, lies at %v", i, place)
		case !unknown && math.Abs(long-company) > 1e-5:
			t.Errorf("message %d: length %.3f, want %.3f", i, long, company)
		}
	}
}

// Whoever asks about a place gets the same whatever was in the buffer.
func TestPlacesFillTheirBuffer(t *testing.T) {
	c, docs, asked := threeTrades()
	p := newPlacing(c, docs, apartRank)
	clean, dirty := make([]float32, p.dim()), make([]float32, p.dim())
	for i := range dirty {
		dirty[i] = 7
	}
	for _, d := range append(docs, asked...) {
		p.where(c.docs.of(d), clean)
		p.where(c.docs.of(d), dirty)
		if !slices.Equal(clean, dirty) {
			t.Fatalf("message %d: %v and %v", d, clean, dirty)
		}
	}
}

// The directions of a pile are the same whenever they are looked for, at right angles and of length one.
func TestDirectionsOfAPile(t *testing.T) {
	c, docs, _ := threeTrades()
	a, b := newLatent(c, docs, docs, latentRank, 1), newLatent(c, docs, docs, latentRank, 1)
	if !slices.Equal(a.at, b.at) {
		t.Error("two runs found two sets of directions")
	}
	for x := range a.rank {
		for y := range x + 1 {
			sum := 0.0
			for w := range a.rare {
				sum += float64(a.at[w*a.rank+x]) * float64(a.at[w*a.rank+y])
			}
			if x != y && math.Abs(sum) > 1e-3 || x == y && sum != 0 && math.Abs(sum-1) > 1e-3 {
				t.Errorf("directions %d and %d: %.4f", x, y, sum)
			}
		}
	}
}

// leaningPile has two topics whose seeds point along the first and the second axis of a space of three, and words that lie there.
func leaningPile() (m *mixture, sample []int, places [][]float32, base [][]float32, resp []float32) {
	c := pileOf("parcel late", "parcel late", "courier late", "courier late", "refund slow", "refund slow", "today slow", "today late")
	c.mean = [2][]float32{make([]float32, 3), make([]float32, 3)}
	for word, at := range map[string][]float32{"parcel": {1, 0, 0}, "courier": {0.9, 0, 0.1}, "refund": {0, 1, 0}, "today": {0, 0, 1}} {
		c.place[c.index[word]] = at
	}
	for d := range c.docs.len() {
		sample = append(sample, d)
	}
	resp = make([]float32, 2*len(sample))
	resp[0], resp[2*4+1] = 1, 1 // one message of each topic is known: about a parcel, about a refund
	return newMixture(c, 2), sample, cosines(c, sample, sample), [][]float32{{1, 0, 0}, {0, 1, 0}}, resp
}

// A word that no known message of a topic has is known by what it means.
func TestWordsLeanToWhatTheyMean(t *testing.T) {
	m, sample, places, base, resp := leaningPile()
	o := widening()
	m.fit(sample, places, resp, base, o)
	courier := m.oddsOf(m.c.index["courier"])
	if courier[0] <= courier[1]+1 {
		t.Errorf("courier: %v, want the first topic by far", courier)
	}
	if today := m.oddsOf(m.c.index["today"]); math.Abs(float64(today[0]-today[1])) > 0.6 {
		t.Errorf("today, which means neither: %v", today)
	}
	m, sample, places, base, resp = leaningPile()
	o.lean = 0
	m.fit(sample, places, resp, base, o)
	if courier := m.oddsOf(m.c.index["courier"]); math.Abs(float64(courier[0]-courier[1])) > 0.6 {
		t.Errorf("without leaning: %v", courier)
	}
}

// Whatever words lean to, their shares in a topic add up to one.
func TestLeaningSharesAddUp(t *testing.T) {
	m, sample, places, base, resp := leaningPile()
	m.fit(sample, places, resp, base, widening())
	counts, all := make([]float64, len(m.odds)), 0.0
	for _, d := range sample {
		for _, w := range m.c.docs.of(d) {
			counts[w]++
			all++
		}
	}
	for topic := range m.k {
		sum := 0.0
		for w, odds := range m.odds {
			if odds != nil {
				sum += counts[w] / all * math.Exp(float64(odds[topic]))
			}
		}
		if math.Abs(sum-1) > 1e-3 {
			t.Errorf("topic %d: the shares add up to %.4f", topic, sum)
		}
	}
}

// How many processors look at the words changes nothing.
func TestLeaningOnAnyNumberOfProcessors(t *testing.T) {
	words := make([]string, 3000)
	for i := range words {
		words[i] = string(rune('a'+i%26)) + string(rune('a'+i/26%26)) + string(rune('a'+i/676)) + "x"
	}
	c := pileOf(words...)
	c.mean = [2][]float32{make([]float32, 2), make([]float32, 2)}
	counted := make([][]float32, len(c.words))
	for w := range c.words {
		angle := float64(w)
		c.place[w] = []float32{float32(math.Cos(angle)), float32(math.Sin(angle))}
		counted[w] = make([]float32, 2)
	}
	base := [][]float32{{1, 0}, {0, 1}}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	one := newMixture(c, 2).lean(counted, base, 6)
	runtime.GOMAXPROCS(4)
	four := newMixture(c, 2).lean(counted, base, 6)
	for w := range one {
		if !slices.Equal(one[w], four[w]) {
			t.Fatalf("word %d: %v and %v", w, one[w], four[w])
		}
	}
}
