package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/nlp"
	"huiyin/store/open"
)

// benchCmd measures this machine.
type benchCmd struct {
	E2E    benchE2E    `cmd:"" name:"e2e" help:"Web-chat-shaped traffic through everything, on a real database, to a fake platform."`
	KB     benchKB     `cmd:"" name:"kb" help:"Index many articles and search them."`
	Mine   benchMine   `cmd:"" help:"Mine many messages."`
	Digest benchDigest `cmd:"" help:"The digest of a week whose messages lie in a real database."`
	Desk   benchDesk   `cmd:"" help:"Agents with open pages while customers write, on a real database."`
}

// inTemporary runs a measurement in a directory of its own that is removed after it.
func inTemporary(measure func(dir string) error) error {
	dir, err := os.MkdirTemp("", "huiyin-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	return measure(dir)
}

// miner is the part of the program that mines, with the shipped words, models and taxonomy; Close releases it.
func (e *env) miner(dir string, now func() time.Time) (*App, error) {
	app := &App{appOptions: appOptions{Config: defaultConfig(), File: noFile(), Data: dir, Log: e.quiet(), Now: now}}
	if err := errors.Join(app.loadWords(), app.openNLP()); err != nil {
		return nil, err
	}
	if err := app.openTopics(); err != nil {
		return nil, errors.Join(err, app.Close())
	}
	return app, nil
}

type benchE2E struct {
	Messages int     `help:"Messages to send." default:"20000"`
	Rate     float64 `help:"Messages a second that are offered; 0: as many as it takes."`
	Visitors int     `help:"Conversations that go on at the same time." default:"500"`
	JSON     bool    `help:"Print one JSON object."`
}

const (
	benchChannel = "bench"
	// benchTurns is how many messages each visitor sends before another takes her place.
	benchTurns = 4
	// benchPatience bounds the whole run after the last message was offered.
	benchPatience = 30 * time.Second
)

// e2eResult is what `huiyin bench e2e --json` prints.
type e2eResult struct {
	Messages   int     `json:"messages"`
	Seconds    float64 `json:"seconds"`
	PerSecond  float64 `json:"msgs_per_second"`
	CPUMicros  float64 `json:"cpu_us_per_message"` // of all cores, in the program and in the system for it: says the same on a busy machine
	P50Ms      float64 `json:"p50_ms"`
	P99Ms      float64 `json:"p99_ms"`
	Lost       int     `json:"lost"`
	Duplicated int     `json:"duplicated"`
	OutOfOrder int     `json:"out_of_order"`
	PeakRSSMB  float64 `json:"peak_rss_mb"`
	Answers    int     `json:"answers"` // messages that left, handoffs' acknowledgements among them
}

// Run measures on a database of its own in a temporary directory.
func (c *benchE2E) Run(e *env) error {
	return inTemporary(func(dir string) error { return c.run(e, dir) })
}

func (c *benchE2E) run(e *env, dir string) error {
	ledger := newLedger()
	app, err := newApp(e.ctx, appOptions{
		Config: defaultConfig(), File: noFile(), Data: dir, Lookup: e.lookup, Log: e.quiet(), Now: time.Now,
		Inboxes: []InboxConfig{{ID: "bench", Channel: benchChannel}}, Fake: ledger,
		Wrap: func(s open.Store) open.Store { return watched{s, ledger} },
	})
	if err != nil {
		return err
	}
	defer app.Close()
	var result e2eResult
	if err := app.during(e.ctx, func(ctx context.Context) (err error) {
		result, err = c.drive(ctx, app, ledger)
		return err
	}); err != nil {
		return err
	}
	return e.print(c.JSON, result)
}

// drive offers the traffic and waits until every message is answered.
func (c *benchE2E) drive(ctx context.Context, app *App, l *ledger) (e2eResult, error) {
	texts := app.answerable()
	if len(texts) == 0 {
		return e2eResult{}, errors.New("bench: the dialogue has no examples to send")
	}
	start, used := time.Now(), cpuTime()
	g, ctx := errgroup.WithContext(ctx)
	for v := range c.Visitors {
		g.Go(func() error { return c.visit(ctx, app, l, texts, v, start) })
	}
	if err := g.Wait(); err != nil {
		return e2eResult{}, err
	}
	r := l.result(time.Since(start).Seconds())
	r.CPUMicros = float64((cpuTime() - used).Microseconds()) / float64(max(1, r.Messages))
	return r, nil
}

// visit sends every c.Visitors-th message, each when the one before it is answered and, at a fixed rate, not before its time.
func (c *benchE2E) visit(ctx context.Context, app *App, l *ledger, texts []string, v int, start time.Time) error {
	for n, i := 0, v; i < c.Messages; n, i = n+1, i+c.Visitors {
		if c.Rate > 0 {
			due := start.Add(time.Duration(float64(i) / c.Rate * float64(time.Second)))
			select {
			case <-time.After(time.Until(due)):
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		thread := fmt.Sprintf("v%d-%d", v, n/benchTurns)
		id := fmt.Sprintf("m%d", i)
		done := l.offered(id, thread)
		for {
			err := app.Bot.Handle(ctx, bot.Inbound{Inbox: "bench", SourceID: id, Kind: bot.KindMessage, Thread: thread,
				From: bot.Person{SourceID: thread}, Text: texts[i%len(texts)], At: time.Now()})
			if err == nil {
				break
			}
			if !errors.Is(err, bot.ErrBusy) || ctx.Err() != nil {
				return err
			}
		}
		select {
		case <-done:
		case <-time.After(benchPatience):
			return nil // counted as lost
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// answerable are the examples of the intents that the bot answers by itself, both languages mixed.
func (a *App) answerable() []string {
	own := map[string]bool{}
	for _, in := range a.dialogue.Current().Intents {
		own[in.Name] = !in.Handoff && in.Form == ""
	}
	byLang := map[nlp.Lang][]string{}
	for _, x := range a.dialogue.Current().TrainingExamples() {
		if own[x.Label] {
			byLang[x.Lang] = append(byLang[x.Lang], x.Text)
		}
	}
	var texts []string
	for i := range max(len(byLang["zh"]), len(byLang["en"])) {
		for _, lang := range []nlp.Lang{"zh", "en"} {
			if i < len(byLang[lang]) {
				texts = append(texts, byLang[lang][i])
			}
		}
	}
	return texts
}

// ledger is the fake platform, and the book of what was offered, stored and sent.
type ledger struct {
	mu       sync.Mutex
	open     map[string]*offer // by the id of the incoming message
	expects  map[bot.MessageID]*offer
	sent     map[bot.MessageID]int
	lastSeq  map[string]uint64 // by thread, of what was sent
	stored   map[string]int    // times an incoming message was stored
	lastIn   map[string]string // by thread, of what was stored
	took     []float64         // milliseconds
	disorder int
}

type offer struct {
	at      time.Time
	thread  string
	waiting int // answers that have not left yet
	done    chan struct{}
}

func newLedger() *ledger {
	return &ledger{open: map[string]*offer{}, expects: map[bot.MessageID]*offer{}, sent: map[bot.MessageID]int{},
		lastSeq: map[string]uint64{}, stored: map[string]int{}, lastIn: map[string]string{}}
}

func (l *ledger) offered(id, thread string) <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	o := &offer{at: time.Now(), thread: thread, done: make(chan struct{})}
	l.open[id] = o
	return o.done
}

// watched tells the ledger which answers belong to which message.
type watched struct {
	open.Store
	l *ledger
}

// Save implements bot.ConversationStore.
func (w watched) Save(ctx context.Context, c bot.Change) error {
	err := w.Store.Save(ctx, c)
	if err != nil {
		return err
	}
	w.l.mu.Lock()
	defer w.l.mu.Unlock()
	var current *offer
	for _, m := range c.Messages {
		switch {
		case m.Direction == bot.Incoming:
			w.l.stored[m.SourceID]++
			if m.At.IsZero() {
				w.l.disorder++
			}
			if current = w.l.open[m.SourceID]; current != nil {
				delete(w.l.open, m.SourceID)
			}
		case m.Direction == bot.Outgoing && m.Delivery == bot.Queued && current != nil && w.l.sent[m.ID] == 0:
			current.waiting++
			w.l.expects[m.ID] = current
		}
	}
	if current != nil && current.waiting == 0 {
		w.l.finish(current)
	}
	return nil
}

// finish closes an offer; the lock is held.
func (l *ledger) finish(o *offer) {
	l.took = append(l.took, float64(time.Since(o.at))/float64(time.Millisecond))
	close(o.done)
}

// Run implements channels.Channel.
func (l *ledger) Run(ctx context.Context, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

// Send implements channels.Channel.
func (l *ledger) Send(_ context.Context, m channels.Outgoing) (string, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sent[m.ID]++
	if m.Seq < l.lastSeq[m.Thread] {
		l.disorder++
	}
	l.lastSeq[m.Thread] = m.Seq
	if o := l.expects[m.ID]; o != nil {
		delete(l.expects, m.ID)
		if o.waiting--; o.waiting == 0 {
			l.finish(o)
		}
	}
	return string(m.ID), nil
}

func (l *ledger) result(seconds float64) e2eResult {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := e2eResult{Messages: len(l.took), Seconds: seconds, PerSecond: float64(len(l.took)) / seconds, Lost: len(l.open) + len(l.expects),
		OutOfOrder: l.disorder, PeakRSSMB: peakRSS(), Answers: len(l.sent)}
	for _, n := range l.sent {
		r.Duplicated += n - 1
	}
	for _, n := range l.stored {
		r.Duplicated += n - 1
	}
	slices.Sort(l.took)
	if n := len(l.took); n > 0 {
		r.P50Ms, r.P99Ms = l.took[n/2], l.took[n*99/100]
	}
	return r
}

// peakRSS is the most memory that the process has held, in MB.
func peakRSS() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return float64(u.Maxrss) / 1024
}

// cpuTime is how long the process has run on any core, in the program and in the system for it.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
