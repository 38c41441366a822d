package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// tiers are those of the tests: gold stands in front of silver.
var tiers = []bot.Tier{
	{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡", "en": "Gold"}, HeadStart: 15 * time.Minute, FirstResponse: 5 * time.Minute, Resolution: 4 * time.Hour},
	{Key: "silver", Name: map[nlp.Lang]string{"zh": "银卡"}, HeadStart: 5 * time.Minute, NextResponse: 10 * time.Minute},
}

func TestTiersOfRules(t *testing.T) {
	r := bot.DeskRules{Tiers: tiers}
	for _, tc := range [][3]string{{"gold", "silver", "gold"}, {"silver", "gold", "gold"}, {"", "silver", "silver"}, {"silver", "gone", "silver"}, {"gone", "", "gone"}, {"", "gone", "gone"}, {"a", "b", "a"}, {"", "", ""}} {
		if got := r.Higher(tc[0], tc[1]); got != tc[2] {
			t.Errorf("of %q and %q: %q, want %q", tc[0], tc[1], got, tc[2])
		}
	}
	if got := tiers[1].Title("en") + tiers[1].Title("zh-Hant") + tiers[0].Title("en"); got != "银卡银卡Gold" {
		t.Errorf("titles: %q", got)
	}
	for _, tc := range []struct {
		name string
		t    []bot.Tier
	}{
		{"no key", []bot.Tier{{Name: tiers[0].Name}}}, {"a key with a space", []bot.Tier{{Key: "a b", Name: tiers[0].Name}}},
		{"a key in capitals", []bot.Tier{{Key: "A", Name: tiers[0].Name}}},
		{"no name", []bot.Tier{{Key: "a"}}}, {"twice", []bot.Tier{tiers[0], tiers[0]}}, {"a long name", []bot.Tier{{Key: "a", Name: map[nlp.Lang]string{"zh": strings.Repeat("长", 25)}}}},
		{"half an hour and more", []bot.Tier{{Key: "a", Name: tiers[0].Name, HeadStart: 31 * time.Minute}}}, {"behind others", []bot.Tier{{Key: "a", Name: tiers[0].Name, HeadStart: -1}}},
		{"a tag in capitals", []bot.Tier{{Key: "a", Name: tiers[0].Name, Tags: []string{"VIP"}}}}, {"a tag twice", []bot.Tier{{Key: "a", Name: tiers[0].Name, Tags: []string{"vip", "vip"}}}},
		{"a tag of two tiers", []bot.Tier{{Key: "a", Name: tiers[0].Name, Tags: []string{"vip"}}, {Key: "b", Name: tiers[0].Name, Tags: []string{"vip"}}}},
		{"a negative promise", []bot.Tier{{Key: "a", Name: tiers[0].Name, NextResponse: -1}}}, {"nine", make([]bot.Tier, 9)},
	} {
		staffed(t, func(t *testing.T, w *world) {
			if err := w.Bot.SaveRules(t.Context(), lead, bot.DeskRules{Tiers: tc.t}); !errors.Is(err, bot.ErrTier) {
				t.Errorf("%s: %v", tc.name, err)
			}
		})
	}
}

// TestPromisesOfTiers counts the promises of a tier in business time, over a weekend; what a tier does not promise itself is
// as for everybody.
func TestPromisesOfTiers(t *testing.T) {
	h, err := national.Hours()
	if err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 13, 9, 57, 0, 0, time.UTC) // 17:57 in Shanghai, three minutes before the end
	rules := bot.DeskRules{FirstResponse: 10 * time.Minute, NextResponse: 30 * time.Minute, Resolution: 8 * time.Hour, Tiers: tiers}
	for tier, want := range map[string]string{
		"":       "first_response 16 09:07, resolution 17 09:27",
		"silver": "first_response 16 09:07, resolution 17 09:27",
		"gold":   "first_response 16 09:02, resolution 16 14:27",
		"gone":   "first_response 16 09:07, resolution 17 09:27",
	} {
		c := bot.Conversation{Status: bot.StatusWaiting, Tier: tier, Handoff: &bot.Handoff{At: friday}, OwedSince: friday}
		if got := dues(rules.Clocks(c, h, friday), h); got != want {
			t.Errorf("%q: %s, want %s", tier, got, want)
		}
	}
	answered := bot.Conversation{Status: bot.StatusAgent, Tier: "silver", Handoff: &bot.Handoff{At: friday}, FirstResponse: friday, OwedSince: friday}
	if got := dues(rules.Clocks(answered, h, friday), h); got != "next_response 16 09:07, resolution 17 09:27" {
		t.Errorf("silver, who wrote again: %s", got)
	}
}

func dues(clocks []bot.Clock, h *bot.Hours) string {
	var got []string
	for _, clock := range clocks {
		got = append(got, fmt.Sprintf("%s %s", clock.Kind, clock.Due.In(h.Zone).Format("02 15:04")))
	}
	return strings.Join(got, ", ")
}

// TestTiersInTheQueue lets three customers wait, of whom one is put into a higher tier while she waits.
func TestTiersInTheQueue(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{FirstResponse: 20 * time.Minute, Tiers: tiers})
		set := func(who, tier string) error {
			_, err := w.Bot.SetTier(ctx, w.conv(who).Contact, tier, bot.Event{At: w.clock.now(), Actor: "lin", Action: "contact.tier", Object: who, Detail: tier})
			return err
		}
		w.saysNow("vip", "hello")
		if err := set("vip", " Silver "); err != nil {
			t.Fatal(err)
		}
		if c := w.conv("vip"); c.Status != bot.StatusBot || c.Tier != "" {
			t.Errorf("with the bot nobody waits: %+v", c)
		}
		w.saysNow("first", "agent")
		w.clock.add(3 * time.Minute)
		w.saysNow("second", "agent")
		w.clock.add(time.Minute)
		w.saysNow("vip", "agent")
		if c := w.conv("vip"); c.Tier != "silver" || strings.Contains(w.last("vip").Text, "ahead of you") {
			t.Errorf("handed over as %q and told %q", c.Tier, w.last("vip").Text)
		}
		w.saysNow("late", "agent")
		order := func() (all []string) {
			rules, _ := w.Bot.Rules()
			at := map[string]time.Time{}
			for _, who := range []string{"first", "second", "vip", "late"} {
				at[who] = rules.Place(w.conv(who))
				i := 0
				for i < len(all) && !at[who].Before(at[all[i]]) {
					i++
				}
				all = append(all[:i], append([]string{who}, all[i:]...)...)
			}
			return all
		}
		if got := fmt.Sprint(order()); got != "[vip first second late]" {
			t.Errorf("the order is %v", got)
		}
		version := w.conv("second").Version
		if err := set("second", "gold"); err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(order()); got != "[second vip first late]" || w.conv("second").Version != version+1 {
			t.Errorf("after the second became gold, the order is %v", got)
		}
		if err := set("second", "platinum"); !errors.Is(err, bot.ErrNoted) || w.conv("second").Tier != "gold" {
			t.Errorf("a tier that there is not: %v", err)
		}
		if _, err := w.Bot.SetTier(ctx, "nobody", "gold", bot.Event{}); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("nobody: %v", err)
		}
		w.clock.add(5 * time.Minute) // the fifth minute of gold's promise is over, and nobody else's
		if err := w.Bot.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		for who, want := range map[string]bot.ClockState{"first": "", "vip": "", "second": bot.Missed} {
			if c := w.conv(who); c.Alarms[bot.FirstResponse] != want {
				t.Errorf("%s after six minutes: %v, want %q", who, c.Alarms, want)
			}
		}
		if err := set("second", ""); err != nil {
			t.Fatal(err)
		}
		if c := w.conv("second"); c.Tier != "" || c.Alarms[bot.FirstResponse] != bot.Missed {
			t.Errorf("what was missed stays missed: %+v", c)
		}
		if _, err := w.store.MergeContacts(ctx, w.conv("late").Contact, w.conv("vip").Contact, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if err := w.Bot.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		if late, vip := w.conv("late"), w.conv("vip"); late.Tier != "silver" || vip.Tier != "silver" {
			t.Errorf("one person, and her conversations are %q and %q", late.Tier, vip.Tier)
		}
		w.rule(bot.DeskRules{Assign: true, Capacity: 1, Version: 1}) // without tiers the order is that of their coming
		for _, step := range []struct {
			agent bot.AgentID
			who   string
		}{{"lin", "second"}, {"max", "first"}} { // second missed a promise: ten minutes
			if _, err := w.Bot.SetState(ctx, step.agent, bot.Online); err != nil {
				t.Fatal(err)
			}
			w.settle()
			if c := w.conv(step.who); c.Agent != step.agent {
				t.Errorf("%s should have %s: %+v", step.agent, step.who, c.Agent)
			}
		}
	})
}

// vips are the tiers with tags that lead to them.
func vips() []bot.Tier {
	led := slices.Clone(tiers)
	led[0].Tags, led[1].Tags = []string{"big customer", "vip"}, []string{"member"}
	return led
}

func TestTierOf(t *testing.T) {
	r := bot.DeskRules{Tiers: vips()}
	for _, tc := range []struct {
		noted bot.Noted
		tags  string
		want  string
	}{
		{}, {noted: bot.Noted{Tags: []string{"late"}}, tags: "gold"}, {noted: bot.Noted{Tier: "silver"}, want: "silver"},
		{noted: bot.Noted{Tags: []string{"late", "member"}}, want: "silver"}, {tags: "vip", want: "gold"},
		{noted: bot.Noted{Tags: []string{"member", "vip"}}, want: "gold"}, {noted: bot.Noted{Tags: []string{"vip"}}, tags: "member", want: "gold"},
		{noted: bot.Noted{Tags: []string{"member"}}, tags: "vip", want: "gold"}, {noted: bot.Noted{Tier: "silver", Tags: []string{"big customer"}}, want: "gold"},
		{noted: bot.Noted{Tier: "gold", Tags: []string{"member"}}, want: "gold"}, {noted: bot.Noted{Tier: "gone", Tags: []string{"member"}}, want: "silver"},
	} {
		if got := r.TierOf(tc.noted, tc.tags); got != tc.want {
			t.Errorf("%+v and %q lead to %q, want %q", tc.noted, tc.tags, got, tc.want)
		}
	}
}

// TestTagsLeadToTiers tags a customer who waits, and her conversation: she is in the tier of the tag at once, with its
// promises, and without the tag she is where she was. A conversation that is claimed from the bot has the tier in the same write.
func TestTagsLeadToTiers(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{FirstResponse: 20 * time.Minute, Tiers: vips()})
		w.saysNow("ada", "agent")
		is := func(who, tier string) {
			t.Helper()
			if c := w.conv(who); c.Tier != tier {
				t.Errorf("%s is in %q, want %q", who, c.Tier, tier)
			}
		}
		noted := func(tags ...string) {
			t.Helper()
			e, err := bot.NotedEdit{Tags: append([]string{}, tags...)}.Check()
			if err == nil {
				_, err = w.store.NoteContact(ctx, w.conv("ada").Contact, e, bot.Event{})
			}
			if err = errors.Join(err, w.Bot.Retier(ctx, w.conv("ada").Contact)); err != nil {
				t.Fatal(err)
			}
		}
		is("ada", "")
		noted("Member")
		is("ada", "silver")
		noted("Member", "Big  Customer")
		is("ada", "gold")
		rules, hours := w.Bot.Rules()
		if clocks := rules.Clocks(w.conv("ada"), hours, w.clock.now()); clocks[0].Due.Sub(w.conv("ada").Handoff.At) != 5*time.Minute {
			t.Errorf("she is promised %+v", clocks)
		}
		noted()
		is("ada", "")
		if _, err := w.Bot.Tag(ctx, w.conv("ada").ID, lin, []string{" VIP "}); err != nil {
			t.Fatal(err)
		}
		is("ada", "gold")
		if _, err := w.Bot.RunMacro(ctx, w.conv("ada").ID, lin, bot.MacroRun{Untag: []string{"vip"}}); err != nil {
			t.Fatal(err)
		}
		is("ada", "")
		noted("member")
		is("ada", "silver")
		w.rule(bot.DeskRules{FirstResponse: 20 * time.Minute, Tiers: tiers, Version: rules.Version})
		if err := w.Bot.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		is("ada", "")
		w.rule(bot.DeskRules{Tiers: vips(), Version: rules.Version + 1})
		w.saysNow("bea", "hello")
		if _, err := w.store.NoteContact(ctx, w.conv("bea").Contact, bot.NotedEdit{Tags: []string{"vip"}}, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if c, err := w.Bot.Claim(ctx, w.conv("bea").ID, lin); err != nil || c.Tier != "gold" {
			t.Errorf("claimed as %q: %v", c.Tier, err)
		}
	})
}

// TestTheHigherTierIsGivenFirst lets the assigner choose.
func TestTheHigherTierIsGivenFirst(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{Assign: true, Capacity: 1, Tiers: tiers})
		for _, who := range []string{"a", "b", "c"} {
			w.saysNow(who, "agent")
			w.clock.add(time.Minute)
		}
		if _, err := w.Bot.SetTier(ctx, w.conv("c").Contact, "gold", bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.SetState(ctx, "lin", bot.Online); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if a, c := w.conv("a"), w.conv("c"); a.Agent != "" || c.Agent != "lin" {
			t.Errorf("a has %q, c has %q", a.Agent, c.Agent)
		}
	})
}
