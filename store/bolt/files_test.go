package bolt_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/store"
	"huiyin/store/bolt"
)

// keepFile stores a file of several pieces, and a message that names it, in the database at path.
func keepFile(t *testing.T, path string) (conv bot.Conversation, f bot.File, data []byte) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	change := turn(conversation(1), 1)
	conv, data = change.Conversation, bytes.Repeat([]byte("secret picture "), 50_000)
	f = bot.File{ID: bot.NewFileID(conv.Inbox, conv.Thread, data), Name: "a.png", Size: int64(len(data))}
	change.Messages[0].Files = []bot.File{f}
	change.Messages[0].Inbox, change.Messages[0].Thread = conv.Inbox, conv.Thread
	change.Contact = &bot.Contact{ID: conv.Contact}
	err1 := s.PutFile(t.Context(), conv.Inbox, conv.Thread, f, data, bot.DefaultFileRules())
	if err := errors.Join(err1, s.Save(t.Context(), change), s.Close()); err != nil {
		t.Fatal(err)
	}
	return conv, f, data
}

// TestFilesInBackups: a backup has the files, a restore brings them back, and both are verified with them.
func TestFilesInBackups(t *testing.T) {
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "huiyin.db"), filepath.Join(dir, "backup.db")
	conv, f, data := keepFile(t, path)
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = store.WriteBackup(t.Context(), s, backup)
	_, erased := s.EraseContact(t.Context(), conv.Contact, bot.Event{At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Action: "contact.erase"})
	if err := errors.Join(err, erased, s.Close()); err != nil {
		t.Fatal(err)
	}
	if r, err := bolt.VerifyFile(t.Context(), backup, nil, bolt.Options{}); err != nil || r.Files != 1 || r.FileBytes != f.Size {
		t.Fatalf("the backup: %+v %v", r, err)
	}
	if _, err := bolt.Restore(t.Context(), backup, path, nil, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	s, err = bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got, err := s.FileData(t.Context(), conv.Inbox, conv.Thread, f.ID); err != nil || !bytes.Equal(got, data) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

// TestErasedFilesLeaveTheDisk: after the next start nothing of an erased person's files is in the database file.
func TestErasedFilesLeaveTheDisk(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huiyin.db")
	conv, _, _ := keepFile(t, path)
	for range 2 { // erase, and start again
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.EraseContact(t.Context(), conv.Contact, bot.Event{At: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC), Action: "contact.erase"}); err != nil && !errors.Is(err, bot.ErrNotFound) {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(raw, []byte("secret picture ")); n != 0 {
		t.Errorf("the file still holds it %d times", n)
	}
}

// TestDamagedFiles: whatever happens to the bytes of a file, readers get them or an error, and Verify finds it.
func TestDamagedFiles(t *testing.T) {
	for name, damage := range map[string]func(*bbolt.Bucket, []byte) error{
		"a piece is missing": func(b *bbolt.Bucket, key []byte) error { return b.Delete(key) },
		"a piece is changed": func(b *bbolt.Bucket, key []byte) error {
			piece := bytes.Clone(b.Get(key))
			piece[100] ^= 1
			return b.Put(key, piece)
		},
		"a piece is empty": func(b *bbolt.Bucket, key []byte) error { return b.Put(key, nil) },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "huiyin.db")
			conv, f, _ := keepFile(t, path)
			db, err := bbolt.Open(path, 0o600, nil)
			if err != nil {
				t.Fatal(err)
			}
			err = db.Update(func(tx *bbolt.Tx) error {
				b := tx.Bucket([]byte("file_data"))
				key, _ := b.Cursor().Last()
				return damage(b, bytes.Clone(key))
			})
			if err := errors.Join(err, db.Close()); err != nil {
				t.Fatal(err)
			}
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if _, err := s.FileData(t.Context(), conv.Inbox, conv.Thread, f.ID); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("reading: %v", err)
			}
			if r, err := s.Verify(t.Context(), nil); !errors.Is(err, store.ErrCorrupt) {
				t.Errorf("Verify is content: %+v %v", r, err)
			}
		})
	}
}
