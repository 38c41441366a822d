package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestSendWindow: the composer says until when the platform takes messages; when it takes none, what can be done.
func TestSendWindow(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusAgent, "hi")
	for i, inbox := range []bot.InboxID{"mail", "wechat", "mail"} { // the older one at the same address is not offered
		o.has(fmt.Sprint("elsewhere", i), bot.StatusBot, func(c *bot.Conversation) {
			c.Contact, c.Inbox, c.Thread, c.Channel, c.UpdatedAt = "p-c1", inbox, "t-"+string(inbox), string(inbox), o.now.Add(-time.Duration(i)*time.Hour)
		})
	}
	b := o.as("agent")
	for _, tc := range []struct {
		what  string
		until time.Duration // from now; 0: no window
		state string
		want  []string
	}{
		{"without a window", 0, "", nil},
		{"open", 23 * time.Hour, "open", []string{"takes messages until 11-21 08:00", "23 h left"}},
		{"near its end", 30 * time.Minute, "near", []string{"until 09:30", "30 min left"}},
		{"at its end", -time.Nanosecond, "shut", []string{"Inbox web takes no messages right now", "more than 24 hours ago", `data-mode="note"`, `href="/console/c/elsewhere0"`, "reach them on mail"}},
		{"long past", -50 * time.Hour, "shut", []string{"takes no message"}},
	} {
		o.desk.until = map[bot.ConversationID]time.Time{"elsewhere1": o.now.Add(-time.Hour)} // and there it is shut, too
		if tc.until != 0 {
			o.desk.until["c1"] = o.now.Add(tc.until)
		}
		for _, path := range []string{"/console/c/c1", "/console/c/c1/state"} {
			_, body := b.do("GET", path, nil)
			if got := strings.Contains(body, `id="reach"`); got != (tc.state != "") || got && !strings.Contains(body, `data-state="`+tc.state+`"`) {
				t.Errorf("%s, %s: not %q in %s", tc.what, path, tc.state, body)
			}
			for _, want := range tc.want {
				if !strings.Contains(body, want) {
					t.Errorf("%s, %s: no %q", tc.what, path, want)
				}
			}
			if strings.Contains(body, "reach them on wechat") || strings.Contains(body, "c/elsewhere2\">reach") {
				t.Errorf("%s: a channel is offered where she cannot be reached, or one twice", tc.what)
			}
		}
	}
	o.desk.fail = bot.ErrWindow
	if status, body := b.do("POST", "/console/c/c1/reply", url.Values{"text": {"hello"}}, "X-Fragment", "1"); status != http.StatusConflict || !strings.Contains(body, "until the customer writes again") {
		t.Errorf("a reply in spite of it: %d %s", status, body)
	}
}
