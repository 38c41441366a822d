package feedback_test

import (
	"context"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/nlp"
)

// tiered is a ledger of a shop that has tiers of customers.
type tiered struct {
	ledger
	rules bot.DeskRules
	noted map[bot.ContactID]bot.Noted
}

func (s tiered) DeskRules(context.Context) (bot.DeskRules, error) { return s.rules, nil }

func (s tiered) Contact(_ context.Context, id bot.ContactID) (bot.Contact, error) {
	if n, ok := s.noted[id]; ok {
		return bot.Contact{ID: id, Noted: n}, nil
	}
	return bot.Contact{}, bot.ErrNotFound
}

// complain lets n customers of a tier complain about a topic, twice each.
func (s *tiered) complain(monday time.Time, topic, tier string, tags []string, n int) {
	for i := range n {
		from := len(s.messages)
		s.say(monday, i%5, 2, "the "+topic+" again")
		who := bot.ContactID(fmt.Sprintf("%s-%s-%s-%d", topic, tier, strings.Join(tags, ""), i))
		s.noted[who] = bot.Noted{Tier: tier, Tags: tags}
		for j := from; j < len(s.messages); j++ {
			s.conversations[j].Contact = who
		}
	}
}

// A topic says how many of its customers are in which tier, and never of fewer than five: neither by itself nor as the rest.
func TestTiersOfTopics(t *testing.T) {
	p := week(t)
	rules := bot.DeskRules{Tiers: []bot.Tier{
		{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡", "en": "Gold"}},
		{Key: "silver", Name: map[nlp.Lang]string{"zh": "银卡"}, Tags: []string{"wholesale"}},
	}}
	gold, silver := feedback.Text{ZH: "金卡", EN: "Gold"}, feedback.Text{ZH: "银卡", EN: "银卡"}
	for _, c := range []struct {
		name                          string
		gold, silver, tagged, no, old int
		rules                         bot.DeskRules
		want                          []feedback.TierShare
	}{
		{"three groups", 6, 7, 0, 10, 0, rules, []feedback.TierShare{{"gold", gold, 6}, {"silver", silver, 7}, {People: 10}}},
		{"by a tag", 6, 0, 5, 5, 0, rules, []feedback.TierShare{{"gold", gold, 6}, {"silver", silver, 5}, {People: 5}}},
		{"a tier that is gone", 6, 0, 0, 3, 4, rules, []feedback.TierShare{{"gold", gold, 6}, {People: 7}}},
		{"few of one", 4, 8, 0, 9, 0, rules, []feedback.TierShare{{"silver", silver, 8}, {People: 13}}},
		{"few of the rest", 6, 9, 0, 2, 0, rules, []feedback.TierShare{{"silver", silver, 9}, {People: 8}}},
		{"few of one and nobody else", 2, 8, 0, 0, 0, rules, nil},
		{"all in one", 8, 0, 0, 0, 0, rules, []feedback.TierShare{{"gold", gold, 8}}},
		{"nobody in any", 0, 0, 0, 9, 0, rules, nil},
		{"few in all", 2, 1, 0, 1, 0, rules, nil},
		{"a shop without tiers", 6, 7, 0, 10, 0, bot.DeskRules{}, nil},
	} {
		s := tiered{rules: c.rules, noted: map[bot.ContactID]bot.Noted{}}
		s.complain(p.Start, "parcel", "gold", nil, c.gold)
		s.complain(p.Start, "parcel", "silver", nil, c.silver)
		s.complain(p.Start, "parcel", "", []string{"wholesale"}, c.tagged)
		s.complain(p.Start, "parcel", "", nil, c.no)
		s.complain(p.Start, "parcel", "bronze", nil, c.old)
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{"parcel"}, nil), Now: func() time.Time { return p.End }}.Build(context.Background(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		var got *feedback.Topic
		for _, b := range d.Blocks {
			for _, e := range b.Elements {
				if e.Topic != nil {
					got = e.Topic
				}
			}
		}
		if got == nil || got.People != c.gold+c.silver+c.tagged+c.no+c.old || !reflect.DeepEqual(got.Tiers, c.want) {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// A week in which nobody wrote says so in one sentence, and nothing of it is shown as if it had been measured.
func TestQuietWeek(t *testing.T) {
	p := week(t)
	var l ledger
	l.say(p.Before().Start, 2, 9, "the parcel again")
	d := build(t, l, "parcel")
	if !d.Quiet || len(d.Shown()) != 2 || d.Shown()[0].Section != "headline" || d.Shown()[1].Section != "loop" || len(d.Blocks) != 11 {
		t.Errorf("quiet %v, shown %d of %d", d.Quiet, len(d.Shown()), len(d.Blocks))
	}
	if say := d.Blocks[0].Elements[0].Sentence; len(d.Blocks[0].Elements) != 1 || say.Key != "digest.headline.quiet" {
		t.Errorf("it begins with %+v", d.Blocks[0])
	}
	early, err := feedback.Builder{Sections: feedback.Sections(byWord{"parcel"}, nil), Now: func() time.Time { return p.Start.Add(time.Hour) }}.Build(context.Background(), l, p)
	if err != nil || !early.Quiet || early.Blocks[0].Elements[0].Sentence.Key != "digest.headline.quiet_so_far" {
		t.Errorf("of a week that is not over: %+v, %v", early.Blocks[0], err)
	}
	l.facts = append(l.facts, bot.Fact{Name: bot.FactResolved, Value: 60, End: p.Start.Add(time.Hour)})
	if d := build(t, l, "parcel"); d.Quiet || len(d.Shown()) != len(d.Blocks) {
		t.Error("a week in which somebody worked is called quiet")
	}
	l.facts = nil
	l.say(p.Start, 1, 1, "hello")
	if d := build(t, l, "parcel"); d.Quiet {
		t.Error("a week in which somebody wrote is called quiet")
	}
}
