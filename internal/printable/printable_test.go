package printable_test

import (
	"strings"
	"testing"
	"unicode"

	"huiyin/internal/printable"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"": "",
		"退货\u3000要几天？\r\n👩\u200d👩\t3": "退货\u3000要几天？\n👩\u200d👩\t3",
		"a\x1b]0;pwned\x07b":          "a\uFFFD]0;pwned\uFFFDb",
		"\x1b[2J\x7f\u009b31m":        "\uFFFD[2J\uFFFD\uFFFD31m",
		"\u202Eevil\u2066\u200f":      "\uFFFDevil\uFFFD\uFFFD",
		"\xff\x00":                    "\uFFFD\uFFFD",
	} {
		if got := printable.Text(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	if got := printable.Line("a\r\nb\tc\x1b"); got != "a b c\uFFFD" {
		t.Errorf("on one line: %q", got)
	}
}

// Nothing that a terminal obeys comes through, whatever goes in, and a second time changes nothing.
func FuzzText(f *testing.F) {
	f.Add("\x1b[2J退货\u202E")
	f.Fuzz(func(t *testing.T, in string) {
		out := printable.Text(in)
		if strings.ContainsFunc(out, func(r rune) bool {
			return unicode.Is(unicode.Cc, r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r)
		}) || printable.Text(out) != out || strings.ContainsAny(printable.Line(in), "\n\t") {
			t.Errorf("%q: %q", in, out)
		}
	})
}
