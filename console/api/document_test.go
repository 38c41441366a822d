package api_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/kb"
)

// document is what the tests read of the OpenAPI document.
type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Security    []map[string][]string
		Parameters  []struct {
			Name, In string
			Example  any
		}
		RequestBody struct {
			Content map[string]struct{ Example any }
		}
		Responses map[string]struct {
			Content map[string]struct{ Example any }
		}
	}
	Components struct{ Schemas map[string]any }
}

func (s *shop) document() (d document, raw string) {
	s.t.Helper()
	a := s.call("", "GET", "/api/v1/openapi.json", "")
	s.ok(json.Unmarshal([]byte(a.body), &d))
	return d, a.body
}

// example is one of the files from which the document has its examples.
type example struct {
	Path, Query map[string]string
	Body        json.RawMessage
	Raw         string
	Answer      json.RawMessage
}

// stage is what the examples are about.
func stage(s *shop, operation string) {
	s.talk("q7mzk2v4p9xw3c6t", "Lin", bot.StatusWaiting, "My parcel CN204815 is late.", "Can I talk to a person?")
	article := kb.Article{ID: "delivery.en", Root: "delivery", Lang: "en", Title: "Delivery time", Summary: "Three working days.", Body: "Parcels leave the same day.", Questions: []string{"How long does it take?"},
		Category: "delivery", Status: kb.Published, UpdatedAt: monday, UpdatedBy: "Editor"}
	_, err := s.store.SaveArticles(s.t.Context(), []kb.Article{article})
	s.ok(err)
	s.ok(s.store.Save(s.t.Context(), bot.Change{Facts: []bot.Fact{{Name: bot.FactHandoff, Value: 1, Label: "asked", Start: monday, End: monday, Conversation: "q7mzk2v4p9xw3c6t", Inbox: "web", Channel: "webchat", Lang: "en"}}}))
	if operation == "submitDraft" || operation == "publishDraft" || operation == "getDraft" {
		article.Body, article.Status, article.Revision = "Parcels leave the same day, also on Sundays.", kb.Draft, 1
		_, _, err := s.kb.Propose(s.t.Context(), article, kb.Signed{By: "Editor"})
		s.ok(err)
	}
	if operation == "removeAttribute" {
		_, err := s.store.NoteContact(s.t.Context(), "p-q7mzk2v4p9xw3c6t", bot.NotedEdit{Tags: []string{"wholesale"}, Set: map[string]string{"tier": "gold", "since": "2019"}}, bot.Event{})
		s.ok(err)
	}
	if operation == "setTier" {
		s.tiers()
	}
	if operation == "downloadFile" {
		f, err := s.bot.Attach(s.t.Context(), "q7mzk2v4p9xw3c6t", "receipt.txt", strings.NewReader("the receipt"))
		s.ok(err)
		_, err = s.bot.Note(s.t.Context(), "q7mzk2v4p9xw3c6t", bot.Agent{ID: "editor", Name: "Editor", Role: bot.RoleEditor}, "", f)
		s.ok(err)
	}
	if operation == "resolve" || operation == "returnToBot" {
		_, err := s.bot.Claim(s.t.Context(), "q7mzk2v4p9xw3c6t", bot.Agent{ID: "editor", Name: "Editor", Role: bot.RoleEditor})
		s.ok(err)
	}
}

// TestExamples makes every call that the document shows, and compares the answers. With HUIYIN_EXAMPLES=write the answers
// of the examples are written anew.
func TestExamples(t *testing.T) {
	d, _ := open(t).document()
	seen := map[string]bool{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			seen[op.OperationID] = true
			if op.OperationID == "document" {
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				s := open(t)
				stage(s, op.OperationID)
				file := filepath.Join("examples", op.OperationID+".json")
				raw, err := os.ReadFile(file)
				s.ok(err)
				var e example
				s.ok(json.Unmarshal(raw, &e))
				to := path
				for name, v := range e.Path {
					to = strings.ReplaceAll(to, "{"+name+"}", url.PathEscape(v))
				}
				q := url.Values{}
				for name, v := range e.Query {
					q.Set(name, v)
				}
				a := s.call(s.key("editor", bot.ScopePublish), strings.ToUpper(method), to+"?"+q.Encode(), string(e.Body)+e.Raw)
				response, documented := op.Responses[fmt.Sprint(a.status)]
				if !documented {
					t.Fatalf("%d %s", a.status, a.body)
				}
				if op.OperationID == "downloadFile" { // the example says what the bytes are
					if a.body != "the receipt" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
						t.Errorf("%q %v", a.body, a.header)
					}
					return
				}
				if os.Getenv("HUIYIN_EXAMPLES") == "write" {
					e.rewrite(t, file, a.body)
					return
				}
				want, _ := json.Marshal(response.Content[a.header.Get("Content-Type")].Example)
				if !sameJSON(t, a.body, string(want)) {
					t.Errorf("the document says\n%s\nthe program says\n%s", want, a.body)
				}
			})
		}
	}
	files, err := fs.Glob(os.DirFS("examples"), "*.json")
	if err != nil || len(files) != len(seen)-1 {
		t.Errorf("%d examples of %d operations besides the document itself: %v", len(files), len(seen)-1, err)
	}
}

func (e example) rewrite(t *testing.T, file, answer string) {
	fields := map[string]any{"answer": json.RawMessage(answer)}
	if e.Path != nil {
		fields["path"] = e.Path
	}
	if e.Query != nil {
		fields["query"] = e.Query
	}
	if e.Body != nil {
		fields["body"] = e.Body
	}
	if e.Raw != "" {
		fields["raw"] = e.Raw
	}
	raw, err := json.MarshalIndent(fields, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append(raw, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

func sameJSON(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}

// TestDocument holds that the document is whole: references lead somewhere, names are given once, and every operation
// that it names is there, while a method that it does not name is refused.
func TestDocument(t *testing.T) {
	s := open(t)
	d, raw := s.document()
	if d.OpenAPI != "3.1.0" {
		t.Errorf("version %q", d.OpenAPI)
	}
	for _, m := range regexp.MustCompile(`"#/components/schemas/([^"]*)"`).FindAllStringSubmatch(raw, -1) {
		if d.Components.Schemas[m[1]] == nil {
			t.Errorf("there is no schema %s", m[1])
		}
	}
	names := map[string]bool{}
	for path, methods := range d.Paths {
		var known []string
		for method, op := range methods {
			known = append(known, strings.ToUpper(method))
			if names[op.OperationID] || op.OperationID == "" {
				t.Errorf("%s %s: operation %q", method, path, op.OperationID)
			}
			names[op.OperationID] = true
			// A token that may nothing shows that the route is there, and that it is guarded as the document says.
			a := s.call("", strings.ToUpper(method), path, "")
			if want := 401; len(op.Security) > 0 && a.status != want || len(op.Security) == 0 && a.status != 200 {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
		}
		for _, method := range []string{"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"} {
			if strings.Contains(strings.Join(known, " "), method) {
				continue
			}
			if a := s.call("", method, path, ""); a.status != 405 || a.header.Get("Allow") == "" || a.problem(t).Code != "method" {
				t.Errorf("%s %s: %d", method, path, a.status)
			}
		}
	}
	if p := s.call("", "GET", "/api/v1/secrets", "").problem(t); p.Status != 404 || p.Code != "no_route" {
		t.Errorf("no route: %+v", p)
	}
}
