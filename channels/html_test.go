package channels_test

import (
	"regexp"
	"strings"
	"testing"

	xhtml "golang.org/x/net/html"

	"huiyin/channels"
)

func TestHTML(t *testing.T) {
	link := func(address, label string) string {
		return `<a href="` + address + `" rel="nofollow noreferrer noopener" target="_blank">` + label + `</a>`
	}
	for _, tc := range []struct{ name, in, want string }{
		{"words", "a < b & c", "a &lt; b &amp; c"},
		{"Chinese emphasis", "**注意：**请看", "<strong>注意：</strong>请看"},
		{"nested", "**a *b* c**d", "<strong>a <em>b</em> c</strong>d"},
		{"link", "[*退货*](https://shop.example/r?a=1&b=2)", link("https://shop.example/r?a=1&amp;b=2", "<em>退货</em>")},
		{"list", "看：\n- a\n- b\n\n完", "看：\n<span class=\"item\">• a\n</span><span class=\"item\">• b\n</span>\n完"},
		{"numbers", "1. a\n2026. b", "<span class=\"item\">1. a\n</span>2026. b"},
		{"code", "`a*b`", "<code>a*b</code>"},
		{"block", "```\nif a {\n\n}\n```\nb", "<code class=\"block\">if a {\n\n}</code>\nb"},
		{"bold over lines", "**a\n- b**", "**a\n<span class=\"item\">• b**</span>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := string(channels.Markdown(tc.in).HTML()); got != tc.want {
				t.Errorf("got  %s\nwant %s", got, tc.want)
			}
		})
	}
	forged := channels.Rich{Text: "x", Spans: []channels.Span{{End: 1, Style: channels.Link, URL: "javascript:alert(1)"}, {End: 1, Style: "script"}}}
	if got := forged.HTML(); got != "x" {
		t.Errorf("a link that was never checked is shown as %s", got)
	}
}

// hostile are ways in which scripts have been smuggled through chat, Markdown and sanitisers.
var hostile = []string{
	"<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg/onload=alert(1)>", "<a href=\"javascript:alert(1)\">x</a>",
	"[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x](java\tscript:alert(1))", "[x](&#106;avascript:alert(1))", "[x](data:text/html;base64,PHNjcmlwdD4=)",
	"[x](vbscript:msgbox(1))", "[x](https://a.example/\"onmouseover=\"alert(1))", "[x](https://a.example/'onmouseover='alert(1))",
	"[x](<https://a.example/ onclick=alert(1)>)", "<javascript:alert(1)>", "<https://a.example/\"><script>alert(1)</script>>",
	"![x](x\"onerror=\"alert(1))", "![a](https://a.example/x.svg)", "`<script>`", "```html\n</code><script>alert(1)</script>\n```", "**<b onclick=alert(1)>**",
	"</span></div><iframe src=https://evil.example>", "<!--><script>alert(1)</script>-->", "<![CDATA[<script>]]>", "<style>@import'//evil.example'</style>",
	"[a](https://a.example)<b>[c](javascript:1)", "[[x](https://a.example)](javascript:1)", "[x\n](javascript:1)", "\\<script\\>", "&lt;script&gt;", "&#60;script&#62;",
	"\x00<scr\x00ipt>", "＜script＞", "<\u200bscript>", "[x](//evil.example)", "[x](https:\\\\evil.example)", "[x](tel:1\"onclick=\"x)", "[x](mailto:a@b.example?subject=<script>)",
	"<math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>", "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
	"<template><script>alert(1)</script></template>", "{{constructor.constructor('alert(1)')()}}", "${alert(1)}", "\u2028<script>\u2029", "<x contenteditable onblur=alert(1)>",
}

func TestHTMLIsSafe(t *testing.T) {
	for _, text := range hostile {
		checkHTML(t, text)
		checkHTML(t, "**"+text+"** \n- "+text+"\n```\n"+text)
	}
}

func FuzzHTML(f *testing.F) {
	for _, text := range hostile {
		f.Add(text)
	}
	f.Fuzz(checkHTML)
}

// attributes are all that our elements may have.
var attributes = regexp.MustCompile(`^(a href=(https?://|mailto:|tel:).*|a rel=nofollow noreferrer noopener|a target=_blank|span class=item|code class=block)$`)

// checkHTML holds that a text becomes nothing but our few elements, closed in order, around exactly itself.
func checkHTML(t *testing.T, text string) {
	rich := channels.Markdown(text)
	source := string(rich.HTML())
	var open []string
	var shown strings.Builder
	z := xhtml.NewTokenizer(strings.NewReader(source))
	for kind := z.Next(); kind != xhtml.ErrorToken; kind = z.Next() {
		token := z.Token()
		switch kind {
		case xhtml.TextToken:
			shown.WriteString(token.Data)
		case xhtml.StartTagToken:
			open = append(open, token.Data)
			if !strings.Contains(" strong em del code a span ", " "+token.Data+" ") {
				t.Fatalf("%q becomes an element %s: %s", text, token.Data, source)
			}
			for _, a := range token.Attr {
				if !attributes.MatchString(token.Data + " " + a.Key + "=" + a.Val) {
					t.Fatalf("%q gives an attribute %s=%s: %s", text, a.Key, a.Val, source)
				}
			}
		case xhtml.EndTagToken:
			if len(open) == 0 || open[len(open)-1] != token.Data {
				t.Fatalf("%q: %s is not closed in order: %s", text, token.Data, source)
			}
			open = open[:len(open)-1]
		default:
			t.Fatalf("%q becomes a %s: %s", text, kind, source)
		}
	}
	if len(open) > 0 || shown.String() != rich.Text {
		t.Fatalf("%q is shown as %q, want %q (left open: %v)", text, shown.String(), rich.Text, open)
	}
}
