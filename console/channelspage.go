package console

import (
	"net/http"
	"time"

	"huiyin/bot"
)

// ChannelHealth is how an inbox stands with its platform.
type ChannelHealth struct {
	Inbox     bot.InboxID
	Channel   string // the platform, as Conversation.Channel names it
	Receiving ChannelState
	Sending   ChannelState
	Waiting   int // messages that wait to be sent
}

// Well reports whether the inbox works both ways.
func (h ChannelHealth) Well() bool { return h.Receiving.Well() && h.Sending.Well() }

// ChannelState is how one direction goes.
type ChannelState struct {
	State string    // ok, limited, trouble, auth, conflict or store: as the channels name it
	Since time.Time // of the State; zero: since the program runs
	Again time.Time // when it is tried again; zero: it goes on by itself, or nothing is known of it
}

// Well reports whether it works; of a state that is not known yet nothing bad is said.
func (s ChannelState) Well() bool { return s.State == "" || s.State == "ok" }

// channelsPage shows whether customers can write in every channel and get their answers, and what to do where they do not.
func (s *Console) channelsPage(w http.ResponseWriter, _ *http.Request, v visit) error {
	var all []ChannelHealth
	if s.Channels != nil {
		all = s.Channels()
	}
	return s.show(w, v, http.StatusOK, "channels", map[string]any{"All": all})
}
