package feedback

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestRateTest(t *testing.T) {
	for _, tc := range []struct {
		name         string
		x, n, x0, n0 int
		want         float64 // computed by hand from the binomial distribution
	}{
		{"same", 10, 100, 10, 100, 1},
		{"nothing at all", 0, 100, 0, 100, 1},
		{"no week before", 5, 100, 0, 0, 1},
		{"five against none", 5, 100, 0, 100, 2 * math.Pow(0.5, 5)},
		{"one against none", 1, 100, 0, 100, 1},
		{"three of three at a third", 3, 50, 0, 100, 1.0 / 27},
		{"far apart, large", 3000, 100000, 1000, 100000, 0},
	} {
		if got := rateTest(tc.x, tc.n, tc.x0, tc.n0); math.Abs(got-tc.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", tc.name, got, tc.want)
		}
	}
}

// TestNoiseIsCalledNoise draws pairs of quiet weeks and counts the false alarms among all topics together.
func TestNoiseIsCalledNoise(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	draw := func(n int, p float64) (x int) {
		for range n {
			if r.Float64() < p {
				x++
			}
		}
		return x
	}
	alarms, weeks := 0, 300
	for range weeks {
		var changes []*Change
		for topic := range 20 {
			p := 0.002 * float64(topic+1)
			changes = append(changes, share(draw(800, p), 800, draw(900, p), 900))
		}
		discover(changes)
		for _, c := range changes {
			if c.Real {
				alarms++
				break
			}
		}
	}
	if limit := int(0.05 * float64(weeks)); alarms > limit {
		t.Errorf("%d of %d quiet weeks raise an alarm, more than %d", alarms, weeks, limit)
	}
}

func TestARealRiseIsFound(t *testing.T) {
	changes := []*Change{share(30, 1000, 10, 1000), share(50, 1000, 52, 1000), share(5, 1000, 4, 1000)}
	discover(changes)
	if !changes[0].Real || changes[1].Real || changes[2].Real {
		t.Errorf("got %+v %+v %+v", *changes[0], *changes[1], *changes[2])
	}
}

func TestQuantile(t *testing.T) {
	for _, tc := range []struct {
		values []float64
		q      float64
		want   float64
	}{
		{nil, 0.5, 0}, {[]float64{7}, 0.9, 7}, {[]float64{3, 1, 2}, 0.5, 2}, {[]float64{1, 2}, 0.5, 1.5}, {[]float64{0, 10}, 0.9, 9},
	} {
		if got := quantile(tc.values, tc.q); math.Abs(got-tc.want) > 1e-12 {
			t.Errorf("quantile(%v, %v) = %v, want %v", tc.values, tc.q, got, tc.want)
		}
	}
}

// The exact test and the interval give what the literature prints: the tea-tasting lady of Fisher (1935), and the first
// row of table II of Newcombe (1998), 56/70 against 48/80: 0.0524 to 0.3339.
func TestSharesCompared(t *testing.T) {
	if p := fisher(3, 4, 1, 4); math.Abs(p-34.0/70) > 1e-9 {
		t.Errorf("Fisher's tea: %v", p)
	}
	if p := fisher(0, 10, 0, 10); p != 1 {
		t.Errorf("nothing happened: %v", p)
	}
	diff, low, high := newcombe(56, 70, 48, 80)
	if math.Abs(diff-0.2) > 1e-9 || math.Abs(low-0.0524) > 1e-4 || math.Abs(high-0.3339) > 1e-4 {
		t.Errorf("Newcombe: %v (%v to %v)", diff, low, high)
	}
}
