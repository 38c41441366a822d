package bolt

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"

	"huiyin/store"
)

// compactTx bounds one transaction of a copy, in bytes of keys and values.
const compactTx = 16 << 20

// Backup implements store.Maintenance. The copy is a file that Open opens. It is compact: it holds nothing of what was
// erased. It needs room for itself beside the original while it is being made.
func (s *Store) Backup(ctx context.Context, w io.Writer) error {
	dir, err := os.MkdirTemp(filepath.Dir(s.path), ".backup-*")
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer os.RemoveAll(dir)
	copied := filepath.Join(dir, "copy.db")
	if err := s.compact(ctx, copied); err != nil {
		return fmt.Errorf("store: backup of %s: %w", s.path, err)
	}
	s.at(store.PointBackupWritten)
	f, err := os.Open(copied)
	if err != nil {
		return fmt.Errorf("store: backup: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(w, readerWith(ctx, f)); err != nil {
		return fmt.Errorf("store: backup of %s: %w", s.path, err)
	}
	return nil
}

// compact copies what is alive into a new file.
func (s *Store) compact(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	return compact(s.db, path)
}

func compact(from *bbolt.DB, path string) error {
	to, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, NoStatistics: true, FreelistType: bbolt.FreelistMapType})
	if err != nil {
		return err
	}
	err = guard(func() error { return bbolt.Compact(to, from, compactTx) })
	if err == nil { // the copy is rid of what was erased
		err = to.Update(func(tx *bbolt.Tx) error { return tx.Bucket([]byte(specOf(tMeta).name)).Delete([]byte(scrubKey)) })
	}
	if err == nil {
		err = to.Sync()
	}
	return errors.Join(err, to.Close())
}

// scrubKey is in tMeta when pages of the file still hold what was erased.
const scrubKey = "scrub"

// scrub replaces a file that still holds what was erased by a copy that does not. When that cannot be done, the store
// goes on as it is, and the next start tries again.
func scrub(db *bbolt.DB, path string, o Options) (*bbolt.DB, error) {
	dirty := false
	if err := guard(func() error {
		return db.View(func(tx *bbolt.Tx) error {
			dirty = tx.Bucket([]byte(specOf(tMeta).name)).Get([]byte(scrubKey)) != nil
			return nil
		})
	}); err != nil || !dirty {
		return db, err
	}
	copied := path + ".scrubbed"
	_ = os.Remove(copied) // of a try that was cut short
	err := compact(db, copied)
	o.At(store.PointScrubCopied)
	var fresh *bbolt.DB
	if err == nil { // locked before it takes its place, so that no other process can come between
		fresh, err = openFile(copied, o.LockTimeout, false)
	}
	if err == nil {
		if err = errors.Join(os.Rename(copied, path), store.SyncDir(filepath.Dir(path))); err != nil {
			_ = fresh.Close()
		}
	}
	if err != nil {
		_ = os.Remove(copied)
		o.Log.Warn("store: the file could not be rid of erased data; the next start tries again", "path", path, "err", err)
		return db, nil
	}
	o.At(store.PointScrubReplaced)
	return fresh, db.Close()
}

// contextReader ends with ctx.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func readerWith(ctx context.Context, r io.Reader) io.Reader { return contextReader{ctx, r} }

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
