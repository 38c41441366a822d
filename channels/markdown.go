package channels

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxURLBytes is how far the end of an address is looked for.
const maxURLBytes = 2100

// Markdown reads the small Markdown of kb articles: **bold**, *italic* or _italic_, ~~struck~~, `code`, fenced code,
// [label](address), <address>, # headings (bold), - lists (•), and \ before a punctuation mark. What is not
// one of these stays as it is written, and so do line breaks. It never fails. In contrast to CommonMark, emphasis works
// between Chinese characters and their punctuation: **注意：**请 is bold.
func Markdown(text string) Rich {
	var b richBuilder
	var para []string
	flush := func() {
		if len(para) > 0 {
			b.line(func() { b.inline(strings.Join(para, "\n")) })
			para = para[:0]
		}
	}
	lines := strings.Split(Clean(text), "\n")
	for i := 0; i < len(lines); i++ {
		line := strings.TrimRight(lines[i], " \t")
		body := strings.TrimLeft(line, " \t")
		indent := line[:len(line)-len(body)]
		switch {
		case strings.HasPrefix(body, "```") || strings.HasPrefix(body, "~~~"):
			flush()
			end := i + 1
			for end < len(lines) && strings.TrimSpace(lines[end]) != body[:3] {
				end++
			}
			code := strings.Join(lines[i+1:min(end, len(lines))], "\n")
			b.line(func() { b.styled(Pre, "", func() { b.text.WriteString(code) }) })
			i = end
		case body == "":
			flush()
			b.blank()
		case isHeading(body):
			flush()
			title := strings.TrimRight(strings.TrimLeft(body, "#"), "# ")
			b.line(func() { b.styled(Bold, "", func() { b.inline(strings.TrimSpace(title)) }) })
		case isRule(body):
			flush()
			b.line(func() { b.text.WriteString("———") })
		case len(body) > 1 && strings.IndexByte("-*+", body[0]) >= 0 && (body[1] == ' ' || body[1] == '\t'):
			flush()
			b.line(func() { b.text.WriteString(indent + "• "); b.inline(strings.TrimLeft(body[1:], " \t")) })
		default:
			if len(para) == 0 {
				body = line // the indent of a first line is kept, as in lists written by hand
			}
			para = append(para, body)
		}
	}
	flush()
	return b.rich()
}

func isHeading(s string) bool {
	n := len(s) - len(strings.TrimLeft(s, "#"))
	return n >= 1 && n <= 6 && len(s) > n && s[n] == ' ' && strings.Trim(s, "# ") != ""
}

func isRule(s string) bool {
	bare := strings.ReplaceAll(s, " ", "")
	return len(bare) >= 3 && strings.IndexByte("-*_", bare[0]) >= 0 && strings.Trim(bare, bare[:1]) == ""
}

// richBuilder puts a Rich text together.
type richBuilder struct {
	text  strings.Builder
	spans []Span
	gap   bool // an empty line comes before the next one
}

func (b *richBuilder) blank() { b.gap = b.text.Len() > 0 }

func (b *richBuilder) line(write func()) {
	if b.text.Len() > 0 {
		b.text.WriteByte('\n')
	}
	if b.gap {
		b.text.WriteByte('\n')
	}
	b.gap = false
	write()
}

func (b *richBuilder) styled(style Style, address string, write func()) {
	at, start := len(b.spans), b.text.Len()
	b.spans = append(b.spans, Span{Start: start, Style: style, URL: address})
	write()
	if b.spans[at].End = b.text.Len(); b.spans[at].End == start {
		b.spans = append(b.spans[:at], b.spans[at+1:]...)
	}
}

func (b *richBuilder) rich() Rich { return Rich{Text: b.text.String(), Spans: b.spans} }

// mark is a piece of a line: text to show, or a delimiter that may open or close a style.
type mark struct {
	text    string // what stands in the source, shown when the delimiter has no partner
	style   Style  // empty: only text
	address string // of a closing Link
	open    bool   // has a partner further on
	close   bool   // is the partner of an earlier one
}

// inline adds the text of one paragraph with its styles.
func (b *richBuilder) inline(s string) {
	marks := pair(scan(s))
	var starts []int
	for _, m := range marks {
		switch {
		case m.open:
			starts = append(starts, len(b.spans))
			b.spans = append(b.spans, Span{Start: b.text.Len(), Style: m.style, URL: m.address})
		case m.close:
			at := starts[len(starts)-1]
			starts = starts[:len(starts)-1]
			b.spans[at].End = b.text.Len()
			if b.spans[at].Start == b.text.Len() {
				b.spans = append(b.spans[:at], b.spans[at+1:]...)
			}
		case m.style == Code || m.style == Link:
			b.styled(m.style, m.address, func() { b.text.WriteString(m.text) })
		default:
			b.text.WriteString(m.text)
		}
	}
}

// candidate is a delimiter before pairing.
type candidate struct {
	mark
	mayOpen, mayClose bool
}

// scan cuts a paragraph into text and delimiters.
func scan(s string) []candidate {
	var out []candidate
	plain := 0
	take := func(from, to int, c candidate) {
		if plain < from {
			out = append(out, candidate{mark: mark{text: s[plain:from]}})
		}
		out = append(out, c)
		plain = to
	}
	missing := map[int]bool{} // lengths of backtick runs that have no partner further on
	for i := 0; i < len(s); {
		switch c := s[i]; c {
		case '\\':
			if i+1 < len(s) && isPunct(s[i+1]) {
				take(i, i+2, candidate{mark: mark{text: s[i+1 : i+2]}})
				i++
			}
			i++
		case '`':
			n := run(s, i)
			end := closing(s, i+n, n, missing)
			if end < 0 {
				i += n
				break
			}
			take(i, end+n, candidate{mark: mark{text: trimCode(s[i+n : end]), style: Code}})
			i = end + n
		case '*', '_', '~':
			n := run(s, i)
			delimiters(s, i, n, take)
			i += n
		case '!', '[':
			at := i
			if i++; c == '!' { // an image shows as a link to it
				if i == len(s) || s[i] != '[' {
					break
				}
				i++
			}
			take(at, i, candidate{mark: mark{text: s[at:i], style: Link}, mayOpen: true})
		case ']':
			address, n := destination(s[i+1:])
			if n > 0 {
				take(i, i+1+n, candidate{mark: mark{text: s[i : i+1+n], style: Link, address: address}, mayClose: true})
			}
			i += 1 + n
		case '<':
			address, n := autolink(s[i:])
			if n > 0 {
				take(i, i+n, candidate{mark: mark{text: s[i+1 : i+n-1], style: Link, address: address}})
			}
			i += max(n, 1)
		default:
			i++
		}
	}
	take(len(s), len(s), candidate{})
	return out[:len(out)-1]
}

// delimiters reads a run of *, _ or ~ that starts at i.
func delimiters(s string, i, n int, take func(from, to int, c candidate)) {
	before, _ := utf8.DecodeLastRuneInString(s[:i])
	after, _ := utf8.DecodeRuneInString(s[i+n:])
	opens := i+n < len(s) && !unicode.IsSpace(after)
	closes := i > 0 && !unicode.IsSpace(before)
	c := s[i]
	if c == '~' && n != 2 || n > 3 {
		return
	}
	inWord := i > 0 && wordy(before) && i+n < len(s) && wordy(after)
	for at := i; at < i+n; {
		size, style := 2, Bold
		if left := i + n - at; left == 1 || left == 3 && closes && !opens {
			size, style = 1, Italic
		}
		if c == '~' {
			style = Strike
		}
		may := !inWord || size == 2 && c != '_'
		take(at, at+size, candidate{mark: mark{text: s[at : at+size], style: style}, mayOpen: opens && may, mayClose: closes && may})
		at += size
	}
}

// wordy tells letters and digits of alphabets from Chinese characters, which stand next to a delimiter without a space.
func wordy(r rune) bool {
	return (unicode.IsLetter(r) || unicode.IsDigit(r)) && !unicode.Is(unicode.Han, r)
}

// pair finds the partner of each delimiter: styles nest, and one without a partner is text.
func pair(in []candidate) []mark {
	out := make([]mark, len(in))
	waiting := map[Style]int{}
	var stack []int
	for i, c := range in {
		out[i] = c.mark
		if c.mayClose && waiting[c.style] > 0 {
			for {
				top := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				waiting[out[top].style]--
				if out[top].style == c.style && sameDelimiter(out[top].text, c.text) {
					out[top].open, out[i].close, out[top].address = true, true, c.address
					break
				}
				if waiting[c.style] == 0 {
					break
				}
			}
			if out[i].close {
				continue
			}
		}
		if c.mayOpen {
			stack = append(stack, i)
			waiting[c.style]++
		}
	}
	for i := range out { // what found no partner is shown as it was written
		if !out[i].open && !out[i].close && (in[i].mayOpen || in[i].mayClose) {
			out[i].style = ""
		}
	}
	return out
}

func sameDelimiter(open, close string) bool { return open[len(open)-1] == '[' || open == close }

// autolink reads "<address>" at the start of s: the address and the length read, or 0.
func autolink(s string) (string, int) {
	end := strings.IndexByte(s[:min(len(s), maxURLBytes)], '>')
	if end < 0 {
		return "", 0
	}
	address, ok := SafeURL(s[1:end])
	if !ok {
		return "", 0
	}
	return address, end + 1
}

// destination reads "(address)" or "(address "title")" at the start of s: the address and the length read, or 0.
func destination(s string) (string, int) {
	if !strings.HasPrefix(s, "(") {
		return "", 0
	}
	depth := 0
	for i := 0; i < min(len(s), maxURLBytes); i++ {
		switch s[i] {
		case '\n':
			return "", 0
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				inner, _, _ := strings.Cut(strings.TrimSpace(s[1:i]), " ")
				address, ok := SafeURL(strings.Trim(inner, "<>"))
				if !ok {
					return "", 0
				}
				return address, i + 1
			}
		}
	}
	return "", 0
}

// run is the length of the run of equal bytes at i.
func run(s string, i int) int {
	n := 1
	for i+n < len(s) && s[i+n] == s[i] {
		n++
	}
	return n
}

// closing finds the next run of exactly n backticks at or after from, or -1.
func closing(s string, from, n int, missing map[int]bool) int {
	if missing[n] {
		return -1
	}
	for i := from; i < len(s); i++ {
		if s[i] == '`' {
			k := run(s, i)
			if k == n {
				return i
			}
			i += k - 1
		}
	}
	missing[n] = true
	return -1
}

func trimCode(s string) string {
	if len(s) > 2 && s[0] == ' ' && s[len(s)-1] == ' ' && strings.Trim(s, " ") != "" {
		return s[1 : len(s)-1]
	}
	return s
}

func isPunct(c byte) bool {
	return c > ' ' && c < 0x7f && !('0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z')
}
