package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"huiyin/feedback"
	"huiyin/internal/guard"
)

// ahead reads hours before a digest asks for them; false: the store or the topics cannot keep what was read.
func (a *App) ahead() (feedback.Ahead, bool) {
	sheets, ok := a.Store.(feedback.SheetStore)
	compact, can := a.topics.(feedback.Compact)
	return feedback.Ahead{Source: sheets, Topics: compact}, ok && can
}

const (
	// aheadEvery is how often is looked for hours that nobody has read.
	aheadEvery = time.Minute
	// aheadRest is for how many times the time that an hour took to read is rested after it: customers come first.
	aheadRest = 3
)

// readAhead keeps what all customers bought, and the sheets of the past weeks: of every hour when it is over; at the start of those that are missing; and of all
// of them when the taxonomy has changed. Until then a digest reads the messages themselves.
func (a *App) readAhead(ctx context.Context) error {
	ahead, ok := a.ahead()
	if !ok {
		return nil
	}
	tick := time.NewTicker(aheadEvery)
	defer tick.Stop()
	for {
		if err := guard.Quiet(func() error { return a.readMissing(ctx, ahead) }); err != nil && ctx.Err() == nil {
			a.Log.Error("messages could not be read ahead for the digest; it is tried again, and a digest reads them itself", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// readMissing reads the hours that are missing, with rests. An hour that cannot be read does not stand in the way of the others.
func (a *App) readMissing(ctx context.Context, ahead feedback.Ahead) error {
	hours, err := ahead.Missing(ctx, a.Now())
	failed := 0
	for _, h := range hours {
		start := time.Now()
		if e := ahead.Read(ctx, h); e != nil {
			if failed++; failed == 1 { // one stands for all: they may be hundreds
				err = fmt.Errorf("the hour of %s: %w", h.Format(time.RFC3339), e)
			}
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(aheadRest * time.Since(start)):
		}
	}
	if failed > 1 {
		err = fmt.Errorf("%w; and %d more of %d hours", err, failed-1, len(hours))
	}
	return errors.Join(err, a.readOrders(ctx), ahead.Forget(ctx, a.Now()))
}

// readOrders keeps what all customers bought, with rests: for the digests of the running week and of the one before.
func (a *App) readOrders(ctx context.Context) error {
	orders, ok := a.Store.(feedback.StandingStore)
	if !ok {
		return nil
	}
	start := time.Now()
	rest := func() {
		select {
		case <-ctx.Done():
		case <-time.After(aheadRest * time.Since(start)):
		}
		start = time.Now()
	}
	zone := a.Config.location()
	week := feedback.WeekOf(a.Now(), zone)
	return errors.Join(feedback.KeepStanding(ctx, orders, week.Start, zone, rest), feedback.KeepStanding(ctx, orders, week.End, zone, rest))
}
