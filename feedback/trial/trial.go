// Package trial is the mathematics of comparing two ways to say something while customers go on writing: estimates whose
// intervals hold however often they are looked at, and a check that customers were divided as they should have been.
//
// Looking at an ordinary 5 % test every day finds a difference where there is none in far more than 5 % of experiments
// (Armitage, McPherson and Rowe 1969). Here an interval is a confidence sequence: the chance that it leaves out the truth
// at any look at all is at most its level. It is the normal mixture of Robbins (1970) on the estimated difference, as the
// mixture sequential probability ratio test of Johari, Pekelis and Walsh (2017) uses it, with the variance estimated from
// the data (asymptotic confidence sequences: Waudby-Smith, Arbour, Sinha, Kennedy and Ramdas 2024). That is exact only as
// samples grow, which is why nothing is decided before Least; the tests of this package simulate what it holds to.
package trial

import "math"

// Sample is what is known of one arm: how many people, and the sum and the sum of squares of their outcomes. Outcomes lie
// between 0 and 1.
type Sample struct {
	N           int
	Sum, Square float64
}

// Add counts one person's outcome, between 0 and 1.
func (s *Sample) Add(outcome float64) {
	s.N++
	s.Sum += outcome
	s.Square += outcome * outcome
}

// Shares makes the Sample of yes among n people who each did something or did not.
func Shares(yes, n int) Sample { return Sample{N: n, Sum: float64(yes), Square: float64(yes)} }

// Mean is the average outcome; 0 of nobody.
func (s Sample) Mean() float64 {
	if s.N == 0 {
		return 0
	}
	return s.Sum / float64(s.N)
}

// variance is of one outcome. Two people more are counted, one at each end of the scale: a few equal outcomes in a row must
// not look like certainty.
func (s Sample) variance() float64 {
	n := float64(s.N) + 2
	mean := (s.Sum + 1) / n
	return math.Max(0, (s.Square+1)/n-mean*mean)
}

const (
	// Least is how many people each arm needs before a difference is believed.
	Least = 50
	// leastEvents is how many outcomes of either end of the scale, over both arms, it needs besides: with fewer, the normal
	// approximation of a rare share is not one.
	leastEvents = 10
	// spread is the difference that the mixture is tuned to: intervals are narrowest, for their level, where the truth is
	// about as far from nothing. It changes how soon something is found, never how often something is found wrongly.
	spread = 0.1
)

// Difference is how much more an arm has than another one.
type Difference struct {
	Value     float64 // of the means
	Low, High float64 // the interval
	Chance    float64 // an always-valid p-value: the least level at which the interval leaves out 0
	Enough    bool    // there are as many people and outcomes as are needed to believe it
}

// Real reports whether the difference is more than chance at the level that it was made with.
func (d Difference) Real() bool { return d.Enough && (d.Low > 0 || d.High < 0) }

// Compare is how much more b has than a. The interval holds at all looks together with a probability of 1−level; of nobody
// it is everything.
func Compare(a, b Sample, level float64) Difference {
	d := Difference{Value: b.Mean() - a.Mean(), Low: -1, High: 1, Chance: 1, Enough: enough(a, b)}
	if a.N == 0 || b.N == 0 {
		return d
	}
	// The estimate as the value at time "information" of a Brownian motion whose drift is the true difference.
	information := 1 / (a.variance()/float64(a.N) + b.variance()/float64(b.N))
	mixed := 1 + spread*spread*information
	half := math.Sqrt(2 * mixed / (spread * spread * information * information) * math.Log(math.Sqrt(mixed)/level))
	d.Low, d.High = math.Max(-1, d.Value-half), math.Min(1, d.Value+half)
	shift := d.Value * information
	d.Chance = math.Min(1, math.Sqrt(mixed)*math.Exp(-spread*spread*shift*shift/(2*mixed)))
	return d
}

func enough(a, b Sample) bool {
	high, low := a.Sum+b.Sum, float64(a.N+b.N)-a.Sum-b.Sum
	return a.N >= Least && b.N >= Least && high >= leastEvents && low >= leastEvents
}

// Needed is about how many people each arm needs until a share that is base in one arm and base+effect in the other is told
// from no difference, in half of all experiments; 0 when the two are the same or no shares.
func Needed(base, effect, level float64) int {
	other := base + effect
	if effect == 0 || base < 0 || base > 1 || other < 0 || other > 1 {
		return 0
	}
	const most = 1 << 30
	low, high := Least, most
	for low < high {
		n := low + (high-low)/2
		d := Compare(expected(base, n), expected(other, n), level)
		if d.Low > 0 || d.High < 0 {
			high = n
		} else {
			low = n + 1
		}
	}
	return low
}

func expected(share float64, n int) Sample {
	return Sample{N: n, Sum: share * float64(n), Square: share * float64(n)}
}
