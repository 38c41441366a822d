package kb

import "huiyin/nlp"

// shippedDecider is what stores without enough golden questions decide by. docs/kb.md says what it was fitted on.
func shippedDecider() decider {
	return decider{
		first:    curve{-3.96, 2.01, 9.98, 2.78, 2.39, 1.61, 0.7, 1.08},
		among:    curve{-3.33, 3.04, 8.83, 0.55, 3.78, 1.54, 0.5, 1.11},
		answerAt: 0.83, offerAt: 0.62,
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
		out.Trace = s.catalog.trace(a, list, out, d)
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
