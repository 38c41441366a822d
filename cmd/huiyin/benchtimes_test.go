package main

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestHistogram(t *testing.T) {
	var empty histogram
	if empty.at(.5) != 0 {
		t.Errorf("nothing was counted: %v", empty.at(.5))
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var all []float64
	var both, one, other histogram
	for i := range 20_000 {
		ms := math.Exp(rng.NormFloat64()*2 + 1)
		all = append(all, ms)
		if i%3 == 0 {
			one.add(ms)
		} else {
			other.add(ms)
		}
	}
	both.merge(&one)
	both.merge(&other)
	slices.Sort(all)
	for _, q := range []float64{.01, .5, .95, .99, 1} {
		want := all[int(math.Ceil(q*float64(len(all))))-1]
		if got := both.at(q); got < want || got > want*bucketGrowth*1.0001 {
			t.Errorf("at %v: %v, want %v within 2 %%", q, got, want)
		}
	}
	var odd histogram
	for _, ms := range []float64{0, -1, 1e12} {
		odd.add(ms)
	}
	if odd.at(.5) != firstBucketMs*bucketGrowth || odd.at(1) > 1e12 || odd.n != 3 {
		t.Errorf("the smallest and the largest: %v, %v", odd.at(.5), odd.at(1))
	}
}
