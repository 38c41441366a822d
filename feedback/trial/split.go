package trial

import "math"

// SplitLevel is the level at which a division of people is called wrong: rarely by chance, because what is wrong then is
// the experiment itself.
const SplitLevel = 0.001

// weight is how many imagined people, divided as they should be, the test of a division starts with.
const weight = 100

// Split is the chance that people are divided among arms as unequally as they are although each arm is as likely as every
// other: an always-valid p-value, which may be looked at after each of them. It compares "as likely" with a Dirichlet
// mixture of all other divisions (Lindon and Malek 2022, anytime-valid inference for multinomial count data), and is exact
// for any number of people. 1 with fewer than two arms.
func Split(counts ...int) float64 {
	arms := len(counts)
	if arms < 2 {
		return 1
	}
	share := 1 / float64(arms)
	people, log := 0.0, 0.0 // log of the Bayes factor against "as likely"
	for _, n := range counts {
		people += float64(n)
		log += gamma(weight*share+float64(n)) - gamma(weight*share) - float64(n)*math.Log(share)
	}
	log += gamma(weight) - gamma(weight+people)
	return math.Min(1, math.Exp(-log))
}

func gamma(x float64) float64 {
	l, _ := math.Lgamma(x)
	return l
}
