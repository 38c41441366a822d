package kb

import (
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/text"
)

// maxPassageRunes is the size above which the next block of a body begins a new passage: about what a chat shows
// without scrolling.
const maxPassageRunes = 400

// Passage is a piece of an article's body that can answer on its own: a heading with what follows it, or some
// paragraphs.
type Passage struct {
	Markdown string // as written
	Plain    string // without marks, for matching
}

// Passages cuts a Markdown body at its headings and, where a section is long, between its blocks.
func Passages(body string) []Passage {
	if prose(body) {
		return passagesOfProse(body)
	}
	return parsedPassages(body)
}

// passagesOfProse is parsedPassages for what needs no parser.
func passagesOfProse(body string) []Passage {
	var out []Passage
	start := 0
	var plain strings.Builder
	flush := func(end int) {
		if md := strings.TrimSpace(body[start:end]); md != "" {
			out = append(out, Passage{Markdown: md, Plain: strings.TrimSpace(plain.String())})
		}
		start = end
		plain.Reset()
	}
	for at, paragraph := range paragraphs(body) {
		if at > start && utf8.RuneCountInString(plain.String()) >= maxPassageRunes {
			flush(at)
		}
		if plain.Len() > 0 {
			plain.WriteByte('\n')
		}
		plain.WriteString(paragraph)
	}
	flush(len(body))
	return out
}

// paragraphs are those of a prose, with the byte where each begins.
func paragraphs(text string) iter.Seq2[int, string] {
	return func(yield func(int, string) bool) {
		for at := 0; at < len(text); {
			if text[at] == '\n' {
				at++
				continue
			}
			end := len(text)
			if i := strings.Index(text[at:], "\n\n"); i >= 0 {
				end = at + i
			}
			if !yield(at, strings.TrimSuffix(text[at:end], "\n")) {
				return
			}
			at = end
		}
	}
}

func parsedPassages(body string) []Passage {
	src := []byte(body)
	doc := goldmark.DefaultParser().Parse(text.NewReader(src))
	var out []Passage
	start := 0 // where the current passage begins in src
	var plain strings.Builder
	flush := func(end int) {
		if md := strings.TrimSpace(string(src[start:end])); md != "" {
			out = append(out, Passage{Markdown: md, Plain: strings.TrimSpace(plain.String())})
		}
		start = end
		plain.Reset()
	}
	onlyHeading := false
	for n := doc.FirstChild(); n != nil; n = n.NextSibling() {
		at := blockStart(n, src)
		heading := n.Kind() == ast.KindHeading
		if at > start && ((heading && !onlyHeading) || utf8.RuneCountInString(plain.String()) >= maxPassageRunes) {
			flush(at)
		}
		onlyHeading = heading && (onlyHeading || plain.Len() == 0)
		plainText(&plain, n, src)
	}
	flush(len(src))
	return out
}

// PlainText is Markdown without its marks.
func PlainText(markdown string) string {
	var b strings.Builder
	if prose(markdown) {
		for _, paragraph := range paragraphs(markdown) {
			if b.Len() > 0 {
				b.WriteByte('\n')
			}
			b.WriteString(paragraph)
		}
	} else {
		src := []byte(markdown)
		plainText(&b, goldmark.DefaultParser().Parse(text.NewReader(src)), src)
	}
	return strings.TrimSpace(b.String())
}

// prose reports whether a text is paragraphs in which nothing can be a mark of Markdown, as most answers are. Those need no
// parser: no line begins with what can begin another block, and nowhere stands what can begin a mark inside a line.
func prose(text string) bool {
	first, last := true, byte(0) // first: at the first byte of a line
	for i := range len(text) {
		c := text[i]
		switch c {
		case '*', '_', '`', '[', '<', '&', '\\':
			return false
		case '#', '>', '+', '-', '=', '~', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', ' ':
			if first {
				return false
			}
		case '\n':
			if last == ' ' {
				return false // may be a hard line break
			}
		default:
			if c < ' ' {
				return false
			}
		}
		first, last = c == '\n', c
	}
	return true
}

// blockStart is the byte where a top-level block begins, at the start of its line. Blocks that the parser gives no
// position (thematic breaks) belong to what stands before them.
func blockStart(n ast.Node, src []byte) int {
	at := -1
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering || at >= 0 {
			return ast.WalkStop, nil
		}
		if c.Type() == ast.TypeBlock && c.Lines() != nil && c.Lines().Len() > 0 {
			at = c.Lines().At(0).Start
			return ast.WalkStop, nil
		}
		return ast.WalkContinue, nil
	})
	if at < 0 {
		return 0
	}
	at = strings.LastIndexByte(string(src[:at]), '\n') + 1
	if n.Kind() == ast.KindFencedCodeBlock && at > 0 { // its lines do not count the opening fence
		at = strings.LastIndexByte(string(src[:at-1]), '\n') + 1
	}
	return at
}

// plainText appends the text below a node, its blocks on lines of their own. Images give their description, links
// their text; raw HTML is left out.
func plainText(b *strings.Builder, n ast.Node, src []byte) {
	_ = ast.Walk(n, func(c ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			if c.Type() == ast.TypeBlock && b.Len() > 0 && !strings.HasSuffix(b.String(), "\n") {
				b.WriteByte('\n')
			}
			return ast.WalkContinue, nil
		}
		switch v := c.(type) {
		case *ast.Text:
			b.Write(v.Segment.Value(src))
			if v.SoftLineBreak() || v.HardLineBreak() {
				b.WriteByte('\n')
			}
		case *ast.String:
			b.Write(v.Value)
		case *ast.AutoLink:
			b.Write(v.Label(src))
		case *ast.FencedCodeBlock, *ast.CodeBlock:
			for i := range c.Lines().Len() {
				seg := c.Lines().At(i)
				b.Write(seg.Value(src))
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			return ast.WalkSkipChildren, nil
		}
		return ast.WalkContinue, nil
	})
}
