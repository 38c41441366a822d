package api_test

import (
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/console/api"
)

// TestInTheAgentsLanguage: what the program says to staff comes in the language of the account in whose name a token acts.
func TestInTheAgentsLanguage(t *testing.T) {
	s := open(t)
	s.talk("c1", "Ada", bot.StatusBot, "hello")
	lead, err := s.store.Agent(t.Context(), "lead")
	s.ok(err)
	_, err = s.bot.Claim(t.Context(), "c1", lead)
	s.ok(err)
	read := func(agent bot.AgentID, lang string) string {
		t.Helper()
		a, err := s.store.Agent(t.Context(), agent)
		s.ok(err)
		a.Lang = "en"
		if lang == "zh" {
			a.Lang = "zh"
		}
		s.ok(s.store.SaveAgent(t.Context(), a, bot.Event{}))
		var page api.Messages
		s.get(s.key(agent, bot.ScopeRead), "/api/v1/conversations/c1/messages", &page)
		var entries []string
		for _, m := range page.Messages {
			if m.Direction == bot.Activity {
				entries = append(entries, m.Text)
			}
		}
		return strings.Join(entries, "|")
	}
	if en, zh := read("agent", "en"), read("editor", "zh"); en != "Lead took over" || zh != "Lead接手了会话" {
		t.Errorf("%q and %q", en, zh)
	}
}
