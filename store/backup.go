package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Names of backups: they sort by time.
const (
	backupPrefix = "huiyin-"
	backupSuffix = ".db"
	backupLayout = "20060102-150405"
)

// BackupName is the name of a backup made at an instant, in UTC.
func BackupName(at time.Time) string {
	return backupPrefix + at.UTC().Format(backupLayout) + backupSuffix
}

// WriteBackup makes a backup in a file, which appears whole or not at all, readable by its owner only. The folder is made
// when it is missing. It refuses to replace a file.
func WriteBackup(ctx context.Context, m Maintenance, path string) (bytes int64, err error) {
	if _, err := os.Lstat(path); err == nil {
		return 0, fmt.Errorf("store: backup: %s exists already; choose another name", path)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return 0, fmt.Errorf("store: backup: %w", err)
	}
	bytes, err = WriteFile(path, func(w io.Writer) error { return m.Backup(ctx, w) })
	if err != nil {
		return 0, fmt.Errorf("store: backup to %s: %w", path, err)
	}
	return bytes, nil
}

// WriteFile writes a file that appears whole and durable or not at all, readable by its owner only.
func WriteFile(path string, write func(io.Writer) error) (bytes int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return 0, err
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if err := write(f); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return 0, err
	}
	if err := os.Rename(f.Name(), path); err != nil {
		return 0, err
	}
	return info.Size(), SyncDir(filepath.Dir(path))
}

// SyncDir makes the names in a folder durable.
func SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// backupTime is when a backup of a name was made; ok is false when BackupName does not make it.
func backupTime(name string) (at time.Time, ok bool) {
	at, err := time.Parse(backupLayout, strings.TrimSuffix(strings.TrimPrefix(name, backupPrefix), backupSuffix))
	return at, err == nil && BackupName(at) == name
}

// listBackups returns the names of a folder's backups, the oldest first, and of what is left of those that were broken off.
func listBackups(dir string) (names, broken []string, err error) {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("store: backups: %w", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if _, ok := backupTime(e.Name()); ok {
			names = append(names, e.Name())
		}
		if part, ok := strings.CutPrefix(e.Name(), "."); ok {
			if _, ok := backupTime(strings.TrimSuffix(part, filepath.Ext(part))); ok {
				broken = append(broken, e.Name())
			}
		}
	}
	slices.Sort(names)
	return names, broken, nil
}

// NewestBackup is when the newest backup of a folder was made, as its name says; zero when there is none.
func NewestBackup(dir string) (time.Time, error) {
	names, _, err := listBackups(dir)
	if err != nil || len(names) == 0 {
		return time.Time{}, err
	}
	at, _ := backupTime(names[len(names)-1])
	return at, nil
}

// PruneBackups deletes all but the newest backups of a folder, and what is left of those during which the program was killed. It
// returns what it deleted, and touches no other files. Nobody may be writing a backup there.
func PruneBackups(dir string, keep int) (deleted []string, err error) {
	names, broken, err := listBackups(dir)
	if err != nil {
		return nil, err
	}
	for _, name := range append(broken, names[:max(0, len(names)-max(keep, 1))]...) {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			return deleted, fmt.Errorf("store: backups: %w", err)
		}
		deleted = append(deleted, name)
	}
	return deleted, nil
}

// Restored is what a restore did.
type Restored struct {
	Report Report `json:"report"` // of the verified backup
	// Replaced is where the database that was there before is kept; empty when there was none.
	Replaced string `json:"replaced,omitempty"`
	// Unsent messages of the backup are marked Unknown: they may have left after it was made, and nobody is to be
	// answered twice. Agents see them with a button to send them again.
	Unsent int `json:"unsent"`
	// Pending events of the backup are quarantined, since they may have been answered after it was made.
	Pending int `json:"pending"`
}

// ReasonRestored is the reason of events quarantined by a restore, and the error of messages it gave up.
const ReasonRestored = "restored_from_backup"
