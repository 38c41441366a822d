package bolt

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/store"
)

// Restore puts a backup in the place of a database that no process has open (else store.ErrLocked). The backup is
// copied and the copy verified before anything is replaced; the replaced file is kept beside it. However the process
// ends, path names a whole database: the old one or the new one.
func Restore(ctx context.Context, backup, path string, progress store.Progress, o Options) (store.Restored, error) {
	var r store.Restored
	o = o.withDefaults()
	fail := func(err error) (store.Restored, error) {
		return store.Restored{}, fmt.Errorf("restore of %s from %s: %w", path, backup, err)
	}
	if err := like(backup); err != nil {
		return fail(err)
	}
	unlock, err := lock(path, o)
	if err != nil {
		return fail(err)
	}
	defer unlock()
	copied := path + ".restoring"
	defer os.Remove(copied)
	if err := copyFile(ctx, backup, copied); err != nil {
		return fail(err)
	}
	if r, err = settle(ctx, copied, progress, o); err != nil {
		return fail(err)
	}
	o.At(store.PointRestoreCopied)
	if r.Replaced, err = keep(path, o); err != nil {
		return fail(err)
	}
	o.At(store.PointRestoreKept)
	if err := errors.Join(os.Rename(copied, path), store.SyncDir(filepath.Dir(path))); err != nil {
		return fail(err)
	}
	o.At(store.PointRestored)
	return r, nil
}

// like is store.ErrForeign for a file that begins with no page of a database, in either of the two places where the first
// page may stand whole.
func like(backup string) error {
	f, err := os.Open(backup)
	if err != nil {
		return err
	}
	defer f.Close()
	head := make([]byte, 2*maxPage)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	if !bytes.Contains(head[:n], binary.NativeEndian.AppendUint32(nil, magic)) {
		return store.ErrForeign
	}
	return nil
}

// What a database begins with: a mark behind the head of each of its first two pages (bbolt, internal/common/types.go), whose
// size is that of the machine's pages.
const (
	magic   = 0xED0CDAED
	maxPage = 64 << 10
)

// lock makes sure that no other process has the database open, and keeps it so where there is one. That it is damaged
// is no obstacle: it is about to be replaced.
func lock(path string, o Options) (unlock func(), err error) {
	none := func() {}
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return none, os.MkdirAll(filepath.Dir(path), 0o700)
	}
	db, err := openFile(path, o.LockTimeout, false)
	switch {
	case err == nil:
		return func() { _ = db.Close() }, nil
	case errors.Is(err, store.ErrCorrupt):
		return none, nil
	}
	return none, err
}

func copyFile(ctx context.Context, from, to string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = store.WriteFile(to, func(w io.Writer) error {
		_, err := io.Copy(w, readerWith(ctx, f))
		return err
	})
	return err
}

// settle verifies a copied backup, and takes back what may have happened since it was made: see store.Restored.
func settle(ctx context.Context, path string, progress store.Progress, o Options) (r store.Restored, err error) {
	if err := notEmpty(path, o); err != nil { // which Open would make a new database of
		return r, err
	}
	s, err := Open(path, Options{LockTimeout: o.LockTimeout, Now: o.Now, Log: o.Log})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	if r.Report, err = s.Verify(ctx, progress); err != nil {
		return r, err
	}
	unsent, err := s.Unsent(ctx)
	if err != nil {
		return r, err
	}
	for _, m := range unsent {
		switch _, err := s.BeginSend(ctx, m.ID); {
		case errors.Is(err, bot.ErrStale):
			continue // cancelled
		case err != nil:
			return r, err
		}
		if _, err := s.EndSend(ctx, m.ID, bot.SendResult{Delivery: bot.Unknown, Error: store.ReasonRestored, At: o.Now()}); err != nil {
			return r, err
		}
		r.Unsent++
	}
	pending, err := s.Recover(ctx)
	if err != nil {
		return r, err
	}
	for _, a := range pending {
		if err := s.Quarantine(ctx, a.ID, store.ReasonRestored); err != nil {
			return r, err
		}
		r.Pending++
	}
	return r, nil
}

// notEmpty makes sure that a file is a database of this program.
func notEmpty(path string, o Options) error {
	db, err := openFile(path, o.LockTimeout, true)
	if err != nil {
		return err
	}
	defer db.Close()
	return guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			format, err := formatOf(tx)
			if err == nil && format == 0 {
				err = fmt.Errorf("%w: %s is empty", store.ErrCorrupt, path)
			}
			return err
		})
	})
}

// keep gives the database a second name, so that its first one never names nothing. It returns the second name, or
// nothing when there is no database.
func keep(path string, o Options) (string, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	kept := path + ".replaced-" + o.Now().UTC().Format("20060102-150405")
	if err := os.Link(path, kept); err != nil {
		return "", fmt.Errorf("keeping the old file: %w", err)
	}
	return kept, store.SyncDir(filepath.Dir(path))
}
