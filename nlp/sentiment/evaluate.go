package sentiment

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"huiyin/nlp"
)

// ErrBadFile marks a test file that cannot be read; the message names the row and what to do.
var ErrBadFile = errors.New("sentiment: bad test file")

// Report is the result of Evaluate, as `huiyin eval sentiment --json` prints it.
type Report struct {
	N              int                         `json:"n"`
	Accuracy       float64                     `json:"accuracy"`
	MacroF1        float64                     `json:"macro_f1"`
	PerClass       map[nlp.Polarity]ClassScore `json:"per_class"`
	TextsPerSecond float64                     `json:"texts_per_second"` // one goroutine, with tokenisation

	Skipped map[string]int `json:"-"` // rows by a label that is no polarity, left out of N
}

// ClassScore is how well one polarity is found.
type ClassScore struct {
	N         int     `json:"n"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Tokenizer cuts a text into tokens; nlp.Tokenizer is one.
type Tokenizer interface {
	Tokenize(text string) []nlp.Token
}

// Evaluation is one run over a test file.
type Evaluation struct {
	Scorer    *Scorer
	Tokenizer nlp.Component    // fills in Tokens
	Now       func() time.Time // nil: time.Now
}

// maxRowBytes bounds one text of a test file.
const maxRowBytes = 1 << 20

// A row is one labelled text.
type row struct {
	text  string
	label nlp.Polarity
}

// Run scores a CSV file with the columns text and label (others are ignored). In a file without a neutral label the
// neutral class is switched off: every text gets a side. name is for messages.
func (e Evaluation) Run(ctx context.Context, name string, file io.Reader) (Report, error) {
	rows, skipped, err := readRows(name, file)
	if err != nil {
		return Report{}, err
	}
	neutral := false
	for _, r := range rows {
		neutral = neutral || r.label == nlp.Neutral
	}
	now := e.Now
	if now == nil {
		now = time.Now
	}
	confusion := make(map[[2]nlp.Polarity]int)
	began := now()
	for i, r := range rows {
		if i%1024 == 0 && ctx.Err() != nil {
			return Report{}, ctx.Err()
		}
		given, err := e.polarity(ctx, r.text, neutral)
		if err != nil {
			return Report{}, err
		}
		confusion[[2]nlp.Polarity{r.label, given}]++
	}
	rep := summarise(confusion, neutral)
	rep.Skipped = skipped
	if took := now().Sub(began).Seconds(); took > 0 {
		rep.TextsPerSecond = float64(len(rows)) / took
	}
	return rep, nil
}

// polarity is the verdict on one text, computed in full as in production.
func (e Evaluation) polarity(ctx context.Context, text string, neutral bool) (nlp.Polarity, error) {
	a := nlp.Analysis{Text: text}
	if err := e.Tokenizer.Annotate(ctx, &a); err != nil {
		return "", err
	}
	if neutral {
		return e.Scorer.score(a.Folded(), a.Tokens).Polarity, nil
	}
	sc := e.Scorer.scratch.Get().(*scratch)
	defer e.Scorer.scratch.Put(sc)
	return e.Scorer.judge(sc, a.Folded(), a.Tokens, false).polarity(), nil
}

// summarise turns counts of {label, verdict} into a Report.
func summarise(confusion map[[2]nlp.Polarity]int, neutral bool) Report {
	classes := []nlp.Polarity{nlp.Negative, nlp.Positive}
	if neutral {
		classes = []nlp.Polarity{nlp.Negative, nlp.Neutral, nlp.Positive}
	}
	rep := Report{PerClass: make(map[nlp.Polarity]ClassScore)}
	right := 0
	for _, c := range classes {
		var labelled, given int
		for _, other := range classes {
			labelled += confusion[[2]nlp.Polarity{c, other}]
			given += confusion[[2]nlp.Polarity{other, c}]
		}
		hit := confusion[[2]nlp.Polarity{c, c}]
		cs := ClassScore{N: labelled, Precision: ratio(hit, given), Recall: ratio(hit, labelled)}
		cs.F1 = ratio(2*hit, given+labelled)
		rep.PerClass[c] = cs
		rep.N += labelled
		right += hit
		rep.MacroF1 += cs.F1 / float64(len(classes))
	}
	rep.Accuracy = ratio(right, rep.N)
	return rep
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// readRows reads a test file. Rows with a label that is no polarity are counted and left out.
func readRows(name string, file io.Reader) ([]row, map[string]int, error) {
	bad := func(line int, format string, args ...any) error {
		return fmt.Errorf("%w: %s:%d: %s", ErrBadFile, name, line, fmt.Sprintf(format, args...))
	}
	r := csv.NewReader(file)
	r.FieldsPerRecord = -1
	header, err := r.Read()
	if errors.Is(err, io.EOF) {
		return nil, nil, bad(1, "is empty: the first row must name the columns text and label")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%w: %s: %w", ErrBadFile, name, err)
	}
	textAt, labelAt := -1, -1
	for i, h := range header {
		switch strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff"))) {
		case "text":
			textAt = i
		case "label":
			labelAt = i
		}
	}
	if textAt < 0 || labelAt < 0 {
		return nil, nil, bad(1, "the header row is %q: it must name the columns text and label", strings.Join(header, ","))
	}
	var rows []row
	skipped := make(map[string]int)
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, nil, fmt.Errorf("%w: %s: %w", ErrBadFile, name, err)
		}
		line, _ := r.FieldPos(0)
		if len(rec) <= max(textAt, labelAt) {
			return nil, nil, bad(line, "has %d columns, the header has %d: quote a text that holds a comma", len(rec), len(header))
		}
		if len(rec[textAt]) > maxRowBytes {
			return nil, nil, bad(line, "the text is longer than 1 MiB: is a quote not closed?")
		}
		label := nlp.Polarity(strings.ToLower(strings.TrimSpace(rec[labelAt])))
		switch label {
		case nlp.Negative, nlp.Neutral, nlp.Positive:
			rows = append(rows, row{text: nlp.Clean(rec[textAt]), label: label})
		default:
			skipped[string(label)]++
		}
	}
	if len(rows) == 0 {
		return nil, nil, bad(1, "no row has a label of negative, neutral or positive")
	}
	return rows, skipped, nil
}
