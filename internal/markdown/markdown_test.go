package markdown_test

import (
	"regexp"
	"strings"
	"testing"

	"huiyin/internal/markdown"
)

func TestHTML(t *testing.T) {
	r := markdown.New()
	for _, tc := range []struct{ name, in, want string }{
		{"emphasis", "Within **7 days**", "<p>Within <strong>7 days</strong></p>"},
		{"Chinese emphasis beside full-width marks", "请在 **7 天** 内", "<p>请在 <strong>7 天</strong> 内</p>"},
		{"list", "- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>"},
		{"line break", "a\nb", "<p>a<br>\nb</p>"},
		{"link", "[faq](https://a.example/x)", `<p><a href="https://a.example/x" rel="nofollow noreferrer noopener" target="_blank">faq</a></p>`},
		{"script link", "[x](javascript:alert(1))", "<p>x</p>"},
		{"data link", "[x](data:text/html,hi)", "<p>x</p>"},
		{"raw HTML", "<script>alert(1)</script>hi<img src=x onerror=alert(1)>", ""},
		{"image", "![x](https://a.example/t.gif)", "<p></p>"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, err := r.HTML(tc.in)
			if err != nil {
				t.Fatal(err)
			}
			if g := strings.TrimSpace(string(got)); g != tc.want && !(tc.want == "" && !regexp.MustCompile(`<(script|img)`).MatchString(g)) {
				t.Errorf("got  %s\nwant %s", g, tc.want)
			}
		})
	}
}

func FuzzHTML(f *testing.F) {
	for _, s := range []string{"**a**", "<b onclick=x>", "[a](javascript:x)", "[a]: javascript:x\n[a]", "&#106;avascript:x", "```\n<script>\n```"} {
		f.Add(s)
	}
	bad := regexp.MustCompile(`(?i)<[^>]*(\son\w+\s*=|javascript:|<script|<iframe|<style|srcdoc)`)
	r := markdown.New()
	f.Fuzz(func(t *testing.T, in string) {
		out, err := r.HTML(in)
		if err != nil {
			t.Fatal(err)
		}
		if m := bad.FindString(string(out)); m != "" {
			t.Errorf("%q renders as %q, with %q in it", in, out, m)
		}
	})
}
