package api_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/console/api"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/nlp"
	"huiyin/store/mem"
)

// monday is when every test begins.
var monday = time.Date(2026, 11, 16, 12, 0, 0, 0, time.UTC)

// outbox is the customers' side: it takes what is sent to them.
type outbox struct {
	mu   sync.Mutex
	sent []bot.Message
}

func (o *outbox) Send(messages ...bot.Message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.sent = append(o.sent, messages...)
}

func (o *outbox) Typing(bot.InboxID, string) {}

// texts are what a thread was sent.
func (o *outbox) texts(thread string) (all []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for _, m := range o.sent {
		if m.Thread == thread && m.Author == bot.ByAgent {
			all = append(all, m.Text)
		}
	}
	return all
}

// silent understands nothing and finds nothing: the desk needs neither.
type silent struct{}

func (silent) Analyze(_ context.Context, text string) (nlp.Analysis, error) {
	return nlp.Analysis{Text: text}, nil
}

func (silent) Search(context.Context, kb.Query) (kb.Answer, error) { return kb.Answer{}, nil }

// spaces finds words between spaces.
type spaces struct{}

func (spaces) Tokenize(text string) (all []nlp.Token) {
	at := 0
	for _, w := range strings.Fields(text) {
		at += strings.Index(text[at:], w)
		all = append(all, nlp.Token{Span: nlp.Span{Start: at, End: at + len(w)}, Text: w, Term: strings.Trim(strings.ToLower(w), ".,?!")})
		at += len(w)
	}
	return all
}

// shop is the API on a real server, over a real bot and store, with one agent of each role.
type shop struct {
	t      testing.TB
	store  *mem.Store
	bot    *bot.Bot
	outbox *outbox
	keys   *console.Keys
	api    *api.API
	kb     *kb.Publisher
	server *httptest.Server
	now    time.Time
	broken error // of the store
}

// shipped is the catalogue of messages, read once: nothing changes it.
var shipped = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

func open(t testing.TB) *shop {
	t.Helper()
	s := &shop{t: t, outbox: &outbox{}, now: monday}
	clock := func() time.Time { return s.now }
	s.store = mem.New(mem.Options{Now: clock})
	words, err := shipped()
	s.ok(err)
	search := kb.NewSearcher(kb.Config{Store: s.store, Tokenizer: spaces{}, Now: clock, Index: index.New(index.Config{})})
	s.ok(search.Open(t.Context()))
	s.kb = kb.NewPublisher(kb.PublisherConfig{Store: s.store, Searcher: search, Now: clock})
	s.bot, err = bot.New(bot.Config{Files: bot.NewFiles(s.store, bot.FileRules{File: 4 << 10, Thread: 6 << 10}), Store: s.store, Understander: silent{}, Retriever: silent{}, Sender: s.outbox, Words: words, Now: clock,
		Inboxes: []bot.Inbox{{ID: "web", Channel: "webchat", Lang: "en", Files: 3 << 10}}, StaffLang: "en"})
	s.ok(err)
	for _, role := range []bot.Role{bot.RoleAgent, bot.RoleLead, bot.RoleEditor, bot.RoleAdmin} {
		s.ok(s.store.SaveAgent(t.Context(), bot.Agent{ID: bot.AgentID(role), Name: strings.ToUpper(string(role[0])) + string(role[1:]), Email: string(role) + "@shop.example", Role: role}, bot.Event{}))
	}
	s.keys = console.NewKeys(s.store, clock, rand.NewChaCha8([32]byte{7}))
	a, err := api.New(api.Config{Store: s.store, Desk: s.bot, Keys: s.keys, Knowledge: s.kb, Health: func() error { return s.broken }, Log: slog.New(slog.DiscardHandler),
		Mask: func(text string) string { return nlp.Mask(text, nlp.FindPII(text)) }, Now: clock})
	s.ok(err)
	s.api = a
	s.server = httptest.NewServer(a.Handler())
	t.Cleanup(s.server.Close)
	return s
}

func (s *shop) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// key makes a token for an agent, and returns its key.
func (s *shop) key(agent bot.AgentID, scope bot.Scope) string {
	s.t.Helper()
	key, _, err := s.keys.Make(s.t.Context(), bot.Token{Name: "test", Agent: agent, Scope: scope}, "admin")
	s.ok(err)
	return key
}

// answer is what came back.
type answer struct {
	status int
	header http.Header
	body   string
}

// problem is the answer as a Problem.
func (a answer) problem(t testing.TB) api.Problem {
	t.Helper()
	var p api.Problem
	if err := json.Unmarshal([]byte(a.body), &p); err != nil || a.header.Get("Content-Type") != "application/problem+json" || p.Status != a.status || p.Code == "" || p.Title == "" {
		t.Fatalf("no problem, but %d %s %s", a.status, a.header.Get("Content-Type"), a.body)
	}
	return p
}

// call sends a request; headers are name, value, name, value.
func (s *shop) call(key, method, path, body string, headers ...string) answer {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.server.URL+path, strings.NewReader(body))
	s.ok(err)
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	s.ok(err)
	defer resp.Body.Close()
	got, err := io.ReadAll(resp.Body)
	s.ok(err)
	return answer{resp.StatusCode, resp.Header, string(got)}
}

// get reads an answer into a value.
func (s *shop) get(key, path string, into any) {
	s.t.Helper()
	if a := s.call(key, "GET", path, ""); a.status != 200 {
		s.t.Fatalf("%s: %d %s", path, a.status, a.body)
	} else if err := json.Unmarshal([]byte(a.body), into); err != nil {
		s.t.Fatalf("%s: %v in %s", path, err, a.body)
	}
}

// talk stores a conversation with a customer who wrote texts.
func (s *shop) talk(id, name string, status bot.Status, texts ...string) {
	s.t.Helper()
	c := bot.Change{
		Contact: &bot.Contact{ID: bot.ContactID("p-" + id), Name: name, Lang: "en", Email: id + "@mail.example", CreatedAt: s.now, SeenAt: s.now},
		Address: &bot.ContactInbox{Inbox: "web", SourceID: "visitor-" + id, Contact: bot.ContactID("p-" + id)},
		Conversation: bot.Conversation{ID: bot.ConversationID(id), Inbox: "web", Channel: "webchat", Thread: "t-" + id, Contact: bot.ContactID("p-" + id), Name: name,
			Lang: "en", Status: status, LastSeq: uint64(len(texts)), CreatedAt: s.now, OpenedAt: s.now, UpdatedAt: s.now, CustomerAt: s.now},
	}
	if status == bot.StatusWaiting {
		c.Conversation.WaitingSince = s.now
		c.Conversation.Handoff = &bot.Handoff{Reason: bot.ReasonAsked, Summary: "Asked for a person.", At: s.now}
	}
	for i, text := range texts {
		seq := uint64(i + 1)
		c.Messages = append(c.Messages, bot.Message{ID: bot.NewMessageID(c.Conversation.ID, seq), Conversation: c.Conversation.ID, Seq: seq, Inbox: "web",
			Thread: c.Conversation.Thread, Direction: bot.Incoming, Author: bot.ByContact, AuthorName: name, Text: text, Lang: "en", At: s.now})
	}
	s.ok(s.store.Save(s.t.Context(), c))
}

func TestPages(t *testing.T) {
	s := open(t)
	key := s.key("agent", bot.ScopeRead)
	var all []string
	for i := range 23 { // several change at the same instant
		s.now = monday.Add(time.Duration(i/8) * time.Minute)
		id := fmt.Sprintf("c%02d", i)
		s.talk(id, "Lin", []bot.Status{bot.StatusWaiting, bot.StatusBot}[i%2], "hello")
		all = append([]string{id}, all...)
	}
	for _, limit := range []int{1, 3, 5, 22, 23, 200} {
		var got []string
		for next, pages := "", 0; pages < 30; pages++ {
			var page api.Conversations
			s.get(key, fmt.Sprintf("/api/v1/conversations?limit=%d%s", limit, next), &page)
			for _, c := range page.Conversations {
				got = append(got, string(c.ID))
			}
			if len(page.Conversations) > limit {
				t.Errorf("limit %d: %d conversations", limit, len(page.Conversations))
			}
			if page.Next == "" {
				break
			}
			next = "&cursor=" + page.Next
		}
		if strings.Join(got, " ") != strings.Join(all, " ") {
			t.Errorf("limit %d: %v", limit, got)
		}
	}
	for query, want := range map[string]int{"status=waiting": 12, "status=waiting&status=bot": 23, "contact=p-c03": 1, "agent=lead": 0, "inbox=web": 23, "inbox=other": 0, "status=resolved": 0} {
		var page api.Conversations
		s.get(key, "/api/v1/conversations?"+query, &page)
		if len(page.Conversations) != want {
			t.Errorf("%s: %d conversations, want %d", query, len(page.Conversations), want)
		}
	}
}

func TestMessagePages(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusBot, "one", "two", "three", "four", "five")
	key := s.key("agent", bot.ScopeRead)
	var got []string
	for after, pages := uint64(0), 0; pages < 9; pages++ {
		var page api.Messages
		s.get(key, fmt.Sprintf("/api/v1/conversations/c1/messages?limit=2&after=%d", after), &page)
		for _, m := range page.Messages {
			got = append(got, m.Text)
		}
		if after = page.Next; after == 0 {
			break
		}
	}
	if strings.Join(got, " ") != "one two three four five" {
		t.Errorf("got %q", got)
	}
}

func TestDesk(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusWaiting, "my parcel is late")
	key, other := s.key("agent", bot.ScopeWrite), s.key("editor", bot.ScopeWrite)
	step := func(method, path, body string, status int) answer {
		t.Helper()
		a := s.call(key, method, "/api/v1/conversations/c1"+path, body)
		if a.status != status {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		return a
	}
	step("POST", "/claim", "", 200)
	if p := s.call(other, "POST", "/api/v1/conversations/c1/replies", `{"text":"mine!"}`).problem(t); p.Status != 409 || p.Code != "conflict" {
		t.Errorf("a colleague writes too: %+v", p)
	}
	step("POST", "/replies", `{"text":"It comes tomorrow."}`, 201)
	step("POST", "/notes", `{"text":"called the carrier"}`, 201)
	if got := s.outbox.texts("t-c1"); len(got) != 1 || got[0] != "It comes tomorrow." {
		t.Errorf("the customer was sent %q", got)
	}
	step("PUT", "/tags", `{"tags":["Late","late","parcel"]}`, 200)
	if p := step("PUT", "/tags", `{}`, 422).problem(t); p.Where != "body.tags" {
		t.Errorf("no tags: %+v", p)
	}
	if p := step("POST", "/replies", `{"text":" \n"}`, 422).problem(t); p.Code != "empty" {
		t.Errorf("an empty reply: %+v", p)
	}
	step("POST", "/transfer", `{"team":"returns"}`, 200)
	step("POST", "/transfer", `{"team":"returns","agent":"lead"}`, 422)
	step("POST", "/claim", "", 200)
	step("POST", "/return", "", 200)
	step("POST", "/claim", "", 200)
	step("POST", "/resolve", "", 200)
	var c api.Conversation
	s.get(key, "/api/v1/conversations/c1", &c)
	if c.Status != bot.StatusResolved || strings.Join(c.Tags, " ") != "late parcel" {
		t.Errorf("at last: %+v", c)
	}
	events, err := s.store.Audit(t.Context(), 200)
	s.ok(err)
	log := map[string]int{}
	for _, e := range events {
		log[e.Actor+" "+e.Action]++
	}
	for _, want := range []string{"agent conversation.reply", "agent api.reply", "agent api.note", "agent api.returnToBot", "admin token.create"} {
		if log[want] == 0 {
			t.Errorf("%s is not in the audit log: %v", want, log)
		}
	}
}

// TestDeletedMessages shows that what a customer took back does not come out.
func TestDeletedMessages(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusBot, "my secret")
	c, err := s.store.Conversation(t.Context(), "c1")
	s.ok(err)
	list, err := s.store.Messages(t.Context(), "c1", 0, 0)
	s.ok(err)
	list[0].DeletedAt = s.now
	s.ok(s.store.Save(t.Context(), bot.Change{Conversation: c, Messages: list[:1]}))
	if a := s.call(s.key("agent", bot.ScopeRead), "GET", "/api/v1/conversations/c1/messages", ""); a.status != 200 || strings.Contains(a.body, "secret") || !strings.Contains(a.body, "deleted_at") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
