package webchat

import (
	"html/template"
	"time"

	"huiyin/bot"
)

// view is a message as pages get it.
type view struct {
	Seq     uint64        `json:"seq"`
	From    string        `json:"from"` // me, bot, agent
	Name    string        `json:"name,omitempty"`
	Text    string        `json:"text,omitempty"`
	HTML    template.HTML `json:"html,omitempty"` // safe; in place of Text
	Buttons []button      `json:"buttons,omitempty"`
	Client  string        `json:"client,omitempty"` // the page's own id of a message that it sent
	At      time.Time     `json:"at"`
}

type button struct {
	Title string `json:"title"`
	Value string `json:"value"`
}

// view turns a message into what the visitor may see.
func (c *chat) view(m bot.Message) (view, error) {
	v := view{Seq: m.Seq, From: "me", At: m.At, Text: m.Text}
	if m.Direction == bot.Incoming {
		v.Client = clientID(m.SourceID)
		return v, nil
	}
	v.From, v.Name = "bot", m.AuthorName
	if m.Author == bot.ByAgent {
		v.From = "agent" // what people write is plain text: their * and _ mean nothing
		return v, nil
	}
	for _, b := range m.Buttons {
		v.Buttons = append(v.Buttons, button{b.Title, b.Value})
	}
	html, err := c.render.HTML(m.Text)
	if err != nil {
		return view{}, err
	}
	v.HTML, v.Text = html, ""
	return v, nil
}

// visible reports whether the visitor sees a message: her own, and those to her that have left.
func visible(m bot.Message) bool {
	switch {
	case m.Private || m.Direction == bot.Activity || !m.DeletedAt.IsZero():
		return false
	case m.Direction == bot.Incoming:
		return m.Text != ""
	}
	return m.Delivery != bot.Queued && m.Delivery != bot.Cancelled && m.Delivery != bot.Failed
}
