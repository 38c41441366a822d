package bolt_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/store"
	"huiyin/store/bolt"
)

// sample writes a small store and returns its file and what each conversation says.
func sample(t *testing.T) (path string, texts map[bot.ConversationID]string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "huiyin.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	texts = map[bot.ConversationID]string{}
	for i := range 60 {
		change := turn(conversation(i), i)
		if err := s.Save(t.Context(), change); err != nil {
			t.Fatal(err)
		}
		texts[change.Conversation.ID] = change.Messages[0].Text + change.Messages[1].Text
		if _, err := s.Accept(t.Context(), []bot.Inbound{event(i)}); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return path, texts
}

// TestDamagedFile: a damaged file is refused with its name and what to do, never read as something else.
func TestDamagedFile(t *testing.T) {
	path, _ := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(t.TempDir(), "foreign.db")
	db, err := bbolt.Open(foreign, 0o600, nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = db.Update(func(tx *bbolt.Tx) error { _, err := tx.CreateBucket([]byte("theirs")); return err })
	_ = db.Close()
	theirs, err := os.ReadFile(foreign)
	if err != nil {
		t.Fatal(err)
	}
	page := os.Getpagesize()
	cases := map[string][]byte{
		"a text file":            []byte("hello\n"),
		"a long text file":       bytes.Repeat([]byte("hello world\n"), 10_000),
		"another program's file": theirs,
		"cut in the first page":  whole[:100],
		"cut in the meta":        whole[:3000],
		"cut after the meta":     whole[:2*page],
		"cut after four pages":   whole[:4*page],
		"meta pages wiped":       append(make([]byte, 2*page), whole[2*page:]...),
		"everything wiped":       make([]byte, len(whole)),
		"all but the meta wiped": append(bytes.Clone(whole[:2*page]), make([]byte, len(whole)-2*page)...),
	}
	for name, content := range cases {
		t.Run(name, func(t *testing.T) {
			bad := filepath.Join(t.TempDir(), "bad.db")
			if err := os.WriteFile(bad, content, 0o600); err != nil {
				t.Fatal(err)
			}
			s, err := bolt.Open(bad, bolt.Options{})
			if err == nil {
				_, err = s.Verify(t.Context(), nil)
				_ = s.Close()
				t.Logf("found by Verify only")
			} else if !strings.Contains(err.Error(), bad) || !strings.Contains(err.Error(), "huiyin restore") {
				t.Errorf("the error does not say which file or what to do: %v", err)
			}
			if !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// TestFlippedBits: whichever bits flip, a reader gets the truth or an error.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	path, texts := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	used := bytes.TrimRight(whole, "\x00")
	random := rand.New(rand.NewPCG(1, 2))
	outcomes := map[string]int{}
	bad := filepath.Join(t.TempDir(), "bad.db")
	for range 200 {
		at := random.IntN(len(used))
		damaged := bytes.Clone(used)
		damaged[at] ^= 1 << random.IntN(8)
		if err := errors.Join(os.WriteFile(bad, damaged, 0o600), os.Truncate(bad, int64(len(whole)))); err != nil {
			t.Fatal(err)
		}
		outcomes[readDamaged(t, bad, texts, at)]++
	}
	t.Log(outcomes)
}

// readDamaged opens a damaged file and reads all of it; what comes without an error must be true.
func readDamaged(t *testing.T, path string, texts map[bot.ConversationID]string, at int) string {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		if !errors.Is(err, store.ErrCorrupt) && !errors.Is(err, store.ErrNewer) { // the number of the format may be what is damaged
			t.Errorf("byte %d: Open: %v", at, err)
		}
		return "refused to open"
	}
	defer s.Close()
	r, verifyErr := s.Verify(t.Context(), nil)
	if verifyErr != nil && !errors.Is(verifyErr, store.ErrCorrupt) {
		t.Errorf("byte %d: Verify: %v", at, verifyErr)
	}
	for id, want := range texts {
		messages, err := s.Messages(t.Context(), id, 0, 0)
		if err != nil {
			if !errors.Is(err, store.ErrCorrupt) || verifyErr == nil {
				t.Errorf("byte %d: reading: %v; Verify: %v", at, err, verifyErr)
			}
			continue
		}
		got := ""
		for _, m := range messages {
			got += m.Text
		}
		if got != want && verifyErr == nil {
			t.Errorf("byte %d: conversation %s says %q, and Verify is content: %+v", at, id, got, r)
		}
	}
	if verifyErr != nil {
		return "found by Verify"
	}
	return "harmless"
}

// TestBrokenBranches: a key of an inner page that claims to begin far outside of the file, or to reach there, is found where it
// matters, and ends no process.
func TestBrokenBranches(t *testing.T) {
	t.Parallel()
	path, _ := sample(t)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const branch, header, element = 1, 16, 16 // bbolt's page.go
	size, found := os.Getpagesize(), [2]int{}
	bad := filepath.Join(t.TempDir(), "bad.db")
	for at := 0; at+size <= len(whole); at += size {
		p := whole[at : at+size]
		if binary.NativeEndian.Uint64(p) != uint64(at/size) || binary.NativeEndian.Uint16(p[8:]) != branch {
			continue
		}
		for i := range int(binary.NativeEndian.Uint16(p[10:])) {
			for j, field := range []int{0, 4} { // where the key begins, and how long it is
				damaged := bytes.Clone(whole)
				damaged[at+header+i*element+field+3] = 1 << 2
				if err := os.WriteFile(bad, damaged, 0o600); err != nil {
					t.Fatal(err)
				}
				if _, err := bolt.VerifyFile(t.Context(), bad, nil, bolt.Options{}); errors.Is(err, store.ErrCorrupt) {
					found[j]++
				} else if err != nil {
					t.Errorf("page %d, key %d: %v", at/size, i, err)
				}
			}
		}
	}
	if found[0] < 10 || found[1] < 10 {
		t.Errorf("only %d broken keys were found: the file has hardly any inner page", found)
	}
}

// TestErasedBytes: after an erasure, a backup does not hold one byte of what the person wrote or was known by.
func TestErasedBytes(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "huiyin.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, name := range []string{"xiaomei", "dawei"} {
		writePerson(t, s, name)
	}
	traces := func(name string) (found []string) {
		var backup bytes.Buffer
		if err := s.Backup(t.Context(), &backup); err != nil {
			t.Fatal(err)
		}
		for at := 0; ; {
			i := bytes.Index(backup.Bytes()[at:], []byte(name))
			if i < 0 {
				return found
			}
			at += i + len(name)
			found = append(found, fmt.Sprintf("%q", backup.Bytes()[max(0, at-60):min(backup.Len(), at+20)]))
		}
	}
	if len(traces("xiaomei")) < 15 {
		t.Fatal("the search finds nothing even before the erasure")
	}
	n, err := s.EraseContact(t.Context(), "contact-1", bot.Event{Actor: "admin", Action: "contact.erase", Object: "contact-1"})
	if err != nil || n != 2 {
		t.Fatal(n, err)
	}
	if found := traces("xiaomei"); len(found) > 0 {
		t.Errorf("%d traces are left: %s", len(found), strings.Join(found, "\n"))
	}
	if len(traces("dawei")) < 15 {
		t.Error("somebody else was erased too")
	}
}

// writePerson leaves a person's name in every kind of record that can hold one.
func writePerson(t *testing.T, s *bolt.Store, name string) {
	t.Helper()
	id := map[string]string{"xiaomei": "1", "dawei": "2"}[name]
	var done []uint64
	for i := range 3 {
		accepted, err := s.Accept(t.Context(), []bot.Inbound{{
			Inbox: "web", SourceID: fmt.Sprint("event-of-", name, i), Thread: "thread-" + name, Text: "I am " + name,
			From: bot.Person{SourceID: "visitor-" + name, Name: name, Email: name + "@mail.example"}, Raw: []byte(name),
		}})
		if err != nil {
			t.Fatal(err)
		}
		done = append(done, accepted[0].ID)
	}
	if err := s.Quarantine(t.Context(), done[1], "unreadable"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Recover(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := turn(bot.Conversation{
		ID: bot.ConversationID("c" + id), Inbox: "web", Thread: "thread-" + name, Contact: bot.ContactID("contact-" + id), Name: name, Status: bot.StatusWaiting,
		Handoff: &bot.Handoff{Summary: name + " asks"}, Slots: map[string]bot.Slot{"name": {Value: name}}, Agent: "agent", Epoch: 1,
	}, 1)
	c.Messages[0].Text, c.Messages[0].SourceID, c.Messages[0].AuthorName = "me, "+name, "message-of-"+name, name
	c.Messages[0].Files = []bot.File{{Name: name + ".jpg"}}
	c.Messages[1].Text, c.Messages[1].Thread = "dear "+name, "thread-"+name
	c.Contact = &bot.Contact{ID: c.Conversation.Contact, Name: name, Phone: "1380000" + name, Attrs: map[string]string{"nick": name}}
	c.Address = &bot.ContactInbox{Inbox: "web", SourceID: "visitor-" + name, Contact: c.Conversation.Contact}
	c.Facts = append(c.Facts, bot.Fact{Name: bot.FactForm, Label: "by " + name, Conversation: c.Conversation.ID})
	c.Gaps = []kb.Gap{{ID: "gap-" + id, Question: "where is " + name, Conversation: string(c.Conversation.ID), Contact: "contact-" + id}}
	c.Done = done[:1]
	if err := s.Save(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	m, err := s.BeginSend(t.Context(), c.Messages[1].ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.EndSend(t.Context(), m.ID, bot.SendResult{Delivery: bot.Unknown, SourceID: "sent-to-" + name}); err != nil {
		t.Fatal(err)
	}
}

// TestBackupWhileWriting: a backup is one moment of the store, whole, and opens like the store itself.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	s, err := bolt.Open(filepath.Join(dir, "huiyin.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 50 {
		if err := s.Save(t.Context(), turn(conversation(i), i)); err != nil {
			t.Fatal(err)
		}
	}
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := 0; ctx.Err() == nil; i++ {
				if err := s.Save(ctx, turn(conversation(1000+w<<16+i), i)); err != nil && !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			}
		})
	}
	path := filepath.Join(dir, "backup.db")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	err = s.Backup(t.Context(), f)
	stop()
	wg.Wait()
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(dir, ".backup*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	b, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	r, err := b.Verify(t.Context(), nil)
	if err != nil || r.Conversations < 50 {
		t.Fatal(err, r)
	}
	if err := b.Save(t.Context(), turn(conversation(-1), 0)); err != nil {
		t.Fatalf("writing to a restored backup: %v", err)
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Backup(ended, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end of ctx: %v", err)
	}
}
