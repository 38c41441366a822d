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
	// backupSettle is how long a program that was not running when the backup was due runs before it makes up for it.
	backupSettle = time.Hour
)

// dueBackup writes a backup once a day, in the night when the program runs then, while customers go on writing.
func (a *App) dueBackup(ctx context.Context) error {
	if a.Config.Store.DSN == "mem:" {
		return nil
	}
	now := a.Now().In(a.Config.location())
	due := time.Date(now.Year(), now.Month(), now.Day(), backupHour, 0, 0, 0, now.Location())
	dir := filepath.Join(a.Data, "backup")
	if now.Before(due) || a.started.After(due) && now.Sub(a.started) < backupSettle {
		return nil
	}
	if newest, err := store.NewestBackup(dir); err != nil || !newest.Before(due) {
		return err
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
