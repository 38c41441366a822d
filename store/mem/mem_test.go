package mem_test

import (
	"context"
	"errors"
	"io"
	"testing"
	"time"

	"huiyin/store"
	"huiyin/store/mem"
	"huiyin/store/storetest"
)

func TestStore(t *testing.T) {
	storetest.Run(t, func(_ *testing.T, now func() time.Time) store.Store { return mem.New(mem.Options{Now: now}) })
}

func TestBackupIsRefused(t *testing.T) {
	if err := mem.New(mem.Options{}).Backup(context.Background(), io.Discard); err == nil {
		t.Fatal("a store in memory pretends to be backed up")
	}
}

func TestClosed(t *testing.T) {
	s := mem.New(mem.Options{})
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Articles(t.Context()); !errors.Is(err, store.ErrClosed) {
		t.Fatalf("after Close: %v", err)
	}
}
