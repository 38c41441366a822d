package sentiment

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestBendIsCloseToTanh(t *testing.T) {
	last := float32(-1)
	for x := float32(-5); x <= 5; x += 0.01 {
		y := bend(x)
		if d := math.Abs(float64(y) - math.Tanh(float64(x))); d > 0.03 || y < last-1e-6 || y != -bend(-x) {
			t.Fatalf("bend(%v) = %v, tanh %v, before %v", x, y, math.Tanh(float64(x)), last)
		}
		last = y
	}
}

// Rows are added four units at a time; the sums must be what one by one gives, also beyond what eight bits hold.
func TestRowsAreAddedExactly(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, laneMost - 1, laneMost, laneMost + 1, 3*laneMost + 5} {
		var sum rowSum
		var want [netWidth]int32
		for range n {
			var steps [netWidth]int8
			for j := range steps {
				steps[j] = int8(rng.IntN(2*netSteps+1) - netSteps)
				want[j] += int32(steps[j])
			}
			row := netRowOf(&steps)
			sum.add(&row)
		}
		sum.flush()
		for j := range want {
			if got := sum.sum[j] - rowZero*sum.n; got != want[j] {
				t.Fatalf("%d rows, unit %d: %d, want %d", n, j, got, want[j])
			}
		}
	}
	var sum rowSum // all as large as they get: the lanes are full
	row := netRowOf(&[netWidth]int8{netSteps, netSteps, netSteps, netSteps, netSteps, netSteps, netSteps, netSteps})
	for range laneMost {
		sum.add(&row)
	}
	sum.flush()
	if got := sum.sum[0] - rowZero*sum.n; got != netSteps*laneMost {
		t.Errorf("got %d", got)
	}
}

// What the shipped form of the network says of a text is what the blocks said in training, up to rounding.
func TestNetworkAsTrained(t *testing.T) {
	tr, err := newTrainer(small())
	if err != nil {
		t.Fatal(err)
	}
	blocks := tr.fitBlocks(func(*example) bool { return true })
	net, steps := tr.network(blocks)
	seen := 0
	for _, e := range tr.all {
		if e.cost[headPolar] == 0 {
			continue
		}
		var sc netScratch
		clauses := tr.clausesOf(e)
		want := 0.0
		for _, b := range blocks {
			want += b.read(clauses, e.lang, 0) / netBlocks
		}
		for c, ids := range clauses {
			for _, id := range ids {
				row := netRowOf(&steps[id])
				sc.add(c, &row)
			}
		}
		got := net.opinion(&sc, e.lang)
		if math.Abs(got-want) > 0.1*math.Abs(want)+0.2 {
			t.Errorf("%q: %v, in training %v", e.text, got, want)
		}
		if e.label > 0 == (got > 0) {
			seen++
		}
	}
	if seen < 100 {
		t.Errorf("only %d texts on the right side", seen)
	}
	var none netScratch
	if got := net.opinion(&none, langZh); got != 0 {
		t.Errorf("no n-gram: %v", got)
	}
}
