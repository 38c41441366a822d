package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// TestFilterByIntentAndPromiseInTheBrowser: what customers ask in both languages is what the inbox offers to narrow it down to,
// and so are the promises as they stand.
func TestFilterByIntentAndPromiseInTheBrowser(t *testing.T) {
	o := openOffice(t)
	late := o.writes("Tom", 0, "how long does delivery take?", "agent please")
	clockOf(t).advance(11 * time.Minute)
	fang, ada := o.writes("王芳", 0, "我要开发票", "转人工"), o.writes("Ada", 0, "I need an invoice", "agent please")
	rows := func(ids ...bot.ConversationID) step {
		var all []string
		for _, id := range ids {
			all = append(all, fmt.Sprintf(`document.querySelector('.rows a[data-id=%q]')`, id))
		}
		return has(fmt.Sprintf("%s && document.querySelectorAll('.rows li:not(.empty)').length === %d", strings.Join(all, " && "), len(ids)))
	}
	for lang, want := range map[string]struct {
		who   bot.AgentID
		title string
	}{"zh": {"max", "开发票"}, "en": {"lin", "Get an invoice"}} {
		t.Run(lang, func(t *testing.T) {
			ctx := o.signIn(want.who)
			apply := `#filter button`
			do(t, ctx, visits(o.url+"/console/?queue=all"), rows(late, fang, ada), click(".filter summary"),
				has(fmt.Sprintf(`[...document.querySelectorAll('select[name=about] option')].find((e) => e.value === 'intent:invoice_request').textContent === %q`, want.title)),
				sets("select[name=about]", "intent:invoice_request"))
			leads(t, ctx, apply, "#list[data-filter*=invoice_request]")
			do(t, ctx, rows(fang, ada), has(`document.querySelector('select[name=about]').value === 'intent:invoice_request'`))
			shot(t, ctx, "about-"+lang)
			do(t, ctx, sets("select[name=about]", ""), sets("select[name=sla]", "missed"))
			leads(t, ctx, apply, "#list[data-filter*=missed]")
			do(t, ctx, rows(late))
			shot(t, ctx, "missed-"+lang)
			do(t, ctx, sets("select[name=sla]", "in_time"))
			leads(t, ctx, apply, "#list[data-filter*=in_time]")
			do(t, ctx, rows(fang, ada))
		})
	}
}

// TestCustomerPageInTheBrowser: a customer who wrote her e-mail address, twice from different places, has bought under it and has
// rated an answer. Staff confirm the address: her orders appear, and both entries become one.
func TestCustomerPageInTheBrowser(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "orders.csv")
	day := func(ago int) string { return clockOf(t).now().AddDate(0, 0, -ago).Format("2006-01-02 15:04") }
	rows := fmt.Sprintf("订单号,下单时间,金额,邮箱\nA1,%s,¥1299,Mei@shop.example\nA2,%s,¥2.50,mei@shop.example\nA3,%s,¥70,li@shop.example\n", day(40), day(3), day(2))
	if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, out, errs := command(t, "", "--data", dir, "--lang", "en", "customers", "import", file, "--yes"); code != 0 {
		t.Fatalf("%d %s %s", code, out, errs)
	}
	o := furnish(t, start(t, dir))
	lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	id := o.writes("Mei", 0, "my refund is not there yet, my e-mail is mei@shop.example", "agent please")
	if _, err := o.app.Bot.Reply(t.Context(), id, lin, "It is on its way."); err != nil {
		t.Fatal(err)
	}
	if _, err := o.app.Bot.Resolve(t.Context(), id, lin); err != nil {
		t.Fatal(err)
	}
	o.writes("Mei", 0, "4", "quick and friendly")
	again := o.writes("Mei Lin", 0, "hello, mei@shop.example here, agent please")
	page := func(id bot.ConversationID) string {
		c, err := o.app.Store.Conversation(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return o.url + "/console/people/" + string(c.Contact)
	}
	rules, _ := o.app.Bot.Rules()
	rules.Tiers = []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡", "en": "Gold"}, Tags: []string{"vip"}}}
	if err := o.app.Bot.SaveRules(t.Context(), bot.Agent{ID: "max"}, rules); err != nil {
		t.Fatal(err)
	}
	en, zh := o.signIn("lin"), o.signIn("max")
	do(t, en, visits(page(id)), shows("written by the customer, not confirmed"), shows("has the same, but not verified for both: mei@shop.example"), shows("Rated 4 of 5"), shows("quick and friendly"),
		has(`!document.body.innerText.includes('A1')`))
	shot(t, en, "customer-typed-en")
	leads(t, en, `button[value=confirm]`, `button[value=doubt]`)
	do(t, en, shows("confirmed by your team"), shows("A1"), shows("A2"), has(`!document.body.innerText.includes('A3')`), shows("1,301.50"))
	do(t, en, types(`input[name=tags]`, "VIP, wholesale"))
	leads(t, en, `button[value=tags]`, ".led")
	do(t, en, shows("Served as Gold"), has(`document.querySelector('form:has(#tags)').getBoundingClientRect().bottom + 8 <= document.querySelector('form:has(#tags) ~ .rowed').getBoundingClientRect().top`))
	shot(t, en, "customer-confirmed-en")
	do(t, zh, visits(page(again)), shows("mei@shop.example"))
	leads(t, zh, `button[value=confirm]`, `button[value=doubt]`)
	do(t, zh, has(`document.querySelectorAll('.past li').length === 2`), shows("评分 4/5"), shows("1,301.50"))
	shot(t, zh, "customer-joined-zh")
	c, err := o.app.Store.Conversation(t.Context(), again)
	if err != nil || page(id) != page(again) || c.Tier != "gold" {
		t.Errorf("%s and %s, in the tier %q, %v", page(id), page(again), c.Tier, err)
	}
	do(t, zh, visits(o.url+"/console/c/"+string(again)), has(`document.querySelector('.head .level').textContent === '金卡'`), has(`[...document.querySelectorAll('#side .tag')].some((e) => e.textContent === 'vip')`))
	shot(t, zh, "customer-conversation-zh")
}
