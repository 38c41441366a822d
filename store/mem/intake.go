package mem

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Accept implements bot.IntakeStore.
func (s *Store) Accept(ctx context.Context, events []bot.Inbound) ([]bot.Accepted, error) {
	for _, e := range events {
		if err := store.CheckEvent(e); err != nil {
			return nil, err
		}
	}
	return get(ctx, s, func() ([]bot.Accepted, error) {
		events, err := clone(events)
		if err != nil {
			return nil, err
		}
		var accepted []bot.Accepted
		for _, e := range events {
			key := address{e.Inbox, e.SourceID}
			if _, known := s.seen[key]; known {
				continue
			}
			s.lastEvent++
			a := bot.Accepted{ID: s.lastEvent, Inbound: e}
			s.seen[key] = tombstone{a.ID, s.now()}
			s.pending[a.ID] = a
			accepted = append(accepted, a)
		}
		return accepted, nil
	})
}

// Recover implements bot.IntakeStore.
func (s *Store) Recover(ctx context.Context) ([]bot.Accepted, error) {
	return get(ctx, s, func() ([]bot.Accepted, error) {
		var found []bot.Accepted
		for _, id := range slices.Sorted(maps.Keys(s.pending)) {
			a := s.pending[id]
			a.Attempts++
			s.pending[id] = a
			found = append(found, a)
		}
		return found, nil
	})
}

// Quarantine implements bot.IntakeStore.
func (s *Store) Quarantine(ctx context.Context, id uint64, reason string) error {
	return s.do(ctx, func() error {
		a, ok := s.pending[id]
		if !ok {
			return fmt.Errorf("event %d: %w", id, bot.ErrNotFound)
		}
		a.Reason = reason
		delete(s.pending, id)
		s.quarantined[id] = a
		return nil
	})
}

// Quarantined implements bot.IntakeStore.
func (s *Store) Quarantined(ctx context.Context, limit int) ([]bot.Accepted, error) {
	return get(ctx, s, func() ([]bot.Accepted, error) {
		found := slices.SortedFunc(maps.Values(s.quarantined), func(a, b bot.Accepted) int { return cmp.Compare(b.ID, a.ID) })
		return found[:min(len(found), store.Limit(limit))], nil
	})
}

// Forget implements bot.IntakeStore. An event counts from when it was accepted.
func (s *Store) Forget(ctx context.Context, before time.Time) (int, error) {
	forgotten := 0
	err := s.do(ctx, func() error {
		maps.DeleteFunc(s.seen, func(_ address, t tombstone) bool {
			_, pending := s.pending[t.event]
			old := !pending && t.at.Before(before)
			if old {
				forgotten++
			}
			return old
		})
		return nil
	})
	return forgotten, err
}
