package main

import (
	"errors"
	"log/slog"
	"os"

	"golang.org/x/term"

	"huiyin/channels"
)

// chatCmd talks to the same bot in the terminal.
type chatCmd struct{}

// Run returns at the end of the input, after the last answer.
func (c *chatCmd) Run(e *env) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
	app, err := newApp(e.ctx, appOptions{
		Config: cfg, File: file, Data: e.flags.Data, Lookup: e.lookup, Log: log, Now: e.now,
		TTY:     &channels.TTY{In: e.in, Out: e.out, Interactive: isTerminal(e.in) && isTerminal(e.out)},
		Faulty:  e.faulty,
		Inboxes: []InboxConfig{{ID: "terminal", Channel: "terminal", Name: "Terminal", Lang: e.lang(cfg)}},
	})
	if err != nil {
		return err
	}
	defer app.Close()
	if err := app.Run(e.ctx, nil); !errors.Is(err, channels.ErrEnded) {
		return err
	}
	return nil
}

// isTerminal reports whether a person sits at the other end.
func isTerminal(stream any) bool {
	f, ok := stream.(*os.File)
	return ok && term.IsTerminal(int(f.Fd()))
}
