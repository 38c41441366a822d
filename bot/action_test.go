package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/internal/secret"
)

const key = secret.Secret("between us")

// acted is when the actions of these tests are signed and looked at.
var acted = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

// shopService is a service made of data: the answers that it gives, one after the other.
type shopService struct {
	t       *testing.T
	answers []string // "200 {...}", "503", "reset", "hang"

	mu   sync.Mutex
	keys []string
	got  []map[string]string
}

func (s *shopService) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		s.t.Error(err)
	}
	if err := bot.VerifyAction(key, r.Header, body, acted); err != nil {
		s.t.Error(err)
	}
	var values map[string]string
	if err := json.Unmarshal(body, &values); err != nil {
		s.t.Error(err)
	}
	s.mu.Lock()
	n := len(s.keys)
	s.keys, s.got = append(s.keys, r.Header.Get(bot.HeaderKey)), append(s.got, values)
	s.mu.Unlock()
	answer := s.answers[min(n, len(s.answers)-1)]
	status, rest, _ := strings.Cut(answer, " ")
	switch status {
	case "reset":
		panic(http.ErrAbortHandler)
	case "hang":
		<-r.Context().Done()
		return
	case "302":
		w.Header().Set("Location", "/elsewhere")
	}
	code := 0
	if _, err := fmt.Sscan(status, &code); err != nil {
		s.t.Error(err)
	}
	w.WriteHeader(code)
	_, _ = io.WriteString(w, rest) // the client may be gone
}

func TestHTTPActor(t *testing.T) {
	const good = `200 {"status":"shipped","eta":"11/20","parcels":2,"late":false,"note":null}`
	for name, tc := range map[string]struct {
		answers []string
		tries   int
		ok      bool
	}{
		"good":               {[]string{good}, 1, true},
		"busy, then good":    {[]string{"503", "429", good}, 3, true},
		"reset, then good":   {[]string{"reset", good}, 2, true},
		"hangs, then good":   {[]string{"hang", good}, 2, true},
		"always busy":        {[]string{"500"}, 3, false},
		"refused":            {[]string{"400 {}"}, 1, false},
		"redirect":           {[]string{"302"}, 1, false},
		"nested":             {[]string{`200 {"items":[1]}`}, 1, false},
		"no object":          {[]string{`200 "yes"`}, 1, false},
		"two objects":        {[]string{`200 {} {}`}, 1, false},
		"broken":             {[]string{`200 {"a"`}, 1, false},
		"endless":            {[]string{`200 {"a":"` + strings.Repeat("x", 70<<10) + `"}`}, 1, false},
		"as long as allowed": {[]string{`200 {"status":"shipped","eta":"11/20","parcels":2,"late":false,"note":"` + strings.Repeat("x", 63<<10) + `"}`}, 1, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &shopService{t: t, answers: tc.answers}
			server := httptest.NewServer(s)
			defer server.Close()
			a := &bot.HTTPActor{Client: server.Client(), Service: server.URL, Secret: key, Now: func() time.Time { return acted }, Backoff: time.Millisecond}
			timeout := 5 * time.Second
			if tc.answers[0] == "hang" {
				timeout = 100 * time.Millisecond
			}
			answer, err := a.Do(t.Context(), bot.ActionRequest{Form: "order_status", Key: "k1", Lang: "zh", Values: map[string]string{"order": "AB123456"},
				Action: bot.ActionSpec{URL: "{service}/status", Timeout: timeout, Retries: 2}})
			if tc.ok != (err == nil) || err != nil && !errors.Is(err, bot.ErrAction) {
				t.Fatalf("%v %v", answer, err)
			}
			if tc.ok && (answer["eta"] != "11/20" || answer["parcels"] != "2" || answer["late"] != "false") {
				t.Errorf("answer %v", answer)
			}
			if len(s.keys) != tc.tries {
				t.Errorf("%d tries, want %d", len(s.keys), tc.tries)
			}
			for i := range s.keys {
				if s.keys[i] != "k1" || s.got[i]["order"] != "AB123456" {
					t.Errorf("try %d: key %q, values %v", i, s.keys[i], s.got[i])
				}
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		server := httptest.NewServer(http.NotFoundHandler())
		server.Close()
		a := &bot.HTTPActor{Service: server.URL, Secret: key, Now: func() time.Time { return acted }, Backoff: time.Millisecond}
		if _, err := a.Do(t.Context(), bot.ActionRequest{Action: bot.ActionSpec{URL: "{service}/x", Retries: 1}}); !errors.Is(err, bot.ErrAction) {
			t.Error(err)
		}
	})
}

func TestVerifyAction(t *testing.T) {
	body := []byte(`{"order":"AB123456"}`)
	header := func(ts, sig string) http.Header {
		h := http.Header{}
		h.Set(bot.HeaderTimestamp, ts)
		h.Set(bot.HeaderSignature, sig)
		return h
	}
	now := time.Unix(1_800_000_000, 0)
	signed := bot.SignAction(key, "1800000000", body)
	for name, tc := range map[string]struct {
		h    http.Header
		body []byte
		at   time.Time
		ok   bool
	}{
		"good":            {header("1800000000", signed), body, now, true},
		"a little late":   {header("1800000000", signed), body, now.Add(4 * time.Minute), true},
		"replayed":        {header("1800000000", signed), body, now.Add(6 * time.Minute), false},
		"from the future": {header("1800000000", signed), body, now.Add(-6 * time.Minute), false},
		"other body":      {header("1800000000", signed), []byte(`{"order":"AB999999"}`), now, false},
		"other time":      {header("1800000001", signed), body, now, false},
		"other key":       {header("1800000000", bot.SignAction("x", "1800000000", body)), body, now, false},
		"none":            {http.Header{}, body, now, false},
	} {
		if err := bot.VerifyAction(key, tc.h, tc.body, tc.at); (err == nil) != tc.ok {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// gatedActor waits at a gate, and counts what it did.
type gatedActor struct {
	reached chan bot.ActionRequest
	proceed chan struct{}
}

func (a *gatedActor) Do(ctx context.Context, r bot.ActionRequest) (map[string]string, error) {
	a.reached <- r
	select {
	case <-a.proceed:
		return map[string]string{"status": "shipped", "eta": "11/20"}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func TestActionKeepsItsKeyOverARestart(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		actor := &gatedActor{reached: make(chan bot.ActionRequest, 10), proceed: make(chan struct{})}
		w.actor = actor
		w.start()
		w.deliver(message("m1", "ada", "我的订单到哪了"))
		w.deliver(message("m2", "ada", "AB123456"))
		first := <-actor.reached
		w.halt() // in the middle of the call
		w.start()
		second := <-actor.reached
		close(actor.proceed)
		w.settle()
		if first.Key == "" || first.Key != second.Key {
			t.Errorf("keys %q and %q", first.Key, second.Key)
		}
		if got := w.last("ada").Text; got != "订单 AB123456 已发货，11/20 送到。" {
			t.Errorf("said %q", got)
		}
		w.deliver(message("m3", "ada", "我的订单到哪了"))
		w.deliver(message("m4", "ada", "AB123456"))
		if third := <-actor.reached; third.Key == first.Key {
			t.Error("another action has the same key")
		}
	})
}

func TestAgentClaimsDuringAnAction(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		actor := &gatedActor{reached: make(chan bot.ActionRequest, 10), proceed: make(chan struct{})}
		w.actor = actor
		w.start()
		w.deliver(message("m1", "ada", "where is my order"))
		w.deliver(message("m2", "ada", "AB123456"))
		<-actor.reached
		if w.mail.typing == 0 {
			t.Error("the customer does not see that something happens")
		}
		if _, err := w.Bot.Claim(t.Context(), w.conv("ada").ID, bot.Agent{ID: "lin", Name: "Lin"}); err != nil {
			t.Fatal(err)
		}
		spoken := len(w.mail.to("ada"))
		close(actor.proceed)
		w.settle()
		if len(actor.reached) != 0 {
			t.Error("it was done twice")
		}
		if n := len(w.mail.to("ada")); n != spoken {
			t.Errorf("the bot spoke: %q", w.last("ada").Text)
		}
		list := w.messages("ada")
		if m := list[len(list)-1]; m.Direction != bot.Activity || !strings.Contains(m.Text, "Order AB123456 is on its way and arrives on 11/20.") {
			t.Errorf("the agent is not told: %+v", m)
		}
	})
}

func TestSlowActionsDoNotHoldUpOthers(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		actor := &gatedActor{reached: make(chan bot.ActionRequest, 100), proceed: make(chan struct{})}
		w.actor, w.rules.Workers = actor, 2
		w.start()
		for i := range 10 {
			thread := fmt.Sprint("c", i)
			w.deliver(message("a"+thread, thread, "我的订单到哪了"))
			w.deliver(message("b"+thread, thread, "AB123456"))
		}
		w.deliver(message("m", "ada", "你好"))
		if got := w.last("ada").Text; got != "您好！我是小音。" {
			t.Errorf("said %q", got)
		}
		close(actor.proceed)
		w.settle()
		if n := len(w.facts(bot.FactForm)); n != 10 {
			t.Errorf("%d forms are done", n)
		}
	})
}
