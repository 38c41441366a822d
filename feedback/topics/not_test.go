package topics_test

import (
	"fmt"
	"slices"
	"testing"

	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/topics"
)

// What denies ("doesn't") names no theme, however often it stands in its messages.
func TestThemesAreNotNamedByNot(t *testing.T) {
	w := feedbacktest.Chain(t)
	f := topics.NewFinder(w.Tokenizer, w.Vectors)
	texts := themes()
	for i := range len(texts) / 4 {
		texts = append(texts, fmt.Sprintf("the wifi on board doesn't connect, seat %d", i))
	}
	var named []string
	for _, a := range assign(t, f, texts...) {
		named = append(named, a.Words.EN...)
	}
	if len(named) == 0 || slices.Contains(named, "n't") || slices.Contains(named, "doesn't") {
		t.Errorf("the themes' words are %q", slices.Compact(slices.Sorted(slices.Values(named))))
	}
}
