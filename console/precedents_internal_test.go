package console

import (
	"testing"

	"huiyin/bot"
)

// What an agent wrote to one customer names nobody when it is suggested for another.
func TestBlank(t *testing.T) {
	ada := bot.Conversation{Name: "Ada Wong", Slots: map[string]bot.Slot{"order": {Value: "HY20261103-4821"}}}
	fang := bot.Conversation{Name: "王芳"}
	for _, tt := range []struct {
		past              bot.Conversation
		agent, text, want string
	}{
		{ada, "Lin", "Hello Ada, your order HY20261103-4821 left us. Lin", "Hello {name}, your order {order} left us. {agent}"},
		{ada, "Lin", "Dear Ada Wong, Adapters of Lindt are in stock.", "Dear {name}, Adapters of Lindt are in stock."},
		{fang, "小林", "王芳您好，我是小林，换货地址发到了 13812345678。", "{name}您好，我是{agent}，换货地址发到了 138****5678。"},
		{fang, "小林", "王女士，保修期是两年。", "{name}，保修期是两年。"},
		{bot.Conversation{}, "", "The strap also comes in size L.", "The strap also comes in size L."},
	} {
		if got := blank(tt.text, tt.past, tt.agent); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.text, got, tt.want)
		}
	}
}

// An exchange is a question and an agent's answer: a wish for a person is no question, and a note or "one moment" no answer.
func TestExchange(t *testing.T) {
	asked := &bot.Decision{Action: bot.ActHandoff, Reason: "bot.why.asked"}
	in := func(text string, d *bot.Decision) bot.Message {
		return bot.Message{Direction: bot.Incoming, Author: bot.ByContact, Text: text, Decision: d}
	}
	out := func(text string, private bool) bot.Message {
		return bot.Message{Direction: bot.Outgoing, Author: bot.ByAgent, Text: text, Private: private}
	}
	const answer = "The strap also comes in size L, which is longer."
	for name, tt := range map[string]struct {
		messages         []bot.Message
		question, answer string
	}{
		"plain":        {[]bot.Message{in("is there a longer strap?", nil), in("agent please", asked), out("One moment", false), out(answer, false), in("thanks!", nil)}, "is there a longer strap?", answer},
		"a note":       {[]bot.Message{in("is there a longer strap?", nil), out("she has asked three times by now", true)}, "is there a longer strap?", ""},
		"no question":  {[]bot.Message{in("agent please", asked), out(answer, false)}, "", ""},
		"the longest":  {[]bot.Message{in("a longer strap?", nil), out("Let me have a look at it.", false), in("ok", nil), out(answer, false)}, "a longer strap?", answer},
		"the bot said": {[]bot.Message{in("a longer strap?", nil), {Direction: bot.Outgoing, Author: bot.ByBot, Text: answer}}, "a longer strap?", ""},
	} {
		q, a, ok := exchange(tt.messages)
		if ok != (tt.answer != "") || a.Text != tt.answer || q.Text != tt.question {
			t.Errorf("%s: %q, %q, %v", name, q.Text, a.Text, ok)
		}
	}
}
