package kb

import "huiyin/nlp"

// shippedDecider is what stores without enough golden questions decide by: small ones, whose scores have a part more (see
// nearness), and large ones. docs/measured/kb.md says what they were fitted on.
func shippedDecider(small bool) decider {
	if small {
		return decider{
			first:    curve{-3.52, 1.32, 9.76, 2.80, 2.39, 1.78, 0.7, 0.93},
			among:    curve{-2.95, 2.60, 8.78, 0.62, 4.09, 1.66, 0.5, 1.21},
			answerAt: 0.89, offerAt: 0.76,
		}
	}
	return decider{
		first:    curve{-3.96, 2.01, 9.98, 2.78, 2.39, 1.61, 0.7, 1.08},
		among:    curve{-3.33, 3.04, 8.83, 0.55, 3.78, 1.54, 0.5, 1.11},
		answerAt: 0.83, offerAt: 0.62,
	}
}

// decides is what the store decides by: its own curves, or the shipped ones.
func (s *Searcher) decides() *decider {
	if own := s.own.Load(); own != nil {
		return own
	}
	d := shippedDecider(s.catalog.small())
	return &d
}

// answer turns ranked articles into hits and a decision.
func (s *Searcher) answer(q Query, a analyzed, list []ranked) Answer {
	limit := q.Limit
	if limit <= 0 {
		limit = 5
	}
	var out Answer
	d := s.decides()
	for i, r := range list[:min(limit, len(list))] {
		out.Hits = append(out.Hits, hit(r, d.first.probability(evidenceOf(list, i, len(a.tokens))), q.Lang))
	}
	out.Decision, out.Among = d.decide(list, len(a.tokens)), d.amongFirst(list, len(a.tokens))
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
