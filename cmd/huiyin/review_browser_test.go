package main

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// TestReviewInTheBrowser: a lead reviews what an agent resolved, and the agent sees it.
func TestReviewInTheBrowser(t *testing.T) {
	o := openOffice(t)
	lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	var last bot.ConversationID
	for i, name := range []string{"Ada Wong", "王芳", "Tom", "Rosa", "Wu"} {
		last = o.writes(name, 0, []string{"My parcel is lost, this is terrible!", "agent please", "转人工"}[i%3], "agent please")
		if _, err := o.app.Bot.Reply(t.Context(), last, lin, "Sorry to hear that. It is found, you have it tomorrow."); err != nil {
			t.Fatal(err)
		}
		if _, err := o.app.Bot.Resolve(t.Context(), last, lin); err != nil {
			t.Fatal(err)
		}
	}
	max, page := o.signIn("max"), o.url+"/console/reviews?from="+o.today()
	do(t, max, visits(page), sees(".results a[href*='/review?']"), has(`document.querySelectorAll('.results a[href*="/review?"]').length === 3`))
	shot(t, max, "reviews-zh")
	leads(t, max, ".results a[href*='/review?']", ".reviewing form")
	do(t, max, chromedp.Evaluate[chromedp.Void](`document.querySelectorAll('.reviewing fieldset').forEach((f, i) => f.querySelectorAll('input')[i % 4].click()); undefined`),
		types("textarea[name=comment]", "语气很好，下次先确认订单号。"))
	shot(t, max, "review-zh")
	leads(t, max, ".reviewing .primary", "table.grid")
	do(t, max, shows("✓ Max"))
	shot(t, max, "reviewed-zh")
	ctx := o.signIn("lin")
	do(t, ctx, visits(o.url+"/console/reviews/mine"), sees(".rowed dl"), shows("语气很好"))
	shot(t, ctx, "reviews-mine")
	reviews, err := o.app.Store.Reviews(t.Context())
	if err != nil || len(reviews) != 1 || reviews[0].Agent != "lin" || fmt.Sprint(len(reviews[0].Scores)) != "4" {
		t.Errorf("%+v %v", reviews, err)
	}
}
