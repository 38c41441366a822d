package channels

import (
	"strconv"
	"strings"

	"huiyin/bot"
)

// Prepare makes a message ready for a channel: its Markdown is read, whoever wrote it, buttons that the channel cannot show
// become a numbered list, and a text over the limit is split. Parts without anything to see are left out; a message without
// any gives no parts. A channel's buttons go with the last part of the text; files follow it, each as a part of its own,
// or stand in it where the channel shows them there. Where a channel takes no files, they are named.
func Prepare(m bot.Message, native int, l Limits) []Outgoing {
	body := Markdown(m.Text)
	buttons, files := m.Buttons, m.Files
	if len(files) > 0 && l.File == 0 {
		body, files = body.Append(named(body.Text, files)), nil
	}
	if len(buttons) > native {
		body, buttons = body.Append(numbered(body.Text, buttons)), nil
	}
	m.Buttons, m.Files = nil, nil
	var parts []Outgoing
	for _, part := range body.Split(l.Text, l.Unit) {
		if strings.TrimSpace(part.Text) != "" {
			parts = append(parts, Outgoing{Message: m, Body: part, Home: m.Thread})
		}
	}
	if len(parts) > 0 {
		parts[len(parts)-1].Buttons = buttons
	}
	parts = append(parts, withFiles(m, files, parts, l)...)
	for i := range parts {
		parts[i].Part, parts[i].Parts = i, len(parts)
	}
	return parts
}

// withFiles returns the parts that files add to those of the text.
func withFiles(m bot.Message, files []bot.File, text []Outgoing, l Limits) []Outgoing {
	switch {
	case len(files) == 0:
		return nil
	case l.FilesInside && len(text) > 0:
		text[len(text)-1].Files = files
		return nil
	case l.FilesInside:
		m.Files = files
		return []Outgoing{{Message: m, Home: m.Thread}}
	}
	var parts []Outgoing
	for _, f := range files {
		m.Files = []bot.File{f}
		parts = append(parts, Outgoing{Message: m, Home: m.Thread})
	}
	return parts
}

// named lists files under a text that cannot be shown with it.
func named(text string, files []bot.File) string {
	var b strings.Builder
	for _, f := range files {
		b.WriteString("\n📎 " + f.Name)
	}
	if text == "" {
		return strings.TrimPrefix(b.String(), "\n")
	}
	return b.String()
}

// numbered lists buttons under a text; the customer answers with a number.
func numbered(text string, buttons []bot.Button) string {
	var b strings.Builder
	if text != "" {
		b.WriteString("\n")
	}
	if line := scale(buttons); line != "" {
		return strings.TrimPrefix("\n\n"+line, map[bool]string{true: "\n\n"}[text == ""])
	}
	for i, button := range buttons {
		b.WriteString("\n" + strconv.Itoa(i+1) + ". " + strings.Join(strings.Fields(button.Title), " "))
	}
	return strings.TrimPrefix(b.String(), map[bool]string{true: "\n"}[text == ""])
}

// scale is the choice among numbers as one line, "0 · 1 · 2": before a number there is no place for another. Empty: they are
// something else.
func scale(buttons []bot.Button) string {
	if !bot.AreNumbers(buttons) {
		return ""
	}
	titles := make([]string, len(buttons))
	for i, b := range buttons {
		titles[i] = b.Title
	}
	return strings.Join(titles, " · ")
}

// unformatted is a part without formatting and native buttons.
func (m Outgoing) unformatted() Outgoing {
	m.Body = Plain(m.Body.Unformatted())
	if len(m.Buttons) > 0 {
		m.Body, m.Buttons = m.Body.Append(numbered(m.Body.Text, m.Buttons)), nil
	}
	return m
}
