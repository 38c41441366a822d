package main

import (
	"errors"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/internal/locale"
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
	cfg, file, err := e.readConfig()
	if err == nil {
		err = checkChannels(e, cfg, file)
	}
	failed := 0
	line := func(state, name, text string) {
		e.tell("cli.doctor.line", "state", e.say("cli.doctor."+state), "name", e.say("cli.doctor."+name), "text", text)
	}
	say := func(name, note string, err error) {
		switch {
		case errors.Is(err, errWarn):
			line("warn", name, explain(e.voice(), err))
		case err != nil:
			failed++
			line("fail", name, explain(e.voice(), err))
		default:
			line("ok", name, note)
		}
	}
	say("configuration", e.say("cli.doctor.inboxes", "n", len(cfg.Inboxes)), err)
	for _, s := range e.strangers() {
		say("configuration", "", wrong(errWarn, "cli.config.stranger", "name", s.Name, "nearest", s.Nearest))
	}
	for _, c := range []doctorCheck{
		{"data", lookAtData}, {"disk", lookAtDisk}, {"port", lookAtPort}, {"database", lookAtStore},
		{"dialogue", lookAtDialogue}, {"articles", lookAtArticles}, {"catalogues", lookAtWords}, {"clock", lookAtClock},
	} {
		note, err := c.look(e, cfg)
		say(c.name, note, err)
	}
	if failed > 0 {
		return wrong(nil, "cli.doctor.failed", "n", failed)
	}
	return nil
}

func lookAtData(e *env, _ Config) (string, error) {
	dir, err := filepath.Abs(e.flags.Data)
	if err != nil {
		return "", err
	}
	switch _, err := os.Stat(dir); {
	case errors.Is(err, fs.ErrNotExist):
		return "", wrong(errWarn, "cli.data.absent", "dir", dir)
	case err != nil:
		return "", wrong(nil, "cli.data.none", "cause", err)
	}
	probe, err := os.CreateTemp(e.flags.Data, "doctor-")
	if err != nil {
		return "", wrong(nil, "cli.data.denied", "cause", err)
	}
	return dir, errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// leastDisk is how much free space makes the doctor worry, in bytes.
const leastDisk = 500 << 20

func lookAtDisk(e *env, _ Config) (string, error) {
	dir, err := filepath.Abs(e.flags.Data)
	if err != nil {
		return "", err
	}
	var s syscall.Statfs_t
	for err = syscall.Statfs(dir, &s); errors.Is(err, fs.ErrNotExist) && dir != filepath.Dir(dir); err = syscall.Statfs(dir, &s) {
		dir = filepath.Dir(dir) // which the first start makes it in
	}
	if err != nil {
		return "", err
	}
	free := int64(s.Bavail) * s.Bsize
	if free < leastDisk {
		return "", wrong(errWarn, "cli.disk.little", "mb", free>>20)
	}
	return e.say("cli.disk.free", "gb", free>>30), nil
}

func lookAtPort(e *env, cfg Config) (string, error) {
	l, err := net.Listen("tcp", cfg.HTTP.Listen)
	if err != nil {
		return "", wrong(errWarn, "cli.port.used", "cause", err)
	}
	return e.say("cli.port.free", "at", cfg.HTTP.Listen), l.Close()
}

func lookAtStore(e *env, cfg Config) (string, error) {
	dsn := cfg.dsn(e.flags.Data)
	report, err := open.Verify(e.ctx, dsn, nil, open.Options{Now: e.now, Log: e.quiet()})
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return e.say("cli.store.none"), nil
	case errors.Is(err, store.ErrLocked):
		return "", wrong(errWarn, "cli.store.open")
	case err != nil:
		return "", wrong(nil, "cli.store.broken", "cause", err, "backup", filepath.Join(e.flags.Data, "backup", "…"))
	}
	return storeSize(e, report), nil
}

// storeSize is what a database holds, in words.
func storeSize(e *env, r store.Report) string {
	return e.say("cli.store.size", "conversations", r.Conversations, "messages", r.Messages, "unsent", r.Unsent, "aside", r.Quarantined)
}

func lookAtDialogue(e *env, cfg Config) (string, error) {
	fsys, err := folderOr("bot.dialogue", cfg.Bot.Dialogue, "shop/dialogue")
	if err != nil {
		return "", err
	}
	d, err := bot.LoadDialogue(fsys, ".")
	if err != nil {
		return "", err
	}
	return e.say("cli.doctor.dialogue.size", "intents", len(d.Intents), "forms", len(d.Forms), "examples", len(d.TrainingExamples())), nil
}

func lookAtArticles(e *env, cfg Config) (string, error) {
	fsys, err := folderOr("bot.knowledge", cfg.Bot.Knowledge, "shop/kb")
	if err != nil {
		return "", err
	}
	articles, err := readKnowledge(fsys)
	if err != nil {
		return "", err
	}
	return e.say("cli.doctor.articles.size", "n", len(articles)), nil
}

func lookAtWords(e *env, _ Config) (string, error) {
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		return "", err
	}
	return e.say("cli.doctor.catalogues.size", "n", len(words.Keys(""))), nil
}

func lookAtClock(e *env, cfg Config) (string, error) {
	now := e.now()
	if now.Year() < 2026 {
		return "", wrong(nil, "cli.clock.wrong", "time", now.Format(time.DateTime))
	}
	return now.In(cfg.location()).Format("2006-01-02 15:04 MST"), nil
}
