package open_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store"
	"huiyin/store/open"
)

func TestOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "huiyin.db")
	for _, dsn := range []string{"mem:", "bolt:" + path} {
		s, err := open.Open(dsn, open.Options{})
		if err != nil {
			t.Fatalf("%s: %v", dsn, err)
		}
		if err := s.Record(t.Context(), bot.Event{Actor: "system"}); err != nil {
			t.Fatalf("%s: %v", dsn, err)
		}
		if err := s.Close(); err != nil {
			t.Fatalf("%s: %v", dsn, err)
		}
	}
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v", info.Mode())
	}
	for _, dsn := range []string{"", "mem", "bolt:", "mem:x", "postgres://x", path} {
		if _, err := open.Open(dsn, open.Options{}); !errors.Is(err, store.ErrInvalid) {
			t.Errorf("%q: %v", dsn, err)
		}
	}
}

func TestMaintenance(t *testing.T) {
	dir := t.TempDir()
	dsn, backup := "bolt:"+filepath.Join(dir, "huiyin.db"), filepath.Join(dir, "backup.db")
	s, err := open.Open(dsn, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Record(t.Context(), bot.Event{Actor: "system"}); err != nil {
		t.Fatal(err)
	}
	if _, err := store.WriteBackup(t.Context(), s, backup); err != nil {
		t.Fatal(err)
	}
	o := open.Options{LockTimeout: time.Millisecond}
	if _, err := open.Verify(t.Context(), dsn, nil, o); !errors.Is(err, store.ErrLocked) {
		t.Errorf("verifying a store that is open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := open.VerifyBackup(t.Context(), backup, nil, o); err != nil {
		t.Error(err)
	}
	if r, err := open.Restore(t.Context(), backup, dsn, nil, o); err != nil || r.Replaced == "" {
		t.Error(r, err)
	}
	if _, err := open.Verify(t.Context(), dsn, nil, o); err != nil {
		t.Error(err)
	}
	if _, err := open.Verify(t.Context(), "mem:", nil, o); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("verifying a store without a file: %v", err)
	}
	if _, err := open.Restore(t.Context(), backup, "mem:", nil, o); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("restoring a store without a file: %v", err)
	}
}
