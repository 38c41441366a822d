package bolt

import (
	"bytes"
	"fmt"
	"iter"

	"go.etcd.io/bbolt"
)

// table is one bucket of the file.
type table uint8

// The tables. A record table holds values; an index table holds keys that lead to records. See keys.go for the keys.
const (
	tMeta          table = iota // "format", "articles", "desk" (its rules), "review_seed", "views <agent>"
	tConversations              // conversations with all that belongs to them: messages, references to facts and gaps
	tLanes                      // index: inbox, thread, CreatedAt → conversation
	tByStatus                   // index: status, UpdatedAt → conversation
	tByAgent                    // index: agent, status, UpdatedAt → conversation
	tByContact                  // index: contact → conversation
	tByCreated                  // index: CreatedAt → conversation
	tByTime                     // index: At → message
	tBySource                   // index: inbox, SourceID → message
	tOutbox                     // index: messages that are queued or sending
	tPending                    // events that are not done
	tAttempts                   // number of an event → process starts that found it unfinished
	tQuarantined                // events that could not be processed
	tSeen                       // hash of inbox and SourceID → number of the event
	tAccepted                   // number of an event → its hash and when it was accepted: to forget in order of time
	tContacts                   // contacts
	tAddresses                  // inbox, SourceID → contact
	tAddressesOf                // index: contact, inbox, SourceID
	tErased                     // hash of the id of an erased contact
	tFacts                      // facts in order of End
	tGaps                       // gaps in order of At
	tGapIDs                     // index: id of a gap → its key
	tAgents                     // agents
	tEmails                     // index: e-mail → agent
	tSessions                   // logins
	tAudit                      // the audit log
	tArticles                   // newest revisions
	tRevisions                  // all revisions
	tRuns                       // digests
	tCanned                     // answers that agents have ready
	tFiles                      // what is known of files that are attached to messages
	tFileData                   // their bytes, in pieces
	tIncidents                  // known incidents
	tTasks                      // what is done about what digests found
	tTokens                     // of programs that use the HTTP API
	tMacros                     // what agents do with one choice
	tSheets                     // what hours were read as: derived, see sheets.go
	tEndpoints                  // addresses that are told what happens
	tHookStates                 // how far each of them has come
	tHookEvents                 // what some of them have not taken
	tReviews                    // what leads found of conversations
	tExperiments                // ways to say something that are compared
	tOrders                     // what customers bought
	tOrdersOf                   // index: buyer → order
	tOrderImports               // imports of orders
	tByReach                    // index: verified address or number → contact
	tThreadsOf                  // index: contact, inbox, account, UpdatedAt, conversation → thread
	tables                      // how many there are
)

// spec is what a table is like.
type spec struct {
	name string // in the file
	grow bool   // keys arrive in order: pages may be filled to the brim
}

// specOf describes a table. Names are part of the file format.
func specOf(t table) spec {
	return [tables]spec{
		tMeta: {"meta", false}, tConversations: {"conversations", false}, tLanes: {"lanes", false},
		tByStatus: {"by_status", true}, tByAgent: {"by_agent", false}, tByContact: {"by_contact", false},
		tByCreated: {"by_created", true}, tByTime: {"by_time", true}, tBySource: {"by_source", false},
		tOutbox: {"outbox", false}, tPending: {"pending", true}, tAttempts: {"attempts", true},
		tQuarantined: {"quarantined", true}, tSeen: {"seen", false}, tAccepted: {"accepted", true},
		tContacts: {"contacts", false}, tAddresses: {"addresses", false}, tAddressesOf: {"addresses_of", false},
		tErased: {"erased", false}, tFacts: {"facts", true}, tGaps: {"gaps", true}, tGapIDs: {"gap_ids", false},
		tAgents: {"agents", false}, tEmails: {"emails", false}, tSessions: {"sessions", false}, tAudit: {"audit", true},
		tArticles: {"articles", false}, tRevisions: {"revisions", false}, tRuns: {"runs", false},
		tCanned: {"canned", false}, tFiles: {"files", false}, tFileData: {"file_data", false}, tIncidents: {"incidents", false},
		tTasks:  {"tasks", false},
		tTokens: {"tokens", false}, tMacros: {"macros", false}, tReviews: {"reviews", false},
		tExperiments: {"experiments", false},
		tOrders:      {"orders", false}, tOrdersOf: {"orders_of", false}, tOrderImports: {"order_imports", false},
		tSheets:  {"sheets", false},
		tByReach: {"by_reach", false}, tThreadsOf: {"threads_of", false},
		tEndpoints: {"endpoints", false}, tHookStates: {"hook_states", false}, tHookEvents: {"hook_events", true},
	}[t]
}

// growFill is how full bbolt makes the pages of a table whose keys arrive in order.
const growFill = 0.95

// txn is a transaction: bbolt's, with the tables at hand, and the knowledge whether anything was written in it.
type txn struct {
	tx      *bbolt.Tx
	buckets [tables]*bbolt.Bucket
	dirty   bool
	known   *known // nil: every record is decoded
	marks   *marks
	touched []int64 // hours whose sheets are dropped, by their Unix seconds
}

// bucket finds a table; it panics when the file has lost it, which guard turns into store.ErrCorrupt.
func (x *txn) bucket(t table) *bbolt.Bucket {
	if b := x.buckets[t]; b != nil {
		return b
	}
	s := specOf(t)
	b := x.tx.Bucket([]byte(s.name))
	if b == nil {
		panic(fmt.Sprintf("table %s is missing", s.name))
	}
	if s.grow {
		b.FillPercent = growFill
	}
	x.buckets[t] = b
	return b
}

// get returns the value of a key, valid until the transaction ends; nil when there is none.
func (x *txn) get(t table, key []byte) []byte { return x.bucket(t).Get(key) }

// has reports whether a key is there; unlike get, it knows a key with an empty value.
func (x *txn) has(t table, key []byte) bool {
	k, _ := x.bucket(t).Cursor().Seek(key)
	return bytes.Equal(k, key)
}

func (x *txn) put(t table, key, value []byte) error {
	x.dirty = true
	if err := x.bucket(t).Put(key, value); err != nil {
		return fmt.Errorf("table %s: %w", specOf(t).name, err)
	}
	return nil
}

func (x *txn) delete(t table, key []byte) error {
	x.dirty = true
	if err := x.bucket(t).Delete(key); err != nil {
		return fmt.Errorf("table %s: %w", specOf(t).name, err)
	}
	return nil
}

// next is a number that no record of the table has had.
func (x *txn) next(t table) (uint64, error) {
	x.dirty = true
	return x.bucket(t).NextSequence()
}

// record reads and decodes a record; found is false when there is none.
func record[T any](x *txn, t table, key []byte) (v T, found bool, err error) {
	b := x.get(t, key)
	if b == nil {
		return v, false, nil
	}
	if err := decode(b, &v); err != nil {
		return v, true, fmt.Errorf("table %s, key %x: %w", specOf(t).name, key, err)
	}
	return v, true, nil
}

// save encodes and writes a record.
func (x *txn) save(t table, key []byte, v any) error {
	b, err := encode(v)
	if err != nil {
		return err
	}
	return x.put(t, key, b)
}

// scan yields the entries from a key on that begin with a prefix, in order. The table must not be written meanwhile.
func (x *txn) scan(t table, prefix, from []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		if bytes.Compare(from, prefix) < 0 {
			from = prefix
		}
		c := x.bucket(t).Cursor()
		for k, v := c.Seek(from); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Next() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// backward yields the entries that begin with a prefix, the greatest first.
func (x *txn) backward(t table, prefix []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(k, v []byte) bool) {
		c := x.bucket(t).Cursor()
		for k, v := seekBelow(c, behind(prefix)); k != nil && bytes.HasPrefix(k, prefix); k, v = c.Prev() {
			if !yield(k, v) {
				return
			}
		}
	}
}

// behind is the least key that is greater than all that begin with a prefix; nil when there is none.
func behind(prefix []byte) []byte {
	for i := len(prefix) - 1; i >= 0; i-- {
		if prefix[i] != 0xff {
			key := bytes.Clone(prefix[:i+1])
			key[i]++
			return key
		}
	}
	return nil
}

// seekBelow moves a cursor to the greatest key that is less than a key (nil: to the greatest of all).
func seekBelow(c *bbolt.Cursor, key []byte) (k, v []byte) {
	if key == nil {
		return c.Last()
	}
	if k, _ := c.Seek(key); k == nil {
		return c.Last() // all are less
	}
	return c.Prev()
}

// keys copies the keys that begin with a prefix, to delete or change them afterwards.
func (x *txn) keys(t table, prefix []byte) [][]byte {
	var all [][]byte
	for k := range x.scan(t, prefix, nil) {
		all = append(all, bytes.Clone(k))
	}
	return all
}

// entry is one entry of an index.
type entry struct {
	table table
	key   []byte
	value []byte
}

// reindex replaces the index entries of a record: before its change and after it.
func (x *txn) reindex(before, after []entry) error {
	for _, e := range before {
		if !contains(after, e) {
			if err := x.delete(e.table, e.key); err != nil {
				return err
			}
		}
	}
	for _, e := range after {
		if !contains(before, e) {
			if err := x.put(e.table, e.key, e.value); err != nil {
				return err
			}
		}
	}
	return nil
}

func contains(all []entry, e entry) bool {
	for _, other := range all {
		if other.table == e.table && bytes.Equal(other.key, e.key) {
			return bytes.Equal(other.value, e.value)
		}
	}
	return false
}
