package topics

import (
	"fmt"
	"math"
	"slices"
	"strings"
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
	if got := p.in.of(c.docs.of(0), &room{}); len(got) != 5+len(p.in[c.index["delayed"]]) { // 学 校 学校 服 校服
		t.Errorf("a message has %d pieces", len(got))
	}
	if got := p.in.of(c.docs.of(1), &room{}); len(got) != 0 {
		t.Errorf("an empty message has %d pieces", len(got))
	}
}

// A message of very many words is gathered in one pass: comparing each of its pieces with all others takes minutes.
func TestPiecesOfAHugeMessage(t *testing.T) {
	var text strings.Builder
	for i := range 60_000 {
		fmt.Fprintf(&text, "%c%c%c%c%c%cly ", 'a'+i%26, 'a'+i/26%26, 'b'+i/676%20, 'a'+i/7%26, 'a'+i/11%26, 'a'+i/13520%26)
	}
	c := pileOf(text.String())
	p := newPieces(c)
	var r room
	if got := p.in.of(c.docs.of(0), &r); len(got) < 50_000 || len(got) != len(p.words) {
		t.Errorf("%d pieces of %d", len(got), len(p.words))
	}
	if got := p.in.of(nil, &r); len(got) != 0 {
		t.Errorf("%d pieces of nothing", len(got))
	}
	long := newPieces(pileOf(strings.Repeat("abcdefghijklmnopqrstuvwxyz", 4000)))
	if len(long.words) > 2*pieceWord {
		t.Errorf("%d pieces of one word", len(long.words))
	}
}

// A room forgets what was put before, also when its count of times begins anew.
func TestRoom(t *testing.T) {
	r := room{time: math.MaxUint32 - 1}
	for range 4 {
		r.empty()
		for _, id := range []uint32{7, 3, 7, 300, 3} {
			r.put(id)
		}
		if !slices.Equal(r.list, []uint32{7, 3, 300}) {
			t.Fatalf("%v at %d", r.list, r.time)
		}
	}
}
