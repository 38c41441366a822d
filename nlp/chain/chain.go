// Package chain is the one list of the components that make up an Analysis.
package chain

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"golang.org/x/sync/errgroup"

	"huiyin/nlp"
	"huiyin/nlp/intent"
	"huiyin/nlp/sentiment"
	"huiyin/nlp/vectors"
)

// Options says what a Chain is made of.
type Options struct {
	Data      fs.FS  // what ships with the program, rooted like the data folder: dict/, lexicon/, …
	UnpackDir string // where the dictionaries may be unpacked; created if missing
	Entities  nlp.EntityOptions
	Sentiment sentiment.Options
}

// Chain is a pipeline with everything in it, ready to analyse. It is safe for concurrent use.
type Chain struct {
	*nlp.Pipeline
	Tokenizer *nlp.Tokenizer
	Intent    *intent.Component // has no model until Intent.Use gives it one
	Entities  *nlp.Entities
	Vectors   *vectors.Vectors // what intents are trained with
	Pinyin    *nlp.Pinyin      // what intents are matched with
}

// IntentOptions are what intents are trained with.
func (c *Chain) IntentOptions() intent.Options {
	return intent.Options{Vectors: c.Vectors, Pinyin: c.Pinyin, SecondOpinion: true}
}

// New loads every component. Close frees what they hold.
func New(o Options) (*Chain, error) {
	entities, err := nlp.NewEntities(o.Entities)
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	flags, err := nlp.NewFlags(o.Data)
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
	pinyin, err := nlp.NewPinyin(o.Data)
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	words, tok, err := openTables(o) // last: only the tokenizer holds what must be freed
	if err != nil {
		return nil, fmt.Errorf("chain: %w", err)
	}
	c := &Chain{Tokenizer: tok, Intent: &intent.Component{}, Entities: entities, Vectors: words, Pinyin: pinyin}
	// A new component is a line here. Each may read what those above it wrote.
	c.Pipeline = nlp.NewPipeline(
		nlp.Language{},
		tok,
		c.Intent,
		feeling,
		nlp.PIIFinder{}, // before Entities, which takes phones and addresses from it
		c.Entities,
		flags,
	)
	if err := c.SetProducts(o.Entities.Products); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// openTables loads the two large tables at the same time.
func openTables(o Options) (*vectors.Vectors, *nlp.Tokenizer, error) {
	var (
		words *vectors.Vectors
		tok   *nlp.Tokenizer
		group errgroup.Group
	)
	group.Go(func() error {
		folder, err := fs.Sub(o.Data, "vectors")
		if err == nil {
			words, err = vectors.Load(folder)
		}
		return err
	})
	group.Go(func() (err error) {
		tok, err = nlp.NewTokenizer(o.Data, o.UnpackDir)
		return err
	})
	err := group.Wait()
	if err != nil && tok != nil {
		err = errors.Join(err, tok.Close())
	}
	return words, tok, err
}

// SetProducts exchanges the user dictionary of products: their names become tokens and entities.
func (c *Chain) SetProducts(products []nlp.Product) error {
	for _, p := range products {
		for _, name := range append([]string{p.Name}, p.Aliases...) {
			if err := c.Tokenizer.AddWord(name); err != nil {
				return fmt.Errorf("chain: product %q: %w", p.Name, err)
			}
		}
	}
	c.Entities.SetProducts(products)
	return nil
}

// Analyze runs every component over one text.
func (c *Chain) Analyze(ctx context.Context, text string) (nlp.Analysis, error) {
	return c.Pipeline.Analyze(ctx, text)
}

// Close frees the dictionaries; the Chain must not be used afterwards.
func (c *Chain) Close() error { return c.Tokenizer.Close() }
