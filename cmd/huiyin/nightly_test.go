package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/store/open"
)

// TestBackupEveryDay runs the program by night, by day only, and with a kill in the middle of a backup, on a real database.
func TestBackupEveryDay(t *testing.T) {
	zone := defaultConfig().location()
	night := time.Date(2026, 11, 18, 3, 0, 30, 0, zone)
	day := time.Date(2026, 11, 18, 9, 0, 0, 0, zone)
	for _, tc := range []struct {
		name    string
		started time.Time
		looks   []time.Time
		want    int
	}{
		{"through the night", night.Add(-10 * time.Hour), []time.Time{night.Add(-time.Hour), night, night.Add(time.Minute), day}, 1},
		{"two nights", night.Add(-10 * time.Hour), []time.Time{night, day, night.AddDate(0, 0, 1)}, 2},
		{"by day only", day, []time.Time{day, day.Add(30 * time.Minute), day.Add(time.Hour), day.Add(8 * time.Hour)}, 1},
		{"for a moment", day, []time.Time{day, day.Add(30 * time.Minute)}, 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			now := tc.started
			app, err := (&env{ctx: t.Context(), flags: &cli{}, err: t.Output()}).miner(dir, func() time.Time { return now })
			if err != nil {
				t.Fatal(err)
			}
			defer app.Close()
			if err := app.openStore(); err != nil {
				t.Fatal(err)
			}
			app.started = tc.started
			folder := filepath.Join(dir, "backup")
			if err := os.MkdirAll(folder, 0o700); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{".huiyin-20261118-010000.db.123", "README"} { // a backup that was broken off, and something else
				if err := os.WriteFile(filepath.Join(folder, name), []byte("half"), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			for _, now = range tc.looks {
				if err := app.dueBackup(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			made, err := filepath.Glob(filepath.Join(folder, "huiyin-*.db"))
			if err != nil || len(made) != tc.want {
				t.Fatalf("backups: %v, %v, want %d", made, err, tc.want)
			}
			left, err := os.ReadDir(folder)
			if err != nil || tc.want > 0 && len(left) != tc.want+1 {
				t.Errorf("in the folder: %v, %v", left, err)
			}
			for _, path := range made {
				if report, err := open.VerifyBackup(t.Context(), path, nil, open.Options{Log: app.Log}); err != nil || report.Err() != nil {
					t.Errorf("%s: %v, %v", path, report.Err(), err)
				}
			}
		})
	}
}

// TestAChoreThatBreaksLeavesTheOthers: what no customer waits for may break, and neither ends the program nor keeps it from the rest.
func TestAChoreThatBreaksLeavesTheOthers(t *testing.T) {
	dir := t.TempDir()
	night := time.Date(2026, 11, 18, 3, 0, 30, 0, defaultConfig().location())
	app, err := (&env{ctx: t.Context(), flags: &cli{}, err: t.Output()}).miner(dir, func() time.Time { return night })
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	if err := app.openStore(); err != nil {
		t.Fatal(err)
	}
	var logs writer
	app.Log = slog.New(slog.NewTextHandler(&logs, nil))
	app.started = night.Add(-time.Hour)
	app.chore(t.Context(), func(context.Context) error { panic("the words of a customer") }, "it breaks")
	app.chores(t.Context()) // some of them break, since this program has no knowledge base
	if made, err := filepath.Glob(filepath.Join(dir, "backup", "huiyin-*.db")); err != nil || len(made) != 1 {
		t.Errorf("backups: %v, %v", made, err)
	}
	if said := logs.String(); !strings.Contains(said, "it breaks") || !strings.Contains(said, "nightly_test.go") || strings.Contains(said, "the words of") {
		t.Errorf("the log says: %s", said)
	}
}
