package main

import (
	"testing"

	"huiyin/bot"
	"huiyin/nlp"
)

// TestMacroInTheBrowser makes a macro, looks at what it would do, and runs it with the keyboard alone.
func TestMacroInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "The zipper of my backpack broke after two days", "agent please")
	for _, m := range []bot.Macro{
		{ID: "photo", Name: "Ask for a photo", Reply: map[nlp.Lang]string{"en": "Could you send us a photo, please?"}, Tag: []string{"photo"}},
		{ID: "lost", Name: "Lost parcel", Reply: map[nlp.Lang]string{"en": "We are tracing {order}.", "zh": "订单 {order} 正在追查。"}, End: bot.EndSnooze, Aside: bot.AsideTomorrow},
	} {
		if err := o.app.Store.SaveMacro(t.Context(), m, bot.Event{At: o.app.Now(), Actor: "max"}); err != nil {
			t.Fatal(err)
		}
	}
	max := o.signIn("max")
	do(t, max, visits(o.url+"/console/macros"), sees("form.sheet"), types("input[name=name]", "Zipper: new one, done"),
		types("[name=note_en]", "new one sent, @Max"), types("[name=tag]", "zipper, new one"),
		types("[name=reply_en]", "Hello {name}, a new one is on its way. Sorry!\n{agent}"), types("[name=reply_zh]", "{name}您好，新包已寄出，抱歉！"),
		sets("[name=end]", "resolve"))
	shot(t, max, "macros-form-zh")
	leads(t, max, "form.sheet .primary", ".rowed b")
	do(t, max, shows("Zipper: new one, done"))
	shot(t, max, "macros-zh")

	lin := o.signIn("lin")
	do(t, lin, visits(o.url+"/console/c/"+string(ada)), sees("#write"), has(`document.readyState === "complete"`), keyed("m"),
		has(`document.querySelectorAll('#macro-list [role=option]').length === 3`))
	shot(t, lin, "macro-menu")
	do(t, lin, presses("lost"), has(`document.querySelector('#macro-list [aria-selected=true]').dataset.macro === 'lost' && document.getElementById('macro-run').disabled`))
	shot(t, lin, "macro-missing")
	do(t, lin, presses("\b\b\b\bzip"), shows("Hello Ada Wong, a new one is on its way"))
	shot(t, lin, "macro-plan")
	do(t, lin, presses("\r"), shows("Lin ran the macro “Zipper: new one, done”"), has(`document.getElementById('tags').value === 'new one, zipper'`), has(`document.querySelector('.head .chip').textContent === 'Resolved'`),
		has(`[...document.querySelectorAll('.by-agent .text')].some((e) => e.innerText.includes('a new one is on its way'))`))
	shot(t, lin, "macro-done")
	if c, err := o.app.Store.Conversation(t.Context(), ada); err != nil || c.Status != bot.StatusResolved || len(c.Tags) != 2 || c.Mentioned["max"] == 0 {
		t.Errorf("%+v %v", c, err)
	}
}
