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

	"huiyin/bot"
)

// pool is the customers' messages and the facts of a time, read once for all sections: from sheets where there are any.
type pool struct {
	src      Source
	log      *slog.Logger
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
		for s, err := range sheets.Sheets(ctx, compact.Version(), from, to) {
			if err != nil {
				return nil, fmt.Errorf("feedback: reading sheets: %w", err)
			}
			if s.Hour.After(at) {
				if err := p.read(ctx, compact, at, s.Hour); err != nil {
					return nil, err
				}
			}
			if err := p.add(string(s.Data)); err != nil { // damaged: the hour itself is there
				log.Warn("what an hour was read as is damaged; the hour is read anew", "hour", s.Hour, "error", err)
				if err := p.read(ctx, compact, s.Hour, s.Hour.Add(time.Hour)); err != nil {
					return nil, err
				}
			}
			at = s.Hour.Add(time.Hour)
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
	within := func(t time.Time) bool { return !t.Before(from) && t.Before(to) }
	p.rows = slices.DeleteFunc(p.rows, func(r row) bool { return !within(r.at) })
	p.facts = slices.DeleteFunc(p.facts, func(f event) bool { return !within(f.end) })
}

// add adds what a sheet says.
func (p *pool) add(data string) error {
	var err error
	p.rows, p.facts, err = openSheet(data, p.rows, p.facts)
	return err
}

// read adds what the source has of a time without sheets.
func (p *pool) read(ctx context.Context, compact Compact, from, to time.Time) error {
	data, err := p.sheet(ctx, compact, from, to)
	if err != nil {
		return err
	}
	return p.add(string(data))
}

// readAgain reads the hour of a time anew, past its sheet, and returns the readings of its messages by their ID.
func (p *pool) readAgain(ctx context.Context, compact Compact, at time.Time) (map[string]string, error) {
	hour := sheetHour(at)
	p.log.Warn("what an hour was read as cannot be used; the hour is read anew", "hour", hour)
	fresh := &pool{src: p.src, log: p.log, listed: p.listed}
	if err := fresh.read(ctx, compact, hour, hour.Add(time.Hour)); err != nil {
		return nil, err
	}
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
