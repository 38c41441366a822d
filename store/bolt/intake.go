package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// Accept implements bot.IntakeStore.
func (s *Store) Accept(ctx context.Context, events []bot.Inbound) ([]bot.Accepted, error) {
	hashes := make([][]byte, len(events))
	for i, e := range events {
		if err := store.CheckEvent(e); err != nil {
			return nil, err
		}
		hashes[i] = seenHash(e)
	}
	now := s.now()
	var accepted []bot.Accepted
	err := s.write(ctx, func(x *txn) error {
		accepted = nil
		for i, e := range events {
			if x.get(tSeen, hashes[i]) != nil {
				continue
			}
			id, err := x.next(tPending)
			if err != nil {
				return err
			}
			key, a := number(nil, id), bot.Accepted{ID: id, Inbound: e}
			if err := errors.Join(
				x.save(tPending, key, a),
				x.put(tSeen, hashes[i], key),
				x.put(tAccepted, key, instant(append([]byte(nil), hashes[i]...), now)),
			); err != nil {
				return err
			}
			accepted = append(accepted, a)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return accepted, nil
}

// Recover implements bot.IntakeStore. What it writes is small, so that it works on a disk that is nearly full.
func (s *Store) Recover(ctx context.Context) ([]bot.Accepted, error) {
	var all []bot.Accepted
	err := s.write(ctx, func(x *txn) error {
		all = nil
		for k := range x.scan(tPending, nil, nil) {
			a, err := x.pending(k)
			if err != nil {
				return err
			}
			a.Attempts++
			all = append(all, a)
		}
		for _, a := range all {
			if err := x.put(tAttempts, number(nil, a.ID), number(nil, uint64(a.Attempts))); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// pending reads an event that is not done; bot.ErrNotFound when there is none.
func (x *txn) pending(key []byte) (bot.Accepted, error) {
	a, found, err := record[bot.Accepted](x, tPending, key)
	if err == nil && !found {
		err = fmt.Errorf("event %d: %w", binary.BigEndian.Uint64(key), bot.ErrNotFound)
	}
	if b := x.get(tAttempts, key); len(b) == 8 {
		a.Attempts = int(binary.BigEndian.Uint64(b))
	}
	return a, err
}

// finish takes an event out of those that are not done.
func (x *txn) finish(key []byte) error {
	return errors.Join(x.delete(tPending, key), x.delete(tAttempts, key))
}

// Quarantine implements bot.IntakeStore.
func (s *Store) Quarantine(ctx context.Context, id uint64, reason string) error {
	return s.write(ctx, func(x *txn) error {
		key := number(nil, id)
		a, err := x.pending(key)
		if err != nil {
			return err
		}
		a.Reason = reason
		return errors.Join(x.finish(key), x.save(tQuarantined, key, a))
	})
}

// Quarantined implements bot.IntakeStore.
func (s *Store) Quarantined(ctx context.Context, limit int) ([]bot.Accepted, error) {
	var all []bot.Accepted
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.backward(tQuarantined, nil) {
			if len(all) == store.Limit(limit) {
				break
			}
			var a bot.Accepted
			if err := decode(v, &a); err != nil {
				return err
			}
			all = append(all, a)
		}
		return nil
	})
	return all, err
}

// forgetAtOnce is how many events Forget looks at in one transaction, so that it does not hold up other writers.
const forgetAtOnce = 2000

// Forget implements bot.IntakeStore. An event counts from when it was accepted.
func (s *Store) Forget(ctx context.Context, before time.Time) (int, error) {
	forgotten := 0
	for from := []byte{}; from != nil; {
		var n int
		var next []byte
		err := s.write(ctx, func(x *txn) (err error) {
			n, next, err = x.forget(from, nanos(before))
			return err
		})
		if err != nil {
			return forgotten, err
		}
		forgotten, from = forgotten+n, next
	}
	return forgotten, nil
}

// forget drops events from a key on, and says where to go on; nil at the end.
func (x *txn) forget(from []byte, before uint64) (forgotten int, next []byte, err error) {
	var keys, hashes [][]byte
	looked := 0
	for k, v := range x.scan(tAccepted, nil, from) {
		if looked == forgetAtOnce {
			next = append([]byte(nil), k...)
			break
		}
		looked++
		if len(v) != hashBytes+8 {
			return 0, nil, fmt.Errorf("%w: the memory of event %x", store.ErrCorrupt, k)
		}
		if binary.BigEndian.Uint64(v[hashBytes:]) >= before || x.get(tPending, k) != nil {
			continue // young, or not done
		}
		keys = append(keys, append([]byte(nil), k...))
		hashes = append(hashes, append([]byte(nil), v[:hashBytes]...))
	}
	for i, key := range keys {
		if err := errors.Join(x.delete(tAccepted, key), x.delete(tSeen, hashes[i])); err != nil {
			return 0, nil, err
		}
	}
	return len(keys), next, nil
}
