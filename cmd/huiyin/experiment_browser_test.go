package main

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/render"
)

// TestExperimentInTheBrowser: an editor compares another answer about returns; customers ask in the chat and say whether it
// helped; a week later the page and the digest say which answer helps more, and the winner waits for its review.
func TestExperimentInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ctx := o.signIn("max")
	article, err := o.app.Store.Article(t.Context(), "returns-window.zh")
	if err != nil {
		t.Fatal(err)
	}
	do(t, ctx, visits(o.url+"/console/kb/a/returns-window.zh"), sees(`a[href*="/experiments/new"]`))
	leads(t, ctx, `a[href*="/experiments/new"]`, `textarea[name="text_B_zh"]`)
	do(t, ctx, types(`input[name="name"]`, "退货：先说结论"), types(`textarea[name="text_B_zh"]`, "可以退：签收后 **7 天内**申请就行，运费看是谁的原因。打 13812345678 也可以问。"),
		has(`document.querySelector('#preview_B_zh .warn') !== null && !document.querySelector('#preview_B_zh').innerText.includes('13812345678')`))
	shot(t, ctx, "experiment-pii")
	do(t, ctx, chromedp.Evaluate[chromedp.Void](`document.querySelector('textarea[name="text_B_zh"]').select(); undefined`), types(`textarea[name="text_B_zh"]`, "可以退：签收后 **7 天内**申请就行，运费看是谁的原因。"),
		has(`document.querySelector('#preview_B_zh strong') !== null && document.querySelector('#preview_B_zh .warn') === null`))
	shot(t, ctx, "experiment-draft")
	leads(t, ctx, ".bar .primary", `form[action$="/start"]`)
	leads(t, ctx, `form[action$="/start"] button`, `[name="winner"]`)

	said := map[string]int{}
	for i := range 12 {
		id := o.writes(fmt.Sprint("客户", i), 0, "退货政策是什么？", "有帮助")
		list, err := o.app.Store.Messages(t.Context(), id, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.Variant != nil {
				said[m.Variant.Arm]++
				if begins := map[string]string{"A": article.Summary, "B": "可以退：签收后 **7 天内**"}[m.Variant.Arm]; !strings.HasPrefix(m.Text, begins) {
					t.Errorf("%s: %q", m.Variant.Arm, m.Text)
				}
			}
		}
	}
	if said["A"]+said["B"] != 12 || said["A"] == 0 || said["B"] == 0 {
		t.Fatalf("%v", said)
	}
	do(t, ctx, visitsAgain(), sees(`[name="winner"]`))
	shot(t, ctx, "experiment-early")

	e := o.earlier(said, 700)
	do(t, ctx, click(`form[action$="/end"] [value="B"]`), sees(".trialchart"), shows("B 更有帮助"))
	shot(t, ctx, "experiment-ended")
	do(t, ctx, visits(o.url+"/console/experiments"), sees(".trials"), shows("选用 B"))
	shot(t, ctx, "experiments")
	do(t, ctx, visits(o.url+"/console/experiments/"+e.ID), sees(`form[action$="/adopt"]`))
	leads(t, ctx, `form[action$="/adopt"] button`, ".notice")
	after, err := o.app.Store.Article(t.Context(), "returns-window.zh")
	if err != nil || after.Summary != article.Summary || after.Pending == nil || !strings.HasPrefix(after.Pending.Summary, "可以退") {
		t.Errorf("%+v %v", after.Pending, err)
	}
	shot(t, ctx, "experiment-adopted")

	all, err := o.app.Store.Experiments(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d experiments: %v", len(all), err)
	}
	week := feedback.WeekOf(all[0].Ended, o.app.Config.location()) // the last one that reports it
	for format, want := range map[render.Format]string{render.Markdown: "B 更有帮助", render.CSV: "退货：先说结论", render.JSON: "trial.verdict.helped.better", render.HTML: "说法对比"} {
		var out bytes.Buffer
		if err := o.app.digests().write(t.Context(), &out, week, format, "zh"); err != nil || !strings.Contains(out.String(), want) {
			t.Errorf("%s: no %q, %v", format, want, err)
		}
	}
	do(t, ctx, visits(o.url+"/console/digest/"+week.Name()), shows("说法对比"),
		chromedp.Evaluate[chromedp.Void](`[...document.querySelectorAll('*')].filter(x => x.children.length === 0 && x.innerText === '说法对比')[0].scrollIntoView(); undefined`))
	shot(t, ctx, "experiment-digest")
}

// earlier makes the experiment a fortnight old, and lets n more customers an arm have taken part since: of A's half said that
// it helped, of B's seven in ten.
func (o *office) earlier(said map[string]int, n int) bot.Experiment {
	o.t.Helper()
	ctx := o.t.Context()
	all, err := o.app.Store.Experiments(ctx)
	if err != nil || len(all) != 1 {
		o.t.Fatalf("%d experiments: %v", len(all), err)
	}
	e := all[0]
	e.Started = e.Started.AddDate(0, 0, -14)
	if err := o.app.Store.SaveExperiment(ctx, e, bot.Event{At: o.app.Now(), Actor: "max", Action: "experiment.start", Object: e.ID}); err != nil {
		o.t.Fatal(err)
	}
	for i := range 2 * n {
		arm, helped := "A", i/2%10 < 5
		if i%2 == 1 {
			arm, helped = "B", i/2%10 < 7
		}
		at := e.Started.Add(time.Duration(i+1) * 13 * 24 * time.Hour / time.Duration(2*n+1))
		id := bot.ConversationID(fmt.Sprint("past", i))
		conv := bot.Conversation{ID: id, Inbox: "web", Channel: "webchat", Thread: string(id), Contact: bot.ContactID(id), Status: bot.StatusResolved, Epoch: 1, Lang: "zh",
			CreatedAt: at, UpdatedAt: at, ResolvedAt: at}
		fact := bot.Fact{Name: bot.FactVariant, Value: 1, Label: e.ID + ":" + arm, Start: at, End: at, Conversation: id, Inbox: "web", Channel: "webchat", Lang: "zh"}
		change := bot.Change{Conversation: conv, Contact: &bot.Contact{ID: conv.Contact, CreatedAt: at, SeenAt: at}, Facts: []bot.Fact{fact}}
		if helped {
			fact.Name, fact.Label, fact.End = bot.FactHelped, "article:"+string(e.Subject.Article), at.Add(time.Minute)
			change.Facts = append(change.Facts, fact)
		}
		if err := o.app.Store.Save(ctx, change); err != nil {
			o.t.Fatal(err)
		}
	}
	return e
}
