package slack_test

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"

	"huiyin/channels/channelstest"
)

const (
	apiHost  = "slack.test"
	wssHost  = "wss.slack.test"
	botToken = "xoxb-fake-bot-token-000"
	appToken = "xapp-fake-app-token-000"
	signing  = "fake-signing-secret-000"
	ticket   = "fake-ticket-000"
	customer = "U0LIN"
	self     = "U0BOT"
	dm       = "D0LIN"
)

// fake is Slack: the Web API, Socket Mode and the Events API over HTTP, with their repetitions.
type fake struct {
	t      *testing.T
	http   bool
	client *http.Client
	ctx    context.Context
	faults channelstest.Faults // of chat.postMessage
	opens  channelstest.Faults // of apps.connections.open
	looks  channelstest.Faults // of conversations.history and .replies
	other  channelstest.Faults
	wg     sync.WaitGroup
	queue  chan *delivery // first attempts, in order

	mu       sync.Mutex
	clock    int64 // the last message's number
	waiting  int
	last     *delivery
	sockets  []*websocket.Conn
	greeting string // another first frame than hello
	opened   int    // sockets so far
	news     chan struct{}
	acks     map[string]chan struct{}
	ledger   []channelstest.Shown
	blocks   []json.RawMessage
	metadata []json.RawMessage
	calls    []string
	whispers []whisper
	files    map[string]*upload
	noScope  bool              // the app may not read files
	asked    atomic.Bool       // the question in public
	clicks   map[string]string // card and title → the action of a press
}

// delivery is one event on its way to the app.
type delivery struct {
	kind string // events_api or interactive
	body []byte
	id   int // of the envelope
}

func start(overHTTP bool) func(*testing.T, *channelstest.Network) channelstest.Platform {
	return func(t *testing.T, n *channelstest.Network) channelstest.Platform {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{
			t: t, http: overHTTP, client: n.Client(t), ctx: ctx, queue: make(chan *delivery, 1000), acks: map[string]chan struct{}{},
			news: make(chan struct{}),
		}
		n.Serve(t, apiHost, http.HandlerFunc(f.serve))
		n.Serve(t, wssHost, http.HandlerFunc(f.socket))
		f.wg.Go(f.dispatch)
		t.Cleanup(func() {
			cancel()
			f.mu.Lock()
			sockets := slices.Clone(f.sockets)
			f.mu.Unlock()
			for _, c := range sockets {
				_ = c.CloseNow()
			}
			f.wg.Wait()
		})
		return f
	}
}

func (f *fake) Settings() string {
	s := fmt.Sprintf("bot_token = %q\napi_url = %q\n", botToken, "https://"+apiHost+"/api/")
	if f.http {
		return s + fmt.Sprintf("mode = \"http\"\nsigning_secret = %q\n", signing)
	}
	return s + fmt.Sprintf("mode = \"socket\"\napp_token = %q\n", appToken)
}

func (f *fake) Secrets() []string                 { return []string{botToken, appToken, signing, ticket} }
func (f *fake) Thread() string                    { return dm }
func (f *fake) Fail(faults ...channelstest.Fault) { f.faults.Add(faults...) }
func (f *fake) Waiting() int                      { f.mu.Lock(); defer f.mu.Unlock(); return f.waiting }
func (f *fake) RetriesOutOfOrder() bool           { return f.http }
func (f *fake) Ledger() []channelstest.Shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ledger)
}

// Say writes in the direct conversation, as Slack's editor encodes it.
func (f *fake) Say(text string) {
	text = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
	f.event(fmt.Sprintf(`{"type":"message","channel":%q,"channel_type":"im","user":%q,"text":%s,"ts":%q}`, dm, customer, quote(text), f.ts()))
}

func quote(s string) string { b, _ := json.Marshal(s); return string(b) }

// ts is the time of the next message: no two are the same.
func (f *fake) ts() string {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock++
	return fmt.Sprintf("%d.%06d", time.Now().Unix(), f.clock)
}

// event delivers an event of the Events API.
func (f *fake) event(inner string) {
	f.mu.Lock()
	f.clock++
	body := fmt.Sprintf(`{"type":"event_callback","team_id":"T1","event_id":"Ev%d","event_time":%d,"event":%s}`, f.clock, time.Now().Unix(), inner)
	f.mu.Unlock()
	f.deliver("events_api", body)
}

func (f *fake) deliver(kind, body string) {
	f.mu.Lock()
	f.clock++
	d := &delivery{kind, []byte(body), int(f.clock)}
	f.last = d
	f.waiting++
	f.mu.Unlock()
	f.queue <- d
}

func (f *fake) Repeat() {
	f.mu.Lock()
	f.waiting++
	f.clock++
	d := &delivery{f.last.kind, f.last.body, int(f.clock)}
	f.mu.Unlock()
	f.queue <- d
}

func (f *fake) Press(title string) {
	f.mu.Lock()
	n := len(f.ledger) - 1
	var blocks []struct {
		Elements []struct {
			Value string
			Text  struct{ Text string }
		}
	}
	if err := json.Unmarshal(f.blocks[n], &blocks); err != nil {
		f.t.Error(err)
	}
	value := ""
	for _, b := range blocks {
		for _, e := range b.Elements {
			if e.Text.Text == title {
				value = e.Value
			}
		}
	}
	channel, ts, _ := strings.Cut(f.ledger[n].ID, ":")
	thread := ""
	if _, root, ok := strings.Cut(f.ledger[n].Thread, ":"); ok {
		thread = fmt.Sprintf(`,"thread_ts":%q`, root)
	}
	f.mu.Unlock()
	f.deliver("interactive", fmt.Sprintf(`{"type":"block_actions","user":{"id":%q,"name":"lin"},"channel":{"id":%q},"message":{"ts":%q%s},"actions":[{"action_id":"b1","value":%q,"action_ts":"%d.000001","text":{"type":"plain_text","text":%s}}]}`,
		customer, channel, ts, thread, value, time.Now().Unix(), quote(title)))
}

// dispatch makes the first attempts in order, and lets each delivery that fails repeat on its own.
func (f *fake) dispatch() {
	for {
		select {
		case d := <-f.queue:
			if acked := f.attempt(d); !acked() {
				f.wg.Go(func() { f.repeat(d, acked) })
			}
		case <-f.ctx.Done():
			return
		}
	}
}

// repeat tries again at once, after a minute, after five, and then every hour (with Delayed Events switched on).
func (f *fake) repeat(d *delivery, acked func() bool) {
	for _, wait := range append([]time.Duration{3 * time.Second, time.Minute, 5 * time.Minute}, slices.Repeat([]time.Duration{time.Hour}, 24)...) {
		select {
		case <-time.After(wait):
		case <-f.ctx.Done():
			return
		}
		if acked() {
			return
		}
		acked = f.attempt(d)
	}
}

// attempt delivers once. What it returns tells whether that was acknowledged.
func (f *fake) attempt(d *delivery) (acked func() bool) {
	if f.http {
		contentType, body := "application/json", d.body
		if d.kind == "interactive" {
			contentType, body = "application/x-www-form-urlencoded", []byte(url.Values{"payload": {string(d.body)}}.Encode())
		}
		ok := f.post(http.MethodPost, contentType, body, signing) == http.StatusOK
		if ok {
			f.mu.Lock()
			f.waiting--
			f.mu.Unlock()
		}
		return func() bool { return ok }
	}
	id := fmt.Sprint("env-", d.id)
	frame := fmt.Sprintf(`{"envelope_id":%q,"type":%q,"accepts_response_payload":false,"payload":%s}`, id, d.kind, d.body)
	f.mu.Lock()
	done := f.acks[id]
	if done == nil {
		done = make(chan struct{})
		f.acks[id] = done
	}
	f.mu.Unlock()
	if c := f.pick(d.id); c != nil {
		_ = c.Write(f.ctx, websocket.MessageText, []byte(frame)) // a broken socket shows as a missing acknowledgement
	}
	return func() bool {
		select {
		case <-done:
			return true
		default:
			return false
		}
	}
}

// pick waits for a socket: an event goes to any one of them.
func (f *fake) pick(n int) *websocket.Conn {
	for {
		f.mu.Lock()
		news := f.news
		if len(f.sockets) > 0 {
			defer f.mu.Unlock()
			return f.sockets[n%len(f.sockets)]
		}
		f.mu.Unlock()
		select {
		case <-news:
		case <-f.ctx.Done():
			return nil
		}
	}
}

// socket serves one connection of Socket Mode.
func (f *fake) socket(w http.ResponseWriter, r *http.Request) {
	if r.URL.Query().Get("ticket") != ticket {
		http.Error(w, "bad ticket", http.StatusForbidden)
		return
	}
	c, err := websocket.Accept(w, r, nil)
	if err != nil {
		return
	}
	f.wg.Add(1)
	defer f.wg.Done()
	defer c.CloseNow()
	f.mu.Lock()
	hello := cmp.Or(f.greeting, fmt.Sprintf(`{"type":"hello","num_connections":%d}`, len(f.sockets)+1))
	f.mu.Unlock()
	if c.Write(f.ctx, websocket.MessageText, []byte(hello)) != nil {
		return
	}
	f.mu.Lock()
	f.sockets = append(f.sockets, c)
	f.opened++
	close(f.news)
	f.news = make(chan struct{})
	f.mu.Unlock()
	defer func() {
		f.mu.Lock()
		f.sockets = slices.DeleteFunc(f.sockets, func(o *websocket.Conn) bool { return o == c })
		f.mu.Unlock()
	}()
	for {
		_, data, err := c.Read(f.ctx)
		if err != nil {
			return
		}
		var ack struct {
			ID string `json:"envelope_id"`
		}
		if json.Unmarshal(data, &ack) != nil {
			f.t.Errorf("the app sent %q", data)
		}
		f.mu.Lock()
		if done := f.acks[ack.ID]; done != nil {
			select {
			case <-done:
			default:
				close(done)
				f.waiting--
			}
		} else {
			f.t.Errorf("the app acknowledged %q, which was never sent", ack.ID)
		}
		f.mu.Unlock()
	}
}

// announce sends a frame to the oldest socket and returns it.
func (f *fake) announce(frame string) *websocket.Conn {
	f.mu.Lock()
	c := f.sockets[0]
	f.mu.Unlock()
	_ = c.Write(f.ctx, websocket.MessageText, []byte(frame))
	return c
}

// post calls the app's webhook with a signature made with key.
func (f *fake) post(method, contentType string, body []byte, key string) int {
	return f.postAt(method, contentType, body, key, time.Now())
}

func (f *fake) postAt(method, contentType string, body []byte, key string, at time.Time) int {
	ctx, cancel := context.WithTimeout(f.ctx, 3*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, channelstest.Webhook, bytes.NewReader(body))
	if err != nil {
		f.t.Error(err)
		return 0
	}
	ts := fmt.Sprint(at.Unix())
	mac := hmac.New(sha256.New, []byte(key))
	fmt.Fprintf(mac, "v0:%s:%s", ts, body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := f.client.Do(r)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// hooked is the fake over HTTP, which can also be made to push what it never would.
type hooked struct{ *fake }

func (f hooked) Push(method string, body []byte, authentic bool) int {
	key := signing
	if !authentic {
		key = "forged"
	}
	return f.post(method, "application/json", body, key)
}
