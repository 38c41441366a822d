package topics

import (
	"math"
	"slices"
	"testing"

	"huiyin/feedback"
)

// What has seeds gets a topic; what has none gets one only when it fits well, and better than any other.
func TestDecide(t *testing.T) {
	least := float32(widenLeast * math.Log(3))
	open := []bool{false, false, false}
	for _, c := range []struct {
		name   string
		row    []float32
		hits   []hit
		closed []bool
		strict float64
		want   int
	}{
		{"fits one", []float32{least + 1, 0, 0}, nil, open, 1, 0},
		{"fits none well", []float32{least - 0.1, 0, 0}, nil, open, 1, -1},
		{"fits two alike", []float32{least + 1, least + 1 - widenMargin/2, 0}, nil, open, 1, -1},
		{"has to fit better where topics have many seeds", []float32{least * 1.5, 0, 0}, nil, open, 2, -1},
		{"a seed is enough", []float32{0, 0, -0.5}, []hit{{topic: 2, weight: 1}}, open, 1, 2},
		{"a hint gives way to the words", []float32{0, 3, 0}, []hit{{topic: 0, weight: hintWeight}}, open, 1, 1},
		{"nobody here names it", []float32{least + 1, 0, 0}, nil, []bool{true, false, false}, 1, -1},
		{"nobody else here names it", []float32{0, 0, 0}, []hit{{topic: 0, weight: 1}}, []bool{true, false, false}, 1, 0},
	} {
		if got := decide(slices.Clone(c.row), c.hits, c.closed, c.strict); got != c.want {
			t.Errorf("%s: %d, want %d", c.name, got, c.want)
		}
	}
	if got := decide([]float32{5}, nil, []bool{false}, 1); got != 0 {
		t.Errorf("a taxonomy of one topic: %d", got)
	}
}

// A theme keeps its ID as long as its words are the same, and is called by the first three of them.
func TestNameOfATheme(t *testing.T) {
	words := feedback.Words{EN: []string{"bag", "lost", "belt", "claim"}, ZH: []string{"行李"}}
	a, b := name(words), name(feedback.Words{EN: slices.Clone(words.EN), ZH: slices.Clone(words.ZH)})
	if a.Topic != b.Topic || !a.Found {
		t.Errorf("the same words: %+v and %+v", a, b)
	}
	if a.Name.EN != "bag, lost, belt" || a.Name.ZH != "行李" {
		t.Errorf("called %+v", a.Name)
	}
	if other := name(feedback.Words{EN: []string{"seat"}}); other.Topic == a.Topic {
		t.Errorf("other words have the same ID %s", other.Topic)
	}
}

// What a group says more often than everybody names it; what all say, what only one message says and how people talk do not.
func TestTellingWords(t *testing.T) {
	c := pileOf("bag lost again hello", "bag lost hello", "bag wet hello", "seat narrow hello", "seat narrow hello", "seat broken hello")
	c.light[c.index["again"]] = true
	words := map[uint32]int{}
	for d := range 3 {
		for _, w := range c.docs.of(d) {
			words[w]++
		}
	}
	if got := c.telling(words, 3, []int{0, 1, 2, 3, 4, 5}); !slices.Equal(got.EN, []string{"bag", "lost"}) {
		t.Errorf("got %v, want bag and lost", got.EN)
	}
	if got := c.telling(nil, 1, nil); got.EN != nil || got.ZH != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// The nearest centre is the first of equals, and everything is nearer than none.
func TestNearest(t *testing.T) {
	centres := [][]float32{{1, 0}, {0, 1}, {1, 0}}
	for _, c := range []struct {
		p    []float32
		want int
	}{{[]float32{1, 0}, 0}, {[]float32{0, 2}, 1}, {[]float32{0, 0}, 0}, {[]float32{-1, -2}, 0}} {
		if got, _ := nearest(c.p, centres); got != c.want {
			t.Errorf("%v: %d, want %d", c.p, got, c.want)
		}
	}
	if got, near := nearest([]float32{1, 0}, nil); got != 0 || near >= -1 {
		t.Errorf("without centres: %d, %f", got, near)
	}
}

// Seeds say which way a topic points; without a space of meaning they point nowhere.
func TestDirectionsWithoutASpace(t *testing.T) {
	c := &Classifier{taxonomy: &Taxonomy{Topics: []Topic{{ID: "a", Seeds: map[string][]string{"en": {"late"}}}, {ID: "b"}}}}
	got := c.directions(newCorpus())
	if len(got) != 2 || len(got[0]) != 0 || len(got[1]) != 0 {
		t.Errorf("got %v", got)
	}
}
