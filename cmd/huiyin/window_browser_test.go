package main

import (
	"errors"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/internal/config"
)

// shortWindow is a web chat whose platform takes messages for so long after the customer's.
func shortWindow(window string) string {
	return "[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\nname = \"Web\"\nwindow = \"" + window + "\"\n"
}

// TestWindowInTheBrowser: the composer says until when a message is taken; when none is, what can be done, until the
// customer writes again. The time is the program's, which the page goes by.
func TestWindowInTheBrowser(t *testing.T) {
	o := furnish(t, startWith(t, t.TempDir(), shortWindow("6h")))
	ada := o.writes("Ada Wong", 0, "agent please")
	max := bot.Agent{ID: "max", Name: "Max"}
	// later lets time pass, and a colleague note something, so that the page looks again.
	later := func(by time.Duration) {
		t.Helper()
		clockOf(t).advance(by)
		if _, err := o.app.Bot.Note(t.Context(), ada, max, "any news?"); err != nil {
			t.Fatal(err)
		}
	}
	lin := o.signIn("lin")
	do(t, lin, visits(o.url+"/console/c/"+string(ada)), sees("#write"), has(`document.querySelector('.window.open') !== null && !document.getElementById('send').disabled`))
	later(5 * time.Hour)
	do(t, lin, has(`document.querySelector('.window.near')?.innerText.includes('takes messages until') && !document.getElementById('send').disabled`))
	shot(t, lin, "window-near")
	later(2 * time.Hour)
	do(t, lin, has(`document.querySelector('.window.shut')?.innerText.includes('has to write first') && document.getElementById('send').disabled`))
	shot(t, lin, "window-shut")
	if _, err := o.app.Bot.Reply(t.Context(), ada, bot.Agent{ID: "lin", Name: "Lin"}, "too late"); !errors.Is(err, bot.ErrWindow) {
		t.Errorf("past the page: %v", err)
	}
	do(t, lin, click(".window [data-mode=note]"), has(`!document.getElementById('send').disabled`), types("#text", "call her"), click("#send"), shows("call her"))
	do(t, lin, click("#write input[value=reply]"), has(`document.getElementById('send').disabled`))
	o.writes("Ada Wong", 0, "are you there?")
	do(t, lin, has(`document.querySelector('.window.open') !== null && !document.getElementById('send').disabled`), say("Yes, I am."), shows("Yes, I am."))
}

func TestWindowIsConfigured(t *testing.T) {
	p := startWith(t, t.TempDir(), shortWindow("48h"))
	if got := p.app.Bot.Inbox("web").Window; got != 48*time.Hour {
		t.Errorf("the window is %s", got)
	}
	wrong := -time.Hour
	c := defaultConfig()
	c.Inboxes[0].Window = &wrong
	if err := c.Check(); !errors.Is(err, config.ErrInvalid) {
		t.Errorf("a window that ends before it begins: %v", err)
	}
}
