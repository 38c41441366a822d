package main

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// press holds the mouse down in the middle of an element, and returns how to let it go there.
func press(t *testing.T, ctx context.Context, selector string) (release func()) {
	t.Helper()
	do(t, ctx, sees(selector))
	at, err := chromedp.Run(ctx, chromedp.Evaluate[[]float64](fmt.Sprintf(
		`(() => { const r = document.querySelector(%q).getBoundingClientRect(); return [r.x + r.width / 2, r.y + r.height / 2] })()`, selector)))
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.MouseEvent(chromedp.MouseMoved, at[0], at[1]), chromedp.MouseEvent(chromedp.MousePressed, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	return func() {
		t.Helper()
		do(t, ctx, chromedp.MouseEvent(chromedp.MouseReleased, at[0], at[1], chromedp.ButtonLeft, chromedp.ClickCount(1)))
	}
}

// hears runs something that a page hears of, until the page has read the address anew and had the time to show it. A page
// that has just come reads once by itself.
func hears(t *testing.T, ctx context.Context, address string, happens func()) {
	t.Helper()
	read := fmt.Sprintf(`performance.getEntriesByType('resource').filter((e) => e.name.includes(%q)).length`, address)
	do(t, ctx, has(read+" > 0"))
	n, err := chromedp.Run(ctx, chromedp.Evaluate[int](read))
	if err != nil {
		t.Fatal(err)
	}
	happens()
	do(t, ctx, has(fmt.Sprintf("%s > %d", read, n)), frames())
}

// settles waits until a page that has just come has read an address once and shown it.
func settles(t *testing.T, ctx context.Context, address string) {
	t.Helper()
	do(t, ctx, has(fmt.Sprintf(`performance.getEntriesByType('resource').some((e) => e.name.includes(%q))`, address)), frames())
}

// frames waits for some pictures of the page.
func frames() step {
	return chromedp.Evaluate[chromedp.Void](`new Promise((done) => { let n = 20; const next = () => n-- ? requestAnimationFrame(next) : done(true); next(); })`, chromedp.EvalAwaitPromise)
}

// lands waits for a page that a click leads to, by something on it.
func lands(t *testing.T, ctx context.Context, selector string) {
	t.Helper()
	ctx, stop := context.WithTimeout(ctx, time.Minute)
	defer stop()
	if err := chromedp.Do(ctx, sees(selector)); err != nil {
		t.Fatalf("the click led nowhere: no %s: %v", selector, err)
	}
}

// TestLiveUpdatesInTheBrowser works on pages while they change: what a hand is on stays under it.
func TestLiveUpdatesInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "how long does delivery to Shanghai take?", "I want to speak to a person")
	asked := fmt.Sprint("e", o.n-1)
	o.writes("Tom", 0, "agent please")
	lin := o.signIn("lin")
	row := fmt.Sprintf(`.rows a[data-id="%s"]`, ada)

	t.Run("a click on a row counts while others come", func(t *testing.T) {
		settles(t, lin, "/console/list") // else the first read is held back together with the next
		release := press(t, lin, row)
		hears(t, lin, "/console/list", func() { o.writes("Rosa", 0, "this is terrible, agent please") })
		release()
		lands(t, lin, `.conversation[data-id="`+string(ada)+`"]`)
	})
	t.Run("a click on a button counts while the customer writes", func(t *testing.T) {
		settles(t, lin, "/state")
		release := press(t, lin, "[data-key=c]")
		hears(t, lin, "/state", func() { o.writes("Ada Wong", 0, "are you there?") })
		release()
		do(t, lin, has(`document.querySelector('.head .chip').textContent === 'Yours'`), shows("are you there?"))
	})
	t.Run("what is open, half-written and under the keys survives", func(t *testing.T) {
		do(t, lin, visits(o.url+"/console/c/"+string(ada)+"?queue=all"), sees("#write"), click(".m.incoming details summary"), click(".handoff summary"), click("[data-key=s]"), sees(".menu[open] input"),
			click("#write input[value=note]"), types("#text", "She has asked tw"),
			chromedp.Evaluate[chromedp.Void](fmt.Sprintf(`window.was = [...document.querySelectorAll('.m.incoming, .m.incoming details, %s, .handoff, .menu, [data-key=e]')];
				document.querySelector(%q).focus(); undefined`, row, row)))
		before, err := chromedp.Run(lin, chromedp.Evaluate[bool](`document.querySelector('.handoff').open`))
		if err != nil {
			t.Fatal(err)
		}
		edit := bot.Inbound{Inbox: "web", SourceID: "edit", Kind: bot.KindEdit, Target: asked, Thread: "thread-Ada Wong", Text: "how long does delivery to Beijing take?",
			From: bot.Person{SourceID: "Ada Wong", Name: "Ada Wong"}, At: o.app.Now()}
		hears(t, lin, "/messages", func() {
			if err := o.app.Bot.Handle(t.Context(), edit); err != nil {
				t.Fatal(err)
			}
			o.writes("Ada Wong", 0, "hello?")
			o.writes("Max Mustermann", 0, "agent please")
		})
		do(t, lin, shows("delivery to Beijing"), shows("hello?"), has(`[...document.querySelectorAll('.rows strong')].some((e) => e.textContent === 'Max Mustermann')`))
		for what, script := range map[string]string{
			"the reason of an answer stays open": `document.querySelector('.m.incoming details').open`,
			"the handoff stays as it was left":   fmt.Sprintf(`document.querySelector('.handoff').open === %v`, before),
			"no node was put in another's place": `window.was.every((e) => e.isConnected)`,
			"the note stays":                     `document.getElementById('text').value === 'She has asked tw' && document.querySelector('#write input[value=note]').checked`,
			"the focus stays on the row":         fmt.Sprintf(`document.activeElement === document.querySelector(%q)`, row),
		} {
			if ok, err := chromedp.Run(lin, chromedp.Evaluate[bool](script)); err != nil || !ok {
				t.Errorf("not so: %s (%v)", what, err)
			}
		}
		do(t, lin, click("#text"), presses("ice"), has(`document.getElementById('text').value === 'She has asked twice'`))
	})
	t.Run("the board", func(t *testing.T) {
		max := o.signIn("max")
		do(t, max, visits(o.url+"/console/board"), sees(".tiles"))
		settles(t, max, "/board/live")
		release := press(t, max, ".tiles a.tile")
		hears(t, max, "/board/live", func() { o.writes("Eve", 0, "agent please") })
		release()
		lands(t, max, `#list[data-queue="waiting"]`)
	})
}

// TestBackAfterABreakInTheBrowser breaks the connection of a page while its conversation goes on: when it is back, the page
// shows everything, what was changed in earlier messages too.
func TestBackAfterABreakInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "how long does delivery to Shanghai take?", "I want to speak to a person")
	asked := fmt.Sprint("e", o.n-1)
	lin := o.signIn("lin")
	do(t, lin, visits(o.url+"/console/c/"+string(ada)+"?queue=all"), shows("delivery to Shanghai"))
	settles(t, lin, "/messages") // the page reads them as soon as its stream is there
	for network, to := range map[int32]string{networkDown: "Beijing", networkBad: "Suzhou"} {
		o.cut(network)
		do(t, lin, shows("Connection lost"))
		edit := bot.Inbound{Inbox: "web", SourceID: "edit-" + to, Kind: bot.KindEdit, Target: asked, Thread: "thread-Ada Wong", Text: "how long does delivery to " + to + " take?",
			From: bot.Person{SourceID: "Ada Wong", Name: "Ada Wong"}, At: o.app.Now()}
		if err := o.app.Bot.Handle(t.Context(), edit); err != nil {
			t.Fatal(err)
		}
		o.writes("Ada Wong", 0, "and to "+to+"?")
		o.writes("Customer of "+to, 0, "agent please")
		o.cut(networkUp)
		do(t, lin, shows("delivery to "+to), shows("and to "+to+"?"), shows("Customer of "+to), has(`document.getElementById('link').textContent === ''`))
	}
}

// TestPatchInTheBrowser changes trees in place: whatever stood there, what comes out is what was meant, nodes that are
// about the same thing stay, and those that stand right already are not moved.
func TestPatchInTheBrowser(t *testing.T) {
	assets := http.FileServer(http.Dir("../../console/assets"))
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprint(w, "<!doctype html><title>patch</title><main></main>")
			return
		}
		assets.ServeHTTP(w, r)
	}))
	t.Cleanup(s.Close)
	ctx := browser(t)
	do(t, ctx, visits(s.URL), has(`document.querySelector('main')`))
	const watch = `window.o = new MutationObserver(() => {}); o.observe(main, {subtree: true, childList: true, attributes: true, characterData: true});
		window.gone = () => o.takeRecords().reduce((n, m) => n + m.removedNodes.length, 0)`
	cases := []struct{ name, before, act, after, so string }{
		{"nothing new is no change", `<p id="a">x</p>`, watch, `<p id="a">x</p>`, `o.takeRecords().length === 0`},
		{"a text", `<p>old <b>1</b></p>`, `window.b = main.querySelector('b')`, `<p>new <b>2</b></p>`, `b.isConnected && b.textContent === '2'`},
		{"a row above moves none of those below", `<li data-id="a"></li><li data-id="b"></li>`, watch, `<li data-id="c"></li><li data-id="a"></li><li data-id="b"></li>`, `gone() === 0`},
		{"the first goes last, the others stay", `<li data-id="a"></li><li data-id="b"></li><li data-id="c"></li>`, watch, `<li data-id="b"></li><li data-id="c"></li><li data-id="a"></li>`, `gone() === 1`},
		{"by the first child", `<ol><li><a data-id="a">a</a></li><li><a data-id="b">b</a></li></ol>`, `window.b = main.querySelectorAll('li')[1]`, `<ol><li><a data-id="b">B</a></li></ol>`, `b.isConnected && b.textContent === 'B'`},
		{"buttons that do different things are different", `<button data-post="/claim">x</button><button data-post="/return">y</button>`, `window.c = main.firstChild; window.r = main.lastChild`, `<button data-post="/return">y</button>`, `!c.isConnected && r.isConnected`},
		{"a details stays as the reader left it", `<details open><summary>s</summary>x</details>`, `main.firstChild.open = false`, `<details open><summary>s</summary>y</details>`, `!main.firstChild.open && main.textContent === 'sy'`},
		{"a field that is written in", `<input id="i" value="1"><input id="j" value="1">`, `main.firstChild.focus(); main.firstChild.value = 'half'`, `<input id="i" value="2"><input id="j" value="2">`, `main.firstChild.value === 'half' && main.lastChild.value === '2'`},
		{"the focus goes with what moves", `<a href="#" id="a">a</a><a href="#" id="b">b</a><a href="#" id="c">c</a>`, `main.lastChild.focus()`, `<a href="#" id="c">c</a><a href="#" id="b">b</a><a href="#" id="a">a</a>`, `document.activeElement === main.firstChild && main.firstChild.id === 'c'`},
		{"attributes come and go", `<p id="a" class="x" hidden>t</p>`, ``, `<p id="a" title="y">t</p>`, `main.innerHTML === '<p id="a" title="y">t</p>'`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			script := fmt.Sprintf(`(async () => { const { patch } = await import('/patch.js'); const main = document.querySelector('main');
				main.innerHTML = %q; %s; patch(main, %q); return %s; })()`, c.before, c.act, c.after, c.so)
			if ok, err := chromedp.Run(ctx, chromedp.Evaluate[bool](script, chromedp.EvalAwaitPromise)); err != nil || !ok {
				got, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.querySelector('main').innerHTML`))
				t.Errorf("not so; the page has %s (%v)", got, err)
			}
		})
	}
	t.Run("any tree becomes any other", func(t *testing.T) {
		const random = `(async () => {
			const { patch } = await import('/patch.js'); const main = document.querySelector('main');
			let seed = 7; const roll = (n) => { seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff; return (seed >> 8) % n; };
			const tree = (deep) => Array.from({ length: roll(6) }, () => {
				const name = ['p', 'span', 'b'][roll(3)], about = ['', ' data-id="' + roll(5) + '"', ' data-seq="' + roll(5) + '" class="c' + roll(3) + '"'][roll(3)];
				return roll(4) ? '<' + name + about + '>' + (deep && roll(2) ? tree(deep - 1) : 't' + roll(4)) + '</' + name + '>' : [' ', 'text', '<!--c-->'][roll(3)];
			}).join('');
			const parsed = (html) => { const t = document.createElement('template'); t.innerHTML = html; return t.innerHTML; };
			for (let i = 0; i < 3000; i++) {
				const a = tree(3), b = tree(3); main.innerHTML = a; patch(main, b);
				if (main.innerHTML !== parsed(b)) return a + ' => ' + b + ' gave ' + main.innerHTML;
			}
			return '';
		})()`
		if wrong, err := chromedp.Run(ctx, chromedp.Evaluate[string](random, chromedp.EvalAwaitPromise)); err != nil || wrong != "" {
			t.Errorf("%s (%v)", wrong, err)
		}
	})
}
