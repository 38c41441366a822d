package console_test

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// promised is an office with a conversation for each state of a promise, and one that is about each kind of thing.
func promised(t *testing.T) *office {
	t.Helper()
	o := open(t)
	o.desk.rules = bot.DeskRules{FirstResponse: 10 * time.Minute, Resolution: 100 * time.Minute}
	since := func(c *bot.Conversation, d time.Duration) {
		c.WaitingSince, c.Handoff = o.now.Add(-d), &bot.Handoff{Reason: bot.ReasonAsked, At: o.now.Add(-d)}
		c.OpenedAt = c.Handoff.At
	}
	o.has("fresh", bot.StatusWaiting, func(c *bot.Conversation) { since(c, time.Minute); c.Topic = "delivery.late" })
	o.has("soon", bot.StatusWaiting, func(c *bot.Conversation) { since(c, 9*time.Minute); c.Intent = "pay" })
	o.has("late", bot.StatusWaiting, func(c *bot.Conversation) { since(c, 11*time.Minute); c.Topic, c.Intent = "delivery.late", "pay" })
	o.has("bot", bot.StatusBot, func(c *bot.Conversation) { c.Intent = "gone" })
	return o
}

// TestFilterByPromiseAndTopic narrows a list down by how its promises stand, and by what customers write about.
func TestFilterByPromiseAndTopic(t *testing.T) {
	b := promised(t).as("agent")
	row := regexp.MustCompile(`data-id="([a-z]+)"`)
	for query, want := range map[string]string{
		"sla=missed": "late", "sla=near": "soon", "sla=in_time": "fresh", "sla=none": "", "about=topic:delivery.late": "fresh late",
		"about=intent:pay": "soon late", "about=intent:delivery.late": "", "about=intent:pay&sla=missed": "late", "about=pay": "", "sla=&about=": "fresh soon late bot",
	} {
		_, body := b.do("GET", "/console/list?queue=all&"+query, nil)
		got := map[string]bool{}
		for _, m := range row.FindAllStringSubmatch(body, -1) {
			got[m[1]] = true
		}
		for _, id := range strings.Fields(want) {
			if !got[id] {
				t.Errorf("%q does not list %s", query, id)
			}
		}
		if len(got) != len(strings.Fields(want)) {
			t.Errorf("%q lists %v, want %s", query, got, want)
		}
	}
}

// TestAboutIsOfferedByName offers what open conversations are about, by its title in the agent's language, and what is chosen.
func TestAboutIsOfferedByName(t *testing.T) {
	o := promised(t)
	b := o.as("agent")
	_, body := b.do("GET", "/console/?queue=all&about=topic:delivery.late", nil)
	for _, want := range []string{`<option value="topic:delivery.late" selected>Late delivery</option>`, `<option value="intent:pay" >Pay</option>`, `<option value="missed" >Missed</option>`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not offered", want)
		}
	}
	if strings.Contains(body, "intent:gone") {
		t.Error("an intent that the bot does not have any more is offered without a title")
	}
	agent, err := o.store.Agent(t.Context(), "agent")
	if err != nil {
		t.Fatal(err)
	}
	agent.Lang = "zh"
	if err := o.store.SaveAgent(t.Context(), agent, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	_, body = b.do("GET", "/console/?queue=all&sla=near", nil)
	for _, want := range []string{`>配送太慢</option>`, `<option value="near" selected>即将超时</option>`} {
		if !strings.Contains(body, want) {
			t.Errorf("%s is not offered in Chinese", want)
		}
	}
}

// TestViewsKeepPromiseAndTopic saves a view of both, counts it, and finds it again by its address.
func TestViewsKeepPromiseAndTopic(t *testing.T) {
	b := promised(t).as("agent")
	if status, _ := b.do("POST", "/console/views", url.Values{"name": {"Burning"}, "queue": {"all"}, "sla": {"missed"}, "about": {"intent:pay"}}, "X-Fragment", "1"); status != 204 {
		t.Fatalf("saving: %d", status)
	}
	_, body := b.do("GET", "/console/list?queue=all", nil)
	m := regexp.MustCompile(`data-id="view-[^"]+" href="/console/\?([^"]+)" data-count="1"`).FindStringSubmatch(body)
	if m == nil {
		t.Fatalf("the view is not there, or does not count one: %s", body)
	}
	if _, body = b.do("GET", "/console/list?"+html.UnescapeString(m[1]), nil); !strings.Contains(body, "Name-late") || strings.Contains(body, "Name-soon") || !strings.Contains(body, `aria-current="true"`) {
		t.Errorf("%s does not show the view", m[1])
	}
	if _, body = b.do("GET", "/console/?"+html.UnescapeString(m[1]), nil); !strings.Contains(body, `name="about" value="intent:pay"`) || !strings.Contains(body, `name="sla" value="missed"`) {
		t.Error("renaming the view would lose what it narrows down by")
	}
}

// TestWaitedIsALength: how long a customer has waited is a length of time however long it is, never a date.
func TestWaitedIsALength(t *testing.T) {
	for d, want := range map[time.Duration]string{
		59 * time.Second: "Waiting &lt; 1 min", time.Minute: "Waiting 1 min", 24*time.Hour - time.Second: "Waiting 23 h", 24 * time.Hour: "Waiting 1 d", 50 * time.Hour: "Waiting 2 d",
	} {
		o := open(t)
		o.has("c", bot.StatusWaiting, func(c *bot.Conversation) { c.WaitingSince = o.now.Add(-d) })
		if _, body := o.as("agent").do("GET", "/console/list?queue=waiting", nil); !strings.Contains(body, want+"<") {
			t.Errorf("after %v the list does not say %q: %s", d, want, regexp.MustCompile(`chip waiting">[^<]*`).FindString(body))
		}
	}
}
