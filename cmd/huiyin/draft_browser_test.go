package main

import (
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// TestDraftsInTheBrowser: what an agent has begun stays what it was, wherever she goes meanwhile, and what was sent while the
// answer to it was lost is there once.
func TestDraftsInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "I want to speak to a person")
	lin := o.signIn("lin")
	do(t, lin, presses("x"), sees("#write"), shows("Yours"), ready())
	said := func(text string) (replies, notes int) {
		t.Helper()
		list, err := o.app.Store.Messages(t.Context(), ada, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			switch {
			case m.Text != text:
			case m.Private:
				notes++
			default:
				replies++
			}
		}
		return replies, notes
	}
	at := o.url + "/console/c/" + string(ada)

	t.Run("a note that was begun is no reply when she comes back", func(t *testing.T) {
		do(t, lin, click("#write input[value=note]"), types("#text", "She is rude, be careful"))
		do(t, lin, visits(o.url+"/console/?queue=all"), sees("#list"), chromedp.Evaluate[chromedp.Void](`sessionStorage.clear(); undefined`)) // as in another tab
		do(t, lin, visits(at), sees("#write.note"), has(`document.getElementById('text').value === 'She is rude, be careful'`))
		shot(t, lin, "desk-note-draft")
		do(t, lin, click("#send"), has(`document.getElementById('text').value === ''`), shows("She is rude"))
		if replies, notes := said("She is rude, be careful"); replies != 0 || notes != 1 {
			t.Errorf("%d replies, %d notes", replies, notes)
		}
	})
	t.Run("a reply whose answer was lost is sent once", func(t *testing.T) {
		do(t, lin, click("#write input[value=reply]"), types("#text", "A new one is on its way."))
		o.cut(networkDeaf)
		do(t, lin, click("#send"), shows("The server cannot be reached"), has(`document.getElementById('text').value === 'A new one is on its way.'`))
		shot(t, lin, "desk-unreached")
		do(t, lin, click("#send"), has(`document.getElementById('text').value === 'A new one is on its way.' && !document.getElementById('send').disabled`))
		o.cut(networkUp)
		do(t, lin, has(`document.getElementById('text').value === '' && document.getElementById('problem').textContent === ''`), visitsAgain(), sees("#write"),
			has(`document.getElementById('text').value === ''`))
		if replies, _ := said("A new one is on its way."); replies != 1 {
			t.Errorf("it is there %d times", replies)
		}
	})
	t.Run("what never arrived is sent after a reload, and once", func(t *testing.T) {
		do(t, lin, types("#text", "It comes tomorrow."))
		o.cut(networkDown)
		do(t, lin, click("#send"), shows("The server cannot be reached"))
		o.cut(networkUp)
		do(t, lin, visitsAgain(), sees("#write"), has(`document.getElementById('text').value === 'It comes tomorrow.'`), click("#send"),
			has(`document.getElementById('messages').innerText.includes('It comes tomorrow.')`))
		if replies, _ := said("It comes tomorrow."); replies != 1 {
			t.Errorf("it is there %d times", replies)
		}
	})
	t.Run("nothing is left of them for who comes next", func(t *testing.T) {
		do(t, lin, types("#text", "half a sen"), has(`Object.keys(localStorage).some((key) => key.startsWith('draft '))`))
		leads(t, lin, "form[action='/console/logout'] button", "form")
		do(t, lin, has(`!Object.keys(localStorage).some((key) => key.startsWith('draft '))`))
	})
	if c, err := o.app.Store.Conversation(t.Context(), ada); err != nil || c.Status != bot.StatusAgent {
		t.Errorf("%+v %v", c, err)
	}
}
