package bot

import (
	"context"
	"fmt"
	"time"
)

// deskRules are the rules in force, with their calendar read.
type deskRules struct {
	DeskRules
	hours *Hours
}

// DefaultCapacity is how many conversations an agent is given at most when nobody says otherwise.
const DefaultCapacity = 6

// CapacityOf is how many conversations an agent is given at most: her own number, or that of the rules, or DefaultCapacity.
func (r DeskRules) CapacityOf(a Agent) int {
	switch {
	case a.Capacity > 0:
		return a.Capacity
	case r.Capacity > 0:
		return r.Capacity
	}
	return DefaultCapacity
}

// loadRules puts the stored rules in force. A calendar that cannot be read is an error: it was checked when it was saved.
func (b *Bot) loadRules(ctx context.Context) error {
	r, err := b.cfg.Store.DeskRules(ctx)
	if err != nil {
		return fmt.Errorf("bot: read the rules of the desk: %w", err)
	}
	return b.enforce(r)
}

func (b *Bot) enforce(r DeskRules) error {
	next := &deskRules{DeskRules: r, hours: b.cfg.Hours}
	if r.Calendar != nil {
		h, err := r.Calendar.Hours()
		if err != nil {
			return err
		}
		next.hours = h
	}
	b.desk.Store(next)
	return nil
}

// rulesNow are the rules in force; zero ones before Run.
func (b *Bot) rulesNow() DeskRules {
	if r := b.desk.Load(); r != nil {
		return r.DeskRules
	}
	return DeskRules{}
}

// hours are the business hours in force; nil: always open.
func (b *Bot) hours() *Hours {
	if r := b.desk.Load(); r != nil {
		return r.hours
	}
	return b.cfg.Hours
}

// Rules implements Ruler.
func (b *Bot) Rules() (DeskRules, *Hours) { return b.rulesNow(), b.hours() }

// SaveRules implements Ruler.
func (b *Bot) SaveRules(ctx context.Context, by Agent, r DeskRules) error {
	for _, d := range []time.Duration{r.FirstResponse, r.NextResponse, r.Resolution} {
		if d < 0 {
			return fmt.Errorf("%w: a promise of %s", ErrState, d)
		}
	}
	if err := r.checkTiers(); err != nil {
		return err
	}
	if r.Calendar != nil {
		if _, err := r.Calendar.Hours(); err != nil {
			return err
		}
	}
	r.UpdatedAt, r.UpdatedBy = b.now(), by.ID
	log := Event{At: r.UpdatedAt, Actor: string(by.ID), Action: "desk.rules", Object: "desk"}
	if err := b.cfg.Store.SaveDeskRules(ctx, r, log); err != nil {
		return fmt.Errorf("save the rules of the desk: %w", err)
	}
	r.Version++
	if err := b.enforce(r); err != nil {
		return err
	}
	b.drain()
	return nil
}
