package topics

import (
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/feedback"
	"huiyin/nlp"
)

// Weeks are whole: the first has at least so many messages, later ones stand alone, and what has no time belongs to the first.
func TestWeeksOf(t *testing.T) {
	for _, c := range []struct {
		numbers []int32
		least   int
		want    [][]int
	}{
		{nil, 3, nil},
		{[]int32{5}, 3, [][]int{{0}}},
		{[]int32{5, 5, 6, 7, 7}, 1, [][]int{{0, 1}, {2}, {3, 4}}},
		{[]int32{5, 5, 6, 7, 7}, 3, [][]int{{0, 1, 2}, {3, 4}}},
		{[]int32{7, 6, 5, 7, 5}, 1, [][]int{{2, 4}, {1}, {0, 3}}},
		{[]int32{0, 9, 0, 8}, 1, [][]int{{0, 2}, {3}, {1}}},
		{[]int32{1, 2, 3}, 99, [][]int{{0, 1, 2}}},
	} {
		if got := weeksOf(c.numbers, c.least); !reflect.DeepEqual(got, c.want) {
			t.Errorf("weeks of %v, at least %d: %v, want %v", c.numbers, c.least, got, c.want)
		}
	}
}

// A later week changes nothing about how those before it are cut.
func TestWeeksOfAreStable(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var numbers []int32
		for range 40 {
			numbers = append(numbers, int32(random.IntN(6)))
		}
		before := weeksOf(numbers, 10)
		after := weeksOf(append(numbers, 9, 9, 9), 10)
		if len(before[0]) >= 10 && !reflect.DeepEqual(before, after[:len(before)]) {
			t.Fatalf("%v: %v became %v", numbers, before, after)
		}
	}
}

func TestWeekOf(t *testing.T) {
	sunday := time.Date(2026, 11, 15, 23, 59, 59, 0, time.UTC)
	if a, b := weekOf(feedback.Item{At: sunday}), weekOf(feedback.Item{At: sunday.Add(time.Second)}); b != a+1 {
		t.Errorf("Sunday is of week %d, Monday of %d", a, b)
	}
	if weekOf(feedback.Item{}) != 0 || weekOf(feedback.Item{At: time.Unix(0, 0)}) != 1 {
		t.Error("a message without a time, or from before the calendar, has a week of its own")
	}
}

func TestEvenly(t *testing.T) {
	docs := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	for n, want := range map[int][]int{0: {}, 1: {0}, 5: {0, 2, 4, 6, 8}, 10: docs, 99: docs} {
		if got := evenly(docs, n); !slices.Equal(got, want) {
			t.Errorf("%d of ten: %v", n, got)
		}
	}
}

func TestRuns(t *testing.T) {
	var r runs[int]
	want := [][]int{{1, 2}, {}, {3}, nil, {4, 5, 6}}
	for _, run := range want {
		r.add(run)
	}
	if r.len() != len(want) {
		t.Fatalf("%d runs", r.len())
	}
	for i, run := range want {
		if got := r.of(i); !slices.Equal(got, run) || cap(got) != len(run) {
			t.Errorf("run %d: %v with room for %d", i, got, cap(got))
		}
	}
}

func TestMeaningless(t *testing.T) {
	for term, want := range map[string]bool{
		"late": false, "到": false, "快递": false, "x": true, "": true, "12345": true, "a@b.c": true, "and/or": true, "4g": true, "!!": true, "é": false,
	} {
		if got := meaningless(term); got != want {
			t.Errorf("%q: %v", term, got)
		}
	}
}

func TestClauses(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"。。。":                              "",
		"发货快但客服态度差":                        "发货快|客服态度差",
		"发货快，不过包装破了！":                      "发货快|包装破了",
		"fast delivery but rude staff":     "fast delivery|rude staff",
		"I don't like it, it's too small.": "I don't like it| it's too small",
		"butter and bread":                 "butter|bread",
		"\xff\xfe bad":                     "\xff\xfe bad",
	} {
		var got []string
		for _, c := range clauses(text) {
			got = append(got, text[c.Start:c.End])
		}
		if strings.Join(got, "|") != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// Whatever the text, clauses lie in order, within it, and do not overlap.
func FuzzClauses(f *testing.F) {
	for _, s := range []string{"发货快但客服态度差", "a but b, c", "\xe4\xbd", " and ", "但但但"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, c := range clauses(text) {
			if c.Start < at || c.End <= c.Start || c.End > len(text) {
				t.Fatalf("%q: clause %v after %d", text, c, at)
			}
			at = c.End
		}
	})
}

// blobs are points around k directions.
func blobs(k, each, dim int) (points [][]float32, group []int) {
	random := rand.New(rand.NewPCG(3, 5))
	for g := range k {
		for range each {
			p := make([]float32, dim)
			for i := range p {
				p[i] = float32(0.15 * random.NormFloat64())
			}
			p[g] += 1
			normalize(p)
			points, group = append(points, p), append(group, g)
		}
	}
	return points, group
}

// same reports whether two groupings are the same but for the numbers of the groups.
func same(a, b []int) bool {
	to, from := map[int]int{}, map[int]int{}
	for i := range a {
		x, ok := to[a[i]]
		y, back := from[b[i]]
		if ok && x != b[i] || back && y != a[i] {
			return false
		}
		to[a[i]], from[b[i]] = b[i], a[i]
	}
	return true
}

func TestStraighten(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 2))
	x := make([][]float32, 6)
	for i := range x {
		x[i] = make([]float32, 20)
		for j := range x[i] {
			x[i][j] = float32(random.NormFloat64())
		}
	}
	straighten(x)
	for i := range x {
		for j := range x {
			want := 0.0
			if i == j {
				want = 1
			}
			if got := float64(dot(x[i], x[j])); math.Abs(got-want) > 1e-5 {
				t.Errorf("%d·%d is %f", i, j, got)
			}
		}
	}
}

func TestDotOfAnyLength(t *testing.T) {
	for n := range 11 {
		a, b, want := make([]float32, n), make([]float32, n), float32(0)
		for i := range n {
			a[i], b[i] = float32(i+1), float32(2*i-3)
			want += a[i] * b[i]
		}
		if got := dot(a, b); got != want {
			t.Errorf("%d: %f, want %f", n, got, want)
		}
	}
	zero := make([]float32, 3)
	normalize(zero)
	if !slices.Equal(zero, []float32{0, 0, 0}) {
		t.Errorf("zeros became %v", zero)
	}
}

// pileOf is a pile of messages, given as words.
func pileOf(messages ...string) *corpus {
	c := newCorpus()
	for _, m := range messages {
		var tokens []nlp.Token
		for _, w := range strings.Fields(m) {
			tokens = append(tokens, nlp.Token{Text: w, Term: w})
		}
		c.add(tokens)
	}
	return c
}

// cosines are the places of messages, learned from others, that cosines are taken of.
func cosines(c *corpus, learned, asked []int) [][]float32 {
	p := newPlacing(c, learned, apartRank)
	out := p.of(asked)
	for i := range out {
		out[i] = p.cosine(out[i])
	}
	return out
}

// A mixture knows a topic's words by the messages of the topic, in each language by itself.
func TestMixtureKnowsWords(t *testing.T) {
	var messages []string
	var resp []float32
	var sample []int
	for i := range 40 {
		if i%2 == 0 {
			messages, resp = append(messages, "parcel late courier today"), append(resp, 1, 0)
		} else {
			messages, resp = append(messages, "电池 充电 很快 today"), append(resp, 0, 1)
		}
		sample = append(sample, i)
	}
	c := pileOf(messages...)
	m := newMixture(c, 2)
	places := cosines(c, sample, sample)
	m.fit(sample, places, resp, nil, widening())
	row := make([]float32, 2)
	for d, want := range []int{0, 1} {
		m.score(c.docs.of(d), nil, places[d], widening(), row)
		if row[want] <= row[1-want] {
			t.Errorf("%q: %v", messages[d], row)
		}
	}
	if odds := m.oddsOf(c.index["parcel"]); odds[0] <= 0 {
		t.Errorf("parcel: %v", odds)
	}
	if odds := m.oddsOf(c.index["today"]); odds[0] >= m.oddsOf(c.index["parcel"])[0] {
		t.Errorf("today tells as much as parcel: %v", odds)
	}
	if m.oddsOf(99) != nil {
		t.Error("a word that nobody learned tells something")
	}
}

func TestSoften(t *testing.T) {
	for _, scores := range [][]float32{{0, 0}, {3, 1, -50}, {1000, 999}, {-1000}} {
		x := slices.Clone(scores)
		soften(x)
		sum := float32(0)
		for i, s := range x {
			sum += s
			if math.IsNaN(float64(s)) || s < 0 || i > 0 && (s > x[i-1]) != (scores[i] > scores[i-1]) {
				t.Errorf("%v became %v", scores, x)
			}
		}
		if sum < 0.99 || sum > 1.01 {
			t.Errorf("%v adds up to %f", scores, sum)
		}
	}
}

func TestTop(t *testing.T) {
	for _, c := range []struct {
		hits []hit
		want int
	}{
		{nil, nobody},
		{[]hit{{topic: 4, weight: 1}}, 4},
		{[]hit{{topic: 4, weight: 1}, {topic: 2, weight: 1}}, 2}, // the first of equals, whatever the order
		{[]hit{{topic: 2, weight: 1}, {topic: 4, weight: 1}}, 2},
		{[]hit{{topic: 2, weight: 1}, {topic: 4, weight: 1.2}}, 4},
		{[]hit{{topic: 2, weight: 0}}, nobody},
	} {
		if got := top(c.hits); got != c.want {
			t.Errorf("%v: %d, want %d", c.hits, got, c.want)
		}
	}
}

// People read words, not stems, and a name in a language that hardly occurs is none.
func TestRankedWords(t *testing.T) {
	c := newCorpus()
	c.add([]nlp.Token{{Text: "deliveries", Term: "deliveri"}, {Text: "快递", Term: "快递"}, {Text: "wifi", Term: "wifi"}})
	got := c.ranked(map[uint32]float64{0: 10, 1: 8, 2: 1})
	if !slices.Equal(got.EN, []string{"deliveries"}) || !slices.Equal(got.ZH, []string{"快递"}) {
		t.Errorf("got %+v", got)
	}
	many := map[uint32]float64{}
	for i := range 30 {
		c.add([]nlp.Token{{Text: fmt.Sprintf("word%c", 'a'+i), Term: fmt.Sprintf("word%c", 'a'+i)}})
		many[uint32(3+i)] = 5
	}
	if got := c.ranked(many); len(got.EN) != wordsShown || got.EN[0] != "worda" {
		t.Errorf("got %v", got.EN)
	}
	if got := c.ranked(nil); got.EN != nil || got.ZH != nil {
		t.Errorf("of nothing: %v", got)
	}
}

// A word counts once a message, and a stop word not at all.
func TestCorpusCountsMessages(t *testing.T) {
	c := newCorpus()
	c.add([]nlp.Token{{Text: "late", Term: "late"}, {Text: "the", Term: "the", Stop: true}, {Text: "late", Term: "late"}, {Text: "parcel", Term: "parcel"}})
	c.add(nil)
	if got := c.docs.of(0); len(got) != 2 || c.words[got[0]] != "late" || c.words[got[1]] != "parcel" {
		t.Errorf("got %v of %v", got, c.words)
	}
	if c.docs.len() != 2 || len(c.docs.of(1)) != 0 {
		t.Errorf("an empty message: %v", c.docs.of(1))
	}
}

func TestTraits(t *testing.T) {
	m := feedback.NewManner()
	for _, c := range []struct {
		item      feedback.Item
		complaint bool
		want      feedback.Kind
	}{
		{feedback.Item{Text: "怎么退货？"}, false, feedback.KindQuestion},
		{feedback.Item{Text: "怎么退货？"}, true, feedback.KindComplaint},
		{feedback.Item{Text: "where is my order?"}, false, feedback.KindQuestion},
		{feedback.Item{Text: "嗯"}, false, feedback.KindOther},
		{feedback.Item{}, false, feedback.KindOther},
	} {
		if got := traitOf(m, c.item, nlp.Fold(c.item.Text)).kind(c.complaint); got != c.want {
			t.Errorf("%q: %s, want %s", c.item.Text, got, c.want)
		}
	}
	if is := traitOf(m, feedback.Item{Text: "x", Rating: 1}, "x"); is&traitComplains == 0 || is&traitHappy != 0 {
		t.Errorf("one star: %b", is)
	}
	if is := traitOf(m, feedback.Item{Text: "x", Rating: 5}, "x"); is&traitComplains != 0 || is&traitHappy == 0 {
		t.Errorf("five stars: %b", is)
	}
}
