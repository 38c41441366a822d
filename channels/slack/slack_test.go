package slack_test

import (
	"testing"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/slack"
	"huiyin/store/mem"
)

func suite(overHTTP bool) channelstest.Suite {
	s := channelstest.Suite{
		Driver:  slack.Driver,
		Start:   start(overHTTP),
		Store:   func() bot.Store { return mem.New(mem.Options{}) },
		Missing: []string{"bot_token", "app_token"},
		Bad: []channelstest.BadSettings{
			{Name: "no bot token", TOML: `bot_token = ""`, Want: "xoxb-"},
			{Name: "a user's token", TOML: `bot_token = "xoxp-1"`, Want: "xoxb-"},
			{Name: "mode", TOML: `mode = "rtm"`, Want: `"rtm"`},
			{Name: "desk", TOML: `desk_channel = "#support"`, Want: "desk_channel"},
			{Name: "desk without agents", TOML: `desk_channel = "C0DESK"`, Want: "nobody may act"},
			{Name: "desk with a stranger", TOML: "desk_channel = \"C0DESK\"\ndesk_agents = [\"lin\"]", Want: `"lin"`},
			{Name: "desk with two for one", TOML: "desk_channel = \"C0DESK\"\ndesk_agents = [\"U1=a\", \"U1=b\"]", Want: "twice"},
			{Name: "desk where quoting sends", TOML: "desk_channel = \"C0DESK\"\ndesk_agents = [\"U1=a\"]\ndesk_reply = \">\"", Want: "desk_reply"},
			{Name: "address", TOML: `api_url = "https://slack.com/api"`, Want: "slash"},
		},
		Faults: []channelstest.FaultCase{
			{Name: "no such channel", Fault: channelstest.Fault{Code: "channel_not_found"}, Reason: channels.Blocked},
			{Name: "archived", Fault: channelstest.Fault{Code: "is_archived"}, Reason: channels.Blocked},
			{Name: "blocks", Fault: channelstest.Fault{Code: "invalid_blocks"}, Reason: channels.Unformatted},
			{Name: "too long", Fault: channelstest.Fault{Code: "msg_too_long"}, Reason: channels.Rejected},
			{Name: "fatal", Fault: channelstest.Fault{Code: "fatal_error"}, Reason: channels.Ambiguous},
			{Name: "revoked", Fault: channelstest.Fault{Code: "token_revoked"}, Reason: channels.Auth},
			{Name: "scope", Fault: channelstest.Fault{Code: "missing_scope"}, Reason: channels.Auth},
			{Name: "limited without a time", Fault: channelstest.Fault{Code: "ratelimited"}, Reason: channels.RateLimited},
		},
	}
	if overHTTP {
		s.Start = func(t *testing.T, n *channelstest.Network) channelstest.Platform {
			return hooked{start(true)(t, n).(*fake)}
		}
		s.Bad = append(s.Bad, channelstest.BadSettings{Name: "no signing secret", TOML: `signing_secret = ""`, Want: "App Credentials"})
	} else {
		s.Bad = append(s.Bad, channelstest.BadSettings{Name: "no app token", TOML: `app_token = ""`, Want: "connections:write"})
	}
	return s
}

func TestSocketMode(t *testing.T) { channelstest.Run(t, suite(false)) }

func TestEventsAPI(t *testing.T) { channelstest.Run(t, suite(true)) }
