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

// TestLearnSwaps: of words that stand for each other in what means the same, and of words that do not, the first weigh less; the
// same collection gives the same bytes; and a search asks by them, from either side, unless a text has both words.
func TestLearnSwaps(t *testing.T) {
	var pairs [][2]string
	for i := range 70 {
		thing := fmt.Sprintf("thing%d", i)
		pairs = append(pairs, [2]string{"buy " + thing, "purchase " + thing}, [2]string{"sell " + thing, "sale " + thing})
	}
	sets := []kb.Unseen{kb.Collect(kb.Models{}, pairs)}
	single := wording.NewApart(map[string]float64{"now": 0.01})
	learned, err := kb.LearnSwaps(t.Context(), letters{}, sets, single)
	if err != nil {
		t.Fatal(err)
	}
	weight := map[string]float32{}
	for _, s := range learned.Swaps("wbuy") {
		weight[s.Word] = s.Weight
	}
	if weight["purchase"] >= 0 || weight["sale"] <= 0 || learned.Of("wnow") != single.Of("wnow") {
		t.Errorf("learned %v, now %v", weight, learned.Of("wnow"))
	}
	again, err := kb.LearnSwaps(t.Context(), letters{}, sets, single)
	if err != nil || again.Fingerprint() != learned.Fingerprint() {
		t.Errorf("learned twice, it differs: %v", err)
	}
	store := kb.Fixed{article("a.en", "how to purchase a lamp", ""), article("b.en", "how to sell a lamp", ""), article("c.en", "how to buy or purchase a lamp", "")}
	for text, want := range map[string]map[kb.ArticleID]float64{
		"how to buy a lamp":             {"a.en": 0.04, "b.en": 0, "c.en": 0},
		"how to purchase a lamp please": {"a.en": 0, "b.en": 0, "c.en": 0},
	} {
		s := kb.NewSearcher(kb.Config{Store: store, Tokenizer: letters{}, Index: index.New(index.Config{Fingerprint: "letters"}),
			Models: kb.Models{Apart: wording.NewApart(map[string]float64{wording.SwapKey("buy", "purchase"): -0.04})}})
		if err := s.Open(t.Context()); err != nil {
			t.Fatal(err)
		}
		<-s.Ready()
		a, err := s.Search(t.Context(), kb.Query{Text: text, Lang: "en", Explain: true})
		if err != nil || len(a.Hits) != 3 {
			t.Fatalf("%v, %+v", err, a)
		}
		for _, c := range a.Trace.Candidates {
			if d := c.Points["apart"] - want[c.Article]; d > 1e-6 || d < -1e-6 {
				t.Errorf("%q: %s gains %v, want %v", text, c.Article, c.Points["apart"], want[c.Article])
			}
		}
		s.Close()
	}
}
