package webchat

import (
	"html/template"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// view is a message as pages get it.
type view struct {
	ID      bot.MessageID `json:"id"`
	Conv    string        `json:"conv"`
	In      string        `json:"in"` // the thread
	Seq     uint64        `json:"seq"`
	From    string        `json:"from"` // me, bot, agent
	Name    string        `json:"name,omitempty"`
	Text    string        `json:"text,omitempty"`
	HTML    template.HTML `json:"html,omitempty"` // safe; of messages to the visitor, in place of Text
	Buttons []button      `json:"buttons,omitempty"`
	Files   []fileView    `json:"files,omitempty"`
	Client  string        `json:"client,omitempty"` // the page's own id of a message that it sent
	At      time.Time     `json:"at"`
}

type button struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// view turns a message into what the visitor may see: her own words as she wrote them, everything else as Prepare makes it
// ready, whoever wrote it.
func (c *chat) view(m bot.Message) view {
	v := view{ID: m.ID, Conv: string(m.Conversation), In: m.Thread, Seq: m.Seq, From: "me", At: m.At, Text: m.Text, Files: filesOf(m.Thread, m.Files)}
	if m.Direction == bot.Incoming {
		v.Client = clientID(m.SourceID)
		return v
	}
	for _, part := range channels.Prepare(m, mostButtons, Driver.Limits) { // without a limit there is one
		v = c.outgoing(part)
	}
	return v
}

// outgoing is what the visitor sees of a message to her.
func (c *chat) outgoing(m channels.Outgoing) view {
	v := view{ID: m.ID, Conv: string(m.Conversation), In: m.Home, Seq: m.Seq, From: "bot", Name: m.AuthorName, At: m.At, HTML: m.Body.HTML(), Files: filesOf(m.Home, m.Files)}
	if m.Author == bot.ByAgent {
		v.From = "agent"
	}
	for _, b := range m.Buttons {
		v.Buttons = append(v.Buttons, button{b.Title, b.Value})
	}
	return v
}

// visible reports whether the visitor sees a message: her own, and those to her that have left.
func visible(m bot.Message) bool {
	switch {
	case m.Private || m.Direction == bot.Activity || !m.DeletedAt.IsZero():
		return false
	case m.Direction == bot.Incoming:
		return m.Text != "" || len(m.Files) > 0
	}
	return (strings.TrimSpace(m.Text) != "" || len(m.Files) > 0) && m.Delivery != bot.Queued && m.Delivery != bot.Cancelled && m.Delivery != bot.Failed
}
