package kb

import (
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

// FuzzPlain: a text that is taken for plain is what the parser of Markdown reads from it.
func FuzzPlain(f *testing.F) {
	for _, s := range []string{"", "七天内可以退货。", "Open the order, then press “Invoice” (top right).", " indented", "a: b | c", "1. one", "a  b ", "x\u00a0", "- a", "http://a.b/c?d", "a^b~~c~~", "&amp;", "\\*", "\u2028a"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		s = trimText(s)
		if !plain(s) {
			return
		}
		var b strings.Builder
		plainText(&b, goldmark.DefaultParser().Parse(text.NewReader([]byte(s))), []byte(s))
		if got := strings.TrimSpace(b.String()); got != strings.TrimSpace(s) {
			t.Errorf("%q is read as %q", s, got)
		}
	})
}
