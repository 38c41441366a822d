package kb_test

import (
	"bytes"
	"fmt"
	"testing"

	"huiyin/kb"
	"huiyin/kb/index"
	"huiyin/kb/wording"
)

// early is a collection in which a question is paid early or not, which are two articles each, and in which "when" is only
// another way to ask.
func early() kb.Unseen {
	var pairs [][2]string
	for i := range 30 {
		thing := fmt.Sprintf("thing%d", i)
		pairs = append(pairs, [2]string{"when pay " + thing, "pay " + thing}, [2]string{"when pay early " + thing, "pay early " + thing})
	}
	return kb.Collect(kb.Models{}, pairs)
}

// TestLearnApart: a word whose presence tells articles apart gets a weight above one that does not; the same collection gives
// the same bytes; and a search asks by it.
func TestLearnApart(t *testing.T) {
	learned, err := kb.LearnApart(t.Context(), letters{}, []kb.Unseen{early()})
	if err != nil {
		t.Fatal(err)
	}
	if a, b := learned.Of("wearly"), learned.Of("wwhen"); a <= 0 || a <= b {
		t.Errorf("early %v, when %v", a, b)
	}
	again, err := kb.LearnApart(t.Context(), letters{}, []kb.Unseen{early()})
	if err != nil {
		t.Fatal(err)
	}
	var x, y bytes.Buffer
	if learned.Write(&x) != nil || again.Write(&y) != nil || !bytes.Equal(x.Bytes(), y.Bytes()) || learned.Fingerprint() != again.Fingerprint() {
		t.Errorf("learned twice:\n%s\n%s", &x, &y)
	}
	store := kb.Fixed{article("early.en", "pay the loan back early", ""), article("late.en", "how to pay the loan now", "")}
	score := func(m kb.Models) (gap float64, exact kb.Hit) {
		t.Helper()
		s := kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Models: m, Index: index.New(index.Config{Fingerprint: "letters"})})
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-s.Ready()
		defer s.Close()
		a, err := s.Search(t.Context(), kb.Query{Text: "pay the loan", Lang: "en", Explain: true})
		if err != nil || len(a.Hits) != 2 {
			t.Fatalf("%v, %+v", err, a)
		}
		points := map[kb.ArticleID]float64{}
		for _, c := range a.Trace.Candidates {
			sum := 0.0
			for _, p := range c.Points {
				sum += p
			}
			if d := sum - c.Second; d > 1e-9 || d < -1e-9 {
				t.Errorf("%s: the points are %v together, the score %v", c.Article, sum, c.Second)
			}
			points[c.Article] = c.Points["apart"]
		}
		same, err := s.Search(t.Context(), kb.Query{Text: "pay the loan back early", Lang: "en"})
		if err != nil {
			t.Fatal(err)
		}
		return points["late.en"] - points["early.en"], same.Hits[0]
	}
	if gap, hit := score(kb.Models{Apart: wording.NewApart(map[string]float64{"early": 0.05, "now": -0.02})}); gap < 0.069 || gap > 0.071 || hit.Score < 1 {
		t.Errorf("the words bring %v, the question word for word %+v", gap, hit)
	}
	if gap, _ := score(kb.Models{}); gap != 0 {
		t.Errorf("without weights: %v", gap)
	}
}
