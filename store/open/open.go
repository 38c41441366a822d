// Package open picks the store that a name asks for.
package open

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"huiyin/store"
	"huiyin/store/bolt"
	"huiyin/store/mem"
)

// Store is everything that the program keeps.
type Store = store.Store

// Options of a store; the zero value is ready to use.
type Options struct {
	// LockTimeout is how long to wait for another process to let go of a file; 0: one second.
	LockTimeout time.Duration
	// Now stamps the memory of events; nil: time.Now.
	Now func() time.Time
	// Log hears of trouble; nil: nobody does.
	Log *slog.Logger
	// Broken is called once when a write has failed with store.ErrBroken: the process should end and start again. nil:
	// nobody is told.
	Broken func(error)
}

// Open opens the store that a DSN names: "bolt:<path of the file>", or "mem:" for one that lives as long as the process.
func Open(dsn string, o Options) (Store, error) {
	if err := Check(dsn); err != nil {
		return nil, err
	}
	path, inFile := strings.CutPrefix(dsn, "bolt:")
	if !inFile {
		return mem.New(mem.Options{Now: o.Now}), nil
	}
	s, err := bolt.Open(path, o.bolt())
	if err != nil {
		return nil, err
	}
	return s, nil
}

// Check is the error with which Open would refuse a DSN for its form, or nil.
func Check(dsn string) error {
	if path, inFile := strings.CutPrefix(dsn, "bolt:"); dsn == "mem:" || inFile && path != "" {
		return nil
	}
	return fmt.Errorf("%w: %q names no store; write bolt:<path>, or mem: for one in memory", store.ErrInvalid, dsn)
}

// Verify verifies the store that a DSN names, which no process may have open, without changing it.
func Verify(ctx context.Context, dsn string, progress store.Progress, o Options) (store.Report, error) {
	path, err := file(dsn)
	if err != nil {
		return store.Report{}, err
	}
	return bolt.VerifyFile(ctx, path, progress, o.bolt())
}

// VerifyBackup verifies a backup without changing it.
func VerifyBackup(ctx context.Context, path string, progress store.Progress, o Options) (store.Report, error) {
	return bolt.VerifyFile(ctx, path, progress, o.bolt())
}

// Restore puts a backup in the place of the store that a DSN names, which no process may have open. The backup is
// verified before anything is replaced, and what it replaces is kept.
func Restore(ctx context.Context, backup, dsn string, progress store.Progress, o Options) (store.Restored, error) {
	path, err := file(dsn)
	if err != nil {
		return store.Restored{}, err
	}
	return bolt.Restore(ctx, backup, path, progress, o.bolt())
}

// file is the path in a DSN of a store that has one.
func file(dsn string) (string, error) {
	path, ok := strings.CutPrefix(dsn, "bolt:")
	if !ok || path == "" {
		return "", fmt.Errorf("%w: %q names no file; write bolt:<path>", store.ErrInvalid, dsn)
	}
	return path, nil
}

func (o Options) bolt() bolt.Options {
	return bolt.Options{LockTimeout: o.LockTimeout, Now: o.Now, Log: o.Log, Broken: o.Broken}
}
