package intent

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"huiyin/nlp"
)

// confidences are numbers of few values, so that many are equal.
func confidences(r *rand.Rand, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = float64(r.IntN(12)) / 12
	}
	return out
}

// AUROC by its definition: over all pairs of a text in scope and one out of scope, how often the former is the surer one.
func TestAUROCIsTheShareOfPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for range 200 {
		in, out := confidences(r, 1+r.IntN(30)), confidences(r, 1+r.IntN(30))
		pairs := 0.0
		for _, a := range in {
			for _, b := range out {
				switch {
				case a > b:
					pairs++
				case a == b:
					pairs += 0.5
				}
			}
		}
		if got, want := auroc(in, out), pairs/float64(len(in)*len(out)); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v against %v: got %v, want %v", in, out, got, want)
		}
	}
}

// The best threshold that loses no more than a share of what is in scope, found by trying all.
func TestRecallAtALossIsTheBestThereIs(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 14))
	for range 200 {
		in, out := confidences(r, 1+r.IntN(40)), confidences(r, 1+r.IntN(40))
		loss := float64(r.IntN(4)) / 20
		best := 0.0
		for threshold := range 14 {
			at := float64(threshold)/12 - 1.0/24
			rejected := func(list []float64) float64 {
				n := 0
				for _, x := range list {
					if x < at {
						n++
					}
				}
				return float64(n)
			}
			if rejected(in) <= loss*float64(len(in)) {
				best = math.Max(best, rejected(out)/float64(len(out)))
			}
		}
		if got := recallAt(in, out, loss); math.Abs(got-best) > 1e-12 {
			t.Fatalf("%v against %v at %v: got %v, want %v", in, out, loss, got, best)
		}
	}
}

func TestMacroF1IsTheMeanOfTheIntentsThatAreThere(t *testing.T) {
	for _, c := range []struct {
		name string
		per  map[string]*counts
		want float64
	}{
		{"nothing", map[string]*counts{}, 0},
		{"all right", map[string]*counts{"a": {5, 5, 5}, "b": {1, 1, 1}}, 1},
		{"a guess that no text is", map[string]*counts{"a": {4, 2, 2}, "z": {0, 2, 0}}, 2.0 / 3},
		{"never guessed", map[string]*counts{"a": {4, 0, 0}, "b": {4, 8, 4}}, 1.0 / 3},
		{"no text and no guess", map[string]*counts{"a": {0, 0, 0}}, 0},
	} {
		if got := macroF1(c.per); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("%s: got %v, want %v", c.name, got, c.want)
		}
	}
	if f := (counts{}).f1(); f != 0 {
		t.Errorf("of nothing: %v", f)
	}
}

func TestMeasuresCountEveryOutcomeOnce(t *testing.T) {
	result := func(name string, in float64, ranked ...string) Result {
		r := Result{Intent: nlp.Intent{Name: name}, InScope: nlp.Confidence(in)}
		for _, n := range ranked {
			r.Ranking = append(r.Ranking, nlp.Intent{Name: n})
		}
		return r
	}
	outcome := func(label string, r Result) Outcome { return Outcome{Example: nlp.Example{Label: label}, Result: r} }
	e := &Evaluation{Outcomes: []Outcome{
		outcome("a", result("a", .9, "a", "b")),                  // right and accepted
		outcome("a", result(nlp.IntentNone, .3, "a", "b")),       // right, but rejected
		outcome("b", result("a", .8, "a", "b")),                  // wrong
		outcome("b", result(nlp.IntentNone, .1)),                 // nothing in common with any
		outcome(nlp.IntentNone, result(nlp.IntentNone, .2, "a")), // caught
		outcome(nlp.IntentNone, result("b", .85, "b")),           // let through
	}}
	e.measure()
	m := e.Metrics
	if m.InScope != 4 || m.OutOfScope != 2 || m.Accuracy != 0.5 || m.Operating.Accuracy != 0.25 || *m.Operating.Recall != 0.5 ||
		*m.Operating.Precision != 1.0/3 || *m.AUROC != 4.0/8 {
		t.Errorf("got %+v, %v of out of scope, AUROC %v", m, *m.Operating.Recall, *m.AUROC)
	}
	only := &Evaluation{Outcomes: e.Outcomes[:1]}
	only.measure()
	if m := only.Metrics; m.AUROC != nil || m.RecallAt5 != nil || m.Operating.Recall != nil || m.Operating.Precision != nil {
		t.Errorf("nothing out of scope was measured: %+v", m)
	}
}

func TestQuantiles(t *testing.T) {
	a := []float64{3, 1, 2, 4}
	before := slices.Clone(a)
	for q, want := range map[float64]float64{0: 1, 0.25: 2, 0.5: 3, 0.99: 4, 1: 4} {
		if got := quantile(a, q); got != want {
			t.Errorf("%v: got %v, want %v", q, got, want)
		}
	}
	if !slices.Equal(a, before) {
		t.Error("the numbers were put in order in place")
	}
	if quantile(nil, 0.3) != 0.5 || below(nil, 1) != 0 || below([]float64{1, 2, 2, 3}, 2) != 0.25 {
		t.Error("of nothing, or below a number that is there twice")
	}
}
