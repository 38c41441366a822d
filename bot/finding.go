package bot

import (
	"context"
	"errors"

	"huiyin/kb"
)

// finding is an answer that the bot is sure of.
type finding struct {
	text      string // with its source
	said      string // for Conversation.Said
	label     string // of FactAnswer
	detail    string // for the decision: the article or the intent
	citations []kb.Citation
	variant   *Variant  // of text, when she takes part in an experiment
	form      *FormSpec // to be filled in for it instead of a text; nil: text is the answer
}

// sureAnswer is what the bot would answer to a part without asking back; nil: it is not sure, or what follows is no answer.
func (t *turn) sureAnswer(ctx context.Context, p part) (*finding, error) {
	spec, confidence := t.intentOf(p.a)
	if p.a.Ambiguous {
		spec = nil
	}
	if spec != nil && (spec.SmallTalk || spec.Handoff) {
		return nil, nil
	}
	clear := spec != nil && (spec.Threshold > 0 || confidence >= intentSure)
	if !clear {
		found, err := t.lookUpText(ctx, p.text, p.a)
		told := t.d.told(p.text)
		switch {
		case err != nil:
			return nil, err
		case told != nil && !told.yields(spec, confidence, found):
			return nil, nil
		case spec != nil && outweighs(spec, confidence, found):
		case found.Decision == kb.DecideAnswer && len(found.Hits) > 0:
			hit, err := t.fitting(ctx, p.text, found.Hits[0])
			if err != nil {
				return nil, err
			}
			return t.knownHit(ctx, hit), nil
		default:
			return t.knownArticle(ctx, t.insteadNear(p.text, p.a, found))
		}
	}
	return t.knownIntent(ctx, spec, p)
}

// knownIntent is what an intent that is sure leads to.
func (t *turn) knownIntent(ctx context.Context, spec *IntentSpec, p part) (*finding, error) {
	label := "intent:" + spec.Name
	switch {
	case spec.Form != "":
		return &finding{form: t.d.form(spec.Form), label: label, said: label, detail: spec.Name}, nil
	case spec.Article != "" && t.b.cfg.Library != nil:
		return t.knownArticle(ctx, t.instead(p.text, spec.Article))
	case len(spec.Reply) > 0:
		alternatives := spec.Reply[t.lang]
		return &finding{text: alternatives[choose(string(t.in.ID), len(alternatives))], label: label, said: label + "#" + string(t.lang), detail: spec.Name}, nil
	}
	return nil, nil
}

// knownArticle is an article as a finding; nil when it is not there.
func (t *turn) knownArticle(ctx context.Context, root kb.RootID) (*finding, error) {
	if root == "" {
		return nil, nil
	}
	hit, err := t.read(ctx, root)
	if errors.Is(err, kb.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return t.knownHit(ctx, hit), nil
}

// knownHit is a hit with its source, in the words of the customer's arm when an experiment is about it.
func (t *turn) knownHit(ctx context.Context, hit kb.Hit) *finding {
	variant := t.vary(ctx, articleKey(hit.Article), hit.Lang, &hit.Text)
	text := hit.Text + "\n\n" + t.say("source", "title", hit.Title)
	if hit.OtherLang {
		text = t.say("other_lang") + "\n\n" + text
	}
	label := "article:" + string(hit.Article)
	return &finding{text: text, label: label, said: label + "#" + digest(hit.Text)[:8], detail: string(hit.Root),
		citations: []kb.Citation{hit.Citation}, variant: variant}
}
