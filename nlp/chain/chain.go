// Package chain is the one list of the components that make up an Analysis.
package chain

import (
	"context"
	"fmt"
	"io/fs"

	"huiyin/nlp"
	"huiyin/nlp/intent"
	"huiyin/nlp/sentiment"
)

// Options says what a Chain is made of.
type Options struct {
	Data      fs.FS  // what ships with the program, rooted like the data folder: dict/, lexicon/, …
	UnpackDir string // where the dictionaries may be unpacked; created if missing
	Sentiment sentiment.Options
}

// Chain is a pipeline with everything in it, ready to analyse. It is safe for concurrent use.
type Chain struct {
	*nlp.Pipeline
	Tokenizer *nlp.Tokenizer
	Intent    *intent.Component // has no model until Intent.Use gives it one
}

// New loads every component. Close frees what they hold.
func New(o Options) (*Chain, error) {
	tok, err := nlp.NewTokenizer(o.Data, o.UnpackDir)
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	scorer, err := sentiment.Load(o.Data)
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	feeling, err := sentiment.NewComponent(scorer, o.Sentiment)
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	c := &Chain{Tokenizer: tok, Intent: &intent.Component{}}
	// A new component is a line here. Each may read what those above it wrote.
	c.Pipeline = nlp.NewPipeline(
		nlp.Language{},
		tok,
		c.Intent,
		feeling,
		nlp.PIIFinder{},
	)
	return c, nil
}

// Analyze runs every component over one text.
func (c *Chain) Analyze(ctx context.Context, text string) (nlp.Analysis, error) {
	return c.Pipeline.Analyze(ctx, text)
}

// Close frees the dictionaries; the Chain must not be used afterwards.
func (c *Chain) Close() error { return c.Tokenizer.Close() }
