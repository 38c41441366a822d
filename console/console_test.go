package console_test

import (
	"bytes"
	"context"
	crand "crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/schema"
	"huiyin/internal/attach"
	"huiyin/internal/locale"
	"huiyin/kb"
	"huiyin/nlp"
	"huiyin/store/mem"
)

// desk is a Desk and Feed that keeps what it is asked for; the real one is tested in package bot.
type desk struct {
	mu      sync.Mutex // of calls: two pages that open at once both say that their agents are there
	calls   []string
	fail    error
	notices chan bot.Notice
	rules   bot.DeskRules
	files   map[string][]byte                // message and place → bytes
	most    int64                            // the largest file that customers can be sent
	until   map[bot.ConversationID]time.Time // the ends of send windows
}

func (d *desk) did(format string, args ...any) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.calls = append(d.calls, fmt.Sprintf(format, args...))
	return d.fail
}

func (d *desk) Claim(_ context.Context, id bot.ConversationID, by bot.Agent) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("claim %s %s", id, by.ID)
}

func (d *desk) Reply(_ context.Context, id bot.ConversationID, by bot.Agent, text string, files ...bot.File) (bot.Message, error) {
	return bot.Message{}, d.did("reply %s %s %q%s", id, by.ID, text, named(files))
}

func (d *desk) Note(_ context.Context, id bot.ConversationID, by bot.Agent, text string, files ...bot.File) (bot.Message, error) {
	return bot.Message{}, d.did("note %s %s %q%s", id, by.ID, text, named(files))
}

func named(files []bot.File) (all string) {
	for _, f := range files {
		all += fmt.Sprintf(" %s=%q", f.ID, f.Name)
	}
	return all
}

func (d *desk) Attach(_ context.Context, id bot.ConversationID, name string, from io.Reader) (bot.File, error) {
	data, err := io.ReadAll(from)
	if err != nil {
		return bot.File{}, err
	}
	return bot.File{ID: "f1", Name: name, Size: int64(len(data))}, d.did("attach %s %q %d", id, name, len(data))
}

func (d *desk) ReadFile(_ context.Context, id bot.MessageID, place int) (bot.File, io.ReadSeeker, error) {
	data, known := d.files[fmt.Sprint(id, " ", place)]
	if !known {
		return bot.File{}, nil, bot.ErrNotFound
	}
	kind := attach.Sniff(data)
	return bot.File{ID: "f1", Name: "坏了.png", Type: kind.Type, Width: kind.Width, Height: kind.Height, Size: int64(len(data))}, bytes.NewReader(data), nil
}

func (d *desk) Inbox(id bot.InboxID) bot.Inbox {
	return bot.Inbox{ID: id, Name: "Inbox " + string(id), Files: d.most, Window: 24 * time.Hour}
}

func (d *desk) SendUntil(_ context.Context, c bot.Conversation) (time.Time, error) {
	return d.until[c.ID], nil
}

func (d *desk) MostFile() int64 { return 10 << 20 }

func (d *desk) Resolve(_ context.Context, id bot.ConversationID, by bot.Agent) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("resolve %s %s", id, by.ID)
}

func (d *desk) Return(_ context.Context, id bot.ConversationID, by bot.Agent) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("return %s %s", id, by.ID)
}

func (d *desk) Resend(_ context.Context, id bot.MessageID, by bot.Agent) (bot.Message, error) {
	return bot.Message{}, d.did("resend %s %s", id, by.ID)
}

func (d *desk) Snooze(_ context.Context, id bot.ConversationID, by bot.Agent, until time.Time) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("snooze %s %s %s", id, by.ID, until.UTC().Format("01-02 15:04"))
}

func (d *desk) Transfer(_ context.Context, id bot.ConversationID, by bot.Agent, to bot.To) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("transfer %s %s to agent %q team %q", id, by.ID, to.Agent, to.Team)
}

func (d *desk) Tag(_ context.Context, id bot.ConversationID, by bot.Agent, tags []string) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("tag %s %s %q", id, by.ID, tags)
}

func (d *desk) RunMacro(_ context.Context, id bot.ConversationID, by bot.Agent, run bot.MacroRun) (bot.Conversation, error) {
	return bot.Conversation{}, d.did("macro %s %s %s: note %q tag %q untag %q reply %q then %s %s %+v", id, by.ID, run.Name, run.Note, run.Tag, run.Untag, run.Reply, run.End,
		run.Until.UTC().Format("01-02 15:04"), run.To)
}

func (d *desk) SetState(_ context.Context, id bot.AgentID, s bot.Availability) (bot.Agent, error) {
	return bot.Agent{}, d.did("state %s %s", id, s)
}

func (d *desk) Rules() (bot.DeskRules, *bot.Hours) { return d.rules, nil }

func (d *desk) SetTier(_ context.Context, id bot.ContactID, tier string, log bot.Event) (bot.Contact, error) {
	if _, known := d.rules.Tier(tier); tier != "" && !known {
		return bot.Contact{}, bot.ErrNoted
	}
	return bot.Contact{}, d.did("tier %s %q %s %s %s %s", id, tier, log.Actor, log.Action, log.Object, log.Detail)
}

func (d *desk) Retier(_ context.Context, id bot.ContactID) error { return d.did("retier %s", id) }

func (d *desk) SaveRules(_ context.Context, by bot.Agent, r bot.DeskRules) error {
	if r.Calendar != nil {
		if _, err := r.Calendar.Hours(); err != nil {
			return err
		}
	}
	d.rules = r
	return d.did("rules %s assign %v first %s", by.ID, r.Assign, r.FirstResponse)
}

func (d *desk) Subscribe(context.Context) <-chan bot.Notice { return d.notices }

type digests struct{}

func (digests) Week(time.Time) string { return "2026-W46" }

func (digests) HTML(_ context.Context, week, lang string, out io.Writer) error {
	if week != "2026-W46" {
		return console.ErrNoWeek
	}
	_, err := fmt.Fprintf(out, "<!doctype html><title>digest %s</title>", lang)
	return err
}

func (digests) Behind(_ context.Context, week, of, lang string, out io.Writer) error {
	if week != "2026-W46" || of != "topic/late" {
		return console.ErrNoWeek
	}
	_, err := fmt.Fprintf(out, "<!doctype html><title>behind %s %s</title>", of, lang)
	return err
}

// shelf is a knowledge base with one article.
type shelf struct{}

func (shelf) Search(_ context.Context, q kb.Query) (kb.Answer, error) {
	if !strings.Contains(q.Text, "return") {
		return kb.Answer{Decision: kb.DecideNothing}, nil
	}
	return kb.Answer{Decision: kb.DecideAnswer, Hits: []kb.Hit{{Citation: kb.Citation{Article: "returns.en", Title: "Returns <b>"}, Text: "Within **seven** days & \"free\".", Confidence: 0.91}}}, nil
}

func (shelf) Read(context.Context, kb.RootID, nlp.Lang) (kb.Hit, error) {
	return kb.Hit{}, kb.ErrNotFound
}

// office is a console on a real server over a real store, with one agent of each role, all with the same password.
type office struct {
	t       *testing.T
	store   *mem.Store
	desk    *desk
	server  *httptest.Server
	console *console.Console
	bot     *bot.Bot // behind the switch for incidents
	now     time.Time
	caller  caller
}

const password = "correct horse battery"

// hashed is the password's hash, made once: it is slow on purpose.
var hashed = sync.OnceValue(func() string {
	hash, err := console.HashPassword(password, rand.NewChaCha8([32]byte{2}))
	if err != nil {
		panic(err)
	}
	return hash
})

// shipped is the catalogue of messages, read once: nothing changes it.
var shipped = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

func catalog(t *testing.T) *locale.Catalog {
	t.Helper()
	words, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return words
}

func open(t *testing.T) *office {
	t.Helper()
	o := furnish(t, func(s console.Store) console.Store { return s })
	o.server = httptest.NewServer(o.console.Handler())
	t.Cleanup(o.server.Close)
	return o
}

// furnish makes an office that no browser reaches yet; via is what its console sees of the store.
func furnish(t *testing.T, via func(console.Store) console.Store) *office {
	t.Helper()
	words := catalog(t)
	o := &office{t: t, desk: &desk{notices: make(chan bot.Notice, 8)}, now: time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)}
	o.store = mem.New(mem.Options{Now: func() time.Time { return o.now }})
	var err error
	o.bot, err = bot.New(bot.Config{Store: o.store, Understander: nlp.NewPipeline(), Retriever: shelf{}, Sender: unsent{}, Words: words, Now: func() time.Time { return o.now }})
	if err != nil {
		t.Fatal(err)
	}
	subject := func(id, en, zh string) func() []console.Subject {
		return func() []console.Subject {
			return []console.Subject{{ID: id, Name: map[nlp.Lang]string{nlp.LangEnglish: en, nlp.LangChinese: zh}}}
		}
	}
	c, err := console.New(console.Config{
		Webhooks:  &console.Webhooks{Store: o.store, Caller: &o.caller},
		Incidents: &console.Incidents{Switch: o.bot, Topics: subject("delivery.late", "Late delivery", "配送太慢"), Intents: subject("pay", "Pay", "付款")},
		Store:     via(o.store), Desk: o.desk, Answers: shelf{}, Feed: o.desk, Digests: digests{}, Words: words, Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return o.now }, Zone: time.UTC, Random: rand.NewChaCha8([32]byte{1}), Lang: "en",
	})
	if err != nil {
		t.Fatal(err)
	}
	hash := hashed()
	for _, role := range []bot.Role{bot.RoleAgent, bot.RoleLead, bot.RoleEditor, bot.RoleAdmin} {
		a := bot.Agent{ID: bot.AgentID(role), Email: string(role) + "@shop.example", Name: string(role), Role: role, PasswordHash: hash}
		if err := o.store.SaveAgent(context.Background(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
	}
	o.console = c
	return o
}

// unsent is an outbox from which nothing leaves: what the bot says stays queued in the store.
type unsent struct{}

func (unsent) Send(...bot.Message)        {}
func (unsent) Typing(bot.InboxID, string) {}

// browser keeps cookies and follows redirects, as a browser does.
type browser struct {
	*http.Client
	o *office
}

func (o *office) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		o.t.Fatal(err)
	}
	return &browser{&http.Client{Jar: jar}, o}
}

func (b *browser) do(method, path string, form url.Values, headers ...string) (int, string) {
	b.o.t.Helper()
	req, err := http.NewRequest(method, b.o.server.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.o.t.Fatal(err)
	}
	if form != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := b.Do(req)
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// as is a browser that is signed in with a role.
func (o *office) as(role string) *browser {
	o.t.Helper()
	b := o.browser()
	token, err := console.NewLink(context.Background(), o.store, bot.AgentID(role), o.now, crand.Reader)
	if err != nil {
		o.t.Fatal(err)
	}
	if status, body := b.do("POST", "/console/login", url.Values{"once": {token}}); status != 200 {
		o.t.Fatalf("login as %s: %d %s", role, status, body)
	}
	return b
}

// talk puts a conversation into the store.
func (o *office) talk(id, name string, status bot.Status, texts ...string) {
	o.t.Helper()
	c := bot.Change{
		Contact:      &bot.Contact{ID: bot.ContactID("p-" + id), Name: name, CreatedAt: o.now, SeenAt: o.now},
		Conversation: bot.Conversation{ID: bot.ConversationID(id), Inbox: "web", Channel: "webchat", Thread: "t-" + id, Contact: bot.ContactID("p-" + id), Name: name, Lang: "en", Status: status, LastSeq: uint64(len(texts)), CreatedAt: o.now, UpdatedAt: o.now},
	}
	for i, text := range texts {
		m := bot.Message{ID: bot.MessageID(fmt.Sprintf("%s-%d", id, i+1)), Conversation: c.Conversation.ID, Seq: uint64(i + 1), Inbox: "web", Thread: "t-" + id, Direction: bot.Incoming, Author: bot.ByContact, AuthorName: name, Text: text, At: o.now}
		if i%2 == 1 {
			m.Direction, m.Author, m.AuthorName, m.Delivery = bot.Outgoing, bot.ByBot, "", bot.Sent
		}
		c.Messages = append(c.Messages, m)
	}
	if err := o.store.Save(context.Background(), c); err != nil {
		o.t.Fatal(err)
	}
}

// change lets a test change a conversation of the store, and save with it what it adds.
func (o *office) change(id bot.ConversationID, edit func(*bot.Change)) {
	o.t.Helper()
	conv, err := o.store.Conversation(context.Background(), id)
	if err != nil {
		o.t.Fatal(err)
	}
	c := bot.Change{Conversation: conv}
	edit(&c)
	if err := o.store.Save(context.Background(), c); err != nil {
		o.t.Fatal(err)
	}
}

// has puts a conversation into the store that is as edit makes it.
func (o *office) has(id string, status bot.Status, edit func(*bot.Conversation)) {
	o.t.Helper()
	o.talk(id, "Name-"+id, status, "hi")
	o.change(bot.ConversationID(id), func(c *bot.Change) { edit(&c.Conversation) })
}

// TestRolesAndRoutes asks for every route as every role. A route that is not in the list fails the test.
func TestRolesAndRoutes(t *testing.T) {
	least := map[string]string{ // route → the least role that may use it; open: no login
		"GET /console/assets/{name}": "open", "GET /console/login": "open", "POST /console/login": "open",
		"POST /console/logout": "agent", "GET /console/account": "agent", "POST /console/account": "agent",
		"GET /console/{$}": "agent", "GET /console/list": "agent", "GET /console/live": "agent",
		"GET /console/c/{id}": "agent", "GET /console/c/{id}/messages": "agent", "GET /console/c/{id}/state": "agent",
		"POST /console/c/{id}/claim": "agent", "POST /console/c/{id}/reply": "agent", "POST /console/c/{id}/note": "agent",
		"POST /console/c/{id}/resolve": "agent", "POST /console/c/{id}/return": "agent", "POST /console/c/{id}/resend/{message}": "agent",
		"GET /console/search": "agent", "POST /console/next": "agent", "POST /console/me/state": "agent", "POST /console/views": "agent", "GET /console/c/{id}/suggest": "agent",
		"GET /console/c/{id}/files/{message}/{place}": "agent", "POST /console/c/{id}/files": "agent",
		"POST /console/c/{id}/typing": "agent", "POST /console/c/{id}/snooze": "agent", "POST /console/c/{id}/transfer": "agent", "POST /console/c/{id}/tags": "agent",
		"GET /console/people/{id}": "agent", "POST /console/people/{id}/note": "agent", "POST /console/people/{id}/merge": "agent", "POST /console/people/{id}/split": "agent",
		"GET /console/c/{id}/macros": "agent", "POST /console/c/{id}/macros": "agent", "GET /console/macros": "agent", "POST /console/macros": "lead",
		"GET /console/reviews": "lead", "GET /console/reviews/mine": "agent", "POST /console/reviews/card": "lead", "GET /console/c/{id}/review": "lead", "POST /console/c/{id}/review": "lead",
		"GET /console/canned": "agent", "POST /console/canned": "lead", "GET /console/rules": "lead", "POST /console/rules": "lead",
		"POST /console/me/quiet": "lead", "GET /console/board": "lead", "GET /console/board/live": "lead", "POST /console/board/{id}/state": "lead", "GET /console/audit": "lead", "GET /console/channels": "lead",
		"GET /console/staff": "admin", "POST /console/staff": "admin", "POST /console/staff/{id}/link": "admin",
		"GET /console/tokens": "admin", "POST /console/tokens": "admin", "POST /console/tokens/{id}/revoke": "admin",
		"GET /console/digest/schema.json": "open", "GET /console/digest": "lead", "GET /console/digest/{week}": "lead", "GET /console/digest/{week}/behind": "lead", "POST /console/digest/tasks": "lead",
	}
	source, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	var routes []string
	for _, m := range regexp.MustCompile(`\{"((?:GET|POST) [^"]+)"`).FindAllStringSubmatch(string(source), -1) {
		routes = append(routes, m[1])
		if least[m[1]] == "" {
			t.Errorf("route %q has no rule in this test", m[1])
		}
	}
	if len(routes) != len(least) {
		t.Errorf("%d routes, %d rules", len(routes), len(least))
	}
	roles := []string{"", "agent", "lead", "editor", "admin"}
	for i, role := range roles {
		o := open(t)
		o.talk("c1", "Ada", bot.StatusWaiting, "hi")
		b := o.browser()
		if role != "" {
			b = o.as(role)
		}
		for _, route := range routes {
			if route == "POST /console/logout" || route == "GET /console/live" {
				continue // they end the session, or do not end
			}
			method, path, _ := strings.Cut(route, " ")
			path = strings.NewReplacer("{$}", "", "{id}", "c1", "{message}", "c1-1", "{week}", "2026-W46", "{name}", "console.css").Replace(path)
			status, _ := b.do(method, path, url.Values{"text": {"hello"}, "name": {"N"}, "email": {role + "@shop.example"}, "state": {"away"}}, "X-Fragment", "1")
			allowed := status != http.StatusUnauthorized && status != http.StatusForbidden
			want := least[route] == "open" || i > 0 && i >= slices.Index(roles, least[route])
			if route == "POST /console/login" {
				want = false // open, but these are no credentials
			}
			if allowed != want {
				t.Errorf("%s as %q: %d, want allowed: %v", route, role, status, want)
			}
		}
	}
}

// The page of digests leads to last week's once any digest was made, and before to the running one: what a new shop has is in it.
func TestDigestsPage(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	first := regexp.MustCompile(`class="button primary" href="/console/digest/2026-W46">([^·]*) ·`)
	leads := func(want string) {
		t.Helper()
		if _, body := b.do("GET", "/console/digest", nil); len(first.FindAllString(body, -1)) != 1 || first.FindStringSubmatch(body)[1] != want {
			t.Errorf("the page leads to %q, want %s", first.FindAllString(body, -1), want)
		}
	}
	leads("This week so far")
	key, now := feedback.WeeklyRun+"2026-W44", o.now // any earlier week: last week's is made later on Monday
	if err := errors.Join(o.store.ClaimRun(t.Context(), key, now, time.Minute), o.store.FinishRun(t.Context(), key, now, []byte("{}"))); err != nil {
		t.Fatal(err)
	}
	leads("Last week")
}

// Programs get the schema of digests without signing in.
func TestDigestSchema(t *testing.T) {
	status, body := open(t).browser().do("GET", "/console/digest/schema.json", nil)
	if want, err := schema.Digest(); err != nil || status != http.StatusOK || body != string(want) {
		t.Errorf("%d, %v: %.200s", status, err, body)
	}
}

func TestDeskCalls(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("lead")
	for _, tc := range []struct {
		path, text string
		want       string
	}{
		{"claim", "", "claim c1 lead"},
		{"reply", " Hello,\r\nhow are you? ", `reply c1 lead "Hello,\nhow are you?"`},
		{"note", "VIP", `note c1 lead "VIP"`},
		{"resolve", "", "resolve c1 lead"},
		{"return", "", "return c1 lead"},
		{"resend/c1-2", "", "resend c1-2 lead"},
	} {
		if status, body := b.do("POST", "/console/c/c1/"+tc.path, url.Values{"text": {tc.text}}, "X-Fragment", "1"); status != http.StatusNoContent {
			t.Errorf("%s: %d %s", tc.path, status, body)
		}
		if got := o.desk.calls[len(o.desk.calls)-1]; got != tc.want {
			t.Errorf("%s: desk was asked %q, want %q", tc.path, got, tc.want)
		}
	}
	for name, tc := range map[string]struct {
		fail error
		text string
		want int
	}{
		"faster colleague": {fmt.Errorf("bot: Lin has it: %w", bot.ErrConflict), "x", http.StatusConflict},
		"store full":       {bot.ErrBusy, "x", http.StatusServiceUnavailable},
		"unknown":          {bot.ErrNotFound, "x", http.StatusNotFound},
		"surprise":         {errors.New("secret detail"), "x", http.StatusInternalServerError},
		"empty":            {nil, "  \n", http.StatusUnprocessableEntity},
		"huge":             {nil, strings.Repeat("a", 40<<10), http.StatusRequestEntityTooLarge},
	} {
		o.desk.fail = tc.fail
		status, body := b.do("POST", "/console/c/c1/reply", url.Values{"text": {tc.text}}, "X-Fragment", "1")
		if status != tc.want || strings.Contains(body, "secret detail") {
			t.Errorf("%s: %d %s, want %d", name, status, body, tc.want)
		}
	}
}

func TestHostileTextIsShownAsText(t *testing.T) {
	o := open(t)
	evil := `<script>alert(1)</script><img src=x onerror=alert(2)>"'>` + "\u202etxt.exe"
	o.talk("c1", evil, bot.StatusWaiting, evil, "[click]("+"javascript:alert(3)) "+evil)
	b := o.as("agent")
	for _, path := range []string{"/console/", "/console/c/c1", "/console/list", "/console/c/c1/messages?after=0", "/console/c/c1/state"} {
		_, body := b.do("GET", path, nil)
		if m := regexp.MustCompile(`(?i)<script>alert|<img|javascript:alert`).FindString(body); m != "" {
			t.Errorf("%s has %q in it", path, m)
		}
		if path != "/console/c/c1/state" && !strings.Contains(body, "alert(1)") && !strings.Contains(body, "&lt;script") {
			t.Errorf("%s does not show the text at all", path)
		}
	}
}

func TestBothLanguages(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi", "hello")
	b := o.as("admin")
	key := regexp.MustCompile(`(console|work|kb)\.[a-z]+(\.[a-z_]+)*`)
	for _, lang := range []string{"zh-CN", "en-GB"} {
		for _, path := range []string{"/console/", "/console/?queue=mine", "/console/?queue=snoozed&lang=en", "/console/c/c1", "/console/search?q=hi", "/console/people/p-c1?q=a",
			"/console/board", "/console/rules", "/console/canned", "/console/macros", "/console/c/c1/macros", "/console/reviews", "/console/reviews/mine", "/console/staff?edit=agent", "/console/audit", "/console/account", "/console/digest", "/console/c/none", "/console/login"} {
			_, body := b.do("GET", path, nil, "Accept-Language", lang)
			body = strings.NewReplacer("console.css", "", "console.js", "", "desk.css", "", "macros.js", "").Replace(body)
			if m := key.FindString(body); m != "" {
				t.Errorf("%s in %s shows the key %q", path, lang, m)
			}
		}
	}
	if _, body := b.do("GET", "/console/c/c1", nil, "Accept-Language", "zh-TW"); !strings.Contains(body, "交还") && !strings.Contains(body, "接入") {
		t.Error("a Chinese browser does not get Chinese")
	}
}

func TestDigestPages(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	if _, body := b.do("GET", "/console/digest", nil); !strings.Contains(body, "/console/digest/2026-W46") {
		t.Errorf("no link to the week: %s", body)
	}
	if status, body := b.do("GET", "/console/digest/2026-W46", nil, "Accept-Language", "zh"); status != 200 || !strings.Contains(body, "digest zh") {
		t.Errorf("%d %s", status, body)
	}
	if status, body := b.do("GET", "/console/digest/2026-W46/behind?of=topic%2Flate", nil, "Accept-Language", "zh"); status != 200 || !strings.Contains(body, "behind topic/late zh") {
		t.Errorf("behind a number: %d %s", status, body)
	}
	if status, _ := b.do("GET", "/console/digest/2026-W46/behind?of=nothing", nil); status != http.StatusNotFound {
		t.Errorf("behind nothing: %d", status)
	}
	if status, _ := b.do("GET", "/console/digest/soon", nil); status != http.StatusNotFound {
		t.Errorf("no week: %d", status)
	}
}
