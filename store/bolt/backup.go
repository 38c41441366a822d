package bolt

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"go.etcd.io/bbolt"
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
	if err := s.compactTo(ctx, copied); err != nil {
		return fmt.Errorf("store: backup of %s: %w", s.path, err)
	}
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

// compactTo copies what is alive into a new file.
func (s *Store) compactTo(ctx context.Context, path string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	to, err := bbolt.Open(path, 0o600, &bbolt.Options{NoSync: true, NoStatistics: true})
	if err != nil {
		return err
	}
	err = guard(func() error { return bbolt.Compact(to, s.db, compactTx) })
	if err == nil {
		err = to.Sync()
	}
	if closeErr := to.Close(); err == nil {
		err = closeErr
	}
	return err
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
