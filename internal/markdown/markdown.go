// Package markdown turns the Markdown of articles and answers into HTML that is safe to show, whoever wrote it.
package markdown

import (
	"bytes"
	"fmt"
	"html/template"

	"github.com/microcosm-cc/bluemonday"
	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"
)

// Renderer renders Markdown. It is safe for concurrent use; make one and keep it.
type Renderer struct {
	md     goldmark.Markdown
	policy *bluemonday.Policy
}

// New makes a Renderer: CommonMark with tables, strikethrough and bare links, a line break where the author broke the
// line, no raw HTML, and links only to http, https, mailto and tel, opened without handing over our page.
func New() *Renderer {
	policy := bluemonday.NewPolicy()
	policy.AllowElements("p", "br", "strong", "em", "del", "code", "pre", "blockquote", "ul", "ol", "li", "hr",
		"h1", "h2", "h3", "h4", "table", "thead", "tbody", "tr", "th", "td")
	policy.AllowAttrs("href").OnElements("a")
	policy.AllowURLSchemes("http", "https", "mailto", "tel")
	policy.RequireNoFollowOnLinks(true)
	policy.RequireNoReferrerOnLinks(true)
	policy.AddTargetBlankToFullyQualifiedLinks(true)
	return &Renderer{
		md: goldmark.New(
			goldmark.WithExtensions(extension.Table, extension.Strikethrough, extension.Linkify),
			goldmark.WithRendererOptions(html.WithHardWraps()),
		),
		policy: policy,
	}
}

// HTML renders a text. Sanitising comes last, after everything else that could make HTML.
func (r *Renderer) HTML(text string) (template.HTML, error) {
	var out bytes.Buffer
	if err := r.md.Convert([]byte(text), &out); err != nil {
		return "", fmt.Errorf("markdown: %w", err)
	}
	return template.HTML(r.policy.SanitizeBytes(out.Bytes())), nil
}
