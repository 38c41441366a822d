package console_test

import (
	"context"
	"errors"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

func TestSearch(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusResolved, "我要退貨，订单 AB-1", "Ｗhich ORDER?", "the blue <b>one</b>")
	o.talk("c2", "Bo", bot.StatusBot, "where is my order?")
	b := o.as("agent")
	for query, want := range map[string]string{
		"退货": "我要退<mark>", "order": "<mark>ORDER</mark>", "AB-1 退貨": "<mark>AB-1</mark>", "blue": "&lt;b&gt;one&lt;/b&gt;", "Ada": `/console/people/p-c1`,
	} {
		status, body := b.do("GET", "/console/search?q="+url.QueryEscape(query), nil)
		if want = strings.ReplaceAll(want, "我要退<mark>", "我要<mark>退貨</mark>"); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%q: %d, %q is not in %s", query, status, want, body)
		}
	}
	if _, err := o.bot.Reply(t.Context(), "c1", bot.Agent{ID: "agent", Role: bot.RoleAgent}, "The parcel is **on its way**."); err != nil {
		t.Fatal(err)
	}
	if _, body := b.do("GET", "/console/search?q=parcel", nil); strings.Contains(body, "**") || !strings.Contains(body, "</mark> is on its way.") {
		t.Errorf("a reply does not stand there as it reads: %s", body)
	}
	if _, body := b.do("GET", "/console/search?q=elephant", nil); !strings.Contains(body, "No message has all of these words") {
		t.Error("nothing is found, and the page does not say so")
	}
}

func TestListsAndFilters(t *testing.T) {
	o := open(t)
	ago := func(d time.Duration) time.Time { return o.now.Add(-d) }
	o.has("calm", bot.StatusWaiting, func(c *bot.Conversation) { c.WaitingSince = ago(5 * time.Minute) })
	o.has("angry", bot.StatusWaiting, func(c *bot.Conversation) { c.WaitingSince, c.MoodTotal, c.MoodCount = ago(time.Minute), -2, 2 })
	o.has("owed", bot.StatusAgent, func(c *bot.Conversation) { c.Agent, c.OwedSince, c.Tags = "agent", ago(time.Minute), []string{"vip"} })
	o.has("quiet", bot.StatusAgent, func(c *bot.Conversation) { c.Agent, c.Lang = "agent", "zh" })
	o.has("later", bot.StatusAgent, func(c *bot.Conversation) { c.Agent, c.SnoozedUntil = "agent", o.now.Add(time.Hour) })
	o.has("hers", bot.StatusAgent, func(c *bot.Conversation) { c.Agent = "lead" })
	o.has("bot", bot.StatusBot, func(*bot.Conversation) {})
	o.has("done", bot.StatusResolved, func(*bot.Conversation) {})
	b := o.as("agent")
	row := regexp.MustCompile(`data-id="([a-z]+)"`)
	for query, want := range map[string]string{
		"queue=waiting": "angry calm", "queue=mine": "owed quiet", "queue=snoozed": "later", "queue=resolved": "done",
		"queue=all&lang=zh": "quiet", "queue=all&tag=vip": "owed", "queue=all&mood=bad": "angry", "queue=all&channel=telegram": "", "": "angry calm",
	} {
		_, body := b.do("GET", "/console/list?"+query, nil)
		var got []string
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			got = append(got, m[1])
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q lists %q, want %q", query, got, want)
		}
		for name, count := range map[string]string{"waiting": "2", "mine": "2", "all": "7", "snoozed": "1"} {
			if !strings.Contains(body, `data-count="`+count+`" data-name="`+name+`"`) {
				t.Errorf("%q: the tab %s does not count %s", query, name, count)
			}
		}
	}
	_, body := b.do("GET", "/console/list?queue=mine", nil)
	if n := strings.Count(body, "unread"); n == 0 {
		t.Error("what nobody has read is not marked")
	}
	b.do("GET", "/console/c/owed", nil)
	if _, body := b.do("GET", "/console/list?queue=mine", nil); strings.Contains(body, "unread") {
		t.Error("what was read is still marked")
	}
	if status, _ := b.do("POST", "/console/next", url.Values{}); status != 200 || o.desk.calls[len(o.desk.calls)-1] != "claim angry agent" {
		t.Errorf("the next one: %d, %v", status, o.desk.calls)
	}
}

// TestSavedViews keeps a queue and its filters under a name: hers alone, counted live, reached by a key.
func TestSavedViews(t *testing.T) {
	o := open(t)
	for _, id := range []string{"c1", "c2", "c3"} {
		o.talk(id, "Name-"+id, bot.StatusWaiting, "hi")
	}
	tag := func(id bot.ConversationID, tags ...string) {
		t.Helper()
		o.change(id, func(c *bot.Change) { c.Conversation.Tags = tags })
	}
	tag("c1", "r&d <b>")
	tag("c2", "r&d <b>")
	b, lead := o.as("agent"), o.as("lead")
	vip := url.Values{"name": {"  Lab   <b>goods</b> "}, "queue": {"waiting"}, "tag": {"r&d <b>"}}
	if status, _ := b.do("POST", "/console/views", vip, "X-Fragment", "1"); status != http.StatusNoContent {
		t.Fatalf("saving: %d", status)
	}
	const name = "Lab &lt;b&gt;goods&lt;/b&gt;"
	link := regexp.MustCompile(`<a data-id="view-([^"]+)" href="/console/\?([^"]+)" data-count="(\d+)" (aria-current="true")? data-key="1"[^>]*>` + name)
	_, body := b.do("GET", "/console/list?queue=all", nil)
	m := link.FindStringSubmatch(body)
	if m == nil || m[3] != "2" || m[4] != "" {
		t.Fatalf("the view is not there, or counts wrong: %q in %s", m, body)
	}
	query := html.UnescapeString(m[2])
	if _, shown := b.do("GET", "/console/list?"+query, nil); !strings.Contains(shown, "Name-c1") || !strings.Contains(shown, "Name-c2") || strings.Contains(shown, "Name-c3") ||
		!strings.Contains(shown, `aria-current="true"`) {
		t.Errorf("the address %q does not show the view: %s", query, shown)
	}
	_, body = b.do("GET", "/console/?queue=all&tag=r%26d+%3Cb%3E&channel=webchat", nil)
	if !strings.Contains(html.UnescapeString(body), `href="/console/c/c1?queue=all&channel=webchat&tag=r%26d+%3Cb%3E"`) {
		t.Error("a row forgets the filters of its list")
	}
	if tag("c2"); true {
		_, body := b.do("GET", "/console/list?queue=all", nil)
		if m := link.FindStringSubmatch(body); m == nil || m[3] != "1" {
			t.Errorf("the count does not follow: %q", m)
		}
	}
	if _, body := lead.do("GET", "/console/list?queue=all", nil); strings.Contains(body, name) {
		t.Error("a colleague sees it")
	}
	for what, c := range map[string]struct {
		form   url.Values
		status int
	}{
		"the same name again": {url.Values{"name": {"lab <B>goods</b>"}, "queue": {"all"}}, http.StatusConflict},
		"no name":             {url.Values{"name": {" "}, "queue": {"all"}}, http.StatusUnprocessableEntity},
		"a name too long":     {url.Values{"name": {strings.Repeat("名", 31)}, "queue": {"all"}}, http.StatusUnprocessableEntity},
		"no such queue":       {url.Values{"name": {"x"}, "queue": {"secret"}}, http.StatusUnprocessableEntity},
		"removing none":       {url.Values{"id": {"nope"}, "queue": {"all"}, "remove": {"1"}}, http.StatusNotFound},
	} {
		if status, body := b.do("POST", "/console/views", c.form, "X-Fragment", "1"); status != c.status || strings.Contains(body, "{") {
			t.Errorf("%s: %d %q, want %d", what, status, body, c.status)
		}
	}
	b.do("POST", "/console/views", url.Values{"id": {m[1]}, "name": {"Lab"}, "queue": {"waiting"}, "tag": {"r&d <b>"}})
	if _, body := b.do("GET", "/console/?"+query, nil); !strings.Contains(body, ">Lab <b>1</b></a>") || !strings.Contains(body, `value="Lab"`) {
		t.Error("it cannot be renamed")
	}
	b.do("POST", "/console/views", url.Values{"id": {m[1]}, "queue": {"waiting"}, "remove": {"1"}})
	if _, body := b.do("GET", "/console/?"+query, nil); strings.Contains(body, "view-") {
		t.Error("it cannot be removed")
	}
}

func TestDispatchCalls(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("agent")
	for _, tc := range []struct {
		path string
		form url.Values
		want string // of the desk; empty: it is not asked
	}{
		{"c/c1/snooze", url.Values{"until": {"2026-11-21T08:30:00Z"}}, "snooze c1 agent 11-21 08:30"},
		{"c/c1/snooze", url.Values{"until": {"2026-11-21T08:30"}}, "snooze c1 agent 11-21 08:30"},
		{"c/c1/snooze", url.Values{"until": {"2026-11-01T08:30"}}, ""},
		{"c/c1/snooze", url.Values{"until": {"tomorrow"}}, ""},
		{"c/c1/transfer", url.Values{"to": {"agent:lead"}}, `transfer c1 agent to agent "lead" team ""`},
		{"c/c1/transfer", url.Values{"to": {"team:returns"}}, `transfer c1 agent to agent "" team "returns"`},
		{"c/c1/transfer", url.Values{"to": {"agent:"}}, ""},
		{"c/c1/transfer", url.Values{"to": {"lead"}}, ""},
		{"c/c1/tags", url.Values{"tags": {"vip，退货, late"}}, `tag c1 agent ["vip" "退货" " late"]`},
		{"me/state", url.Values{"state": {"away"}}, "state agent away"},
		{"me/state", url.Values{"state": {"king"}}, ""},
	} {
		before := len(o.desk.calls)
		status, body := b.do("POST", "/console/"+tc.path, tc.form, "X-Fragment", "1")
		switch {
		case tc.want == "" && (status != http.StatusUnprocessableEntity || len(o.desk.calls) != before):
			t.Errorf("%s %v: %d %s, and the desk was asked %v", tc.path, tc.form, status, body, o.desk.calls[before:])
		case tc.want != "" && (status != http.StatusNoContent || o.desk.calls[len(o.desk.calls)-1] != tc.want):
			t.Errorf("%s %v: %d %s, the desk was asked %v, want %q", tc.path, tc.form, status, body, o.desk.calls[before:], tc.want)
		}
	}
}

func TestCannedRepliesAndSuggestions(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "can I return it?")
	lead, agent := o.as("lead"), o.as("agent")
	form := url.Values{"key": {"/Hello"}, "title": {"Greeting"}, "en": {"Hello {name}, this is {agent} about {order}."}, "zh": {" "}}
	if status, body := lead.do("POST", "/console/canned", form); status != 200 || !strings.Contains(body, "<b>/hello</b>") {
		t.Fatalf("%d %s", status, body)
	}
	if status, body := lead.do("POST", "/console/canned", form); status != http.StatusConflict || !strings.Contains(body, "already uses this shortcut") {
		t.Errorf("the same shortcut again: %d %s", status, body)
	}
	for _, bad := range []url.Values{{"key": {"two words"}, "en": {"x"}}, {"key": {"x"}}, {"key": {""}, "en": {"x"}}} {
		if status, _ := lead.do("POST", "/console/canned", bad); status != http.StatusUnprocessableEntity {
			t.Errorf("%v: %d", bad, status)
		}
	}
	if _, body := agent.do("GET", "/console/c/c1", nil); !strings.Contains(body, `data-text="Hello Ada, this is agent about …."`) {
		t.Error("the conversation does not offer the reply with its variables filled in")
	}
	if _, body := agent.do("GET", "/console/canned", nil); strings.Contains(body, "<form method=\"post\" action=\"/console/canned\"") || !strings.Contains(body, "/hello") {
		t.Error("an agent should see the replies, and not the form")
	}
	_, body := agent.do("GET", "/console/c/c1/suggest", nil)
	if !strings.Contains(body, `data-insert="Within **seven** days &amp; &#34;free&#34;."`) || !strings.Contains(body, "91%") || strings.Contains(body, "<b>") {
		t.Errorf("suggested: %s", body)
	}
	all, err := o.store.Canned(context.Background())
	if err != nil || len(all) != 1 || all[0].UpdatedBy != "lead" {
		t.Fatalf("%+v %v", all, err)
	}
	if status, _ := lead.do("POST", "/console/canned", url.Values{"id": {all[0].ID}, "key": {"hello"}, "remove": {"1"}}); status != 200 {
		t.Errorf("removing: %d", status)
	}
	if all, err = o.store.Canned(context.Background()); err != nil || len(all) != 0 {
		t.Errorf("it is still there: %+v %v", all, err)
	}
	if _, body := lead.do("GET", "/console/audit", nil); !strings.Contains(body, "canned.save") || !strings.Contains(body, "canned.remove") {
		t.Error("the audit log has nothing of it")
	}
}

func TestRulesPage(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	if _, body := b.do("GET", "/console/rules", nil); strings.Count(body, "00:00-24:00") != 7 {
		t.Error("who is always there is not shown as always there")
	}
	form := url.Values{"version": {"0"}, "assign": {"1"}, "capacity": {"4"}, "first": {"10"}, "next": {""}, "resolution": {"480"}, "zone": {"Asia/Shanghai"},
		"day1": {"09:00-12:00, 13:30-18:00"}, "days": {"2026-10-10 09:00-18:00\r\n"}, "away_zh": {"下班啦"}}
	if status, body := b.do("POST", "/console/rules", form); status != 200 || o.desk.calls[0] != "rules lead assign true first 10m0s" {
		t.Fatalf("%d %v %s", status, o.desk.calls, body)
	}
	r := o.desk.rules
	if r.Capacity != 4 || r.NextResponse != 0 || r.Resolution != 8*time.Hour || r.Away[nlp.LangChinese] != "下班啦" || r.Calendar.Week[1] == "" || r.Calendar.Days != "2026-10-10 09:00-18:00" {
		t.Errorf("%+v", r)
	}
	for name, bad := range map[string]string{"day1": "nine to five", "first": "soon", "zone": "Mars", "days": "someday"} {
		wrong := url.Values{}
		for k, v := range form {
			wrong[k] = v
		}
		wrong[name] = []string{bad}
		if status, body := b.do("POST", "/console/rules", wrong); status != http.StatusUnprocessableEntity || name != "first" && !strings.Contains(body, bad) {
			t.Errorf("%s = %q: %d; what was written must be shown again", name, bad, status)
		}
	}
	o.desk.fail = bot.ErrConflict
	if status, body := b.do("POST", "/console/rules", form); status != http.StatusConflict || !strings.Contains(body, "Somebody else") {
		t.Errorf("saved meanwhile: %d", status)
	}
}

func TestStaff(t *testing.T) {
	o := open(t)
	b := o.as("admin")
	status, body := b.do("POST", "/console/staff", url.Values{"name": {"Lin"}, "email": {"lin@shop.example"}, "role": {"agent"}, "team": {"returns"}, "lang_zh": {"1"}, "capacity": {"3"}})
	link := regexp.MustCompile(`/console/login\?once=([0-9a-f]+)`).FindStringSubmatch(body)
	if status != 200 || link == nil {
		t.Fatalf("%d, and no link: %s", status, body)
	}
	if status, _ := o.browser().do("POST", "/console/login", url.Values{"once": {link[1]}}); status != 200 {
		t.Errorf("the link does not sign in: %d", status)
	}
	lin, err := o.store.AgentByEmail(context.Background(), "lin@shop.example")
	if err != nil || lin.Team != "returns" || lin.Capacity != 3 || len(lin.Langs) != 1 || lin.Role != bot.RoleAgent {
		t.Fatalf("%+v %v", lin, err)
	}
	theirs := o.as(string(lin.ID))
	if status, _ := b.do("POST", "/console/staff", url.Values{"id": {string(lin.ID)}, "name": {"Lin"}, "email": {"lin@shop.example"}, "role": {"agent"}, "disabled": {"1"}}); status != 200 {
		t.Errorf("disabling: %d", status)
	}
	if _, body := theirs.do("GET", "/console/", nil); !strings.Contains(body, `name="password"`) {
		t.Error("a disabled agent is still signed in")
	}
	for name, form := range map[string]url.Values{
		"oneself disabled":  {"id": {"admin"}, "name": {"admin"}, "email": {"admin@shop.example"}, "role": {"admin"}, "disabled": {"1"}},
		"oneself as agent":  {"id": {"admin"}, "name": {"admin"}, "email": {"admin@shop.example"}, "role": {"agent"}},
		"an unknown role":   {"name": {"X"}, "email": {"x@shop.example"}, "role": {"king"}},
		"no e-mail address": {"name": {"X"}, "email": {"x"}, "role": {"agent"}},
	} {
		if status, _ := b.do("POST", "/console/staff", form); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := b.do("POST", "/console/staff", url.Values{"name": {"X"}, "email": {"LEAD@shop.example"}, "role": {"agent"}}); status != http.StatusConflict {
		t.Errorf("an address that is taken: %d", status)
	}
}

func TestMergeAndSplit(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusResolved, "hi")
	o.talk("c2", "Ada W.", bot.StatusWaiting, "hello")
	b := o.as("agent")
	if _, body := b.do("GET", "/console/people/p-c1?q=Ada", nil); !strings.Contains(body, `value="p-c2"`) || strings.Contains(body, `value="p-c1"`) {
		t.Error("the other entry is not offered, or her own is")
	}
	if status, body := b.do("POST", "/console/people/p-c1/merge", url.Values{"from": {"p-c2"}}); status != 200 || !strings.Contains(body, "/console/c/c2") {
		t.Errorf("%d %s", status, body)
	}
	if _, err := o.store.Contact(context.Background(), "p-c2"); !errors.Is(err, bot.ErrNotFound) {
		t.Errorf("the other one: %v", err)
	}
	if status, _ := b.do("POST", "/console/people/p-c1/split", url.Values{"inbox": {"web"}, "source": {"nobody"}}, "X-Fragment", "1"); status != http.StatusNotFound {
		t.Errorf("splitting what is not there: %d", status)
	}
}

// TestStaffReadTheirLanguage: summaries and entries are read in the reader's language, whatever the customer's and the shop's.
func TestStaffReadTheirLanguage(t *testing.T) {
	o := open(t)
	o.talk("c1", "Wang", bot.StatusWaiting, "你好")
	o.change("c1", func(c *bot.Change) {
		c.Conversation.WaitingSince = o.now
		c.Conversation.Handoff = &bot.Handoff{Reason: bot.ReasonSentiment, At: o.now, Summary: "转接原因：客户情绪很差",
			Words: bot.InWords{"zh": "转接原因：客户情绪很差", "en": "Handed over because: the customer is very unhappy"}}
		seq := c.Conversation.LastSeq + 1
		c.Conversation.LastSeq = seq
		c.Messages = append(c.Messages, bot.Message{ID: "c1-2", Conversation: "c1", Seq: seq, Inbox: c.Conversation.Inbox, Thread: c.Conversation.Thread,
			Direction: bot.Activity, Author: bot.BySystem, Text: "林接手了会话", Words: bot.InWords{"zh": "林接手了会话", "en": "Lin took over"}, At: o.now})
	})
	b := o.as("admin")
	for lang, want := range map[string][2]string{"en": {"Handed over because: the customer is very unhappy", "Lin took over"}, "zh": {"转接原因：客户情绪很差", "林接手了会话"}} {
		if _, body := b.do("GET", "/console/c/c1", nil, "Accept-Language", lang); !strings.Contains(body, want[0]) || !strings.Contains(body, want[1]) {
			t.Errorf("%s: no %q in %s", lang, want, body)
		}
	}
}

// hostile are texts that try to become markup, in every place where a page may put them.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)`, `</title><svg onload=alert(1)>`,
	`{{.Me.PasswordHash}}`, `</textarea><script>alert(1)</script>`, "\u202e<a href=//evil.example>x</a>", `<style>*{display:none}</style>`, `&lt;script&gt;alert(1)&lt;/script&gt;`,
}

func TestHostileTextInEveryField(t *testing.T) {
	active := regexp.MustCompile(`(?i)<script>|<img|<svg on|onerror=alert\(1\)>|<style>|<a href=//evil|href="javascript:|argon2id|' onmouseover='alert`)
	for _, evil := range hostile {
		o := open(t)
		o.talk("c1", evil, bot.StatusWaiting, evil, evil)
		c, err := o.store.Conversation(context.Background(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		c.Tags, c.Team, c.Preview = []string{evil}, bot.TeamID(evil), evil
		c.WaitingSince, c.Handoff = o.now, &bot.Handoff{Reason: bot.ReasonAsked, Summary: evil, At: o.now}
		contact := bot.Contact{ID: c.Contact, Name: evil, Email: evil, Phone: evil, Attrs: map[string]string{evil: evil}}
		change := bot.Change{Conversation: c, Contact: &contact, Address: &bot.ContactInbox{Inbox: "web", SourceID: evil, Contact: c.Contact}}
		canned := bot.Canned{ID: "1", Key: "x", Title: evil, Text: map[nlp.Lang]string{"en": evil, "zh": evil}}
		staff := bot.Agent{ID: "evil", Email: "evil@shop.example", Name: evil, Role: bot.RoleAgent, Team: bot.TeamID(evil)}
		o.desk.rules = bot.DeskRules{FirstResponse: time.Hour, Away: map[nlp.Lang]string{"en": evil}, Calendar: &bot.Calendar{Zone: evil, Days: evil, Week: [7]string{evil}}}
		err = errors.Join(o.store.Save(context.Background(), change), o.store.SaveCanned(context.Background(), canned, bot.Event{At: o.now, Actor: evil, Object: evil, Detail: evil}),
			o.store.SaveAgent(context.Background(), staff, bot.Event{}),
			o.store.SaveMacro(context.Background(), bot.Macro{ID: "1", Name: evil, Note: canned.Text, Reply: canned.Text, Tag: []string{evil}, End: bot.EndTransfer, To: bot.To{Team: bot.TeamID(evil)}}, bot.Event{}))
		if err != nil {
			t.Fatal(err)
		}
		b := o.as("admin")
		q := url.QueryEscape(evil)
		for _, path := range []string{"", "list?queue=all&tag=" + q + "&team=" + q, "c/c1", "c/c1/state", "c/c1/messages", "c/c1/suggest", "search?q=" + q, "search?q=script", "people/p-c1?q=" + q,
			"board", "board/live", "rules", "canned?edit=1", "macros?edit=1", "c/c1/macros", "staff?edit=evil", "audit?actor=" + q, "audit", "?queue=" + q + "&channel=" + q} {
			status, body := b.do("GET", "/console/"+path, nil)
			if m := active.FindString(strings.ReplaceAll(body, `<script type="module"`, "")); m != "" || status >= 500 {
				t.Errorf("%q on %s: %d, the page has %q in it", evil, path, status, m)
			}
		}
	}
}

func TestEverythingIsServedFromHere(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("admin")
	outside := regexp.MustCompile(`(?:src|href|action)="(?:https?:)?//`)
	for _, path := range []string{"", "c/c1", "search", "board", "rules", "canned", "macros", "staff", "audit"} {
		if _, body := b.do("GET", "/console/"+path, nil); outside.MatchString(body) || strings.Contains(body, " style=") || strings.Contains(body, "<script>") || strings.Contains(body, " onclick=") {
			t.Errorf("%s loads something from elsewhere, or has style or script inside", path)
		}
	}
}

// TestSnoozesDiffer: two choices never mean the same time.
func TestSnoozesDiffer(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hello")
	for day, want := range map[int]int{20: 4, 22: 3} { // a Friday and a Sunday
		o.now = time.Date(2026, 11, day, 9, 0, 0, 0, time.UTC)
		_, page := o.as("agent").do("GET", "/console/c/c1", nil)
		if got := strings.Count(page, `data-body="until=2026-`); got != want {
			t.Errorf("on November %d there are %d choices, want %d", day, got, want)
		}
	}
}
