package kb

import (
	"context"
	"fmt"

	"huiyin/nlp"
)

// Attunement is how high a store without curves of its own sets the border of answers, by what its customers ask.
type Attunement struct {
	Asked    int     // questions that say something: not those that are a wording word for word
	Share    float64 // of them, how many have the right article first, as far as confidences tell without an answer key
	AnswerAt float64 // the border; the shipped one where customers ask what articles say as often as usual
}

// Constants of attuning: docs/measured/kb.md says what they were chosen by.
const (
	// leastAsked is how many questions it takes.
	leastAsked = 50
	// usualShare is the share of right ones among the questions that the shipped curves were set by, as they see it.
	usualShare = 0.775
	// usualAsked is as how many questions of the usual kind what is known beforehand counts.
	usualAsked  = 10.0
	attuneSteps = 500
)

// Attune sets the border of answers by questions that customers asked, of which nobody needs to know the right article. The
// shipped curves take it that the right article is as often the first as with the questions they were set by; where customers
// ask in quite other words, or much that no article answers, that is too daring. How often it is the first here is estimated
// from the confidences themselves (Saerens, Latinne and Decaestecker, "Adjusting the outputs of a classifier to new a priori
// probabilities", Neural Computation 2002), and the border is raised accordingly; it never falls. A store with curves of its
// own, a large one, and one with fewer than fifty such questions do without.
func (s *Searcher) Attune(ctx context.Context, asked []Query) (Attunement, error) {
	shipped := shippedDecider(true)
	out := Attunement{AnswerAt: shipped.answerAt}
	if s.own.Load() != nil || !s.catalog.small() {
		s.attuned.Store(nil)
		return out, nil
	}
	var sure []float64
	for _, q := range asked {
		a := analyze(s.tok, q.Text, q.Tokens)
		lang := q.Lang
		if lang.Base() == nlp.LangUnknown {
			lang = guessLang(q.Text)
		}
		list, err := s.find(ctx, a, lang, "")
		if err != nil {
			return out, fmt.Errorf("kb: attune: %w", err)
		}
		if len(list) > 0 && !list[0].parts.exact {
			sure = append(sure, shipped.first.probability(evidenceOf(list, 0, len(a.tokens))))
		}
	}
	out.Asked = len(sure)
	if out.Asked < leastAsked {
		s.attuned.Store(nil)
		return out, nil
	}
	out.Share = rightShare(sure)
	out.AnswerAt = raised(shipped.answerAt, out.Share)
	s.attuned.Store(&out)
	return out, nil
}

// odds are how much likelier the first article is right where a share of them is, compared with what is usual.
func odds(share float64) float64 { return share / (1 - share) * (1 - usualShare) / usualShare }

// rightShare is the share of right ones among questions under which their confidences are likeliest (expectation maximisation).
func rightShare(sure []float64) float64 {
	share := usualShare
	for range attuneSteps {
		k, sum := odds(share), usualAsked*usualShare
		for _, p := range sure {
			sum += k * p / (k*p + 1 - p)
		}
		next := min(sum/(usualAsked+float64(len(sure))), 0.999)
		if next-share < 1e-6 && share-next < 1e-6 {
			break
		}
		share = next
	}
	return share
}

// raised is the confidence that means as much where a share of questions has the right article first as a border does usually; at
// least that border.
func raised(border, share float64) float64 {
	k := min(1, odds(share))
	return border / (border + k*(1-border))
}
