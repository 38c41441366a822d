package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/console/api"
	"huiyin/kb"
	"huiyin/store/mem"
)

func TestContacts(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusBot, "hello")
	s.talk("c2", "Linus", bot.StatusBot, "hello")
	key := s.key("agent", bot.ScopeRead)
	for query, want := range map[string]string{"C1@mail.example": "p-c1", "visitor-c2": "p-c2", "nobody": ""} {
		var list api.Contacts
		s.get(key, "/api/v1/contacts?query="+query, &list)
		if want == "" && len(list.Contacts) == 0 {
			continue
		}
		if len(list.Contacts) != 1 || string(list.Contacts[0].ID) != want {
			t.Errorf("%s: %+v", query, list)
		}
	}
	if p := s.call(key, "GET", "/api/v1/contacts", "").problem(t); p.Status != 400 || p.Code != "missing" || p.Where != "query.query" {
		t.Errorf("everybody: %+v", p)
	}
	if p := s.call(key, "GET", "/api/v1/contacts/nobody", "").problem(t); p.Status != 404 {
		t.Errorf("nobody: %+v", p)
	}
}

func TestFacts(t *testing.T) {
	s := open(t)
	s.ok(s.store.Save(t.Context(), bot.Change{Facts: []bot.Fact{
		{Name: bot.FactCSAT, Value: 5, Start: monday, End: monday, Inbox: "web", Channel: "webchat"},
		{Name: bot.FactHandoff, Value: 1, Label: "call 13812345678", Start: monday, End: monday.Add(time.Hour), Inbox: "web", Channel: "webchat"},
		{Name: bot.FactNPS, Value: 9, Start: monday, End: monday.Add(2 * time.Hour), Inbox: "web", Channel: "webchat"},
	}}))
	key := s.key("lead", bot.ScopeRead)
	a := s.call(key, "GET", "/api/v1/facts?from=2026-11-16T12:00:00Z&to=2026-11-16T22:00:00%2B08:00", "")
	lines := strings.Split(strings.TrimSpace(a.body), "\n")
	if a.status != 200 || len(lines) != 2 || a.header.Get("Content-Type") != "application/x-ndjson" || strings.Contains(a.body, "13812345678") {
		t.Fatalf("%d %s", a.status, a.body)
	}
	var f api.Fact
	if err := json.Unmarshal([]byte(lines[0]), &f); err != nil || f.Name != bot.FactCSAT || f.Value != 5 {
		t.Errorf("%s: %v", lines[0], err)
	}
	for query, code := range map[string]string{"": "missing", "?from=2026-11-16T12:00:00Z": "missing", "?from=yesterday&to=2026-11-16T12:00:00Z": "parameter",
		"?from=2026-11-16T12:00:00Z&to=2026-11-16T12:00:00Z": "range"} {
		if p := s.call(key, "GET", "/api/v1/facts"+query, "").problem(t); p.Code != code {
			t.Errorf("%q: %+v", query, p)
		}
	}
}

// failing is a store that fails after some facts.
type failing struct {
	*mem.Store
	after int
}

func (f failing) Facts(context.Context, time.Time, time.Time) iter.Seq2[bot.Fact, error] {
	return func(yield func(bot.Fact, error) bool) {
		for range f.after {
			if !yield(bot.Fact{Name: bot.FactTurn}, nil) {
				return
			}
		}
		yield(bot.Fact{}, errors.New("the disk is gone"))
	}
}

// TestHalfAnExport shows that half an export cannot be taken for a whole one.
func TestHalfAnExport(t *testing.T) {
	s := open(t)
	for after, wantErr := range map[int]bool{0: false, 1000: true} {
		a, err := api.New(api.Config{Store: failing{s.store, after}, Desk: s.bot, Keys: console.NewKeys(s.store, func() time.Time { return s.now }, rand.NewChaCha8([32]byte{9})),
			Health: func() error { return nil }, Mask: func(text string) string { return text }, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return s.now }})
		s.ok(err)
		server := httptest.NewServer(a.Handler())
		req, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/api/v1/facts?from=2026-11-16T12:00:00Z&to=2026-11-17T12:00:00Z", nil)
		s.ok(err)
		req.Header.Set("Authorization", "Bearer "+s.key("lead", bot.ScopeRead))
		resp, err := http.DefaultClient.Do(req)
		s.ok(err)
		_, err = io.ReadAll(resp.Body)
		if (err != nil) != wantErr || !wantErr && resp.StatusCode != 500 {
			t.Errorf("after %d facts: %d, %v", after, resp.StatusCode, err)
		}
		_ = resp.Body.Close()
		server.Close()
	}
}

func TestArticles(t *testing.T) {
	s := open(t)
	var list []kb.Article
	for _, id := range []string{"b.en", "a.zh", "a.en"} {
		root, lang, _ := strings.Cut(id, ".")
		a := kb.Article{ID: kb.ArticleID(id), Root: kb.RootID(root), Title: id, Body: "Body of " + id, Status: kb.Published, UpdatedAt: monday}
		a.Lang = "en"
		if lang == "zh" {
			a.Lang, a.Status = "zh", kb.Draft
		}
		list = append(list, a)
	}
	_, err := s.store.SaveArticles(t.Context(), list)
	s.ok(err)
	key := s.key("agent", bot.ScopeRead)
	for query, want := range map[string]string{"": "a.en a.zh b.en", "?status=draft": "a.zh", "?lang=en": "a.en b.en", "?limit=2": "a.en a.zh next a.zh", "?limit=2&after=a.zh": "b.en"} {
		var page api.Articles
		s.get(key, "/api/v1/articles"+query, &page)
		var got []string
		for _, a := range page.Articles {
			if a.Body != "" {
				t.Errorf("%s: a body in a list", a.ID)
			}
			got = append(got, string(a.ID))
		}
		if page.Next != "" {
			got = append(got, "next", string(page.Next))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: %v, want %s", query, got, want)
		}
	}
	var one api.Article
	s.get(key, "/api/v1/articles/a.en", &one)
	if one.Body != "Body of a.en" || !one.Live || one.Revision != 1 {
		t.Errorf("%+v", one)
	}
	if p := s.call(key, "GET", "/api/v1/articles/none", "").problem(t); p.Status != 404 {
		t.Errorf("none: %+v", p)
	}
}
