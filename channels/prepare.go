package channels

import (
	"strconv"
	"strings"

	"huiyin/bot"
)

// Prepare makes a message ready for a channel: its Markdown is read, whoever wrote it, buttons that the channel cannot show
// become a numbered list, and a text over the limit is split. Parts without anything to see are left out; a message without
// any gives no parts. A channel's buttons go with the last part.
func Prepare(m bot.Message, native int, l Limits) []Outgoing {
	body := Markdown(m.Text)
	buttons := m.Buttons
	if len(buttons) > native {
		body, buttons = body.Append(numbered(body.Text, buttons)), nil
	}
	m.Buttons = nil
	var parts []Outgoing
	for _, part := range body.Split(l.Text, l.Unit) {
		if strings.TrimSpace(part.Text) != "" {
			parts = append(parts, Outgoing{Message: m, Body: part, Part: len(parts)})
		}
	}
	for i := range parts {
		parts[i].Parts = len(parts)
	}
	if len(parts) > 0 {
		parts[len(parts)-1].Buttons = buttons
	}
	return parts
}

// numbered lists buttons under a text; the customer answers with a number.
func numbered(text string, buttons []bot.Button) string {
	var b strings.Builder
	if text != "" {
		b.WriteString("\n")
	}
	for i, button := range buttons {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + strings.Join(strings.Fields(button.Title), " "))
	}
	return strings.TrimPrefix(b.String(), map[bool]string{true: "\n"}[text == ""])
}

// unformatted is a part without formatting and native buttons.
func (m Outgoing) unformatted() Outgoing {
	m.Body = Plain(m.Body.Unformatted())
	if len(m.Buttons) > 0 {
		m.Body, m.Buttons = m.Body.Append(numbered(m.Body.Text, m.Buttons)), nil
	}
	return m
}
