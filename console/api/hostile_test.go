package api_test

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

func TestHostileRequests(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusWaiting, "hello")
	key := s.key("editor", bot.ScopeWrite)
	const reply = "/conversations/c1/replies"
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
		code, where        string
	}{
		"no JSON":           {"POST", reply, `text=hello`, nil, 400, "json", "body"},
		"half a JSON":       {"POST", reply, `{"text":"hel`, nil, 400, "json", "body"},
		"two objects":       {"POST", reply, `{"text":"a"}{"text":"b"}`, nil, 400, "json", "body"},
		"null":              {"POST", reply, `null`, nil, 400, "json", "body"},
		"an array":          {"POST", reply, `["hello"]`, nil, 400, "type", "body"},
		"not UTF-8":         {"POST", reply, "{\"text\":\"\xff\"}", nil, 400, "json", "body"},
		"unknown field":     {"POST", reply, `{"text":"a","private":true}`, nil, 400, "unknown_field", "body.private"},
		"wrong type":        {"POST", reply, `{"text":7}`, nil, 400, "type", "body.text"},
		"deep":              {"POST", reply, `{"text":` + strings.Repeat("[", 20000) + `}`, nil, 400, "json", "body"},
		"1 MB":              {"POST", reply, `{"text":"` + strings.Repeat("a", 1<<20) + `"}`, nil, 413, "large", "body"},
		"no body":           {"POST", reply, ``, []string{"Content-Type", "application/json"}, 400, "json", "body"},
		"a form":            {"POST", reply, `text=hello`, []string{"Content-Type", "application/x-www-form-urlencoded"}, 415, "content_type", "Content-Type"},
		"content type":      {"POST", reply, `{"text":"a"}`, []string{"Content-Type", ";;"}, 415, "content_type", "Content-Type"},
		"wrong method":      {"DELETE", reply, ``, nil, 405, "method", "DELETE"},
		"bad cursor":        {"GET", "/conversations?cursor=!!", ``, nil, 400, "parameter", "query.cursor"},
		"cursor of nothing": {"GET", "/conversations?cursor=", ``, nil, 400, "parameter", "query.cursor"},
		"negative limit":    {"GET", "/conversations?limit=-1", ``, nil, 400, "parameter", "query.limit"},
		"status":            {"GET", "/conversations?status=open", ``, nil, 400, "parameter", "query.status"},
		"twice":             {"GET", "/conversations?agent=a&agent=b", ``, nil, 400, "repeated", "query.agent"},
		"unknown parameter": {"GET", "/conversations?q=1", ``, nil, 400, "unknown_parameter", "query.q"},
		"bad escape":        {"GET", "/conversations?agent=%zz", ``, nil, 400, "query", "query"},
		"NUL":               {"GET", "/conversations?agent=%00", ``, nil, 400, "parameter", "query.agent"},
		"no conversation":   {"GET", "/conversations/nobody", ``, nil, 404, "not_found", "path"},
		"no messages":       {"GET", "/conversations/nobody/messages", ``, nil, 404, "not_found", "path"},
		"reply to nobody":   {"POST", "/conversations/nobody/replies", `{"text":"a"}`, nil, 404, "not_found", "path"},
	} {
		a := s.call(key, c.method, "/api/v1"+c.path, c.body, c.headers...)
		if p := a.problem(t); p.Status != c.status || p.Code != c.code || p.Where != c.where || p.Advice == "" {
			t.Errorf("%s: %+v", name, p)
		}
	}
	if got := s.outbox.texts("t-c1"); got != nil {
		t.Errorf("the customer was sent %q", got)
	}
}

// TestKeys holds who is let in.
func TestKeys(t *testing.T) {
	s := open(t)
	good := s.key("agent", bot.ScopeRead)
	who := func(key string) answer { return s.call(key, "GET", "/api/v1/whoami", "") }
	if a := who(good); a.status != 200 || !strings.Contains(a.body, `"scope":"read"`) || strings.Contains(a.body, strings.Split(good, "_")[2]) {
		t.Fatalf("%d %s", a.status, a.body)
	}
	if token, err := s.store.Token(t.Context(), strings.Split(good, "_")[1]); err != nil || !token.SeenAt.Equal(s.now) || strings.Contains(fmt.Sprint(token), strings.Split(good, "_")[2]) {
		t.Errorf("stored: %+v, %v", token, err)
	}
	expired, token, err := s.keys.Make(t.Context(), bot.Token{Name: "short", Agent: "agent", Scope: bot.ScopeRead, ExpiresAt: s.now.Add(time.Hour)}, "admin")
	s.ok(err)
	revoked := s.key("agent", bot.ScopeRead)
	s.ok(s.store.DeleteToken(t.Context(), strings.Split(revoked, "_")[1], bot.Event{}))
	gone := s.key("lead", bot.ScopeRead)
	s.ok(s.store.SaveAgent(t.Context(), bot.Agent{ID: "lead", Email: "lead@shop.example", Role: bot.RoleLead, Disabled: true}, bot.Event{}))
	if a := who(expired); a.status != 200 {
		t.Errorf("before it expires: %d", a.status)
	}
	s.now = token.ExpiresAt
	for name, key := range map[string]string{"none": "", "nonsense": "x", "no secret": good[:20], "other secret": good[:len(good)-1] + "!", "no prefix": good[7:],
		"expired": expired, "revoked": revoked, "of a disabled agent": gone} {
		if a := who(key); a.status != 401 || a.header.Get("WWW-Authenticate") == "" || a.problem(t).Code != "token" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	if a := s.call("", "GET", "/api/v1/whoami", "", "Cookie", "huiyin="+good, "Authorization", "Basic "+good); a.status != 401 {
		t.Errorf("another scheme: %d", a.status)
	}
	for _, h := range []string{"Access-Control-Allow-Origin", "Access-Control-Allow-Methods"} {
		if a := s.call(good, "GET", "/api/v1/whoami", "", "Origin", "https://evil.example"); a.header.Get(h) != "" {
			t.Errorf("CORS: %v", a.header)
		}
	}
}

func TestThrottle(t *testing.T) {
	s := open(t)
	good, other := s.key("agent", bot.ScopeRead), s.key("agent", bot.ScopeRead)
	status := func(key string) int { return s.call(key, "GET", "/api/v1/whoami", "").status }
	for i := range 10 {
		if got := status(good[:len(good)-1] + "!"); got != 401 {
			t.Fatalf("wrong key %d: %d", i, got)
		}
	}
	if a := s.call(good, "GET", "/api/v1/whoami", ""); a.status != 429 || a.header.Get("Retry-After") == "" {
		t.Errorf("after ten wrong ones: %d", a.status)
	}
	if got := status(other); got != 200 {
		t.Errorf("another token from the same address: %d", got)
	}
	s.now = s.now.Add(61 * time.Second)
	if got := status(good); got != 200 {
		t.Errorf("a minute later: %d", got)
	}
}

var pathNames = regexp.MustCompile(`\{\w+\}`)

// TestRolesAndScopes makes every call that the document has with every kind of token. An operation without a rule fails.
func TestRolesAndScopes(t *testing.T) {
	type need struct {
		role  bot.Role
		scope bot.Scope
	}
	needs := map[string]need{
		"health": {}, "document": {},
		"findContacts":      {bot.RoleAgent, bot.ScopeRead},
		"getContact":        {bot.RoleAgent, bot.ScopeRead},
		"listArticles":      {bot.RoleAgent, bot.ScopeRead},
		"getArticle":        {bot.RoleAgent, bot.ScopeRead},
		"exportFacts":       {bot.RoleLead, bot.ScopeRead},
		"whoami":            {bot.RoleAgent, bot.ScopeRead},
		"listConversations": {bot.RoleAgent, bot.ScopeRead},
		"getConversation":   {bot.RoleAgent, bot.ScopeRead},
		"listMessages":      {bot.RoleAgent, bot.ScopeRead},
		"reply":             {bot.RoleAgent, bot.ScopeWrite},
		"note":              {bot.RoleAgent, bot.ScopeWrite},
		"claim":             {bot.RoleAgent, bot.ScopeWrite},
		"transfer":          {bot.RoleAgent, bot.ScopeWrite},
		"resolve":           {bot.RoleAgent, bot.ScopeWrite},
		"returnToBot":       {bot.RoleAgent, bot.ScopeWrite},
		"setTags":           {bot.RoleAgent, bot.ScopeWrite},
		"uploadFile":        {bot.RoleAgent, bot.ScopeWrite},
		"downloadFile":      {bot.RoleAgent, bot.ScopeRead},
		"setAttribute":      {bot.RoleAgent, bot.ScopeWrite},
		"removeAttribute":   {bot.RoleAgent, bot.ScopeWrite},
		"setContactTags":    {bot.RoleAgent, bot.ScopeWrite},
		"setTier":           {bot.RoleAgent, bot.ScopeWrite},
		"getDraft":          {bot.RoleEditor, bot.ScopeRead},
		"saveDraft":         {bot.RoleEditor, bot.ScopeWrite},
		"submitDraft":       {bot.RoleEditor, bot.ScopeWrite},
		"publishDraft":      {bot.RoleEditor, bot.ScopePublish},
	}
	wide := map[bot.Scope]int{bot.ScopeRead: 1, bot.ScopeWrite: 2, bot.ScopePublish: 3}
	rank := map[bot.Role]int{bot.RoleAgent: 1, bot.RoleLead: 2, bot.RoleEditor: 3, bot.RoleAdmin: 4}
	s := open(t)
	d, _ := s.document()
	for path, methods := range d.Paths {
		for method, op := range methods {
			n, ruled := needs[op.OperationID]
			if !ruled {
				t.Errorf("%s: no rule says who may", op.OperationID)
			}
			delete(needs, op.OperationID)
			for role := range rank {
				for _, scope := range []bot.Scope{bot.ScopeRead, bot.ScopeWrite, bot.ScopePublish} {
					a := s.call(s.key(bot.AgentID(role), scope), strings.ToUpper(method), pathNames.ReplaceAllString(path, "nobody"), "")
					may := rank[role] >= rank[n.role] && (n.scope == "" || wide[scope] >= wide[n.scope])
					if may == (a.status == http.StatusForbidden) || a.status == http.StatusUnauthorized {
						t.Errorf("%s as %s with %s: %d", op.OperationID, role, scope, a.status)
					}
				}
			}
		}
	}
	for id := range needs {
		t.Errorf("%s: a rule for an operation that is not there", id)
	}
}

func TestHealth(t *testing.T) {
	s := open(t)
	s.broken = errors.New("disk full at /secret/place")
	if a := s.call("", "GET", "/api/v1/health", ""); a.problem(t).Status != 503 || strings.Contains(a.body, "secret") {
		t.Errorf("%d %s", a.status, a.body)
	}
}

// TestInternalErrors shows that what went wrong inside is not told outside.
func TestInternalErrors(t *testing.T) {
	s := open(t)
	key := s.key("agent", bot.ScopeRead)
	s.ok(s.store.Close())
	a := s.call(key, "GET", "/api/v1/conversations", "")
	if p := a.problem(t); p.Status != 500 || p.Code != "internal" || strings.Contains(a.body, "closed") {
		t.Errorf("%d %s", a.status, a.body)
	}
}
