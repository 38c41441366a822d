package mine

import (
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/feedback"
	"huiyin/feedback/render"
	"huiyin/nlp"
)

// Analyzer reads a text; *nlp.Pipeline is one.
type Analyzer interface {
	Analyze(ctx context.Context, text string) (nlp.Analysis, error)
}

// Options say what to mine, and how.
type Options struct {
	In, Out  string
	Zone     *time.Location
	AsOf     time.Time // the end of the last week; zero: the newest message's
	Lang     string    // of the digest
	Analyzer Analyzer
	Topics   feedback.Topics
	Render   *render.Renderer
	Now      func() time.Time
	// Progress is told how many rows were read; may be nil.
	Progress func(rows int)
}

// Result says what happened.
type Result struct {
	Rows    int // read, without the header
	Used    int
	Bad     []BadRow // at most badShown of them
	BadRows int
	Columns string // what was taken for what
	Period  string
}

const (
	badShown = 20
	// chunk is how many rows are analysed together by one worker.
	chunk = 256
	// sampled is how many rows the columns are guessed from.
	sampled = 200
)

// Run reads the file, analyses every row, and writes digest.html, digest.md, digest.json, assignments.csv and topics.csv.
func Run(ctx context.Context, o Options) (Result, error) {
	items, result, err := read(ctx, o)
	if err != nil {
		return result, err
	}
	if len(items) == 0 {
		return result, fmt.Errorf("%w: %s has no row that could be used", ErrInput, o.In)
	}
	assigned, err := o.Topics.Assign(ctx, items)
	if err != nil {
		return result, err
	}
	period := periodOf(items, o)
	result.Period = period.Name()
	digest := feedback.FromItems(items, assigned, period, o.Now())
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return result, fmt.Errorf("mine: %w", err)
	}
	for _, f := range []render.Format{render.HTML, render.Markdown, render.JSON} {
		if err := write(filepath.Join(o.Out, "digest."+string(f)), func(w io.Writer) error { return o.Render.Render(w, digest, f, o.Lang) }); err != nil {
			return result, err
		}
	}
	if err := write(filepath.Join(o.Out, "assignments.csv"), func(w io.Writer) error { return assignments(w, items, assigned) }); err != nil {
		return result, err
	}
	return result, write(filepath.Join(o.Out, "topics.csv"), func(w io.Writer) error { return topics(w, assigned) })
}

func write(name string, to func(io.Writer) error) error {
	f, err := os.Create(name)
	if err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	if err := to(f); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}

// read reads and analyses the file; the order of rows is kept.
func read(ctx context.Context, o Options) ([]feedback.Item, Result, error) {
	var result Result
	in, err := open(o.In)
	if err != nil {
		return nil, result, fmt.Errorf("%s: %w", o.In, err)
	}
	defer in.close.Close()
	header, err := in.next()
	if err != nil {
		return nil, result, fmt.Errorf("%w: %s: the header row cannot be read: %w", ErrInput, o.In, err)
	}
	header = slices.Clone(header)
	r := &reader{in: in, zone: o.Zone, result: &result, progress: o.Progress, last: in.first - 1}
	if err := r.guess(header); err != nil {
		return nil, result, fmt.Errorf("%s: %w", o.In, err)
	}
	result.Columns = r.columns.Says(header)
	items, err := r.analyse(ctx, o.Analyzer)
	result.Used = len(items)
	return items, result, err
}

// reader turns rows into items.
type reader struct {
	in       rows
	zone     *time.Location
	columns  Columns
	held     []heldRow // rows that the guess has read
	result   *Result
	progress func(int)
	last     int // the row's number in the file
}

// heldRow is a row, or why it is none.
type heldRow struct {
	cells []string
	err   error
}

func (r *reader) guess(header []string) error {
	var sample [][]string
	for len(r.held) < sampled {
		row, err := r.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errBadRow) {
			return err
		}
		r.held = append(r.held, heldRow{row, err})
		if err == nil {
			sample = append(sample, row)
		}
	}
	var err error
	r.columns, err = guess(header, sample)
	return err
}

// next is the next usable item; io.EOF at the end.
func (r *reader) next() (feedback.Item, error) {
	for {
		var row []string
		var err error
		if len(r.held) > 0 {
			row, err, r.held = r.held[0].cells, r.held[0].err, r.held[1:]
		} else {
			row, err = r.in.next()
		}
		if err != nil && !errors.Is(err, errBadRow) {
			return feedback.Item{}, err
		}
		r.last++
		r.result.Rows++
		if r.progress != nil && r.result.Rows%1000 == 0 {
			r.progress(r.result.Rows)
		}
		var it feedback.Item
		if err == nil {
			it, err = r.columns.item(row, r.last, r.zone)
		}
		if err == nil {
			return it, nil
		}
		r.result.BadRows++
		if len(r.result.Bad) < badShown {
			r.result.Bad = append(r.result.Bad, BadRow{r.last, strings.TrimPrefix(err.Error(), errBadRow.Error()+": ")})
		}
	}
}

// analyse runs the pipeline over all items on every processor.
func (r *reader) analyse(ctx context.Context, a Analyzer) ([]feedback.Item, error) {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0) + 1)
	var parts [][]feedback.Item
	for {
		part := make([]feedback.Item, 0, chunk)
		var err error
		for len(part) < chunk {
			var it feedback.Item
			if it, err = r.next(); err != nil {
				break
			}
			part = append(part, it)
		}
		if len(part) > 0 {
			parts = append(parts, part)
			g.Go(func() error { return analysePart(ctx, a, part) })
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil || ctx.Err() != nil {
			return nil, errors.Join(err, g.Wait())
		}
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return slices.Concat(parts...), nil
}

func analysePart(ctx context.Context, a Analyzer, part []feedback.Item) error {
	for i := range part {
		found, err := a.Analyze(ctx, part[i].Text)
		if err != nil {
			return err
		}
		if part[i].Lang == "" {
			part[i].Lang = found.Lang
		}
		// Only what reports need is kept, so that a million rows fit.
		part[i].Analysis = &nlp.Analysis{Text: found.Text, Lang: found.Lang, PII: found.PII,
			Sentiment: nlp.Sentiment{Polarity: found.Sentiment.Polarity, Score: found.Sentiment.Score, Reasons: found.Sentiment.Reasons}}
	}
	return nil
}

// periodOf is the newest week, or everything when the rows have no times or all lie within one.
func periodOf(items []feedback.Item, o Options) feedback.Period {
	var newest, oldest time.Time
	for _, it := range items {
		if it.At.IsZero() {
			continue
		}
		if newest.IsZero() || it.At.After(newest) {
			newest = it.At
		}
		if oldest.IsZero() || it.At.Before(oldest) {
			oldest = it.At
		}
	}
	if newest.IsZero() {
		return feedback.Everything(o.Zone)
	}
	if !o.AsOf.IsZero() {
		newest = o.AsOf.Add(-time.Nanosecond)
	}
	return feedback.WeekOf(newest, o.Zone)
}

func assignments(out io.Writer, items []feedback.Item, assigned []feedback.Assignment) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{"id", "topic_id", "topic", "polarity", "is_complaint", "kind", "touchpoint", "aspects"}); err != nil {
		return err
	}
	for i, it := range items {
		a := assigned[i]
		row := []string{render.SafeCell(it.ID), a.Topic, render.SafeCell(a.Name.In(string(it.Lang))), string(it.Analysis.Sentiment.Polarity), strconv.FormatBool(a.Complaint), string(a.Kind), string(a.Touch), judged(a.Aspects)}
		if err := w.Write(row); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// judged writes aspects as "delivery:positive;service:negative".
func judged(list []feedback.Aspect) string {
	var parts []string
	for _, a := range list {
		parts = append(parts, a.Group+":"+string(a.Polarity))
	}
	return strings.Join(parts, ";")
}

func topics(out io.Writer, assigned []feedback.Assignment) error {
	type row struct {
		a              feedback.Assignment
		all, complaint int
	}
	byID := map[string]*row{}
	var order []*row
	for _, a := range assigned {
		if a.Topic == "" {
			continue
		}
		r := byID[a.Topic]
		if r == nil {
			r = &row{a: a}
			byID[a.Topic], order = r, append(order, r)
		}
		r.all++
		if a.Complaint {
			r.complaint++
		}
	}
	slices.SortStableFunc(order, func(a, b *row) int { return b.all - a.all })
	w := csv.NewWriter(out)
	if err := w.Write([]string{"topic_id", "topic_zh", "topic_en", "messages", "complaints", "found"}); err != nil {
		return err
	}
	for _, r := range order {
		if err := w.Write([]string{r.a.Topic, render.SafeCell(r.a.Name.ZH), render.SafeCell(r.a.Name.EN), strconv.Itoa(r.all), strconv.Itoa(r.complaint), strconv.FormatBool(r.a.Found)}); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}
