package main

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	"huiyin/channels"
	"huiyin/store/open"
)

// program is the whole program on a real server, with the sample shop in a directory of its own.
type program struct {
	app     *App
	url     string
	stop    func()
	network atomic.Int32 // how connections behave: networkUp, …
	server  *httptest.Server
}

// What the network between a browser and the program may do.
const (
	networkUp   = iota
	networkDown // every connection breaks before the program hears of it
	networkDeaf // the program does what it is asked, but its answers are lost
	networkBad  // a proxy answers that it cannot reach the program
)

// through puts the network before a handler.
func (p *program) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch p.network.Load() {
		case networkDown:
			panic(http.ErrAbortHandler)
		case networkDeaf:
			next.ServeHTTP(httptest.NewRecorder(), r)
			panic(http.ErrAbortHandler)
		case networkBad:
			http.Error(w, "bad gateway", http.StatusBadGateway)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// cut changes the network, and breaks the connections that are open.
func (p *program) cut(network int32) {
	p.network.Store(network)
	p.server.CloseClientConnections()
}

// start runs the program as `huiyin serve` does, on the clock of the test. A second start on the same directory is a restart.
func start(t *testing.T, dir string) *program {
	t.Helper()
	return startWith(t, dir, "")
}

// startWith runs it on a configuration file with this text.
func startWith(t *testing.T, dir, text string) *program {
	t.Helper()
	return startOn(t, dir, text, nil)
}

// startOn puts something around its store, too.
func startOn(t *testing.T, dir, text string, wrap func(open.Store) open.Store) *program {
	t.Helper()
	name := filepath.Join(t.TempDir(), "huiyin.toml")
	if err := os.WriteFile(name, []byte("[digest]\nweekday = \"\"\n"+text), 0o600); err != nil {
		t.Fatal(err)
	}
	e := &env{flags: &cli{Config: name}, lookup: func(string) (string, bool) { return "", false }}
	cfg, file, err := e.config()
	if err != nil {
		t.Fatal(err)
	}
	app, err := newApp(context.Background(), appOptions{
		Config: cfg, File: file, Data: dir, Lookup: e.lookup,
		Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now, Wrap: wrap,
	})
	if err != nil {
		t.Fatal(err)
	}
	handler, err := app.handler()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ready, done := make(chan struct{}), make(chan error, 1)
	go func() { done <- app.Run(ctx, func() { app.metrics.ready.Store(true); close(ready) }) }()
	select {
	case <-ready:
	case err := <-done:
		t.Fatal(err)
	}
	p := &program{app: app}
	server := httptest.NewServer(p.through(handler))
	p.url, p.server = server.URL, server
	stopped := false
	p.stop = func() {
		if stopped {
			return
		}
		stopped = true
		cancel()
		if err := <-done; err != nil && !errors.Is(err, channels.ErrEnded) {
			t.Errorf("the program ended with %v", err)
		}
		server.CloseClientConnections()
		server.Close()
		if err := app.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	}
	t.Cleanup(p.stop)
	return p
}

// command runs one command line as a process would, and returns its exit code and outputs.
func command(t *testing.T, in string, args ...string) (code int, out, errs string) {
	t.Helper()
	var o, e writer
	code = runAt(context.Background(), clockOf(t).now, args, reader(in), &o, &e, noEnvironment)
	return code, o.String(), e.String()
}

var _ io.Writer = (*writer)(nil)
