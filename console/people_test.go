package console_test

import (
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestNotesOnACustomer sets tags and attributes by hand, and takes them away.
func TestNotesOnACustomer(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusBot, "hi")
	b := o.as("agent")
	const page = "/console/people/p-c1"
	note := func(want int, pairs ...string) string {
		t.Helper()
		f := url.Values{}
		for i := 0; i < len(pairs); i += 2 {
			f.Set(pairs[i], pairs[i+1])
		}
		status, body := b.do("POST", page+"/note", f)
		if status != want {
			t.Fatalf("%v: %d", pairs, status)
		}
		return body
	}
	note(200, "do", "tags", "tags", " VIP，wholesale, ,<b>")
	body := note(200, "do", "set", "name", "会员等级", "value", "<i>金卡</i>")
	for _, want := range []string{`value="&lt;b&gt;, vip, wholesale"`, "会员等级", "&lt;i&gt;金卡&lt;/i&gt;"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if body := note(422, "do", "set", "name", "x", "value", " "); !strings.Contains(body, `role="alert"`) {
		t.Error("nothing says what is wrong")
	}
	note(422, "do", "nonsense")
	note(200, "do", "remove", "name", "会员等级")
	note(200, "do", "tags", "tags", "")
	c, err := o.store.Contact(t.Context(), "p-c1")
	if err != nil || len(c.Noted.Tags)+len(c.Noted.Attrs) != 0 {
		t.Errorf("%+v, %v", c.Noted, err)
	}
	audit, err := o.store.Audit(t.Context(), 4)
	if err != nil || audit[0].Action != "contact.note" || audit[0].Actor != "agent" || audit[2].Detail != "会员等级" {
		t.Errorf("%+v, %v", audit, err)
	}
	if status, _ := b.do("POST", "/console/people/nobody/note", url.Values{"do": {"tags"}}); status != 404 {
		t.Errorf("nobody: %d", status)
	}
}

// TestBackFromACustomer: the page leads back to the conversation it was opened from, else to the newest; never to another
// customer's.
func TestBackFromACustomer(t *testing.T) {
	o := open(t)
	o.talk("old", "Ada", bot.StatusResolved, "hi")
	o.now = o.now.Add(time.Hour)
	o.talk("new", "Ada", bot.StatusWaiting, "hi again")
	o.talk("hers", "Eve", bot.StatusWaiting, "hello")
	o.change("new", func(c *bot.Change) { c.Conversation.Contact = "p-old" })
	b := o.as("agent")
	if _, page := b.do("GET", "/console/c/old", nil); !strings.Contains(page, `/console/people/p-old?from=old"`) {
		t.Error("the conversation does not say where it leads from")
	}
	for from, want := range map[string]string{"": "new", "?from=old": "old", "?from=hers": "new"} {
		if _, page := b.do("GET", "/console/people/p-old"+from, nil); !strings.Contains(page, `<a href="/console/c/`+want+`">‹ Back`) {
			t.Errorf("%q does not lead back to %s", from, want)
		}
	}
}
