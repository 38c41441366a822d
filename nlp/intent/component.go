package intent

import (
	"context"
	"sync/atomic"

	"huiyin/nlp"
)

// Component writes the intent of a text into its Analysis. Its model is exchanged while it runs, so that the bot
// learns new examples without a pause. The zero Component has no model and finds IntentNone.
type Component struct {
	in atomic.Pointer[reader]
}

// reader is a model with what its texts are cut by.
type reader struct {
	model *Model
	join  func([]nlp.Token) []nlp.Token // nil: tokens are read as they come
}

var _ nlp.Component = (*Component)(nil)

// Name is the component's name in the pipeline.
func (*Component) Name() string { return "intent" }

// Use makes the component read texts by m from now on; nil takes the model away.
func (c *Component) Use(m *Model) { c.UseJoined(m, nil) }

// UseJoined is Use for a model whose Tokenizer of training joined tokens of the pipeline's, such as words that an editor has
// taught: join does the same to a text's tokens before they are read. It must leave the slice as it is, and be safe for
// concurrent use.
func (c *Component) UseJoined(m *Model, join func([]nlp.Token) []nlp.Token) {
	c.in.Store(&reader{m, join})
}

// Model is the model in use, or nil.
func (c *Component) Model() *Model {
	if in := c.in.Load(); in != nil {
		return in.model
	}
	return nil
}

// Annotate sets Intent, Ranking and Ambiguous from the tokens. A text that turns out to be pinyin is Chinese, whatever
// its letters looked like: who writes "wo yao tuikuan" wants a Chinese answer.
func (c *Component) Annotate(ctx context.Context, a *nlp.Analysis) error {
	a.Intent, a.Ranking, a.Ambiguous = nlp.Intent{Name: nlp.IntentNone}, nil, false
	in := c.in.Load()
	if in == nil || in.model == nil {
		return ctx.Err()
	}
	tokens := a.Tokens
	if in.join != nil {
		tokens = in.join(tokens)
	}
	r := in.model.Rank(tokens)
	a.Intent, a.Ranking, a.Ambiguous = r.Intent, r.Ranking, r.Ambiguous
	if r.Pinyin {
		a.Lang, a.Mixed = nlp.LangChinese, false
	}
	return ctx.Err()
}
