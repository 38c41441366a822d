package bolt

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"syscall"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"huiyin/bot"
	"huiyin/store"
)

// request is one write. Its apply may run more than once, each time on a fresh transaction.
type request struct {
	ctx   context.Context
	apply func(*txn) error
	err   error         // what apply returned last
	done  chan struct{} // closed when err is final
}

// maxBatch bounds the requests of one transaction, and with them the memory that it takes.
const maxBatch = 1024

// write runs apply in a transaction and returns when that is on the disk. Many writes share one transaction: apply must
// make sure that it can succeed before it writes anything. An error of apply means that nothing of it was stored;
// except for commitAnyway, see there. Once write has begun it does not give up when ctx ends, so that an error always
// means "not stored".
func (s *Store) write(ctx context.Context, apply func(*txn) error) error {
	r, err := s.submit(ctx, apply)
	if err != nil {
		return err
	}
	return r.wait()
}

// submit hands a write over to the writer.
func (s *Store) submit(ctx context.Context, apply func(*txn) error) (*request, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	r := &request{ctx: ctx, apply: apply, done: make(chan struct{})}
	s.closing.RLock()
	defer s.closing.RUnlock()
	if s.closed {
		return nil, store.ErrClosed
	}
	select {
	case s.requests <- r:
		return r, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// wait returns when a write is on the disk, or will never be.
func (r *request) wait() error {
	<-r.done
	var anyway commitAnyway
	if errors.As(r.err, &anyway) {
		return anyway.error
	}
	return r.err
}

// commitAnyway is an error of apply that tells the caller something, while what apply wrote stands.
type commitAnyway struct{ error }

// run is the only goroutine that writes. It ends when requests is closed and drained.
func (s *Store) run() {
	defer close(s.finished)
	for r := range s.requests {
		runtime.Gosched() // let those whose writes were just answered hand over their next ones
		batch := append(s.batch[:0], r)
	drain:
		for len(batch) < maxBatch {
			select {
			case r, ok := <-s.requests:
				if !ok {
					break drain
				}
				batch = append(batch, r)
			default:
				break drain
			}
		}
		s.commit(batch)
		for i, r := range batch {
			close(r.done)
			batch[i] = nil
		}
		s.batch = batch
	}
}

// commit writes a batch in one transaction, and sets the err of every request.
func (s *Store) commit(batch []*request) {
	s.at(store.PointHandedOver)
	if broken := s.broken.Load(); broken != nil {
		for _, r := range batch {
			r.err = *broken
		}
		return
	}
	excluded := make(map[*request]bool) // those that failed after they had begun to write
	for {
		failed, err := s.try(batch, excluded)
		if failed != nil {
			excluded[failed] = true
			continue
		}
		if err != nil {
			for _, r := range batch {
				if !excluded[r] {
					r.err = err
				}
			}
		}
		return
	}
}

// try runs the requests of a batch in one transaction and commits it. It returns the request that failed halfway, whose
// writes must be undone by trying again without it; or the error of the commit.
func (s *Store) try(batch []*request, excluded map[*request]bool) (failed *request, err error) {
	tx, err := s.db.Begin(true)
	if err != nil {
		return nil, s.fail(fmt.Errorf("begin: %w", err), 0)
	}
	x, written := &txn{tx: tx, known: &s.known, marks: &s.marks}, false
	for _, r := range batch {
		if excluded[r] {
			continue
		}
		x.dirty = false
		r.err = guard(func() error {
			if err := r.ctx.Err(); err != nil {
				return err
			}
			return r.apply(x)
		})
		if halfway(r.err, x.dirty) {
			return r, tx.Rollback()
		}
		written = written || x.dirty
	}
	if !written {
		return nil, tx.Rollback()
	}
	id := tx.ID()
	s.at(store.PointApplied)
	err = guard(func() error { return s.commitTx(tx) })
	s.marks.touch(x.touched...) // also after an error: nobody knows what readers see
	if err != nil {
		_ = guard(tx.Rollback) // bbolt closes the transaction itself, unless it panicked
		return nil, s.fail(err, id)
	}
	if s.full.Swap(false) {
		s.log.Info("store: there is space again", "path", s.path)
	}
	s.at(store.PointCommitted)
	return nil, nil
}

// halfway reports whether a request that failed may have left something behind in its transaction.
func halfway(err error, dirty bool) bool {
	return err != nil && (dirty || errors.Is(err, store.ErrCorrupt)) && !errors.As(err, new(commitAnyway))
}

// fail classifies the error of a commit. "No space" before the new root was written leaves everything as it was: the
// store goes on, and works again once there is space. After anything else nobody knows what a restart will find (an
// error of the last fsync leaves the write visible), so the store refuses all further writes.
func (s *Store) fail(err error, id int) error {
	if id > 0 && noSpace(err) && s.visible() < id {
		if !s.full.Swap(true) {
			s.log.Warn("store: no space left; events are refused until there is", "path", s.path, "err", err)
		}
		return s.noSpace()
	}
	broken := fmt.Errorf("%w: %s: %w", store.ErrBroken, s.path, err)
	s.broken.Store(&broken)
	s.log.Error("store: a commit failed; writing stops until a restart", "path", s.path, "err", err)
	s.tell(broken)
	return broken
}

func (s *Store) noSpace() error {
	return fmt.Errorf("store: no space left for %s: %w", s.path, bot.ErrBusy)
}

// visible is the number of the newest transaction that readers see; a huge number when that cannot be said.
func (s *Store) visible() int {
	id := int(^uint(0) >> 1)
	_ = guard(func() error {
		return s.db.View(func(tx *bbolt.Tx) error {
			id = tx.ID()
			return nil
		})
	})
	return id
}

// noSpace reports whether an error says that the file cannot grow. bbolt drops the errno of some, so the text counts too.
func noSpace(err error) bool {
	for _, no := range []syscall.Errno{syscall.ENOSPC, syscall.EFBIG, syscall.EDQUOT} {
		if errors.Is(err, no) || strings.Contains(err.Error(), no.Error()) {
			return true
		}
	}
	return errors.Is(err, berrors.ErrMaxSizeReached)
}

// view runs f in a read-only transaction. Nothing that f got from it may be used afterwards. f should be short: a
// transaction that stays open keeps the file from reusing space.
func (s *Store) view(ctx context.Context, f func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return guard(func() error {
		err := s.db.View(func(tx *bbolt.Tx) error { return f(&txn{tx: tx, known: &s.known}) })
		if errors.Is(err, berrors.ErrDatabaseNotOpen) {
			return store.ErrClosed
		}
		return err
	})
}

// guard turns panics of bbolt on damaged pages, and faults on pages beyond the end of the file, into store.ErrCorrupt.
func guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%w: %v", store.ErrCorrupt, p)
		}
	}()
	return f()
}
