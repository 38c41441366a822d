package console_test

import (
	"bufio"
	"context"
	"net/url"
	"strings"
	"testing"

	"huiyin/bot"
)

// TestMentions: whom a note names is told on her open page, and finds the conversation in a list of her own, counted until
// she has seen it, also when it was resolved meanwhile.
func TestMentions(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusAgent, "hi", "hello")
	o.talk("c2", "Tom", bot.StatusWaiting, "hi")
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- o.console.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	b, lead := o.as("agent"), o.as("lead")
	resp, err := b.Get(o.server.URL + "/console/live")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	stream := bufio.NewScanner(resp.Body)
	told := func() string {
		for stream.Scan() {
			if line := stream.Text(); strings.HasPrefix(line, "data: ") {
				return line
			}
		}
		t.Fatal("the stream ended")
		return ""
	}
	tab := func(who *browser, query string) (count string, body string) {
		_, body = who.do("GET", "/console/list?"+query, nil)
		if _, rest, ok := strings.Cut(body, `data-name="mentions"`); ok {
			head, _, _ := strings.Cut(rest, "</a>")
			_, count, _ = strings.Cut(head, "<b>")
			return strings.TrimSuffix(count, "</b>"), body
		}
		return "no tab", body
	}
	if count, _ := tab(b, "queue=all"); count != "no tab" {
		t.Errorf("before anybody is named there is a tab: %s", count)
	}
	c, err := o.store.Conversation(t.Context(), "c1")
	if err != nil {
		t.Fatal(err)
	}
	note := bot.Message{ID: "c1-3", Conversation: "c1", Seq: 3, Inbox: "web", Thread: "t-c1", Direction: bot.Outgoing, Private: true, Author: bot.ByAgent, AuthorID: "lead",
		AuthorName: `Le<a>`, Text: "@agent <script>", Mentions: []bot.AgentID{"agent"}, At: o.now}
	c.LastSeq, c.Mentioned = 3, map[bot.AgentID]uint64{"agent": 3}
	save := func(m ...bot.Message) {
		t.Helper()
		if err := o.store.Save(t.Context(), bot.Change{Conversation: c, Messages: m}); err != nil {
			t.Fatal(err)
		}
		if c, err = o.store.Conversation(t.Context(), "c1"); err != nil {
			t.Fatal(err)
		}
		o.desk.notices <- bot.Notice{Conversation: c, Messages: m}
	}
	save(note)
	if line := told(); !strings.Contains(line, `"mentions":["agent"],"by":"Le\u003ca\u003e"`) {
		t.Errorf("told as %s", line)
	}
	if count, body := tab(b, "queue=all"); count != "1" || strings.Count(body, `class="named"`) != 1 {
		t.Errorf("counted as %q, or the row is not marked", count)
	}
	if count, _ := tab(lead, "queue=all"); count != "no tab" {
		t.Errorf("a colleague has a tab with %s", count)
	}
	if _, body := tab(b, "queue=mentions"); !strings.Contains(body, `data-id="c1"`) || strings.Contains(body, `data-id="c2"`) {
		t.Error("the list of mentions is wrong")
	}
	c.Status = bot.StatusResolved
	save()
	told()
	if count, body := tab(b, "queue=mentions"); count != "1" || !strings.Contains(body, `data-id="c1"`) {
		t.Error("what was resolved before she saw it is lost")
	}
	_, body := b.do("GET", "/console/c/c1?queue=mentions", nil)
	if !strings.Contains(body, `<span class="tag">@agent</span>`) || strings.Contains(body, "<script>@") || !strings.Contains(body, `data-at="lead"`) || strings.Contains(body, `data-at="agent"`) {
		t.Error("the note does not say whom it names, or colleagues cannot be chosen")
	}
	if count, body := tab(b, "queue=mentions"); count != "" || strings.Contains(body, `data-id="c1"`) {
		t.Errorf("it is counted (%q) or listed after she has seen it", count)
	}
	if status, _ := b.do("POST", "/console/views", url.Values{"name": {"Me"}, "queue": {"mentions"}}, "X-Fragment", "1"); status != 204 {
		t.Errorf("mentions as a saved view: %d", status)
	}
}
