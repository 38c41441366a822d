package api_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/console/api"
	"huiyin/kb"
	"huiyin/nlp"
)

// draft is the body of saveDraft.
func draft(revision int, title, body string, golden ...string) string {
	raw, err := json.Marshal(api.Draft{Revision: revision, Lang: "en", Title: title, Body: body, Golden: golden})
	if err != nil {
		panic(err)
	}
	return string(raw)
}

// TestDrafts takes an article from the first draft to customers, and a change of it.
func TestDrafts(t *testing.T) {
	s := open(t)
	write, publish := s.key("editor", bot.ScopeWrite), s.key("editor", bot.ScopePublish)
	step := func(key, method, path, body string, status int) (got api.Article) {
		t.Helper()
		a := s.call(key, method, "/api/v1/articles/"+path, body)
		if a.status != status {
			t.Fatalf("%s %s: %d %s", method, path, a.status, a.body)
		}
		if status == 200 {
			s.ok(json.Unmarshal([]byte(a.body), &got))
		}
		return got
	}
	step(write, "GET", "wrap.en/draft", "", 404)
	step(write, "POST", "wrap.en/submit", `{"revision":0}`, 404)
	made := step(write, "PUT", "wrap.en/draft", draft(0, "Do you wrap gifts", "Yes, gladly."), 200)
	if made.Status != kb.Draft || made.Live || made.Revision != 1 || made.Root != "wrap" || made.UpdatedBy != "Editor" {
		t.Fatalf("%+v", made)
	}
	if again := step(write, "PUT", "wrap.en/draft", draft(0, "Do you wrap gifts", "Yes, gladly."), 200); again.Revision != 1 {
		t.Errorf("the same again: %+v", again)
	}
	step(write, "PUT", "wrap.en/draft", draft(0, "Do you wrap gifts", "No."), 409) // a newer revision was not read
	step(write, "PUT", "wrap.en/draft", draft(1, "", "No."), 422)
	if p := s.call(write, "PUT", "/api/v1/articles/a%2Fb/draft", draft(0, "A", "B")).problem(t); p.Status != 422 || p.Code != "article" {
		t.Errorf("an id that is no name: %+v", p)
	}
	if got := step(write, "POST", "wrap.en/submit", `{"revision":1,"note":"please"}`, 200); got.Status != kb.Review || got.Revision != 2 {
		t.Errorf("submitted: %+v", got)
	}
	if got := step(write, "POST", "wrap.en/submit", `{"revision":2,"note":"please"}`, 200); got.Revision != 2 {
		t.Errorf("submitted twice: %+v", got)
	}
	step(write, "POST", "wrap.en/publish", `{"revision":2}`, 403)
	if got := step(publish, "POST", "wrap.en/publish", `{"revision":2}`, 200); !got.Live || got.Status != kb.Published {
		t.Errorf("published: %+v", got)
	}
	step(publish, "POST", "wrap.en/publish", `{"revision":3}`, 409) // there is nothing to publish
	step(write, "POST", "wrap.en/submit", `{"revision":3}`, 409)

	change := step(write, "PUT", "wrap.en/draft", draft(3, "Do you wrap gifts", "Yes, for 2 euros."), 200)
	if change.Body != "Yes, for 2 euros." || change.Status != kb.Draft || !change.Live || !change.Pending {
		t.Errorf("a change: %+v", change)
	}
	if got := step(write, "GET", "wrap.en", "", 200); got.Body != "Yes, gladly." || !got.Pending {
		t.Errorf("customers get %+v", got)
	}
	if got := step(s.key("editor", bot.ScopeRead), "GET", "wrap.en/draft", "", 200); got.Body != "Yes, for 2 euros." {
		t.Errorf("the draft: %+v", got)
	}
	log := map[string]int{}
	events, err := s.store.Audit(t.Context(), 200)
	s.ok(err)
	for _, e := range events {
		log[e.Actor+" "+e.Action+" "+e.Object]++
	}
	if log["editor api.saveDraft wrap.en"] != 2 || log["editor api.submitDraft wrap.en"] != 1 || log["editor api.publishDraft wrap.en"] != 1 {
		t.Errorf("the audit log: %v", log)
	}
}

// TestGoldenGate: a program does not publish past golden questions, whatever its scope, unless it gives a reason, which is kept.
func TestGoldenGate(t *testing.T) {
	s := open(t)
	write, publish := s.key("editor", bot.ScopeWrite), s.key("editor", bot.ScopePublish)
	at := "/api/v1/articles/wrap.en"
	revision := func(a answer) int {
		t.Helper()
		var got api.Article
		if a.status != 200 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.ok(json.Unmarshal([]byte(a.body), &got))
		return got.Revision
	}
	n := revision(s.call(write, "PUT", at+"/draft", draft(0, "Do you wrap gifts", "Yes, gladly.", "can you wrap gifts")))
	n = revision(s.call(publish, "POST", at+"/publish", fmt.Sprintf(`{"revision":%d}`, n)))
	n = revision(s.call(write, "PUT", at+"/draft", draft(n, "Invoices", "By e-mail.")))
	body := fmt.Sprintf(`{"revision":%d`, n)
	if p := s.call(publish, "POST", at+"/publish", body+"}").problem(t); p.Status != 409 || p.Code != "golden" || !strings.Contains(p.Title, "can you wrap gifts") {
		t.Errorf("past a golden question: %+v", p)
	}
	if p := s.call(write, "POST", at+"/publish", body+`,"force":"we stop wrapping"}`).problem(t); p.Status != 403 {
		t.Errorf("by force without the scope: %+v", p)
	}
	if k, err := s.store.Article(t.Context(), "wrap.en"); err != nil || k.Body != "Yes, gladly." {
		t.Errorf("customers get %+v, %v", k, err)
	}
	revision(s.call(publish, "POST", at+"/publish", body+`,"force":"we stop wrapping"}`))
	k, err := s.store.Article(t.Context(), "wrap.en")
	events, errAudit := s.store.Audit(t.Context(), 1)
	if err != nil || errAudit != nil || !k.Forced || k.Note != "we stop wrapping" || events[0].Action != "api.publishDraft.forced" {
		t.Errorf("by force: %+v, %v, %+v, %v", k, err, events, errAudit)
	}
}

// TestTagsLeadToATier tags a customer who waits, and her conversation, by the API.
func TestTagsLeadToATier(t *testing.T) {
	s := open(t)
	s.tiers()
	s.talk("c1", "Lin", bot.StatusWaiting, "a person please")
	key := s.key("agent", bot.ScopeWrite)
	for _, step := range []struct{ path, body, contact, conversation string }{
		{"/contacts/p-c1/tags", `{"tags":["late","VIP"]}`, "gold", "gold"}, {"/contacts/p-c1/tags", `{"tags":["late"]}`, "", ""},
		{"/conversations/c1/tags", `{"tags":["VIP"]}`, "", "gold"}, {"/conversations/c1/tags", `{"tags":[]}`, "", ""},
	} {
		if a := s.call(key, "PUT", "/api/v1"+step.path, step.body); a.status != 200 {
			t.Fatalf("%s: %d %s", step.path, a.status, a.body)
		}
		var contact api.Contact
		s.ok(json.Unmarshal([]byte(s.call(key, "GET", "/api/v1/contacts/p-c1", "").body), &contact))
		var conv api.Conversation
		s.ok(json.Unmarshal([]byte(s.call(key, "GET", "/api/v1/conversations/c1", "").body), &conv))
		if contact.Tier != step.contact || conv.Tier != step.conversation {
			t.Errorf("%s %s: she is in %q, the conversation in %q", step.path, step.body, contact.Tier, conv.Tier)
		}
	}
}

// tiers puts rules with a tier in force.
func (s *shop) tiers() {
	s.t.Helper()
	s.ok(s.bot.SaveRules(s.t.Context(), bot.Agent{ID: "lead", Role: bot.RoleLead}, bot.DeskRules{Tiers: []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"en": "Gold"}, Tags: []string{"vip"}}}}))
}

// TestSetTier puts a customer who waits into a tier, and out of it.
func TestSetTier(t *testing.T) {
	s := open(t)
	s.tiers()
	s.talk("c1", "Lin", bot.StatusWaiting, "a person please")
	const at = "/api/v1/contacts/p-c1/tier"
	key := s.key("agent", bot.ScopeWrite)
	for _, tier := range []string{"gold", ""} {
		a := s.call(key, "PUT", at, `{"tier":"`+strings.ToUpper(tier)+`"}`)
		var got api.Contact
		s.ok(json.Unmarshal([]byte(a.body), &got))
		c, err := s.store.Conversation(t.Context(), "c1")
		s.ok(err)
		events, err := s.store.Audit(t.Context(), 1)
		s.ok(err)
		if a.status != 200 || got.Tier != tier || c.Tier != tier || events[0].Action != "api.setTier" || events[0].Actor != "agent" {
			t.Errorf("%q: %d %s, the conversation has %q, the log %+v", tier, a.status, a.body, c.Tier, events[0])
		}
	}
	if p := s.call(key, "PUT", at, `{"tier":"platinum"}`).problem(t); p.Status != 422 || p.Code != "tier" {
		t.Errorf("a tier that there is not: %+v", p)
	}
	if p := s.call(key, "PUT", "/api/v1/contacts/nobody/tier", `{"tier":"gold"}`).problem(t); p.Status != 404 {
		t.Errorf("nobody: %+v", p)
	}
	if p := s.call(s.key("agent", bot.ScopeRead), "PUT", at, `{"tier":"gold"}`).problem(t); p.Status != 403 {
		t.Errorf("with a token that may only read: %+v", p)
	}
}

// TestNoted sets, reads and removes what programs note about a contact.
func TestNoted(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusBot, "hello")
	key := s.key("agent", bot.ScopeWrite)
	at := "/api/v1/contacts/p-c1"
	contact := func(method, path, body string) (c api.Contact) {
		t.Helper()
		a := s.call(key, method, at+path, body)
		if a.status != 200 {
			t.Fatalf("%s: %d %s", path, a.status, a.body)
		}
		s.ok(json.Unmarshal([]byte(a.body), &c))
		return c
	}
	contact("PUT", "/attributes/tier", `{"value":" gold "}`)
	contact("PUT", "/attributes/%E4%BC%9A%E5%91%98%2F%E5%8F%B7", `{"value":"88"}`) // 会员/号
	contact("PUT", "/tags", `{"tags":["VIP","wholesale"]}`)
	if c := contact("GET", "", ""); c.Attrs["tier"] != "gold" || c.Attrs["会员/号"] != "88" || strings.Join(c.Tags, ",") != "vip,wholesale" {
		t.Errorf("%+v", c)
	}
	contact("DELETE", "/attributes/tier", "")
	contact("DELETE", "/attributes/tier", "")
	if c := contact("PUT", "/tags", `{"tags":[]}`); c.Attrs["tier"] != "" || len(c.Attrs) != 1 || c.Tags != nil {
		t.Errorf("%+v", c)
	}
	for path, body := range map[string]string{"/attributes/tier": `{"value":" "}`, "/attributes/" + strings.Repeat("x", 65): `{"value":"1"}`, "/attributes/a%00b": `{"value":"1"}`, "/tags": `{"tags":[""]}`} {
		if p := s.call(key, "PUT", at+path, body).problem(t); p.Status != 422 || p.Code != "noted" {
			t.Errorf("%s: %+v", path, p)
		}
	}
	if p := s.call(key, "PUT", "/api/v1/contacts/nobody/tags", `{"tags":[]}`).problem(t); p.Status != 404 {
		t.Errorf("nobody: %+v", p)
	}
	events, err := s.store.Audit(t.Context(), 50)
	s.ok(err)
	noted := 0
	for _, e := range events {
		if strings.Contains(e.Detail, "gold") {
			t.Errorf("a value stands in the audit log: %+v", e)
		}
		if e.Object == "p-c1" && strings.HasPrefix(e.Action, "api.") && strings.Contains(e.Detail, "token ") {
			noted++
		}
	}
	if noted != 6 {
		t.Errorf("%d entries in the audit log", noted)
	}
}
