package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// stumbles are what a person would stumble over on the page that is open: testdata/audit.js says what counts.
func stumbles(t *testing.T, ctx context.Context) []string {
	t.Helper()
	script, err := os.ReadFile("testdata/audit.js")
	if err != nil {
		t.Fatal(err)
	}
	found, err := chromedp.Run(ctx, chromedp.Evaluate[[]string](string(script)))
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// look is how wide a window is, and its colour scheme.
type look struct {
	width  int64
	scheme string
}

// looksOf are a wide and a narrow window, one light and one dark: of two languages each has what the other has not. Where pictures
// are kept, each has all.
func looksOf(lang string) []look {
	if _, kept := os.LookupEnv("HUIYIN_SHOTS"); kept {
		return []look{{1280, "light"}, {1280, "dark"}, {390, "light"}, {390, "dark"}}
	}
	if lang == "zh" {
		return []look{{1280, "light"}, {390, "dark"}}
	}
	return []look{{1280, "dark"}, {390, "light"}}
}

// looksGood opens a page in windows and fails the test for what a person would stumble over. With HUIYIN_SHOTS it keeps a picture
// of the whole page.
func looksGood(t *testing.T, ctx context.Context, name, url string, looks []look) {
	t.Helper()
	do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(url), has(`document.readyState === 'complete'`))
	for _, look := range looks {
		do(t, ctx, chromedp.EmulateViewport(look.width, 844), media(look.scheme), painted())
		for _, what := range stumbles(t, ctx) {
			t.Errorf("%s at %d, %s: %s", name, look.width, look.scheme, what)
		}
		whole(t, ctx, fmt.Sprintf("%s-%d-%s", name, look.width, look.scheme), look.width)
	}
}

// painted waits until the page has been drawn as it is now.
func painted() step {
	return chromedp.Evaluate[chromedp.Void](`new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))`, chromedp.EvalAwaitPromise)
}

// whole keeps a picture of the whole of a page, not only of what fits a screen.
func whole(t *testing.T, ctx context.Context, name string, width int64) {
	t.Helper()
	folder, ok := os.LookupEnv("HUIYIN_SHOTS")
	if !ok {
		return
	}
	tall, err := chromedp.Run(ctx, chromedp.Evaluate[int64](`Math.min(3000, Math.max(844, document.body.scrollHeight, 60 + (document.querySelector('main:has(> .column)')?.scrollHeight ?? 0)))`))
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.EmulateViewport(width, tall))
	png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, name+".png"), png, 0o600); err != nil {
		t.Fatal(err)
	}
}

// busy is an office in the middle of a week: customers of both languages in every state, and something on every page.
func busy(t *testing.T) (o *office, ada bot.Conversation) {
	t.Helper()
	o = openOffice(t)
	ctx := t.Context()
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	lin, max := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}, bot.Agent{ID: "max", Name: "Max", Role: bot.RoleAdmin}
	ok(o.app.Store.SaveAgent(ctx, bot.Agent{ID: "ann", Name: "Ann", Email: "ann@shop.example", Role: bot.RoleAdmin, Lang: "en", PasswordHash: "x"}, bot.Event{At: o.app.Now(), Actor: "max", Action: "agent.create", Object: "ann"}))
	rules, _ := o.app.Bot.Rules()
	rules.Tiers = []bot.Tier{{Key: "gold", Name: map[nlp.Lang]string{"zh": "金卡会员", "en": "Gold"}, HeadStart: 15 * time.Minute, FirstResponse: 5 * time.Minute, Tags: []string{"vip"}}}
	ok(o.app.Bot.SaveRules(ctx, max, rules))
	id := o.writes("Ada Wong", 0, "The zipper of my backpack broke after two days, this is terrible", "can I return it?", "my e-mail is ada.wong@mail.example", "I want to speak to a person")
	_, err := o.app.Bot.Tag(ctx, id, lin, []string{"vip", "broken zip"})
	ok(err)
	o.writes("王芳", 0, "退货政策是什么？", "我要开发票", "转人工")
	mine := o.writes("Tom", 0, "HY20261103-4821 where is my order?", "agent please")
	_, err = o.app.Bot.Note(ctx, mine, max, "@Ann please have a look, the parcel is lost")
	ok(err)
	_, err = o.app.Bot.Reply(ctx, mine, bot.Agent{ID: "ann", Name: "Ann", Role: bot.RoleAdmin}, "Hello Tom, I am looking for it. **One moment**, please.")
	ok(err)
	o.writes("Rosa", 0, "how long does delivery to Shanghai take?", "can you engrave a pen?", "do you sell gift cards?")
	// Questions without an answer: two that are one, two that may be the same, a long one, and one that is a piece of markup.
	for i, text := range []string{"can I park my camper van at your office?", "is there parking for a camper van at your office", "办公室附近能停房车吗", "do you sponsor school football teams", "would you sponsor our football club",
		"can you sew <b>my name</b> on & 'in' the lining", "could somebody of yours come to our village fair in July with a stand, since two hundred people will be there and nobody sells anything of this kind for an hour around"} {
		o.writes(fmt.Sprintf("Guest %d", i), 0, text)
	}
	gaps, err := o.app.Store.Gaps(ctx, o.app.Now().Add(-time.Hour), o.app.Now().Add(time.Hour))
	ok(err)
	for _, g := range gaps {
		if strings.Contains(g.Question, "sponsor school") {
			ok(o.app.Store.CloseGaps(ctx, []string{g.ID}, kb.SetAside))
		}
	}
	o.writes("慕容欧阳淑华-very-long-name-of-a-customer@wholesale.example", 0, "怎么还没发货啊，都等了一个星期了，太差劲了", "转人工")
	for i, name := range []string{"Bo", "小李"} {
		done := o.writes(name, 0, []string{"My parcel is lost, this is terrible!", "快递太慢了，差评"}[i], []string{"agent please", "转人工"}[i])
		_, err = o.app.Bot.Reply(ctx, done, lin, []string{"Sorry to hear that. It is found.", "抱歉，已经帮您催了。"}[i])
		ok(err)
		_, err = o.app.Bot.Resolve(ctx, done, lin)
		ok(err)
		o.writes(name, 0, "2", []string{"I had to ask twice", "等了太久"}[i])
	}
	ok(o.app.Store.SaveMacro(ctx, bot.Macro{ID: "photo", Name: "Ask for a photo", Reply: map[nlp.Lang]string{"en": "Could you send us a photo, please?"}, Tag: []string{"photo"}}, bot.Event{At: o.app.Now(), Actor: "max", Action: "macro.save", Object: "photo"}))
	_, err = o.app.Bot.Announce(ctx, max, bot.Incident{Topic: "delivery.late", Text: map[nlp.Lang]string{"zh": "仓库正在搬家，发货会晚一到两天。", "en": "Our warehouse is moving, parcels leave late."}})
	ok(err)
	ada, err = o.app.Store.Conversation(ctx, id)
	ok(err)
	return o, ada
}

// TestEveryPageInTheBrowser opens every page of the console in both languages: nothing is cut, covered, too pale or without
// a name, wide or narrow, light or dark.
func TestEveryPageInTheBrowser(t *testing.T) {
	o, ada := busy(t)
	week := o.app.digests().Week(o.app.Now())
	pages := map[string]string{
		"inbox": "?queue=all", "inbox-waiting": "?queue=waiting", "inbox-filtered": "?queue=all&lang=zh&mood=bad", "conversation": "c/" + string(ada.ID) + "?queue=all",
		"person": "people/" + string(ada.Contact) + "?q=Tom", "search": "search?q=parcel", "search-none": "search?q=elephant", "board": "board", "reviews": "reviews?from=" + o.today(),
		"reviews-mine": "reviews/mine", "rules": "rules", "canned": "canned", "macros": "macros", "staff": "staff", "tokens": "tokens", "webhooks": "webhooks", "incidents": "incidents", "audit": "audit", "channels": "channels",
		"digests": "digest", "digest": "digest/" + week, "account": "account", "kb": "kb", "kb-new": "kb/new", "kb-article": "kb/a/returns-window.zh", "kb-history": "kb/a/returns-window.zh/history",
		"kb-revision": "kb/a/returns-window.zh/r/1", "kb-test": "kb/test?q=how+do+I+return+it", "kb-words": "kb/words", "kb-gaps": "kb/gaps", "kb-check": "kb/check", "kb-import": "kb/import",
		"experiments": "experiments", "experiment-new": "experiments/new?article=returns-window.zh", "no-page": "c/none",
	}
	for lang, who := range map[string]bot.AgentID{"zh": "max", "en": "ann"} {
		ctx := o.signIn(who)
		do(t, ctx, visits(o.url+"/console/kb/gaps"), sees(".gaps form button")) // or there is nothing to look at
		for _, name := range slices.Sorted(maps.Keys(pages)) {
			t.Run(lang+" "+name, func(t *testing.T) {
				looksGood(t, ctx, lang+"-"+name, o.url+"/console/"+pages[name], looksOf(lang))
			})
		}
	}
	t.Run("login", func(t *testing.T) {
		looksGood(t, browser(t), "en-login", o.url+"/console/login", append(looksOf("en"), looksOf("zh")...))
	})
}

// TestEveryStateInTheBrowser looks at what opens on a conversation: menus, macros, keys, the drawer of a narrow window.
func TestEveryStateInTheBrowser(t *testing.T) {
	o, ada := busy(t)
	for lang, who := range map[string]bot.AgentID{"zh": "max", "en": "ann"} {
		ctx := o.signIn(who)
		for name, open := range map[string]struct {
			width int64
			steps []step
		}{
			"snooze": {390, []step{click("[data-key=s]"), sees(".menu[open] button")}}, "transfer": {1280, []step{click("[data-key=t]"), sees(".menu[open] button")}},
			"snooze-wide": {1280, []step{click("[data-key=s]"), sees(".menu[open] button")}},
			"note":        {390, []step{click("#write input[value=note]"), has(`document.getElementById('write').classList.contains('note')`)}},
			"drawer":      {390, []step{click("#aside"), sees("#side")}}, "macros": {1280, []step{presses("m"), sees("#macro-list li")}},
			"keys": {390, []step{presses("?"), sees("#help")}}, "suggest": {1280, []step{has(`document.querySelectorAll('#suggest [data-insert]').length > 0`), click("#suggest summary")}},
			"why": {1280, []step{click(".m.incoming details summary"), sees(".m.incoming details p")}},
		} {
			t.Run(lang+" "+name, func(t *testing.T) {
				do(t, ctx, chromedp.EmulateViewport(open.width, 844), visits(o.url+"/console/c/"+string(ada.ID)+"?queue=all"), sees("#write"), has(`document.readyState === 'complete'`))
				do(t, ctx, open.steps...)
				for _, scheme := range []string{"light", "dark"} {
					do(t, ctx, media(scheme), painted())
					for _, what := range stumbles(t, ctx) {
						t.Errorf("%s, %s: %s", name, scheme, what)
					}
					whole(t, ctx, fmt.Sprintf("%s-open-%s-%d-%s", lang, name, open.width, scheme), open.width)
				}
			})
		}
	}
}

// TestWidgetColours: the button that the widget puts on other sites is out of reach of a page, so its colours are looked at on one
// of ours.
func TestWidgetColours(t *testing.T) {
	o := openOffice(t)
	ctx := browser(t)
	do(t, ctx, visits(o.url+"/channels/web/"), sees("#text"))
	pairs, err := chromedp.Run(ctx, chromedp.Evaluate[int](`fetch('widget.js').then((r) => r.text()).then((script) => {
		const pairs = [...script.matchAll(/background: (#\w+);\s*color: (#\w+)/g)];
		for (const [, ground, text] of pairs) {
			const p = document.createElement('p');
			p.textContent = 'widget'; p.style.background = ground; p.style.color = text;
			document.body.prepend(p);
		}
		return pairs.length;
	})`, chromedp.EvalAwaitPromise))
	if err != nil || pairs != 2 { // the button and the badge on it
		t.Fatalf("%d pairs of colours: %v", pairs, err)
	}
	for _, what := range stumbles(t, ctx) {
		t.Error(what)
	}
}

// TestChatInTheBrowser: the customers' page has no more to stumble over than the console, full and as the widget shows it.
func TestChatInTheBrowser(t *testing.T) {
	o := openOffice(t)
	for _, lang := range []string{"zh", "en"} {
		for _, embed := range []string{"", "&embed=1"} {
			name := strings.Trim(lang+"-chat"+strings.TrimPrefix(embed, "&"), "=1")
			t.Run(name, func(t *testing.T) {
				ctx := browser(t)
				url := o.url + "/channels/web/?lang=" + lang + embed
				looksGood(t, ctx, name+"-empty", url, append(looksOf("en"), looksOf("zh")...))
				for _, width := range []int64{1280, 390} {
					do(t, ctx, chromedp.EmulateViewport(width, 900), has(`document.documentElement.scrollHeight <= innerHeight && document.documentElement.scrollWidth <= innerWidth`))
				}
				do(t, ctx, chromedp.EmulateViewport(390, 844), say(map[string]string{"zh": "退货政策是什么？", "en": "how long does delivery to Shanghai take?"}[lang]), answers(1),
					say(map[string]string{"zh": "转人工", "en": "agent please"}[lang]), answers(2), types("#text", strings.Repeat("a ", 30)))
				for _, scheme := range []string{"light", "dark"} {
					do(t, ctx, media(scheme), painted())
					for _, what := range stumbles(t, ctx) {
						t.Errorf("%s: %s", scheme, what)
					}
					whole(t, ctx, name+"-said-390-"+scheme, 390)
				}
				do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.getElementById('offline').hidden = false; undefined`))
				for _, scheme := range []string{"light", "dark"} {
					do(t, ctx, media(scheme), painted())
					for _, what := range stumbles(t, ctx) {
						t.Errorf("offline, %s: %s", scheme, what)
					}
				}
			})
		}
	}
}
