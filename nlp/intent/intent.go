// Package intent learns from example sentences which intent a text expresses, and says when it is none of them.
//
// One model serves Chinese and English. It is trained in the process, at start or when the examples change; the
// same examples give the same model on every run and every machine.
package intent

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"huiyin/nlp"
	"huiyin/nlp/vectors"
)

// ErrExamples means that there is nothing to learn from: no example in scope.
var ErrExamples = errors.New("intent: no examples in scope to train from")

// Tokenizer splits a text into normalised words; nlp.Tokenizer is the one that the program uses.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

// Options steer training. The zero value is right for the bot.
type Options struct {
	// Workers bounds the goroutines; 0 is one for each CPU. The result does not depend on it.
	Workers int
	// MaxLoss is the share of in-scope texts that the chosen threshold may reject; 0 means 5 %.
	MaxLoss float64
	// Vectors know words that the examples do not have; nil does without them.
	Vectors *vectors.Vectors
	// Pinyin reads Chinese that is typed in Latin letters, or with characters that sound alike; nil does without it.
	Pinyin *nlp.Pinyin
	// SecondOpinion adds a small network where the examples are many enough for one: some 60 an intent, and Vectors.
	SecondOpinion bool
}

func (o Options) withDefaults() Options {
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.MaxLoss <= 0 {
		o.MaxLoss = 0.05
	}
	return o
}

// Model is a trained ranking of intents. It is immutable and safe for concurrent use.
type Model struct {
	linear     *linear
	net        *net // a second opinion; nil where there is none
	gate       gate
	temper     float64   // turns margins into probabilities: softmax(temper · margin)
	threshold  float64   // in-scope confidence below which a text is IntentNone
	thresholds []float64 // the same for each intent
	speller    *speller
	pool       *scratches
}

// Labels are the names of the intents, sorted.
func (m *Model) Labels() []string { return slices.Clone(m.linear.labels) }

// Threshold is the in-scope confidence below which a text is taken for out of scope, chosen from training data alone.
func (m *Model) Threshold() nlp.Confidence { return nlp.Confidence(m.threshold) }

// Train learns a model. Examples labelled nlp.IntentNone teach what is out of scope; empty texts are left out.
// It returns ErrExamples when no example is in scope, and ctx's error when it is cancelled.
func Train(ctx context.Context, tok Tokenizer, examples []nlp.Example, opts Options) (*Model, error) {
	opts = opts.withDefaults()
	set, err := newSet(ctx, tok, examples, opts)
	if err != nil {
		return nil, err
	}
	t, err := newTrainer(ctx, set, opts)
	if err != nil {
		return nil, err
	}
	if err := t.run(ctx); err != nil {
		return nil, err
	}
	scores, err := t.crossValidate(ctx)
	if err != nil {
		return nil, err
	}
	m := &Model{linear: t.linear, pool: newScratches(t.linear), speller: newSpeller(set.texts[:set.names], opts.Pinyin, opts.Vectors)}
	m.calibrate(set, scores, opts)
	if set.wantsNet(opts, scores.full) {
		if m.net, err = learnNet(ctx, set, opts.Vectors, opts.Workers); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// parallel calls f for 0 ≤ i < n on the given number of goroutines. Which worker sees which i is not fixed, so f must
// write only to places of its own i (or scratch memory of its own worker).
func parallel(ctx context.Context, workers, n int, f func(worker, i int)) error {
	const chunk = 8
	group, ctx := errgroup.WithContext(ctx)
	next := make(chan int)
	group.Go(func() error {
		defer close(next)
		for i := 0; i < n; i += chunk {
			select {
			case next <- i:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		return nil
	})
	for worker := range max(1, min(workers, (n+chunk-1)/chunk)) {
		group.Go(func() error {
			for from := range next {
				for i := from; i < min(from+chunk, n); i++ {
					f(worker, i)
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}
