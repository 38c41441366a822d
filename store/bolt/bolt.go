// Package bolt is the default store: one bbolt file. Every write is on the disk when it returns; many writers share one
// commit. Readers never wait for writers.
package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/kb"
	"huiyin/store"
)

var (
	_ bot.Store        = (*Store)(nil)
	_ kb.Store         = (*Store)(nil)
	_ feedback.Source  = (*Store)(nil)
	_ feedback.Archive = (*Store)(nil)
	_ store.Store      = (*Store)(nil)
)

// Options of a store; the zero value is ready to use.
type Options struct {
	// LockTimeout is how long Open waits for another process to let go of the file; 0: one second.
	LockTimeout time.Duration
	// Now stamps the memory of events; nil: time.Now.
	Now func() time.Time
	// Log hears of trouble; nil: nobody does.
	Log *slog.Logger
	// Broken is called once when a write has failed with store.ErrBroken: the process should end and start again. nil:
	// nobody is told.
	Broken func(error)
	// At is called at each store.Point; tests make the process die there. nil: nothing happens.
	At func(store.Point)
}

// withDefaults fills in what was left out.
func (o Options) withDefaults() Options {
	if o.LockTimeout == 0 {
		o.LockTimeout = defaultLockTimeout
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Broken == nil {
		o.Broken = func(error) {}
	}
	if o.At == nil {
		o.At = func(store.Point) {}
	}
	return o
}

// Store is an open file. It is safe for concurrent use.
type Store struct {
	db   *bbolt.DB
	path string
	now  func() time.Time
	log  *slog.Logger
	at   func(store.Point)
	tell func(error) // Options.Broken

	requests chan *request
	batch    []*request // reused by run
	known    known
	marks    marks
	hooks    hookNews
	finished chan struct{} // closed when run has ended
	broken   atomic.Pointer[error]
	full     atomic.Bool           // the last commit found no space
	commitTx func(*bbolt.Tx) error // bbolt's Commit; tests make it fail

	closing sync.RWMutex // held for reading while a request is handed over
	closed  bool
}

const (
	defaultLockTimeout = time.Second
	// queued is how many writers may be ahead before the next one waits for its turn to hand over.
	queued = 4 * maxBatch
)

// Open opens the file at path, or creates it and its folder. Errors that callers tell apart: store.ErrLocked,
// store.ErrNewer, store.ErrCorrupt.
func Open(path string, o Options) (*Store, error) {
	o = o.withDefaults()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	_, missing := os.Stat(path)
	db, err := openFile(path, o.LockTimeout, false)
	if err != nil {
		return nil, err
	}
	if missing != nil {
		named(path, o.Log)
	}
	if err := prepare(db, path, migrations()); err != nil {
		_ = db.Close()
		return nil, err
	}
	if db, err = scrub(db, path, o); err != nil {
		_ = db.Close()
		return nil, explain(path, err)
	}
	s := &Store{
		db: db, path: path, now: o.Now, log: o.Log, at: o.At, tell: o.Broken,
		requests: make(chan *request, queued), finished: make(chan struct{}), commitTx: (*bbolt.Tx).Commit,
	}
	go s.run()
	if err := s.loadHooks(context.Background()); err != nil {
		return nil, errors.Join(explain(path, err), s.Close())
	}
	if err := s.forgetStandings(context.Background()); err != nil { // customers are served without
		s.log.Error("what all customers bought, as it was added up before the start, could not be dropped: a digest may tell it as it was then", "error", err)
	}
	return s, nil
}

// named makes the name of a new file durable, and that of its folder: a power cut could take them with all that was acknowledged.
// Where a folder cannot be written out, as on some network drives, customers are served all the same.
func named(path string, log *slog.Logger) {
	folder := filepath.Dir(path)
	for _, dir := range []string{folder, filepath.Dir(folder)} {
		if err := store.SyncDir(dir); err != nil {
			log.Warn("store: after a power cut the new database may not be found", "folder", dir, "err", err)
		}
	}
}

// mapBytes is how much address space is reserved for the file, so that readers rarely hold up a writer that must map
// more of it.
func mapBytes() int {
	if runtime.GOOS == "windows" || ^uint(0)>>32 == 0 {
		return 0 // there it would make the file that large, or take too much of the address space
	}
	return 1 << 30
}

// openFile opens a bbolt file and makes sure that none of it is missing.
func openFile(path string, timeout time.Duration, readOnly bool) (*bbolt.DB, error) {
	var db *bbolt.DB
	var file *os.File
	err := guard(func() error {
		var err error
		db, err = bbolt.Open(path, 0o600, &bbolt.Options{
			Timeout: timeout, FreelistType: bbolt.FreelistMapType, InitialMmapSize: mapBytes(), ReadOnly: readOnly, NoStatistics: true,
			OpenFile: func(path string, flag int, mode os.FileMode) (f *os.File, err error) {
				file, err = os.OpenFile(path, flag, mode)
				return file, err
			},
		})
		if err != nil {
			return err
		}
		return db.View(func(tx *bbolt.Tx) error {
			info, err := os.Stat(path)
			if err == nil && info.Size() < tx.Size() {
				err = fmt.Errorf("%w: it has %d bytes, and should have %d", store.ErrCorrupt, info.Size(), tx.Size())
			}
			return err
		})
	})
	if err == nil {
		return db, nil
	}
	if db != nil {
		_ = db.Close()
	} else if file != nil {
		_ = file.Close()
	}
	return nil, explain(path, err)
}

// explain turns an error of opening into one that says what to do.
func explain(path string, err error) error {
	switch {
	case errors.Is(err, berrors.ErrTimeout):
		return store.LockedError{Path: path}
	case errors.Is(err, berrors.ErrInvalid), errors.Is(err, berrors.ErrChecksum), errors.Is(err, berrors.ErrVersionMismatch),
		errors.Is(err, store.ErrCorrupt), strings.HasPrefix(err.Error(), "file size too small"):
		return fmt.Errorf("%w: %s is damaged or no database of this program: %w; move it away and restore a backup: huiyin restore FILE",
			store.ErrCorrupt, path, err)
	}
	return fmt.Errorf("store: open %s: %w", path, err)
}

// Format is the version of the file format that this program writes. It grows when older programs would misread it.
const Format = 11

// migrations change a file of format n+1 into one of format n+2, each in one transaction; the first one leads from 1 to 2.
func migrations() []func(*bbolt.Tx) error {
	return []func(*bbolt.Tx) error{
		func(*bbolt.Tx) error { return nil }, // to 2: the table of canned answers, and what agents have seen, both empty
		func(*bbolt.Tx) error { return nil }, // to 3: the tables of files, both empty
		func(*bbolt.Tx) error { return nil }, // to 4: those of incidents, tasks, tokens and macros, all empty unless they are there
		func(*bbolt.Tx) error { return nil }, // to 5: the table of sheets, empty; an older program would not drop those that it makes wrong
		func(*bbolt.Tx) error { return nil }, // to 6: those of webhooks, all empty
		func(*bbolt.Tx) error { return nil }, // to 7: the table of reviews, empty
		func(*bbolt.Tx) error { return nil }, // to 8: the table of experiments, empty; an older program would lose who is in which arm
		func(*bbolt.Tx) error { return nil }, // to 9: reviews of ends of conversations, of which there are none yet
		func(*bbolt.Tx) error { return nil }, // to 10: the tables of orders, empty; an older program would not erase them with a person
		indexPeople,                          // to 11
	}
}

// indexPeople makes the indexes of verified addresses and of the threads of accounts, which an older program would not keep up.
// A record that cannot be read does not hold up the start: Verify reports it.
func indexPeople(tx *bbolt.Tx) error {
	for _, t := range []table{tByReach, tThreadsOf} {
		if _, err := tx.CreateBucketIfNotExists([]byte(specOf(t).name)); err != nil {
			return err
		}
	}
	x := &txn{tx: tx}
	var entries []entry
	for _, v := range x.scan(tContacts, nil, nil) {
		var c bot.Contact
		if decode(v, &c) == nil {
			entries = append(entries, contactIndex(c)...)
		}
	}
	created := len(instant(nil, time.Time{})) // bytes of a key of tByCreated before the id
	for k := range x.scan(tByCreated, nil, nil) {
		if c, err := x.conversation(string(k[created:])); err == nil {
			entries = append(entries, threadIndex(c)...)
		}
	}
	return x.reindex(nil, entries)
}

// prepare makes the tables of a new file, refuses files of newer programs, and migrates those of older ones.
func prepare(db *bbolt.DB, path string, migrations []func(*bbolt.Tx) error) error {
	newest := uint64(1 + len(migrations))
	var format uint64
	err := guard(func() error {
		return db.View(func(tx *bbolt.Tx) (err error) {
			format, err = formatOf(tx)
			return err
		})
	})
	if err == nil && format > newest {
		return newer(path, format, newest)
	}
	for ; err == nil && format < newest; format++ {
		err = guard(func() error {
			return db.Update(func(tx *bbolt.Tx) error {
				if format == 0 {
					format = newest - 1
					return create(tx, newest)
				}
				if err := migrations[format-1](tx); err != nil {
					return fmt.Errorf("migrating to format %d: %w", format+1, err)
				}
				return create(tx, format+1)
			})
		})
	}
	if err != nil {
		return explain(path, err)
	}
	return nil
}

func newer(path string, format, known uint64) error {
	return fmt.Errorf("%w: %s has format %d, this program knows %d; use the newer program, or restore an older backup",
		store.ErrNewer, path, format, known)
}

// formatOf reads the format of a file; 0 when it is empty.
func formatOf(tx *bbolt.Tx) (uint64, error) {
	meta := tx.Bucket([]byte(specOf(tMeta).name))
	if meta == nil {
		if k, _ := tx.Cursor().First(); k != nil {
			return 0, fmt.Errorf("%w: it belongs to another program", store.ErrCorrupt)
		}
		return 0, nil
	}
	b := meta.Get([]byte("format"))
	if len(b) != 8 || binary.BigEndian.Uint64(b) == 0 {
		return 0, fmt.Errorf("%w: its format is not known", store.ErrCorrupt)
	}
	return binary.BigEndian.Uint64(b), nil
}

// create makes the tables that are missing and notes the format.
func create(tx *bbolt.Tx, format uint64) error {
	for t := range tables {
		if _, err := tx.CreateBucketIfNotExists([]byte(specOf(t).name)); err != nil {
			return err
		}
	}
	return tx.Bucket([]byte(specOf(tMeta).name)).Put([]byte("format"), number(nil, format))
}

// Health implements store.Maintenance.
func (s *Store) Health() error {
	if broken := s.broken.Load(); broken != nil {
		return *broken
	}
	if s.full.Load() {
		return s.noSpace()
	}
	return nil
}

// Close writes what was handed over and closes the file. Later calls return store.ErrClosed.
func (s *Store) Close() error {
	s.closing.Lock()
	if s.closed {
		s.closing.Unlock()
		return nil
	}
	s.closed = true
	close(s.requests)
	s.closing.Unlock()
	<-s.finished
	return s.db.Close()
}
