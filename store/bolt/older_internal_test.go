package bolt

import (
	"bytes"
	"errors"
	"os"
	"testing"

	"go.etcd.io/bbolt"

	"huiyin/store"
)

// A file or backup of an older format is verified as the next start will have it, and stays as it is.
func TestVerifyOlderFormat(t *testing.T) {
	s := openTest(t)
	if _, err := s.Accept(t.Context(), inbound("1")); err != nil {
		t.Fatal(err)
	}
	path := s.path
	if err := s.db.Update(func(tx *bbolt.Tx) error {
		err := tx.Bucket([]byte(specOf(tMeta).name)).Put([]byte("format"), number(nil, 6))
		for _, later := range []table{tReviews, tExperiments, tOrders, tOrderImports} {
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
