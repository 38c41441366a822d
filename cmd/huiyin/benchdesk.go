package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"sync"
	"time"

	"huiyin/bot"
)

type benchDesk struct {
	Agents        int     `help:"Agents with an open page." default:"200"`
	Conversations int     `help:"Open conversations." default:"2000"`
	Rate          float64 `help:"Customers' messages a second." default:"50"`
	Seconds       int     `help:"How long." default:"60"`
	Lists         float64 `help:"Lists that pages ask for again, a second in all; a page does so at most every two seconds." default:"100"`
	Slow          int     `help:"Further pages that are open and never read." default:"5"`
	JSON          bool    `help:"Print one JSON object."`
}

// deskResult is what `huiyin bench desk --json` prints. The times are from the moment a customer's message reaches the
// program to the moment an agent's page hears of it; thread_ms until the page has the message itself.
type deskResult struct {
	Agents        int       `json:"agents"`
	Conversations int       `json:"conversations"`
	Messages      int       `json:"messages"`
	Updates       int       `json:"updates"`
	Missing       int       `json:"missing"` // updates that pages should have had and did not
	P50Ms         float64   `json:"p50_ms"`
	P95Ms         float64   `json:"p95_ms"`
	P99Ms         float64   `json:"p99_ms"`
	MaxMs         float64   `json:"max_ms"`
	ThreadP95Ms   float64   `json:"thread_p95_ms"`
	ListP95Ms     float64   `json:"list_p95_ms"`
	Lists         int       `json:"lists"`
	HeapMB        []float64 `json:"heap_mb"` // what is reachable at the start and after each tenth of the time
	PeakRSSMB     float64   `json:"peak_rss_mb"`
}

// deskRun is a measurement that goes on.
type deskRun struct {
	*benchDesk
	app  *App
	base string

	mu      sync.Mutex
	sent    map[bot.ConversationID]time.Time
	updates histogram
	threads histogram
	lists   histogram
}

// Run measures on a database of its own in a temporary directory.
func (c *benchDesk) Run(e *env) error {
	return inTemporary(func(dir string) error { return c.run(e, dir) })
}

func (c *benchDesk) run(e *env, dir string) error {
	app, err := newApp(e.ctx, appOptions{Config: defaultConfig(), File: noFile(), Data: dir, Lookup: e.lookup, Log: e.quiet(), Now: time.Now,
		Inboxes: []InboxConfig{{ID: "bench", Channel: benchChannel}}, Fake: newLedger()})
	if err != nil {
		return err
	}
	defer app.Close()
	handler, err := app.handler()
	if err != nil {
		return err
	}
	run := &deskRun{benchDesk: c, app: app, sent: map[bot.ConversationID]time.Time{}}
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
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 256}}
	opened := make(chan error, r.Agents+r.Slow)
	var readers sync.WaitGroup
	for i := range r.Agents + r.Slow {
		readers.Go(func() { r.page(pages, client, i, opened) })
	}
	for range r.Agents + r.Slow {
		if err := <-opened; err != nil {
			return deskResult{}, err
		}
	}
	heap := []float64{heapMB()}
	began := time.Now()
	var lists sync.WaitGroup
	if r.Lists > 0 {
		lists.Go(func() { r.refresh(pages, client) })
	}
	n := 0
	for ; time.Since(began) < time.Duration(r.Seconds)*time.Second; n++ {
		due := began.Add(time.Duration(float64(n) / r.Rate * float64(time.Second)))
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
			return deskResult{}, ctx.Err()
		}
		if err := r.write(ctx, n); err != nil {
			return deskResult{}, err
		}
		if time.Since(began) > time.Duration(len(heap)*r.Seconds)*time.Second/10 {
			heap = append(heap, heapMB())
		}
	}
	time.Sleep(2 * time.Second) // what is on its way arrives
	closePages()
	readers.Wait()
	lists.Wait()
	result := r.result(n)
	result.HeapMB = append(heap, heapMB())
	return result, nil
}

// write lets a customer write.
func (r *deskRun) write(ctx context.Context, n int) error {
	id := benchConversation(n % r.Conversations)
	r.mu.Lock()
	r.sent[id] = time.Now()
	r.mu.Unlock()
	thread := "thread-" + string(id)
	return r.app.Bot.Handle(ctx, bot.Inbound{Inbox: "bench", SourceID: fmt.Sprint("m", n), Kind: bot.KindMessage, Thread: thread,
		From: bot.Person{SourceID: thread}, Text: "Where is my parcel? It should have been here on Monday.", At: time.Now()})
}

func (r *deskRun) get(ctx context.Context, client *http.Client, i int, path string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Cookie", "huiyin="+agentToken(i))
	req.Header.Set("X-Fragment", "1")
	resp, err := client.Do(req)
	if err == nil && resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("bench: %s: %s", path, resp.Status)
	}
	return resp, err
}

// page is an agent's page: it listens, and asks for the messages of the conversation that it shows. A slow one never reads.
func (r *deskRun) page(ctx context.Context, client *http.Client, i int, opened chan<- error) {
	shows := benchConversation(i % r.Conversations)
	resp, err := r.get(ctx, client, i, "/console/live?at="+url.QueryEscape(string(shows)))
	opened <- err
	if err != nil {
		return
	}
	defer resp.Body.Close()
	if i >= r.Agents {
		<-ctx.Done()
		return
	}
	lines := bufio.NewScanner(resp.Body)
	var mine histogram
	newest := "0"
	for lines.Scan() {
		rest, ok := bytes.CutPrefix(lines.Bytes(), []byte(`data: {"id":"`))
		name, rest, _ := bytes.Cut(rest, []byte(`"`))
		if !ok || !bytes.HasPrefix(rest, []byte(`,"status"`)) {
			continue
		}
		id := bot.ConversationID(name)
		r.mu.Lock()
		at, known := r.sent[id]
		r.mu.Unlock()
		if known {
			mine.add(ms(at))
		}
		if id == shows {
			newest = r.thread(ctx, client, i, id, at, newest)
		}
	}
	r.mu.Lock()
	r.updates.merge(&mine)
	r.mu.Unlock()
}

func ms(since time.Time) float64 { return float64(time.Since(since)) / float64(time.Millisecond) }

// thread asks for the messages after one, as a page does, and returns the newest that it has then.
func (r *deskRun) thread(ctx context.Context, client *http.Client, i int, id bot.ConversationID, at time.Time, after string) string {
	resp, err := r.get(ctx, client, i, "/console/c/"+string(id)+"/messages?seen=1&after="+after)
	if err != nil {
		return after
	}
	page, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	if err != nil {
		return after
	}
	r.mu.Lock()
	r.threads.add(ms(at))
	r.mu.Unlock()
	const mark = `data-seq="`
	if from := bytes.LastIndex(page, []byte(mark)); from >= 0 {
		seq, _, _ := bytes.Cut(page[from+len(mark):], []byte(`"`))
		after = string(seq)
	}
	return after
}

// refresh asks for lists, one agent's after the other's.
func (r *deskRun) refresh(ctx context.Context, client *http.Client) {
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
		running.Go(func() {
			at := time.Now()
			resp, err := r.get(ctx, client, i%r.Agents, "/console/list?queue=mine")
			if err != nil {
				return
			}
			_, err = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
			if err == nil {
				r.mu.Lock()
				r.lists.add(ms(at))
				r.mu.Unlock()
			}
		})
	}
}

func (r *deskRun) result(n int) deskResult {
	return deskResult{Agents: r.Agents, Conversations: r.Conversations, Messages: n, Updates: r.updates.n, Missing: n*r.Agents - r.updates.n,
		P50Ms: r.updates.at(.5), P95Ms: r.updates.at(.95), P99Ms: r.updates.at(.99), MaxMs: r.updates.max,
		ThreadP95Ms: r.threads.at(.95), ListP95Ms: r.lists.at(.95), Lists: r.lists.n, PeakRSSMB: peakRSS()}
}

// heapMB is what is reachable.
func heapMB() float64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return float64(m.HeapAlloc) / (1 << 20)
}
