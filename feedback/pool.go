package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"log/slog"
	"runtime"
	"sort"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/internal/guard"
)

// pool is the customers' messages and the facts of a time, read once for all sections: from sheets where there are any.
type pool struct {
	src      Source
	log      *slog.Logger
	parts    []opened                                // in order of time
	listed   map[bot.ConversationID]bot.Conversation // where src cannot find one by its ID
	recalled bool                                    // every row that speaks has its reading
	workers  int                                     // that read messages; 0: as many as there are processors
}

// finder is a Source that can find one conversation; bot.ErrNotFound when there is none.
type finder interface {
	Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error)
}

// gather reads the time [from, to).
func gather(ctx context.Context, src Source, topics Topics, from, to time.Time, log *slog.Logger) (*pool, error) {
	p := &pool{src: src, log: log}
	compact, _ := topics.(Compact)
	if _, ok := src.(finder); !ok {
		p.listed = map[bot.ConversationID]bot.Conversation{}
		for c, err := range src.ConversationsBetween(ctx, from, to) {
			if err != nil {
				return nil, fmt.Errorf("feedback: reading conversations: %w", err)
			}
			p.listed[c.ID] = c
		}
	}
	at := from
	if sheets, ok := src.(SheetStore); ok && compact != nil {
		var err error
		if at, err = p.open(ctx, sheets, compact, from, to); err != nil {
			return nil, err
		}
	}
	if at.Before(to) {
		if err := p.read(ctx, compact, at, to); err != nil {
			return nil, err
		}
	}
	p.cut(from, to)
	p.recalled = compact != nil
	return p, nil
}

// cut drops what lies outside [from, to): where clocks are not whole hours from UTC, as in Kolkata and Adelaide, a period
// begins and ends within the hour of a sheet.
func (p *pool) cut(from, to time.Time) {
	for i := range p.parts {
		part := &p.parts[i]
		part.rows = within(part.rows, from, to, func(r *row) time.Time { return r.at })
		part.facts = within(part.facts, from, to, func(f *event) time.Time { return f.end })
	}
}

// within is the part of a list in order of time that lies in [from, to).
func within[T any](list []T, from, to time.Time, at func(*T) time.Time) []T {
	first, last := span(len(list), from, to, func(i int) time.Time { return at(&list[i]) })
	return list[first:last]
}

// span is where, of n things in order of time, those in [from, to) stand: from the first up to, not with, the last.
func span(n int, from, to time.Time, at func(int) time.Time) (first, last int) {
	first = sort.Search(n, func(i int) bool { return !at(i).Before(from) })
	return first, max(first, sort.Search(n, func(i int) bool { return !at(i).Before(to) }))
}

// opened is what a sheet says, or why it cannot be read.
type opened struct {
	hour  time.Time
	rows  []row
	facts []event
	err   error
}

// open adds what sheets say of [from, to), and reads what lies between them; upTo is the end of the last. Sheets are opened on
// every processor.
func (p *pool) open(ctx context.Context, sheets SheetStore, compact Compact, from, to time.Time) (upTo time.Time, err error) {
	pull, stop := iter.Pull2(sheets.Sheets(ctx, compact.Version(), from, to))
	defer stop()
	next := func() (Sheet, error) {
		s, err, more := pull()
		if !more {
			return s, io.EOF
		}
		return s, err
	}
	do := func(_ context.Context, s Sheet) (opened, error) {
		o := opened{hour: s.Hour}
		o.rows, o.facts, o.err = openSheet(s.Data)
		return o, nil
	}
	upTo = from
	err = inOrder(ctx, cmp.Or(p.workers, runtime.GOMAXPROCS(0)), next, do, func(o opened) error {
		if o.hour.After(upTo) {
			if err := p.read(ctx, compact, upTo, o.hour); err != nil {
				return err
			}
		}
		upTo = o.hour.Add(time.Hour)
		if o.err != nil { // the hour itself is there
			p.log.Warn("what an hour was read as is damaged; the hour is read anew", "hour", o.hour, "error", o.err)
			return p.read(ctx, compact, o.hour, upTo)
		}
		p.parts = append(p.parts, o)
		return nil
	})
	if err != nil {
		return upTo, fmt.Errorf("feedback: reading sheets: %w", err)
	}
	return upTo, nil
}

// ownWords are the messages that customers wrote themselves, in order of time.
func (p *pool) ownWords() []*row {
	n := 0
	for _, part := range p.parts {
		n += len(part.rows)
	}
	all := make([]*row, 0, n)
	for _, part := range p.parts {
		for i := range part.rows {
			if r := &part.rows[i]; r.spoken {
				all = append(all, r)
			}
		}
	}
	return all
}

// read adds what the source has of a time without sheets.
func (p *pool) read(ctx context.Context, compact Compact, from, to time.Time) error {
	data, err := p.sheet(ctx, compact, from, to)
	if err != nil {
		return err
	}
	var o opened
	if o.rows, o.facts, err = openSheet(string(data)); err != nil {
		return err
	}
	p.parts = append(p.parts, o)
	return nil
}

// readAgain reads the hour of a time anew, past its sheet, and returns the readings of its messages by their ID.
func (p *pool) readAgain(ctx context.Context, compact Compact, at time.Time) (map[string]string, error) {
	hour := sheetHour(at)
	p.log.Warn("what an hour was read as cannot be used; the hour is read anew", "hour", hour)
	fresh := &pool{src: p.src, log: p.log, listed: p.listed}
	if err := fresh.read(ctx, compact, hour, hour.Add(time.Hour)); err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, part := range fresh.parts {
		for i := range part.rows {
			out[part.rows[i].id] = part.rows[i].reading
		}
	}
	return out, nil
}

// sheet reads messages and facts of a time, and makes the data of a sheet of them; compact may be nil: there are no readings then.
func (p *pool) sheet(ctx context.Context, compact Compact, from, to time.Time) ([]byte, error) {
	w := newSheetWriter()
	pull, stop := iter.Pull2(p.src.MessagesBetween(ctx, from, to))
	defer stop()
	next := func() ([]bot.Message, error) { return customers(pull) }
	do := func(ctx context.Context, part []bot.Message) ([]row, error) { return p.readings(ctx, compact, part) }
	if err := inOrder(ctx, cmp.Or(p.workers, runtime.GOMAXPROCS(0)), next, do, func(rows []row) error {
		for i := range rows {
			w.row(&rows[i])
		}
		return nil
	}); err != nil {
		return nil, fmt.Errorf("feedback: reading messages: %w", err)
	}
	for f, err := range p.src.Facts(ctx, from, to) {
		if err != nil {
			return nil, fmt.Errorf("feedback: reading facts: %w", err)
		}
		w.fact(&f)
	}
	return w.bytes(), nil
}

// customers takes the next few messages that customers wrote; io.EOF when there are no more.
func customers(pull func() (bot.Message, error, bool)) ([]bot.Message, error) {
	part := make([]bot.Message, 0, pileChunk)
	for len(part) < pileChunk {
		m, err, more := pull()
		switch {
		case err != nil:
			return nil, err
		case !more && len(part) == 0:
			return nil, io.EOF
		case !more:
			return part, nil
		case m.Direction == bot.Incoming:
			part = append(part, m)
		}
	}
	return part, nil
}

// readings are the rows of some messages.
func (p *pool) readings(ctx context.Context, compact Compact, part []bot.Message) ([]row, error) {
	rows := make([]row, len(part))
	for i := range part {
		c, err := p.conversation(ctx, part[i].Conversation)
		if err != nil {
			return nil, err
		}
		rows[i] = rowOf(&part[i], c)
		if compact != nil && rows[i].spoken {
			it := rows[i].item()
			it.Analysis = part[i].Analysis
			rows[i].reading = string(compact.AppendReading(nil, it))
		}
	}
	return rows, nil
}

// conversation finds one; a zero one when it is not there, or was erased.
func (p *pool) conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error) {
	f, ok := p.src.(finder)
	if !ok {
		return p.listed[id], nil
	}
	c, err := f.Conversation(ctx, id)
	if errors.Is(err, bot.ErrNotFound) {
		return bot.Conversation{}, nil
	}
	return c, err
}

// each looks something up for each of n, as many at once as there are workers. A panic is an error (guard.ErrPanic).
func (p *pool) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	workers := min(n, cmp.Or(p.workers, runtime.GOMAXPROCS(0)))
	g, ctx := errgroup.WithContext(ctx)
	for w := range workers {
		g.Go(guard.Func(func() error {
			for i := w; i < n; i += workers {
				if err := do(ctx, i); err != nil {
					return err
				}
			}
			return nil
		}))
	}
	return g.Wait()
}

// in yields the messages of a period, in order of time.
func (p *pool) in(t Period) iter.Seq[*row] {
	return func(yield func(*row) bool) {
		for _, part := range p.parts {
			for i, rows := 0, within(part.rows, t.Start, t.End, func(r *row) time.Time { return r.at }); i < len(rows); i++ {
				if !yield(&rows[i]) {
					return
				}
			}
		}
	}
}

// happened yields the facts of a period, in order of time.
func (p *pool) happened(t Period) iter.Seq[*event] {
	return func(yield func(*event) bool) {
		for _, part := range p.parts {
			for i, facts := 0, within(part.facts, t.Start, t.End, func(f *event) time.Time { return f.end }); i < len(facts); i++ {
				if !yield(&facts[i]) {
					return
				}
			}
		}
	}
}

// facts yields all facts, in order of time.
func (p *pool) facts() iter.Seq[*event] {
	return func(yield func(*event) bool) {
		for _, part := range p.parts {
			for i := range part.facts {
				if !yield(&part.facts[i]) {
					return
				}
			}
		}
	}
}
