package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"huiyin/internal/config"
)

// Exit codes of the program.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 2
)

// errUsage marks what the caller has to write differently: it ends the program with exitUsage.
var errUsage = errors.New("usage")

// cli is the command line: global flags, then one field a subcommand.
type cli struct {
	Config string `help:"Configuration file (TOML)." placeholder:"F" env:"HUIYIN_CONFIG" type:"path"`
	Data   string `help:"Directory of the database, the index and backups." placeholder:"DIR" env:"HUIYIN_DATA" default:"huiyin-data"`
	Log    string `help:"Log format: text or json." enum:"text,json" env:"HUIYIN_LOG" default:"text"`
	Lang   string `help:"Language: zh or en. Default: the terminal's, else as configured; for digests, reports and the first lines of serve, the configuration file's comes first." env:"HUIYIN_LANG" default:""`

	Version kong.VersionFlag `help:"Print the version and end."`

	Serve   serveCmd     `cmd:"" help:"Run everything: channels, bot, console, scheduled digests."`
	Chat    chatCmd      `cmd:"" help:"Talk to the bot in the terminal; piped input works too."`
	KB      kbCmd        `cmd:"" name:"kb" help:"The knowledge base: import, export, check, search, explain, gaps, replay."`
	NLP     nlpCmd       `cmd:"" name:"nlp" help:"Understanding: analyze texts."`
	Eval    evalCmd      `cmd:"" help:"Measure intents, sentiment or retrieval on labelled data."`
	Mine    mineCmd      `cmd:"" help:"Turn any pile of feedback (CSV, JSONL, XLSX) into a digest."`
	Digest  digestCmd    `cmd:"" help:"Make the digest of a week."`
	Demo    demoCmd      `cmd:"" help:"Play three weeks of a shop's customers through the whole program, and write the digest of the third."`
	Bench   benchCmd     `cmd:"" help:"Measure this machine: e2e, kb, mine, digest, desk."`
	Backup  backupCmd    `cmd:"" help:"Write a backup now; a running program writes one every night by itself."`
	Restore restoreCmd   `cmd:"" help:"Replace the database by a backup, verified first."`
	Verify  verifyCmd    `cmd:"" help:"Check every record and index of a database."`
	Doctor  doctorCmd    `cmd:"" help:"Say what is wrong and how to mend it."`
	Contact contactCmd   `cmd:"" help:"Export or erase everything about one person."`
	Custom  customersCmd `cmd:"" name:"customers" help:"What is known of customers from elsewhere: import orders."`
	Conf    configCmd    `cmd:"" name:"config" help:"Print or check the configuration, or write its reference."`
	Admin   adminCmd     `cmd:"" help:"Staff accounts."`
	Webchat webchatCmd   `cmd:"" help:"The web chat: try it as a customer who is signed in at the shop."`
	Train   trainCmd     `cmd:"" hidden:"" help:"Remake the shipped models from labelled data."`
}

// env is what every command runs with.
type env struct {
	ctx    context.Context
	flags  *cli
	lookup func(string) (string, bool)
	now    func() time.Time // what commands stamp, and what day it is for them
	in     io.Reader
	out    io.Writer
	err    io.Writer

	configured string    // language, when a configuration was read
	written    string    // the language that the configuration's file names
	asked      *envNames // what was looked for in the environment; nil: nothing is known of it
}

// log writes to standard error in the chosen format.
func (e *env) log() *slog.Logger {
	if e.flags.Log == "json" {
		return slog.New(slog.NewJSONHandler(e.err, nil))
	}
	return slog.New(slog.NewTextHandler(e.err, nil))
}

// run is the whole program as a function: it returns the exit code.
func run(ctx context.Context, args []string, in io.Reader, out, errw io.Writer, lookup func(string) (string, bool)) int {
	return runAt(ctx, time.Now, args, in, out, errw, lookup)
}

// runAt is run on another clock.
func runAt(ctx context.Context, now func() time.Time, args []string, in io.Reader, out, errw io.Writer, lookup func(string) (string, bool)) int {
	var flags cli
	exited, code := false, exitDone
	parser, err := kong.New(&flags,
		kong.Name("huiyin"),
		kong.Description("Huiyin 回音: answers customers in Chinese and English, hands over to people, reports what goes wrong."),
		kong.Writers(out, errw),
		kong.Exit(func(c int) { exited, code = true, c }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}),
		kong.UsageOnError(),
		kong.Vars{"version": "huiyin " + version},
	)
	if err != nil {
		fmt.Fprintln(errw, "huiyin:", err)
		return exitFailed
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	if args[0] == "help" { // huiyin help mine
		args = append(slices.Clone(args[1:]), "--help")
	}
	command, err := parser.Parse(args)
	if exited {
		return code
	}
	if err != nil {
		flags.Lang = langIn(args)
		e := &env{flags: &flags, lookup: lookup, now: now, err: errw}
		return e.report(wrong(errUsage, "cli.parse", "cause", err, "command", commandOf(err)))
	}
	if asked := flags.Lang; asked != "" && asked != "zh" && asked != "en" {
		flags.Lang = ""
		e := &env{flags: &flags, lookup: lookup, now: now, err: errw}
		return e.report(wrong(errUsage, "cli.lang", "value", strconv.Quote(asked)))
	}
	names := newEnvNames(lookup)
	e := &env{ctx: ctx, flags: &flags, lookup: names.lookup, asked: names, now: now, in: in, out: out, err: errw}
	return e.report(command.Run(e))
}

// langIn is the language that a line asks for which could not be read, "zh" or "en"; "": it asks for none.
func langIn(args []string) string {
	asked := ""
	for i, arg := range args {
		value, ok := strings.CutPrefix(arg, "--lang=")
		if arg == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if ok && (value == "zh" || value == "en") {
			asked = value
		}
	}
	return asked
}

// commandOf is the command whose line could not be read, as far as it could: the one whose help says how.
func commandOf(err error) string {
	words := []string{"huiyin"}
	var parse *kong.ParseError
	if errors.As(err, &parse) && parse.Context != nil {
		for _, at := range parse.Context.Path {
			if at.Command != nil {
				words = append(words, at.Command.Name)
			}
		}
	}
	return strings.Join(words, " ")
}

// report prints an error and says which exit code it means.
func (e *env) report(err error) int {
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		err = wrong(nil, "cli.stopped")
	}
	fmt.Fprintln(e.err, "huiyin:", explain(e.voice(), err))
	if errors.Is(err, errUsage) || errors.Is(err, config.ErrInvalid) {
		return exitUsage
	}
	return exitFailed
}
