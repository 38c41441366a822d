package main

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"sync"
	"syscall"

	"huiyin/data"
	"huiyin/feedback/mine"
	"huiyin/internal/config"
	"huiyin/internal/locale"
	"huiyin/internal/printable"
	"huiyin/internal/yamlfile"
	"huiyin/kb"
	"huiyin/store"
)

// ownWords are the program's sentences, as they ship.
var ownWords = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

// inWords is a sentence of the catalogue cli. Values come from customers and files: what a terminal would obey is taken out of them.
func inWords(lang, key string, pairs ...any) string {
	words, err := ownWords()
	if err != nil {
		return key + ": " + err.Error()
	}
	safe := slices.Clone(pairs)
	for i := 1; i < len(safe); i += 2 {
		safe[i] = printable.Text(fmt.Sprint(safe[i]))
	}
	return words.Text(lang, key, safe...)
}

// wordsOf is the catalogue in a language.
func wordsOf(lang string) kb.Words {
	return func(key string, pairs ...any) string { return inWords(lang, key, pairs...) }
}

// voice is the language in which a command speaks to the person at the terminal: the one that was asked for, else the
// terminal's own where that is Chinese or English, else the configured one.
func (e *env) voice() string {
	if e.flags.Lang != "" {
		return e.flags.Lang
	}
	if lang, ok := askedLang(e.lookup); ok { // the command line could not be read
		return lang
	}
	if lang := terminalLang(e.lookup); lang != "" {
		return lang
	}
	if e.configured != "" {
		return e.configured
	}
	return defaultConfig().Lang
}

// askedLang is the language that the environment asks for.
func askedLang(lookup func(string) (string, bool)) (string, bool) {
	if lookup == nil {
		return "", false
	}
	lang, _ := lookup("HUIYIN_LANG")
	return lang, lang == "zh" || lang == "en"
}

// terminalLang is what POSIX's variables say of the language of messages; empty when they name neither of ours. The first of
// them that is set decides.
func terminalLang(lookup func(string) (string, bool)) string {
	if lookup == nil {
		return ""
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		value, _ := lookup(name)
		if value == "" {
			continue
		}
		lang, _, _ := strings.Cut(value, "_")
		if lang, _, _ = strings.Cut(lang, "."); lang == "zh" || lang == "en" {
			return lang
		}
		return ""
	}
	return ""
}

// say is a sentence for the person at the terminal.
func (e *env) say(key string, pairs ...any) string { return inWords(e.voice(), key, pairs...) }

// tell prints one.
func (e *env) tell(key string, pairs ...any) { fmt.Fprintln(e.out, e.say(key, pairs...)) }

// problem is an error that people read in their own language.
type problem struct {
	mark  error // what the program goes by: errUsage, config.ErrInvalid, …; may be nil
	key   string
	pairs []any // as for locale.Catalog.Text; errors among them are wrapped
}

// wrong makes a problem of a sentence of the catalogue.
func wrong(mark error, key string, pairs ...any) error { return &problem{mark, key, pairs} }

// Error is the sentence in English.
func (p *problem) Error() string { return inWords("en", p.key, p.pairs...) }

// Unwrap gives the mark, and the errors that the sentence quotes.
func (p *problem) Unwrap() []error {
	var all []error
	if p.mark != nil {
		all = append(all, p.mark)
	}
	for _, v := range p.pairs {
		if err, ok := v.(error); ok {
			all = append(all, err)
		}
	}
	return all
}

// explain is an error in a language, as far as the program has words for it: problems, and the common causes in what others
// wrote around them.
func explain(lang string, err error) string {
	if p, ok := err.(*problem); ok {
		pairs := make([]any, len(p.pairs))
		for i, v := range p.pairs {
			if err, ok := v.(error); ok {
				v = explain(lang, err)
			}
			pairs[i] = v
		}
		return inWords(lang, p.key, pairs...)
	}
	switch e := err.(type) {
	case *kb.Fault:
		return printable.Text(kb.Say(e, wordsOf(lang)))
	case store.LockedError:
		return inWords(lang, "cli.locked", "file", e.Path)
	case *mine.FileError:
		switch {
		case e.Inside != "":
			return inWords(lang, "cli.mine.file.directory_one", "file", shellWord(e.Inside))
		case e.Row != "":
			return inWords(lang, "cli.mine.file.first_row", "why", inWords(lang, "cli.mine.bad."+string(e.Row)))
		}
		return inWords(lang, "cli.mine.file."+string(e.Why))
	case *yamlfile.Error:
		return printable.Text(kb.Say(e, wordsOf(lang)))
	case *fs.PathError:
		return inWords(lang, "cli.path", "path", e.Path, "cause", explain(lang, e.Err))
	case config.UnknownError:
		if near := nearestKey(e.Key); near != "" {
			return inWords(lang, "cli.config.unknown_near", "at", e.At, "key", e.Key, "nearest", near)
		}
		return inWords(lang, "cli.config.unknown", "at", e.At, "key", e.Key)
	case config.SyntaxError:
		if e.Flaw != "" {
			return inWords(lang, "cli.toml.at", "at", e.At, "what", inWords(lang, "cli.toml."+e.Flaw, "key", e.Key))
		}
	case config.KindError:
		return inWords(lang, "cli.config.kind", "at", e.At, "key", e.Key, "has", cmp.Or(e.Value, inWords(lang, "cli.kind."+string(e.Has))),
			"want", inWords(lang, "cli.kind."+string(e.Want)), "example", e.Want.Example())
	}
	if key := causeKey(err); key != "" {
		return inWords(lang, key)
	}
	var parts []error
	switch w := err.(type) {
	case interface{ Unwrap() []error }:
		parts = w.Unwrap()
	case interface{ Unwrap() error }:
		parts = append(parts, w.Unwrap())
	}
	text := err.Error()
	for _, part := range parts {
		if part != nil && part != errUsage {
			text = strings.Replace(text, part.Error(), explain(lang, part), 1)
		}
	}
	return printable.Text(strings.TrimPrefix(text, errUsage.Error()+": "))
}

// causeKey is the key of a cause that often stands at the end of an error, or empty.
func causeKey(err error) string {
	for _, c := range []struct {
		err error
		key string
	}{
		{config.ErrInvalid, "cli.cause.config"}, {kb.ErrNoImport, "cli.cause.import"}, {kb.ErrConflict, "cli.cause.conflict"}, {store.ErrLocked, "cli.cause.locked"},
		{syscall.ENOENT, "cli.cause.missing"}, {fs.ErrNotExist, "cli.cause.missing"},
		{syscall.EACCES, "cli.cause.denied"}, {syscall.EPERM, "cli.cause.denied"}, {fs.ErrPermission, "cli.cause.denied"},
		{syscall.ENOSPC, "cli.cause.full"}, {syscall.EADDRINUSE, "cli.cause.inuse"},
		{syscall.ENOTDIR, "cli.cause.notdir"}, {syscall.EISDIR, "cli.cause.isdir"},
	} {
		if err == c.err { // not errors.Is: what wraps it is explained around it
			return c.key
		}
	}
	return ""
}
