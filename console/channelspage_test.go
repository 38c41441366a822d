package console_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/nlp"
)

// TestChannelsPage: a channel that does not work is named in the reader's language, with since when, the next try and what to do.
func TestChannelsPage(t *testing.T) {
	o := open(t)
	if _, page := o.as("lead").do("GET", "/console/channels", nil); !strings.Contains(page, "No channels are set up.") {
		t.Error("a desk without channels does not say so")
	}
	since := time.Date(2026, 11, 20, 8, 30, 0, 0, time.UTC)
	bad := console.ChannelState{Since: since, Again: since.Add(35 * time.Minute)}
	o.console.Channels = func() []console.ChannelHealth {
		auth, away := bad, bad
		auth.State, away.State = "auth", "conflict"
		return []console.ChannelHealth{
			{Inbox: "web", Channel: "webchat", Receiving: console.ChannelState{State: "ok"}},
			{Inbox: "tg<1>", Channel: "telegram", Receiving: away, Sending: auth, Waiting: 17},
		}
	}
	for lang, words := range map[string][]string{
		"en": {"Web chat", "Working", "tg&lt;1&gt;", "Access denied", "since 2026-11-20 08:30", "next try 09:05", "no longer accepts our token", "Connected elsewhere", "Another program", ">17<"},
		"zh": {"网页聊天", "正常", "鉴权失败", "2026-11-20 08:30 起", "09:05 重试", "不再接受我们的令牌", "另一个程序"},
	} {
		a, err := o.store.Agent(t.Context(), "lead")
		if err != nil {
			t.Fatal(err)
		}
		a.Lang = nlp.Lang(lang)
		if err := o.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		status, page := o.as("lead").do("GET", "/console/channels", nil)
		for _, w := range words {
			if status != http.StatusOK || !strings.Contains(page, w) {
				t.Errorf("%s, %d: %q is missing", lang, status, w)
			}
		}
		if n := strings.Count(page, `class="notice"`); n != 1 {
			t.Errorf("%s: %d channels are said to be ill, want 1", lang, n)
		}
	}
}
