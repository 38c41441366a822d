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

// patience is how long a step waits for what a page shows, on a machine that does much else.
const patience = 60 * time.Second

// do runs steps and fails the test at the first that does not work, with what the page looks like then.
func do(t *testing.T, ctx context.Context, steps ...step) {
	t.Helper()
	if err := chromedp.Do(ctx, steps...); err != nil {
		shot(t, ctx, "failed-"+strings.ReplaceAll(t.Name(), "/", "-"))
		page, _ := chromedp.Run(ctx, chromedp.Evaluate[string](pageNow)) // without a page there is nothing to say of it
		t.Fatalf("%v\n%s", err, page)
	}
}

// pageNow describes a page to who reads of a test that failed.
const pageNow = `[location.href, document.readyState, document.hasFocus() ? 'focused' : 'not focused', document.activeElement?.outerHTML.slice(0, 200),
	...[...document.querySelectorAll('dialog[open], details[open] > summary, .toast, [role=alert]')].map((e) => (e.id || e.localName) + ': ' + e.innerText.slice(0, 200))].join('\n')`

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
func sees(selector string) step {
	wait := steady(chromedp.WaitVisible(selector), harmless)
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		soon, stop := context.WithTimeout(ctx, patience)
		defer stop()
		out, err := wait(soon, target)
		if err != nil {
			err = fmt.Errorf("%s is not seen: %w", selector, err)
		}
		return out, err
	}
}

// visits opens a page and waits for all of it, its scripts too: what is done on it before is lost, and so is what is done on the
// page before it.
func visits(url string) step {
	return chromedp.Steps(chromedp.Evaluate[chromedp.Void](`globalThis.left = true; undefined`), chromedp.Navigate(url), arrived())
}

// visitsAgain reads a page anew, as visits does.
func visitsAgain() step {
	return chromedp.Steps(chromedp.Evaluate[chromedp.Void](`globalThis.left = true; undefined`), chromedp.Reload(), arrived())
}

func arrived() step { return has(`!globalThis.left && document.readyState === 'complete'`) }

// ready waits until a page has loaded, its scripts too.
func ready() step { return has(`document.readyState === 'complete'`) }

// hearing counts the keys that come to a page, wherever its focus is, beyond the page's end.
const hearing = `sessionStorage.heard = ''; addEventListener('keydown', () => { sessionStorage.heard += '.'; }, {capture: true}); undefined`

// presses presses the keys of a text one after the other on the page that is there, and again when none of them came to it: a
// browser that does much else loses keys.
func presses(text string, how ...chromedp.KeyOption) step {
	const tries = 10
	heard := chromedp.Poll[chromedp.Void](`sessionStorage.heard`, chromedp.WithPollingTimeout(patience/tries))
	return func(ctx context.Context, target *chromedp.Target) (chromedp.Void, error) {
		for try := 1; ; try++ {
			out, err := chromedp.Steps(ready(), chromedp.Evaluate[chromedp.Void](hearing), chromedp.KeyEvent(text, how...))(ctx, target)
			if err != nil {
				return out, fmt.Errorf("pressing %q: %w", text, err)
			}
			if _, err = steady(heard, harmless)(ctx, target); err == nil || try == tries {
				return out, err
			}
		}
	}
}

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
	return steady(chromedp.Poll[chromedp.Void](`(() => { try { return `+script+`; } catch { return false; } })()`, chromedp.WithPollingTimeout(patience)), harmless)
}

// pressesInFrame presses keys that go to a frame of another site, into which nobody can look.
func pressesInFrame(text string) step { return chromedp.KeyEvent(text) }

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
