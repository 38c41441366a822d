package kb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"huiyin/nlp"
)

// crowdedShelf is a real catalog of many articles about accounts and orders, two that have few neighbours, and a translation.
func crowdedShelf(tb testing.TB) *catalog {
	tb.Helper()
	c := realCatalog(tb)
	list := []Article{
		{ID: "whale", Title: "Are whales fish?"},
		{ID: "bridge", Title: "How tall is the old bridge?"},
	}
	for _, verb := range []string{"change", "check", "delete", "find", "open", "update", "close", "print"} {
		for _, thing := range []string{"account", "order", "invoice", "address", "password", "order number", "account name"} {
			list = append(list, Article{ID: ArticleID(verb + " " + thing), Title: fmt.Sprintf("How do I %s my %s?", verb, thing)})
		}
	}
	for i := range list {
		list[i].Root, list[i].Lang, list[i].Status = RootID(list[i].ID), nlp.LangEnglish, Published
	}
	c.put(append(list, Article{ID: "bridge.zh", Root: "bridge", Lang: nlp.LangHans, Status: Published, Title: "老桥有多高？"}))
	return c
}

func (c *catalog) crowdOf(id ArticleID) crowd { return c.entries[id].phrases[0].crowd }

// TestCrowd: what is near to many articles loses something, what stands alone gains, and all together neither.
func TestCrowd(t *testing.T) {
	c := crowdedShelf(t)
	sum := crowd{}
	for id := range c.entries {
		x := c.crowdOf(id)
		sum.learned, sum.meaning = sum.learned+x.learned, sum.meaning+x.meaning
	}
	if math.Abs(sum.learned) > 1e-9 || math.Abs(sum.meaning) > 1e-9 {
		t.Errorf("together %+v", sum)
	}
	for _, id := range []ArticleID{"whale", "bridge"} {
		if x := c.crowdOf(id); x.learned >= 0 || x.meaning >= 0 {
			t.Errorf("%s stands alone: %+v", id, x)
		}
	}
	for _, id := range []ArticleID{"change order", "check order number"} {
		if x := c.crowdOf(id); x.learned <= 0 {
			t.Errorf("%s stands in a crowd: %+v", id, x)
		}
	}
	if x := c.crowdOf("bridge.zh"); x != (crowd{}) {
		t.Errorf("there is nothing else in Chinese: %+v", x)
	}
	q := c.question(analyze(c.tok, "how can I see what my order is", nil), nlp.LangEnglish, "")
	w := defaultWeights()
	score, p := c.wording(&q, &c.entries["check order"].phrases[0], &w)
	all := 0.0
	for _, x := range p.points {
		all += x
	}
	if p.points[partCrowd] >= 0 || math.Abs(all-score) > 1e-9 {
		t.Errorf("the crowd takes %v; points %v for a score of %v", p.points[partCrowd], all, score)
	}
}

// TestCrowdFollowsEdits: after edits crowds are what they would be if all were new, and a base that has grown large has none.
func TestCrowdFollowsEdits(t *testing.T) {
	c := crowdedShelf(t)
	before := c.crowdOf("check order")
	c.put([]Article{{ID: "trace", Root: "trace", Lang: nlp.LangEnglish, Status: Published, Title: "How do I check all my orders?"}})
	if after := c.crowdOf("check order"); after.learned <= before.learned {
		t.Errorf("one more neighbour: %+v, then %+v", before, after)
	}
	c.put([]Article{{ID: "trace", Root: "trace", Status: Archived}})
	if after := c.crowdOf("check order"); after != before {
		t.Errorf("without it again: %+v, then %+v", before, after)
	}
	var many []Article
	for i := range smallBase {
		id := fmt.Sprint("a", i)
		many = append(many, Article{ID: ArticleID(id), Root: RootID(id), Lang: nlp.LangEnglish, Status: Published, Title: "Article " + id})
	}
	c.put(many)
	for id := range c.entries {
		if x := c.crowdOf(id); x != (crowd{}) {
			t.Fatalf("%s in a large base: %+v", id, x)
		}
	}
}

func TestLargest(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for n := range 3 * crowdNearest {
		list := make([]float64, n)
		var s largest
		for i := range list {
			list[i] = float64(rnd.IntN(2*n)) - float64(n)
			s.add(list[i])
		}
		slices.Sort(list)
		list = list[max(0, n-crowdNearest):]
		want := 0.0
		for _, x := range list {
			want += x / float64(len(list))
		}
		if got := s.mean(); math.Abs(got-want) > 1e-9 {
			t.Errorf("of %v: %v, want %v", list, got, want)
		}
	}
}

// BenchmarkCrowd is what crowds add to every edit of the largest base that has them, with five wordings an article.
func BenchmarkCrowd(b *testing.B) {
	c := realCatalog(b)
	var many []Article
	for i := range smallBase {
		a := Article{ID: ArticleID(fmt.Sprint("a", i)), Root: RootID(fmt.Sprint("a", i)), Lang: nlp.LangEnglish, Status: Published, Title: fmt.Sprint("How do I return item ", i)}
		for k := range 4 {
			a.Questions = append(a.Questions, fmt.Sprintf("can I send back item %d of order %d", i, k))
		}
		many = append(many, a)
	}
	c.put(many)
	for b.Loop() {
		c.crowdAgain()
	}
}
