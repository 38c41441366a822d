package kb_test

import (
	"slices"
	"testing"

	"huiyin/nlp"
)

// TestStrange: words that no article has; a typing error is none, nor is a word of an article in another form, nor one that
// carries no meaning.
func TestStrange(t *testing.T) {
	s := bilingual(t)(shop()...)
	for text, want := range map[string][]string{
		"Can I return a bicycle?":                {"bicycle"},
		"can i retrun the parcels":               nil,
		"Do you return MATTRESSES, or furniture": {"mattresses", "furniture"},
		"自行车可以退货吗":                               {"自行车"},
		"退货":                                     nil, "": nil, "?!": nil,
	} {
		var got []string
		for _, w := range s.Strange(text, nil) {
			got = append(got, w.Text)
			if nlp.Fold(text[w.Start:w.End]) != w.Text {
				t.Errorf("%q: %q stands at %d to %d", text, w.Text, w.Start, w.End)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := open(t, newStore(t, shop()...), t.TempDir()).Strange("a bicycle", nil); got != nil {
		t.Errorf("without word vectors: %v", got)
	}
}
