package sentiment

import "math"

// denseCount is the number of dense features: what the rules found, as numbers between about -1 and 1.
const denseCount = 18

func denseFeatures(r *reading, out *[denseCount]float64) {
	all := r.good + r.bad + 1
	*out = [denseCount]float64{
		squash(r.sum),
		math.Tanh(r.sum / 2),
		squash(r.last),
		math.Tanh(r.strongest / 3),
		r.good / all,
		r.bad / all,
		capped(r.negated, 3),
		flag(r.wish),
		flag(r.hope),
		flag(r.contrast),
		flag(r.sarcasm),
		capped(r.questions, 2),
		capped(r.exclaims, 3),
		capped(r.caps, 3),
		flag(r.hits == 0),
		math.Min(math.Log1p(float64(r.hits))/2, 1),
		math.Min(math.Log1p(float64(r.han+r.word))/5, 1),
		flag(r.asks),
	}
}

// secondCount is the number of inputs of the second, logistic model.
const secondCount = 17

// secondFeatures are what each head's logistic model looks at.
func secondFeatures(mg *margins, r *reading, out *[heads][secondCount]float64) {
	p, n := mg.of[headPolar], mg.of[headNeutral]
	rule, net := squash(r.sum), mg.net
	long := math.Min(math.Log1p(float64(r.han+r.word))/5, 1)
	votes, best, worst, first, last := mg.clauses.opinion()
	out[headPolar] = [secondCount]float64{
		p, rule, p * long, rule * long, squash(r.last), math.Tanh(p), votes, best, worst, first, last, flag(r.hits == 0), long,
		net, math.Tanh(net), net * long, 1,
	}
	out[headNeutral] = [secondCount]float64{
		n, math.Abs(p), math.Abs(rule), p, rule, n * long, math.Abs(votes), best, worst, best - worst, flag(r.asks), flag(r.hits == 0), long,
		net, math.Abs(net), math.Abs(net) * long, 1,
	}
}

func flag(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func capped(n, most int) float64 { return float64(min(n, most)) / float64(most) }
