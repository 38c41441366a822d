package bolt

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/store"
)

// TestPeopleOfOlderFormats: a file of the format before finds people by what is verified, and their threads, from its first start on;
// a record that cannot be read does not keep it from starting.
func TestPeopleOfOlderFormats(t *testing.T) {
	s := openTest(t)
	conv := bot.Conversation{ID: "c", Inbox: "web", Thread: "one", Contact: "p", Account: "42", Status: bot.StatusBot}
	if err := s.Save(t.Context(), bot.Change{Conversation: conv, Contact: &bot.Contact{ID: "p", Email: "Ada@mail.example"}}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.NoteContact(t.Context(), "p", bot.NotedEdit{Confirm: "phone:13812345678"}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	older := func(damage func(*bbolt.Tx) error) {
		t.Helper()
		if err := s.db.Update(func(tx *bbolt.Tx) error {
			err := tx.Bucket([]byte(specOf(tMeta).name)).Put([]byte("format"), number(nil, 10))
			for _, later := range []table{tByReach, tThreadsOf} {
				err = errors.Join(err, tx.DeleteBucket([]byte(specOf(later).name)))
			}
			return errors.Join(err, damage(tx))
		}); err != nil {
			t.Fatal(err)
		}
		err := s.Close()
		if err == nil {
			s, err = Open(s.path, Options{})
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, value := range []string{"email:ada@mail.example", "phone:13812345678"} {
			if found, err := s.ContactsVerified(t.Context(), value); err != nil || len(found) != 1 {
				t.Errorf("%s finds %v, %v", value, found, err)
			}
		}
		if threads, err := s.Threads(t.Context(), "p", "web", "42", 10); err != nil || len(threads) != 1 || threads[0] != "one" {
			t.Errorf("her threads are %v, %v", threads, err)
		}
	}
	older(func(*bbolt.Tx) error { return nil })
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Errorf("%v %v", r.Problems, err)
	}
	older(func(tx *bbolt.Tx) error {
		return tx.Bucket([]byte(specOf(tContacts).name)).Put([]byte("q"), []byte("{"))
	})
	if r, err := s.Verify(t.Context(), nil); !errors.Is(err, store.ErrCorrupt) || len(r.Problems) != 1 {
		t.Errorf("%v %v", r.Problems, err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// A file or backup of an older format is verified as the next start will have it, and stays as it is.
func TestVerifyOlderFormat(t *testing.T) {
	s := openTest(t)
	if _, err := s.Accept(t.Context(), inbound("1")); err != nil {
		t.Fatal(err)
	}
	path := s.path
	if err := s.db.Update(func(tx *bbolt.Tx) error {
		err := tx.Bucket([]byte(specOf(tMeta).name)).Put([]byte("format"), number(nil, 6))
		for _, later := range []table{tReviews, tExperiments, tOrders, tOrderImports, tByReach, tThreadsOf} {
			err = errors.Join(err, tx.DeleteBucket([]byte(specOf(later).name)))
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := VerifyFile(t.Context(), path, nil, Options{})
	if err != nil || r.Pending != 1 {
		t.Errorf("%+v, %v", r, err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file was changed, %v", err)
	}
	if s, err = Open(path, Options{}); err != nil {
		t.Fatal(err)
	}
	if pending, err := s.Recover(t.Context()); err != nil || len(pending) != 1 {
		t.Errorf("after the start: %v, %v", pending, err)
	}
	if err := s.db.Update(func(tx *bbolt.Tx) error {
		meta := tx.Bucket([]byte(specOf(tMeta).name))
		return errors.Join(meta.Put([]byte("format"), number(nil, 6)), tx.Bucket([]byte(specOf(tConversations).name)).Put([]byte("bad"), []byte("{")))
	}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if r, err := VerifyFile(t.Context(), path, nil, Options{}); !errors.Is(err, store.ErrCorrupt) || len(r.Problems) == 0 {
		t.Errorf("a broken record in an older file: %+v, %v", r, err)
	}
}
