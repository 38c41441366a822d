package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
)

// platforms is as much of Slack and Telegram as takes posts. Of the first calls that post, those named in fail are answered
// with an error, those in lost are taken, and the answer is an error all the same.
type platforms struct {
	*httptest.Server
	mu         sync.Mutex
	posts      []string          // "slack C0LEADS: text", as taken
	history    []map[string]any  // Slack's
	calls      map[string]int    // by platform
	fail, lost map[string][2]int // from call, to call
}

func newPlatforms(t *testing.T) *platforms {
	t.Helper()
	p := &platforms{calls: map[string]int{}, fail: map[string][2]int{}, lost: map[string][2]int{}}
	p.Server = httptest.NewServer(http.HandlerFunc(p.serve))
	t.Cleanup(p.Close)
	return p
}

func (p *platforms) serve(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	in := func(span [2]int, n int) bool { return n >= span[0] && n < span[1] }
	switch {
	case strings.HasSuffix(r.URL.Path, "/chat.postMessage"):
		n := p.calls["slack"]
		p.calls["slack"]++
		if in(p.fail["slack"], n) {
			http.Error(w, "try later", http.StatusServiceUnavailable)
			return
		}
		p.posts = append(p.posts, "slack "+r.FormValue("channel")+": "+r.FormValue("blocks"))
		var meta map[string]any
		_ = json.Unmarshal([]byte(r.FormValue("metadata")), &meta)
		ts := fmt.Sprintf("17000000%02d.000000", n)
		p.history = append(p.history, map[string]any{"type": "message", "ts": ts, "metadata": meta})
		if in(p.lost["slack"], n) {
			http.Error(w, "lost on the way", http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "channel": r.FormValue("channel"), "ts": ts})
	case strings.HasSuffix(r.URL.Path, "/conversations.history"):
		_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "messages": p.history})
	case strings.HasSuffix(r.URL.Path, "/sendMessage"):
		n := p.calls["telegram"]
		p.calls["telegram"]++
		if in(p.fail["telegram"], n) {
			http.Error(w, `{"ok":false,"error_code":500,"description":"Internal Server Error"}`, http.StatusInternalServerError)
			return
		}
		p.posts = append(p.posts, "telegram "+r.FormValue("chat_id")+": "+r.FormValue("text"))
		fmt.Fprintf(w, `{"ok":true,"result":{"message_id":%d,"date":1,"chat":{"id":-100123,"type":"supergroup"}}}`, n+1)
	default:
		fmt.Fprint(w, `{"ok":true}`)
	}
}

// to counts the posts that a platform took and that have these words.
func (p *platforms) to(platform, words string) int {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := 0
	for _, post := range p.posts {
		if strings.HasPrefix(post, platform) && strings.Contains(post, words) {
			n++
		}
	}
	return n
}

// posting is the text of a configuration whose digests go to both platforms.
func (p *platforms) posting() string {
	return fmt.Sprintf(`
lang = "en"
[store]
dsn = "mem:"
[digest]
post_to = ["slack:C0LEADS", "telegram:-100123"]
[[inbox]]
id = "slack"
channel = "slack"
[inbox.settings]
mode = "http"
bot_token = "xoxb-1"
signing_secret = "signing-secret-of-tests"
api_url = %q
[[inbox]]
id = "telegram"
channel = "telegram"
[inbox.settings]
token = "123456:abcdefghijklmnopqrstuvwxyzABCDEFGHI"
api_url = %q
`, p.URL+"/api/", p.URL)
}

func configOf(t *testing.T, text string) (*env, *cli) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "huiyin.toml")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	flags := &cli{Config: name, Data: t.TempDir()}
	return &env{ctx: t.Context(), now: clockOf(t).now, flags: flags, lookup: func(string) (string, bool) { return "", false }, err: os.Stderr}, flags
}

// The digest reaches a channel of Slack and a chat of Telegram, each once, whatever fails on the way: what was refused is
// tried again, what arrived although the answer was lost is not sent again, and who has it gets no second one.
func TestTheDigestReachesEverybodyOnce(t *testing.T) {
	p := newPlatforms(t)
	p.fail["telegram"] = [2]int{0, 1}
	p.lost["slack"] = [2]int{0, 1}
	e, flags := configOf(t, p.posting())
	cfg, file, err := e.config()
	if err != nil {
		t.Fatal(err)
	}
	monday := time.Date(2026, 11, 16, 8, 0, 1, 0, cfg.location())
	stage := newDemoStage(monday)
	app, err := newApp(t.Context(), appOptions{Config: cfg, File: file, Data: flags.Data, Lookup: e.lookup, Log: e.quiet(), Now: stage.now})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	at := monday.AddDate(0, 0, -3)
	c := bot.Conversation{ID: "c1", Inbox: "slack", Channel: "slack", Thread: "D1:1.1", Status: bot.StatusBot, LastSeq: 1, CreatedAt: at, UpdatedAt: at, CustomerAt: at}
	m := bot.Message{ID: bot.NewMessageID("c1", 1), Conversation: "c1", Seq: 1, Inbox: "slack", Thread: "D1:1.1", Direction: bot.Incoming, Text: "hello", At: at, SourceID: "m1"}
	if err := app.Store.Save(t.Context(), bot.Change{Conversation: c, Messages: []bot.Message{m}}); err != nil {
		t.Fatal(err)
	}
	if err := app.dueDigest(t.Context()); err == nil {
		t.Fatal("both platforms failed, and nobody says so")
	}
	for range 3 { // long before the next try
		if err := app.dueDigest(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for minutes := range 60 {
		stage.set(monday.Add(time.Duration(minutes) * time.Minute))
		if err := app.dueDigest(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, platform := range []string{"slack C0LEADS", "telegram -100123"} {
		if n := p.to(platform, "2026-W46"); n != 1 {
			t.Errorf("%s has %d digests", platform, n)
		}
	}
	run, err := app.Store.Run(t.Context(), "weekly/2026-W46")
	if err != nil || run.Done.IsZero() {
		t.Errorf("the run is not finished: %v", err)
	}
}

func TestTestSend(t *testing.T) {
	p := newPlatforms(t)
	p.fail["telegram"] = [2]int{1, 2}
	e, _ := configOf(t, p.posting())
	var out bytes.Buffer
	e.out = &out
	c := &digestCmd{TestSend: true}
	if err := c.Run(e); err != nil {
		t.Fatal(err)
	}
	if p.to("slack C0LEADS", "This is a test") != 1 || p.to("telegram -100123", "This is a test") != 1 || strings.Count(out.String(), "\tok\n") != 2 {
		t.Errorf("posts %q, said %q", p.posts, out.String())
	}
	out.Reset()
	if err := c.Run(e); err == nil || !strings.Contains(out.String(), "slack:C0LEADS\tok\n") || strings.Contains(out.String(), "telegram:-100123\tok") || strings.Contains(out.String(), "abcdefghij") {
		t.Errorf("%v, said %q", err, out.String())
	}
	bare, _ := configOf(t, "lang = \"en\"\n")
	if err := c.Run(bare); err == nil || !strings.Contains(err.Error(), "digest.post_to") {
		t.Errorf("without anybody: %v", err)
	}
	for _, to := range []string{"slack", "slack:", ":C1", "nobody:C1"} {
		wrong, _ := configOf(t, strings.Replace(p.posting(), "slack:C0LEADS", to, 1))
		if _, _, err := wrong.config(); err == nil || !strings.Contains(err.Error(), "digest.post_to") {
			t.Errorf("%q: %v", to, err)
		}
	}
}
