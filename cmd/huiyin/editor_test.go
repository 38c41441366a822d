package main

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/kb"
)

// editor signs an editor in, in a browser of her own.
func editor(t *testing.T, p *program, lang string) context.Context {
	t.Helper()
	ctx := browser(t)
	e := bot.Agent{ID: "mei", Name: "Mei", Email: "mei@shop.example", Role: bot.RoleEditor, Lang: "en", PasswordHash: "x", CreatedAt: p.app.Now()}
	if lang == "zh" {
		e.Lang = "zh"
	}
	if err := p.app.Store.SaveAgent(context.Background(), e, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	token, err := console.NewLink(context.Background(), p.app.Store, e.ID, p.app.Now(), random)
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(p.url+"/console/login?once="+token))
	leads(t, ctx, "form button", "nav.top")
	return ctx
}

// beside saves a draft of a published article beside it.
func beside(t *testing.T, p *program, id kb.ArticleID, more string) {
	t.Helper()
	a, err := p.app.Store.Article(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	change := a.Working()
	change.Body, change.Status = change.Body+"\n\n"+more, kb.Draft
	if _, _, err := p.app.publisher().Propose(context.Background(), change, kb.Signed{By: "Mei", Note: "islands"}); err != nil {
		t.Fatal(err)
	}
}

// TestEditorInTheBrowser is an editor's day: a customer's question without an answer becomes an article, and the next
// customer gets it.
func TestEditorInTheBrowser(t *testing.T) {
	p := startOn(t, t.TempDir(), "", someGolden)
	customer, ctx := browser(t), editor(t, p, "en")
	do(t, customer, chromedp.EmulateViewport(390, 844), visits(p.url+"/channels/web/?lang=en"), sees("#text"),
		say("how long does delivery to Shanghai take?"), answers(1), say("can I park my camper van at your office?"), answers(2))
	do(t, ctx, visits(p.url+"/console/kb"), sees(".articles"))
	shot(t, ctx, "kb-list")
	do(t, ctx, visits(p.url+"/console/kb/gaps"), shows("camper van"))
	shot(t, ctx, "kb-gaps")
	leads(t, ctx, ".gaps form button", "#article")
	do(t, ctx, shows("closes the gap"),
		types("textarea[name=body]", "Vans are **welcome** behind our office.\n\n- before 18:00\n- please ring"),
		has(`document.querySelector('#preview strong')?.innerText === 'welcome'`))
	shot(t, ctx, "kb-draft")
	do(t, ctx, click("input[name=tell]"))
	leads(t, ctx, "button[value=published]", "[data-back]")
	do(t, ctx, shows("golden questions"))
	shot(t, ctx, "kb-publish")
	leads(t, ctx, ".bar .primary", ".notice")
	do(t, ctx, shows("Customers get this from now on"), shows("The person who asked is being told"))
	shot(t, ctx, "kb-published")
	do(t, customer, answers(3), shows("You asked us"), shows("welcome"))
	shot(t, customer, "kb-told")
	do(t, customer, say("may I park my camper van at the office"), answers(4))
	do(t, ctx, visits(p.url+"/console/kb/gaps"), shows("No open gaps"))
	do(t, ctx, visits(p.url+"/console/kb/test?q=how+long+does+delivery+take"), shows("The bot answers"))
	shot(t, ctx, "kb-test")
	do(t, ctx, visits(p.url+"/console/kb/words"), sees("#groups"), types("#groups", "\ncamper van, motorhome, 房车"))
	leads(t, ctx, "#words .primary", "button[name=confirm]")
	shot(t, ctx, "kb-words")
	leads(t, ctx, "button[name=confirm]", ".notice")
	do(t, ctx, shows("Searches use these words now"))
	do(t, ctx, visits(p.url+"/console/kb/import"), sees("input[type=file]"))
	shot(t, ctx, "kb-import")
	file := filepath.Join(t.TempDir(), "faq.csv")
	if err := os.WriteFile(file, []byte("id,lang,title,body,status,category\ndelivery-times.en,en,Dispatch and delivery times,Within a week.,published,delivery\npets.en,en,Are pets allowed in the shop?,Small ones.,draft,\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, picks("input[type=file]", []string{file}))
	leads(t, ctx, "form.panel .primary", ".bar a.button")
	do(t, ctx, shows("1 new, 1 changed"),
		click("details.panel summary"))
	shot(t, ctx, "kb-plan")
	do(t, ctx, visits(p.url+"/console/kb/check"), sees("details.panel"))
	shot(t, ctx, "kb-check")
	do(t, ctx, visits(p.url+"/console/kb/a/delivery-times.en"), sees("#article"))
	shot(t, ctx, "kb-edit")
	beside(t, p, "delivery-times.en", "Islands take two days more.")
	do(t, ctx, visits(p.url+"/console/kb/a/delivery-times.en?saved=beside.draft"), shows("Customers still get the published text"),
		click(".panel.warn summary"), click(".more summary"), sees("button[value=withdraw]"))
	shot(t, ctx, "kb-beside")
	do(t, ctx, visits(p.url+"/console/kb/a/can-i-park-my-camper-van-at-your-office.en/r/2"), sees(".diff"))
	shot(t, ctx, "kb-revision")
	me, err := p.app.Store.Agent(context.Background(), "mei")
	if err != nil {
		t.Fatal(err)
	}
	me.Lang = "zh"
	if err := p.app.Store.SaveAgent(context.Background(), me, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"list": "", "edit": "/a/delivery-times.zh", "test": "/test?q=" + url.QueryEscape("快递几天到"), "check": "/check", "import": "/import", "gaps": "/gaps"} {
		do(t, ctx, visits(p.url+"/console/kb"+path), shows("知识缺口"))
		shot(t, ctx, "kb-zh-"+name)
	}
	if err := os.WriteFile(file, []byte("id,标题,状态\npets.zh,店里能带宠物吗,live\n,,draft\npets.zh,能带狗吗,draft,多\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	do(t, ctx, visits(p.url+"/console/kb/import"), sees("input[type=file]"), picks("input[type=file]", []string{file}))
	leads(t, ctx, "form.panel .primary", ".panel.bad")
	do(t, ctx, shows("没有导入任何内容"), shows("faq.csv 第 4 行：这一行有 4 格"))
	shot(t, ctx, "kb-zh-problems")
}
