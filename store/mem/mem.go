// Package mem is a store in memory: for tests, and for trying the program out. It is written for clarity and serves as
// the model that other back ends are compared with; a listing looks at every record.
package mem

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"

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

	_ feedback.TaskStore = (*Store)(nil)
)

// Options of a store; the zero value is ready to use.
type Options struct {
	// Now stamps the memory of events; nil: time.Now.
	Now func() time.Time
}

// Store keeps everything in memory. It is safe for concurrent use.
type Store struct {
	now func() time.Time

	mu            sync.Mutex
	closed        bool
	lastEvent     uint64
	pending       map[uint64]bot.Accepted
	quarantined   map[uint64]bot.Accepted
	seen          map[address]tombstone
	conversations map[bot.ConversationID]*conversation
	lanes         map[address][]bot.ConversationID // of each thread
	sources       map[address][]ref                // messages that have or had this SourceID
	contacts      map[bot.ContactID]bot.Contact
	addresses     map[address]bot.ContactID
	erased        map[bot.ContactID]bool
	facts         []bot.Fact // in the order of writing
	gaps          map[string]kb.Gap
	wordbook      kb.Wordbook
	agents        map[bot.AgentID]bot.Agent
	sessions      map[string]bot.Session
	tokens        map[string]bot.Token
	audit         []bot.Event
	articles      map[kb.ArticleID][]kb.Article // revisions, the oldest first
	version       uint64
	runs          map[string]feedback.Run
	canned        map[string]bot.Canned
	views         map[bot.AgentID][]bot.View
	rules         bot.DeskRules
	files         map[fileKey]*file
	incidents     map[string]bot.Incident
	tasks         map[string]feedback.Task
	macros        map[string]bot.Macro
	hooks         hookRecords
	reviews       map[reviewID]bot.Review
	reviewSeed    string
	experiments   map[string]bot.Experiment
	orders        map[string]bot.Order       // by Number
	imports       map[string]bot.OrderImport // of orders
}

// address names something in one inbox: an event, a message, a person, a thread.
type address struct {
	inbox bot.InboxID
	id    string
}

// ref is where a message is.
type ref struct {
	conversation bot.ConversationID
	seq          uint64
}

// tombstone remembers an event.
type tombstone struct {
	event uint64
	at    time.Time
}

type conversation struct {
	bot.Conversation
	messages []bot.Message // the one with Seq n at n−1
	seen     map[bot.AgentID]uint64
	cards    map[bot.InboxID]bot.Card
}

// New makes an empty store.
func New(o Options) *Store {
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Store{
		now:     o.Now,
		pending: map[uint64]bot.Accepted{}, quarantined: map[uint64]bot.Accepted{}, seen: map[address]tombstone{},
		conversations: map[bot.ConversationID]*conversation{}, lanes: map[address][]bot.ConversationID{}, sources: map[address][]ref{},
		contacts: map[bot.ContactID]bot.Contact{}, addresses: map[address]bot.ContactID{}, erased: map[bot.ContactID]bool{},
		gaps: map[string]kb.Gap{}, agents: map[bot.AgentID]bot.Agent{}, sessions: map[string]bot.Session{}, tokens: map[string]bot.Token{},
		articles: map[kb.ArticleID][]kb.Article{}, runs: map[string]feedback.Run{},
		canned: map[string]bot.Canned{}, files: map[fileKey]*file{}, incidents: map[string]bot.Incident{},
		tasks: map[string]feedback.Task{}, macros: map[string]bot.Macro{}, reviews: map[reviewID]bot.Review{},
		views: map[bot.AgentID][]bot.View{}, hooks: newHookRecords(),
		experiments: map[string]bot.Experiment{}, orders: map[string]bot.Order{}, imports: map[string]bot.OrderImport{},
	}
}

// do runs f alone, unless ctx has ended or the store is closed.
func (s *Store) do(ctx context.Context, f func() error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return store.ErrClosed
	}
	return f()
}

// get runs f alone and returns a copy of what it returns, so that no caller shares memory with the store.
func get[T any](ctx context.Context, s *Store, f func() (T, error)) (T, error) {
	var found T
	err := s.do(ctx, func() error {
		v, err := f()
		if err != nil {
			return err
		}
		found, err = clone(v)
		return err
	})
	return found, err
}

// clone copies a value through JSON, which is also what a store on disk does to it.
func clone[T any](v T) (T, error) {
	var c T
	b, err := json.Marshal(v)
	if err != nil {
		return c, fmt.Errorf("%w: %w", store.ErrInvalid, err)
	}
	err = json.Unmarshal(b, &c)
	return c, err
}

// listed returns a copy of a table's records, sorted.
func listed[K comparable, V any](ctx context.Context, s *Store, table map[K]V, sort func([]V)) ([]V, error) {
	return get(ctx, s, func() ([]V, error) {
		all := slices.Collect(maps.Values(table))
		sort(all)
		return all, nil
	})
}

// keep puts a copy of a record into a table, and the event into the audit log unless it is empty. It is called within do.
func keep[K comparable, V any](s *Store, table map[K]V, key K, v V, log bot.Event) error {
	kept, err := clone(v)
	if err != nil {
		return err
	}
	table[key] = kept
	if log != (bot.Event{}) {
		s.audit = append(s.audit, log)
	}
	return nil
}

// Backup cannot be had: nothing is on a disk.
func (s *Store) Backup(context.Context, io.Writer) error {
	return fmt.Errorf("store: a store in memory has no backup; start with --data DIR to keep anything")
}

// Health is always good.
func (s *Store) Health() error { return nil }

// Close ends the store; every later call fails.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	return nil
}
