package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// TestNPSInTheBrowser: a day after their conversations were over, customers are asked in the web chat whether they would recommend
// the shop. One presses a button, one types a number, and each says why; staff read it on the customer's page, and leads in the
// digest.
func TestNPSInTheBrowser(t *testing.T) {
	dir := t.TempDir()
	o := furnish(t, startWith(t, dir, "[nps]\non = true\nevery_days = 90\nquiet = \"24h\"\n"))
	lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	over := func(lang, text string) (context.Context, bot.Conversation) {
		t.Helper()
		ctx := browser(t)
		do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(o.url+"/channels/web/?lang="+lang), sees("#text"), say(text), answers(1))
		list, err := o.app.Store.Conversations(t.Context(), allConversations)
		if err != nil || list[0].Status != bot.StatusWaiting {
			t.Fatalf("%+v, %v", list, err)
		}
		for _, act := range []func(context.Context, bot.ConversationID, bot.Agent) (bot.Conversation, error){o.app.Bot.Claim, o.app.Bot.Resolve} {
			if _, err := act(t.Context(), list[0].ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		do(t, ctx, has(`document.querySelectorAll('#messages .row:last-of-type .choices button').length === 5`)) // the question for a rating has come
		return ctx, list[0]
	}
	zh, mei := over("zh", "转人工")
	en, bo := over("en", "let me talk to a human")
	clockOf(t).advance(25 * time.Hour)
	if err := o.app.Bot.Tick(t.Context()); err != nil {
		t.Fatal(err)
	}
	eleven := has(`document.querySelectorAll('#messages .row:last-of-type .choices button').length === 11`)
	do(t, zh, shows("您有多大可能把我们推荐给朋友"), eleven)
	do(t, en, shows("How likely are you to recommend us"), eleven)
	shot(t, zh, "nps-asked-zh")
	shot(t, en, "nps-asked-en")
	do(t, zh, click("#messages .row:last-of-type .choices button:nth-of-type(11)"), shows("写下原因"))
	do(t, zh, say("客服很耐心，问题当天就解决了"))
	do(t, en, say("4"), shows("Thank you for being honest"))
	do(t, en, say("I had to ask twice about my refund"))
	for _, want := range []struct {
		conv  bot.Conversation
		score int
	}{{mei, 10}, {bo, 4}} {
		c, err := o.app.Store.Contact(t.Context(), want.conv.Contact)
		if err != nil || c.NPS == nil || c.NPS.Value != want.score {
			t.Fatalf("%+v, %v: want %d", c.NPS, err, want.score)
		}
	}
	desk := o.signIn("lin")
	do(t, desk, visits(o.url+"/console/people/"+string(mei.Contact)), shows("Would recommend"), shows("10"))
	shot(t, desk, "nps-person-en")
	admin := o.signIn("max")
	do(t, admin, visits(o.url+"/console/people/"+string(bo.Contact)), shows("推荐意愿"), shows("4"))
	shot(t, admin, "nps-person-zh")
	waitForComments(t, o, 2)
	shot(t, zh, "nps-answered-zh")
	shot(t, en, "nps-answered-en")
	o.stop()
	year, week := o.app.Now().In(o.app.Config.location()).ISOWeek()
	for lang, words := range map[string][]string{"zh": {"净推荐值"}, "en": {"Net promoter score"}} {
		out := filepath.Join(t.TempDir(), lang+".html")
		if code, said, errs := command(t, "", "--data", dir, "--lang", lang, "digest", "--week", fmt.Sprintf("%d-W%02d", year, week), "--format", "html", "--lang", lang, "--out", out); code != 0 {
			t.Fatalf("%d %s %s", code, said, errs)
		}
		page, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range words {
			if !strings.Contains(string(page), want) {
				t.Errorf("the digest in %s does not say %q", lang, want)
			}
		}
		do(t, admin, visits("file://"+out))
		do(t, admin, has(`([...document.querySelectorAll('body *')].filter(e => e.textContent.includes('`+words[0]+`')).pop().scrollIntoView({block: 'center'}), true)`))
		shot(t, admin, "nps-digest-"+lang)
	}
}

// waitForComments waits until so many scores have their reasons.
func waitForComments(t *testing.T, o *office, n int) {
	t.Helper()
	look, deadline := time.NewTicker(20*time.Millisecond), time.After(time.Minute)
	defer look.Stop()
	for {
		found := 0
		for f, err := range o.app.Store.Facts(t.Context(), o.app.Now().AddDate(0, 0, -7), o.app.Now().Add(time.Hour)) {
			if err != nil {
				t.Fatal(err)
			}
			if f.Name == bot.FactNPSComment {
				found++
			}
		}
		if found == n {
			return
		}
		select {
		case <-look.C:
		case <-deadline:
			t.Fatalf("%d comments, want %d", found, n)
		}
	}
}
