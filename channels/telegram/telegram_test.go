package telegram_test

import (
	"testing"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/telegram"
	"huiyin/store/mem"
)

func suite(webhook bool) channelstest.Suite {
	s := channelstest.Suite{
		Driver:  telegram.Driver,
		Start:   start(webhook),
		Store:   func() bot.Store { return mem.New(mem.Options{}) },
		Missing: []string{"token"},
		Bad: []channelstest.BadSettings{
			{Name: "no token", TOML: `token = ""`, Want: "@BotFather"},
			{Name: "not a token", TOML: `token = "secret"`, Want: "token"},
			{Name: "mode", TOML: `mode = "pull"`, Want: `"pull"`},
			{Name: "groups", TOML: `groups = "all"`, Want: `"all"`},
			{Name: "desk", TOML: `desk_chat = "support"`, Want: "desk_chat"},
			{Name: "desk in a private chat", TOML: "desk_chat = \"700\"\ndesk_agents = [\"1=a\"]", Want: "-100"},
			{Name: "desk without agents", TOML: `desk_chat = "-1001"`, Want: "nobody may act"},
			{Name: "desk with a name", TOML: "desk_chat = \"-1001\"\ndesk_agents = [\"@lin=lin@shop.example\"]", Want: "@lin"},
			{Name: "address", TOML: `api_url = "api.telegram.org"`, Want: "api_url"},
			{Name: "slash", TOML: `api_url = "https://api.telegram.org/"`, Want: "slash"},
			{Name: "type", TOML: `token = 5`, Want: "token"},
		},
		Faults: []channelstest.FaultCase{
			{Name: "blocked", Fault: channelstest.Fault{Status: 403, Code: "Forbidden: bot was blocked by the user"}, Reason: channels.Blocked},
			{Name: "gone", Fault: channelstest.Fault{Status: 400, Code: "Bad Request: chat not found"}, Reason: channels.Blocked},
			{Name: "entities", Fault: channelstest.Fault{Status: 400, Code: "Bad Request: can't parse entities: at 3"}, Reason: channels.Unformatted},
			{Name: "button", Fault: channelstest.Fault{Status: 400, Code: "Bad Request: BUTTON_COPY_TEXT_INVALID"}, Reason: channels.Unformatted},
			{Name: "other", Fault: channelstest.Fault{Status: 400, Code: "Bad Request: message is too long"}, Reason: channels.Rejected},
			{Name: "supergroup", Fault: channelstest.Fault{Status: 400, Code: "migrate:-100200"}, Reason: channels.Moved, Thread: "-100200"},
		},
	}
	if webhook {
		s.Start = func(t *testing.T, n *channelstest.Network) channelstest.Platform {
			return hooked{start(true)(t, n).(*fake)}
		}
		s.Bad = append(s.Bad, channelstest.BadSettings{Name: "short secret", TOML: `webhook_secret = "short"`, Want: "webhook_secret"})
	}
	return s
}

func TestPolling(t *testing.T) { channelstest.Run(t, suite(false)) }

func TestWebhook(t *testing.T) { channelstest.Run(t, suite(true)) }
