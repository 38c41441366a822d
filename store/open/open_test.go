package open_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

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
