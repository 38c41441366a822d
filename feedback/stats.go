package feedback

import (
	"cmp"
	"math"
	"slices"
)

// noise is the level at which a change counts as more than noise: in a digest of changes that are all noise, at most this
// share of digests says "real" anywhere (false discovery rate, Benjamini and Hochberg 1995).
const noise = 0.05

// rateTest is the two-sided probability that counts x of n and x0 of n0 differ as much as they do while their rates are
// the same: the exact conditional test of two Poisson rates (Przyborowski and Wilenski 1940). Given x+x0, x is binomial
// with share n/(n+n0).
func rateTest(x, n, x0, n0 int) float64 {
	total := x + x0
	if total == 0 || n <= 0 || n0 <= 0 {
		return 1
	}
	return binomialTest(x, total, float64(n)/float64(n+n0))
}

// binomialTest is the two-sided exact test of x successes in n tries with probability p: the sum of all outcomes that are
// no likelier than x.
func binomialTest(x, n int, p float64) float64 {
	if p <= 0 || p >= 1 {
		return 1
	}
	at := logBinomial(x, n, p)
	const slack = 1e-7 // outcomes as likely as x must not be lost to rounding
	sum := 0.0
	mean := float64(n) * p
	// Far from the mean the terms vanish: twelve standard deviations are beyond any float's share of the sum.
	reach := 12*math.Sqrt(mean*(1-p)) + 60
	for k := max(0, int(mean-reach)); k <= min(n, int(mean+reach)); k++ {
		if l := logBinomial(k, n, p); l <= at+slack {
			sum += math.Exp(l)
		}
	}
	return math.Min(1, sum)
}

func logBinomial(k, n int, p float64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c + float64(k)*math.Log(p) + float64(n-k)*math.Log1p(-p)
}

// probable is the level at which a rise that is no more than noise may still be told of as a probable one, over all topics together.
const probable = 0.2

// discover marks the changes that stay real when all of them are looked at together (Benjamini and Hochberg 1995).
func discover(changes []*Change) { discoverAt(changes, noise) }

// discoverCounts is discover for comparisons of counts. Those that would show nothing however the same messages had fallen take no part,
// so that a long tail of rare topics hides no change of a frequent one (Tarone 1990, Gilbert 2005). It marks what is probable, too.
func discoverCounts(all []comparison) {
	for _, level := range []float64{probable, noise} {
		var part []*Change
		bound := tellingBound(all, level)
		for _, c := range all {
			c.change.Probable, c.change.Real = c.change.Real && c.rose, false
			if c.least <= bound {
				part = append(part, c.change)
			}
		}
		discoverAt(part, level)
	}
	for _, c := range all {
		c.change.Probable = c.change.Probable && !c.change.Real
	}
}

// tellingBound is the largest level/k at which no more than k comparisons could be significant.
func tellingBound(all []comparison, level float64) float64 {
	for k := 1; ; k++ {
		bound, n := level/float64(k), 0
		for _, c := range all {
			if c.least <= bound {
				n++
			}
		}
		if n <= k {
			return bound
		}
	}
}

// comparison is a change of counts among others.
type comparison struct {
	change *Change
	least  float64 // the least probability that so many messages in all could have had
	rose   bool    // by enough messages to be told of
}

func discoverAt(changes []*Change, level float64) {
	sorted := slices.Clone(changes)
	slices.SortFunc(sorted, func(a, b *Change) int { return cmp.Compare(a.P, b.P) })
	last := -1
	for i, c := range sorted {
		if c.P <= level*float64(i+1)/float64(len(sorted)) {
			last = i
		}
	}
	for i, c := range sorted {
		c.Real = i <= last
	}
}

// share compares x of n with x0 of n0. The messages are a fixed number of which each is counted or not, so the exact test is that of
// a table of four: for what much of a small week is about, two rates would hide most of a change.
func share(x, n, x0, n0 int) *Change {
	if n0 == 0 {
		return nil
	}
	p := fisher(x, n, x0, n0)
	return &Change{Before: float64(x0) / float64(n0), BeforeN: n0, P: p, Real: p <= noise}
}

// quantile is the value below which a share q of the values lies, linearly between neighbours; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	s := slices.Sorted(slices.Values(values))
	at := q * float64(len(s)-1)
	i := int(at)
	if i+1 == len(s) {
		return s[i]
	}
	return s[i] + (at-float64(i))*(s[i+1]-s[i])
}

// rankTest is the two-sided probability that two samples of durations differ as they do while they come from the same
// distribution: the rank-sum test with the normal approximation, corrected for ties (Mann and Whitney 1947).
func rankTest(a, b []float64) float64 {
	n, m := float64(len(a)), float64(len(b))
	if n < 5 || m < 5 {
		return 1
	}
	type value struct {
		v     float64
		first bool
	}
	all := make([]value, 0, len(a)+len(b))
	for _, v := range a {
		all = append(all, value{v, true})
	}
	for _, v := range b {
		all = append(all, value{v, false})
	}
	slices.SortFunc(all, func(x, y value) int { return cmp.Compare(x.v, y.v) })
	rank, ties := 0.0, 0.0
	for i := 0; i < len(all); {
		j := i
		for j < len(all) && all[j].v == all[i].v {
			j++
		}
		same := float64(j - i)
		ties += same*same*same - same
		for ; i < j; i++ {
			if all[i].first {
				rank += float64(j) - (same-1)/2
			}
		}
	}
	total := n + m
	spread := math.Sqrt(n * m / 12 * (total + 1 - ties/(total*(total-1))))
	if spread == 0 {
		return 1
	}
	z := (rank - n*(total+1)/2) / spread
	return math.Erfc(math.Abs(z) / math.Sqrt2)
}

// fisher is the two-sided exact probability that x of n and x0 of n0 differ as they do while their shares are the same,
// given how many there are in all (Fisher 1935): the sum of all tables that are no likelier.
func fisher(x, n, x0, n0 int) float64 {
	hits, all := x+x0, n+n0
	if hits == 0 || hits == all || n == 0 || n0 == 0 {
		return 1
	}
	log := func(k int) float64 { return logChoose(n, k) + logChoose(n0, hits-k) - logChoose(all, hits) }
	at, sum := log(x), 0.0
	const slack = 1e-7 // as in binomialTest
	part := float64(n) / float64(all)
	mean := float64(hits) * part
	reach := 12*math.Sqrt(mean*(1-part)) + 50 // as there; a table's spread is smaller than a binomial's
	for k := max(0, hits-n0, int(mean-reach)); k <= min(n, hits, int(mean+reach)); k++ {
		if l := log(k); l <= at+slack {
			sum += math.Exp(l)
		}
	}
	return math.Min(1, sum)
}

// leastFisher is the least that fisher can be for x+x0 messages of n and n0.
func leastFisher(hits, n, n0 int) float64 {
	low, high := max(0, hits-n0), min(n, hits)
	return math.Min(fisher(low, n, hits-low, n0), fisher(high, n, hits-high, n0))
}

func logChoose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// wilson is the 95 % interval of a share (Wilson 1927).
func wilson(x, n int) (low, high float64) {
	const z = 1.959964
	share, m := float64(x)/float64(n), float64(n)
	middle := (share + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(share*(1-share)/m+z*z/(4*m*m))
	return middle - half, middle + half
}

// newcombe is the difference of two shares with its 95 % interval (Newcombe 1998, method 10).
func newcombe(x, n, x0, n0 int) (diff, low, high float64) {
	a, b := float64(x)/float64(n), float64(x0)/float64(n0)
	l1, u1 := wilson(x, n)
	l2, u2 := wilson(x0, n0)
	diff = a - b
	return diff, diff - math.Hypot(a-l1, u2-b), diff + math.Hypot(u1-a, b-l2)
}
