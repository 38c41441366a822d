package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console/api"
	"huiyin/hooks"
)

// An administrator makes a webhook in the console and tries it; then a customer writes, and the shop's program hears of it,
// signed. The program says that it wants no more: the administrator reads so.
func TestWebhookInTheBrowser(t *testing.T) {
	type heard struct {
		header http.Header
		body   []byte
	}
	calls := make(chan heard, 100)
	answers := make(chan int, 1)
	answers <- http.StatusNoContent
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		status := <-answers
		if status != http.StatusGone {
			answers <- status
		}
		calls <- heard{r.Header.Clone(), body}
		w.WriteHeader(status)
	}))
	defer shop.Close()
	o := furnish(t, startWith(t, t.TempDir(), "[webhooks]\nprivate = [\"127.0.0.0/8\"]\n"))
	ctx := o.signIn("max")
	page := o.url + "/console/webhooks"
	do(t, ctx, visits(page), sees(`input[name="url"]`))
	shot(t, ctx, "webhooks-none")
	do(t, ctx, types(`input[name="name"]`, "订单系统"), types(`input[name="url"]`, shop.URL+"/huiyin?shop=1"),
		click(`input[value="message.received"]`), click(`form[action="/console/webhooks"] button`), sees(".notice code"))
	secret := readsAs(t, ctx, ".notice code")
	if !strings.HasPrefix(secret, "huiyin_hook_") {
		t.Fatalf("the secret: %q", secret)
	}
	shot(t, ctx, "webhooks-made")
	do(t, ctx, click(`form[action$="/test"] button`), sees("p.done"))
	shot(t, ctx, "webhooks-tried")
	listen := func(kind hooks.Kind) api.Call {
		t.Helper()
		for {
			select {
			case c := <-calls:
				var body api.Call
				if err := hooks.Verify(secret, c.header, c.body, o.app.Now(), time.Minute); err != nil {
					t.Fatal(err)
				}
				if err := json.Unmarshal(c.body, &body); err != nil {
					t.Fatal(err)
				}
				if body.Event == kind {
					return body
				}
			case <-time.After(time.Minute):
				t.Fatalf("no call of %s", kind)
			}
		}
	}
	listen(hooks.Ping)
	id := o.writes("Ada", 0, "call me at 13812345678, please let me talk to a human")
	if got := listen(hooks.MessageReceived); got.Conversation == nil || got.Conversation.ID != id || got.Conversation.Name != "" || strings.Contains(got.Message.Text, "13812345678") || !strings.Contains(got.Message.Text, "call me") {
		t.Errorf("%+v", got)
	}
	first := listen(hooks.ConversationHandedOff)
	endpoints, err := o.app.Store.Endpoints(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	look, deadline := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	listed := func() bool { // the list is written once a second
		state, err := o.app.Store.EndpointState(t.Context(), endpoints[0].ID)
		return err == nil && slices.ContainsFunc(state.Recent, func(d hooks.Delivery) bool { return d.ID == first.ID })
	}
	for !listed() {
		select {
		case <-look.C:
		case <-deadline:
			t.Fatal("the delivery does not come into the list")
		}
	}
	again := `form[action$="/again"] input[value="` + first.ID + `"] ~ button`
	do(t, ctx, visits(page), sees("details summary"), click("details summary"), sees(again))
	shot(t, ctx, "webhooks-list")
	leads(t, ctx, again, "p.done")
	if got := listen(hooks.ConversationHandedOff); got.ID != first.ID {
		t.Errorf("sent again as %s, was %s", got.ID, first.ID)
	}
	do(t, ctx, click("details summary"))
	shot(t, ctx, "webhooks-again")

	<-answers
	answers <- http.StatusGone
	o.writes("Ada", 0, "hello?")
	deadline = time.After(time.Minute)
	for o.app.webhooks.Trouble() == 0 { // nobody is told but those who get digests, of whom there are none here
		select {
		case <-look.C:
		case <-deadline:
			t.Fatal("the webhook was not switched off")
		}
	}
	do(t, ctx, visits(page), sees("details summary"), click("details summary"))
	shot(t, ctx, "webhooks-off-zh")
	admin, err := o.app.Store.Agent(t.Context(), "max")
	if err != nil {
		t.Fatal(err)
	}
	admin.Lang = "en"
	if err := o.app.Store.SaveAgent(t.Context(), admin, bot.Event{At: o.app.Now(), Actor: "max", Action: "agent.change", Object: "max"}); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, visits(page), sees("details summary"), click("details summary"))
	shot(t, ctx, "webhooks-off-en")
	do(t, ctx, visits(o.url+"/console/"), sees("p.banner"))
	shot(t, ctx, "webhooks-inbox")
}
