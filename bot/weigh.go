package bot

import (
	"context"
	"fmt"
	"math"
	"slices"

	"huiyin/kb"
	"huiyin/nlp"
)

// How sure an intent must be, as calibrated confidences (docs/dialogue.md has what they were measured with). Training's
// own threshold only says that a message is like the examples; it does not know what else the articles answer.
const (
	intentSure   = 0.97 // acts alone: the articles are not asked
	intentTaken  = 0.8  // acts although articles are near, when it leads to none
	intentBacked = 0.5  // acts when it leads to no article and none is near; small talk too
	intentBorne  = 0.6  // its article is shown when it is this likely by what the articles say, too: see borneOut
	intentOption = 0.2  // is worth a button
)

// weigh lets the articles and an intent that is not sure of itself bear each other out: a confident answer wins unless
// the intent is surer, and what neither is sure of is asked back.
func (t *turn) weigh(ctx context.Context, spec *IntentSpec, confidence nlp.Confidence) error {
	if t.a.Ambiguous {
		spec = nil
	}
	found, err := t.lookUp(ctx)
	switch {
	case err != nil && spec != nil && confidence >= intentTaken: // an intent needs no search
		found = kb.Answer{}
	case err != nil:
		return err
	}
	if told := t.d.told(t.in.Text); told != nil && !told.yields(spec, confidence, found) {
		return t.tell(ctx, told, found)
	}
	if done, err := t.goesOnAbout(ctx, spec, confidence, found); done || err != nil {
		return err
	}
	if spec != nil && outweighs(spec, confidence, found) {
		t.decided(5, ActIntent, "intent_backed", spec.Name)
		t.remember(found.Hits)
		t.in.Decision.Confidence = confidence
		return t.respond(ctx, spec)
	}
	if found.Decision != kb.DecideAnswer && (spec == nil || confidence < intentTaken) {
		if done, err := t.clearClause(ctx); done || err != nil {
			return err
		}
		if done, err := t.inPlainWords(ctx); done || err != nil {
			return err
		}
	}
	options := t.rivals()
	if spec != nil && confidence >= intentOption && !spec.SmallTalk && found.Decision != kb.DecideAnswer {
		options = []Button{{Title: spec.Title[t.lang], Action: "intent:" + spec.Name}}
		own := func(h kb.Hit) bool { return spec.Article != "" && h.Root == spec.Article }
		found.Hits = slices.DeleteFunc(slices.Clone(found.Hits), own) // not twice
	}
	return t.pick(ctx, found, options)
}

// outweighs reports whether an intent counts for more than what the search found.
func outweighs(spec *IntentSpec, confidence nlp.Confidence, found kb.Answer) bool {
	switch {
	case found.Decision == kb.DecideAnswer && len(found.Hits) > 0:
		return found.Hits[0].Root != spec.Article && confidence >= intentTaken && confidence > found.Hits[0].Confidence
	case spec.Article != "":
		return borneOut(spec, confidence, found.Hits) >= intentBorne
	case confidence >= intentTaken:
		return true
	}
	return found.Decision == kb.DecideNothing && confidence >= intentBacked
}

// borneOut is how likely an intent's article is the right one when the search is not sure of any: a logistic curve of how sure the
// intent is, how sure the search is of that article, and of the best other one. docs/dialogue.md says what it was fitted on.
func borneOut(spec *IntentSpec, confidence nlp.Confidence, hits []kb.Hit) float64 {
	var own, rival nlp.Confidence
	for _, h := range hits {
		if h.Root == spec.Article {
			own = h.Confidence
		} else {
			rival = max(rival, h.Confidence)
		}
	}
	z := -0.35 + 0.55*logOdds(confidence) + 0.12*logOdds(own) - 0.57*logOdds(rival)
	return 1 / (1 + math.Exp(-z))
}

// logOdds are the logarithm of the odds of a confidence; one that is nearly 0 or 1 counts as one in a hundred, or all but one.
func logOdds(c nlp.Confidence) float64 {
	p := float64(max(0.01, min(0.99, c)))
	return math.Log(p / (1 - p))
}

// lookUp asks the knowledge base about the message.
func (t *turn) lookUp(ctx context.Context) (kb.Answer, error) {
	return t.lookUpText(ctx, t.in.Text, t.a)
}

// lookUpText asks the knowledge base about an analysed text.
func (t *turn) lookUpText(ctx context.Context, text string, a nlp.Analysis) (kb.Answer, error) {
	q := kb.Query{Text: text, Lang: t.lang, Tokens: a.Tokens, Limit: maxOptions}
	if len(q.Text) > searchedBytes {
		q.Text, q.Tokens = cut(q.Text, searchedBytes), nil
	}
	found, err := t.b.cfg.Retriever.Search(ctx, q)
	if err != nil {
		return kb.Answer{}, fmt.Errorf("%w: %w", errSearch, err)
	}
	found.Hits = found.Hits[:min(len(found.Hits), maxOptions)]
	return found, nil
}
