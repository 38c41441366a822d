package console_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
)

func TestSignIn(t *testing.T) {
	o := open(t)
	b := o.browser()
	if _, body := b.do("GET", "/console/", nil); !strings.Contains(body, `name="password"`) {
		t.Error("a stranger does not get the login page")
	}
	for name, form := range map[string]url.Values{
		"wrong password": {"email": {"agent@shop.example"}, "password": {"wrong wrong wrong"}},
		"unknown":        {"email": {"nobody@shop.example"}, "password": {password}},
		"empty":          {},
	} {
		if status, _ := b.do("POST", "/console/login", form); status != http.StatusUnauthorized {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := b.do("POST", "/console/login", url.Values{"email": {"AGENT@shop.example"}, "password": {password}}); status != 200 {
		t.Fatalf("right password: %d", status)
	}
	if _, body := b.do("GET", "/console/", nil); !strings.Contains(body, "No open conversations") {
		t.Errorf("signed in, but the inbox is %s", body)
	}
}

func TestSessionsEnd(t *testing.T) {
	signedIn := func(b *browser) bool {
		_, body := b.do("GET", "/console/", nil)
		return !strings.Contains(body, `name="password"`)
	}
	t.Run("idle", func(t *testing.T) {
		o := open(t)
		b := o.as("agent")
		o.now = o.now.Add(11 * time.Hour)
		if !signedIn(b) {
			t.Error("signed out after 11 idle hours")
		}
		o.now = o.now.Add(13 * time.Hour)
		if signedIn(b) {
			t.Error("still signed in after 13 idle hours")
		}
	})
	t.Run("sign out", func(t *testing.T) {
		o := open(t)
		b := o.as("agent")
		b.do("POST", "/console/logout", url.Values{})
		if signedIn(b) {
			t.Error("still signed in")
		}
	})
	t.Run("disabled", func(t *testing.T) {
		o := open(t)
		b := o.as("agent")
		a, err := o.store.Agent(context.Background(), "agent")
		if err != nil {
			t.Fatal(err)
		}
		a.Disabled = true
		if err := o.store.SaveAgent(context.Background(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if signedIn(b) {
			t.Error("a disabled agent is still signed in")
		}
	})
	t.Run("new password ends the others", func(t *testing.T) {
		o := open(t)
		here, there := o.as("agent"), o.as("agent")
		status, body := here.do("POST", "/console/account", url.Values{"name": {"Ann"}, "email": {"agent@shop.example"}, "current": {password}, "password": {"another good one"}})
		if status != 200 || !signedIn(here) {
			t.Fatalf("%d %s", status, body)
		}
		if signedIn(there) {
			t.Error("the other browser is still signed in")
		}
	})
}

func TestOneTimeLink(t *testing.T) {
	o := open(t)
	fresh := bot.Agent{ID: "new", Email: "new@shop.example", Name: "New", Role: bot.RoleAdmin}
	if err := o.store.SaveAgent(context.Background(), fresh, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	token, err := console.NewLink(context.Background(), o.store, "new", o.now, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	b := o.browser()
	for range 2 { // looking at it, as a preview robot does, does not use it up
		if _, body := b.do("GET", "/console/login?once="+token, nil); !strings.Contains(body, token) {
			t.Fatalf("no button: %s", body)
		}
	}
	if status, body := b.do("POST", "/console/login", url.Values{"once": {token}}); status != 200 || !strings.Contains(body, `name="password"`) {
		t.Fatalf("%d: the account page with a new password does not follow: %s", status, body)
	}
	if status, _ := o.browser().do("POST", "/console/login", url.Values{"once": {token}}); status != http.StatusUnauthorized {
		t.Errorf("the second use: %d", status)
	}
	late, err := console.NewLink(context.Background(), o.store, "new", o.now, rand.NewChaCha8([32]byte{4}))
	if err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(25 * time.Hour)
	if status, _ := o.browser().do("POST", "/console/login", url.Values{"once": {late}}); status != http.StatusUnauthorized {
		t.Errorf("after 25 hours: %d", status)
	}
}

func TestLinkTokenIsNoSession(t *testing.T) {
	o := open(t)
	token, err := console.NewLink(context.Background(), o.store, "admin", o.now, rand.NewChaCha8([32]byte{3}))
	if err != nil {
		t.Fatal(err)
	}
	if _, body := o.browser().do("GET", "/console/", nil, "Cookie", "huiyin="+token); !strings.Contains(body, `name="password"`) {
		t.Error("a one-time token serves as a session cookie")
	}
}

func TestThrottle(t *testing.T) {
	o := open(t)
	b := o.browser()
	form := url.Values{"email": {"agent@shop.example"}, "password": {"x"}}
	for range 10 {
		b.do("POST", "/console/login", form)
	}
	if status, _ := b.do("POST", "/console/login", url.Values{"email": {"agent@shop.example"}, "password": {password}}); status != http.StatusTooManyRequests {
		t.Errorf("the eleventh try within a minute: %d", status)
	}
	o.now = o.now.Add(2 * time.Minute)
	if status, _ := b.do("POST", "/console/login", url.Values{"email": {"agent@shop.example"}, "password": {password}}); status != 200 {
		t.Errorf("after two minutes: %d", status)
	}
}

// TestThrottleBehindAProxy: whoever guesses passwords keeps out nobody who comes from elsewhere.
func TestThrottleBehindAProxy(t *testing.T) {
	o := open(t)
	o.console.Proxied = true
	try := func(from, email, password string) int {
		status, _ := o.browser().do("POST", "/console/login", url.Values{"email": {email}, "password": {password}}, "X-Forwarded-For", from)
		return status
	}
	for i := range 10 {
		try("made up, 203.0.113.5", fmt.Sprint("nobody", i, "@shop.example"), "x")
	}
	if status := try("203.0.113.5", "agent@shop.example", password); status != http.StatusTooManyRequests {
		t.Errorf("the eleventh try from there: %d", status)
	}
	if status := try("198.51.100.7", "agent@shop.example", password); status != http.StatusOK {
		t.Errorf("from elsewhere: %d", status)
	}
}

func TestOtherSitesCannotAct(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("agent")
	for _, headers := range [][]string{{"Origin", "https://evil.example"}, {"Sec-Fetch-Site", "cross-site"}} {
		if status, _ := b.do("POST", "/console/c/c1/claim", url.Values{}, headers...); status != http.StatusForbidden {
			t.Errorf("%v: %d", headers, status)
		}
	}
	if len(o.desk.calls) != 0 {
		t.Errorf("it was done: %v", o.desk.calls)
	}
}
