// Package all lists the channels that Huiyin has. A new one is its own folder and one line here.
package all

import (
	"huiyin/channels"
	"huiyin/channels/slack"
	"huiyin/channels/telegram"
	"huiyin/channels/terminal"
	"huiyin/channels/webchat"
)

// Drivers returns every driver, by name.
func Drivers() []channels.Driver {
	return []channels.Driver{
		slack.Driver,
		telegram.Driver,
		terminal.Driver,
		webchat.Driver,
	}
}
