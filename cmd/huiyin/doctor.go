package main

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/store"
	"huiyin/store/open"
)

// doctorCmd looks at everything that the program needs, and says how to mend what is wrong.
type doctorCmd struct{}

// finding is one thing that was looked at.
type doctorCheck struct {
	name string
	look func(e *env, cfg Config) (note string, err error)
}

// errWarn marks what the program can live with.
var errWarn = errors.New("warning")

// Run prints a line a check, and fails when one of them has failed.
func (*doctorCmd) Run(e *env) error {
	cfg, file, err := e.config()
	if err == nil {
		err = checkChannels(e, cfg, file)
	}
	failed := 0
	say := func(name, note string, err error) {
		switch {
		case errors.Is(err, errWarn):
			fmt.Fprintf(e.out, "warn  %-14s %v\n", name, err)
		case err != nil:
			failed++
			fmt.Fprintf(e.out, "FAIL  %-14s %v\n", name, err)
		default:
			fmt.Fprintf(e.out, "ok    %-14s %s\n", name, note)
		}
	}
	say("configuration", fmt.Sprintf("%d inboxes", len(cfg.Inboxes)), err)
	for _, c := range []doctorCheck{
		{"data", lookAtData}, {"disk", lookAtDisk}, {"port", lookAtPort}, {"database", lookAtStore},
		{"dialogue", lookAtDialogue}, {"articles", lookAtArticles}, {"catalogues", lookAtWords}, {"clock", lookAtClock},
	} {
		note, err := c.look(e, cfg)
		say(c.name, note, err)
	}
	if failed > 0 {
		return fmt.Errorf("%d of the checks failed", failed)
	}
	return nil
}

func lookAtData(e *env, _ Config) (string, error) {
	if err := os.MkdirAll(e.flags.Data, 0o700); err != nil {
		return "", fmt.Errorf("%w: choose another directory with --data", err)
	}
	probe, err := os.CreateTemp(e.flags.Data, "doctor-")
	if err != nil {
		return "", fmt.Errorf("%w: give this user the right to write there", err)
	}
	dir, errAbs := filepath.Abs(e.flags.Data)
	return dir, errors.Join(probe.Close(), os.Remove(probe.Name()), errAbs)
}

// leastDisk is how much free space makes the doctor worry, in bytes.
const leastDisk = 500 << 20

func lookAtDisk(e *env, _ Config) (string, error) {
	var s syscall.Statfs_t
	if err := syscall.Statfs(e.flags.Data, &s); err != nil {
		return "", err
	}
	free := int64(s.Bavail) * s.Bsize
	if free < leastDisk {
		return "", fmt.Errorf("%w: only %d MB are free: messages are refused when the disk is full, so make room", errWarn, free>>20)
	}
	return fmt.Sprintf("%d GB free", free>>30), nil
}

func lookAtPort(_ *env, cfg Config) (string, error) {
	l, err := net.Listen("tcp", cfg.HTTP.Listen)
	if err != nil {
		return "", fmt.Errorf("%w: %w: the program may be running already, or use another port", errWarn, err)
	}
	return cfg.HTTP.Listen + " is free", l.Close()
}

func lookAtStore(e *env, cfg Config) (string, error) {
	dsn := cfg.dsn(e.flags.Data)
	report, err := open.Verify(e.ctx, dsn, nil, open.Options{Now: time.Now, Log: e.quiet()})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "none yet; it is made at the first start", nil
	case errors.Is(err, store.ErrLocked):
		return "", fmt.Errorf("%w: the program is running and has it open; stop it to verify the database", errWarn)
	case err != nil:
		return "", fmt.Errorf("%w: restore the newest backup: huiyin restore %s", err, filepath.Join(e.flags.Data, "backup", "…"))
	}
	return fmt.Sprintf("%d conversations, %d messages, %d unsent, %d set aside", report.Conversations, report.Messages, report.Unsent, report.Quarantined), nil
}

func lookAtDialogue(_ *env, cfg Config) (string, error) {
	fsys, err := folderOr("bot.dialogue", cfg.Bot.Dialogue, "shop/dialogue")
	if err != nil {
		return "", err
	}
	d, err := bot.LoadDialogue(fsys, ".")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d intents, %d forms, %d examples", len(d.Intents), len(d.Forms), len(d.TrainingExamples())), nil
}

func lookAtArticles(_ *env, cfg Config) (string, error) {
	fsys, err := folderOr("bot.knowledge", cfg.Bot.Knowledge, "shop/kb")
	if err != nil {
		return "", err
	}
	articles, err := kb.ReadFolder(fsys)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d articles can be imported", len(articles)), nil
}

func lookAtWords(_ *env, _ Config) (string, error) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%d sentences in each language", len(words.Keys(""))), nil
}

func lookAtClock(_ *env, cfg Config) (string, error) {
	now := time.Now()
	if now.Year() < 2026 {
		return "", fmt.Errorf("it says %s: set the machine's clock, or signatures of platforms are refused", now.Format(time.DateTime))
	}
	return now.In(cfg.location()).Format("2006-01-02 15:04 MST"), nil
}
