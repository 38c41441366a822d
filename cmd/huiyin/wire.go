package main

import (
	"log/slog"
	"net/http"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/data"
	"huiyin/internal/config"
	"huiyin/internal/locale"
	"huiyin/internal/secret"
	"huiyin/store/open"
)

// noFile is a configuration without a file.
func noFile() *config.File {
	var nothing struct{}
	f, err := config.Load("", &nothing)
	if err != nil {
		return nil // cannot be: no file is read
	}
	return f
}

// quiet logs warnings only, for commands whose output is their result.
func (e *env) quiet() *slog.Logger {
	return slog.New(slog.NewTextHandler(e.err, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func (a *App) loadWords() (err error) {
	a.Words, err = locale.Load(data.Files(), "locale")
	return err
}

// actor does what forms ask for: in the shop's own service, or in the demo shop inside the program.
func (a *App) actor() (bot.Actor, error) {
	key, err := secret.OrFile(a.Config.Bot.ServiceKey, a.Config.Bot.ServiceFile)
	if err != nil {
		return nil, wrong(config.ErrInvalid, "cli.folder.none", "key", "bot.service_key_file", "cause", err)
	}
	if a.Config.Bot.ServiceURL != "" {
		return &bot.HTTPActor{Client: &http.Client{}, Service: a.Config.Bot.ServiceURL, Secret: key, Now: a.Now}, nil
	}
	shop, err := newDemoShop(data.Files(), "shop/orders.yaml", key, a.Now, a.Config.location())
	if err != nil {
		return nil, err
	}
	return &bot.HTTPActor{Client: &http.Client{Transport: inProcess{shop}}, Service: "http://demo.shop", Secret: key, Now: a.Now}, nil
}

// checkChannels makes every configured channel, which validates its settings and touches nothing.
func checkChannels(e *env, cfg Config, file *config.File) error {
	nothing, err := open.Open("mem:", open.Options{})
	if err != nil {
		return err
	}
	defer nothing.Close()
	app := &App{appOptions: appOptions{Config: cfg, File: file, Lookup: e.lookup, Log: e.quiet(), Now: e.now}, Store: nothing}
	for _, in := range cfg.Inboxes {
		if _, err := app.openChannel(in, &lateBot{}); err != nil {
			return err
		}
	}
	return file.Unknown()
}

// commandPaths are the commands that the reference describes, in the order of the help.
func commandPaths() [][]string {
	return [][]string{{"serve"}, {"chat"}, {"kb", "import"}, {"kb", "undo"}, {"kb", "export"}, {"kb", "check"}, {"kb", "search"}, {"kb", "explain"}, {"kb", "gaps"},
		{"kb", "replay"}, {"nlp", "analyze"}, {"eval", "intent"}, {"eval", "sentiment"}, {"eval", "retrieval"}, {"eval", "answers"}, {"mine"}, {"digest"},
		{"demo"}, {"bench", "e2e"}, {"bench", "kb"}, {"bench", "mine"}, {"bench", "digest"}, {"bench", "desk"}, {"backup"}, {"restore"}, {"verify"}, {"doctor"}, {"customers", "import"}, {"customers", "imports"}, {"customers", "undo"}, {"contact", "export"},
		{"contact", "erase"}, {"config", "print"}, {"config", "check"}, {"config", "sample"}, {"admin", "create"}, {"admin", "link"}, {"admin", "list"}, {"webchat", "token"}}
}

var _ channels.Observer = (*metrics)(nil)
