package kb

import (
	"fmt"
	"strings"

	"huiyin/nlp"
)

// shippedDecider is what stores without enough golden questions decide by. docs/kb.md says what it was fitted on.
func shippedDecider() decider {
	return decider{
		first:    curve{-3.96, 2.01, 9.98, 2.78, 2.39, 1.61, 1.38, 1.08},
		among:    curve{-3.33, 3.04, 8.83, 0.55, 3.78, 1.54, 1.06, 1.11},
		answerAt: 0.83, offerAt: 0.70,
	}
}

// answer turns ranked articles into hits and a decision.
func (s *Searcher) answer(q Query, a analyzed, list []ranked) Answer {
	limit := q.Limit
	if limit <= 0 {
		limit = 5
	}
	var out Answer
	d := s.decider.Load()
	for i, r := range list[:min(limit, len(list))] {
		out.Hits = append(out.Hits, hit(r, d.first.probability(evidenceOf(list, i, len(a.tokens))), q.Lang))
	}
	out.Decision = d.decide(list, len(a.tokens))
	if q.Explain {
		out.Trace = trace(a, list, out, d)
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

func trace(a analyzed, list []ranked, out Answer, d *decider) *Trace {
	t := &Trace{Thresholds: [2]float64{d.answerAt, d.offerAt}, Corrected: a.fixes}
	if len(list) > 0 {
		t.Among = d.among.probability(evidenceOf(list, 0, len(a.tokens)))
	}
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
		t.Reason = fmt.Sprintf("%q is answered: its confidence %.2f reaches %.2f.", out.Hits[0].Title, out.Hits[0].Confidence, d.answerAt)
	case DecideClarify:
		t.Reason = fmt.Sprintf("The customer is asked: the best confidence %.2f is below %.2f, but that one of the first three is right, %.2f, reaches %.2f.",
			out.Hits[0].Confidence, d.answerAt, t.Among, d.offerAt)
	default:
		t.Reason = "Nothing is near enough."
	}
	return t
}
