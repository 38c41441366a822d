package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/kb"
	"huiyin/store/open"
)

// inBothLanguages tells a story of an editor in each language of the console, each with a shop of its own.
func inBothLanguages(t *testing.T, story func(t *testing.T, d *editorsDay)) {
	t.Helper()
	for _, lang := range []string{"en", "zh"} {
		t.Run(lang, func(t *testing.T) {
			p := startOn(t, t.TempDir(), "", someGolden)
			story(t, &editorsDay{t: t, p: p, ctx: editor(t, p, lang), lang: lang})
		})
	}
}

// fewerGolden is a store whose sample articles have some of their golden questions. All are asked at each publication;
// TestSampleShopCheck asks the whole set and bounds how many fail.
type fewerGolden struct{ open.Store }

func someGolden(s open.Store) open.Store { return fewerGolden{s} }

// SaveArticles implements kb.Store.
func (s fewerGolden) SaveArticles(ctx context.Context, articles []kb.Article) ([]kb.Article, error) {
	articles = slices.Clone(articles)
	for i, a := range articles {
		if a.UpdatedBy == kb.ByFolder {
			articles[i].Golden = a.Golden[:min(len(a.Golden), 2)]
		}
	}
	return s.Store.SaveArticles(ctx, articles)
}

// editorsDay is an editor at her desk.
type editorsDay struct {
	t    *testing.T
	p    *program
	ctx  context.Context
	lang string
}

// says is a sentence of the console in her language.
func (d *editorsDay) says(key string, pairs ...any) step {
	return shows(d.p.app.Words.Text(d.lang, key, pairs...))
}

// opens goes to a page of the knowledge base and waits for an element of it.
func (d *editorsDay) opens(path, to string) {
	d.t.Helper()
	do(d.t, d.ctx, visits(d.p.url+"/console/kb"+path), sees(to), has(`document.readyState === 'complete'`))
}

// looks keeps a picture, and says where the page is wider than the screen of a phone.
func (d *editorsDay) looks(name string) {
	d.t.Helper()
	do(d.t, d.ctx, chromedp.EmulateViewport(390, 844), has(`document.documentElement.scrollWidth <= 390`), chromedp.EmulateViewport(1280, 844))
	shot(d.t, d.ctx, "kb-day-"+name+"-"+d.lang)
}

// article is an article as it is stored.
func (d *editorsDay) article(id kb.ArticleID) kb.Article {
	d.t.Helper()
	a, err := d.p.app.Store.Article(context.Background(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// gets is what a customer is told who asks a question now.
func (d *editorsDay) gets(question string) string {
	d.t.Helper()
	out, err := d.p.app.publisher().Ask(context.Background(), kb.Query{Text: question, Lang: "en"})
	if err != nil {
		d.t.Fatal(err)
	}
	return out.Text
}

// TestEditorReviewsInTheBrowser: what is written is sent to review, approved and published; a change of it is scheduled, and
// customers get the published text until then.
func TestEditorReviewsInTheBrowser(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, d *editorsDay) {
		const question = "Do you translate song lyrics?"
		d.opens("/new", "#article")
		do(t, d.ctx, sets("select[name=lang]", "en"), types("input[name=title]", question), types("textarea[name=body]", "Yes, up to **twelve** lines for 20 yuan."),
			types("input[name=note]", "asked at the fair"))
		leads(t, d.ctx, "button[value=review]", ".notice")
		do(t, d.ctx, d.says("kb.saved.review"))
		d.looks("review")
		if strings.Contains(d.gets(question), "twelve") {
			t.Error("customers get what is in review")
		}
		leads(t, d.ctx, "button.primary[value=published]", ".notice")
		do(t, d.ctx, d.says("kb.saved.published"))
		if !strings.Contains(d.gets(question), "twelve") {
			t.Errorf("customers get %q", d.gets(question))
		}
		from := d.p.app.Now().AddDate(0, 0, 3).In(d.p.app.Config.location()).Format("2006-01-02T15:04")
		do(t, d.ctx, sets("textarea[name=body]", "Yes, up to **twenty** lines for 20 yuan."), sets("input[name=from]", from))
		leads(t, d.ctx, "button.primary[value=published]", ".notice")
		do(t, d.ctx, d.says("kb.saved.scheduled"), d.says("kb.pending.published"), click(".panel.warn summary"))
		d.looks("scheduled")
		if got := d.gets(question); !strings.Contains(got, "twelve") {
			t.Errorf("customers get %q before it is time", got)
		}
		do(t, d.ctx, sets("input[name=until]", "2020-01-01T00:00"))
		leads(t, d.ctx, "button.primary[value=published]", "[role=alert]")
		do(t, d.ctx, d.says("kb.problem"))
		d.looks("schedule-wrong")
	})
}

// TestEditorRollsBackInTheBrowser: what was changed is shown word by word, its translation is behind until somebody looks at
// it, and an earlier revision can be restored.
func TestEditorRollsBackInTheBrowser(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, d *editorsDay) {
		before := d.article("gift-wrap.en")
		d.opens("/a/gift-wrap.en", "#article")
		do(t, d.ctx, sets("textarea[name=summary]", "We wrap every present by hand, free of charge until Christmas."), types("input[name=note]", "Christmas"))
		leads(t, d.ctx, "button.primary[value=published]", ".notice, [data-back]")
		if d.article("gift-wrap.en").Revision == before.Revision { // other answers change, too: she confirms
			leads(t, d.ctx, ".bar .primary", ".notice")
		}
		d.opens("/a/gift-wrap.zh", "#article")
		do(t, d.ctx, has(`document.querySelector('.panel.warn')?.innerText.length > 10`))
		d.looks("behind")
		do(t, d.ctx, click("input[name=agreed]"))
		leads(t, d.ctx, "button.primary[value=published]", ".notice")
		d.opens("/a/gift-wrap.zh", "#article")
		do(t, d.ctx, has(`!document.querySelector('.panel.warn')`))
		d.opens("/a/gift-wrap.en/r/2", ".diff")
		d.looks("revision")
		d.opens("/a/gift-wrap.en/r/1", ".diff")
		do(t, d.ctx, d.says("kb.revision.since", "n", 2))
		d.looks("rollback")
		leads(t, d.ctx, "section form button", ".notice, [data-back]")
		if d.article("gift-wrap.en").Revision == 2 {
			leads(t, d.ctx, ".bar .primary", ".notice")
		}
		do(t, d.ctx, d.says("kb.saved.restored"))
		if a := d.article("gift-wrap.en"); a.Summary != before.Summary || a.Revision != 3 {
			t.Errorf("restored %q, revision %d", a.Summary, a.Revision)
		}
		d.opens("/a/gift-wrap.en/history", ".revisions")
		d.looks("history")
	})
}

// TestEditorForcesInTheBrowser: golden questions that would break stop a publication until a reason is given, which stays in
// the history.
func TestEditorForcesInTheBrowser(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, d *editorsDay) {
		d.opens("/a/no-stores.en", "#article")
		do(t, d.ctx, sets("input[name=title]", "Our postcards"), sets("textarea[name=questions]", ""), sets("textarea[name=body]", "We print postcards."), sets("textarea[name=summary]", ""),
			sets("textarea[name=golden]", "which animals live on the moon\nwhere is my parcel => order_status"))
		leads(t, d.ctx, "button.primary[value=published]", "[data-back]")
		do(t, d.ctx, d.says("kb.rehearsal.broken", "n", 1), shows("which animals live on the moon"), has(`!document.querySelector('.panel.bad').innerText.includes('where is my parcel')`))
		d.looks("broken")
		do(t, d.ctx, click(".bar .primary"), has(`document.querySelector('#force:invalid')`))
		do(t, d.ctx, types("#force", "the shop in Hangzhou opens on Monday"))
		leads(t, d.ctx, ".bar .primary", ".notice")
		do(t, d.ctx, d.says("kb.saved.published"), d.says("kb.forced"), shows("the shop in Hangzhou"))
		d.looks("forced")
		if a := d.article("no-stores.en"); !a.Forced || a.Note != "the shop in Hangzhou opens on Monday" {
			t.Errorf("%+v", a)
		}
	})
}

// TestEditorReplaysInTheBrowser: what customers asked this week is asked again before an edit and before an import, and the
// import can be taken back.
func TestEditorReplaysInTheBrowser(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, d *editorsDay) {
		customer := browser(t)
		do(t, customer, chromedp.EmulateViewport(390, 844), visits(d.p.url+"/channels/web/?lang=en"), sees("#text"),
			say("do you wrap presents for a birthday?"), answers(1), say("can you translate a manual for me?"), answers(2))
		d.opens("/a/gift-wrap.en", "#article")
		do(t, d.ctx, click(".more summary"), sees("button[value=withdraw]"))
		leads(t, d.ctx, "button[value=withdraw]", "[data-back]")
		do(t, d.ctx, d.says("kb.publish.away"))
		d.looks("replay-away")
		file := filepath.Join(t.TempDir(), "faq.csv")
		rows := "id,lang,title,summary,body,status,questions\nmanuals.en,en,Can you translate a manual for me?,,We send manuals in English and Chinese.,published,translate a manual\ngift-wrap.en,en,,Wrapping costs 5 yuan.,Wrapping costs 5 yuan.,published,\n"
		if err := os.WriteFile(file, []byte(rows), 0o600); err != nil {
			t.Fatal(err)
		}
		d.opens("/import", "input[type=file]")
		do(t, d.ctx, picks("input[type=file]", []string{file}))
		leads(t, d.ctx, "form.panel .primary", ".panel.bad[role=alert]")
		d.looks("plan-problem")
		if err := os.WriteFile(file, []byte(strings.Replace(rows, "gift-wrap.en,en,,", "gift-wrap.en,en,Gift wrapping,", 1)), 0o600); err != nil {
			t.Fatal(err)
		}
		d.opens("/import", "input[type=file]")
		do(t, d.ctx, picks("input[type=file]", []string{file}))
		leads(t, d.ctx, "form.panel .primary", ".bar a.button")
		do(t, d.ctx, d.says("kb.plan.counts", "new", 1, "changed", 1, "same", 0), d.says("kb.change.gained"))
		d.looks("plan")
		do(t, d.ctx, has(`!document.querySelector('#force') || (document.querySelector('#force').value = 'new prices')`))
		leads(t, d.ctx, ".bar .primary", ".notice")
		do(t, d.ctx, d.says("kb.import.done.import"))
		if got := d.gets("can you translate a manual for me?"); !strings.Contains(got, "manuals in English and Chinese") {
			t.Errorf("after the import customers get %q", got)
		}
		d.looks("imported")
		leads(t, d.ctx, "form[action$=undo] button", ".notice")
		do(t, d.ctx, d.says("kb.import.done.undo"))
		if a, wrap := d.article("manuals.en"), d.article("gift-wrap.en"); a.Status != kb.Archived || strings.Contains(wrap.Body, "5 yuan.") && !strings.Contains(wrap.Body, "\n") {
			t.Errorf("after the undo: %s, %q", a.Status, wrap.Body)
		}
	})
}

// TestEditorChecksInTheBrowser: the ten things to do first stand above everything else, and each golden question leads to
// the test bench, which says what intents decide.
func TestEditorChecksInTheBrowser(t *testing.T) {
	inBothLanguages(t, func(t *testing.T, d *editorsDay) {
		d.opens("/check", ".urgent li")
		do(t, d.ctx, has(`document.querySelectorAll('.urgent > ol > li').length <= 10`), d.says("kb.find.by_intent"))
		d.looks("check")
		do(t, d.ctx, click("details.panel:last-of-type summary"))
		d.looks("check-open")
		d.opens("/test?q=where+is+my+parcel", ".panel.warn")
		do(t, d.ctx, d.says("kb.outcome.intent", "name", "order_status"))
		d.looks("bench")
	})
}
