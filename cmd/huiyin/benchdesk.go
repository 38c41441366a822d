package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/bot"
	"huiyin/store/open"
)

type benchDesk struct {
	Agents        int     `help:"Agents with an open page." default:"200"`
	Conversations int     `help:"Open conversations." default:"2000"`
	Rate          float64 `help:"Customers' messages a second." default:"50"`
	Seconds       int     `help:"How long; of more than a minute, standard error hears how it goes every minute." default:"60"`
	Lists         float64 `help:"Lists that pages ask for again, a second in all; a page does so at most every two seconds, and when it has the last one." default:"100"`
	Slow          int     `help:"Further pages that are open and never read." default:"5"`
	Cuts          float64 `help:"Pages whose connection breaks, a minute; they come back as a browser does." default:"0"`
	JSON          bool    `help:"Print one JSON object."`
}

// deskResult is what `huiyin bench desk --json` prints. The times are from the moment a customer's message reaches the
// program to the moment an agent's page hears of it, or has read it anew; thread_ms until the page has the message itself.
type deskResult struct {
	Minutes       float64   `json:"minutes"`
	Agents        int       `json:"agents"`
	Conversations int       `json:"conversations"`
	Messages      int       `json:"messages"`
	Updates       int       `json:"updates"`   // that pages were told when they happened
	MadeGood      int       `json:"made_good"` // that pages were not told, and had when they read anew
	Missing       int       `json:"missing"`   // that pages should have had and did not
	CutOff        int       `json:"cut_off"`   // streams that ended, after which the page came back
	ToldAnew      int       `json:"told_anew"` // times that a page had fallen behind and was told to read anew
	Failed        int       `json:"failed"`    // requests of pages that were not answered
	P50Ms         float64   `json:"p50_ms"`
	P95Ms         float64   `json:"p95_ms"`
	P99Ms         float64   `json:"p99_ms"`
	MaxMs         float64   `json:"max_ms"`
	ThreadP95Ms   float64   `json:"thread_p95_ms"`
	ListP95Ms     float64   `json:"list_p95_ms"`
	Lists         int       `json:"lists"`
	HeapMB        []float64 `json:"heap_mb"`      // what is reachable at the start and after each tenth of the time
	AnonMB        []float64 `json:"rss_anon_mb"`  // resident memory of the program's own at these times (Linux)
	FileMB        []float64 `json:"rss_file_mb"`  // resident pages of mapped files, above all the database, which the system takes back when it needs them
	PeakAnonMB    float64   `json:"peak_anon_mb"` // of samples taken every second
	PeakFileMB    float64   `json:"peak_file_mb"`
	PeakRSSMB     float64   `json:"peak_rss_mb"`
}

// deskRun is a measurement that goes on.
type deskRun struct {
	*benchDesk
	app    *App
	base   string
	client *http.Client
	log    *slog.Logger
	pages  []*deskPage
	sent   []atomic.Int64  // of each conversation, when its customer wrote last, in Unix nanoseconds
	stored []atomic.Uint64 // of each conversation, the newest message that is stored
	memory memoryPeaks

	mu    sync.Mutex
	lists histogram
	heap  []float64
	anon  []float64
	file  []float64
}

// Run measures on a database of its own in a temporary directory.
func (c *benchDesk) Run(e *env) error {
	return inTemporary(func(dir string) error { return c.run(e, dir) })
}

func (c *benchDesk) run(e *env, dir string) error {
	run := &deskRun{benchDesk: c, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}, log: e.log(),
		sent: make([]atomic.Int64, c.Conversations), stored: make([]atomic.Uint64, c.Conversations)}
	app, err := newApp(e.ctx, appOptions{Config: defaultConfig(), File: noFile(), Data: dir, Lookup: e.lookup, Log: e.quiet(), Now: time.Now,
		Inboxes: []InboxConfig{{ID: "bench", Channel: benchChannel}}, Fake: newLedger(), Wrap: func(s open.Store) open.Store { return deskStore{s, run} }})
	if err != nil {
		return err
	}
	defer app.Close()
	run.app = app
	handler, err := app.handler()
	if err != nil {
		return err
	}
	if err := run.prepare(e.ctx); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	run.base = "http://" + listener.Addr().String()
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 5 * time.Second}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	var result deskResult
	err = app.during(e.ctx, func(ctx context.Context) (err error) {
		result, err = run.measure(ctx)
		return err
	})
	_ = server.Close()
	if broken := <-served; err == nil && !errors.Is(broken, http.ErrServerClosed) {
		err = broken
	}
	if err != nil {
		return err
	}
	return e.print(c.JSON, result)
}

func agentToken(i int) string { return fmt.Sprintf("bench-token-%d", i) }

func benchConversation(i int) bot.ConversationID { return bot.ConversationID(fmt.Sprintf("c%d", i)) }

// benchNumber is the number of a conversation with this identifier.
func benchNumber(id string) (i int, ok bool) {
	number, ok := strings.CutPrefix(id, "c")
	i, err := strconv.Atoi(number)
	return i, ok && err == nil
}

// prepare fills the store: agents who are signed in, and conversations that are theirs in turn.
func (r *deskRun) prepare(ctx context.Context) error {
	now := time.Now()
	for i := range r.Agents + r.Slow {
		id := bot.AgentID(fmt.Sprint("a", i))
		a := bot.Agent{ID: id, Name: fmt.Sprint("Agent ", i), Email: fmt.Sprintf("a%d@shop.example", i), Role: bot.RoleAgent, State: bot.Online, CreatedAt: now}
		sum := sha256.Sum256([]byte(agentToken(i)))
		session := bot.Session{Hash: hex.EncodeToString(sum[:]), Agent: id, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(24 * time.Hour)}
		if err := errors.Join(r.app.Store.SaveAgent(ctx, a, bot.Event{At: now}), r.app.Store.SaveSession(ctx, session)); err != nil {
			return err
		}
	}
	for i := range r.Conversations {
		id := benchConversation(i)
		thread, contact := "thread-"+string(id), bot.Contact{ID: bot.ContactID("p-" + id), Name: "Customer " + string(id), CreatedAt: now}
		c := bot.Conversation{ID: id, Inbox: "bench", Channel: benchChannel, Thread: thread, Contact: contact.ID, Name: contact.Name, Lang: "en",
			Status: bot.StatusAgent, Agent: bot.AgentID(fmt.Sprint("a", i%r.Agents)), Epoch: 2, CreatedAt: now, OpenedAt: now, UpdatedAt: now, CustomerAt: now}
		change := bot.Change{Conversation: c, Contact: &contact, Address: &bot.ContactInbox{Inbox: "bench", SourceID: thread, Contact: contact.ID}}
		if err := r.app.Store.Save(ctx, change); err != nil {
			return err
		}
	}
	return nil
}

// measure opens the pages, lets customers write, and counts what arrives.
func (r *deskRun) measure(ctx context.Context) (deskResult, error) {
	pages, closePages := context.WithCancel(ctx)
	defer closePages()
	opened := make(chan error, r.Agents+r.Slow)
	var running sync.WaitGroup
	for i := range r.Agents + r.Slow {
		p := newDeskPage(r, i)
		r.pages = append(r.pages, p)
		running.Go(func() { p.stay(pages, opened) })
	}
	for range r.Agents + r.Slow {
		if err := <-opened; err != nil {
			return deskResult{}, err
		}
	}
	for _, also := range []func(context.Context, time.Time){r.refresh, r.breakConnections, r.watch} {
		running.Go(func() { also(pages, time.Now()) })
	}
	r.weigh()
	began := time.Now()
	n, err := r.customers(ctx, began)
	if err != nil {
		return deskResult{}, err
	}
	last, err := r.settle(ctx)
	if err != nil {
		return deskResult{}, err
	}
	r.weigh()
	result := r.result(n, began)
	closePages()
	running.Wait()
	result.Missing = r.missing(last)
	return result, nil
}

// customers write at the rate that was asked for; it returns how many messages they wrote.
func (r *deskRun) customers(ctx context.Context, began time.Time) (n int, err error) {
	for ; time.Since(began) < time.Duration(r.Seconds)*time.Second; n++ {
		due := began.Add(time.Duration(float64(n) / r.Rate * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return n, ctx.Err()
		}
		if err := r.write(ctx, n); err != nil {
			return n, err
		}
		if time.Since(began) > time.Duration(len(r.heap)*r.Seconds)*time.Second/10 {
			r.weigh()
		}
	}
	return n, nil
}

// write lets a customer write.
func (r *deskRun) write(ctx context.Context, n int) error {
	i := n % r.Conversations
	id := benchConversation(i)
	thread := "thread-" + string(id)
	r.sent[i].Store(time.Now().UnixNano())
	return r.app.Bot.Handle(ctx, bot.Inbound{Inbox: "bench", SourceID: fmt.Sprint("m", n), Kind: bot.KindMessage, Thread: thread,
		From: bot.Person{SourceID: thread}, Text: "Where is my parcel? It should have been here on Monday.", At: time.Now()})
}

// deskStore notes what is stored before anybody hears of it.
type deskStore struct {
	open.Store
	run *deskRun
}

// Save implements bot.ConversationStore.
func (s deskStore) Save(ctx context.Context, c bot.Change) error {
	err := s.Store.Save(ctx, c)
	if i, known := benchNumber(string(c.Conversation.ID)); err == nil && known {
		s.run.stored[i].Store(c.Conversation.LastSeq) // changes of one conversation come one after the other
	}
	return err
}

// settled bounds how long pages may take at the end until they have everything; a page that was cut off needs some seconds.
const settled = 20 * time.Second

// settle waits until the pages have everything, and returns the newest message of each conversation.
func (r *deskRun) settle(ctx context.Context) ([]uint64, error) {
	last := make([]uint64, r.Conversations)
	for i := range last {
		c, err := r.app.Store.Conversation(ctx, benchConversation(i))
		if err != nil {
			return nil, err
		}
		last[i] = c.LastSeq
	}
	for end := time.Now().Add(settled); r.missing(last) > 0 && time.Now().Before(end); {
		select {
		case <-ctx.Done():
			return nil, ctx.Err()
		case <-time.After(100 * time.Millisecond):
		}
	}
	return last, nil
}

// missing is how many messages pages do not know of.
func (r *deskRun) missing(last []uint64) (n int) {
	for _, p := range r.pages[:r.Agents] {
		n += p.missing(last)
	}
	return n
}

// refresh asks for lists, one agent's after the other's; no page asks again before it has the last one.
func (r *deskRun) refresh(ctx context.Context, _ time.Time) {
	if r.Lists <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(float64(time.Second) / r.Lists))
	defer tick.Stop()
	var running sync.WaitGroup
	defer running.Wait()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		if p := r.pages[i%r.Agents]; p.listing.CompareAndSwap(false, true) {
			running.Go(func() {
				defer p.listing.Store(false)
				p.list(ctx)
			})
		}
	}
}

// breakConnections breaks the connection of one page after the other.
func (r *deskRun) breakConnections(ctx context.Context, _ time.Time) {
	if r.Cuts <= 0 {
		return
	}
	tick := time.NewTicker(time.Duration(float64(time.Minute) / r.Cuts))
	defer tick.Stop()
	for i := 0; ; i++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			r.pages[i%r.Agents].cut()
		}
	}
}

// watch samples the memory every second, and says every minute how it goes.
func (r *deskRun) watch(ctx context.Context, began time.Time) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		anon, file := r.memory.sample()
		if n%60 == 0 {
			now := r.result(0, began)
			r.log.Info("bench: so far", "minutes", math.Round(now.Minutes*10)/10, "updates", now.Updates, "made_good", now.MadeGood, "cut_off", now.CutOff, "told_anew", now.ToldAnew,
				"failed", now.Failed, "p50_ms", now.P50Ms, "p95_ms", now.P95Ms, "p99_ms", now.P99Ms, "max_ms", now.MaxMs, "thread_p95_ms", now.ThreadP95Ms, "list_p95_ms", now.ListP95Ms,
				"lists", now.Lists, "heap_mb", now.HeapMB[len(now.HeapMB)-1], "anon_mb", anon, "file_mb", file, "peak_anon_mb", now.PeakAnonMB, "peak_file_mb", now.PeakFileMB)
		}
	}
}

// weigh notes the memory at a time.
func (r *deskRun) weigh() {
	heap := heapMB()
	anon, file := r.memory.sample()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heap, r.anon, r.file = append(r.heap, heap), append(r.anon, anon), append(r.file, file)
}

// result is what was measured until now, without what is missing.
func (r *deskRun) result(messages int, began time.Time) deskResult {
	var updates, threads histogram
	result := deskResult{Minutes: time.Since(began).Minutes(), Agents: r.Agents, Conversations: r.Conversations, Messages: messages, PeakRSSMB: peakRSS()}
	for _, p := range r.pages[:r.Agents] {
		p.addTo(&result, &updates, &threads)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	result.P50Ms, result.P95Ms, result.P99Ms, result.MaxMs = updates.at(.5), updates.at(.95), updates.at(.99), updates.max
	result.ThreadP95Ms, result.ListP95Ms, result.Lists = threads.at(.95), r.lists.at(.95), r.lists.n
	result.HeapMB, result.AnonMB, result.FileMB = slices.Clone(r.heap), slices.Clone(r.anon), slices.Clone(r.file)
	result.PeakAnonMB, result.PeakFileMB = r.memory.peaks()
	return result
}
