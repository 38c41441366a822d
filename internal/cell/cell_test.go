package cell_test

import (
	"strings"
	"testing"

	"huiyin/internal/cell"
)

func TestSafe(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "": "", "=1+1": "'=1+1", "  =1": "'  =1", "\u3000＝1": "'\u3000＝1", "-5 stars": "'-5 stars", "@all": "'@all",
		"ok\n=1": "ok\n'=1", "\tx": "'\tx", "a=b": "a=b", "＋1": "'＋1", "\u200b=1": "'\u200b=1", "3-5 days": "3-5 days",
		"'=1": "''=1", "'tis": "'tis", "''": "''",
	} {
		if got := cell.Safe(in); got != want {
			t.Errorf("Safe(%q) = %q, want %q", in, got, want)
		}
		if got := cell.Text(want); got != in {
			t.Errorf("Text(%q) = %q, want %q", want, got, in)
		}
	}
	if got := cell.Text("=1"); got != "=1" {
		t.Errorf("a cell that somebody else wrote: %q", got)
	}
}

// FuzzSafe: no line of a safe text starts a formula, and nothing of it is lost.
func FuzzSafe(f *testing.F) {
	for _, s := range []string{"=HYPERLINK(\"x\")", "''=1\n'\n-", "'\t=", "ok", "\xff="} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, in string) {
		safe := cell.Safe(in)
		for line := range strings.SplitSeq(safe, "\n") {
			if start := strings.TrimSpace(line); start != "" && strings.ContainsAny(start[:1], "=+-@") {
				t.Errorf("%q: line %q", in, line)
			}
		}
		if got := cell.Text(safe); got != in {
			t.Errorf("%q came back as %q", in, got)
		}
	})
}
