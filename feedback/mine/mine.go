package mine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

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
	// Columns says which column is which of Fields: by its title, or by its place from 1; NoColumn: none is. What it says wins over
	// guesses.
	Columns map[string]string
	Header  string // HeaderYes or HeaderNo: whether the first row is titles; empty: it is guessed
	Dates   string // DayFirst or MonthFirst: how 03/04/2026 is read; empty: it is guessed
	// Ask settles a doubt: it returns the place of a choice, or Unanswered. nil: the likeliest is taken.
	Ask func(Doubt) (int, error)
}

// Result says what happened.
type Result struct {
	Rows    int // read, without the header
	Used    int
	Bad     []BadRow // at most badShown of them
	BadRows int
	Columns string // what was taken for what
	Taken   []TakenField
	Unused  []UnusedColumn
	Doubts  []Settled
	Headed  bool   // the first row is titles
	Read    string // the encoding, where it is not UTF-8: EncodingUTF16, …
	// Unreadable is at how many places there is no text in the encoding of the file; the first is in the row UnreadableRow.
	Unreadable, UnreadableRow int
	Period                    string
	// OfTen: the ratings were taken as 0 to 10, and 0–6, 7–8 and 9–10 as 1, 3 and 5 of 5.
	OfTen bool
	// Unrated rows count without a rating: what stands there is none. UnratedSample is the first.
	Unrated       int
	UnratedSample string
	// First and Last are when the oldest and the newest row were written; zero: no row has a time.
	First, Last time.Time
	Outside     bool // no row lies in the period: Options.AsOf is none of their weeks
	// In and Out are how many rows lie in the period and outside it; a row without a time is in any.
	In, Out int
	Future  int       // of Out: how many are later than a day from now, which is a mistake
	newest  time.Time // when the newest row was written that is not; of those when all are
}

const (
	badShown = 20
	// chunk is how many rows are analysed together by one worker.
	chunk = 256
	// sampled is how many rows the columns are guessed from.
	sampled = 200
)

// Run reads the file, analyses every row, and writes digest.html, digest.md, digest.json, assignments.csv and topics.csv.
//
// Rows are not held in memory: what the second look at them needs lies in a file beside the results, which is removed.
func Run(ctx context.Context, o Options) (Result, error) {
	if err := o.check(); err != nil {
		return Result{}, err
	}
	rows := &spool{dir: o.Out}
	if err := rows.begin(); err != nil { // before anything is read: reading may take long
		return Result{}, fmt.Errorf("%w: %w", ErrOutput, err)
	}
	defer rows.remove()
	pile := o.Topics.Pile()
	result, err := read(ctx, o, pile, rows)
	if err != nil {
		return result, err
	}
	if result.Used == 0 {
		return result, fmt.Errorf("%s: %w", o.In, &FileError{Why: FileNoRows})
	}
	if err := pile.Assign(ctx); err != nil {
		return result, err
	}
	period := periodOf(result.newest, o)
	result.Period = period.Name()
	return result, publish(o.Out, func(dir string) error {
		var digest feedback.Digest
		topics := topicCounts{}
		if err := write(filepath.Join(dir, "assignments.csv"), func(w io.Writer) (err error) {
			digest, err = second(ctx, w, rows, pile, topics, period, o.Now(), &result)
			return err
		}); err != nil {
			return err
		}
		for _, f := range []render.Format{render.HTML, render.Markdown, render.JSON} {
			if err := write(filepath.Join(dir, "digest."+string(f)), func(w io.Writer) error { return o.Render.Render(w, digest, f, o.Lang) }); err != nil {
				return err
			}
		}
		return write(filepath.Join(dir, "topics.csv"), topics.write)
	})
}

// publish gives a folder inside another one to be filled, and moves its files out of it when all of them are complete: no result
// of another run stands beside half of this one's.
func publish(out string, fill func(dir string) error) error {
	dir, err := os.MkdirTemp(out, ".results-")
	if err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	defer os.RemoveAll(dir)
	if err := fill(dir); err != nil {
		return err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	for _, f := range list {
		if err := os.Rename(filepath.Join(dir, f.Name()), filepath.Join(out, f.Name())); err != nil {
			return fmt.Errorf("mine: %w", err)
		}
	}
	return nil
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
func read(ctx context.Context, o Options, pile feedback.Pile, to *spool) (result Result, err error) {
	in, err := open(o.In)
	if err != nil {
		return result, fmt.Errorf("%s: %w", o.In, err)
	}
	defer in.close.Close()
	first, err := firstRow(in, o.In)
	if err != nil {
		return result, err
	}
	result.Read = in.encoding
	r := &reader{in: in, options: o, result: &result, last: in.first - 1}
	if err := r.guess(first); err != nil {
		return result, fmt.Errorf("%s: %w", o.In, err)
	}
	err = r.analyse(ctx, o.Analyzer, pile, to)
	return result, err
}

// reader turns rows into items.
type reader struct {
	in      source
	options Options
	columns Columns
	held    []heldRow // rows that the guess has read
	result  *Result
	width   int // how many columns there are
	last    int // the row's number in the file
}

// heldRow is a row, or why it is none.
type heldRow struct {
	cells []string
	err   error
}

// guess finds out what the columns are from the first rows.
func (r *reader) guess(first []string) error {
	var sample [][]string
	for len(r.held) < sampled {
		row, err := r.in.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errBadRow) {
			return err
		}
		if err == nil {
			row = slices.Clone(row)
			sample = append(sample, row)
		}
		r.held = append(r.held, heldRow{row, err})
	}
	if len(r.held) == 0 && r.options.Header != HeaderNo {
		return &FileError{Why: FileHeaderOnly}
	}
	header, headed, err := r.titles(first, sample)
	if err != nil {
		return err
	}
	if r.result.Headed = headed; !headed {
		sample = append([][]string{first}, sample...)
		r.held = append([]heldRow{{cells: first}}, r.held...)
		r.last--
	}
	g, err := guess(header, sample, r.options.Columns)
	if err != nil {
		return err
	}
	if i := g.columns.Rating; i >= 0 {
		g.columns.ten = ofTen(g.bare[i], sample, i)
	}
	r.result.OfTen = g.columns.ten
	if err := errors.Join(r.settleText(g), r.settleDates(g)); err != nil {
		return err
	}
	r.width = len(header)
	r.columns, r.result.Columns = g.columns, g.columns.Says(header)
	r.result.Taken, r.result.Unused = g.account()
	return nil
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
		if r.options.Progress != nil && r.result.Rows%1000 == 0 {
			r.options.Progress(r.result.Rows)
		}
		if n := unreadable(row); n > 0 {
			r.result.Unreadable += n
			r.result.UnreadableRow = cmp.Or(r.result.UnreadableRow, r.last)
		}
		var it feedback.Item
		if err == nil {
			err = tooWide(row, r.width)
		}
		if err == nil {
			var unrated string
			if it, unrated, err = r.columns.item(row, r.last, r.options.Zone); unrated != "" {
				r.result.Unrated++
				r.result.UnratedSample = cmp.Or(r.result.UnratedSample, clip(unrated))
			}
		}
		if err == nil {
			return it, nil
		}
		r.result.BadRows++
		if len(r.result.Bad) < badShown {
			bad := BadRow{Row: r.last, What: err.Error(), Why: RowCells}
			if e := (*rowError)(nil); errors.As(err, &e) {
				bad.Why, bad.Value = e.why, e.value
			}
			r.result.Bad = append(r.result.Bad, bad)
		}
	}
}

// chunk is the next rows that can be used; io.EOF when there are none.
func (r *reader) chunk() ([]feedback.Item, error) {
	part := make([]feedback.Item, 0, chunk)
	for len(part) < chunk {
		it, err := r.next()
		if errors.Is(err, io.EOF) && len(part) > 0 {
			return part, nil
		}
		if err != nil {
			return nil, err
		}
		part = append(part, it)
	}
	return part, nil
}

// analysed are rows as the pile has read them.
type analysed struct {
	items []feedback.Item
	add   func()
}

// analyse runs the pipeline over all rows on every processor, and counts them.
func (r *reader) analyse(ctx context.Context, a Analyzer, pile feedback.Pile, to *spool) error {
	wanted, inside := feedback.WeekOf(r.options.AsOf.Add(-time.Nanosecond), r.options.Zone), 0
	latest := r.options.Now().AddDate(0, 0, 1) // a day is what zones may be apart
	work := func(ctx context.Context, part []feedback.Item) (analysed, error) {
		if err := analysePart(ctx, a, part); err != nil {
			return analysed{}, err
		}
		return analysed{part, pile.Read(part)}, nil
	}
	err := feedback.InOrder(ctx, r.chunk, work, func(done analysed) error {
		done.add()
		for i := range done.items {
			r.result.Used++
			at := done.items[i].At
			r.result.span(at, latest)
			if at.IsZero() || wanted.Contains(at) { // a row without a time counts in any period
				inside++
			}
			if err := to.write(&done.items[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if r.result.newest.IsZero() {
		r.result.newest = r.result.Last
	}
	r.result.Outside = !r.options.AsOf.IsZero() && inside == 0 && !r.result.Last.IsZero()
	return err
}

// span takes the time of a row into First and Last; one that is later than the latest is a mistake.
func (r *Result) span(at, latest time.Time) {
	if at.IsZero() {
		return
	}
	if at.After(latest) {
		r.Future++
	} else if at.After(r.newest) {
		r.newest = at
	}
	if r.First.IsZero() || at.Before(r.First) {
		r.First = at
	}
	if at.After(r.Last) {
		r.Last = at
	}
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
		part[i].Analysis = &found
	}
	return nil
}

// periodOf is the week of the newest row, or everything when no row has a time.
func periodOf(newest time.Time, o Options) feedback.Period {
	if newest.IsZero() {
		return feedback.Everything(o.Zone)
	}
	if !o.AsOf.IsZero() {
		newest = o.AsOf.Add(-time.Nanosecond)
	}
	return feedback.WeekOf(newest, o.Zone)
}
