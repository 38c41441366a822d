package channels

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Style is how a span of text is shown.
type Style string

// The styles. Pre is a block of code with its line breaks.
const (
	Bold   Style = "bold"
	Italic Style = "italic"
	Strike Style = "strike"
	Code   Style = "code"
	Pre    Style = "pre"
	Link   Style = "link"
)

// Span styles a part of a Rich text.
type Span struct {
	Start, End int // byte offsets in Text, at rune borders; Start < End
	Style      Style
	URL        string // of a Link: https, http, mailto or tel
}

// Rich is a text with formatting, in no platform's syntax. Text is what the customer reads: valid UTF-8, no control
// characters besides tab and line feed. Spans are ordered by Start, the longer first; any two are disjoint or nested.
type Rich struct {
	Text  string
	Spans []Span
}

// Plain makes a Rich text without formatting of any text, shown as it is.
func Plain(text string) Rich { return Rich{Text: Clean(text)} }

// Clean makes text safe to show anywhere: line ends become line feeds, invalid UTF-8 becomes U+FFFD, and control
// characters (also those that drive a terminal) are dropped.
func Clean(text string) string {
	if strings.IndexFunc(text, dirty) < 0 && utf8.ValidString(text) {
		return text
	}
	text = strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), "\r\n", "\n")
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\r':
			return '\n'
		case dirty(r):
			return -1
		}
		return r
	}, text)
}

func dirty(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// Unformatted is the text for a channel without formatting: the address of a link follows its label in parentheses,
// unless the label is the address.
func (r Rich) Unformatted() string {
	var b strings.Builder
	at := 0
	for _, s := range r.Spans {
		if s.Style != Link || s.Start < at {
			continue
		}
		label := r.Text[s.Start:s.End]
		b.WriteString(r.Text[at:s.End])
		if !sameAddress(label, s.URL) {
			b.WriteString(" (" + s.URL + ")")
		}
		at = s.End
	}
	return b.String() + r.Text[at:]
}

// sameAddress reports whether a label already shows the address of its link.
func sameAddress(label, address string) bool {
	if label == address {
		return true
	}
	_, rest, _ := strings.Cut(address, ":")
	rest = strings.TrimPrefix(rest, "//")
	return label == rest || label == strings.TrimSuffix(rest, "/")
}

// Append adds text without formatting at the end.
func (r Rich) Append(text string) Rich { return Rich{Text: r.Text + Clean(text), Spans: r.Spans} }

// cut is the part of r between two byte offsets, with its spans.
func (r Rich) cut(from, to int) Rich {
	part := Rich{Text: r.Text[from:to]}
	for _, s := range r.Spans {
		s.Start, s.End = max(s.Start, from)-from, min(s.End, to)-from
		if s.Start < s.End {
			part.Spans = append(part.Spans, s)
		}
	}
	return part
}

// SafeURL returns an address in a form fit for a link, and whether it may be one: only https, http, mailto and tel.
func SafeURL(address string) (string, bool) {
	if len(address) > 2048 || strings.IndexFunc(address, func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) }) >= 0 {
		return "", false
	}
	u, err := url.Parse(address)
	if err != nil {
		return "", false
	}
	switch strings.ToLower(u.Scheme) {
	case "https", "http":
		if u.Host == "" {
			return "", false
		}
	case "mailto", "tel":
		if u.Opaque == "" {
			return "", false
		}
	default:
		return "", false
	}
	// What String leaves as it is could still end a link in some syntax.
	clean := strings.NewReplacer("<", "%3C", ">", "%3E", "|", "%7C", `"`, "%22", "`", "%60").Replace(u.String())
	again, err := url.Parse(clean)
	if err != nil || again.String() != clean {
		return "", false
	}
	return clean, true
}
