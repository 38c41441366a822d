package webchat_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/webchat"
	"huiyin/internal/identity"
	"huiyin/internal/secret"
)

const (
	shopSecret = "3f1c9a7e5b2d8064f0e1d2c3b4a59687"
	oldSecret  = "a0b1c2d3e4f5061728394a5b6c7d8e9f"
)

// signed is what the shop's server makes for a customer.
func (s *site) signed(account string, change ...func(*identity.Claims)) string {
	s.t.Helper()
	c := identity.Claims{Account: account, Issued: s.now, Expires: s.now.Add(time.Hour)}
	for _, f := range change {
		f(&c)
	}
	made, err := identity.Sign(shopSecret, "web", c)
	if err != nil {
		s.t.Fatal(err)
	}
	return made
}

func knowing(t *testing.T) *site {
	t.Helper()
	return open(t, `{"identity_secret":"`+shopSecret+`","identity_old_secret":"`+oldSecret+`"}`)
}

// identify begins a page for a person.
func (s *site) identify(token, visitor string) (status int, thread, in, begun, code string) {
	s.t.Helper()
	resp, body := s.call("POST", "/api/identify", token, `{"visitor":"`+visitor+`"}`)
	var got struct{ Thread, In, Begun, Code string }
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		s.t.Fatalf("%v: %s", err, body)
	}
	return resp.StatusCode, got.Thread, got.In, got.Begun, got.Code
}

func TestAPersonWrites(t *testing.T) {
	s := knowing(t)
	token := s.signed("42", func(c *identity.Claims) {
		c.Name, c.Email, c.Phone = "Ada <b>", "Ada@shop.example", "+86 138 1234 5678"
	})
	if resp, body := s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi","name":"Somebody else","lang":"en"}`); resp.StatusCode != http.StatusAccepted {
		t.Fatalf("%d %s", resp.StatusCode, body)
	}
	e := s.events()[0]
	want := bot.Person{SourceID: "user:42", Account: "42", Name: "Ada <b>", Email: "Ada@shop.example", Phone: "+86 138 1234 5678", Lang: "en"}
	if fmt.Sprint(e.From) != fmt.Sprint(want) {
		t.Errorf("from %+v", e.From)
	}
	_, thread, in, _, _ := s.identify(token, "")
	if e.Thread != thread || in != thread || e.SourceID != thread+":client-0001" {
		t.Errorf("%+v in %q, %q", e, thread, in)
	}
	t.Run("on another device, with another token, in the same thread", func(t *testing.T) {
		s.now = s.now.Add(time.Minute)
		if _, again, _, _, _ := s.identify(s.signed("42"), ""); again != thread {
			t.Errorf("%q, then %q", thread, again)
		}
		if _, other, _, _, _ := s.identify(s.signed("43"), ""); other == thread {
			t.Error("somebody else has the same thread")
		}
	})
	t.Run("an address that is none is left out", func(t *testing.T) {
		s.call("POST", "/api/messages", s.signed("44", func(c *identity.Claims) { c.Email, c.Phone = "Ada <ada@shop.example>", "unknown" }), `{"id":"client-0002","text":"hi"}`)
		all := s.events()
		if from := all[len(all)-1].From; from.Account != "44" || from.Email != "" || from.Phone != "" {
			t.Errorf("%+v", from)
		}
		if log := s.logged(); !strings.Contains(log, "claim=email") || strings.Contains(log, "ada@") {
			t.Errorf("the log says:\n%s", log)
		}
	})
}

// TestRefusedTokens: nothing is shown, nothing is taken, and the log says why without telling who.
func TestRefusedTokens(t *testing.T) {
	s := knowing(t)
	sign := func(key secret.Secret, audience string, c identity.Claims) string {
		made, err := identity.Sign(key, audience, c)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	hour := identity.Claims{Account: "private-42", Email: "ada@shop.example", Expires: s.now.Add(time.Hour)}
	past := hour
	past.Expires = s.now.Add(-time.Hour)
	for _, tc := range []struct{ name, token, code, log string }{
		{"forged", sign("somebody else's secret, long enough 123", "web", hour), "identity", "another secret"},
		{"expired", sign(shopSecret, "web", past), "expired", "has expired"},
		{"another inbox", sign(shopSecret, "shop2", hour), "identity", "another inbox"},
		{"huge", sign(shopSecret, "web", identity.Claims{Account: "private-42", Name: strings.Repeat("x", 5000), Expires: s.now.Add(time.Hour)}), "identity", "more than 4096 bytes"},
		{"no token", "a.b.c", "identity", "compact JWS"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			for _, path := range []string{"GET /api/history", "GET /api/stream", "POST /api/messages", "POST /api/files", "POST /api/identify"} {
				method, path, _ := strings.Cut(path, " ")
				resp, body := s.call(method, path, tc.token, `{"id":"client-0001","text":"hi"}`)
				if resp.StatusCode != http.StatusUnauthorized || !strings.Contains(body, `"code":"`+tc.code+`"`) {
					t.Errorf("%s %s: %d %s", method, path, resp.StatusCode, body)
				}
			}
			if log := s.logged(); !strings.Contains(log, tc.log) || strings.Contains(log, "private-42") || strings.Contains(log, "ada@") || strings.Contains(log, tc.token) {
				t.Errorf("the log says:\n%s", log)
			}
		})
	}
	if n := len(s.events()); n > 0 {
		t.Errorf("%d messages were taken", n)
	}
	t.Run("the log is not flooded", func(t *testing.T) {
		for range 100 {
			s.call("GET", "/api/history", "a.b.c", "")
		}
		if n := strings.Count(s.logged(), "compact JWS"); n > 3 {
			t.Errorf("%d lines", n)
		}
	})
	t.Run("an inbox without a secret", func(t *testing.T) {
		s := open(t, `{}`)
		if status, _, _, _, code := s.identify(s.signed("42"), ""); status != http.StatusUnauthorized || code != "identity" || !strings.Contains(s.logged(), "no identity_secret") {
			t.Errorf("%d %s\n%s", status, code, s.logged())
		}
	})
}

// TestRotation takes what the secret of before has signed, while it is configured.
func TestRotation(t *testing.T) {
	s := knowing(t)
	made, err := identity.Sign(oldSecret, "web", identity.Claims{Account: "42", Expires: s.now.Add(time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	if status, _, _, _, _ := s.identify(made, ""); status != http.StatusOK {
		t.Errorf("with both: %d", status)
	}
	s = open(t, `{"identity_secret":"`+shopSecret+`"}`)
	if status, _, _, _, _ := s.identify(made, ""); status != http.StatusUnauthorized {
		t.Errorf("with the new one only: %d", status)
	}
}

// TestSigningIn: what a visitor has begun becomes a person's, on all her pages, and is closed to what lies in the browser.
func TestSigningIn(t *testing.T) {
	s := knowing(t)
	s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"before"}`)
	begunIn := s.events()[0].Thread
	own := "" // what she wrote on another device
	s.call("POST", "/api/messages", s.signed("42"), `{"id":"client-0002","text":"elsewhere"}`)
	own = s.events()[1].Thread
	at := func(minutes int) time.Time { return s.now.Add(time.Duration(minutes) * time.Minute) }
	s.mu.Lock()
	s.owner[own] = "42"
	s.history[begunIn] = []bot.Message{
		{ID: "b-1", Conversation: bot.ConversationID(begunIn), Thread: begunIn, Seq: 1, Direction: bot.Incoming, Text: "before", At: at(1)},
		{ID: "b-2", Conversation: bot.ConversationID(begunIn), Thread: begunIn, Seq: 2, Direction: bot.Outgoing, Author: bot.ByBot, Text: "after that", Delivery: bot.Sent, At: at(4)},
	}
	s.history[own] = []bot.Message{
		{ID: "o-1", Conversation: bot.ConversationID(own), Thread: own, Seq: 1, Direction: bot.Incoming, Text: "elsewhere", At: at(2)},
		{ID: "o-2", Conversation: bot.ConversationID(own), Thread: own, Seq: 2, Direction: bot.Outgoing, Author: bot.ByBot, Text: "between", Delivery: bot.Sent, At: at(3)},
	}
	s.mu.Unlock()
	visitors, leaveVisitor := s.listen(token)
	defer leaveVisitor()
	persons, leavePerson := s.listen(s.signed("42"))
	defer leavePerson()

	status, thread, in, begun, _ := s.identify(s.signed("42"), token)
	if status != http.StatusOK || thread != own || in != begunIn || begun != begunIn {
		t.Fatalf("%d %q %q %q", status, thread, in, begun)
	}
	for name, lines := range map[string]interface{ Scan() bool }{"the visitor's page": visitors, "her other page": persons} {
		for lines.Scan() { // until it is cut
		}
		t.Log(name, "was cut")
	}
	t.Run("she reads both, by time", func(t *testing.T) {
		_, body := s.call("GET", "/api/history", s.signed("42"), "")
		var order []int
		for _, text := range []string{"before", "elsewhere", "between", "after that"} {
			order = append(order, strings.Index(body, text))
		}
		if !slices.IsSorted(order) || order[0] < 0 {
			t.Errorf("%v in %s", order, body)
		}
		if _, later := s.call("GET", "/api/history?after="+begunIn+":2&after="+own+":1", s.signed("42"), ""); strings.Contains(later, "before") || !strings.Contains(later, "between") || strings.Contains(later, "after that") {
			t.Errorf("after what is known: %s", later)
		}
	})
	t.Run("the visitor's token opens nothing any more", func(t *testing.T) {
		for _, path := range []string{"GET /api/history", "GET /api/stream", "POST /api/messages", "POST /api/files"} {
			method, path, _ := strings.Cut(path, " ")
			if resp, body := s.call(method, path, token, `{"id":"client-0003","text":"hi"}`); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "signed_in") {
				t.Errorf("%s %s: %d %s", method, path, resp.StatusCode, body)
			}
		}
	})
	t.Run("she goes on where she likes, and nobody else there", func(t *testing.T) {
		post := func(account, id, in string) bot.Inbound {
			if resp, body := s.call("POST", "/api/messages", s.signed(account), `{"id":"`+id+`","text":"more","in":"`+in+`"}`); resp.StatusCode != http.StatusAccepted {
				t.Fatalf("%d %s", resp.StatusCode, body)
			}
			all := s.events()
			return all[len(all)-1]
		}
		if e := post("42", "client-0004", begunIn); e.Thread != begunIn || e.SourceID != begunIn+":client-0004" {
			t.Errorf("%+v", e)
		}
		if e := post("43", "client-0005", begunIn); e.Thread == begunIn || e.Thread == own {
			t.Errorf("somebody else writes there: %+v", e)
		}
		if _, body := s.call("GET", "/api/history", s.signed("43"), ""); strings.Contains(body, "before") || strings.Contains(body, "elsewhere") {
			t.Errorf("somebody else reads: %s", body)
		}
		if _, _, _, begun, _ := s.identify(s.signed("43"), token); begun != "" {
			t.Error("somebody else takes it")
		}
	})
	t.Run("an answer reaches her page", func(t *testing.T) {
		lines, leave := s.listen(s.signed("42"))
		defer leave()
		m := bot.Message{ID: "b-3", Conversation: bot.ConversationID(begunIn), Thread: begunIn, Seq: 3, Direction: bot.Outgoing, Author: bot.ByBot, Text: "news"}
		if _, err := s.channel.Send(t.Context(), channels.Prepare(m, 0, webchat.Driver.Limits)[0]); err != nil {
			t.Fatal(err)
		}
		for lines.Scan() {
			if strings.Contains(lines.Text(), "news") {
				return
			}
		}
		t.Error("the stream ended")
	})
}

// TestStreamOfAThreadJustTaken: a page that came while its thread became somebody's hears nothing.
func TestStreamOfAThreadJustTaken(t *testing.T) {
	s := knowing(t)
	s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"before"}`)
	thread := s.events()[0].Thread
	s.mu.Lock()
	s.history[thread] = []bot.Message{{ID: "b-1", Conversation: bot.ConversationID(thread), Thread: thread, Seq: 1, Direction: bot.Incoming, Text: "before", At: s.now}}
	s.looked = func() { s.owner[thread] = "42" }
	s.mu.Unlock()
	if resp, body := s.call("GET", "/api/stream", token, ""); resp.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "signed_in") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}

func TestIdentifyBodies(t *testing.T) {
	s := knowing(t)
	for _, body := range []string{`{"visitor":"short"}`, `{"visitor":7}`, `[`, `{"visitor":"` + strings.Repeat("x", 2000) + `"}`} {
		if resp, got := s.call("POST", "/api/identify", s.signed("42"), body); resp.StatusCode != http.StatusBadRequest {
			t.Errorf("%.40s: %d %s", body, resp.StatusCode, got)
		}
	}
	if resp, got := s.call("POST", "/api/identify", token, ""); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("a visitor: %d %s", resp.StatusCode, got)
	}
	if resp, got := s.call("POST", "/api/identify", s.signed("42"), "", "Origin", "https://evil.example"); resp.StatusCode != http.StatusForbidden {
		t.Errorf("from another site: %d %s", resp.StatusCode, got)
	}
	if resp, got := s.call("POST", "/api/identify", s.signed("42"), ""); resp.StatusCode != http.StatusOK {
		t.Errorf("without a body: %d %s", resp.StatusCode, got)
	}
}

// TestIdentitySecrets: what is wrong with a secret is said when the configuration is checked, without showing it.
func TestIdentitySecrets(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(shopSecret+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, settings, want string }{
		{"none", `{}`, ""},
		{"one", `{"identity_secret":"` + shopSecret + `"}`, ""},
		{"in a file", `{"identity_secret_file":"` + file + `"}`, ""},
		{"short", `{"identity_secret":"hunter2"}`, "identity_secret: a secret has at least 32 characters that nobody can guess, for example from `openssl rand -hex 32`: this one has 7"},
		{"repeated", `{"identity_secret":"` + strings.Repeat("ab", 40) + `"}`, "identity_secret: a secret has at least 32"},
		{"an old one that is short", `{"identity_secret":"` + shopSecret + `","identity_old_secret":"hunter2"}`, "identity_old_secret: a secret has"},
		{"an old one alone", `{"identity_old_secret":"` + oldSecret + `"}`, "stands without identity_secret"},
		{"twice the same", `{"identity_secret":"` + shopSecret + `","identity_old_secret":"` + shopSecret + `"}`, "is the same as"},
		{"a file that is not there", `{"identity_secret_file":"/nowhere/secret"}`, "no such file"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			_, err := webchat.Driver.New(func(into any) error {
				var raw map[string]any
				if err := json.Unmarshal([]byte(tc.settings), &raw); err != nil {
					return err
				}
				return assign(into, raw)
			}, channels.Deps{Inbox: bot.Inbox{ID: "web"}, Now: func() time.Time { return keptAt }, History: nothingYet{}})
			if tc.want == "" && err != nil || tc.want != "" && (err == nil || !strings.Contains(err.Error(), tc.want)) {
				t.Errorf("%v, want %q", err, tc.want)
			}
			if err != nil && strings.Contains(err.Error(), "hunter2") {
				t.Errorf("the secret shows: %v", err)
			}
		})
	}
}
