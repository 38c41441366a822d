package bolt_test

import (
	"path/filepath"
	"testing"
	"time"

	"huiyin/store"
	"huiyin/store/bolt"
	"huiyin/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(t *testing.T, now func() time.Time) store.Store {
		s, err := bolt.Open(filepath.Join(t.TempDir(), "huiyin.db"), bolt.Options{Now: now})
		if err != nil {
			t.Fatal(err)
		}
		return s
	})
}
