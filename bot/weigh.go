package bot

import (
	"context"
	"fmt"
	"slices"

	"huiyin/kb"
	"huiyin/nlp"
)

// How sure an intent must be, as calibrated confidences (docs/dialogue.md has what they were measured with). Training's
// own threshold only says that a message is like the examples; it does not know what else the articles answer.
const (
	intentSure   = 0.97 // acts alone: the articles are not asked
	intentTaken  = 0.8  // acts although other articles are near
	intentBacked = 0.5  // acts when its own article is among those found, or it has none and none is near; small talk too
	intentAgrees = 0.6  // acts when its own article is the nearest and the two confidences make this much
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
	if spec != nil && outweighs(spec, confidence, found) {
		t.decided(5, ActIntent, "intent_backed", spec.Name)
		t.remember(found.Hits)
		t.in.Decision.Confidence = confidence
		return t.respond(ctx, spec)
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
	own := spec.Article != "" && slices.ContainsFunc(found.Hits, func(h kb.Hit) bool { return h.Root == spec.Article })
	nearest := own && found.Hits[0].Root == spec.Article
	switch {
	case found.Decision == kb.DecideAnswer && len(found.Hits) > 0:
		return !nearest && confidence >= intentTaken && confidence > found.Hits[0].Confidence
	case confidence >= intentTaken, own && confidence >= intentBacked:
		return true
	case found.Decision == kb.DecideClarify:
		return nearest && confidence+found.Hits[0].Confidence >= intentAgrees
	}
	return spec.Article == "" && confidence >= intentBacked
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
