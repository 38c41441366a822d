package topics_test

import (
	"context"
	"reflect"
	"testing"

	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
)

// readings are what a classifier reads some texts as.
func readings(t testing.TB, c feedback.Compact, texts ...string) (items []feedback.Item, out []string) {
	t.Helper()
	understand := feedbacktest.Chain(t)
	for _, text := range texts {
		a, err := understand.Analyze(t.Context(), text)
		if err != nil {
			t.Fatal(err)
		}
		it := feedback.Item{Text: text, Analysis: &a}
		items, out = append(items, it), append(out, string(c.AppendReading(nil, it)))
	}
	return items, out
}

// A pile of readings knows of each message what a pile of the messages knows.
func TestRecall(t *testing.T) {
	c := shipped(t)
	items, kept := readings(t, c, "快递三天没更新了，客服态度也差", "my parcel is late again, terrible courier", "发货快但客服态度差", "how do I get a refund?", "谢谢", "", "The refund for @anna never arrived, call 13812345678",
		"包裹破了", "包裹破损，要求退款", "parcel was damaged", "delayed delivery again", "物流太慢了", "物流好慢啊", "delivery so slow")
	want, err := feedback.Assign(t.Context(), c, items)
	if err != nil {
		t.Fatal(err)
	}
	pile := c.Pile().(feedback.Recaller)
	for _, r := range kept {
		if err := pile.Recall(r); err != nil {
			t.Fatal(err)
		}
	}
	if err := pile.Assign(context.Background()); err != nil {
		t.Fatal(err)
	}
	topics := 0
	for i := range items {
		if got := pile.About(i); !reflect.DeepEqual(got, want[i]) {
			t.Errorf("%q is about %+v, by its reading about %+v", items[i].Text, want[i], got)
		}
		if want[i].Topic != "" {
			topics++
		}
	}
	if topics < 8 {
		t.Errorf("only %d of the messages have a topic: this test shows little", topics)
	}
}

// A reading depends on the taxonomy and on the words that the tokenizer knows.
func TestVersion(t *testing.T) {
	c := shipped(t)
	if c.Version() == "" || c.Version() != shipped(t).Version() {
		t.Errorf("one taxonomy has the versions %q and %q", c.Version(), shipped(t).Version())
	}
	own := parse(t, "topics:\n  - id: late\n    name: {zh: 晚, en: Late}\n    seeds: {zh: [太慢], en: [slow]}\n")
	more := parse(t, "topics:\n  - id: late\n    name: {zh: 晚, en: Late}\n    seeds: {zh: [太慢, 很慢], en: [slow]}\n")
	if own.Version() == more.Version() || own.Version() == c.Version() {
		t.Error("another taxonomy has the same version")
	}
	before := c.Version()
	if c.Words("积分"); c.Version() == before {
		t.Error("other words have the same version")
	}
}

// Whatever a text is, it is a reading or refused.
func FuzzRecall(f *testing.F) {
	c := shipped(f)
	_, kept := readings(f, c, "快递太慢，客服态度差", "hi", "refund the parcel that was late")
	for _, r := range kept {
		f.Add(r)
	}
	f.Fuzz(func(t *testing.T, r string) {
		pile := c.Pile().(feedback.Recaller)
		if err := pile.Recall(r); err != nil {
			return
		}
		if err := pile.Assign(context.Background()); err != nil {
			t.Fatal(err)
		}
		pile.About(0)
	})
}
