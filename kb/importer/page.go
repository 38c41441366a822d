package importer

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
	"golang.org/x/net/html/charset"

	"huiyin/kb"
)

// readPage reads an HTML page: its main part, or its body without navigation, forms and scripts.
func readPage(f File, o Options) ([]kb.Article, error) {
	var r io.Reader = bytes.NewReader(f.Data)
	if o.Encoding != "" {
		text, err := decode(f, o)
		if err != nil {
			return nil, err
		}
		r = strings.NewReader(text)
	} else if decoded, err := charset.NewReader(r, f.Type); err == nil {
		r = decoded
	}
	root, err := html.Parse(r)
	if err != nil {
		return nil, &kb.InputError{File: f.Name, Err: damaged(err)}
	}
	w := pageWalker{paper: &paper{}}
	if title := find(root, atom.Title); title != nil {
		w.paper.title = words(title)
	}
	main := root
	for _, tag := range []atom.Atom{atom.Main, atom.Article, atom.Body} {
		if n := find(root, tag); n != nil {
			main = n
			break
		}
	}
	if h1 := find(main, atom.H1); h1 != nil {
		w.paper.title = words(h1)
	}
	w.blocks(main)
	w.flush()
	return w.paper.articles(f, o)
}

// find is the first element of a kind, in the order of the document.
func find(n *html.Node, tag atom.Atom) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && d.DataAtom == tag {
			return d
		}
	}
	return nil
}

// words is the text of an element, on one line.
func words(n *html.Node) string {
	var b strings.Builder
	var walk func(*html.Node)
	walk = func(p *html.Node) {
		for c := p.FirstChild; c != nil; c = c.NextSibling {
			switch {
			case c.Type == html.TextNode:
				b.WriteString(c.Data)
			case !skipped(c):
				walk(c)
			}
		}
	}
	walk(n)
	return strings.Join(strings.Fields(b.String()), " ")
}

// skipped are the elements that say nothing to a reader, or are not the page's own text.
func skipped(n *html.Node) bool {
	if n == nil || n.Type != html.ElementNode {
		return false
	}
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Noscript, atom.Template, atom.Iframe, atom.Object, atom.Embed, atom.Svg, atom.Math, atom.Canvas, atom.Audio, atom.Video,
		atom.Nav, atom.Header, atom.Footer, atom.Aside, atom.Form, atom.Button, atom.Select, atom.Input, atom.Textarea, atom.Head, atom.Title, atom.Dialog:
		return true
	}
	for _, a := range n.Attr {
		if a.Key == "hidden" || a.Key == "aria-hidden" && a.Val == "true" {
			return true
		}
	}
	return false
}

// pageWalker turns elements into Markdown blocks.
type pageWalker struct {
	paper *paper
	line  strings.Builder // text that stands in no block of its own
}

// flush ends the paragraph of loose text.
func (w *pageWalker) flush() {
	w.paper.block(tidyInline(w.line.String()))
	w.line.Reset()
}

func (w *pageWalker) blocks(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if skipped(c) && c.DataAtom != atom.Header { // a header inside the main part has the title
			continue
		}
		if c.Type != html.ElementNode {
			w.line.WriteString(inline(c))
			continue
		}
		switch c.DataAtom {
		case atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
			w.flush()
			w.paper.heading(int(c.Data[1]-'0'), words(c))
		case atom.P:
			w.flush()
			w.paper.block(tidyInline(inline(c)))
		case atom.Ul, atom.Ol:
			w.flush()
			w.paper.block(listOf(c, 0))
		case atom.Table:
			w.flush()
			w.paper.block(tableOf(c))
		case atom.Pre:
			w.flush()
			w.paper.block("```\n" + strings.ReplaceAll(rawText(c), "```", "'''") + "\n```")
		case atom.Dt:
			w.flush()
			w.paper.heading(3, words(c))
		case atom.Hr:
			w.flush()
		case atom.Summary: // the question of a folded answer
			w.flush()
			w.paper.heading(3, words(c))
		case atom.Html, atom.Body, atom.Main, atom.Article, atom.Section, atom.Div, atom.Blockquote, atom.Dl, atom.Dd, atom.Details, atom.Header, atom.Figure, atom.Address, atom.Center, atom.Fieldset:
			w.flush()
			w.blocks(c)
			w.flush()
		default:
			w.line.WriteString(inline(c))
		}
	}
}

func rawText(n *html.Node) string {
	var b strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			b.WriteString(d.Data)
		}
	}
	return strings.Trim(b.String(), "\n")
}

// inline is the Markdown of what stands within a paragraph.
func inline(n *html.Node) string {
	switch {
	case n.Type == html.TextNode:
		return escapeInline(n.Data)
	case n.Type != html.ElementNode || skipped(n):
		return ""
	}
	var b strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		b.WriteString(inline(c))
	}
	text := b.String()
	switch n.DataAtom {
	case atom.Br:
		return "\n"
	case atom.Strong, atom.B:
		return wrap(text, "**")
	case atom.Em, atom.I:
		return wrap(text, "*")
	case atom.A:
		return linkTo(text, attribute(n, "href"))
	case atom.Img:
		return escapeInline(attribute(n, "alt"))
	}
	return text
}

// wrap puts marks around a text, inside its outer blanks.
func wrap(text, mark string) string {
	inner := strings.TrimSpace(text)
	if inner == "" {
		return text
	}
	head, tail, _ := strings.Cut(text, inner)
	return head + mark + inner + mark + tail
}

// linkTo is a link, when it leads to another page.
func linkTo(text, to string) string {
	to = strings.TrimSpace(to)
	scheme, _, ok := strings.Cut(to, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
	default:
		ok = false
	}
	if !ok || strings.ContainsAny(to, " \n\t<>()") || strings.TrimSpace(text) == "" {
		return text
	}
	return "[" + strings.TrimSpace(text) + "](" + to + ")"
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

func escapeInline(text string) string {
	return strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "[", "\\[", "]", "\\]", "<", "\\<", "\n", " ", "\r", " ", "\t", " ", "\u00a0", " ").Replace(text)
}

// tidyInline removes the blanks that a browser would not show; a line that would begin something in Markdown is escaped.
func tidyInline(text string) string {
	var out []string
	for part := range strings.SplitSeq(text, "\n") {
		part = strings.Join(strings.Fields(part), " ")
		if part != "" && strings.ContainsRune("#>+-=~|", rune(part[0])) {
			part = "\\" + part
		}
		out = append(out, part)
	}
	return strings.Trim(strings.Join(out, "\n"), "\n")
}

// listOf is a list in Markdown, with the lists inside it.
func listOf(n *html.Node, depth int) string {
	var b strings.Builder
	number := 0
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode || c.DataAtom != atom.Li || skipped(c) {
			continue
		}
		number++
		mark := "- "
		if n.DataAtom == atom.Ol {
			mark = itoa(number) + ". "
		}
		var text, inner strings.Builder
		for d := c.FirstChild; d != nil; d = d.NextSibling {
			if d.Type == html.ElementNode && (d.DataAtom == atom.Ul || d.DataAtom == atom.Ol) {
				if depth < 5 {
					inner.WriteString(listOf(d, depth+1))
				}
				continue
			}
			text.WriteString(inline(d) + " ")
		}
		b.WriteString(strings.Repeat("   ", depth) + mark + strings.ReplaceAll(tidyInline(text.String()), "\n", " ") + "\n" + inner.String())
	}
	return b.String()
}

// tableOf is a table in Markdown; its first row is the head.
func tableOf(n *html.Node) string {
	var rows [][]string
	for d := range n.Descendants() {
		if d.Type != html.ElementNode || d.DataAtom != atom.Tr {
			continue
		}
		var row []string
		for c := d.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && (c.DataAtom == atom.Td || c.DataAtom == atom.Th) {
				row = append(row, strings.ReplaceAll(tidyInline(inline(c)), "\n", " "))
			}
		}
		if len(row) > 0 {
			rows = append(rows, row)
		}
	}
	return markdownTable(rows)
}
