package topics

import (
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
)

// Of two topics whose seeds weigh the same, a message that has both is taken for the one that fewer messages name, whichever stands first; seeds that weigh more are not outdone.
func TestRarerTopicOfTwo(t *testing.T) {
	parcel := "  - {id: parcel, name: {en: A}, seeds: {en: [parcel, cardboard box]}}\n"
	invoice := "  - {id: invoice, name: {en: B}, seeds: {en: [invoice]}}\n"
	items := []feedback.Item{{Text: "invoice for the parcel"}, {Text: "invoice in the cardboard box"}, {Text: "good morning"}}
	for i := range 20 {
		items = append(items, feedback.Item{Text: "where is my parcel " + strings.Repeat("x", i%5+2)})
	}
	docs := make([]int, len(items))
	for d := range docs {
		docs[d] = d
	}
	for _, lines := range []string{parcel + invoice, invoice + parcel} {
		list, err := Load(fstest.MapFS{"t.yaml": {Data: []byte("topics:\n" + lines)}}, "t.yaml")
		if err != nil {
			t.Fatal(err)
		}
		p := New(list, feedbacktest.Chain(t).Tokenizer, nil).Pile().(*classified)
		p.Read(items)()
		rare := p.rarity(docs)
		for d, want := range []string{"invoice", "parcel", ""} {
			got := ""
			if topic := p.shown(d, rare); topic >= 0 {
				got = list.Topics[topic].ID
			}
			if got != want {
				t.Errorf("with\n%s%q is taken for %q, want %q", lines, items[d].Text, got, want)
			}
		}
	}
}
