package kb

import (
	"cmp"
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
)

// What an outcome is judged by. A curve turns it into a probability by logistic regression. A store with enough golden
// questions gets curves of its own: they start from the shipped ones and move as far as its questions say. The borders
// are set on questions that were not used for the curve that judges them (cross-validation).

const (
	// leastGolden is how many golden questions a store needs for curves of its own.
	leastGolden = 50
	// mostGolden bounds the work; of more, some at even distances are taken.
	mostGolden = 2000
	// Shares that must be right of what is answered, and of what is offered.
	answerRight, offerRight = 0.95, 0.90
	// A golden question counts once more with its own article left out: as one that must not be answered, and must not be
	// offered anything, which is less of a nuisance.
	unansweredWeight, unofferedWeight = 0.08, 0.03
	// priorWeight is by how much the shipped curve holds a store's own back, in questions.
	priorWeight = 2.0
	folds       = 5
	newtonSteps = 30
)

// evidence is what is known of one article of an outcome: a constant, its score, the distance to the best of the others,
// that distance as a share of the score, the distance of the second to the fourth, the likeness of the wording,
// whether it was found across the languages, and how long the question is.
type evidence [8]float64

// evidenceOf judges the i-th article of a list.
func evidenceOf(list []ranked, i, words int) evidence {
	score := func(k int) float64 {
		if k < len(list) {
			return list[k].score
		}
		return 0
	}
	rival := 0
	if i == 0 {
		rival = 1
	}
	e := evidence{1, score(i), score(i) - score(rival), 0, score(1) - score(3), list[i].likeness, 0, float64(min(words, 12)) / 12}
	if e[1] > 0 {
		e[3] = max(-1, e[2]/e[1])
	}
	if list[i].foreign {
		e[6] = 1
	}
	return e
}

// curve holds the weights of evidence.
type curve evidence

func (c curve) probability(e evidence) float64 {
	z := 0.0
	for k, w := range c {
		z += w * e[k]
	}
	return 1 / (1 + math.Exp(-z))
}

// Calibration is how well a store's decisions can be trusted, by its own golden questions, each judged by curves that
// were made without it.
type Calibration struct {
	Golden       int     `json:"golden"` // questions
	Own          bool    `json:"own"`    // the curves are the store's own; else the shipped ones
	First        int     `json:"first"`  // questions whose article came first, whatever the decision
	Answered     int     `json:"answered"`
	AnswerRight  int     `json:"answer_right"`
	Offered      int     `json:"offered"`
	OfferedRight int     `json:"offered_right"`
	AnswerAt     float64 `json:"answer_at"`
	OfferAt      float64 `json:"offer_at"`
}

// example is one question with what came of it.
type example struct {
	evidence     evidence
	first, among bool
	fold         int
	golden       bool // the question as it was asked; else with its own article left out
}

// firstWeight is what an example counts for an answer.
func (x example) firstWeight() float64 {
	if x.golden {
		return 1
	}
	return unansweredWeight
}

// amongWeight is what it counts for an offer.
func (x example) amongWeight() float64 {
	if x.golden {
		return 1
	}
	return unofferedWeight
}

// Calibrate asks the golden questions of the published articles and sets the borders of decisions by them. A question
// that is a wording of its article is asked as if it were not. With fewer than fifty the shipped borders are kept.
func (s *Searcher) Calibrate(ctx context.Context) (Calibration, error) {
	s.catalog.mu.RLock()
	var articles []Article
	for _, e := range s.catalog.sorted() {
		articles = append(articles, *e.article)
	}
	s.catalog.mu.RUnlock()
	golden := Goldens(articles)
	if n := len(golden); n > mostGolden {
		for i := range mostGolden {
			golden[i] = golden[i*n/mostGolden]
		}
		golden = golden[:mostGolden]
	}
	var list []example
	for _, g := range golden {
		more, err := s.examine(ctx, g)
		if err != nil {
			return Calibration{}, fmt.Errorf("kb: calibrate: %w", err)
		}
		list = append(list, more...)
	}
	shipped := shippedDecider(s.catalog.small())
	out := judge(list, func(int) *decider { return &shipped })
	out.Golden = len(golden)
	if len(golden) < leastGolden {
		s.own.Store(nil)
		return out, nil
	}
	d, out := calibrate(list, &shipped)
	out.Golden, out.Own = len(golden), true
	s.own.Store(d)
	return out, nil
}

// recalibrate calibrates in the background, where that is wanted.
func (s *Searcher) recalibrate() {
	if !s.calibrates {
		return
	}
	s.uncalibrated.Store(true)
	s.work.Go(func() {
		for s.uncalibrated.Load() && s.calibrating.TryLock() {
			s.uncalibrated.Store(false)
			c, err := s.Calibrate(s.background)
			s.calibrating.Unlock()
			switch {
			case err == nil:
				s.log.Info("kb: calibrated", "golden", c.Golden, "own", c.Own, "answered", c.Answered, "right", c.AnswerRight)
			case s.background.Err() != nil:
				return
			default:
				s.log.Warn("kb: calibration failed; the borders stay as they were", "error", err)
			}
		}
	})
}

// examine asks one golden question.
func (s *Searcher) examine(ctx context.Context, g Golden) ([]example, error) {
	a := analyze(s.tok, g.Question, nil)
	list, err := s.find(ctx, a, g.Lang, a.key)
	if err != nil {
		return nil, err
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(g.Question)) // a hash does not fail
	fold := int(h.Sum32() % folds)
	var out []example
	if len(list) > 0 {
		at := slices.IndexFunc(list, func(r ranked) bool { return r.entry.article.Root == g.Root })
		out = append(out, example{evidenceOf(list, 0, len(a.tokens)), at == 0, at >= 0 && at < offered, fold, true})
	}
	others := slices.DeleteFunc(list, func(r ranked) bool { return r.entry.article.Root == g.Root })
	if len(others) > 0 {
		out = append(out, example{evidenceOf(others, 0, len(a.tokens)), false, false, fold, false})
	}
	return out, nil
}

// calibrate makes a decider from examples, and says how one that is made in the same way does on questions that it has
// not seen.
func calibrate(list []example, from *decider) (*decider, Calibration) {
	var byFold [folds]*decider
	for k := range byFold {
		byFold[k] = fitDecider(list, from, func(x example) bool { return x.fold != k })
	}
	whole := fitDecider(list, from, func(example) bool { return true })
	// The borders are set by probabilities of questions that the curve has not seen.
	type judged struct {
		example
		first, among float64
	}
	var all []judged
	for _, x := range list {
		d := byFold[x.fold]
		all = append(all, judged{x, d.first.probability(x.evidence), d.among.probability(x.evidence)})
	}
	slices.SortStableFunc(all, func(a, b judged) int { return cmp.Compare(b.first, a.first) })
	whole.answerAt = border(len(all), answerRight, from.answerAt, func(i int) (p, weight float64, right bool) {
		return all[i].first, all[i].firstWeight(), all[i].example.first
	})
	all = slices.DeleteFunc(all, func(x judged) bool { return x.first >= whole.answerAt })
	slices.SortStableFunc(all, func(a, b judged) int { return cmp.Compare(b.among, a.among) })
	whole.offerAt = border(len(all), offerRight, from.offerAt, func(i int) (p, weight float64, right bool) {
		return all[i].among, all[i].amongWeight(), all[i].example.among
	})
	return whole, judge(list, func(fold int) *decider {
		d := *byFold[fold]
		d.answerAt, d.offerAt = whole.answerAt, whole.offerAt
		return &d
	})
}

// border is the lowest probability from which a share of n outcomes, the likeliest first, is right; otherwise when there
// is none that at least ten outcomes speak for.
func border(n int, share, otherwise float64, at func(i int) (p, weight float64, right bool)) float64 {
	const enough = 10.0
	all, right := 0.0, 0.0
	for i := range n {
		p, weight, ok := at(i)
		all += weight
		if ok {
			right += weight
		}
		if all >= enough && right >= share*all {
			otherwise = p
		}
	}
	return otherwise
}

// judge counts what a decider, which may depend on the fold, makes of the golden questions.
func judge(list []example, by func(fold int) *decider) Calibration {
	var c Calibration
	for _, x := range list {
		if !x.golden {
			continue
		}
		d := by(x.fold)
		c.AnswerAt, c.OfferAt = d.answerAt, d.offerAt
		if x.first {
			c.First++
		}
		switch {
		case d.first.probability(x.evidence) >= d.answerAt:
			c.Answered++
			if x.first {
				c.AnswerRight++
			}
		case d.among.probability(x.evidence) >= d.offerAt:
			c.Offered++
			if x.among {
				c.OfferedRight++
			}
		}
	}
	return c
}

// fitDecider makes the curves of a decider from some examples; the borders are those of the one it starts from.
func fitDecider(list []example, from *decider, take func(example) bool) *decider {
	d := *from
	d.first = fitCurve(list, from.first, take, example.firstWeight, func(x example) bool { return x.first })
	d.among = fitCurve(list, from.among, take, example.amongWeight, func(x example) bool { return x.among })
	return &d
}

// sample is an example as one curve sees it.
type sample struct {
	evidence evidence
	right    float64 // 1 or 0
	weight   float64
}

// fitCurve is logistic regression by Newton's method, held near a curve by a Gaussian prior.
func fitCurve(list []example, near curve, take func(example) bool, weight func(example) float64, right func(example) bool) curve {
	var samples []sample
	for _, x := range list {
		if !take(x) {
			continue
		}
		s := sample{evidence: x.evidence, weight: weight(x)}
		if right(x) {
			s.right = 1
		}
		samples = append(samples, s)
	}
	c, loss := near, lossOf(samples, near, near)
	for range newtonSteps {
		step := newton(samples, c, near)
		size := 1.0
		next := c
		for ; size > 1e-4; size /= 2 { // a whole step may lead too far
			for k := range next {
				next[k] = c[k] + size*step[k]
			}
			if l := lossOf(samples, next, near); l < loss-1e-9 {
				c, loss = next, l
				break
			}
		}
		if size <= 1e-4 {
			break
		}
	}
	return c
}

// lossOf is the negative logarithm of the likelihood of samples and of a curve.
func lossOf(samples []sample, c, near curve) float64 {
	loss := 0.0
	for k := range c {
		loss += priorWeight / 2 * (c[k] - near[k]) * (c[k] - near[k])
	}
	for _, s := range samples {
		p := c.probability(s.evidence)
		loss -= s.weight * math.Log(max(1e-12, s.right*p+(1-s.right)*(1-p)))
	}
	return loss
}

// newton is the step towards the least loss as if that were a parabola.
func newton(samples []sample, c, near curve) [len(evidence{})]float64 {
	var grad [len(evidence{})]float64
	var hess [len(evidence{})][len(evidence{})]float64
	for k := range grad {
		grad[k] = -priorWeight * (c[k] - near[k])
		hess[k][k] = priorWeight
	}
	for _, s := range samples {
		p := c.probability(s.evidence)
		for k, e := range s.evidence {
			grad[k] += s.weight * (s.right - p) * e
			for j, f := range s.evidence {
				hess[k][j] += s.weight * p * (1 - p) * e * f
			}
		}
	}
	return solve(hess, grad)
}

// solve solves a system of linear equations whose matrix is positive definite.
func solve(m [len(evidence{})][len(evidence{})]float64, v [len(evidence{})]float64) [len(evidence{})]float64 {
	n := len(v)
	for i := range n {
		for j := i + 1; j < n; j++ {
			f := m[j][i] / m[i][i]
			for k := i; k < n; k++ {
				m[j][k] -= f * m[i][k]
			}
			v[j] -= f * v[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for k := i + 1; k < n; k++ {
			v[i] -= m[i][k] * v[k]
		}
		v[i] /= m[i][i]
	}
	return v
}
