package nlp

import (
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
)

// rewrite folds a text by chance, as the halves of Fold do: characters stay, are dropped, or become something longer or shorter.
func rewrite(r *rand.Rand, s string) (string, offsets) {
	f := folder{src: s}
	for f.done < len(s) {
		_, n := utf8.DecodeRuneInString(s[f.done:])
		switch r.IntN(6) {
		case 0:
			f.replace(n, "")
		case 1:
			f.replace(n, strings.Repeat("长", 1+r.IntN(2)))
		case 2:
			f.replace(n, "ab")
		default:
			f.keep(n)
		}
	}
	return f.result()
}

// Two mappings composed lead to where the one after the other leads.
func TestComposedOffsetsLeadTheSameWay(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	letters := []rune("aé中文😀b。")
	for range 2000 {
		var b strings.Builder
		for range r.IntN(12) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		source := b.String()
		middle, inner := rewrite(r, source)
		last, outer := rewrite(r, middle)
		both := compose(outer, inner)
		if inner != nil && outer != nil && last != "" && len(both) == 0 {
			t.Fatalf("%q to %q to %q: nothing", source, middle, last)
		}
		for i, c := range last {
			end := i + utf8.RuneLen(c)
			var near [6]int
			from, to := outer.start(i, &near[0]), outer.end(end, &near[1])
			want := Span{Start: inner.start(from, &near[2]), End: inner.end(to, &near[3])}
			got := Span{Start: both.start(i, &near[4]), End: both.end(end, &near[5])}
			if got != want {
				t.Fatalf("%q to %q to %q: %q at %d came from %v, step by step from %v", source, middle, last, c, i, got, want)
			}
		}
	}
}
