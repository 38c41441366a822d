package intent

import (
	"context"
	"sync/atomic"

	"huiyin/nlp"
)

// Component writes the intent of a text into its Analysis. Its model is exchanged while it runs, so that the bot
// learns new examples without a pause. The zero Component has no model and finds IntentNone.
type Component struct {
	model atomic.Pointer[Model]
}

var _ nlp.Component = (*Component)(nil)

// Name is the component's name in the pipeline.
func (*Component) Name() string { return "intent" }

// Use makes the component read texts by m from now on; nil takes the model away.
func (c *Component) Use(m *Model) { c.model.Store(m) }

// Model is the model in use, or nil.
func (c *Component) Model() *Model { return c.model.Load() }

// Annotate sets Intent, Ranking and Ambiguous from the tokens. A text that turns out to be pinyin is Chinese, whatever
// its letters looked like: who writes "wo yao tuikuan" wants a Chinese answer.
func (c *Component) Annotate(ctx context.Context, a *nlp.Analysis) error {
	a.Intent, a.Ranking, a.Ambiguous = nlp.Intent{Name: nlp.IntentNone}, nil, false
	m := c.model.Load()
	if m == nil {
		return ctx.Err()
	}
	r := m.Rank(a.Tokens)
	a.Intent, a.Ranking, a.Ambiguous = r.Intent, r.Ranking, r.Ambiguous
	if r.Pinyin {
		a.Lang, a.Mixed = nlp.LangChinese, false
	}
	return ctx.Err()
}
