package webchat_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/webchat"
)

// site is a web chat on a real server, with a handler that keeps what it gets and a history that tests write.
type site struct {
	t       *testing.T
	channel channels.Channel
	server  *httptest.Server
	now     time.Time

	mu      sync.Mutex
	got     []bot.Inbound
	refuse  error
	history map[string][]bot.Message // thread → messages
	owner   map[string]string        // thread → account whose it is
	looked  func()                   // called once, after somebody has looked whose a thread is
	log     strings.Builder
}

// Write keeps what is logged.
func (s *site) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.Write(p)
}

func (s *site) logged() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.log.String()
}

// SignIn gives a thread away when something was written there and nobody has it.
func (s *site) SignIn(_ context.Context, _ bot.InboxID, who bot.Person, begun string) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.history[begun]) == 0 {
		return false, nil
	}
	if s.owner[begun] == "" {
		s.owner[begun] = who.Account
	}
	return s.owner[begun] == who.Account, nil
}

func (s *site) ThreadsOf(_ context.Context, _ bot.InboxID, account string) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []string
	for thread, owner := range s.owner {
		if owner == account {
			all = append(all, thread)
		}
	}
	return all, nil
}

func (s *site) Handle(_ context.Context, events ...bot.Inbound) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.refuse != nil {
		return s.refuse
	}
	s.got = append(s.got, events...)
	return nil
}

func (s *site) Current(_ context.Context, _ bot.InboxID, thread string) (bot.Conversation, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	owner := s.owner[thread]
	if s.looked != nil {
		s.looked()
		s.looked = nil
	}
	messages, ok := s.history[thread]
	if !ok {
		return bot.Conversation{}, bot.ErrNotFound
	}
	return bot.Conversation{ID: bot.ConversationID(thread), Account: owner, Status: bot.StatusBot, LastSeq: uint64(len(messages))}, nil
}

func (s *site) Messages(_ context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := s.history[string(id)]
	all = all[min(int(after), len(all)):]
	return append([]bot.Message(nil), all[:min(limit, len(all))]...), nil
}

// open starts a chat; settings are written over the defaults as JSON, which has the same names.
func open(t *testing.T, settings string) *site {
	t.Helper()
	return openSite(t, settings, nil)
}

func openSite(t *testing.T, settings string, files *bot.Files) *site {
	t.Helper()
	s := &site{t: t, now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC), history: map[string][]bot.Message{}, owner: map[string]string{}}
	decode := func(into any) error {
		var raw map[string]any
		if err := json.Unmarshal([]byte(settings), &raw); err != nil {
			return err
		}
		return assign(into, raw)
	}
	c, err := webchat.Driver.New(decode, channels.Deps{
		Inbox: bot.Inbox{ID: "web", Channel: "webchat"}, Log: slog.New(slog.NewTextHandler(s, nil)),
		Now: func() time.Time { return s.now }, History: s, Accounts: s, Files: files,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.channel = c
	s.server = httptest.NewServer(c.(channels.WebhookHandler).Webhook(s))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- c.Run(ctx, s) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
		s.server.Close()
	})
	return s
}

const (
	token      = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	otherToken = "ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
)

// call makes a request as a page would.
func (s *site) call(method, path, token, body string, headers ...string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.server.URL+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return resp, string(data)
}

func (s *site) events() []bot.Inbound {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]bot.Inbound(nil), s.got...)
}

func TestPostBecomesAnEvent(t *testing.T) {
	s := open(t, `{}`)
	resp, body := s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"我的快递到哪了？","lang":"zh"}`)
	if resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%s: %s", resp.Status, body)
	}
	s.call("POST", "/api/messages", token, `{"id":"client-0002","text":"Yes","press":"4:1","lang":"en"}`)
	s.call("POST", "/api/messages", otherToken, `{"id":"client-0001","text":"hi"}`)
	got := s.events()
	if len(got) != 3 {
		t.Fatalf("got %d events", len(got))
	}
	first, second, third := got[0], got[1], got[2]
	if first.Kind != bot.KindMessage || first.Text != "我的快递到哪了？" || first.From.Lang != "zh" || first.Inbox != "web" || !first.At.Equal(s.now) {
		t.Errorf("first is %+v", first)
	}
	if second.Kind != bot.KindPress || second.Press != "4:1" || second.Thread != first.Thread || second.SourceID == first.SourceID {
		t.Errorf("second is %+v", second)
	}
	if third.Thread == first.Thread || third.SourceID == first.SourceID {
		t.Errorf("another visitor shares thread or id: %+v", third)
	}
	if strings.Contains(fmt.Sprint(got), token) {
		t.Error("the visitor's token is in an event")
	}
}

func TestRepeatHasTheSameSourceID(t *testing.T) {
	s := open(t, `{}`)
	for range 2 {
		s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`)
	}
	if got := s.events(); len(got) != 2 || got[0].SourceID != got[1].SourceID {
		t.Errorf("got %+v", got)
	}
}

func TestRefused(t *testing.T) {
	s := open(t, `{}`)
	good := `{"id":"client-0001","text":"hi"}`
	for _, tc := range []struct {
		name, method, path, token, body string
		headers                         []string
		want                            int
	}{
		{"no token", "POST", "/api/messages", "", good, nil, 401},
		{"short token", "POST", "/api/messages", "abc", good, nil, 401},
		{"history without token", "GET", "/api/history", "", "", nil, 401},
		{"stream without token", "GET", "/api/stream", "", "", nil, 401},
		{"foreign origin", "POST", "/api/messages", token, good, []string{"Origin", "https://evil.example"}, 403},
		{"cross-site fetch", "POST", "/api/messages", token, good, []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"null origin", "POST", "/api/messages", token, good, []string{"Origin", "null"}, 403},
		{"no JSON", "POST", "/api/messages", token, "hi", nil, 400},
		{"empty", "POST", "/api/messages", token, `{"id":"client-0001","text":" \n"}`, nil, 400},
		{"no id", "POST", "/api/messages", token, `{"text":"hi"}`, nil, 400},
		{"odd id", "POST", "/api/messages", token, `{"id":"../../etc","text":"hi"}`, nil, 400},
		{"17 KiB", "POST", "/api/messages", token, `{"id":"client-0001","text":"` + strings.Repeat("a", 17<<10) + `"}`, nil, 413},
		{"1 MiB", "POST", "/api/messages", token, `{"id":"client-0001","text":"` + strings.Repeat("a", 1<<20) + `"}`, nil, 413},
		{"unknown file", "GET", "/assets/page.html", "", "", nil, 404},
		{"way out", "GET", "/assets/..%2fwebchat.go", "", "", nil, 404},
	} {
		t.Run(tc.name, func(t *testing.T) {
			resp, body := s.call(tc.method, tc.path, tc.token, tc.body, tc.headers...)
			if resp.StatusCode != tc.want {
				t.Errorf("%s, want %d: %s", resp.Status, tc.want, body)
			}
		})
	}
	if got := s.events(); len(got) != 0 {
		t.Errorf("%d events came through", len(got))
	}
}

func TestOwnOriginIsWelcome(t *testing.T) {
	s := open(t, `{}`)
	resp, body := s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`, "Origin", s.server.URL, "Sec-Fetch-Site", "same-origin")
	if resp.StatusCode != http.StatusAccepted {
		t.Errorf("%s: %s", resp.Status, body)
	}
}

func TestBusyIsNotAcknowledged(t *testing.T) {
	s := open(t, `{}`)
	s.refuse = fmt.Errorf("store: %w", bot.ErrBusy)
	resp, _ := s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`)
	if resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Errorf("%s, Retry-After %q", resp.Status, resp.Header.Get("Retry-After"))
	}
}

func TestRateLimits(t *testing.T) {
	s := open(t, `{"per_minute": 6, "per_minute_ip": 10}`)
	send := func(token string, n int) int {
		resp, _ := s.call("POST", "/api/messages", token, fmt.Sprintf(`{"id":"client-%04d","text":"hi"}`, n))
		if resp.StatusCode == 429 && resp.Header.Get("Retry-After") == "" {
			t.Error("429 without Retry-After")
		}
		return resp.StatusCode
	}
	for i, want := range []int{202, 202, 202, 429} {
		if got := send(token, i); got != want {
			t.Errorf("message %d: %d, want %d", i, got, want)
		}
	}
	// The address may send 5 at once: 4 were asked for, 3 of them by the first visitor's allowance.
	for i, want := range []int{202, 202, 429} {
		if got := send(otherToken, i); got != want {
			t.Errorf("other visitor, message %d: %d, want %d", i, got, want)
		}
	}
	s.now = s.now.Add(10 * time.Second)
	if got := send(token, 9); got != 202 {
		t.Errorf("after ten seconds: %d", got)
	}
}

func TestHistoryShowsWhatTheVisitorMaySee(t *testing.T) {
	s := open(t, `{}`)
	s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`)
	thread := s.events()[0].Thread
	s.history[thread] = []bot.Message{
		{Seq: 1, Direction: bot.Incoming, Text: "<b>hi</b>", SourceID: thread + ":client-0001"},
		{Seq: 2, Direction: bot.Outgoing, Author: bot.ByBot, Text: "**Hello** <img src=x>", Delivery: bot.Sent, Buttons: []bot.Button{{Title: "A", Value: "2:0", Action: "human"}}},
		{Seq: 3, Direction: bot.Outgoing, Private: true, Text: "secret note", Delivery: bot.Sent},
		{Seq: 4, Direction: bot.Activity, Text: "Lin took over"},
		{Seq: 5, Direction: bot.Outgoing, Text: "never left", Delivery: bot.Cancelled},
		{Seq: 6, Direction: bot.Outgoing, Author: bot.ByAgent, AuthorName: "Lin", Text: "您好 *5 _<b>_", Delivery: bot.Sending},
		{Seq: 7, Direction: bot.Outgoing, Text: "gone", Delivery: bot.Sent, DeletedAt: s.now},
	}
	_, body := s.call("GET", "/api/history", token, "")
	var got struct {
		Messages []struct {
			Seq                      int
			From, Name, Text, Client string
			HTML                     string
			Buttons                  []struct{ Title, Value string }
		}
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	if len(got.Messages) != 3 {
		t.Fatalf("got %d messages: %s", len(got.Messages), body)
	}
	me, helper, agent := got.Messages[0], got.Messages[1], got.Messages[2]
	if me.From != "me" || me.Text != "<b>hi</b>" || me.Client != "client-0001" || me.HTML != "" {
		t.Errorf("own message: %+v", me)
	}
	if helper.From != "bot" || !strings.Contains(helper.HTML, "<strong>Hello</strong>") || strings.Contains(helper.HTML, "<img") || helper.Buttons[0].Value != "2:0" {
		t.Errorf("answer: %+v", helper)
	}
	if agent.From != "agent" || agent.Name != "Lin" || agent.Text != "" || agent.HTML != "您好 *5 <em>&lt;b&gt;</em>" {
		t.Errorf("agent: %+v", agent)
	}
	if strings.Contains(body, "human") {
		t.Error("a button's action is told to the page")
	}
	if _, other := s.call("GET", "/api/history", otherToken, ""); strings.Contains(other, "Hello") {
		t.Error("another visitor sees it")
	}
	if _, later := s.call("GET", "/api/history?after="+thread+":2", token, ""); strings.Contains(later, "Hello") || !strings.Contains(later, "您好") {
		t.Errorf("after the second: %s", later)
	}
}

// listen opens a stream and returns its lines.
func (s *site) listen(token string) (lines *bufio.Scanner, leave func()) {
	s.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	req, _ := http.NewRequestWithContext(ctx, "GET", s.server.URL+"/api/stream", nil)
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatal(err)
	}
	if resp.StatusCode != 200 {
		s.t.Fatalf("stream: %s", resp.Status)
	}
	lines = bufio.NewScanner(resp.Body)
	if !lines.Scan() || lines.Text() != ": open" {
		s.t.Fatalf("the stream begins with %q", lines.Text())
	}
	return lines, func() { cancel(); resp.Body.Close() }
}

func next(t *testing.T, lines *bufio.Scanner, prefix string) string {
	t.Helper()
	for lines.Scan() {
		if rest, ok := strings.CutPrefix(lines.Text(), prefix); ok {
			return rest
		}
	}
	t.Fatalf("the stream ended before a line %q: %v", prefix, lines.Err())
	return ""
}

func TestStreamTellsOpenPagesOfTheThreadOnly(t *testing.T) {
	s := open(t, `{}`)
	s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`)
	s.call("POST", "/api/messages", otherToken, `{"id":"client-0001","text":"hi"}`)
	mine, theirs := s.events()[0].Thread, s.events()[1].Thread
	lines, leave := s.listen(token)
	defer leave()
	ctx := context.Background()
	if _, err := s.channel.Send(ctx, channels.Outgoing{Message: bot.Message{ID: "c-1", Seq: 1, Thread: theirs, Text: "not for you"}}); err != nil {
		t.Fatal(err)
	}
	if err := s.channel.(channels.Typer).Typing(ctx, mine); err != nil {
		t.Fatal(err)
	}
	if id, err := s.channel.Send(ctx, channels.Outgoing{Message: bot.Message{ID: "c-2", Seq: 2, Thread: mine, Text: "line\none"}}); err != nil || id != "c-2" {
		t.Fatalf("Send: %q, %v", id, err)
	}
	if kind := next(t, lines, "event: "); kind != "typing" {
		t.Errorf("first event is %q", kind)
	}
	if kind := next(t, lines, "event: "); kind != "message" {
		t.Errorf("second event is %q", kind)
	}
	if data := next(t, lines, "data: "); !strings.Contains(data, `"seq":2`) {
		t.Errorf("data is %s", data)
	}
}

func TestPageThatDoesNotReadHoldsNobodyUp(t *testing.T) {
	s := open(t, `{}`)
	s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`)
	thread := s.events()[0].Thread
	_, leave := s.listen(token)
	defer leave()
	text := strings.Repeat("long ", 2000)
	for i := range 5000 { // far more than buffers hold; Send must return each time
		if _, err := s.channel.Send(context.Background(), channels.Outgoing{Message: bot.Message{ID: "c-1", Seq: uint64(i), Thread: thread, Text: text[:100]}}); err != nil {
			t.Fatal(err)
		}
	}
}

func TestPages(t *testing.T) {
	s := open(t, `{"origins": ["https://shop.example"], "accent": "#123456"}`)
	for _, tc := range []struct {
		path, language string
		want           []string
	}{
		{"/", "zh-CN,zh;q=0.9,en;q=0.8", []string{`lang="zh-CN"`, "转人工", "回声商店"}},
		{"/", "en-US,en;q=0.9", []string{`lang="en"`, "Talk to a person", "Echo Goods"}},
		{"/", "fr-FR,zh-TW;q=0.8", []string{`lang="zh-Hant"`, "轉人工", "回聲商店"}},
		{"/", "zh-Hant-HK", []string{`lang="zh-Hant"`}},
		{"/", "zh-yue-HK", []string{`lang="zh-Hant"`}},
		{"/", "zh-Hans-HK", []string{`lang="zh-CN"`}},
		{"/?lang=zh-Hant", "en", []string{`lang="zh-Hant"`}},
		{"/?lang=xx", "zh", []string{`lang="zh-CN"`}},
		{"/?lang=en", "zh-CN", []string{`lang="en"`}},
		{"/?embed=1", "en", []string{`class="embed"`, `id="close"`}},
		{"/assets/chat.css", "", []string{"--accent: #123456"}},
		{"/assets/chat.js", "", []string{"api/messages"}},
		{"/widget.js", "", []string{"iframe"}},
	} {
		t.Run(tc.path+" "+tc.language, func(t *testing.T) {
			resp, body := s.call("GET", tc.path, "", "", "Accept-Language", tc.language)
			if resp.StatusCode != 200 {
				t.Fatal(resp.Status)
			}
			for _, want := range tc.want {
				if !strings.Contains(body, want) {
					t.Errorf("%q is missing", want)
				}
			}
			policy := resp.Header.Get("Content-Security-Policy")
			if !strings.Contains(policy, "frame-ancestors 'self' https://shop.example") || strings.Contains(policy, "unsafe") {
				t.Errorf("policy is %q", policy)
			}
		})
	}
	resp, _ := s.call("GET", "/assets/chat.js", "", "")
	if again, _ := s.call("GET", "/assets/chat.js", "", "", "If-None-Match", resp.Header.Get("ETag")); again.StatusCode != http.StatusNotModified {
		t.Errorf("with the ETag: %s", again.Status)
	}
}

// TestTooLongIsSaidInThePagesLanguage: what is too long is refused with the limit and what to do, counted in characters.
func TestTooLongIsSaidInThePagesLanguage(t *testing.T) {
	s := open(t, `{}`)
	long := strings.Repeat("长", 2001)
	for _, tc := range []struct{ lang, text, accept, want string }{
		{"zh", long, "en", "最多 2000 个字"},
		{"zh-TW", long, "en", "最多 2000 個字"},
		{"en", long, "zh", "2000 characters are the most"},
		{"zh", strings.Repeat("长", 40000), "zh-CN", "最多 2000 个字"}, // too large to be read at all
		{"en", strings.Repeat("x", 100000), "en", "2000 characters are the most"},
	} {
		body := `{"id":"client-0001","lang":"` + tc.lang + `","text":"` + tc.text + `"}`
		resp, got := s.call("POST", "/api/messages", token, body, "Accept-Language", tc.accept)
		if resp.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(string(got), tc.want) {
			t.Errorf("%s, %d characters: %s %s", tc.lang, len([]rune(tc.text)), resp.Status, got)
		}
	}
	if resp, body := s.call("POST", "/api/messages", token, `{"id":"client-0002","text":"`+strings.Repeat("长", 2000)+`"}`); resp.StatusCode != http.StatusAccepted {
		t.Errorf("2000 characters: %s %s", resp.Status, body)
	}
}
