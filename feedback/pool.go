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
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/internal/guard"
)

// pool is the customers' messages and the facts of a time, read once for all sections: from sheets where there are any.
type pool struct {
	src      Source
	log      *slog.Logger
	parts    []opened                                // in order of time, until join
	rows     []row                                   // in order of time
	facts    []event                                 // in order of time
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
	p.join()
	p.cut(from, to)
	p.recalled = compact != nil
	return p, nil
}

// cut drops what lies outside [from, to): where clocks are not whole hours from UTC, as in Kolkata and Adelaide, a period
// begins and ends within the hour of a sheet.
func (p *pool) cut(from, to time.Time) {
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	p.rows = slices.DeleteFunc(p.rows, func(r row) bool { return !within(r.at) })
	p.facts = slices.DeleteFunc(p.facts, func(f event) bool { return !within(f.end) })
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
		o.rows, o.facts, o.err = openSheet(string(s.Data))
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

// join makes one list of all parts.
func (p *pool) join() {
	var rows [][]row
	var facts [][]event
	for _, part := range p.parts {
		rows, facts = append(rows, part.rows), append(facts, part.facts)
	}
	p.rows, p.facts, p.parts = slices.Concat(rows...), slices.Concat(facts...), nil
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
	fresh.join()
	out := make(map[string]string, len(fresh.rows))
	for i := range fresh.rows {
		out[fresh.rows[i].id] = fresh.rows[i].reading
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
		for i := range p.rows {
			if r := &p.rows[i]; t.Contains(r.at) && !yield(r) {
				return
			}
		}
	}
}

// happened yields the facts of a period, in order of time.
func (p *pool) happened(t Period) iter.Seq[*event] {
	return func(yield func(*event) bool) {
		for i := range p.facts {
			if f := &p.facts[i]; t.Contains(f.end) && !yield(f) {
				return
			}
		}
	}
}
