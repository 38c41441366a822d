package intent

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"

	"huiyin/nlp"
)

// ReportFile is the page that WriteReport writes.
const ReportFile = "report.html"

// Bounds of what the report lists, so that an editor reads it to the end.
const (
	maxPairs = 20
	maxWeak  = 15
	maxTexts = 3
	bins     = 10
)

// report is what the page shows.
type report struct {
	Words  map[string]string
	Advice []string
	// Questions whose runner-up was close, and those of them whose intent was one of the two.
	Close, CloseRight int
	Lang              nlp.Lang
	Metrics           Metrics
	Pairs             []pairRow
	Weak              []weakRow
	Curve             []point // share of in-scope texts rejected → share of out-of-scope texts caught
	Operating         *point
	Bins              []point // confidence → share right
	BinSizes          []int
	ECE               float64
	Learning          []point // share of the examples → accuracy
	Hungry            []hungryRow
}

type point struct{ X, Y float64 }

// pairRow is one intent that is taken for another.
type pairRow struct {
	Real, Taken string
	Count       int
	Nothing     bool // nothing in the question is known
	Clashes     []clash
}

// clash is a test text with the training example of the wrong intent that it resembles most.
type clash struct{ Text, Example string }

// weakRow is an intent that is often missed or often named wrongly.
type weakRow struct {
	Label             string
	F1, Found, Right  float64 // Found: share of its texts that were found; Right: share of what was called so that was
	Tested, Examples  int
	Rival             string
	RivalCount        int
	OwnFewExamples    bool
	MissedOutOfDomain int // of its texts, rejected as out of scope
}

// hungryRow is an intent that more examples would help.
type hungryRow struct {
	Label        string
	Half, Full   float64 // share found when trained on half of the examples, and on all
	Examples     int
	MissedPer100 float64
}

// WriteReport writes a page to dir (created if missing) that tells an editor what to mend: pairs of intents that are
// confused with the examples that clash, the weakest intents, how many out-of-scope texts are caught at which price, whether
// confidences keep their word, and for which intents more examples would help most. lang is the page's language.
// It needs an Evaluation made by Evaluate, since it trains on parts of the examples.
func (e *Evaluation) WriteReport(ctx context.Context, dir string, lang nlp.Lang) error {
	r, err := e.report(ctx, lang)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("intent: report: %w", err)
	}
	f, err := os.Create(filepath.Join(dir, ReportFile))
	if err != nil {
		return fmt.Errorf("intent: report: %w", err)
	}
	if err := page.Execute(f, r); err != nil {
		f.Close()
		return fmt.Errorf("intent: report: %w", err)
	}
	return f.Close()
}

func (e *Evaluation) report(ctx context.Context, lang nlp.Lang) (*report, error) {
	r := &report{Metrics: e.Metrics, Lang: lang.Base(), Words: wordsOf(lang)}
	s, err := newSet(ctx, e.tok, e.train, e.opts.withDefaults())
	if err != nil {
		return nil, err
	}
	r.Pairs = e.pairs()
	r.Weak = e.weak(s)
	r.Curve, r.Operating = e.curve()
	r.Bins, r.BinSizes, r.ECE = e.reliability()
	r.Close, r.CloseRight = e.closeOnes()
	r.Learning, r.Hungry, err = e.learning(ctx, s)
	r.Advice = r.advice()
	return r, err
}

// mistakes groups the in-scope test texts that were taken for another intent.
func (e *Evaluation) mistakes() map[[2]string][]string {
	out := map[[2]string][]string{}
	for _, o := range e.Outcomes {
		if best := o.Result.Best(); o.Label != nlp.IntentNone && best != o.Label {
			key := [2]string{o.Label, best}
			out[key] = append(out[key], o.Text)
		}
	}
	return out
}

func (e *Evaluation) pairs() []pairRow {
	var rows []pairRow
	grouped := e.mistakes()
	for key, texts := range grouped {
		rows = append(rows, pairRow{Real: key[0], Taken: key[1], Count: len(texts), Nothing: key[1] == nlp.IntentNone})
	}
	slices.SortFunc(rows, func(a, b pairRow) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Real, b.Real), cmp.Compare(a.Taken, b.Taken))
	})
	rows = rows[:min(len(rows), maxPairs)]
	enc := newEncoder(e.Model.linear.vocab, e.Model.linear.meaning)
	for i := range rows {
		texts := grouped[[2]string{rows[i].Real, rows[i].Taken}]
		for _, text := range texts[:min(len(texts), maxTexts)] {
			c := clash{Text: text}
			if !rows[i].Nothing {
				c.Example = e.nearest(enc, text, rows[i].Taken)
			}
			rows[i].Clashes = append(rows[i].Clashes, c)
		}
	}
	return rows
}

// nearest is the training example of an intent that resembles a text most, by the cosine of their features.
func (e *Evaluation) nearest(enc *encoder, text, label string) string {
	var x, y vector
	enc.encode(e.tok.Tokenize(text), &x)
	weight := map[uint32]float32{}
	for i, k := range x.at {
		weight[k] = x.val[i]
	}
	best, example := math.Inf(-1), ""
	for _, t := range e.train {
		if t.Label != label {
			continue
		}
		enc.encode(e.tok.Tokenize(t.Text), &y)
		sum := 0.0
		for i, k := range y.at {
			sum += float64(y.val[i]) * float64(weight[k])
		}
		for i, v := range y.dense {
			sum += float64(v) * float64(x.dense[i])
		}
		if sum > best {
			best, example = sum, t.Text
		}
	}
	return example
}

func (e *Evaluation) weak(s *set) []weakRow {
	per := map[string]*counts{}
	rejected := map[string]int{}
	at := func(label string) *counts {
		if per[label] == nil {
			per[label] = &counts{}
		}
		return per[label]
	}
	for _, o := range e.Outcomes {
		if o.Label == nlp.IntentNone {
			continue
		}
		best := o.Result.Best()
		at(o.Label).real++
		at(best).guessed++
		if best == o.Label {
			at(best).both++
		}
		if o.Result.Intent.Name == nlp.IntentNone {
			rejected[o.Label]++
		}
	}
	rivals := map[string]pairRow{}
	for key, texts := range e.mistakes() {
		if r := rivals[key[0]]; len(texts) > r.Count || len(texts) == r.Count && key[1] < r.Taken {
			rivals[key[0]] = pairRow{Taken: key[1], Count: len(texts)}
		}
	}
	size := s.sizes()
	var rows []weakRow
	for label, c := range per {
		if c.real == 0 || c.both == c.real && c.guessed == c.real {
			continue
		}
		rows = append(rows, weakRow{
			Label: label, F1: c.f1(), Found: float64(c.both) / float64(c.real), Right: float64(c.both) / float64(max(1, c.guessed)),
			Tested: c.real, Examples: size[label], Rival: rivals[label].Taken, RivalCount: rivals[label].Count,
			OwnFewExamples: 2*size[label]*len(size) < s.names, MissedOutOfDomain: rejected[label],
		})
	}
	slices.SortFunc(rows, func(a, b weakRow) int { return cmp.Or(cmp.Compare(a.F1, b.F1), cmp.Compare(a.Label, b.Label)) })
	return rows[:min(len(rows), maxWeak)]
}

// sizes counts the examples of each label.
func (s *set) sizes() map[string]int {
	out := map[string]int{}
	for _, c := range s.class[:s.names] {
		if c >= 0 {
			out[s.labels[c]]++
		}
	}
	return out
}

// curve is empty when the test set has no out-of-scope texts.
func (e *Evaluation) curve() ([]point, *point) {
	var in, out []float64
	lost, caught := 0, 0
	for _, o := range e.Outcomes {
		none := o.Result.Intent.Name == nlp.IntentNone
		if o.Label == nlp.IntentNone {
			out = append(out, float64(o.Result.InScope))
			if none {
				caught++
			}
		} else {
			in = append(in, float64(o.Result.InScope))
			if none {
				lost++
			}
		}
	}
	if len(in) == 0 || len(out) == 0 {
		return nil, nil
	}
	var curve []point
	for percent := 0; percent <= 30; percent++ {
		x := float64(percent) / 100
		curve = append(curve, point{X: x, Y: recallAt(in, out, x)})
	}
	return curve, &point{X: float64(lost) / float64(len(in)), Y: float64(caught) / float64(len(out))}
}

// reliability compares confidences with the truth in ten bins; ece is the expected calibration error (Naeini, Cooper,
// Hauskrecht, AAAI 2015).
func (e *Evaluation) reliability() (points []point, sizes []int, ece float64) {
	var sum, right [bins]float64
	sizes = make([]int, bins)
	for _, o := range e.Outcomes {
		if len(o.Result.Ranking) == 0 {
			continue
		}
		c := float64(o.Result.Ranking[0].Confidence)
		b := min(int(c*bins), bins-1)
		sizes[b]++
		sum[b] += c
		if o.Result.Best() == o.Label {
			right[b]++
		}
	}
	for b, n := range sizes {
		if n == 0 {
			continue
		}
		points = append(points, point{X: sum[b] / float64(n), Y: right[b] / float64(n)})
		ece += math.Abs(sum[b]-right[b]) / float64(max(1, len(e.Outcomes)))
	}
	return points, sizes, ece
}

// learning trains on a quarter, a half and three quarters of each intent's examples, and compares.
func (e *Evaluation) learning(ctx context.Context, s *set) ([]point, []hungryRow, error) {
	var curve []point
	var half map[string]*counts
	seen := make([]int, s.names) // how many of its intent's texts come before a text
	count := map[int]int{}
	for i, c := range s.class[:s.names] {
		seen[i] = count[c]
		count[c]++
	}
	for quarter := 1; quarter <= 3; quarter++ {
		t, err := newTrainer(ctx, s.only(func(i int) bool { return seen[i]%4 < quarter }), e.opts.withDefaults())
		if err != nil {
			return nil, nil, err
		}
		if err := t.run(ctx); err != nil {
			return nil, nil, err
		}
		found, accuracy := e.foundBy(t.linear)
		curve = append(curve, point{X: float64(quarter) / 4, Y: accuracy})
		if quarter == 2 {
			half = found
		}
	}
	full, accuracy := e.foundBy(e.Model.linear)
	curve = append(curve, point{X: 1, Y: accuracy})
	size := s.sizes()
	var rows []hungryRow
	for label, c := range full {
		if c.both == c.real || half[label] == nil {
			continue
		}
		h := hungryRow{Label: label, Half: half[label].recall(), Full: c.recall(), Examples: size[label]}
		h.MissedPer100 = 100 * (1 - h.Full)
		if h.Full > h.Half {
			rows = append(rows, h)
		}
	}
	// What an intent gained from its last half of the examples, times what it still lacks.
	slices.SortFunc(rows, func(a, b hungryRow) int {
		gain := func(h hungryRow) float64 { return (h.Full - h.Half) * (1 - h.Full) }
		return cmp.Or(cmp.Compare(gain(b), gain(a)), cmp.Compare(a.Label, b.Label))
	})
	return curve, rows[:min(len(rows), maxWeak)], nil
}

func (c counts) recall() float64 { return float64(c.both) / float64(max(1, c.real)) }

// foundBy counts, for each intent of the test set, the texts that a linear model ranks first.
func (e *Evaluation) foundBy(l *linear) (map[string]*counts, float64) {
	pool := newScratches(l)
	sc := pool.get()
	found := map[string]*counts{}
	right, all := 0, 0
	for _, o := range e.Outcomes {
		if o.Label == nlp.IntentNone {
			continue
		}
		if found[o.Label] == nil {
			found[o.Label] = &counts{}
		}
		sc.enc.encode(e.tok.Tokenize(o.Text), &sc.x)
		l.score(&sc.x, sc.score)
		found[o.Label].real++
		all++
		if l.labels[argmax(sc.score[:len(l.labels)])] == o.Label {
			found[o.Label].both++
			right++
		}
	}
	return found, float64(right) / float64(max(1, all))
}
