package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"huiyin/channels/all"
	"huiyin/internal/config"
)

// version is set by the linker.
var version = "dev"

// codeName names the code that runs, for what is derived by it and kept: its version, and where that does not say which code it
// was (a build by hand, or of a working tree with changes) the executable's size and time too, so that the next build derives anew.
func codeName() string {
	path, err := os.Executable()
	if err != nil {
		path = ""
	}
	return codeNameAt(version, path)
}

func codeNameAt(version, path string) string {
	if version != "" && version != "dev" && !strings.HasSuffix(version, "-dirty") {
		return version
	}
	info, err := os.Stat(path)
	if err != nil {
		return version
	}
	return fmt.Sprintf("%s %d %d", version, info.Size(), info.ModTime().UnixNano())
}

// config reads the configuration, and tells the person at the terminal of keys in its file that mean nothing.
func (e *env) config() (Config, *config.File, error) {
	cfg, file, err := e.readConfig()
	if file != nil {
		for _, key := range file.UnknownKeys() {
			if !strings.HasPrefix(key.Key, settingsKey) { // those of channels are known when the channels are opened
				fmt.Fprintln(e.err, e.say("cli.config.ignored", "at", key.At, "key", key.Key, "nearest", nearestKey(key.Key)))
			}
		}
	}
	return cfg, file, err
}

// readConfig reads the configuration: defaults, then the file, then the environment.
func (e *env) readConfig() (Config, *config.File, error) {
	cfg := defaultConfig()
	if e.flags.Config != "" {
		cfg.Inboxes = nil
	}
	file, err := config.Load(e.flags.Config, &cfg)
	if err != nil {
		return cfg, nil, err
	}
	var misfit error
	if cfg.Lang == "zh" || cfg.Lang == "en" {
		e.configured = cfg.Lang
	} else {
		misfit = cfg.checkLang() // which the environment may hide
	}
	if file.Defined("lang") {
		e.written = e.configured
	}
	if cfg.Inboxes == nil {
		cfg.Inboxes = defaultConfig().Inboxes
	}
	if err := config.Override(&cfg, "HUIYIN", e.lookup); err != nil {
		return cfg, nil, err
	}
	if cfg.checkLang() != nil {
		misfit = nil // Check says so
	}
	return cfg, file, errors.Join(misfit, cfg.Check())
}

// lang is the language of what a command writes for more readers than the one at the terminal (digests, reports), and of the
// first lines of serve: the one that was asked for, else the one that the configuration's file names, else the terminal's,
// else the configured one.
func (e *env) lang(cfg Config) string {
	if e.flags.Lang != "" {
		return e.flags.Lang
	}
	if lang, ok := askedLang(e.lookup); ok {
		return lang
	}
	return cmp.Or(e.written, terminalLang(e.lookup), cfg.Lang)
}

// configCmd shows and checks the configuration.
type configCmd struct {
	Print     configPrint     `cmd:"" help:"Print the configuration in force as TOML, secrets hidden."`
	Check     configCheck     `cmd:"" help:"Check the configuration, the channels' settings included."`
	Sample    configSample    `cmd:"" help:"Print a commented configuration to start from."`
	Reference configReference `cmd:"" hidden:"" help:"Write docs/config.md."`
	Commands  configCommands  `cmd:"" hidden:"" help:"Write docs/commands.md."`
}

type configPrint struct{}

// writeTables writes a configuration as TOML: the head of each table, and each key by line.
func writeTables(w io.Writer, cfg *Config, line func(l config.Leaf, key string)) {
	table := ""
	config.Walk(cfg, func(l config.Leaf) {
		key := l.Path
		if dot := strings.LastIndexByte(key, '.'); dot >= 0 {
			if key[:dot] != table {
				table = key[:dot]
				fmt.Fprintf(w, "\n[%s]\n", table)
			}
			key = key[dot+1:]
		}
		line(l, key)
	})
}

// Run prints every key with the value in force.
func (*configPrint) Run(e *env) error {
	cfg, _, err := e.config()
	if err != nil {
		return err
	}
	writeTables(e.out, &cfg, func(l config.Leaf, key string) { fmt.Fprintf(e.out, "%s = %s\n", key, l.TOML()) })
	for _, in := range cfg.Inboxes {
		fmt.Fprintf(e.out, "\n[[inbox]]\nid = %q\nchannel = %q\nname = %q\n", in.ID, in.Channel, in.Name)
	}
	return nil
}

type configCheck struct{}

// Run assembles everything that serve would, upon an empty store in memory, and touches nothing else.
func (*configCheck) Run(e *env) error {
	cfg, file, err := e.readConfig()
	if err != nil {
		return err
	}
	if err := checkChannels(e, cfg, file); err != nil {
		return err
	}
	if err := checkAssembly(e, cfg, file); err != nil {
		return err
	}
	for _, s := range e.strangers() {
		fmt.Fprintln(e.err, e.say("cli.config.stranger", "name", s.Name, "nearest", s.Nearest))
	}
	e.tell("cli.config.good", "n", len(cfg.Inboxes))
	return nil
}

// checkAssembly assembles what serve would run: articles, words, dialogue, models, channels and pages, upon nothing stored.
func checkAssembly(e *env, cfg Config, file *config.File) (err error) {
	dir, err := os.MkdirTemp("", "huiyin-check-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	cfg.Store.DSN = "mem:"
	app, err := newApp(e.ctx, appOptions{Config: cfg, File: file, Data: dir, Lookup: e.lookup, Log: e.quiet(), Now: e.now})
	if err != nil {
		return err
	}
	_, err = app.handler()
	return errors.Join(err, app.Close())
}

type configSample struct{}

// Run prints the reference as a TOML file with every default, then each channel's sample as a comment.
func (*configSample) Run(e *env) error {
	cfg := defaultConfig()
	fmt.Fprintln(e.out, "# Huiyin. Every key is optional; the values here are the defaults.")
	writeTables(e.out, &cfg, func(l config.Leaf, key string) {
		if l.Path == "lang" { // written down, it would come before the terminal's
			key = "# " + key
		}
		fmt.Fprintf(e.out, "# %s\n%s = %s\n", l.Help, key, l.TOML())
	})
	for _, d := range all.Drivers() {
		if d.Name == "terminal" {
			continue
		}
		fmt.Fprintf(e.out, "\n# ---- %s ----\n", d.Name)
		for _, line := range strings.Split(strings.TrimSpace(d.Sample), "\n") {
			fmt.Fprintln(e.out, strings.TrimRight("# "+line, " "))
		}
	}
	return nil
}

type configReference struct{}

// Run writes the reference as Markdown.
func (*configReference) Run(e *env) error {
	cfg := defaultConfig()
	fmt.Fprint(e.out, "# Configuration\n\nGenerated by `make docs`. `huiyin config sample` prints a file to start from; `huiyin --config huiyin.toml …` uses it.\n"+
		"Every key can be set in the environment instead.\n\n| key | default | environment | what it is |\n|---|---|---|---|\n")
	config.Walk(&cfg, func(l config.Leaf) {
		fmt.Fprintf(e.out, "| `%s` | `%s` | `HUIYIN_%s` | %s |\n", l.Path, l.TOML(), config.EnvName(l.Path), l.Help)
	})
	fmt.Fprint(e.out, "\nInboxes are `[[inbox]]` tables with `id`, `channel`, `name`, `lang`, `window` (how long after a customer's message the platform takes one to her, "+
		"for example `\"24h\"` for WhatsApp; left out: as the channel says, which is for ever for those below) and the channel's own `[inbox.settings]`, "+
		"whose keys can be set as `HUIYIN_INBOX_<ID>_<KEY>`.\n")
	for _, d := range all.Drivers() {
		fmt.Fprintf(e.out, "\n## %s\n\n```toml\n%s\n```\n", d.Name, strings.TrimSpace(d.Sample))
	}
	return nil
}

type configCommands struct{}

// Run writes the help of every command as Markdown.
func (*configCommands) Run(e *env) error {
	fmt.Fprint(e.out, "# Commands\n\nGenerated by `make docs` from the program's own help.\n")
	for _, words := range commandPaths() {
		fmt.Fprintf(e.out, "\n## huiyin %s\n\n```\n", strings.Join(words, " "))
		run(e.ctx, append(words, "--help"), strings.NewReader(""), e.out, e.err, func(string) (string, bool) { return "", false })
		fmt.Fprint(e.out, "```\n")
	}
	return nil
}
