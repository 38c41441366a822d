package bolt_test

import (
	"path/filepath"
	"testing"
	"time"

	"huiyin/store"
	"huiyin/store/bolt"
	"huiyin/store/mem"
	"huiyin/store/storetest"
)

func TestStore(t *testing.T) {
	t.Parallel()
	storetest.Run(t, openTemp)
}

// openTemp opens a new file.
func openTemp(t *testing.T, now func() time.Time) store.Store {
	t.Helper()
	s, err := bolt.Open(filepath.Join(t.TempDir(), "huiyin.db"), bolt.Options{Now: now})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestLikeMem(t *testing.T) {
	t.Parallel()
	model := func(_ *testing.T, now func() time.Time) store.Store { return mem.New(mem.Options{Now: now}) }
	storetest.Compare(t, model, openTemp)
}
