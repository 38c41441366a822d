package console_test

import (
	"context"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
)

// caller is what calls endpoints, made of data.
type caller struct {
	changed int
	trouble int
	tested  []hooks.Endpoint
	answer  hooks.Delivery
	again   []string // deliveries
	fails   error    // of Again
}

func (c *caller) CheckURL(address string) error {
	if !strings.HasPrefix(address, "https://") {
		return hooks.ErrURL
	}
	return nil
}

func (c *caller) Changed() { c.changed++ }

func (c *caller) Trouble() int { return c.trouble }

func (c *caller) Test(_ context.Context, e hooks.Endpoint, id string) (hooks.Delivery, error) {
	c.tested = append(c.tested, e)
	d := c.answer
	d.ID, d.Kind = id, hooks.Ping
	return d, nil
}

func (c *caller) Again(_ context.Context, e hooks.Endpoint, delivery string, by bot.AgentID) (hooks.Delivery, error) {
	c.again = append(c.again, e.ID+" "+delivery+" "+string(by))
	d := c.answer
	d.ID, d.Kind = delivery, hooks.MessageReceived
	return d, c.fails
}

var secretForm = regexp.MustCompile(`huiyin_hook_[0-9a-f]{64}`)

// endpoint is the only one.
func (o *office) endpoint() hooks.Endpoint {
	o.t.Helper()
	all, err := o.store.Endpoints(o.t.Context())
	if err != nil || len(all) != 1 {
		o.t.Fatalf("endpoints: %+v, %v", all, err)
	}
	return all[0]
}

func TestWebhooksPage(t *testing.T) {
	o := open(t)
	b := o.as("admin")
	if _, body := b.do("GET", "/console/webhooks", nil); !strings.Contains(body, "There are no webhooks yet.") {
		t.Errorf("none: %s", body)
	}
	good := url.Values{"name": {" Shop <b> system "}, "url": {"https://shop.example/hook"}, "kind": {"message.received", "rating.given", "nonsense"}}
	for field, wrong := range map[string]string{"name": " ", "url": "http://shop.example/", "kind": "nonsense"} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form[field] = []string{wrong}
		if status, body := b.do("POST", "/console/webhooks", form); status != 422 || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s %q: %d", field, wrong, status)
		}
	}
	status, body := b.do("POST", "/console/webhooks", good)
	secret := secretForm.FindString(body)
	e := o.endpoint()
	if status != 200 || secret == "" || secret != e.Secret || !strings.Contains(body, "Shop &lt;b&gt; system") || o.caller.changed != 1 {
		t.Fatalf("made: %d %q, changed %d", status, secret, o.caller.changed)
	}
	if e.Name != "Shop <b> system" || e.Names || !slices.Equal(e.Kinds, []hooks.Kind{hooks.MessageReceived, hooks.RatingGiven}) || e.CreatedBy != "admin" {
		t.Errorf("%+v", e)
	}
	if _, body := b.do("GET", "/console/webhooks?edit="+e.ID, nil); secretForm.MatchString(body) || !strings.Contains(body, e.URL) {
		t.Error("the secret is shown twice, or the address is not")
	}
	change := url.Values{"id": {e.ID}, "version": {"1"}, "name": {"Shop"}, "url": {"https://shop.example/2"}, "kind": {"digest.ready"}, "names": {"1"}}
	if status, _ := b.do("POST", "/console/webhooks", change); status != 200 {
		t.Errorf("change: %d", status)
	}
	if got := o.endpoint(); got.URL != "https://shop.example/2" || !got.Names || got.Secret != secret || got.Kinds[0] != hooks.DigestReady {
		t.Errorf("%+v", got)
	}
	if status, _ := b.do("POST", "/console/webhooks", change); status != http.StatusConflict {
		t.Errorf("the same form again: %d", status)
	}
	audit, err := o.store.Audit(t.Context(), 2)
	if err != nil || audit[0].Action != "hook.change" || audit[1].Action != "hook.create" || audit[0].Actor != "admin" {
		t.Errorf("%+v, %v", audit, err)
	}
}

func TestWebhookActs(t *testing.T) {
	o := open(t)
	b := o.as("admin")
	if status, _ := b.do("POST", "/console/webhooks", url.Values{"name": {"Shop"}, "url": {"https://shop.example/hook"}, "kind": {"message.received"}}); status != 200 {
		t.Fatal(status)
	}
	e := o.endpoint()
	path := "/console/webhooks/" + e.ID
	for want, answer := range map[string]hooks.Delivery{"Taken (204)": {Status: 204}, "Answered 404": {Status: 404, Error: hooks.FailStatus}, "leads into a private network": {Error: hooks.FailInside}} {
		o.caller.answer = answer
		if status, body := b.do("POST", path+"/test", url.Values{}); status != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d", want, status)
		}
	}
	if status, _ := b.do("POST", path+"/switch", url.Values{}); status != 200 || o.endpoint().Off != hooks.OffHand {
		t.Errorf("off: %d %+v", status, o.endpoint())
	}
	if status, _ := b.do("POST", path+"/switch", url.Values{"on": {"1"}}); status != 200 || o.endpoint().Off != hooks.OffNot || !o.endpoint().OffAt.IsZero() {
		t.Errorf("on: %d %+v", status, o.endpoint())
	}
	if status, body := b.do("POST", path+"/secret", url.Values{}); status != 200 || o.endpoint().Secret == e.Secret || secretForm.FindString(body) != o.endpoint().Secret {
		t.Errorf("secret: %d", status)
	}
	for want, answer := range map[string]hooks.Delivery{"A customer writes): Taken (204)": {Status: 204}, "Answered 404": {Status: 404, Error: hooks.FailStatus}, "No answer within ten seconds": {Error: hooks.FailTimeout}} {
		o.caller.answer = answer
		if status, body := b.do("POST", path+"/again", url.Values{"delivery": {"d-1"}}); status != 200 || !strings.Contains(body, want) {
			t.Errorf("again: %s: %d", want, status)
		}
		if log, err := o.store.Audit(t.Context(), 1); err != nil || log[0].Action != "hook.again" || log[0].Object != e.ID || !strings.HasPrefix(log[0].Detail, "d-1 ") || log[0].Actor != "admin" {
			t.Errorf("audit: %+v, %v", log, err)
		}
	}
	o.caller.fails = hooks.ErrGone
	if status, body := b.do("POST", path+"/again", url.Values{"delivery": {"d-1"}}); status != 200 || !strings.Contains(body, "has been deleted") {
		t.Errorf("again of what is gone: %d", status)
	}
	o.caller.fails = bot.ErrNotFound
	if status, _ := b.do("POST", path+"/again", url.Values{"delivery": {"d-2"}}); status != http.StatusNotFound || o.caller.again[4] != e.ID+" d-2 admin" {
		t.Errorf("again of what has left the list: %d %q", status, o.caller.again)
	}
	state := hooks.State{Endpoint: e.ID, Refused: 8, Refusing: o.now, Attempts: 2, Next: o.now.Add(time.Hour), Failing: o.now, Lost: 7,
		Recent: []hooks.Delivery{{ID: e.ID + "-3", Event: hooks.Event{N: 3}, By: "admin", Kind: hooks.MessageReceived, At: o.now, Attempt: 2, Error: hooks.FailTimeout, Took: 10 * time.Second}}}
	if err := o.store.SaveEndpointState(t.Context(), state); err != nil {
		t.Fatal(err)
	}
	_, body := b.do("GET", "/console/webhooks", nil)
	for _, want := range []string{"2 attempts failed", "7 events were lost", "No answer within ten seconds", e.ID + "-3", "refused every event", "8 so far", "Send again", "by hand", `name="delivery" value="` + e.ID + `-3"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	o.caller.trouble = 1
	for role, want := range map[string]bool{"admin": true, "lead": false} {
		if _, body := o.as(role).do("GET", "/console/", nil); strings.Contains(body, "Have a look") != want {
			t.Errorf("%s hears of trouble: %v", role, !want)
		}
	}
	if status, _ := b.do("POST", path+"/delete", url.Values{}); status != 200 {
		t.Errorf("delete: %d", status)
	}
	for _, act := range []string{"/test", "/again", "/switch", "/secret", "/delete"} {
		if status, _ := b.do("POST", path+act, url.Values{}); status != http.StatusNotFound {
			t.Errorf("%s of one that is gone: %d", act, status)
		}
	}
}

// TestWebhookRoles asks for every route as every role.
func TestWebhookRoles(t *testing.T) {
	routes := []string{"GET /console/webhooks", "POST /console/webhooks", "POST /console/webhooks/x/test", "POST /console/webhooks/x/again", "POST /console/webhooks/x/switch", "POST /console/webhooks/x/secret", "POST /console/webhooks/x/delete"}
	o := open(t)
	for _, role := range []string{"", "agent", "lead", "editor", "admin"} {
		b := o.browser()
		if role != "" {
			b = o.as(role)
		}
		for _, route := range routes {
			method, path, _ := strings.Cut(route, " ")
			status, _ := b.do(method, path, url.Values{}, "X-Fragment", "1")
			if allowed := status != http.StatusUnauthorized && status != http.StatusForbidden; allowed != (role == "admin") {
				t.Errorf("%s as %q: %d", route, role, status)
			}
		}
	}
	if all, err := o.store.Endpoints(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("%+v, %v", all, err)
	}
	audit, err := o.store.Audit(t.Context(), 0)
	if err != nil || slices.ContainsFunc(audit, func(e bot.Event) bool { return strings.HasPrefix(e.Action, "hook.") }) {
		t.Errorf("%+v, %v", audit, err)
	}
}
