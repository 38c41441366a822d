package kb

import (
	"testing"

	"huiyin/nlp"
)

func TestHair(t *testing.T) {
	answer := func(confidence float64, roots ...RootID) Answer {
		var a Answer
		for _, r := range roots {
			h := Hit{Citation: Citation{Root: r}}
			if len(a.Hits) == 0 {
				h.Confidence = nlp.Confidence(confidence)
			}
			a.Hits = append(a.Hits, h)
		}
		return a
	}
	shown := func(a Answer) Answer { a.Decision = DecideAnswer; return a }
	g := Golden{Root: "r"}
	for _, tc := range []struct {
		name          string
		before, after Answer
		want          bool
	}{
		{"just below the border", answer(0.21, "r"), answer(0.19, "x", "r"), true},
		{"far below", answer(0.3, "r"), answer(0.19, "r"), false},
		{"not among the first", answer(0.21, "r"), answer(0.2, "x", "y", "z", "r"), false},
		{"another one is shown", shown(answer(0.96, "r")), shown(answer(0.97, "x", "r")), false},
		{"another one was first and is shown now", answer(0.94, "x", "r"), shown(answer(0.95, "x", "r")), true},
		{"gone", answer(0.21, "r"), Answer{}, false},
	} {
		if got := hair(g, tc.before, tc.after); got != tc.want {
			t.Errorf("%s: %v", tc.name, got)
		}
	}
}
