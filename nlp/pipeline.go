package nlp

import (
	"context"
	"fmt"
)

// Pipeline runs components over texts. It never changes and is safe for concurrent use.
type Pipeline struct{ components []Component }

// NewPipeline makes a pipeline of components, which run in this order.
func NewPipeline(components ...Component) *Pipeline {
	return &Pipeline{components: append([]Component(nil), components...)}
}

// Components is the list that the pipeline runs.
func (p *Pipeline) Components() []Component { return append([]Component(nil), p.components...) }

// Analyze runs every component over Clean(text). An error names the component that is broken; the Analysis then
// holds what the components before it found. A cancelled context is an error.
func (p *Pipeline) Analyze(ctx context.Context, text string) (Analysis, error) {
	a := Analysis{
		Text:      Clean(text),
		Lang:      LangUnknown,
		Intent:    Intent{Name: IntentNone},
		Sentiment: Sentiment{Polarity: Neutral},
		Entities:  []Entity{},
		PII:       []PII{},
	}
	for _, c := range p.components {
		if err := ctx.Err(); err != nil {
			return a, err
		}
		if err := c.Annotate(ctx, &a); err != nil {
			return a, fmt.Errorf("nlp: %s: %w", c.Name(), err)
		}
	}
	a.folded = Folded{}
	return a, nil
}
