package main

import (
	"testing"
	"time"

	"huiyin/bot"
)

// TestTiersInTheBrowser: an administrator adds a tier to the desk rules, an agent puts a customer who waits into it, and she
// stands in front with less time left.
func TestTiersInTheBrowser(t *testing.T) {
	o := openOffice(t)
	o.writes("小美", 0, "转人工")
	id := o.writes("Ada", 0, "let me talk to a human")
	c, err := o.app.Store.Conversation(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	admin := o.signIn("max")
	do(t, admin, visits(o.url+"/console/rules"), shows("客户等级"),
		types(`.tier input[name=tier_key]`, "gold"), types(`.tier input[name=tier_zh]`, "金卡"), types(`.tier input[name=tier_en]`, "Gold"),
		types(`.tier input[name=tier_start]`, "15"), types(`.tier input[name=tier_first]`, "5"),
		click("form.sheet button.primary"), has(`document.querySelectorAll('.tier').length === 3`))
	shot(t, admin, "tier-rules-zh")
	desk := o.signIn("lin")
	do(t, desk, visits(o.url+"/console/people/"+string(c.Contact)), sets("#tier", "gold"), click("button[value=tier]"),
		has(`document.querySelector('#tier option[selected]')?.value === 'gold' && document.readyState === 'complete'`))
	shot(t, desk, "tier-person-en")
	do(t, desk, visits(o.url+"/console/?queue=waiting"), has(`document.querySelector('.rows li .level').textContent === 'Gold' && document.querySelectorAll('.level').length === 1`))
	shot(t, desk, "tier-inbox-en")
	do(t, admin, visits(o.url+"/console/?queue=waiting&tier=gold"), has(`document.querySelectorAll('.rows li').length === 1 && document.querySelector('.level').textContent === '金卡'`))
	shot(t, admin, "tier-inbox-zh")
	rules, hours := o.app.Bot.Rules()
	if c, err = o.app.Store.Conversation(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if c.Tier != "gold" {
		t.Errorf("her conversation has the tier %q", c.Tier)
	}
	if clocks := rules.Clocks(c, hours, o.app.Now()); len(clocks) == 0 || clocks[0].Kind != bot.FirstResponse || clocks[0].Due.Sub(c.Handoff.At) != 5*time.Minute {
		t.Errorf("she is promised %+v", clocks)
	}
}
