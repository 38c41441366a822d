package channels

import (
	"html"
	"html/template"
	"strings"
)

// tags are the elements that show styles. A block of code is a <code class="block">: <pre> would swallow a first line break.
var tags = map[Style]string{Bold: "strong", Italic: "em", Strike: "del", Code: "code", Pre: "code", Link: "a"}

// HTML is the text for a page that keeps its line breaks (white-space: pre-wrap). It holds nothing but escaped text and
// the elements strong, em, del, code, span.item around lines of lists, and a with an address that SafeURL accepts. Its text
// content is Text.
func (r Rich) HTML() template.HTML {
	var b strings.Builder
	for from := 0; from < len(r.Text); {
		to := r.lineEnd(from)
		line := r.cut(from, to)
		if isItem(line.Text) {
			b.WriteString(`<span class="item">`)
			line.inlineHTML(&b)
			b.WriteString("</span>")
		} else {
			line.inlineHTML(&b)
		}
		from = to
	}
	return template.HTML(b.String())
}

// lineEnd is the end of the line that begins at from, its line break included; lines of a block of code stay together.
func (r Rich) lineEnd(from int) int {
	to := len(r.Text)
	if n := strings.IndexByte(r.Text[from:], '\n'); n >= 0 {
		to = from + n + 1
	}
	for _, s := range r.Spans {
		if s.Style == Pre && s.Start < to && s.End > to {
			to = s.End
		}
	}
	return to
}

// isItem reports whether a line is one of a list: "• …" or "12. …".
func isItem(line string) bool {
	line = strings.TrimLeft(line, " \t")
	if strings.HasPrefix(line, "• ") {
		return true
	}
	digits := len(line) - len(strings.TrimLeft(line, "0123456789"))
	return digits > 0 && digits < 4 && strings.HasPrefix(line[digits:], ". ")
}

// inlineHTML writes the text with its spans, which are disjoint or nested.
func (r Rich) inlineHTML(b *strings.Builder) {
	at := 0
	var open []Span
	closeUntil := func(end int) {
		for len(open) > 0 && open[len(open)-1].End <= end {
			s := open[len(open)-1]
			b.WriteString(html.EscapeString(r.Text[at:s.End]) + "</" + tags[s.Style] + ">")
			at, open = s.End, open[:len(open)-1]
		}
	}
	for _, s := range r.Spans {
		tag := openTag(s)
		if tag == "" {
			continue
		}
		closeUntil(s.Start)
		b.WriteString(html.EscapeString(r.Text[at:s.Start]) + tag)
		at, open = s.Start, append(open, s)
	}
	closeUntil(len(r.Text))
	b.WriteString(html.EscapeString(r.Text[at:]))
}

// openTag begins an element; empty when the span may not be shown as one.
func openTag(s Span) string {
	switch s.Style {
	case Link:
		address, ok := SafeURL(s.URL)
		if !ok {
			return ""
		}
		return `<a href="` + html.EscapeString(address) + `" rel="nofollow noreferrer noopener" target="_blank">`
	case Pre:
		return `<code class="block">`
	default:
		if tags[s.Style] == "" {
			return ""
		}
		return "<" + tags[s.Style] + ">"
	}
}
