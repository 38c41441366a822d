package feedback

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Ahead reads hours that are over before a digest asks for them, and keeps their sheets. It is not safe for concurrent use.
type Ahead struct {
	Source SheetStore
	Topics Compact
}

const (
	// aheadSettle is how long after its end an hour is read: what is being stored then has arrived.
	aheadSettle = 2 * time.Minute
	// aheadKept is for how long sheets are kept: a running week, the four before it, and some days.
	aheadKept = 36 * 24 * time.Hour
)

// Missing lists the hours that a digest made now would have to read itself, the newest first: those since the first message and
// within what is kept that have no sheet of the present version.
func (a Ahead) Missing(ctx context.Context, now time.Time) ([]time.Time, error) {
	hours, err := a.Source.SheetHours(ctx, a.Topics.Version())
	if err != nil {
		return nil, err
	}
	have := make(map[int64]bool, len(hours))
	for _, h := range hours {
		have[h.Unix()] = true
	}
	from, err := a.first(ctx, now)
	if err != nil {
		return nil, err
	}
	var out []time.Time
	for h := sheetHour(now.Add(-aheadSettle)).Add(-time.Hour); !h.Before(from); h = h.Add(-time.Hour) {
		if !have[h.Unix()] {
			out = append(out, h)
		}
	}
	return out, nil
}

// first is the first hour that has anything, of those that are kept.
func (a Ahead) first(ctx context.Context, now time.Time) (time.Time, error) {
	from := sheetHour(now.Add(-aheadKept))
	first := now
	for m, err := range a.Source.MessagesBetween(ctx, from, now) {
		if err != nil {
			return from, err
		}
		first = m.At
		break
	}
	for f, err := range a.Source.Facts(ctx, from, first) {
		if err != nil {
			return from, err
		}
		first = f.End
		break
	}
	return sheetHour(first), nil
}

// Read reads an hour and keeps its sheet, on one processor: customers come first. When the hour is written to meanwhile there is none: it stays missing.
func (a Ahead) Read(ctx context.Context, hour time.Time) error {
	mark := a.Source.MarkHour(hour)
	p := &pool{src: a.Source, workers: 1}
	data, err := p.sheet(ctx, a.Topics, hour, hour.Add(time.Hour))
	if err != nil {
		return err
	}
	err = a.Source.SaveSheet(ctx, Sheet{Hour: hour, Version: a.Topics.Version(), Data: string(data)}, mark)
	if err != nil && !errors.Is(err, ErrTouched) {
		return fmt.Errorf("feedback: keeping the sheet of an hour: %w", err)
	}
	return nil
}

// Forget drops the sheets that are too old for any digest of a running week.
func (a Ahead) Forget(ctx context.Context, now time.Time) error {
	return a.Source.DropSheets(ctx, sheetHour(now.Add(-aheadKept)))
}
