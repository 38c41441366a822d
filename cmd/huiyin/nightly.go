package main

import (
	"context"
	"os"
	"path/filepath"
	"time"

	"huiyin/store"
)

const (
	// backupHour is when the nightly backup is due, in the configured zone.
	backupHour = 3
	// backupsKept is how many backups stay.
	backupsKept = 7
)

// dueBackup writes a backup once a night, while customers go on writing.
func (a *App) dueBackup(ctx context.Context) error {
	if a.Config.Store.DSN == "mem:" {
		return nil
	}
	now := a.Now().In(a.Config.location())
	due := time.Date(now.Year(), now.Month(), now.Day(), backupHour, 0, 0, 0, now.Location())
	dir := filepath.Join(a.Data, "backup")
	if now.Before(due) || newest(dir).After(due) || a.started.After(due) {
		return nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	size, err := store.WriteBackup(ctx, a.Store, filepath.Join(dir, store.BackupName(now)))
	if err != nil {
		return err
	}
	a.Log.Info("backup written", "bytes", size)
	_, err = store.PruneBackups(dir, backupsKept)
	return err
}

// newest is when the newest file of a directory was written; zero when there is none.
func newest(dir string) time.Time {
	var at time.Time
	entries, err := os.ReadDir(dir)
	if err != nil {
		return at
	}
	for _, entry := range entries {
		if info, err := entry.Info(); err == nil && info.ModTime().After(at) {
			at = info.ModTime()
		}
	}
	return at
}
