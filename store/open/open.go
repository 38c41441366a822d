// Package open picks the store that a name asks for.
package open

import (
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
}

// Open opens the store that a DSN names: "bolt:<path of the file>", or "mem:" for one that lives as long as the process.
func Open(dsn string, o Options) (Store, error) {
	scheme, path, found := strings.Cut(dsn, ":")
	switch {
	case found && scheme == "bolt" && path != "":
		s, err := bolt.Open(path, bolt.Options{LockTimeout: o.LockTimeout, Now: o.Now, Log: o.Log})
		if err != nil {
			return nil, err
		}
		return s, nil
	case found && scheme == "mem" && path == "":
		return mem.New(mem.Options{Now: o.Now}), nil
	}
	return nil, fmt.Errorf("%w: %q names no store; write bolt:<path> or mem:", store.ErrInvalid, dsn)
}
