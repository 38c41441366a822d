package intent

import (
	"math"
	"slices"
	"testing"
)

// drawn are held-out texts of n intents, in scope and out; some intents draw far more strangers than others.
func drawn(n, texts int) ([]held, []float64) {
	r := &rng{state: 11}
	unit := func() float64 { return float64(r.next()>>11) / (1 << 53) }
	var scores []held
	var inScope []float64
	for i := range texts {
		h := held{class: i % n, best: i % n}
		p := 1 - unit()*unit()
		if i%3 == 0 {
			h.outside, h.class, h.best = true, -1, int(float64(n)*unit()*unit())
			p = unit()
		}
		scores, inScope = append(scores, h), append(inScope, p)
	}
	return scores, inScope
}

func TestThresholdsRejectNoMoreThanPromised(t *testing.T) {
	for _, n := range []int{1, 5, 40} {
		for _, texts := range []int{30, 300, 9000} {
			for _, loss := range []float64{0.02, 0.05, 0.1} {
				scores, inScope := drawn(n, texts)
				levels := chooseLevels(n, scores, inScope, loss)
				_, each := chooseThresholds(levels, scores, inScope, loss)
				rejected, all := 0, 0
				for i, h := range scores {
					if h.outside {
						continue
					}
					all++
					if inScope[i] < each[h.best] {
						rejected++
					}
				}
				got := float64(rejected) / float64(all)
				if got > loss || texts > 1000 && got < loss-0.01 {
					t.Errorf("%d intents, %d texts: %.3f of the texts in scope are rejected, want %.2f", n, texts, got, loss)
				}
			}
		}
	}
}

func TestAnIntentThatDrawsStrangersIsStricter(t *testing.T) {
	scores, inScope := drawn(10, 9000)
	levels := chooseLevels(10, scores, inScope, 0.05)
	if levels[0] <= levels[9] {
		t.Errorf("the intent that draws most strangers has level %.3f, the one that draws fewest %.3f", levels[0], levels[9])
	}
}

func TestLevelsAreTheLossWhereNothingWasHidden(t *testing.T) {
	scores, inScope := drawn(6, 600)
	var in []held
	var p []float64
	for i, h := range scores {
		if !h.outside {
			in, p = append(in, h), append(p, inScope[i])
		}
	}
	for c, level := range chooseLevels(6, in, p, 0.05) {
		if level != 0.05 {
			t.Errorf("intent %d: level %.3f", c, level)
		}
	}
}

func TestTemperIsTheLikeliestOne(t *testing.T) {
	// The right intent leads by one in three texts of four, which a softmax of two margins says at temperature ln 3.
	var scores []held
	for i := range 400 {
		h := held{score: []float32{1, 0}}
		if i%4 == 0 {
			h.class = 1
		}
		scores = append(scores, h)
	}
	if got := fitTemper(scores); math.Abs(got-math.Log(3)) > 0.01 {
		t.Errorf("got %.3f, want ln 3", got)
	}
}

func TestGateSeparatesAndKnowsThePrior(t *testing.T) {
	// What tells the two apart is the margin alone, and it tells nothing about half of the texts.
	var scores []held
	for i := range 2000 {
		h := held{score: []float32{0.5, -1}, known: 0.5, tokens: 4, outside: i%2 == 0}
		if i%4 < 2 {
			h.score[0] = 1.5
			if h.outside {
				h.score[0] = -0.5
			}
		}
		scores = append(scores, h)
	}
	g := fitGate(scores, 1)
	p := func(top float32) float64 {
		return g.inScope(held{score: []float32{top, -1}, known: 0.5, tokens: 4}.evidence(1))
	}
	if p(1.5) < 0.95 || p(-0.5) > 0.3 {
		t.Errorf("clear texts: %.3f in scope, %.3f out of scope", p(1.5), p(-0.5))
	}
	if got := p(0.5); math.Abs(got-(1-outsidePrior)) > 0.03 {
		t.Errorf("a text that says nothing is in scope with %.3f, want what was known before, %.2f", got, 1-outsidePrior)
	}
}

// Whatever there is of each kind, both sides of the gate weigh the same, and so do the two kinds of what is outside.
func TestSidesOfTheGateWeighTheSame(t *testing.T) {
	for _, c := range []struct {
		n    [3]float64
		want [3]float64 // of all texts of a side together
	}{
		{[3]float64{100, 40, 0}, [3]float64{0.5, 0.5, 0}},
		{[3]float64{7, 5000, fewestOutside}, [3]float64{0.5, 0.25, 0.25}},
		{[3]float64{100, 30, 10}, [3]float64{0.5, 0.375, 0.125}}, // too few to speak for others
		{[3]float64{100, 0, 300}, [3]float64{0.5, 0, 0.5}},       // too few intents to hide any
	} {
		w := shares(c.n)
		for i := range w {
			if got := w[i] * c.n[i]; math.Abs(got-c.want[i]) > 1e-12 {
				t.Errorf("%v: side %d weighs %v, want %v", c.n, i, got, c.want[i])
			}
		}
	}
}

func TestThinIsEven(t *testing.T) {
	list := make([]int, 100)
	for i := range list {
		list[i] = i
	}
	if got := thin(slices.Clone(list), 25); len(got) != 25 || got[24] != 96 {
		t.Errorf("got %v", got)
	}
	if got := thin(slices.Clone(list), 1000); len(got) != 100 {
		t.Errorf("a short list lost %d", 100-len(got))
	}
}
