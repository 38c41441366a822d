package api_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"huiyin/bot"
	"huiyin/console/api"
)

// TestOnce sends the same request again and again, also at the same moment.
func TestOnce(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusWaiting, "hello")
	s.talk("c2", "Wu", bot.StatusWaiting, "hello")
	key, other := s.key("agent", bot.ScopeWrite), s.key("agent", bot.ScopeWrite)
	reply := func(key, conversation, text, name string) answer {
		return s.call(key, "POST", "/api/v1/conversations/"+conversation+"/replies", fmt.Sprintf(`{"text":%q}`, text), "Idempotency-Key", name)
	}
	first := reply(key, "c1", "It comes tomorrow. ", "order-7")
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if again := reply(key, "c1", "It comes tomorrow. ", "order-7"); again.status != 201 || again.body != first.body {
				t.Errorf("again: %d %s, first %s", again.status, again.body, first.body)
			}
		})
	}
	all.Wait()
	if got := s.outbox.texts("t-c1"); len(got) != 1 {
		t.Errorf("the customer was sent %q", got)
	}
	if p := reply(key, "c1", "It comes today.", "order-7").problem(t); p.Status != 422 || p.Code != "key_reused" || p.Where != "Idempotency-Key" {
		t.Errorf("another text: %+v", p)
	}
	if p := s.call(key, "POST", "/api/v1/conversations/c1/notes", `{"text":"It comes tomorrow."}`, "Idempotency-Key", "order-7").problem(t); p.Code != "key_reused" {
		t.Errorf("a note: %+v", p)
	}
	reply(key, "c2", "It comes tomorrow.", "order-7")   // another conversation
	reply(other, "c1", "It comes tomorrow.", "order-7") // another program
	reply(key, "c1", "It comes tomorrow.", "order-8")
	if one, two := s.outbox.texts("t-c1"), s.outbox.texts("t-c2"); len(one) != 3 || len(two) != 1 {
		t.Errorf("sent %q and %q", one, two)
	}
	for range 3 {
		s.call(key, "POST", "/api/v1/conversations/c2/notes", `{"text":"n"}`, "Idempotency-Key", "n-1")
	}
	var page api.Messages
	s.get(key, "/api/v1/conversations/c2/messages", &page)
	notes := 0
	for _, m := range page.Messages {
		if m.Private {
			notes++
		}
	}
	if notes != 1 {
		t.Errorf("%d notes", notes)
	}
	if p := reply(key, "c1", "x", strings.Repeat("k", 256)).problem(t); p.Status != 400 || p.Where != "Idempotency-Key" {
		t.Errorf("a long key: %+v", p)
	}
}
