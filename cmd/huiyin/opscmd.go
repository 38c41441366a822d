package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"

	"huiyin/bot"
	"huiyin/nlp"
	"huiyin/store"
	"huiyin/store/open"
)

// backupCmd writes a copy of the database. A running program does so by itself every night.
type backupCmd struct {
	Out string `help:"File to write. Default: <data>/backup/<time>.db" placeholder:"F"`
}

// Run opens the store, so that the program must not be running.
func (c *backupCmd) Run(e *env) error {
	name := c.Out
	if name == "" {
		name = filepath.Join(e.flags.Data, "backup", store.BackupName(e.now()))
	} else if _, err := os.Stat(filepath.Dir(name)); err != nil {
		return wrong(errUsage, "cli.out.folder", "cause", err)
	}
	return e.withData(func(_ Config, s open.Store) error {
		if c.Out == "" {
			if err := os.MkdirAll(filepath.Dir(name), 0o700); err != nil {
				return err
			}
		}
		size, err := store.WriteBackup(e.ctx, s, name)
		if err != nil {
			return err
		}
		e.tell("cli.backup.done", "file", name, "mb", megabytes(size))
		return nil
	})
}

// restoreCmd puts a backup in the database's place.
type restoreCmd struct {
	From string `arg:"" help:"Backup file."`
	JSON bool   `help:"Print one JSON object."`
}

// Run verifies the backup first; the database that it replaces is kept beside it.
func (c *restoreCmd) Run(e *env) error {
	cfg, _, err := e.config()
	if err != nil {
		return err
	}
	if info, err := os.Stat(c.From); err != nil {
		return wrong(errUsage, "cli.restore.none", "cause", err)
	} else if info.IsDir() {
		return wrong(errUsage, "cli.restore.directory", "file", c.From)
	}
	done, err := open.Restore(e.ctx, c.From, cfg.dsn(e.flags.Data), e.progress(), open.Options{Now: e.now, Log: e.quiet()})
	if errors.Is(err, store.ErrForeign) {
		return wrong(errUsage, "cli.restore.foreign", "file", c.From)
	}
	if errors.Is(err, store.ErrCorrupt) { // the backup is: a damaged database in its place is no obstacle
		return wrong(store.ErrCorrupt, "cli.restore.damaged", "file", c.From)
	}
	if err != nil {
		return err
	}
	if c.JSON {
		return e.print(true, done)
	}
	e.tell("cli.restore.done", "file", c.From, "size", storeSize(e, done.Report))
	if done.Replaced != "" {
		e.tell("cli.restore.kept", "file", done.Replaced)
	}
	if done.Unsent > 0 {
		e.tell("cli.restore.unsent", "n", done.Unsent)
	}
	return nil
}

// megabytes is a size for people.
func megabytes(bytes int64) string { return fmt.Sprintf("%.1f", float64(bytes)/1e6) }

// verifyCmd checks a database that no process has open.
type verifyCmd struct {
	File string `arg:"" optional:"" help:"A backup to verify. Default: the database."`
	JSON bool   `help:"Print one JSON object."`
}

// Run fails when anything does not agree.
func (c *verifyCmd) Run(e *env) error {
	cfg, _, err := e.config()
	if err != nil {
		return err
	}
	o := open.Options{Now: e.now, Log: e.quiet()}
	var report store.Report
	if info, err := os.Stat(c.File); err == nil && info.IsDir() {
		return wrong(errUsage, "cli.restore.directory", "file", c.File)
	}
	if c.File != "" {
		report, err = open.VerifyBackup(e.ctx, c.File, e.progress(), o)
	} else {
		report, err = open.Verify(e.ctx, cfg.dsn(e.flags.Data), e.progress(), o)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return wrong(errUsage, "cli.verify.none", "cause", err)
	}
	if c.File != "" && errors.Is(err, store.ErrForeign) {
		return wrong(errUsage, "cli.restore.foreign", "file", c.File)
	}
	if c.JSON {
		return errors.Join(e.print(true, report), err)
	}
	if err != nil {
		return err
	}
	e.tell("cli.verify.good", "size", storeSize(e, report), "articles", report.Articles, "contacts", report.Contacts, "mb", megabytes(report.Bytes),
		"seconds", fmt.Sprintf("%.1f", report.Took.Seconds()))
	return nil
}

// progress shows how far long work is, to people.
func (e *env) progress() store.Progress {
	if !isTerminal(e.err) {
		return nil
	}
	return func(done, total int) { fmt.Fprint(e.err, "\r", e.say("cli.progress", "done", done, "total", total)) }
}

// contactCmd serves a person's rights: to have a copy, and to be forgotten.
type contactCmd struct {
	Export contactExport `cmd:"" help:"Write everything about one person as JSON."`
	Erase  contactErase  `cmd:"" help:"Erase everything about one person."`
}

type contactExport struct {
	Who string `arg:"" help:"E-mail address, phone, platform id or name."`
	Out string `help:"File to write. Default: standard output." placeholder:"F"`
}

// findOne finds exactly one person; several are listed, so that the caller can choose by id.
func findOne(ctx context.Context, s bot.PrivacyStore, who string) (bot.Contact, error) {
	found, err := s.FindContact(ctx, who)
	if err != nil {
		return bot.Contact{}, err
	}
	for _, c := range found {
		if string(c.ID) == who {
			return c, nil
		}
	}
	switch len(found) {
	case 0:
		return bot.Contact{}, wrong(errUsage, "cli.contact.nobody", "who", strconv.Quote(who))
	case 1:
		return found[0], nil
	}
	list := ""
	for _, c := range found[:min(10, len(found))] {
		list += fmt.Sprintf("\n  %s  %s %s", c.ID, c.Name, c.Email)
	}
	return bot.Contact{}, wrong(errUsage, "cli.contact.many", "count", len(found), "who", strconv.Quote(who), "list", list)
}

// exported is what a person is given.
type exported struct {
	Contact       bot.Contact            `json:"contact"`
	Orders        []bot.Order            `json:"orders,omitempty"`
	Conversations []exportedConversation `json:"conversations"`
}

type exportedConversation struct {
	bot.Conversation
	Messages []bot.Message  `json:"messages"`
	Files    []exportedFile `json:"files,omitempty"`
}

// exportedFile is a file that messages name by its ID.
type exportedFile struct {
	bot.File
	Data []byte `json:"data"` // in base64
}

// filesOf reads the files of messages, each once.
func filesOf(ctx context.Context, s open.Store, messages []bot.Message) ([]exportedFile, error) {
	var all []exportedFile
	seen := map[bot.FileID]bool{"": true}
	for _, m := range messages {
		for _, f := range m.Files {
			if seen[f.ID] {
				continue
			}
			seen[f.ID] = true
			data, err := s.FileData(ctx, m.Inbox, m.Thread, f.ID)
			if err != nil {
				return nil, err
			}
			all = append(all, exportedFile{f, data})
		}
	}
	return all, nil
}

// Run writes the contact with all conversations. Private notes of staff are part of what is stored about the person.
func (c *contactExport) Run(e *env) error {
	return e.withData(func(_ Config, s open.Store) error {
		person, err := findOne(e.ctx, s, c.Who)
		if err != nil {
			return err
		}
		all := exported{Contact: person}
		addresses, err := s.Addresses(e.ctx, person.ID)
		if err != nil {
			return err
		}
		if all.Orders, err = s.OrdersOf(e.ctx, bot.Buyers(person, addresses)); err != nil {
			return err
		}
		conversations, err := s.Conversations(e.ctx, bot.Filter{Contact: person.ID, Limit: 1 << 20})
		if err != nil {
			return err
		}
		for _, conv := range conversations {
			messages, err := s.Messages(e.ctx, conv.ID, 0, 0)
			if err != nil {
				return err
			}
			files, err := filesOf(e.ctx, s, messages)
			if err != nil {
				return err
			}
			all.Conversations = append(all.Conversations, exportedConversation{conv, messages, files})
		}
		if err := s.Record(e.ctx, bot.Event{At: e.now(), Actor: "system", Action: "contact.export", Object: string(person.ID)}); err != nil {
			return err
		}
		out := e.out
		if c.Out != "" {
			f, err := os.OpenFile(c.Out, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o600)
			if err != nil {
				return err
			}
			return errors.Join(writeJSON(f, all), f.Close())
		}
		return writeJSON(out, all)
	})
}

func writeJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

type contactErase struct {
	Who string `arg:"" help:"E-mail address, phone, platform id or name."`
	Yes bool   `help:"Really erase; without it, only say what would go."`
}

// Run erases; what was forgotten cannot be brought back but from a backup.
func (c *contactErase) Run(e *env) error {
	return e.withData(func(_ Config, s open.Store) error {
		person, err := findOne(e.ctx, s, c.Who)
		if err != nil {
			return err
		}
		if !c.Yes {
			conversations, err := s.Conversations(e.ctx, bot.Filter{Contact: person.ID, Limit: 1 << 20})
			if err != nil {
				return err
			}
			e.tell("cli.contact.would", "name", nlp.Redact(person.Name), "id", person.ID, "n", len(conversations))
			return nil
		}
		n, err := s.EraseContact(e.ctx, person.ID, bot.Event{At: e.now(), Actor: "system", Action: "contact.erase", Object: string(person.ID)})
		if err != nil {
			return err
		}
		e.tell("cli.contact.erased", "n", n)
		return nil
	})
}
