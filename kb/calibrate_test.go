package kb

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
	"unicode"

	"huiyin/nlp"
)

// drawn are examples of a store in which an outcome is right with a probability that a hidden curve gives.
func drawn(n int, hidden curve, seed uint64) []example {
	rnd := rand.New(rand.NewPCG(seed, 1))
	var out []example
	for i := range n {
		score := rnd.Float64() * 1.5
		margin := rnd.Float64() * score / 2
		e := evidence{1, score, margin, margin / max(score, 0.01), 0.1, score / 1.6, 0, rnd.Float64()}
		first := rnd.Float64() < hidden.probability(e)
		out = append(out, example{evidence: e, first: first, among: first || rnd.Float64() < 0.8, fold: i % folds, golden: true})
	}
	return out
}

// TestCalibrateKeepsItsPromise: whatever a store's questions are like, of those that were not used for the curves 95 in
// a hundred answers are right, 90 of what is offered, and a store in which scores mean more than the shipped curve
// believes answers more.
func TestCalibrateKeepsItsPromise(t *testing.T) {
	shipped := shippedDecider(false)
	for name, hidden := range map[string]curve{
		"easy": {-1, 8, 6}, "as shipped": shipped.first, "hard": {-6, 2, 8}, "scores say nothing": {0.2},
	} {
		seen, unseen := drawn(1500, hidden, 7), drawn(4000, hidden, 8)
		d, own := calibrate(seen, &shipped)
		got := judge(unseen, func(int) *decider { return d })
		if got.Answered > 100 && float64(got.AnswerRight) < 0.93*float64(got.Answered) {
			t.Errorf("%s: %d of %d answers right", name, got.AnswerRight, got.Answered)
		}
		if got.Offered > 100 && float64(got.OfferedRight) < 0.86*float64(got.Offered) {
			t.Errorf("%s: %d of %d offers right", name, got.OfferedRight, got.Offered)
		}
		said, is := float64(own.AnswerRight)/float64(max(1, own.Answered)), float64(got.AnswerRight)/float64(max(1, got.Answered))
		if own.Answered > 100 && math.Abs(said-is) > 0.04 {
			t.Errorf("%s: cross-validation says %.3f, unseen questions say %.3f", name, said, is)
		}
		before := judge(unseen, func(int) *decider { return &shipped })
		if name == "easy" && got.Answered <= before.Answered {
			t.Errorf("%s: answers %d, with the shipped curve %d", name, got.Answered, before.Answered)
		}
	}
}

func TestFitCurve(t *testing.T) {
	hidden := curve{-3, 4, 5, 0, 0, 0, 0, 1}
	list := drawn(6000, hidden, 3)
	c := fitCurve(list, curve{}, func(example) bool { return true }, example.firstWeight, func(x example) bool { return x.first })
	worst := 0.0
	for _, x := range list {
		worst = max(worst, math.Abs(c.probability(x.evidence)-hidden.probability(x.evidence)))
	}
	if worst > 0.1 {
		t.Errorf("a probability is off by %.2f: %v", worst, c)
	}
	near := curve{-3, 3, 3}
	if c := fitCurve(nil, near, func(example) bool { return true }, example.firstWeight, func(x example) bool { return x.first }); c != near {
		t.Errorf("without examples the curve moved to %v", c)
	}
}

func TestBorder(t *testing.T) {
	p := []float64{0.9, 0.8, 0.7, 0.6, 0.5}
	at := func(right ...bool) func(int) (float64, float64, bool) {
		return func(i int) (float64, float64, bool) { return p[i], 5, right[i] }
	}
	for _, tc := range []struct {
		right []bool
		want  float64
	}{
		{[]bool{true, true, true, true, true}, 0.5},
		{[]bool{true, true, true, false, false}, 0.7},
		{[]bool{true, false, true, true, true}, 0.5}, // four of five
		{[]bool{false, false, false, false, false}, 0.42},
		{[]bool{true, false, false, false, false}, 0.42}, // one speaks for too little
	} {
		if got := border(5, 0.8, 0.42, at(tc.right...)); got != tc.want {
			t.Errorf("%v: %v, want %v", tc.right, got, tc.want)
		}
	}
}

// spaces cuts at white space and each Han character off.
type spaces struct{}

func (spaces) Tokenize(text string) []nlp.Token {
	var out []nlp.Token
	start := -1
	for i, r := range text + " " {
		if unicode.IsSpace(r) {
			if start >= 0 {
				w := strings.ToLower(text[start:i])
				out = append(out, nlp.Token{Span: nlp.Span{Start: start, End: i}, Text: w, Term: w})
			}
			start = -1
		} else if start < 0 {
			start = i
		}
	}
	return out
}

// TestCalibrateStore: a store with few golden questions keeps the shipped borders; one with enough gets its own, a
// wording of an article does not help its own golden question, and what is changed is calibrated again.
func TestCalibrateStore(t *testing.T) {
	var articles []Article
	for i := range 40 {
		a := Article{ID: ArticleID(fmt.Sprintf("a%d.en", i)), Root: RootID(fmt.Sprintf("a%d", i)), Lang: nlp.LangEnglish, Status: Published, Revision: 1,
			Title: fmt.Sprintf("how to thing%d other%d", i, i), Golden: []string{fmt.Sprintf("thing%d please other%d", i, i), fmt.Sprintf("please other%d now", i)}}
		a.Questions = []string{a.Golden[1]}
		articles = append(articles, a)
	}
	few := NewSearcher(Config{Store: Fixed(articles[:5]), Tokenizer: spaces{}})
	few.remember(articles[:5], 1)
	c, err := few.Calibrate(t.Context())
	if err != nil || c.Own || c.Golden != 10 || few.own.Load() != nil {
		t.Errorf("few: %+v, %v", c, err)
	}
	s := NewSearcher(Config{Store: Fixed(articles), Tokenizer: spaces{}, Now: func() time.Time { return time.Unix(0, 0) }})
	s.remember(articles, 1)
	if c, err = s.Calibrate(t.Context()); err != nil || !c.Own || c.Golden != 80 || c.First != 80 || c.Answered < 70 || c.AnswerRight != c.Answered {
		t.Errorf("enough: %+v, %v", c, err)
	}
	if d := s.decides(); d.answerAt == shippedDecider(false).answerAt || d.answerAt != c.AnswerAt {
		t.Errorf("the border is %v, calibration says %v", d.answerAt, c.AnswerAt)
	}
	s.remember(nil, 2)
	for i := range articles {
		articles[i].Golden = nil
	}
	s.remember(articles, 3)
	if c, err = s.Calibrate(t.Context()); err != nil || c.Own || s.own.Load() != nil {
		t.Errorf("without golden questions: %+v, %v", c, err)
	}
}
