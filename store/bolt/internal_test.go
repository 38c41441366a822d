package bolt

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.etcd.io/bbolt"
	berrors "go.etcd.io/bbolt/errors"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/kb"
	"huiyin/store"
)

func openTest(t *testing.T) *Store {
	t.Helper()
	s, err := Open(filepath.Join(t.TempDir(), "huiyin.db"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func inbound(id string) []bot.Inbound {
	return []bot.Inbound{{Inbox: "web", SourceID: id, Thread: "t", Text: "你好"}}
}

// hold keeps the writer busy until the function returned is called, so that what is submitted meanwhile becomes one batch.
func hold(t *testing.T, s *Store) (release func()) {
	t.Helper()
	begun, end := make(chan struct{}), make(chan struct{})
	r, err := s.submit(t.Context(), func(*txn) error {
		close(begun)
		<-end
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	<-begun
	return func() {
		close(end)
		if err := r.wait(); err != nil {
			t.Error(err)
		}
	}
}

// TestOneBadWriteOfABatch: whatever happens to one write, the others of the same transaction are stored.
func TestOneBadWriteOfABatch(t *testing.T) {
	boom := errors.New("boom")
	cases := []struct {
		name  string
		apply func(*txn) error
		want  error
	}{
		{"refuses before it writes", func(*txn) error { return bot.ErrConflict }, bot.ErrConflict},
		{"fails after it wrote", func(x *txn) error {
			return errors.Join(x.put(tMeta, []byte("half"), []byte("x")), boom)
		}, boom},
		{"panics", func(*txn) error { panic("boom") }, store.ErrCorrupt},
		{"panics after it wrote", func(x *txn) error {
			_ = x.put(tMeta, []byte("half"), []byte("x"))
			panic("boom")
		}, store.ErrCorrupt},
		{"writes an impossible key", func(x *txn) error { return x.put(tMeta, nil, []byte("x")) }, berrors.ErrKeyRequired},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			s := openTest(t)
			release := hold(t, s)
			before := s.visible()
			var requests []*request
			for i := range 11 {
				apply := func(x *txn) error { return x.put(tMeta, []byte(fmt.Sprint("good ", i)), []byte("x")) }
				if i == 5 {
					apply = test.apply
				}
				r, err := s.submit(t.Context(), apply)
				if err != nil {
					t.Fatal(err)
				}
				requests = append(requests, r)
			}
			release()
			for i, r := range requests {
				if err := r.wait(); i == 5 && !errors.Is(err, test.want) || i != 5 && err != nil {
					t.Errorf("write %d: %v", i, err)
				}
			}
			if n := s.visible() - before; n != 1 {
				t.Errorf("the batch took %d transactions", n)
			}
			if err := s.view(t.Context(), func(x *txn) error {
				if n := len(x.keys(tMeta, []byte("good "))); n != 10 || x.has(tMeta, []byte("half")) {
					t.Errorf("stored: %d good ones; half of the bad one: %v", n, x.has(tMeta, []byte("half")))
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestCancelledWhileWaiting: a write whose context ends before its turn stores nothing and says so.
func TestCancelledWhileWaiting(t *testing.T) {
	s := openTest(t)
	release := hold(t, s)
	ctx, cancel := context.WithCancel(t.Context())
	r, err := s.submit(ctx, func(x *txn) error { return x.put(tMeta, []byte("cancelled"), nil) })
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	release()
	if err := r.wait(); !errors.Is(err, context.Canceled) {
		t.Fatalf("cancelled: %v", err)
	}
	if err := s.view(t.Context(), func(x *txn) error {
		if x.has(tMeta, []byte("cancelled")) {
			t.Error("the cancelled write was stored")
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

// TestCommitErrors: no space is a pause; anything else stops all writing, since the file may hold either state.
func TestCommitErrors(t *testing.T) {
	fails := func(err error) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return errors.Join(err, tx.Rollback()) }
	}
	// The second fsync failed: the error comes although the write is visible.
	afterCommit := func(err error) func(*bbolt.Tx) error {
		return func(tx *bbolt.Tx) error { return errors.Join(tx.Commit(), err) }
	}
	panics := func(*bbolt.Tx) error { panic("page 7 already freed") }
	cases := []struct {
		name   string
		commit func(*bbolt.Tx) error
		busy   bool
	}{
		{"disk full", fails(&pathError{syscall.ENOSPC}), true},
		{"file size limit, errno lost", fails(errors.New("file resize error: truncate x: file too large")), true},
		{"quota", fails(syscall.EDQUOT), true},
		{"disk full, but visible", afterCommit(syscall.ENOSPC), false},
		{"input/output error", fails(syscall.EIO), false},
		{"input/output error, but visible", afterCommit(syscall.EIO), false},
		{"panic", panics, false},
	}
	for _, test := range cases {
		t.Run(test.name, func(t *testing.T) {
			s := openTest(t)
			if _, err := s.Accept(t.Context(), inbound("before")); err != nil {
				t.Fatal(err)
			}
			told := 0
			s.commitTx, s.tell = test.commit, func(error) { told++ }
			if err := s.Health(); err != nil {
				t.Fatalf("before: %v", err)
			}
			_, err := s.Accept(t.Context(), inbound("during"))
			if got := s.Health(); got == nil || errors.Is(got, bot.ErrBusy) != test.busy {
				t.Fatalf("health: %v", got)
			}
			if got := errors.Is(err, bot.ErrBusy); got != test.busy || err == nil {
				t.Fatalf("during: %v", err)
			}
			s.commitTx = (*bbolt.Tx).Commit
			_, err = s.Accept(t.Context(), inbound("after"))
			if test.busy {
				if err != nil || told != 0 {
					t.Fatalf("once there is space: %v, told %d times", err, told)
				}
				worksAgain(t, s)
				return
			}
			if !errors.Is(err, store.ErrBroken) || errors.Is(err, bot.ErrBusy) {
				t.Fatalf("after: %v", err)
			}
			if err := s.Save(t.Context(), bot.Change{Done: []uint64{1}}); !errors.Is(err, store.ErrBroken) {
				t.Fatalf("another write: %v", err)
			}
			if told != 1 {
				t.Fatalf("told %d times", told)
			}
			worksAfterRestart(t, s)
		})
	}
}

// worksAgain makes sure that a store that found no space has forgotten only what it refused.
func worksAgain(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Health(); err != nil {
		t.Fatalf("health: %v", err)
	}
	all, err := s.Recover(t.Context())
	if err != nil || len(all) != 2 || all[1].SourceID != "after" {
		t.Fatalf("%v, %+v", err, all)
	}
}

// worksAfterRestart closes a broken store and opens its file again.
func worksAfterRestart(t *testing.T, s *Store) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatalf("Close: %v", err)
	}
	again, err := Open(s.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	if _, err := again.Accept(t.Context(), inbound("after")); err != nil {
		t.Fatalf("after a restart: %v", err)
	}
	if r, err := again.Verify(t.Context(), nil); err != nil {
		t.Fatal(err, r.Problems)
	}
}

type pathError struct{ error }

func (e *pathError) Unwrap() error { return e.error }

func TestClosed(t *testing.T) {
	s := openTest(t)
	for range 2 {
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Accept(t.Context(), inbound("1")); !errors.Is(err, store.ErrClosed) {
		t.Errorf("write: %v", err)
	}
	if _, err := s.Articles(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Errorf("read: %v", err)
	}
}

// TestCloseWhileWriting: every write is either stored or refused.
func TestCloseWhileWriting(t *testing.T) {
	s := openTest(t)
	path := s.path
	var wg sync.WaitGroup
	stored := make([]bool, 64)
	first := make(chan struct{}, len(stored))
	for i := range stored {
		wg.Go(func() {
			_, err := s.Accept(t.Context(), inbound(fmt.Sprint(i)))
			if err != nil && !errors.Is(err, store.ErrClosed) {
				t.Error(err)
			}
			stored[i] = err == nil
			first <- struct{}{}
		})
	}
	<-first
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	wg.Wait()
	s, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	all, err := s.Recover(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	there := map[string]bool{}
	for _, a := range all {
		there[a.SourceID] = true
	}
	for i, want := range stored {
		if there[fmt.Sprint(i)] != want {
			t.Errorf("event %d: acknowledged %v, stored %v", i, want, !want)
		}
	}
}

func TestFormats(t *testing.T) {
	s := openTest(t)
	if _, err := s.Accept(t.Context(), inbound("1")); err != nil {
		t.Fatal(err)
	}
	db, path := s.db, s.path
	upper := func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("migrated"), []byte("2")) }
	again := func(tx *bbolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("migrated"), []byte("3")) }
	now := migrations()
	if err := prepare(db, path, append(now, upper, func(*bbolt.Tx) error { return errors.New("boom") })); err == nil {
		t.Fatal("a migration that failed was ignored")
	}
	check := func(want string, format uint64) {
		t.Helper()
		_ = db.View(func(tx *bbolt.Tx) error {
			got, err := formatOf(tx)
			if v := string(tx.Bucket([]byte("meta")).Get([]byte("migrated"))); err != nil || v != want || got != format {
				t.Errorf("migrated to %q, format %d, %v; want %q, %d", v, got, err, want, format)
			}
			return nil
		})
	}
	check("2", Format+1)
	if err := prepare(db, path, append(now, upper, again)); err != nil {
		t.Fatal(err)
	}
	check("3", Format+2)
	if err := prepare(db, path, migrations()); !errors.Is(err, store.ErrNewer) || !strings.Contains(err.Error(), path) {
		t.Fatalf("a file of a newer program: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(path, Options{}); !errors.Is(err, store.ErrNewer) {
		t.Fatalf("opening a file of a newer program: %v", err)
	}
}

// TestFormat1 opens a file as the first release wrote it.
func TestFormat1(t *testing.T) {
	s := openTest(t)
	if _, err := s.Accept(t.Context(), inbound("1")); err != nil {
		t.Fatal(err)
	}
	err := s.db.Update(func(tx *bbolt.Tx) error {
		return errors.Join(tx.DeleteBucket([]byte("canned")), tx.Bucket([]byte("meta")).Put([]byte("format"), number(nil, 1)))
	})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	again, err := Open(s.path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = again.Close() })
	if all, err := again.Canned(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("canned answers %v, %v", all, err)
	}
	if r, err := again.Verify(t.Context(), nil); err != nil || r.Pending != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// plantedFaults are ways to spoil a store that holds one conversation of two messages and all that goes with it.
func plantedFaults(conv bot.Conversation, message func(uint64) bot.Message, change bot.Change) map[string]func(*txn) error {
	stored := message(1)
	gap := gapKey(change.Gaps[0])
	return map[string]func(x *txn) error{
		"lost outbox entry": func(x *txn) error { return x.delete(tOutbox, messageRef(nil, stored)) },
		"lost source entry": func(x *txn) error { return x.delete(tBySource, messageIndex(stored)[1].key) },
		"lost time entry":   func(x *txn) error { return x.delete(tByTime, messageIndex(stored)[0].key) },
		"lost status entry": func(x *txn) error { return x.delete(tByStatus, conversationIndex(conv)[1].key) },
		"lost lane":         func(x *txn) error { return x.delete(tLanes, conversationIndex(conv)[0].key) },
		"lost agent entry":  func(x *txn) error { return x.delete(tByAgent, conversationIndex(conv)[3].key) },
		"entry of nothing": func(x *txn) error {
			return x.put(tOutbox, messageRef(nil, bot.Message{Conversation: "d", Seq: 1}), nil)
		},
		"entry of a sent one": func(x *txn) error {
			m := stored
			m.Delivery = bot.Sent
			return x.save(tConversations, messageKey("c", 1), m)
		},
		"lost message": func(x *txn) error { return x.delete(tConversations, messageKey("c", 1)) },
		"lost last message": func(x *txn) error {
			return errors.Join(x.reindex(messageIndex(message(2)), nil), x.delete(tConversations, messageKey("c", 2)))
		},
		"message beyond": func(x *txn) error {
			m := message(3)
			return errors.Join(x.reindex(nil, messageIndex(m)), x.save(tConversations, messageKey("c", 3), m))
		},
		"lost conversation":    func(x *txn) error { return x.delete(tConversations, conversationKey("c")) },
		"lost contact":         func(x *txn) error { return x.delete(tContacts, []byte("p")) },
		"lost address entry":   func(x *txn) error { return x.delete(tAddressesOf, addressOfKey(*change.Address)) },
		"lost gap":             func(x *txn) error { return x.delete(tGaps, gap) },
		"lost gap id":          func(x *txn) error { return x.delete(tGapIDs, []byte("g")) },
		"gap id elsewhere":     func(x *txn) error { return x.put(tGapIDs, []byte("g"), []byte("x")) },
		"lost facts":           func(x *txn) error { return x.delete(tFacts, x.keys(tFacts, nil)[0]) },
		"lost memory":          func(x *txn) error { return x.delete(tSeen, seenHash(inbound("1")[0])) },
		"lost order of memory": func(x *txn) error { return x.delete(tAccepted, number(nil, 1)) },
		"lost e-mail":          func(x *txn) error { return x.delete(tEmails, []byte("m@x")) },
		"lost revision":        func(x *txn) error { return x.delete(tRevisions, revisionKey("a", 1)) },
		"lost article":         func(x *txn) error { return x.delete(tArticles, []byte("a")) },
		"record cut short":     func(x *txn) error { return x.put(tContacts, []byte("p"), []byte{encodingJSON, 0}) },
		"flipped bit": func(x *txn) error {
			v := append([]byte(nil), x.get(tContacts, []byte("p"))...)
			v[len(v)-2] ^= 1
			return x.put(tContacts, []byte("p"), v)
		},
		"record under another":  func(x *txn) error { return x.put(tContacts, []byte("q"), x.get(tContacts, []byte("p"))) },
		"erased contact back":   func(x *txn) error { return x.put(tErased, contactHash("p"), nil) },
		"unknown key":           func(x *txn) error { return x.put(tConversations, append(conversationPrefix("c"), 'z'), nil) },
		"log entry taken out":   func(x *txn) error { return x.delete(tAudit, number(nil, 1)) },
		"log cut short":         func(x *txn) error { return x.delete(tAudit, number(nil, 2)) },
		"log entry changed":     forgeLog,
		"unreadable log":        func(x *txn) error { return x.put(tAudit, number(nil, 1), []byte("x")) },
		"missing table":         func(x *txn) error { x.dirty = true; return x.tx.DeleteBucket([]byte("runs")) },
		"attempts of no event":  func(x *txn) error { return x.put(tAttempts, number(nil, 9), number(nil, 1)) },
		"wrong token":           func(x *txn) error { return x.save(tTokens, []byte("t2"), bot.Token{ID: "t1"}) },
		"wrong macro":           func(x *txn) error { return x.save(tMacros, []byte("m2"), bot.Macro{ID: "m1"}) },
		"wrong endpoint":        func(x *txn) error { return x.save(tEndpoints, []byte("e2"), hooks.Endpoint{ID: "e1"}) },
		"state of no endpoint":  func(x *txn) error { return x.save(tHookStates, []byte("e"), hooks.State{Endpoint: "e"}) },
		"wrong hook event":      func(x *txn) error { return x.save(tHookEvents, number(nil, 2), hooks.Event{N: 1}) },
		"wrong review":          func(x *txn) error { return x.save(tReviews, []byte("d"), bot.Review{Conversation: "c"}) },
		"wrong order":           func(x *txn) error { return x.save(tOrders, []byte("n2"), bot.Order{Number: "n1"}) },
		"wrong import":          func(x *txn) error { return x.save(tOrderImports, []byte("i2"), bot.OrderImport{ID: "i1"}) },
		"order of nobody":       func(x *txn) error { return x.put(tOrdersOf, []byte("id:x\x00n1"), nil) },
		"address of nobody":     func(x *txn) error { return x.put(tByReach, []byte("email:x@y\x00p"), nil) },
		"thread of nobody":      func(x *txn) error { return x.put(tThreadsOf, []byte("p\x00web\x00a\x0012345678c"), []byte("t")) },
		"wrong experiment":      func(x *txn) error { return x.save(tExperiments, []byte("x2"), bot.Experiment{ID: "x1"}) },
		"wrong session":         func(x *txn) error { return x.save(tSessions, []byte("h2"), bot.Session{Hash: "h1"}) },
		"event under another":   func(x *txn) error { return x.put(tPending, number(nil, 9), x.get(tPending, number(nil, 1))) },
		"conversation misnamed": func(x *txn) error { c := conv; c.ID = "d"; return x.save(tConversations, conversationKey("c"), c) },
	}
}

// forgeLog changes what the first entry of the audit log says, but not its hash.
func forgeLog(x *txn) error {
	first := x.get(tAudit, number(nil, 1))
	forged, err := encode(bot.Event{Action: "nothing"})
	return errors.Join(err, x.put(tAudit, number(nil, 1), append(append([]byte(nil), first[:32]...), forged...)))
}

// TestVerifyFinds plants one fault after the other.
func TestVerifyFinds(t *testing.T) {
	t.Parallel()
	conv := bot.Conversation{ID: "c", Inbox: "web", Thread: "t", Contact: "p", Agent: "1", Status: bot.StatusAgent, LastSeq: 2}
	message := func(seq uint64) bot.Message {
		return bot.Message{
			ID: store.MessageID("c", seq), Conversation: "c", Seq: seq, Inbox: "web", Direction: bot.Outgoing, Author: bot.ByBot,
			SourceID: fmt.Sprint("s", seq), Delivery: bot.Queued,
		}
	}
	change := bot.Change{
		Conversation: conv, Messages: []bot.Message{message(1), message(2)}, Contact: &bot.Contact{ID: "p"},
		Address: &bot.ContactInbox{Inbox: "web", SourceID: "a", Contact: "p"},
		Facts:   []bot.Fact{{Name: "turn", Conversation: "c"}}, Gaps: []kb.Gap{{ID: "g", Conversation: "c"}},
		Log: []bot.Event{{Action: "x"}},
	}
	for name, plant := range plantedFaults(conv, message, change) {
		t.Run(name, func(t *testing.T) {
			s := openTest(t)
			_, err1 := s.Accept(t.Context(), inbound("1"))
			err2 := s.SaveAgent(t.Context(), bot.Agent{ID: "1", Email: "m@x"}, bot.Event{})
			_, err3 := s.SaveArticles(t.Context(), []kb.Article{{ID: "a"}})
			if err := errors.Join(err1, err2, err3, s.Save(t.Context(), change)); err != nil {
				t.Fatal(err)
			}
			r, err := s.Verify(t.Context(), nil)
			if err != nil {
				t.Fatal(err, r.Problems)
			}
			if r.Conversations != 1 || r.Messages != 2 || r.Contacts != 1 || r.Facts != 1 || r.Gaps != 1 || r.Articles != 1 || r.Pending != 1 || r.Unsent != 2 || r.Bytes == 0 {
				t.Fatalf("report: %+v", r)
			}
			if err := s.write(t.Context(), plant); err != nil {
				t.Fatal(err)
			}
			r, err = s.Verify(t.Context(), nil)
			if !errors.Is(err, store.ErrCorrupt) || len(r.Problems) == 0 {
				t.Fatalf("not found: %v", err)
			}
		})
	}
}
