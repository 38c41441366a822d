package console_test

import (
	"context"
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"

	crand "crypto/rand"

	"huiyin/bot"
	"huiyin/console"
)

func TestTokensPage(t *testing.T) {
	o := open(t)
	b := o.as("admin")
	if _, body := b.do("GET", "/console/tokens", nil); !strings.Contains(body, "No tokens yet.") {
		t.Errorf("no tokens: %s", body)
	}
	good := url.Values{"name": {"  Shop <b>  system "}, "agent": {"lead"}, "scope": {"read"}, "days": {"30"}}
	for field, wrong := range map[string]string{"name": " ", "agent": "nobody", "scope": "all", "days": "7"} {
		form := url.Values{}
		for k, v := range good {
			form[k] = v
		}
		form.Set(field, wrong)
		if status, body := b.do("POST", "/console/tokens", form); status != 422 || !strings.Contains(body, `role="alert"`) {
			t.Errorf("%s %q: %d", field, wrong, status)
		}
	}
	status, body := b.do("POST", "/console/tokens", good)
	key := regexp.MustCompile(`huiyin_([0-9a-f]{12})_[0-9a-f]{64}`).FindStringSubmatch(body)
	if status != 200 || key == nil || !strings.Contains(body, "Shop &lt;b&gt; system") {
		t.Fatalf("made: %d %s", status, body)
	}
	if _, body := b.do("GET", "/console/tokens", nil); strings.Contains(body, key[0]) || !strings.Contains(body, key[1]) {
		t.Error("the key is shown twice, or the token is not listed")
	}
	keys := console.NewKeys(o.store, o.console.Now, crand.Reader)
	agent, token, err := keys.Who(context.Background(), key[0], "127.0.0.1")
	if err != nil || agent.ID != "lead" || !console.CanWith(agent, token, bot.ReadInbox, bot.Object{}) || console.CanWith(agent, token, bot.Converse, bot.Object{}) {
		t.Errorf("%+v %+v %v", agent, token, err)
	}
	if console.CanWith(agent, bot.Token{Agent: "admin", Scope: bot.ScopeWrite}, bot.ReadInbox, bot.Object{}) || console.CanWith(agent, bot.Token{Agent: "lead"}, bot.ReadInbox, bot.Object{}) {
		t.Error("another agent's token, or one without a scope, may read")
	}
	if status, _ := b.do("POST", "/console/tokens/"+key[1]+"/revoke", url.Values{}); status != 200 {
		t.Errorf("revoke: %d", status)
	}
	if _, _, err := keys.Who(context.Background(), key[0], "127.0.0.1"); !errors.Is(err, console.ErrKey) {
		t.Errorf("revoked: %v", err)
	}
	events, err := o.store.Audit(context.Background(), 10)
	if err != nil || events[0].Action != "token.revoke" || events[0].Object != key[1] || events[0].Actor != "admin" {
		t.Errorf("the log: %+v, %v", events[0], err)
	}
}
