package main

import (
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"huiyin/bot"
	"huiyin/console"
)

// keys are pressed one after the other, wherever the focus is. A key that moves the focus is still typed where the focus is then,
// which a keyboard does not do.
func keys(all ...string) step {
	var steps []step
	for _, k := range all {
		steps = append(steps, presses(k))
	}
	return chromedp.Steps(steps...)
}

// focused waits until the focus is on an element.
func focused(selector string) step {
	return has(`document.activeElement.matches('` + selector + `')`)
}

// TestADayByKeyboardAlone: an agent signs in, takes, reads, answers, notes, snoozes, transfers, searches, gives back and resolves
// without a hand on the mouse: nothing here clicks, and no focus is set but by a key.
func TestADayByKeyboardAlone(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "The zipper of my backpack broke after two days, this is terrible", "I want to speak to a person")
	tom := o.writes("Tom", 0, "agent please")
	eve := o.writes("Eve", 0, "can I talk to somebody?")
	rosa := o.writes("Rosa", 0, "how long does delivery to Shanghai take?")
	link, err := console.NewLink(t.Context(), o.app.Store, "lin", o.app.Now(), random)
	if err != nil {
		t.Fatal(err)
	}
	lin := browser(t)
	is := func(id bot.ConversationID, fits func(bot.Conversation) bool) {
		t.Helper()
		if c, err := o.app.Store.Conversation(t.Context(), id); err != nil || !fits(c) {
			t.Errorf("%+v %v", c, err)
		}
	}
	do(t, lin, chromedp.EmulateViewport(1280, 844), visits(o.url+"/console/login?once="+link), sees("form button"), keys(kb.Enter), sees("#list"), ready())

	// Who stands in front is taken, answered and resolved.
	do(t, lin, keys("x"), sees("#write"), chip("Yours"), ready(), keys("r"), focused("#text"), keys("Hello Ada, I am sorry. A new one is on its way."),
		presses(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)), has(`document.querySelector('.by-agent .text')?.innerText.includes('A new one')`))
	do(t, lin, keys(kb.Escape, "n"), focused("#text"), has(`document.getElementById('write').classList.contains('note')`), keys("sent the blue one"),
		presses(kb.Enter, chromedp.KeyModifiers(chromedp.ModifierCtrl)), shows("sent the blue one"))
	do(t, lin, keys(kb.Escape, "e"), chip("Resolved"))
	is(ada, func(c bot.Conversation) bool { return c.Status == bot.StatusResolved })

	// The list is walked, a menu opened, walked and closed.
	do(t, lin, keys("u"), has(`!document.getElementById('write')`), sees("#list"), ready(), has(`document.querySelector('[aria-selected=true]').dataset.name === 'mine'`), keys("h"),
		has(`document.querySelector('[aria-selected=true]').dataset.name === 'waiting'`), ready(), keys("j"), focused(".rows a"), keys("o"), sees("#write"),
		ready(), keys("c"), chip("Yours"), keys("s"), focused(".menu[open] button"), keys(kb.Escape), has(`!document.querySelector('.menu[open]')`),
		keys("s"), focused(".menu[open] button"), keys(kb.Tab), focused(".menu[open] button ~ button"), keys(kb.Enter), has(`document.querySelector('.head').innerText.includes('⏾')`))
	is(tom, func(c bot.Conversation) bool { return !c.SnoozedUntil.IsZero() })

	// The next one goes to a colleague.
	do(t, lin, keys("x"), chip("Yours"), has(`document.querySelector('.head h1').textContent === 'Eve'`), ready(), keys("t"), focused(".menu[open] button"), keys(kb.Enter), chip("Max"))
	is(eve, func(c bot.Conversation) bool { return c.Agent == "max" })

	// One is found, taken and given back to the bot; the help tells the keys.
	do(t, lin, keys("/"), focused("#find"), keys(kb.Backspace, "Shanghai", kb.Enter), sees(".results"), keys(kb.Tab), has(`document.activeElement.closest('form')`))
	for range 20 {
		do(t, lin, keys(kb.Tab))
		if at, err := chromedp.Run(lin, chromedp.Evaluate[bool](`document.activeElement.matches('.results a')`)); err != nil {
			t.Fatal(err)
		} else if at {
			break
		}
	}
	do(t, lin, focused(".results a"), keys(kb.Enter), sees("#write"), has(`document.querySelector('.head h1').textContent === 'Rosa'`), ready(),
		keys("c"), chip("Yours"), keys("b"), chip("Bot"), keys("?"), sees("#help"), keys(kb.Escape), has(`!document.getElementById('help').open`))
	is(rosa, func(c bot.Conversation) bool { return c.Status == bot.StatusBot })
}
