package main

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/console"
	"huiyin/console/api"
	"huiyin/nlp"
)

// serveCmd runs everything.
type serveCmd struct {
	Listen string `help:"Address to listen on. Default: as configured, 127.0.0.1:8080." placeholder:"HOST:PORT"`
}

// stopGrace is how long requests may take to end when the program stops.
const stopGrace = 5 * time.Second

// Run starts the server and returns when the context ends.
func (c *serveCmd) Run(e *env) error {
	start := time.Now()
	cfg, file, err := e.readConfig()
	if err != nil {
		return err
	}
	if c.Listen != "" {
		cfg.HTTP.Listen = c.Listen
	}
	listener, err := listen(cfg.HTTP.Listen) // the port first: it is the cheapest thing to be wrong
	if err != nil {
		return err
	}
	defer listener.Close()
	app, err := newApp(e.ctx, appOptions{Config: cfg, File: file, Data: e.flags.Data, Lookup: e.lookup, Log: e.log(), Now: e.now, Faulty: e.faulty})
	if err != nil {
		return err
	}
	defer app.Close()
	handler, err := app.handler()
	if err != nil {
		return err
	}
	for _, s := range e.strangers() {
		e.log().Warn("an environment variable is set that nothing reads", "name", s.Name, "nearest", s.Nearest)
	}
	for _, key := range file.UnknownKeys() {
		e.log().Warn("a key of the configuration means nothing", "at", key.At, "key", key.Key, "nearest", nearestKey(key.Key))
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second, ReadTimeout: 30 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 32 << 10}
	g, ctx := errgroup.WithContext(e.ctx)
	server.BaseContext = func(net.Listener) context.Context { return ctx }
	g.Go(func() error {
		return app.Run(ctx, func() {
			app.metrics.ready.Store(true)
			app.welcome(e, listener.Addr().String(), time.Since(start))
		})
	})
	g.Go(func() error { return app.schedule(ctx) })
	g.Go(func() error { return app.readAhead(ctx) })
	g.Go(func() error {
		select {
		case <-app.KB.Ready():
			debug.FreeOSMemory() // what loading, training and indexing took is not needed again
		case <-ctx.Done():
		}
		return nil
	})
	g.Go(func() error { return serveUntil(ctx, server, listener) })
	return g.Wait()
}

// listen opens the address of the configuration or the command line.
func listen(at string) (net.Listener, error) {
	listener, err := net.Listen("tcp", at)
	var address *net.AddrError
	if errors.As(err, &address) {
		return nil, wrong(errUsage, "cli.listen.form", "value", strconv.Quote(at), "cause", address.Err)
	}
	if err != nil {
		return nil, wrong(nil, "cli.listen.none", "at", at, "cause", err)
	}
	return listener, nil
}

// serveUntil answers requests until the context ends, and gives those that run stopGrace to finish.
func serveUntil(ctx context.Context, server *http.Server, listener net.Listener) error {
	var g errgroup.Group
	ctx, stop := context.WithCancel(ctx)
	g.Go(func() error {
		defer stop()
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	g.Go(func() error {
		<-ctx.Done()
		grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopGrace)
		defer cancel()
		if server.Shutdown(grace) != nil {
			return server.Close()
		}
		return nil
	})
	return g.Wait()
}

// handler is every address of the server.
func (a *App) handler() (http.Handler, error) {
	mux := http.NewServeMux()
	for _, l := range a.lines {
		if w, ok := l.channel.(channels.WebhookHandler); ok {
			prefix := "/channels/" + string(l.inbox.ID)
			mux.Handle(prefix+"/", http.StripPrefix(prefix, w.Webhook(a.Bot)))
		}
	}
	keys := console.NewKeys(a.Store, a.Now, random)
	public, err := api.New(api.Config{Store: a.Store, Desk: a.Bot, Keys: keys, Knowledge: a.publisher(), Health: a.Store.Health, Mask: nlp.Redact, Log: a.Log, Now: a.Now, Proxied: a.Config.HTTP.Proxied})
	if err != nil {
		return nil, err
	}
	if err := a.openWebhooks(public); err != nil {
		return nil, err
	}
	seed, err := reviewSeed(context.Background(), a.Store, filepath.Join(a.Data, "review-seed"))
	if err != nil {
		return nil, err
	}
	desk, err := console.New(console.Config{
		Store: a.Store, Desk: a.Bot, Answers: a.KB, Feed: a.Bot, Digests: a.digests(), Words: a.Words, Log: a.Log, Now: a.Now,
		Zone: a.Config.location(), Random: random, Secure: a.Config.HTTP.Secure, Proxied: a.Config.HTTP.Proxied, Lang: a.Config.Lang,
		Knowledge: a.knowledge(), Incidents: a.incidents(), Experiments: &console.Experiments{Runner: a.Bot, Source: a.Store}, Keys: keys,
		Webhooks: &console.Webhooks{Store: a.Store, Caller: a.webhooks}, Seed: seed, Skills: a.subjectsOfGroups, Precedents: a.KB.Precedents(console.PrecedentsMost), Channels: a.channelHealth,
	})
	if err != nil {
		return nil, err
	}
	a.console = desk
	if a.boards != nil {
		a.boards.Follow(desk)
	}
	mux.Handle("/console/", desk.Handler())
	mux.Handle(api.Prefix+"/", public.Handler())
	mux.Handle("GET /healthz", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }))
	mux.Handle("GET /readyz", http.HandlerFunc(a.readyz))
	mux.Handle("GET /metrics", a.metrics.handler())
	mux.Handle("GET /favicon.ico", http.HandlerFunc(serveIcon))
	mux.Handle("GET /{$}", http.RedirectHandler(a.chatPath(), http.StatusFound))
	return mux, nil
}

// icon is the program's mark, 回, which is two squares.
const icon = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#0b6e5a"/>` +
	`<path d="M7 7h18v18H7zM13 13h6v6h-6z" fill="none" stroke="#fff" stroke-width="2.500"/></svg>`

// serveIcon answers browsers that ask a site for its icon.
func serveIcon(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	_, _ = io.WriteString(w, icon) // the reader has left: nothing to do
}

// seedBytes is how many random bytes decide which conversations are reviewed.
const seedBytes = 32

// reviewSeed is what decides which conversations are reviewed: random, so that nobody can tell before, made once, and in the
// store, so that a week has the same ones after a restore, too. Earlier versions kept it in a file, which is taken over.
func reviewSeed(ctx context.Context, kept bot.ReviewStore, file string) (string, error) {
	seed, err := os.ReadFile(file)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("the file that decides which conversations are reviewed: %w: let this user read it", err)
	}
	if len(seed) != hex.EncodedLen(seedBytes) {
		made := make([]byte, seedBytes)
		if _, err := io.ReadFull(random, made); err != nil {
			return "", fmt.Errorf("decide which conversations are reviewed: %w", err)
		}
		seed = []byte(hex.EncodeToString(made))
	}
	return kept.ReviewSeed(ctx, string(seed))
}

// chatPath is the first web chat's page.
func (a *App) chatPath() string {
	for _, l := range a.lines {
		if l.inbox.Channel == "webchat" {
			return "/channels/" + string(l.inbox.ID) + "/"
		}
	}
	return "/console/"
}

// readyz says whether customers are answered; an inbox that cannot send is named, without its error, and so is
// that webhooks were switched off.
func (a *App) readyz(w http.ResponseWriter, _ *http.Request) {
	if !a.metrics.ready.Load() {
		http.Error(w, "starting", http.StatusServiceUnavailable)
		return
	}
	if err := a.Store.Health(); err != nil {
		http.Error(w, "the store cannot write: "+err.Error(), http.StatusServiceUnavailable)
		return
	}
	var down []string
	for _, h := range a.Outbox.Health() {
		if h.State != channels.StateOK {
			down = append(down, fmt.Sprintf("%s: %s", h.Inbox, h.State))
		}
	}
	for _, h := range a.Receiver.Health() {
		if h.State != channels.StateOK {
			down = append(down, fmt.Sprintf("%s: receiving: %s", h.Inbox, h.State))
		}
	}
	if n := a.webhooks.Trouble(); n > 0 {
		down = append(down, fmt.Sprintf("webhooks: %d switched off since they failed", n))
	}
	fmt.Fprintln(w, strings.Join(append([]string{"ready"}, down...), "\n"))
}

// channelHealth is how every inbox stands with its platform, for the console.
func (a *App) channelHealth() []console.ChannelHealth {
	at := map[bot.InboxID]int{}
	var all []console.ChannelHealth
	for _, l := range a.lines {
		at[l.inbox.ID] = len(all)
		all = append(all, console.ChannelHealth{Inbox: l.inbox.ID, Channel: l.inbox.Channel})
	}
	for _, h := range a.Outbox.Health() {
		if i, ok := at[h.Inbox]; ok {
			all[i].Waiting, all[i].Sending = h.Waiting, console.ChannelState{State: string(h.State), Since: h.Since, Again: h.Until}
		}
	}
	for _, h := range a.Receiver.Health() {
		if i, ok := at[h.Inbox]; ok {
			all[i].Receiving = console.ChannelState{State: string(h.State), Since: h.Since, Again: h.Restart}
		}
	}
	return all
}

// welcome says where everything is. The very first start gives an administrator's one-time link.
func (a *App) welcome(e *env, addr string, took time.Duration) {
	base := "http://" + addr
	if a.Config.HTTP.PublicURL != "" {
		base = a.Config.HTTP.PublicURL
	}
	lang := e.lang(a.Config)
	say := func(key string, pairs ...any) { fmt.Fprintln(e.out, a.Words.Text(lang, key, pairs...)) }
	dir, err := filepath.Abs(a.Data)
	if err != nil {
		dir = a.Data
	}
	say("cli.ready", "seconds", fmt.Sprintf("%.1f", took.Seconds()))
	say("cli.chat", "url", base+a.chatPath())
	say("cli.console", "url", base+"/console/")
	say("cli.digest", "url", base+"/console/digest")
	say("cli.data", "dir", dir)
	if link, err := a.firstLink(e.ctx); err != nil {
		a.Log.Error("no one-time link could be made", "error", err)
	} else if link != "" {
		say("cli.first", "url", base+link)
	}
	say("cli.stop")
}

// firstLink makes an administrator without a password when there is no agent yet, or the first has not set one, and
// returns the path that signs her in once.
func (a *App) firstLink(ctx context.Context) (string, error) {
	agents, err := a.Store.Agents(ctx)
	if err != nil {
		return "", err
	}
	admin := bot.Agent{ID: "admin", Name: "Admin", Email: "admin@localhost", Role: bot.RoleAdmin, CreatedAt: a.Now()}
	switch {
	case len(agents) == 0:
		if err := a.Store.SaveAgent(ctx, admin, bot.Event{At: a.Now(), Actor: "system", Action: "agent.create", Object: "admin"}); err != nil {
			return "", err
		}
	case len(agents) != 1 || agents[0].ID != admin.ID || agents[0].PasswordHash != "":
		return "", nil
	}
	token, err := console.NewLink(ctx, a.Store, admin.ID, a.Now(), random)
	return "/console/login?once=" + token, err
}
