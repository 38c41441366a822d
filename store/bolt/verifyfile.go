package bolt

import (
	"context"
	"errors"
	"fmt"
	"os"

	"go.etcd.io/bbolt"

	"huiyin/store"
)

// VerifyFile verifies a file that no process has open, for example a backup, without changing it.
func VerifyFile(ctx context.Context, path string, progress store.Progress, o Options) (store.Report, error) {
	o = o.withDefaults()
	began := o.Now()
	if _, err := os.Stat(path); err != nil {
		return store.Report{}, fmt.Errorf("store: %w", err)
	}
	if err := like(path); err != nil {
		return store.Report{}, err
	}
	db, err := openFile(path, o.LockTimeout, true)
	if err != nil {
		return store.Report{}, err
	}
	defer func() { _ = db.Close() }()
	format, err := readable(db, path)
	if err != nil {
		return store.Report{}, err
	}
	view := func(f func(*txn) error) error {
		return guard(func() error { return db.View(func(tx *bbolt.Tx) error { return f(&txn{tx: tx}) }) })
	}
	records := view
	if format < Format { // its records are read as the next start will bring them up to date
		if err := db.Close(); err != nil {
			return store.Report{}, err
		}
		if db, err = openFile(path, o.LockTimeout, false); err != nil {
			return store.Report{}, err
		}
		records = func(f func(*txn) error) error { return guard(func() error { return migrated(db, format, f) }) }
	}
	r, err := verify(ctx, progress, records, view)
	r.Took = o.Now().Sub(began)
	return withSize(r, path), err
}

// readable is the format of a file that this program can read.
func readable(db *bbolt.DB, path string) (format uint64, err error) {
	err = guard(func() error {
		return db.View(func(tx *bbolt.Tx) (err error) {
			format, err = formatOf(tx)
			return err
		})
	})
	switch {
	case err == nil && format == 0:
		err = fmt.Errorf("%w: it is empty", store.ErrCorrupt)
	case err == nil && format > Format:
		err = newer(path, format, Format)
	}
	return format, err
}

// migrated shows a file of an older format as it will be, in a transaction that is taken back: the file stays as it is.
func migrated(db *bbolt.DB, format uint64, f func(*txn) error) (err error) {
	tx, err := db.Begin(true)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, tx.Rollback()) }()
	for _, migrate := range migrations()[format-1:] {
		if err := migrate(tx); err != nil {
			return err
		}
	}
	if err := create(tx, Format); err != nil {
		return err
	}
	return f(&txn{tx: tx})
}

func withSize(r store.Report, path string) store.Report {
	if info, err := os.Stat(path); err == nil {
		r.Bytes = info.Size()
	}
	return r
}
