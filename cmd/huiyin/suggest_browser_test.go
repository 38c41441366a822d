package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"huiyin/bot"
)

// TestSuggestedPairInTheBrowser inserts an article and its translation, by click and by key.
func TestSuggestedPairInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "how long does delivery to Shanghai take?", "agent please")
	lin := o.signIn("lin")
	do(t, lin, visits(o.url+"/console/c/"+string(ada)), sees("#write"),
		has(`document.querySelectorAll('#suggest .pair [data-insert]').length >= 2`), click("#suggest summary"), sees("#suggest .pair"))
	shot(t, lin, "pair")
	do(t, lin, has(`document.querySelector('#suggest .pair div').lang === 'en' && document.querySelectorAll('#suggest .pair div')[1].lang === 'zh'`),
		click("#suggest .pair div:nth-child(2) [data-insert]"), has(`/\p{Script=Han}/u.test(document.getElementById('text').value)`))
	do(t, lin, chromedp.Evaluate[chromedp.Void](`document.getElementById('text').value = ''; undefined`),
		presses("1", chromedp.KeyModifiers(chromedp.ModifierAlt)), presses("1", chromedp.KeyModifiers(chromedp.ModifierAlt, chromedp.ModifierShift)),
		has(`(() => { const [en, zh] = document.querySelectorAll('#suggest .pair [data-insert]'); return document.getElementById('text').value === en.dataset.insert + '\n\n' + zh.dataset.insert; })()`))
}

// counting counts, over all pages, what a person presses.
const counting = `for (const kind of ['keydown', 'pointerdown']) addEventListener(kind, () => { sessionStorage.acts = Number(sessionStorage.acts ?? 0) + 1; }, true); undefined`

// TestFirstReplyTakesThree counts what it takes from the open inbox to the first reply: docs/desk.md names the figures.
func TestFirstReplyTakesThree(t *testing.T) {
	o := openOffice(t)
	waiting := `document.querySelectorAll('#suggest [data-insert]').length > 0`
	for name, steps := range map[string]struct {
		take, answer []chromedp.Action[chromedp.Void]
		want         string
	}{
		"keys": {[]chromedp.Action[chromedp.Void]{presses("x")},
			[]chromedp.Action[chromedp.Void]{presses("1", chromedp.KeyModifiers(chromedp.ModifierAlt)), presses(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl))}, "3"},
		"clicks": {[]chromedp.Action[chromedp.Void]{click(".find .primary")},
			[]chromedp.Action[chromedp.Void]{click("#suggest summary"), click("#suggest [data-insert]"), click("#send")}, "4"},
	} {
		t.Run(name, func(t *testing.T) {
			id := o.writes("Ada "+name, 0, "how long does delivery to Shanghai take?", "agent please")
			lin := o.signIn("lin")
			do(t, lin, chromedp.Evaluate[chromedp.Void](counting))
			do(t, lin, steps.take...)
			do(t, lin, sees("#write"), has(`document.readyState === 'complete'`), chromedp.Evaluate[chromedp.Void](counting), has(waiting))
			do(t, lin, steps.answer...)
			do(t, lin, has(`document.querySelectorAll('.m.by-agent').length > 0`))
			acts, err := chromedp.Run(lin, chromedp.Evaluate[string](`sessionStorage.acts`))
			if err != nil || acts != steps.want {
				t.Errorf("%s acts, want %s: %v", acts, steps.want, err)
			}
			if c, err := o.app.Store.Conversation(t.Context(), id); err != nil || c.FirstResponse.IsZero() || c.Agent != bot.AgentID("lin") {
				t.Errorf("%+v %v", c, err)
			}
		})
	}
}

// TestPastAnswerInTheBrowser: what an agent answered to one customer is suggested for another who asks the same, without the
// first one's name, order and number; and no longer when it was erased.
func TestPastAnswerInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ctx := t.Context()
	past := o.writes("Bo Larsen", 0, "does the brown leather strap come in a longer size?", "agent please")
	agent := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	for _, text := range []string{"One moment", "Hello Bo, the brown strap also comes in size L, which is 2 cm longer. Call me on 13812345678. Yours, Lin"} {
		if _, err := o.app.Bot.Reply(ctx, past, agent, text); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := o.app.Bot.Resolve(ctx, past, agent); err != nil {
		t.Fatal(err)
	}
	ada := o.writes("Ada Wong", 0, "does the leather strap come in a longer size?", "agent please")
	max := o.signIn("max")
	page := o.url + "/console/c/" + string(ada)
	do(t, max, visits(page), sees("#write"), has(`document.querySelector('#suggest .past [data-insert]')`), click("#suggest summary"), sees("#suggest .past"))
	shot(t, max, "past-answer")
	for _, what := range stumbles(t, max) {
		t.Error(what)
	}
	do(t, max, has(`[...document.querySelectorAll('#suggest li')].every((li, i, all) => !i || li.getBoundingClientRect().left >= all[i - 1].getBoundingClientRect().right)`))
	do(t, max, has(`document.querySelector('#suggest .past .cut').textContent === 'does the brown leather strap come in a longer size?'`), click("#suggest .past [data-insert]"),
		has(`document.getElementById('text').value === 'Hello Ada Wong, the brown strap also comes in size L, which is 2 cm longer. Call me on 138****5678. Yours, Max'`))
	c, err := o.app.Store.Conversation(ctx, past)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.app.Store.EraseContact(ctx, c.Contact, bot.Event{At: o.app.Now(), Actor: "max", Action: "contact.erase", Object: string(c.Contact)}); err != nil {
		t.Fatal(err)
	}
	do(t, max, visits(page), sees("#write"), has(`document.readyState === 'complete'`))
	settles(t, max, "/suggest")
	do(t, max, has(`!document.querySelector('#suggest .past')`))
}
