package intent

import (
	"context"
	"slices"
	"time"

	"huiyin/nlp"
)

// Metrics is the quality of a model on a test set. Shares are 0..1; those that need out-of-scope (or in-scope) texts
// are null where the test set has none.
type Metrics struct {
	InScope     int       `json:"n_in"`
	OutOfScope  int       `json:"n_oos"`
	Accuracy    float64   `json:"accuracy"` // of in-scope texts, nothing rejected
	MacroF1     float64   `json:"macro_f1"` // mean over the intents of the test set, nothing rejected
	AUROC       *float64  `json:"oos_auroc"`
	RecallAt5   *float64  `json:"oos_recall_at_5pct"` // out-of-scope recall when 5 % of in-scope texts are rejected
	Threshold   float64   `json:"threshold"`
	Operating   Operating `json:"operating"`
	TrainSecs   float64   `json:"train_seconds"`
	TextsPerSec float64   `json:"texts_per_second"` // one goroutine, tokenising and ranking
	PeakRSSMB   float64   `json:"peak_rss_mb"`      // of the whole process, so far
}

// Operating is the quality at the thresholds that training chose.
type Operating struct {
	Accuracy  float64  `json:"in_accuracy"` // in-scope texts that were accepted and given the right intent
	Recall    *float64 `json:"oos_recall"`
	Precision *float64 `json:"oos_precision"`
}

// Outcome is a test example with the reading that a model gave it.
type Outcome struct {
	nlp.Example
	Result Result
}

// Evaluation is a model that was trained and measured on two sets of examples, with all that a report needs.
type Evaluation struct {
	Metrics  Metrics
	Outcomes []Outcome // in the order of the test set
	Model    *Model

	train []nlp.Example
	tok   Tokenizer
	opts  Options
}

// Evaluate trains on one set and measures on the other. now is the clock that durations are taken from.
func Evaluate(ctx context.Context, tok Tokenizer, train, test []nlp.Example, opts Options, now func() time.Time) (*Evaluation, error) {
	started := now()
	m, err := Train(ctx, tok, train, opts)
	if err != nil {
		return nil, err
	}
	seconds := now().Sub(started).Seconds()
	e, err := EvaluateModel(ctx, m, tok, test, now)
	if err != nil {
		return nil, err
	}
	e.Metrics.TrainSecs = seconds
	e.train, e.opts = train, opts
	return e, nil
}

// EvaluateModel measures a model that is there already, one text after the other.
func EvaluateModel(ctx context.Context, m *Model, tok Tokenizer, test []nlp.Example, now func() time.Time) (*Evaluation, error) {
	e := &Evaluation{Model: m, tok: tok, Outcomes: make([]Outcome, 0, len(test))}
	started := now()
	for i, x := range test {
		if i%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		e.Outcomes = append(e.Outcomes, Outcome{Example: x, Result: m.Rank(tok.Tokenize(x.Text))})
	}
	if seconds := now().Sub(started).Seconds(); seconds > 0 {
		e.Metrics.TextsPerSec = float64(len(test)) / seconds
	}
	e.Metrics.Threshold = float64(m.Threshold())
	e.Metrics.PeakRSSMB = peakRSS()
	e.measure()
	return e, nil
}

func (e *Evaluation) measure() {
	m := &e.Metrics
	var in, out []float64 // in-scope confidences
	var right, accepted, rejectedIn, rejectedOut int
	perLabel := map[string]*counts{}
	at := func(label string) *counts {
		if perLabel[label] == nil {
			perLabel[label] = &counts{}
		}
		return perLabel[label]
	}
	for _, o := range e.Outcomes {
		rejected := o.Result.Intent.Name == nlp.IntentNone
		if o.Label == nlp.IntentNone {
			out = append(out, float64(o.Result.InScope))
			if rejected {
				rejectedOut++
			}
			continue
		}
		in = append(in, float64(o.Result.InScope))
		at(o.Label).real++
		best := o.Result.Best()
		at(best).guessed++
		if best == o.Label {
			right++
			at(best).both++
		}
		switch {
		case rejected:
			rejectedIn++
		case o.Result.Intent.Name == o.Label:
			accepted++
		}
	}
	m.InScope, m.OutOfScope = len(in), len(out)
	if len(in) > 0 {
		m.Accuracy = float64(right) / float64(len(in))
		m.Operating.Accuracy = float64(accepted) / float64(len(in))
		m.MacroF1 = macroF1(perLabel)
	}
	if len(out) > 0 {
		m.Operating.Recall = share(rejectedOut, len(out))
		if len(in) > 0 {
			m.AUROC, m.RecallAt5 = new(auroc(in, out)), new(recallAt(in, out, 0.05))
		}
	}
	m.Operating.Precision = share(rejectedOut, rejectedOut+rejectedIn)
}

type counts struct{ real, guessed, both int }

func (c counts) f1() float64 {
	if c.real+c.guessed == 0 {
		return 0
	}
	return 2 * float64(c.both) / float64(c.real+c.guessed)
}

// macroF1 is the mean over the intents that the test set has.
func macroF1(per map[string]*counts) float64 {
	var f1 []float64
	for _, c := range per {
		if c.real > 0 {
			f1 = append(f1, c.f1())
		}
	}
	slices.Sort(f1) // a map has no order, and a sum of floats depends on it
	sum := 0.0
	for _, f := range f1 {
		sum += f
	}
	return sum / float64(max(1, len(f1)))
}

func share(part, whole int) *float64 {
	if whole == 0 {
		return nil
	}
	return new(float64(part) / float64(whole))
}

// auroc is the probability that a text of out has a lower in-scope confidence than one of in; ties count half.
func auroc(in, out []float64) float64 {
	in = slices.Clone(in)
	slices.Sort(in)
	wins := 0.0
	for _, x := range out {
		low, _ := slices.BinarySearch(in, x)
		high := low
		for high < len(in) && in[high] == x {
			high++
		}
		wins += float64(len(in)-high) + float64(high-low)/2
	}
	return wins / (float64(len(in)) * float64(len(out)))
}

// recallAt is the share of out below the threshold that rejects at most a share loss of in.
func recallAt(in, out []float64, loss float64) float64 {
	threshold := quantile(in, loss)
	n := 0
	for _, x := range out {
		if x < threshold {
			n++
		}
	}
	return float64(n) / float64(len(out))
}
