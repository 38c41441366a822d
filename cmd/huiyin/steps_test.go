package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/chromedp"
)

// A step is what a person does on a page, or waits for.
type step = chromedp.Action[chromedp.Void]

// do runs steps and fails the test at the first that does not work.
func do(t *testing.T, ctx context.Context, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		shot(t, ctx, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
		t.Fatal(err)
	}
}

// gaveWay are the browser's words for an element that was replaced before a step came to it: the step has not touched the page.
var gaveWay = []string{"Could not find node with given id", "No node with given id found", "Node with given id does not belong to the document", "Node is detached from document"}

func untouched(answer *cdproto.Error) bool {
	return slices.ContainsFunc(gaveWay, func(words string) bool { return strings.Contains(answer.Message, words) })
}

// harmless is for steps that only look, which can be taken again after whatever the browser answered.
func harmless(*cdproto.Error) bool { return true }

// steady takes a step again when the page gave way under it, as a person would: a page that a click led to is read bit by bit,
// and live pages replace their parts.
func steady[T any](once chromedp.Action[T], again func(*cdproto.Error) bool) chromedp.Action[T] {
	const tries = 50
	return func(ctx context.Context, target *chromedp.Target) (T, error) {
		for try := 1; ; try++ {
			out, err := once(ctx, target)
			var answer *cdproto.Error
			if try == tries || !errors.As(err, &answer) || !again(answer) {
				return out, err
			}
			// Whether this wait works or not, the next try tells.
			_, _ = chromedp.Poll[chromedp.Void](`document.readyState === 'complete'`)(ctx, target)
		}
	}
}

// click presses and releases the mouse on the first element that a selector names, once it is visible.
func click(selector string) step { return steady(chromedp.Click(selector), untouched) }

// types gives the focus to an element and presses the keys of a text.
func types(selector, text string) step { return steady(chromedp.SendKeys(selector, text), untouched) }

// picks puts files into a field for files.
func picks(selector string, files []string) step {
	return steady(chromedp.SetUploadFiles(selector, files), untouched)
}

// sees waits until an element is there and visible.
func sees(selector string) step { return steady(chromedp.WaitVisible(selector), harmless) }

// readsAs waits for an element and is the text that a person reads in it.
func readsAs(t *testing.T, ctx context.Context, selector string) string {
	t.Helper()
	do(t, ctx, sees(selector))
	text, err := chromedp.Run(ctx, steady(chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q).innerText`, selector)), harmless))
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// sets gives a field a value as it is, without keys.
func sets(selector, value string) step {
	return has(fmt.Sprintf(`(document.querySelector(%q).value = %q) === document.querySelector(%q).value`, selector, value, selector))
}

// has waits until an expression is true on the page. An expression that cannot be evaluated, since what it asks for is not there,
// is not true yet.
func has(script string) step {
	return steady(chromedp.Poll[chromedp.Void](`(() => { try { return `+script+`; } catch { return false; } })()`, chromedp.WithPollingTimeout(60*time.Second)), harmless)
}

// shows waits until the page's text has a sentence in it.
func shows(sentence string) step {
	return has(fmt.Sprintf(`document.body.innerText.includes(%q)`, sentence))
}

// answers waits until the log has n answers of the bot or an agent.
func answers(n int) step {
	return has(fmt.Sprintf(`document.querySelectorAll('#messages .row.bot, #messages .row.agent').length >= %d`, n))
}

// say writes a message and sends it.
func say(text string) step { return chromedp.Steps(types("#text", text), click("#send")) }

// leads clicks what leads to another page, and waits for an element of that page and for the rest of it.
func leads(t *testing.T, ctx context.Context, selector, to string) {
	t.Helper()
	do(t, ctx, click(selector), sees(to), has(`document.readyState === 'complete'`))
}
