package main

import "math"

// Bounds of a histogram's buckets: from a hundredth of a millisecond on, each reaches 2 % further than the one before, to
// some 190 seconds.
const (
	firstBucketMs = 0.01
	bucketGrowth  = 1.02
	buckets       = 850
)

// histogram counts times in milliseconds, within 2 %, in memory that does not grow: a measurement that goes on for an hour
// must not be what it measures.
type histogram struct {
	counts [buckets]int
	n      int
	max    float64
}

func (h *histogram) add(ms float64) {
	i := 0
	if ms > firstBucketMs {
		i = min(buckets-1, int(math.Log(ms/firstBucketMs)/math.Log(bucketGrowth)))
	}
	h.counts[i]++
	h.n++
	h.max = max(h.max, ms)
}

// merge adds what another has counted.
func (h *histogram) merge(other *histogram) {
	for i, n := range other.counts {
		h.counts[i] += n
	}
	h.n += other.n
	h.max = max(h.max, other.max)
}

// at is the time that a share q of all did not exceed; 0 without any.
func (h *histogram) at(q float64) float64 {
	rest := int(math.Ceil(q * float64(h.n)))
	for i, n := range h.counts {
		if rest -= n; rest <= 0 && h.n > 0 {
			return min(h.max, firstBucketMs*math.Pow(bucketGrowth, float64(i+1)))
		}
	}
	return 0
}
