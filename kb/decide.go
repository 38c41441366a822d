package kb

import (
	"fmt"
	"math"
	"strings"

	"huiyin/nlp"
)

// curve turns the score of the best article and its distance to the runner-up into a probability (logistic
// regression). The defaults were fitted on the sample shop's golden questions, and on questions that it has no article
// for; see docs/kb.md.
type curve struct{ base, score, margin float64 }

func defaultCurve() curve { return curve{base: -3.85, score: 3.75, margin: 8.7} }

func (c curve) confidence(score, margin float64) float64 {
	return 1 / (1 + math.Exp(-(c.base + c.score*score + c.margin*margin)))
}

// Confidence needed to answer, and for the best to be offered among others.
const (
	answerAt  = 0.65
	clarifyAt = 0.20
)

// answer turns ranked articles into hits and a decision.
func (s *Searcher) answer(q Query, a analyzed, list []ranked) Answer {
	limit := q.Limit
	if limit <= 0 {
		limit = 5
	}
	out := Answer{Decision: DecideNothing}
	for i, r := range list[:min(limit, len(list))] {
		next := 0.0
		if i+1 < len(list) {
			next = list[i+1].score
		}
		out.Hits = append(out.Hits, hit(r, s.curve.confidence(r.score, r.score-next), q.Lang))
	}
	if len(out.Hits) > 0 {
		switch top := float64(out.Hits[0].Confidence); {
		case top >= answerAt:
			out.Decision = DecideAnswer
		case top >= clarifyAt:
			out.Decision = DecideClarify
		}
	}
	if q.Explain {
		out.Trace = trace(a, list, out)
	}
	return out
}

func hit(r ranked, confidence float64, lang nlp.Lang) Hit {
	a := r.entry.article
	text := a.Summary
	if text == "" {
		if passages := Passages(a.Body); r.passage < len(passages) {
			text = passages[r.passage].Markdown
		}
	}
	if text == "" {
		text = a.Title
	}
	return Hit{
		Citation: Citation{Article: a.ID, Root: a.Root, Revision: a.Revision, Title: a.Title, Lang: a.Lang, Passage: r.passage},
		Text:     text, Confidence: nlp.Confidence(confidence), Score: r.score,
		OtherLang: lang.Base() != nlp.LangUnknown && a.Lang.Base() != lang.Base(),
	}
}

// named are the parts by name, for people.
func (p parts) named() map[string]float64 {
	m := map[string]float64{"learned": p.learned, "meaning": p.meaning, "body": p.body}
	for k, name := range []string{"words", "pairs", "characters", "pieces"} {
		m[name] = p.overlap[k]
	}
	return m
}

func trace(a analyzed, list []ranked, out Answer) *Trace {
	t := &Trace{Thresholds: [2]float64{answerAt, clarifyAt}, Corrected: a.fixes}
	for _, term := range a.indexTerms(nil, map[string]bool{}) {
		if concept, ok := strings.CutPrefix(term, conceptMark); ok {
			t.Expanded = append(t.Expanded, concept)
			continue
		}
		t.Terms = append(t.Terms, term)
	}
	for _, r := range list[:min(10, len(list))] {
		t.Candidates = append(t.Candidates, Candidate{Article: r.entry.article.ID, Title: r.entry.article.Title,
			First: r.first, Second: r.score, Parts: r.parts.named()})
	}
	switch out.Decision {
	case DecideAnswer:
		t.Reason = fmt.Sprintf("%q is answered: its confidence %.2f reaches %.2f.", out.Hits[0].Title, out.Hits[0].Confidence, answerAt)
	case DecideClarify:
		t.Reason = fmt.Sprintf("The customer is asked: the best confidence %.2f lies between %.2f and %.2f.", out.Hits[0].Confidence, clarifyAt, answerAt)
	default:
		t.Reason = "Nothing is near enough."
	}
	return t
}
