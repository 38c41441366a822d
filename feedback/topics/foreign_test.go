package topics

import (
	"fmt"
	"testing"
	"testing/fstest"

	"huiyin/feedback"
	"huiyin/feedback/feedbacktest"
	"huiyin/nlp"
)

// In a pile of another trade, words of a trade that it does not have mean something else; a message with the trade's own words is
// about it all the same, and a pile of the trade loses nothing.
func TestTopicsOfAnotherTrade(t *testing.T) {
	taxonomy, err := Load(fstest.MapFS{"t.yaml": {Data: []byte(`
groups:
  - {id: delivery, name: {en: Delivery}, trade: true, aspects: {en: [parcel, courier]}}
  - {id: city, name: {en: City}, trade: true, aspects: {en: [road]}}
topics:
  - {id: late, name: {en: Late}, parent: delivery, seeds: {en: [when will it come, overdue]}}
  - {id: works, name: {en: Road works}, parent: city, seeds: {en: [digging, asphalt]}}
`)}}, "t.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c := New(taxonomy, feedbacktest.Chain(t).Tokenizer, nil)
	topics := func(works, late, parcels int) (overdue, parcel string) {
		var items []feedback.Item
		say := func(text string) {
			items = append(items, feedback.Item{ID: fmt.Sprint(len(items)), Text: text, Lang: nlp.LangEnglish})
		}
		for i := range works {
			say(fmt.Sprintf("digging and asphalt again at number %d", i))
		}
		for i := range late {
			say(fmt.Sprintf("the subsidy of case %d is overdue", i))
		}
		for i := range parcels {
			say(fmt.Sprintf("the subsidy of case %d is overdue, and the form came by courier", i))
		}
		say("the subsidy is overdue")
		say("my parcel is overdue")
		all, err := feedback.Assign(t.Context(), c, items)
		if err != nil {
			t.Fatal(err)
		}
		return all[len(all)-2].Topic, all[len(all)-1].Topic
	}
	if overdue, parcel := topics(60, 10, 0); overdue == "late" || parcel != "late" {
		t.Errorf("in a city: a subsidy is about %q, a parcel about %q", overdue, parcel)
	}
	if overdue, parcel := topics(80, 11, 2); overdue == "late" || parcel != "late" {
		t.Errorf("in a city where some speak of couriers in passing: a subsidy is about %q, a parcel about %q", overdue, parcel)
	}
	if overdue, parcel := topics(20, 10, 0); overdue != "late" || parcel != "late" {
		t.Errorf("where both are common: %q, %q", overdue, parcel)
	}
}
