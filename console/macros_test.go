package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/nlp"
)

// refund is a macro that does everything, as the form has it.
func refund() url.Values {
	return url.Values{"name": {"  Refunded,  wait "}, "note_zh": {"已退款 {order}"}, "note_en": {"Paid back {order}"}, "tag": {"Refund, VIP"}, "untag": {"new"},
		"reply_zh": {"{name}您好，订单 {order} 已退款。"}, "reply_en": {"Hello {name}, {order} is paid back.\r\n{agent}"}, "end": {"snooze:tomorrow"}}
}

// TestMacroFromTheFormToTheDesk makes a macro, looks at what it would do, and does it.
func TestMacroFromTheFormToTheDesk(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "where is my money?")
	lead, agent := o.as("lead"), o.as("agent")
	if status, body := lead.do("POST", "/console/macros", refund()); status != 200 || !strings.Contains(body, "Refunded, wait") {
		t.Fatalf("%d %s", status, body)
	}
	all, err := o.store.Macros(context.Background())
	if err != nil || len(all) != 1 || all[0].Version != 1 || all[0].UpdatedBy != "lead" || strings.Join(all[0].Tag, " ") != "refund vip" {
		t.Fatalf("%+v %v", all, err)
	}
	run := url.Values{"macro": {all[0].ID}}
	looks := func() string {
		t.Helper()
		_, menu := agent.do("GET", "/console/c/c1/macros", nil)
		run.Set("seen", regexp.MustCompile(`data-seen="([^"]+)"`).FindStringSubmatch(menu)[1])
		return menu
	}
	menu := looks()
	if !strings.Contains(menu, `aria-disabled="true"`) || !strings.Contains(menu, "none is known here") {
		t.Errorf("nothing says that it cannot run without an order number: %s", menu)
	}
	if status, body := agent.do("POST", "/console/c/c1/macros", run, "X-Fragment", "1"); status != http.StatusUnprocessableEntity || len(o.desk.calls) != 0 || !strings.Contains(body, "order number") {
		t.Errorf("without an order number: %d %s %v", status, body, o.desk.calls)
	}
	o.change("c1", func(c *bot.Change) { c.Conversation.Slots = map[string]bot.Slot{"order_number": {Value: "HY-1"}} })
	menu = looks()
	for _, want := range []string{"Hello Ada, HY-1 is paid back.\nagent", "Paid back HY-1", "+ refund", "+ vip", "− new", "Snooze until 11-21 09:00"} {
		if !strings.Contains(menu, want) {
			t.Errorf("what it would do does not say %q: %s", want, menu)
		}
	}
	if status, body := agent.do("POST", "/console/c/c1/macros", run, "X-Fragment", "1"); status != http.StatusNoContent {
		t.Fatalf("%d %s", status, body)
	}
	want := `macro c1 agent Refunded, wait: note "Paid back HY-1" tag ["refund" "vip"] untag ["new"] reply "Hello Ada, HY-1 is paid back.\nagent" then snooze 11-21 09:00 {Agent: Team:}`
	if got := o.desk.calls[len(o.desk.calls)-1]; got != want {
		t.Errorf("the desk was asked\n got %s\nwant %s", got, want)
	}

	// What would be another text than the agent has looked at does not run; where the customer only writes on, it does.
	for what, c := range map[string]struct {
		change func(*bot.Conversation)
		status int
	}{
		"her name":         {func(c *bot.Conversation) { c.Name = "Bea" }, http.StatusConflict},
		"her language":     {func(c *bot.Conversation) { c.Lang = "zh" }, http.StatusConflict},
		"her order":        {func(c *bot.Conversation) { c.Slots = map[string]bot.Slot{"order_number": {Value: "HY-2"}} }, http.StatusConflict},
		"another message":  {func(c *bot.Conversation) { c.Preview = "and?" }, http.StatusNoContent},
		"nothing of a sum": {nil, http.StatusConflict},
	} {
		looks()
		before, err := o.store.Conversation(context.Background(), "c1")
		if err != nil {
			t.Fatal(err)
		}
		after := before
		if c.change != nil {
			c.change(&after)
		} else {
			run.Set("seen", "")
		}
		save := func(c bot.Conversation) {
			t.Helper()
			if err := o.store.Save(context.Background(), bot.Change{Conversation: c}); err != nil {
				t.Fatal(err)
			}
		}
		save(after)
		if status, body := agent.do("POST", "/console/c/c1/macros", run, "X-Fragment", "1"); status != c.status {
			t.Errorf("%s: %d %s", what, status, body)
		}
		before.Version++
		save(before) // as it was
	}
	looks()

	// What was changed after the agent had looked at it does not run.
	changed := refund()
	changed.Set("id", all[0].ID)
	changed.Set("version", "1")
	changed.Set("end", "resolve")
	if status, _ := lead.do("POST", "/console/macros", changed); status != 200 {
		t.Fatalf("changing it: %d", status)
	}
	asked := len(o.desk.calls)
	if status, body := agent.do("POST", "/console/c/c1/macros", run, "X-Fragment", "1"); status != http.StatusConflict || !strings.Contains(body, "changed a moment ago") || len(o.desk.calls) != asked {
		t.Errorf("a macro that was changed meanwhile: %d %s", status, body)
	}
	if status, body := lead.do("POST", "/console/macros", changed); status != http.StatusConflict || !strings.Contains(body, "in the meantime") || !strings.Contains(body, "Paid back {order}") {
		t.Errorf("saving over what a colleague saved: %d; what was written must be shown again", status)
	}
	if status, _ := lead.do("POST", "/console/macros", url.Values{"id": {all[0].ID}, "remove": {"1"}}); status != 200 {
		t.Errorf("removing: %d", status)
	}
	if status, _ := agent.do("POST", "/console/c/c1/macros", run, "X-Fragment", "1"); status != http.StatusNotFound {
		t.Errorf("running one that was removed: %d", status)
	}
	_, audit := lead.do("GET", "/console/audit", nil)
	if strings.Count(audit, "macro.save") != 2 || strings.Count(audit, "macro.remove") != 1 {
		t.Error("the audit log does not have it")
	}
}

// TestMacroForms reads every end that the form offers, and refuses what it does not.
func TestMacroForms(t *testing.T) {
	o := open(t)
	b := o.as("lead")
	page := func() string { _, body := b.do("GET", "/console/macros", nil); return body }
	ends := regexp.MustCompile(`<option value="([^"]*)"`).FindAllStringSubmatch(page(), -1)
	if len(ends) < 10 {
		t.Fatalf("ends %q", ends)
	}
	for i, end := range ends {
		f := url.Values{"name": {fmt.Sprint("Macro ", i)}, "tag": {"x"}, "end": {end[1]}}
		if status, body := b.do("POST", "/console/macros", f); status != 200 {
			t.Errorf("%q: %d %s", end[1], status, body)
		}
		all, err := o.store.Macros(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range all {
			if _, body := b.do("GET", "/console/macros?edit="+m.ID, nil); m.Name == fmt.Sprint("Macro ", i) && end[1] != "" && !strings.Contains(body, `value="`+end[1]+`" selected`) {
				t.Errorf("%q is not what is shown again", end[1])
			}
		}
	}
	for what, f := range map[string]url.Values{
		"nothing to do":    {"name": {"x"}, "reply_en": {"  "}},
		"no name":          {"name": {" "}, "tag": {"x"}},
		"no such end":      {"name": {"x"}, "end": {"explode"}},
		"no such time":     {"name": {"x"}, "end": {"snooze:never"}},
		"to nobody":        {"name": {"x"}, "end": {"transfer:agent:"}},
		"a long name":      {"name": {strings.Repeat("名", 61)}, "tag": {"x"}},
		"a long text":      {"name": {"x"}, "reply_zh": {strings.Repeat("长", 2001)}},
		"a version of war": {"name": {"x"}, "tag": {"x"}, "version": {"-1"}},
	} {
		if status, _ := b.do("POST", "/console/macros", f); status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d", what, status)
		}
	}
	if status, body := b.do("POST", "/console/macros", url.Values{"name": {"macro  1"}, "tag": {"x"}}); status != http.StatusConflict || !strings.Contains(body, "already has this name") {
		t.Errorf("a name that is taken: %d", status)
	}
	if agent := o.as("agent"); true {
		if _, body := agent.do("GET", "/console/macros", nil); !strings.Contains(body, "Macro 1") || strings.Contains(body, `action="/console/macros"`) {
			t.Error("an agent should see the macros, and not the form")
		}
	}
}

// TestMacroLanguages: the reply is in the customer's language, the note in the agent's; where there is only the other one,
// the menu says so.
func TestMacroLanguages(t *testing.T) {
	o := open(t)
	o.talk("c1", "", bot.StatusWaiting, "hi")
	o.change("c1", func(c *bot.Change) { c.Conversation.Lang = "zh-Hans" })
	both := map[nlp.Lang]string{"zh": "{name}您好", "en": "Hello {name}, hi"}
	for _, m := range []bot.Macro{{ID: "1", Name: "both", Note: both, Reply: both}, {ID: "2", Name: "english", Reply: map[nlp.Lang]string{"en": both["en"]}}} {
		if err := o.store.SaveMacro(context.Background(), m, bot.Event{}); err != nil {
			t.Fatal(err)
		}
	}
	_, body := o.as("agent").do("GET", "/console/c/c1/macros", nil)
	for _, want := range []string{`<dd class="noted">Hello, hi</dd>`, `<dd class="said">您好</dd>`, `<span class="chip waiting">English</span> Hello, hi</dd>`} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q in %s", want, body)
		}
	}
}
