// Package store holds what every back end shares: the rules by which records change, and the report of a verification.
// The back ends are store/mem and store/bolt; store/storetest is the suite that both pass; store/open picks one.
package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/hooks"
	"huiyin/kb"
)

// Store is everything that the program keeps.
type Store interface {
	bot.Store
	kb.Store
	kb.WordbookStore
	feedback.Source
	feedback.Archive
	feedback.TaskStore
	hooks.Store
	Maintenance
}

// Maintenance is what the operator does with a store.
type Maintenance interface {
	// Backup writes a whole and consistent copy while the store goes on working.
	Backup(ctx context.Context, w io.Writer) error
	// Verify reads everything and makes sure that all of it agrees. It returns ErrCorrupt, and the problems in the
	// Report, when something does not. Progress may be nil.
	Verify(ctx context.Context, progress Progress) (Report, error)
	// Health is nil while the store works, bot.ErrBusy while there is no space for further writes, and ErrBroken after a
	// failure that only a restart mends.
	Health() error
	// Close finishes what is being written and ends the store; every later call returns ErrClosed.
	Close() error
}

// Errors that callers tell apart, besides those of bot, kb and feedback.
var (
	// ErrInvalid means that a caller broke a contract, for example by a hole in the sequence of messages. Trying again
	// does not help.
	ErrInvalid = errors.New("store: invalid")
	// ErrBroken means that a commit failed in a way that leaves open whether it is on the disk. The store refuses further
	// writes: stop the process, start it again, and read what is there.
	ErrBroken = errors.New("store: a write failed and its fate is not known; restart to read what is on the disk")
	// ErrLocked means that another process has the database open.
	ErrLocked = errors.New("store: used by another process")
	// ErrNewer means that the file was written by a newer version of the program.
	ErrNewer = errors.New("store: written by a newer version")
	// ErrCorrupt means that the file is damaged, or is no database at all.
	ErrCorrupt = errors.New("store: damaged")
	// ErrForeign is the ErrCorrupt of a file that does not even begin like a database.
	ErrForeign = fmt.Errorf("%w, or no database of this program at all", ErrCorrupt)
	// ErrClosed means that the store was closed.
	ErrClosed = errors.New("store: closed")
)

// LockedError is ErrLocked with the file that is locked.
type LockedError struct{ Path string }

// Error says what to do.
func (e LockedError) Error() string {
	return fmt.Sprintf("store: %s is used by another process; stop it or choose another --data", e.Path)
}

// Is makes it an ErrLocked.
func (e LockedError) Is(target error) bool { return target == ErrLocked }

// Progress is told how far long work has come: done of total steps; total is 0 when it is not known.
type Progress func(done, total int)

// Report is what a verification found.
type Report struct {
	Conversations int           `json:"conversations"`
	Messages      int           `json:"messages"`
	Contacts      int           `json:"contacts"`
	Facts         int           `json:"facts"`
	Gaps          int           `json:"gaps"`
	Articles      int           `json:"articles"`
	Pending       int           `json:"pending"`     // events that are not done
	Quarantined   int           `json:"quarantined"` // events that could not be processed
	Unsent        int           `json:"unsent"`      // messages in the outbox
	Files         int           `json:"files"`       // that are attached to messages, or were uploaded for one
	FileBytes     int64         `json:"file_bytes"`
	Bytes         int64         `json:"bytes"` // size on disk
	Took          time.Duration `json:"took_ns"`
	Problems      []string      `json:"problems,omitempty"` // at most MaxProblems; names of records, never user text
	More          int           `json:"more,omitempty"`     // problems beyond those
}

// MaxProblems bounds Report.Problems.
const MaxProblems = 100

// Problem notes one broken promise.
func (r *Report) Problem(format string, args ...any) {
	if len(r.Problems) == MaxProblems {
		r.More++
		return
	}
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Err is nil when nothing is wrong, else an ErrCorrupt that names the first problems.
func (r *Report) Err() error {
	if len(r.Problems) == 0 {
		return nil
	}
	first := r.Problems[:min(3, len(r.Problems))]
	return fmt.Errorf("%w: %d problems: %s", ErrCorrupt, len(r.Problems)+r.More, strings.Join(first, "; "))
}
