package topics_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
	"huiyin/feedback/topics"
	"huiyin/nlp"
	"huiyin/nlp/intent"
)

func TestMain(m *testing.M) { feedbacktest.Main(m, data.Files()) }

func shipped(t testing.TB) *topics.Classifier {
	t.Helper()
	list, err := topics.Load(data.Files(), "taxonomy/retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := feedbacktest.Chain(t)
	return topics.New(list, w.Tokenizer, w.Vectors)
}

func parse(t testing.TB, text string) *topics.Classifier {
	t.Helper()
	list, err := topics.Load(fstest.MapFS{"t.yaml": {Data: []byte(text)}}, "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := feedbacktest.Chain(t)
	return topics.New(list, w.Tokenizer, w.Vectors)
}

func assign(t testing.TB, c feedback.Topics, texts ...string) []feedback.Assignment {
	t.Helper()
	items := make([]feedback.Item, len(texts))
	for i, text := range texts {
		items[i] = feedback.Item{Text: text}
	}
	out, err := feedback.Assign(context.Background(), c, items)
	if err != nil || len(out) != len(texts) {
		t.Fatalf("%d assignments of %d texts, %v", len(out), len(texts), err)
	}
	return out
}

// Every mistake in a taxonomy is named with its file and line.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"topics:\n  - name: {en: A}\n    seeds: {en: [a]}\n", "t.yaml:2: the topic has no id"},
		{"topics:\n  - {id: a, name: {en: A}, seeds: {en: [a]}}\n  - {id: a, name: {en: B}, seeds: {en: [b]}}\n", `t.yaml:3: the topic "a" stands twice`},
		{"topics:\n  - {id: a, seeds: {en: [a]}}\n", `t.yaml:2: the topic "a" has no name`},
		{"topics:\n  - {id: a, name: {en: A}}\n", `t.yaml:2: the topic "a" has neither seeds nor examples`},
		{"topics:\n  - {id: a, name: {en: A}, parent: x, seeds: {en: [a]}}\n", `t.yaml:2: the topic "a" has the parent "x", which is not among the groups`},
		{"groups:\n  - {id: x}\ntopics:\n  - {id: a, name: {en: A}, seeds: {en: [a]}}\n", `the group "x" needs an id and a name`},
		{"topics: []\n", "t.yaml: holds no topics"},
		{"", "t.yaml: holds no topics"},
		{"topics:\n  - id: [a\n", "t.yaml:"},
		{"subjects: []\n", "t.yaml:1:"},
	} {
		_, err := topics.Load(fstest.MapFS{"t.yaml": {Data: []byte(c.text)}}, "t.yaml")
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: got %v, want %s", c.text, err, c.want)
		}
	}
}

// The shipped taxonomy has at least 40 topics, each named in both languages, with seeds and 25 examples in both.
func TestShippedTaxonomyIsBilingual(t *testing.T) {
	list, err := topics.Load(data.Files(), "taxonomy/retail.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if len(list.Topics) < 40 {
		t.Errorf("%d topics", len(list.Topics))
	}
	for _, topic := range list.Topics {
		if topic.Name["zh"] == "" || topic.Name["en"] == "" || len(topic.Seeds["zh"]) == 0 || len(topic.Seeds["en"]) == 0 || topic.Parent == "" {
			t.Errorf("%s lacks a name, seeds or a group", topic.ID)
		}
	}
	f, err := data.Files().Open("taxonomy/" + list.ExamplesFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	examples, err := intent.ReadCSV(f, list.ExamplesFile)
	if err != nil {
		t.Fatal(err)
	}
	n, seen := map[string]int{}, map[string]bool{}
	for _, x := range examples {
		n[x.Label+" "+string(x.Lang)]++
		if seen[x.Text] {
			t.Errorf("%q stands twice", x.Text)
		}
		seen[x.Text] = true
	}
	for _, topic := range append(list.Topics, topics.Topic{ID: nlp.IntentNone}) {
		if n[topic.ID+" zh"] < 25 || n[topic.ID+" en"] < 25 {
			t.Errorf("%s has %d examples in Chinese and %d in English", topic.ID, n[topic.ID+" zh"], n[topic.ID+" en"])
		}
	}
}

func TestSeeds(t *testing.T) {
	c := parse(t, `groups: [{id: g, name: {en: Group, zh: 组}}]
topics:
  - {id: late, parent: g, problem: true, name: {en: Late}, seeds: {en: [late, not arrived], zh: [没到]}}
  - {id: charged, name: {en: Charged}, seeds: {en: [charged twice], zh: [多扣]}}
  - {id: card, name: {en: Card}, seeds: {en: [charged], zh: [卡]}}
  - {id: app, name: {en: App}, seeds: {zh: [app, 404, 按…ok]}}
`)
	for _, x := range []struct{ text, topic string }{
		{"my parcel is LATE", "late"},
		{"it has not arrived", "late"},
		{"快递還沒到", "late"}, // Traditional
		{"快递还沒到！", "late"},
		{"you charged me, you charged twice", "charged"}, // the longer seed counts for more
		{"charges again", "card"},                        // in any form of the word
		{"translated into French", ""},                   // not inside another word
		{"你们的APP打不开", "app"},
		{"app", "app"},
		{"页面显示404了", "app"},
		{"按了好几次ok", "app"},
		{"so disappointed", ""}, // Latin letters that stand among Chinese are words, too
		{"an apple", ""},
		{"订单号14045", ""},
		{"按了token", ""},
		{"@late hello", ""}, // whom it is addressed to is no topic
		{"", ""},
		{"🙂", ""},
	} {
		if got := assign(t, c, x.text)[0].Topic; got != x.topic {
			t.Errorf("%q: got %q, want %q", x.text, got, x.topic)
		}
	}
	got := assign(t, c, "late", "charged")
	if got[0].Group != "g" || got[0].GroupName.ZH != "组" || !got[0].Complaint || got[1].Complaint || got[1].Group != "" {
		t.Errorf("got %+v", got)
	}
}

// A message about a problem complains, unless it is praise.
func TestComplaints(t *testing.T) {
	c := parse(t, `topics: [{id: late, problem: true, name: {en: Late}, seeds: {en: [late]}}, {id: gift, name: {en: Gift}, seeds: {en: [gift]}}]`)
	feels := func(p nlp.Polarity, score float64) *nlp.Analysis {
		return &nlp.Analysis{Sentiment: nlp.Sentiment{Polarity: p, Score: score}}
	}
	for _, x := range []struct {
		item feedback.Item
		want bool
	}{
		{feedback.Item{Text: "late", Analysis: feels(nlp.Neutral, 0)}, true},
		{feedback.Item{Text: "late", Analysis: feels(nlp.Positive, 0.9)}, false},
		{feedback.Item{Text: "late", Rating: 5, Analysis: feels(nlp.Neutral, 0)}, false},
		{feedback.Item{Text: "gift", Analysis: feels(nlp.Neutral, 0)}, false},
		{feedback.Item{Text: "gift", Analysis: feels(nlp.Negative, -0.8)}, true},
		{feedback.Item{Text: "gift", Rating: 1}, true},
		{feedback.Item{Text: "gift"}, false},
	} {
		out, err := feedback.Assign(context.Background(), c, []feedback.Item{x.item})
		if err != nil || out[0].Complaint != x.want {
			t.Errorf("%+v: got %v, %v", x.item, out[0].Complaint, err)
		}
	}
}

// What goes with the seeds of a topic is learned: messages without any seed find their topic; small talk finds none.
func TestWidening(t *testing.T) {
	c := parse(t, `topics:
  - {id: delivery, name: {en: Delivery}, seeds: {en: [delivery], zh: [配送]}}
  - {id: battery, name: {en: Battery}, seeds: {en: [battery], zh: [电池]}}
`)
	var texts []string
	for range 20 {
		texts = append(texts, "the delivery was slow, the courier lost the parcel", "配送很慢，包裹不见了", "the battery drains and the phone overheats", "电池不行，手机发烫")
	}
	hidden := []struct{ text, want string }{
		{"the courier lost my parcel", "delivery"}, {"包裹不见了", "delivery"},
		{"phone overheats and drains", "battery"}, {"手机发烫", "battery"},
		{"hello", ""}, {"谢谢", ""},
	}
	for _, h := range hidden {
		texts = append(texts, h.text)
	}
	got := assign(t, c, texts...)
	for i, h := range hidden {
		if a := got[80+i]; a.Topic != h.want {
			t.Errorf("%q: got %q, want %q", h.text, a.Topic, h.want)
		}
	}
	if len(got[0].Words.EN) == 0 || len(got[0].Words.ZH) == 0 {
		t.Errorf("no telling words: %+v", got[0].Words)
	}
}

// The same complaint in Chinese and in English is one topic. The taxonomy was mended after the first look at pairs.json;
// pairs_unseen.json was written after that and is only measured, so that its share is what new wordings can expect. The
// least shares are those that were measured, less two points.
func TestPairs(t *testing.T) {
	for _, c := range []struct {
		file  string
		pairs int
		least int // percent
	}{{"pairs.json", 200, 90}, {"pairs_unseen.json", 50, 72}} {
		raw, err := os.ReadFile(filepath.Join("testdata", c.file))
		if err != nil {
			t.Fatal(err)
		}
		var pairs []struct{ ZH, EN string }
		if err := json.Unmarshal(raw, &pairs); err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, p := range pairs {
			texts = append(texts, p.ZH, p.EN)
		}
		got := assign(t, shipped(t), texts...)
		same := 0
		for i, p := range pairs {
			zh, en := got[2*i].Topic, got[2*i+1].Topic
			if zh == en && zh != "" {
				same++
			} else {
				t.Logf("%q %q: %q, %q", p.ZH, p.EN, zh, en)
			}
		}
		t.Logf("%s: %d of %d pairs have one topic", c.file, same, len(pairs))
		if len(pairs) < c.pairs || same*100 < c.least*len(pairs) {
			t.Errorf("%s: %d of %d pairs have one topic", c.file, same, len(pairs))
		}
	}
}

// Parts of a seed may have a little between them, not more; a hint gives way to any seed.
func TestGapsAndHints(t *testing.T) {
	c := parse(t, `topics:
  - id: wrong
    name: {en: Wrong}
    seeds: {zh: [要…来, T恤…错], en: [ordered…got]}
  - id: late
    name: {en: Late}
    hints: {zh: [天了], en: [late]}
    seeds: {zh: [催单], en: [overdue]}
  - id: refund
    name: {en: Refund}
    seeds: {zh: [退款], en: [refund]}
`)
	for _, x := range []struct{ text, want string }{
		{"我要黑色，来了白色", "wrong"},
		{"要了一件给妈妈过生日穿的红色大衣结果一直等到现在才来", ""},
		{"我的T恤寄错了", "wrong"},
		{"来了，我不要", ""},
		{"I ordered black and got white", "wrong"},
		{"ordered by my mother last week and now we finally got it", ""},
		{"got what I ordered", ""},
		{"ordered", ""},
		{"都三天了", "late"},
		{"都三天了还没退款", "refund"},
		{"my refund is late", "refund"},
		{"you are late", "late"},
	} {
		if got := c.Seeded(x.text); got != x.want {
			t.Errorf("%q: %q, want %q", x.text, got, x.want)
		}
	}
}

func themes() []string {
	var texts []string
	for range 12 {
		texts = append(texts,
			"the hotel room was dirty and the bathroom smelled", "酒店房间很脏，卫生间有味道",
			"my luggage was lost at the airport", "my suitcase and luggage never came off the plane at the airport",
			"苹果不新鲜，水果都烂了", "水果烂了，苹果又小又酸")
	}
	return texts
}

// Themes that nobody named are found, apart from each other, the same on every run, whatever the order of the topics.
func TestFinder(t *testing.T) {
	w := feedbacktest.Chain(t)
	f := topics.NewFinder(w.Tokenizer, w.Vectors)
	got := assign(t, f, themes()...)
	if !reflect.DeepEqual(got, assign(t, f, themes()...)) {
		t.Error("two runs differ")
	}
	if got[2].Topic == got[0].Topic || got[2].Topic == got[4].Topic || got[0].Topic == got[4].Topic {
		t.Errorf("hotel %s, luggage %s, fruit %s", got[0].Name.EN, got[2].Name.EN, got[4].Name.ZH)
	}
	if !got[0].Found || got[2].Name.EN == "" || got[4].Name.ZH == "" || !strings.HasPrefix(got[0].Topic, "found.") {
		t.Errorf("got %+v", got[0])
	}
}

func TestFinderWithLittle(t *testing.T) {
	w := feedbacktest.Chain(t)
	for _, texts := range [][]string{{}, {""}, {"hello"}, {"🙂", "", "1234"}, {"same", "same", "same"}} {
		assign(t, topics.NewFinder(w.Tokenizer, w.Vectors), texts...)
		assign(t, topics.NewFinder(w.Tokenizer, nil), texts...)
	}
}

func TestClassifierIsDeterministic(t *testing.T) {
	c := shipped(t)
	if !reflect.DeepEqual(assign(t, c, themes()...), assign(t, c, themes()...)) {
		t.Error("two runs differ")
	}
}

func TestStops(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	w := feedbacktest.Chain(t)
	for _, c := range []feedback.Topics{shipped(t), topics.NewFinder(w.Tokenizer, w.Vectors)} {
		if _, err := feedback.Assign(ctx, c, []feedback.Item{{Text: "late"}}); err == nil {
			t.Error("a stopped assignment went on")
		}
	}
}

// weekly is a pile of messages over some weeks; the last one brings a theme that nobody spoke of before.
func weekly(weeks int) []feedback.Item {
	var items []feedback.Item
	for w := range weeks {
		at := time.Date(2026, 10, 5+7*w, 9, 0, 0, 0, time.UTC)
		for i, text := range themes() {
			items = append(items, feedback.Item{Text: text, At: at.Add(time.Duration(i) * time.Minute)})
		}
		for i := range 40 {
			if w == 4 {
				items = append(items, feedback.Item{Text: fmt.Sprintf("the gift voucher %d is rejected at checkout, voucher code invalid", i), At: at})
			}
		}
	}
	return items
}

// Adding a week changes nothing about the weeks before it, with a taxonomy or without.
func TestALaterWeekLeavesThePast(t *testing.T) {
	w := feedbacktest.Chain(t)
	for name, c := range map[string]feedback.Topics{"taxonomy": shipped(t), "none": topics.NewFinder(w.Tokenizer, w.Vectors)} {
		ctx := context.Background()
		whole := weekly(6)
		after, err := feedback.Assign(ctx, c, whole)
		if err != nil {
			t.Fatal(err)
		}
		for weeks := 2; weeks < 6; weeks++ {
			items := weekly(weeks)
			before, err := feedback.Assign(ctx, c, items)
			if err != nil {
				t.Fatal(err)
			}
			for i := range before {
				if before[i].Topic != after[i].Topic {
					t.Fatalf("%s: after week %d %q was %s, later %s", name, weeks, items[i].Text, before[i].Topic, after[i].Topic)
				}
			}
		}
	}
}

// A theme that comes up in a later week is found as one of its own.
func TestANewThemeIsFound(t *testing.T) {
	w := feedbacktest.Chain(t)
	items := weekly(4)
	for len(items) < 520 {
		items = append(weekly(4), items...)
	}
	for i := range 40 {
		items = append(items, feedback.Item{Text: fmt.Sprintf("the gift voucher %d is rejected at checkout, voucher code invalid", i), At: time.Date(2026, 12, 21, 9, i, 0, 0, time.UTC)})
	}
	got, err := feedback.Assign(context.Background(), topics.NewFinder(w.Tokenizer, w.Vectors), items)
	if err != nil {
		t.Fatal(err)
	}
	fresh := got[len(got)-1]
	for i, it := range items {
		if voucher := strings.Contains(it.Text, "voucher"); voucher != (got[i].Topic == fresh.Topic) && it.At.After(time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%q: %s %s", it.Text, got[i].Topic, got[i].Name.EN)
		}
	}
	if !slices.Contains(fresh.Words.EN, "voucher") {
		t.Errorf("the new theme is called %q", fresh.Name.EN)
	}
}

// The more seeds a taxonomy has, the better a message without any has to fit: what a few seeds leave open, many have ruled out.
func TestARichTaxonomyGuessesLess(t *testing.T) {
	few := `topics:
  - id: late
    name: {en: Late}
    seeds: {en: [late%s]}
  - id: refund
    name: {en: Refund}
    seeds: {en: [refund%s]}
`
	more := ""
	for i := range 400 {
		more += fmt.Sprintf(", zzq%dx", i)
	}
	guessed := func(c feedback.Topics) int {
		var texts []string
		for range 20 {
			texts = append(texts, "my parcel is late again", "the parcel came late", "I want a refund for the lamp", "refund my money now")
		}
		texts = append(texts, "where is the parcel", "my money is gone", "the lamp is nice", "parcel and lamp", "again my parcel", "money for the lamp")
		n := 0
		for _, a := range assign(t, c, texts...)[80:] {
			if a.Topic != "" {
				n++
			}
		}
		return n
	}
	poor, rich := guessed(parse(t, fmt.Sprintf(few, "", ""))), guessed(parse(t, fmt.Sprintf(few, more, more)))
	if poor == 0 || rich >= poor {
		t.Errorf("with few seeds %d of 6 are guessed, with many %d", poor, rich)
	}
}
