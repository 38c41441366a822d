package kb

import (
	"fmt"
	"math"
	"slices"
	"sync"
	"testing"
	"time"

	"huiyin/nlp"
)

// nearShelf is a real catalog of a few articles.
func nearShelf(t *testing.T) *catalog {
	t.Helper()
	c := realCatalog(t)
	c.put([]Article{
		{ID: "water.en", Root: "water", Lang: nlp.LangEnglish, Status: Published, Title: "Water resistance", Questions: []string{"is it waterproof"},
			Body: "A splash or light rain does no harm. Do not swim with it."},
		{ID: "engrave.en", Root: "engrave", Lang: nlp.LangEnglish, Status: Published, Title: "Engraving", Questions: []string{"can you engrave a name"},
			Body: "Up to ten letters fit on the barrel of a pen."},
		{ID: "fees.en", Root: "fees", Lang: nlp.LangEnglish, Status: Published, Title: "Delivery fees", Questions: []string{"what does shipping cost"},
			Body: "Parcels to islands cost more."},
		{ID: "water.zh", Root: "water", Lang: nlp.LangHans, Status: Published, Title: "防水", Questions: []string{"能防水吗"}, Body: "小雨和汗水没关系，不要戴着游泳。"},
		{ID: "fees.zh", Root: "fees", Lang: nlp.LangHans, Status: Published, Title: "运费", Questions: []string{"邮费多少钱"}, Body: "寄到海岛要加钱。"},
	})
	return c
}

func (c *catalog) nearOf(text string, id ArticleID, leave string) float64 {
	a := analyze(c.tok, text, nil)
	return c.nearness.near(a.tokens, guessLang(a.key)).to(c.tok, c.entries[id], leave)
}

// TestNearness: what is said in other words than the article's is found where it is said, in the body as well.
func TestNearness(t *testing.T) {
	c := nearShelf(t)
	for text, want := range map[string]ArticleID{
		"it got wet in a thunderstorm":               "water.en",
		"I want initials carved into a fountain pen": "engrave.en",
		"postage for packages":                       "fees.en",
		"突然下暴雨会不会坏":                                  "water.zh",
		"快递费贵不贵":                                     "fees.zh",
	} {
		best, most := ArticleID(""), 0.0
		for id := range c.entries {
			if x := c.nearOf(text, id, ""); x > most {
				best, most = id, x
			}
		}
		if best != want {
			t.Errorf("%q is nearest to %q, want %q", text, best, want)
		}
		if most > nearAsked+nearAll {
			t.Errorf("%q comes as near as %.2f", text, most)
		}
	}
	if x := c.nearOf("blorptastic zzyzx", "water.en", ""); x != 0 {
		t.Errorf("words without a vector come as near as %v", x)
	}
	if x := c.nearOf("防水", "water.en", ""); x != 0 {
		t.Errorf("another language comes as near as %v", x)
	}
}

// TestNearnessLeavesOut: a wording that is left out gives nothing, and the others what they give without it.
func TestNearnessLeavesOut(t *testing.T) {
	c := nearShelf(t)
	whole, left := c.nearOf("what does shipping cost", "fees.en", ""), c.nearOf("what does shipping cost", "fees.en", normalForm("what does shipping cost"))
	if left >= whole || left <= 0 {
		t.Errorf("%v with its own wording, %v without", whole, left)
	}
	if other := c.nearOf("what does shipping cost", "fees.en", "no wording of this article"); other != whole {
		t.Errorf("%v, want %v", other, whole)
	}
}

// TestNearnessFollowsEdits: what is published is near at once, what is archived no more, and many at a time may ask.
func TestNearnessFollowsEdits(t *testing.T) {
	c := nearShelf(t)
	w := defaultWeights()
	rank := func() []ranked {
		return c.rankAll(analyze(c.tok, "soaked by a thunderstorm", nil), nlp.LangEnglish, "", nil, true, time.Unix(0, 0), &w)
	}
	before := rank()
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			if i == 0 {
				c.put([]Article{{ID: "bus.en", Root: "bus", Lang: nlp.LangEnglish, Status: Published, Title: "Bus lines"}})
				return
			}
			rank()
		})
	}
	all.Wait()
	c.put([]Article{{ID: "bus.en", Root: "bus", Lang: nlp.LangEnglish, Status: Archived}})
	again := nearShelf(t)
	if a, b := c.nearOf("soaked by a thunderstorm", "water.en", ""), again.nearOf("soaked by a thunderstorm", "water.en", ""); a != b {
		t.Errorf("%v after edits, %v made anew", a, b)
	}
	same := func(a, b ranked) bool { return a.entry.article.ID == b.entry.article.ID && a.score == b.score }
	if after := rank(); len(before) == 0 || before[0].entry.article.ID != "water.en" || !slices.EqualFunc(before, after, same) {
		t.Errorf("before %v, after %v", before, after)
	}
}

// TestNearnessIsBounded: a large base has none, and customers' words do not pile up.
func TestNearnessIsBounded(t *testing.T) {
	c := nearShelf(t)
	for i := range remembered + 10 {
		c.nearOf(fmt.Sprint("word", i), "water.en", "")
	}
	if n := len(c.nearness.sides[nlp.LangEnglish].memory); n > remembered {
		t.Errorf("%d words are remembered", n)
	}
	var many []Article
	for i := range smallBase {
		id := fmt.Sprint("a", i)
		many = append(many, Article{ID: ArticleID(id), Root: RootID(id), Lang: nlp.LangEnglish, Status: Published, Title: "Article " + id})
	}
	c.put(many)
	if c.small() {
		t.Error("a large base keeps nearness")
	}
	if x := c.nearOf("waterproof", "water.en", ""); x != 0 {
		t.Errorf("a large base says %v", x)
	}
}

func TestRareness(t *testing.T) {
	for _, tc := range []struct {
		order []float64
		x     float64
		want  float64
	}{{[]float64{0.1, 0.2, 0.3, 0.9}, 0.9, 1}, {[]float64{0.5, 0.5, 0.5}, 0.5, 0}, {[]float64{0.1, 0.1, 0.9, 0.9}, 0.9, 0.5}, {[]float64{0.4}, 0.4, 0}, {nil, 1, 0}} {
		if got := rareness(tc.order, tc.x); math.Abs(got-tc.want) > 1e-9 {
			t.Errorf("%v in %v: %v, want %v", tc.x, tc.order, got, tc.want)
		}
	}
}
