package main

import (
	"testing"

	"github.com/chromedp/chromedp"
)

// TestReadingQuietlyInTheBrowser has a lead begin on the board, read what an agent has open without being shown to her, and show
// herself again.
func TestReadingQuietlyInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "this is terrible", "I want to speak to a person")
	page := o.url + "/console/c/" + string(ada) + "?queue=all"
	lin, max := o.signIn("lin"), o.signIn("max")
	do(t, lin, visits(page), click("[data-key=c]"), has(`document.querySelector('.head .chip').textContent === 'Yours'`))
	do(t, max, visits(page), sees("#write"))
	reads := func(want bool) {
		t.Helper()
		do(t, lin, has(map[bool]string{true: `document.getElementById('colleagues').textContent.includes('Max')`, false: `document.getElementById('colleagues').textContent === ''`}[want]))
	}
	reads(true)
	do(t, max, visits(o.url+"/console/board"), click(".quiet button"), sees(".quiet .chip"))
	looksGood(t, max, "board-quiet", o.url+"/console/board", append(looksOf("en"), looksOf("zh")...))
	looksGood(t, max, "conversation-quiet", page, append(looksOf("en"), looksOf("zh")...))
	do(t, max, chromedp.EmulateViewport(1280, 844), has(`document.getElementById('colleagues').textContent.includes('Lin')`))
	reads(false)
	do(t, max, types("#text", "Hello Ada"))
	reads(true)
	do(t, max, chromedp.Evaluate[chromedp.Void](`document.getElementById('text').value = ''; document.getElementById('text').dispatchEvent(new Event('input', { bubbles: true })); undefined`))
	reads(false)
	do(t, max, click(".quiet button"), has(`!document.querySelector('.quiet')`))
	reads(true)
}
