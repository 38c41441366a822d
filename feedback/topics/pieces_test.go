package topics

import (
	"slices"
	"testing"
)

// Words have their pieces, each once: letters with the word's ends, characters alone and in pairs.
func TestPieces(t *testing.T) {
	c := pileOf("delay", "学校", "ab", "好好")
	p := newPieces(c)
	for word, want := range map[string][]string{
		"delay": {" del", "dela", "elay", "lay ", " dela", "delay", "elay "},
		"学校":    {"学", "校", "学校"},
		"ab":    {" ab "},
		"好好":    {"好", "好好"},
	} {
		var got []string
		for _, id := range p.in[c.index[word]] {
			got = append(got, p.words[id])
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
	c = pileOf("学校 校服 delayed", "")
	p = newPieces(c)
	if got := p.of(c.docs.of(0), nil); len(got) != 5+len(p.in[c.index["delayed"]]) { // 学 校 学校 服 校服
		t.Errorf("a message has %d pieces", len(got))
	}
	if got := p.of(c.docs.of(1), nil); len(got) != 0 {
		t.Errorf("an empty message has %d pieces", len(got))
	}
}
