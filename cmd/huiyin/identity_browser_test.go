package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"huiyin/bot"
	"huiyin/internal/identity"
)

const identitySecret = "3f1c9a7e5b2d8064f0e1d2c3b4a59687"

// markedName is a name that would be an element if a page forgot to escape it.
const markedName = `<img src=x onerror="document.title='owned'">Ada`

// token is what a shop's server signs for a customer.
func token(t *testing.T, c identity.Claims) string {
	t.Helper()
	if c.Expires.IsZero() {
		c.Expires = clockOf(t).now().Add(time.Hour)
	}
	signed, err := identity.Sign(identitySecret, "web", c)
	if err != nil {
		t.Fatal(err)
	}
	return signed
}

// shop is a site with the widget, which it serves from its own address, so that a test can look into the frame. ?as= is who is
// signed in there; what "blocked" asks is answered by a proxy on the way, with a page of its own.
func shop(t *testing.T, p *program, customers map[string]identity.Claims) string {
	t.Helper()
	chat, err := url.Parse(p.url)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(chat)
		r.Out.Host = r.In.Host
	}}
	mux := http.NewServeMux()
	mux.Handle("/channels/", proxy)
	mux.HandleFunc("POST /channels/web/api/identify", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer blocked" {
			proxy.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusForbidden)
		fmt.Fprint(w, "<!doctype html><h1>Forbidden</h1>")
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		attribute := ""
		if who, ok := customers[r.URL.Query().Get("as")]; ok {
			attribute = fmt.Sprintf(` data-identity="%s"`, html.EscapeString(token(t, who)))
		}
		if r.URL.Query().Get("as") == "blocked" {
			attribute = ` data-identity="blocked"`
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		fmt.Fprintf(w, `<!doctype html><title>shop</title><h1>Some shop</h1>
			<script>Element.prototype.attachShadow = ((real) => function (how) { return real.call(this, { ...how, mode: 'open' }); })(Element.prototype.attachShadow);
			const chat = () => document.getElementById('huiyin-widget').shadowRoot.querySelector('iframe');</script>
			<script src="/channels/web/widget.js" data-lang="en"%s async></script>`, attribute)
	})
	s := httptest.NewServer(mux)
	t.Cleanup(s.Close)
	return s.URL
}

// inFrame is a condition on the document of the chat, as d.
func inFrame(condition string) step {
	return has(`((d) => d.readyState === 'complete' && d.getElementById('text') && (` + condition + `))(chat().contentDocument)`)
}

func framed(sentence string) step {
	return inFrame(fmt.Sprintf(`d.getElementById('messages').innerText.includes(%q)`, sentence))
}

// sayFramed opens the chat, writes and sends.
func sayFramed(text string) step {
	return chromedp.Steps(inFrame(`d.querySelector('#messages') !== null`), chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`(() => {
		const d = chat().contentDocument, box = d.getElementById('text');
		box.value = %q;
		box.dispatchEvent(new Event('input', { bubbles: true }));
		d.getElementById('form').requestSubmit();
	})(); undefined`, text)), framed(text), inFrame(`d.querySelectorAll('.state').length === 0`))
}

// evaluate runs a script of the shop's page.
func evaluate(script string) step { return chromedp.Evaluate[chromedp.Void](script + "; undefined") }

func textOf(t *testing.T, ctx context.Context) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`chat().contentDocument.getElementById('messages').innerText`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// kept is everything that the browser keeps of the chat.
func kept(t *testing.T, ctx context.Context) string {
	t.Helper()
	text, err := chromedp.Run(ctx, chromedp.Evaluate[string](`JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage), document.cookie])`))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// started waits until the chat's page knows who it is for.
func started() step { return inFrame(`d.body.dataset.who !== undefined`) }

// TestSigningInInTheBrowser: a visitor starts, signs in, goes on at another device, signs out, and another customer comes.
func TestSigningInInTheBrowser(t *testing.T) {
	o := furnish(t, startWith(t, t.TempDir(), "[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\nidentity_secret = \""+identitySecret+"\"\n"))
	ada, bo := identity.Claims{Account: "42", Name: markedName, Email: "ada@shop.example", Phone: "+86 138 1234 5678"}, identity.Claims{Account: "43", Name: "Bo"}
	site := shop(t, o.program, map[string]identity.Claims{"ada": ada, "bo": bo})
	first := browser(t)
	do(t, first, chromedp.EmulateViewport(1280, 844), visits(site), started(), sayFramed("what is your return policy?"), framed("7 days"))
	if !strings.Contains(kept(t, first), "token") {
		t.Errorf("a visitor's token is kept nowhere: %s", kept(t, first))
	}

	t.Run("she signs in and keeps what she has begun", func(t *testing.T) {
		do(t, first, evaluate(fmt.Sprintf(`huiyin.identify(%q)`, token(t, ada))), inFrame(`d.body.dataset.who === 'person'`), framed("what is your return policy?"))
		do(t, first, sayFramed("how long does delivery to Shanghai take?"))
		list, err := o.app.Store.Conversations(t.Context(), allConversations)
		if err != nil || len(list) != 1 || list[0].Account != "42" || list[0].Name != markedName {
			t.Fatalf("%+v %v", list, err)
		}
		if k := kept(t, first); k != `[[],[],""]` {
			t.Errorf("the browser keeps %s", k)
		}
	})
	second := browser(t)
	t.Run("on a second device she reads and goes on", func(t *testing.T) {
		do(t, second, chromedp.EmulateViewport(1280, 844), visits(site+"/?as=ada"), started(), framed("what is your return policy?"), sayFramed("I want to talk to a person"))
		do(t, first, framed("I want to talk to a person"))
		list, err := o.app.Store.Conversations(t.Context(), allConversations)
		if err != nil || len(list) != 1 || list[0].Status != bot.StatusWaiting {
			t.Fatalf("%+v %v", list, err)
		}
		if _, err := o.app.Bot.Reply(t.Context(), list[0].ID, bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}, "Hello, this is Lin."); err != nil {
			t.Fatal(err)
		}
		do(t, first, framed("this is Lin"))
		do(t, second, framed("this is Lin"), evaluate(`document.getElementById('huiyin-widget').shadowRoot.querySelector('button').click()`))
		shot(t, second, "identity-person")
		if k := kept(t, second); k != `[[],[],""]` {
			t.Errorf("the browser keeps %s", k)
		}
	})
	t.Run("staff see that she is verified, and her name as a text", func(t *testing.T) { o.seesVerified(t) })
	t.Run("she signs out and nothing is left", func(t *testing.T) {
		do(t, first, evaluate(`huiyin.forget()`), inFrame(`d.body.dataset.who === 'visitor'`), inFrame(`d.getElementById('messages').childElementCount === 0`))
		k := kept(t, first)
		if strings.Contains(k, "return policy") || strings.Count(k, "token") != 1 {
			t.Errorf("the browser keeps %s", k)
		}
		do(t, first, visits(site), started(), inFrame(`d.getElementById('messages').childElementCount === 0`))
	})
	t.Run("two people at one browser see their own", func(t *testing.T) {
		do(t, first, visits(site+"/?as=bo"), started(), sayFramed("Bo asks for an invoice"))
		if text := textOf(t, first); strings.Contains(text, "Lin") || strings.Contains(text, "return policy") {
			t.Errorf("Bo reads %s", text)
		}
		do(t, first, evaluate(fmt.Sprintf(`huiyin.identify(%q)`, token(t, ada))), framed("this is Lin")) // without signing out
		if text := textOf(t, first); strings.Contains(text, "invoice") {
			t.Errorf("Ada reads %s", text)
		}
		do(t, first, visits(site+"/?as=bo"), framed("Bo asks for an invoice"))
		if text := textOf(t, first); strings.Contains(text, "Lin") {
			t.Errorf("Bo reads %s", text)
		}
	})
	t.Run("a refused token leaves her a visitor", func(t *testing.T) {
		do(t, first, visits(site), started(), evaluate(`huiyin.identify('a.b.c')`), visits(site), started(), inFrame(`d.body.dataset.who === 'visitor'`))
	})
	t.Run("an answer that is not Huiyin's leaves her a visitor", func(t *testing.T) {
		do(t, first, visits(site+"/?as=blocked"), started(), inFrame(`d.body.dataset.who === 'visitor'`))
	})
	t.Run("what was not sent yet goes along, and nothing stays", func(t *testing.T) {
		do(t, first, evaluate(`localStorage.setItem('/channels/web/queue', JSON.stringify([{ id: 'ab'.repeat(12), text: 'not sent before', lang: 'en' }]))`),
			visits(site+"/?as=ada"), started(), inFrame(`d.body.dataset.who === 'person'`), framed("not sent before"), inFrame(`d.querySelectorAll('.state').length === 0`))
		if k := kept(t, first); k != `[[],[],""]` {
			t.Errorf("the browser keeps %s", k)
		}
		do(t, first, visits(site), started(), inFrame(`d.body.dataset.who === 'visitor' && d.getElementById('messages').childElementCount === 0`))
	})
	t.Run("a token that expires is renewed", func(t *testing.T) {
		soon := clockOf(t).now().Add(identity.Skew * -1).Add(3 * time.Second) // within the skew it is valid still
		short := ada
		short.Expires = soon
		do(t, first, evaluate(fmt.Sprintf(`window.asked = 0; huiyin.identify(async () => asked++ ? %q : %q)`, token(t, ada), token(t, short))), framed("this is Lin"),
			has(fmt.Sprintf(`Date.now() > %d`, soon.Add(identity.Skew+time.Second).UnixMilli())), sayFramed("after the token has expired"), has(`asked === 2`))
	})
}

// seesVerified looks at her on the desk, in both languages.
func (o *office) seesVerified(t *testing.T) {
	for _, who := range []struct {
		agent bot.AgentID
		word  string
	}{{"lin", "Verified"}, {"max", "已验证"}} {
		ctx := o.signIn(who.agent)
		list, err := o.app.Store.Conversations(t.Context(), allConversations)
		if err != nil || len(list) == 0 {
			t.Fatal(list, err)
		}
		escaped := has(`document.title !== 'owned' && !document.querySelector('img[src="x"]') && document.body.innerText.includes('<img src=x onerror=')`)
		do(t, ctx, visits(o.url+"/console/?queue=all"), has(`document.querySelector('.rows .vouched') !== null`), escaped)
		do(t, ctx, visits(o.url+"/console/c/"+string(list[0].ID)), has(fmt.Sprintf(`document.querySelector('.head .vouched').innerText.includes(%q)`, who.word)), escaped)
		shot(t, ctx, "identity-desk-"+string(who.agent))
		do(t, ctx, visits(o.url+"/console/people/"+string(list[0].Contact)), shows(who.word), shows("ada@shop.example"), shows("+86 138 1234 5678"), escaped)
		shot(t, ctx, "identity-customer-"+string(who.agent))
	}
}

// TestSignedInOnAnotherSite hands the token over between two origins, as most shops will have it.
func TestSignedInOnAnotherSite(t *testing.T) {
	var p *program
	host := hostPage(t, func() string { return p.url + "/channels/web/widget.js" }, fmt.Sprintf("data-identity=%q", token(t, identity.Claims{Account: "42", Name: "Ada"})))
	p = startWith(t, t.TempDir(), "[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\nidentity_secret = \""+identitySecret+"\"\norigins = [\""+host+"\"]\n")
	notices := p.app.Bot.Subscribe(t.Context())
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(host), has(`chatStarted`))
	do(t, ctx, chromedp.MouseClickXY(1231, 795), has(`document.activeElement?.id === 'huiyin-widget'`))
	// What goes on within the frame cannot be seen from this origin: a page that is slow to make its box may lose the first keys.
	stop := typeUntil(t, ctx, "hello from the other site")
	defer stop()
	select {
	case n := <-notices:
		if n.Conversation.Account != "42" || n.Conversation.Name != "Ada" {
			t.Errorf("%+v", n.Conversation)
		}
	case <-ctx.Done():
		t.Fatal("the message did not arrive")
	}
}

// typeUntil types a text and Enter into the widget, and again every ten seconds until it is told to stop.
func typeUntil(t *testing.T, ctx context.Context, text string) (stop func()) {
	t.Helper()
	toFront := chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, page.BringToFront, cdp.Empty{})
		return err
	})
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for ctx.Err() == nil {
			_ = chromedp.Do(ctx, toFront, evaluate(`document.getElementById('huiyin-widget').focus()`), pressesInFrame(text), pressesInFrame("\r")) // it fails when ctx ends
			select {
			case <-ctx.Done():
			case <-time.After(10 * time.Second):
			}
		}
	}()
	return func() { cancel(); <-ended }
}
