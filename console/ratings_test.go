package console_test

import (
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestRatingsOnTheCustomersPage: each rating stands at its conversation with its reason, personal data masked; the average says of
// how many it is; what was taken back, what is not a rating, and what others rated is not there.
func TestRatingsOnTheCustomersPage(t *testing.T) {
	o := open(t)
	b := o.as("agent")
	o.talk("c1", "Ada", bot.StatusResolved, "call me at 13812345678 <b>now</b>", "sorry", "and ada@shop.example is mine")
	if _, body := b.do("GET", "/console/people/p-c1", nil); !strings.Contains(body, "none yet") {
		t.Error("a customer without ratings: the page does not say so")
	}
	rate := func(conv, name string, value float64, message string, at time.Duration) bot.Fact {
		return bot.Fact{Name: name, Value: value, Label: message, Conversation: bot.ConversationID(conv), Start: o.now.Add(at), End: o.now.Add(at)}
	}
	save := func(conv string, facts ...bot.Fact) {
		t.Helper()
		o.change(bot.ConversationID(conv), func(c *bot.Change) {
			c.Facts = facts
			if c.Conversation.Contact = "p-c1"; conv == "other" {
				c.Conversation.Contact = "p-other"
			}
		})
	}
	o.talk("c2", "Ada", bot.StatusResolved, "fine, thanks")
	o.talk("c3", "Ada", bot.StatusResolved, "hi")
	o.talk("other", "Bo", bot.StatusResolved, "dreadful")
	save("c1", rate("c1", bot.FactCSAT, 2, "", 1), rate("c1", bot.FactCSATComment, 2, "c1-1", 2), rate("c1", bot.FactCSAT, 5, "", 3))
	save("c2", rate("c2", bot.FactNPS, 9, "", 1), rate("c2", bot.FactNPSComment, 9, "c2-1", 1), rate("c2", bot.FactCSAT, 4, "", 2), rate("c2", bot.FactCSATComment, 4, "gone", 3))
	save("c3")
	save("other", rate("other", bot.FactCSAT, 1, "", 1), rate("other", bot.FactCSATComment, 1, "other-1", 2))
	_, body := b.do("GET", "/console/people/p-c1", nil)
	for _, want := range []string{"3.7 of 5 on average (ratings: 3, conversations: 3)", "Rated 2 of 5", "Rated 5 of 5", "Rated 4 of 5", "&lt;b&gt;now"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Count(body, "<q>") != 1 {
		t.Errorf("%d reasons, want 1", strings.Count(body, "<q>"))
	}
	for _, not := range []string{"13812345678", "Rated 1 of 5", "dreadful", "Rated 9"} {
		if strings.Contains(body, not) {
			t.Errorf("the page has %q", not)
		}
	}
}
