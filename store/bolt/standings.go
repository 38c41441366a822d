package bolt

import (
	"bytes"
	"context"

	"huiyin/feedback"
	"huiyin/store"
)

var _ feedback.StandingStore = (*Store)(nil)

// standingPrefix begins the keys of standings in the table of sheets, which has all that is derived. It lies behind those of hours.
const standingPrefix = "standing\x00"

func standingKey(key string) []byte { return append([]byte(standingPrefix), key...) }

// touchOrders drops the standings, since an order is written.
func (x *txn) touchOrders() error {
	if _, err := x.next(tOrders); err != nil {
		return err
	}
	return x.dropStandings()
}

func (x *txn) dropStandings() error {
	for _, key := range x.keys(tSheets, []byte(standingPrefix)) {
		if err := x.delete(tSheets, key); err != nil {
			return err
		}
	}
	return nil
}

// forgetStandings drops what was kept before the store was opened: a program that knows no standings may have written orders since.
// It seeks once; where there are none, nothing is written.
func (s *Store) forgetStandings(ctx context.Context) error {
	found := false
	err := s.view(ctx, func(x *txn) error {
		for range x.scan(tSheets, []byte(standingPrefix), nil) {
			found = true
			break
		}
		return nil
	})
	if err != nil || !found {
		return err
	}
	return s.write(ctx, (*txn).dropStandings)
}

// standingsKept is how many standings there may be: the two that digests use, and room for a clock that is put back.
const standingsKept = 8

// Standing implements feedback.StandingStore. What does not match its checksum is left out: it is made again.
func (s *Store) Standing(ctx context.Context, key string) (data []byte, err error) {
	err = s.view(ctx, func(x *txn) error {
		var kept string
		if b := x.get(tSheets, standingKey(key)); b != nil && decode(b, &kept) == nil {
			data = []byte(kept)
		}
		return nil
	})
	return data, err
}

// MarkOrders implements feedback.StandingStore.
func (s *Store) MarkOrders(ctx context.Context) (mark uint64, err error) {
	err = s.view(ctx, func(x *txn) error {
		mark = x.bucket(tOrders).Sequence()
		return nil
	})
	return mark, err
}

// SaveStanding implements feedback.StandingStore.
func (s *Store) SaveStanding(ctx context.Context, key string, data []byte, mark uint64) error {
	if err := store.CheckID("key of a standing", key); err != nil {
		return err
	}
	data = bytes.Clone(data)
	return s.write(ctx, func(x *txn) error {
		if x.bucket(tOrders).Sequence() != mark {
			return feedback.ErrTouched
		}
		if err := x.save(tSheets, standingKey(key), string(data)); err != nil {
			return err
		}
		kept := x.keys(tSheets, []byte(standingPrefix)) // the oldest first
		for _, old := range kept[:max(0, len(kept)-standingsKept)] {
			if bytes.Equal(old, standingKey(key)) {
				old = kept[len(kept)-standingsKept]
			}
			if err := x.delete(tSheets, old); err != nil {
				return err
			}
		}
		return nil
	})
}
