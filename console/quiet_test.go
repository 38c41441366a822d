package console_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/console"
)

// atWork runs a test in a bubble in which a console runs and an agent has a conversation, c1.
func atWork(t *testing.T, test func(ctx context.Context, t *testing.T, o *office)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o := furnish(t, func(s console.Store) console.Store { return s })
		o.has("c1", bot.StatusAgent, func(c *bot.Conversation) { c.Agent = "agent" })
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go func() { _ = o.console.Run(ctx) }()
		synctest.Wait()
		test(ctx, t, o)
	})
}

// hears reads what a page is told, and returns a function that says what came since it was last called.
func hears(ctx context.Context, p *slowPage) func() string {
	lines := make(chan string, 256)
	go func() {
		for ctx.Err() == nil {
			select {
			case line := <-p.writes:
				lines <- line
			case <-ctx.Done():
			}
		}
	}()
	return func() (all string) {
		synctest.Wait()
		for len(lines) > 0 {
			all += <-lines
		}
		return all
	}
}

// asks sends a request of an agent for whom listen has opened a page.
func (o *office) asks(agent bot.AgentID, method, path string, form url.Values) *httptest.ResponseRecorder {
	o.t.Helper()
	r := httptest.NewRequestWithContext(o.t.Context(), method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.AddCookie(&http.Cookie{Name: "huiyin", Value: string(agent)})
	w := httptest.NewRecorder()
	o.console.Handler().ServeHTTP(w, r)
	if w.Code >= 400 {
		o.t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
	}
	return w
}

// TestReadingQuietly: an agent does not see that a lead reads along, until the lead writes to the customer, has the
// conversation herself or shows herself. What was opened in this way stands in the audit log.
func TestReadingQuietly(t *testing.T) {
	atWork(t, func(ctx context.Context, t *testing.T, o *office) {
		agent := hears(ctx, o.listen(ctx, "agent", "c1"))
		lead := hears(ctx, o.listen(ctx, "lead", "c1"))
		seen := func(want bool, when string) {
			t.Helper()
			heard := agent()
			last := heard[max(0, strings.LastIndex(heard, "event: presence")):]
			if got := strings.Contains(last, `"id":"lead"`); got != want || !strings.Contains(last, "event: presence") {
				t.Errorf("%s the agent is shown the lead: %v, want %v: %q", when, got, want, heard)
			}
		}
		seen(true, "before she reads quietly")
		if got := lead(); !strings.Contains(got, `"id":"agent"`) {
			t.Errorf("the lead is not shown who reads: %q", got)
		}
		o.asks("lead", "POST", "/console/me/quiet", url.Values{"on": {"1"}})
		seen(false, "when she begins to read quietly")
		noted := func() (n int) {
			log, err := o.store.Audit(ctx, 10)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range log {
				if e.Actor == "lead" && e.Action == "conversation.read_quietly" && e.Object == "c1" {
					n++
				}
			}
			return n
		}
		if n := noted(); n != 1 {
			t.Errorf("the audit log has %d entries of the page that was open", n)
		}
		if page := o.asks("lead", "GET", "/console/c/c1", nil).Body.String(); !strings.Contains(page, "You are reading quietly") {
			t.Error("her page does not say that she reads quietly")
		}
		if list := o.asks("agent", "GET", "/console/list?queue=mine", nil).Body.String(); strings.Contains(list, "lead") {
			t.Errorf("the agent's list shows the lead: %s", list)
		}
		second, closes := context.WithCancel(ctx)
		if heard := hears(second, o.opens(second, "lead", "c1"))(); !strings.Contains(heard, `"id":"agent"`) {
			t.Errorf("her other page is not shown who reads: %q", heard)
		}
		closes()
		if heard := agent(); heard != "" {
			t.Errorf("the agent can tell that somebody comes and goes: %q", heard)
		}
		o.asks("lead", "POST", "/console/c/c1/typing?on=1", nil)
		seen(true, "while she writes to the customer")
		o.asks("lead", "POST", "/console/c/c1/typing?on=0", nil)
		seen(false, "when she has stopped writing")
		o.desk.notices <- bot.Notice{Conversation: bot.Conversation{ID: "c1", Status: bot.StatusAgent, Agent: "lead", Version: 9}}
		seen(true, "when she has the conversation")
		o.desk.notices <- bot.Notice{Conversation: bot.Conversation{ID: "c1", Status: bot.StatusAgent, Agent: "agent", Version: 10}}
		seen(false, "when it was given back")
		if to := o.asks("lead", "POST", "/console/me/quiet", url.Values{"at": {"c1"}}).Header().Get("Location"); to != "/console/c/c1" {
			t.Errorf("then she is led to %q", to)
		}
		seen(true, "when she shows herself")
		if n := noted(); n != 2 {
			t.Errorf("the audit log has %d entries, want one of the page that was open and one of the one that was opened", n)
		}
	})
}

// TestWhoReadsIsToldToOthers: other parts of the program hear whose readers changed, and who they are.
func TestWhoReadsIsToldToOthers(t *testing.T) {
	atWork(t, func(ctx context.Context, t *testing.T, o *office) {
		following, enough := context.WithCancel(ctx)
		heard := o.console.Attended(following)
		page, leave := context.WithCancel(ctx)
		_ = hears(page, o.listen(page, "agent", "c1"))
		if id := <-heard; id != "c1" || len(o.console.Readers("c1")) != 1 || o.console.Readers("c1")[0] != (bot.Reader{ID: "agent", Name: "agent"}) {
			t.Errorf("%q is read by %+v", id, o.console.Readers("c1"))
		}
		o.asks("agent", "POST", "/console/c/c1/typing?on=1", nil)
		if id := <-heard; id != "c1" || !o.console.Readers("c1")[0].Typing {
			t.Errorf("nobody writes: %+v", o.console.Readers("c1"))
		}
		leave()
		if id := <-heard; id != "c1" || len(o.console.Readers("c1")) != 0 {
			t.Errorf("still there: %+v", o.console.Readers("c1"))
		}
		enough()
		if _, open := <-heard; open {
			t.Error("there is no end")
		}
	})
}

// ending is a store in which a login ends as soon as it was looked at: she signed out elsewhere, or her password was changed.
type ending struct {
	console.Store
	ends bool
}

func (e *ending) Session(ctx context.Context, hash string) (bot.Session, error) {
	s, err := e.Store.Session(ctx, hash)
	if err == nil && e.ends {
		err = e.DeleteSessions(ctx, s.Agent, hash)
	}
	return s, err
}

// TestALoginThatEndedStaysEnded: what a request writes into its login brings none back that ended meanwhile.
func TestALoginThatEndedStaysEnded(t *testing.T) {
	for name, c := range map[string]struct {
		path string
		idle time.Duration
	}{"reading quietly": {"/console/me/quiet", 0}, "being seen again": {"/console/c/c1", 2 * time.Hour}} {
		t.Run(name, func(t *testing.T) {
			store := &ending{}
			o := furnish(t, func(s console.Store) console.Store { store.Store = s; return store })
			o.has("c1", bot.StatusBot, func(*bot.Conversation) {})
			sum := sha256.Sum256([]byte("lead"))
			session := bot.Session{Hash: hex.EncodeToString(sum[:]), Agent: "lead", CreatedAt: o.now, SeenAt: o.now, ExpiresAt: o.now.Add(24 * time.Hour)}
			if err := o.store.SaveSession(t.Context(), session); err != nil {
				t.Fatal(err)
			}
			o.now, store.ends = o.now.Add(c.idle), true
			method := "POST"
			if c.idle > 0 {
				method = "GET"
			}
			r := httptest.NewRequestWithContext(t.Context(), method, c.path, strings.NewReader("on=1"))
			r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			r.AddCookie(&http.Cookie{Name: "huiyin", Value: "lead"})
			w := httptest.NewRecorder()
			o.console.Handler().ServeHTTP(w, r)
			if _, err := o.store.Session(t.Context(), session.Hash); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("the login is back: %v, after %d", err, w.Code)
			}
			if w.Code != http.StatusUnauthorized && w.Code != http.StatusSeeOther {
				t.Errorf("answered %d", w.Code)
			}
		})
	}
}

// TestReadingQuietlyAfterALoss: whom a conversation was given to while the console heard nothing is seen there.
func TestReadingQuietlyAfterALoss(t *testing.T) {
	atWork(t, func(ctx context.Context, t *testing.T, o *office) {
		agent := hears(ctx, o.listen(ctx, "agent", "c1"))
		_ = hears(ctx, o.listen(ctx, "lead", "c1"))
		o.asks("lead", "POST", "/console/me/quiet", url.Values{"on": {"1"}})
		agent()
		c, err := o.store.Conversation(ctx, "c1")
		if err != nil {
			t.Fatal(err)
		}
		c.Agent = "lead"
		if err := o.store.Save(ctx, bot.Change{Conversation: c}); err != nil {
			t.Fatal(err)
		}
		lost := o.desk.notices
		o.desk.notices = make(chan bot.Notice, 8)
		close(lost)
		time.Sleep(2 * time.Second)
		if heard := agent(); !strings.Contains(heard, `"id":"lead"`) {
			t.Errorf("the agent is not shown who has it: %q", heard)
		}
	})
}
