package webchat_test

import (
	"testing"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/webchat"
	"huiyin/store/mem"
)

func TestSuite(t *testing.T) {
	channelstest.Run(t, channelstest.Suite{
		Driver: webchat.Driver,
		Start:  startVisitor,
		Store:  func() bot.Store { return mem.New(mem.Options{}) },
		Deps:   func(_ channelstest.Platform, d *channels.Deps) { d.History = nothingYet{} },
		Bad: []channelstest.BadSettings{
			{Name: "origin", TOML: `origins = ["shop.example"]`, Want: "shop.example"},
			{Name: "origin with a path", TOML: `origins = ["https://shop.example/path"]`, Want: "without a path"},
			{Name: "every origin", TOML: `origins = ["*"]`, Want: "no origin"},
			{Name: "accent", TOML: `accent = "red; } body { display: none"`, Want: "#rrggbb"},
			{Name: "rate", TOML: `per_minute = 0`, Want: "per_minute"},
		},
		Without: map[channelstest.Ability]string{
			channelstest.Faulty: "what was sent is in the store, where the page reads it: nothing can refuse it",
		},
	})
}
