package kb

import (
	"slices"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/text"
)

// FuzzProse: a text that is taken for prose has the passages that the parser of Markdown finds in it.
func FuzzProse(f *testing.F) {
	long := strings.Repeat("七天内可以退货，请保留包装。", 40)
	for _, s := range []string{"", "七天内可以退货。", "Open the order, then press “Invoice” (top right).", " indented", "a: b | c", "1. one", "a  b ", "x\u00a0", "- a",
		"http://a.b/c?d", "a^b~~c~~", "&amp;", "\\*", "\u2028a", "a\nb", "a\n\nb\n\n\nc\n", "a\n---", "a\n===", "a \nb", "a\n\u3000b", "\n\na",
		"a - b > c # d + e = f! ] ~", "a\n| b", "a\n: b", "a\n\"b\"\n", "a\n) b", long + "\n\n" + long + "\n" + long + "\n\nend", "a\n\n" + long, "\u00a0\n\na", "a\u0085\n\nb",
		"第一步\n第二步\n\n第三步", "a\xff\n\n\xe3b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !prose(s) {
			return
		}
		if got, want := passagesOfProse(s), parsedPassages(s); !slices.Equal(got, want) {
			t.Errorf("%q has the passages %q, want %q", s, got, want)
		}
		var b strings.Builder
		plainText(&b, goldmark.DefaultParser().Parse(text.NewReader([]byte(s))), []byte(s))
		if got, want := PlainText(s), strings.TrimSpace(b.String()); got != want {
			t.Errorf("%q is read as %q, want %q", s, got, want)
		}
	})
}

// TestProse: what most answers look like needs no parser, and what Markdown reads as a mark is left to it.
func TestProse(t *testing.T) {
	for text, want := range map[string]bool{
		"七天内可以退货。": true, "Up to 30 days - counted from delivery.": true, "第一段。\n\n第二段！": true, "Call us:\n+1 555 0100": false,
		"# Title": false, "a\n- b": false, "1. one": false, "see [here](x)": false, "**now**": false, "a\n===": false, "a  \nb": false, "\tcode": false,
	} {
		if prose(text) != want {
			t.Errorf("%q: %v", text, !want)
		}
	}
}
