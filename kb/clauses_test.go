package kb

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
)

func TestPartsOf(t *testing.T) {
	c := nearShelf(t)
	for text, want := range map[string][]string{
		"can you engrave a name":                           nil,
		"It was a present. Can you engrave a name on it?":  {"It was a present", "Can you engrave a name on it"},
		"买给朋友的，能刻名字吗？":                                     {"买给朋友的", "能刻名字吗"},
		"买给朋友的,能刻名字吗":                                      {"买给朋友的", "能刻名字吗"},
		"the parcel came at 10:30 and cost 1,200.50 yuan":  nil,
		"Hi. Is it waterproof? Thanks":                     {"Is it waterproof"},
		"it fell into the pool\nand now it makes no sound": {"it fell into the pool", "and now it makes no sound"},
		"?!...":                          nil,
		"is it waterproof… I swim a lot": {"is it waterproof", "I swim a lot"},
	} {
		parts := c.partsOf(analyze(c.tok, text, nil))
		var got []string
		for _, p := range parts {
			got = append(got, p.text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q has the parts %q, want %q", text, got, want)
		}
	}
	long := c.partsOf(analyze(c.tok, strings.Repeat("the pen leaks, ", 100)+"what now??", nil))
	if len(long) < 2 || len(long) > mostClauses {
		t.Errorf("a long message is compared in %d parts, at most %d", len(long), mostClauses)
	}
}

// TestClauses: a question within a story finds its article; the points of an article add up to its score, and the order in which a
// customer says things changes nothing that its clauses say.
func TestClauses(t *testing.T) {
	c := nearShelf(t)
	w := defaultWeights()
	ask := func(text string) []ranked {
		return c.rankAll(analyze(c.tok, text, nil), guessLang(text), "", nil, false, time.Unix(0, 0), &w)
	}
	for text, want := range map[string]RootID{
		"The parcel goes to my sister, she moved to an island and I pay for all of it. Can you engrave a name?": "engrave",
		"包裹要寄到海岛上，价钱多少都行。戴着去海里游泳能防水吗":                                                                           "water",
	} {
		list := ask(text)
		if len(list) == 0 || list[0].entry.article.Root != want {
			t.Errorf("%q: %v, want %s first", text, list, want)
		}
		for _, r := range list {
			sum := 0.0
			for _, x := range r.parts.points {
				sum += x
			}
			if r.score <= 0 || math.Abs(sum-r.score) > 1e-9 {
				t.Errorf("%q: the points of %s add up to %v, its score is %v", text, r.entry.article.ID, sum, r.score)
			}
		}
	}
	a, b := ask("it fell into the sea. can you engrave a name?"), ask("can you engrave a name? it fell into the sea.")
	for i := range a {
		if a[i].entry != b[i].entry || math.Abs(a[i].parts.points[partClauses]-b[i].parts.points[partClauses]) > 1e-9 {
			t.Errorf("place %d: %s with %v, the other way round %s with %v", i, a[i].entry.article.ID, a[i].parts.points, b[i].entry.article.ID, b[i].parts.points)
		}
	}
	if whole := ask("can you engrave a name")[0]; !whole.parts.exact || whole.score < 1 || whole.parts.points[partClauses] != 0 {
		t.Errorf("a wording word for word: %+v", whole.parts)
	}
	if q := c.question(analyze(c.tok, "is it waterproof", nil), nlp.LangEnglish, ""); len(c.clauses(q.analyzed, nlp.LangEnglish, "")) != 0 {
		t.Error("one clause is compared twice")
	}
}
