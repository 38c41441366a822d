package intent

import (
	"cmp"
	"math"
	"slices"

	"huiyin/nlp"
)

// Result is the reading of one text.
type Result struct {
	Intent    nlp.Intent     // the best of Ranking, or IntentNone with the confidence that it is out of scope
	Ranking   nlp.Ranking    // the best first; confidences are calibrated and sum to InScope at most
	InScope   nlp.Confidence // the probability that any intent explains the text
	Ambiguous bool           // the runner-up is close: ask
	Pinyin    bool           // it was read as Chinese that is written in Latin letters
}

// Best is the likeliest intent with nothing rejected; IntentNone only where no intent has anything in common with the text.
func (r Result) Best() string {
	if len(r.Ranking) == 0 {
		return nlp.IntentNone
	}
	return r.Ranking[0].Name
}

// ambiguousRatio: a runner-up with at least this share of the best one's confidence is close.
const ambiguousRatio = 0.5

// Rank reads a text that has been tokenised by the Tokenizer of training.
func (m *Model) Rank(tokens []nlp.Token) Result {
	sc := m.pool.get()
	defer m.pool.put(sc)
	tokens = longhand(tokens)
	read := m.speller.repair(tokens)
	pinyin := mostlyHan(read) && !mostlyHan(tokens) || m.speller.spelledOut(tokens)
	tokens = read
	sc.enc.encode(tokens, &sc.x)
	if len(sc.x.at) == 0 && !slices.ContainsFunc(sc.x.dense, func(f float32) bool { return f != 0 }) { // nothing that training has ever seen
		return Result{Intent: nlp.Intent{Name: nlp.IntentNone, Confidence: 1}}
	}
	m.linear.score(&sc.x, sc.score)
	score, inside := m.linear.split(sc.score)
	e := weigh(score, m.temper, float64(sc.x.known), len(tokens))
	e.inside = inside
	in := m.gate.inScope(e)
	if m.net != nil && e.prob < netAsked { // it tells intents apart, and never learned what is none
		blend(score, m.net.score(tokens, &sc.net), m.net.lead, m.temper)
		e = weigh(score, m.temper, e.known, len(tokens))
	}
	r := Result{InScope: nlp.Confidence(in), Ranking: m.ranking(sc, score, e, in), Pinyin: pinyin}
	best := r.Ranking[0]
	c, _ := slices.BinarySearch(m.linear.labels, best.Name)
	if in < m.thresholds[c] {
		r.Intent = nlp.Intent{Name: nlp.IntentNone, Confidence: nlp.Confidence(1 - in)}
		return r
	}
	r.Intent = best
	r.Ambiguous = len(r.Ranking) > 1 && float64(r.Ranking[1].Confidence) >= ambiguousRatio*float64(best.Confidence)
	return r
}

// mostlyHan reports whether most words of a text are Chinese.
func mostlyHan(tokens []nlp.Token) bool {
	han, latin := 0, 0
	for _, t := range tokens {
		switch {
		case isHan(t.Text):
			han++
		case isLatin(t.Text):
			latin++
		}
	}
	return han > latin
}

func (m *Model) ranking(sc *scratch, score []float32, e evidence, in float64) nlp.Ranking {
	order := append(sc.order[:0], 0)[:0]
	for c := range score {
		i := len(order)
		if i == nlp.RankingSize && score[c] <= score[order[i-1]] {
			continue
		}
		at, _ := slices.BinarySearchFunc(order, score[c], func(o int, s float32) int {
			if score[o] >= s {
				return -1
			}
			return cmp.Compare(s, score[o])
		})
		if i < nlp.RankingSize {
			order = append(order, 0)
		}
		copy(order[at+1:], order[at:])
		order[at] = c
	}
	sc.order = order
	out := make(nlp.Ranking, len(order))
	for i, c := range order {
		p := e.prob * math.Exp(m.temper*(float64(score[c])-e.top))
		out[i] = nlp.Intent{Name: m.linear.labels[c], Confidence: nlp.Confidence(in * p)}
	}
	return out
}
