package store_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"huiyin/store"
)

// copier is a store whose backup is what it says.
type copier struct {
	store.Maintenance
	text string
	err  error
}

func (c copier) Backup(_ context.Context, w io.Writer) error {
	_, err := io.WriteString(w, c.text)
	return errors.Join(err, c.err)
}

func TestWriteBackup(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backup")
	path := filepath.Join(dir, "one.db")
	n, err := store.WriteBackup(t.Context(), copier{text: "whole"}, path)
	if err != nil || n != 5 {
		t.Fatal(n, err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the backup may be read by others: %v, %v", info, err)
	}
	if _, err := store.WriteBackup(t.Context(), copier{text: "another"}, path); err == nil {
		t.Error("a backup was replaced")
	}
	full := errors.New("disk full")
	if _, err := store.WriteBackup(t.Context(), copier{text: "half", err: full}, filepath.Join(dir, "two.db")); !errors.Is(err, full) {
		t.Errorf("got %v", err)
	}
	if got := names(t, dir); !slices.Equal(got, []string{"one.db"}) {
		t.Errorf("files: %v", got)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "whole" {
		t.Errorf("%q, %v", b, err)
	}
}

func names(t *testing.T, dir string) (all []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		all = append(all, e.Name())
	}
	return all
}

func TestPruneBackups(t *testing.T) {
	dir := t.TempDir()
	at := time.Date(2026, 11, 9, 23, 30, 0, 0, time.FixedZone("", 8*3600))
	var all []string
	for i := range 5 {
		all = append(all, store.BackupName(at.AddDate(0, 0, i)))
	}
	if all[0] != "huiyin-20261109-153000.db" {
		t.Fatal(all[0])
	}
	others := []string{"huiyin-20261109-153000.db.part", "huiyin-mine.db", "huiyin-2026.db", "notes.txt"}
	for _, name := range append(slices.Clone(all), others...) {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	deleted, err := store.PruneBackups(dir, 2)
	if err != nil || !slices.Equal(deleted, all[:3]) {
		t.Fatal(deleted, err)
	}
	if deleted, err = store.PruneBackups(dir, 0); err != nil || len(deleted) != 1 {
		t.Errorf("keeping none must keep the newest: %v, %v", deleted, err)
	}
	want := append(slices.Clone(others), all[4])
	slices.Sort(want)
	if got := names(t, dir); !slices.Equal(got, want) {
		t.Errorf("left: %v", got)
	}
	if deleted, err := store.PruneBackups(filepath.Join(dir, "none"), 1); err != nil || deleted != nil {
		t.Errorf("no folder: %v, %v", deleted, err)
	}
}
