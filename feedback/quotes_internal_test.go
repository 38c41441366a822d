package feedback

import (
	"strings"
	"testing"
)

// A long message of very short sentences costs as many steps as it has sentences, not many times as many: one customer cannot hold a
// digest up.
func TestAnExcerptOfShortSentences(t *testing.T) {
	q := newQuotable(Words{ZH: []string{"耳机", "坏", "声音"}, EN: []string{"broken"}})
	const sentences = 1000
	text := strings.Repeat("坏！", sentences)
	if made := testing.AllocsPerRun(1, func() { q.excerpt(text) }); made > 10*sentences {
		t.Errorf("%.0f pieces of memory for %d sentences", made, sentences)
	}
	if got := q.excerpt(text); got != strings.Repeat("坏！", quoteMost/2)+" …" {
		t.Errorf("%q", got)
	}
}
