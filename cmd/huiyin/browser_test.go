package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// shot keeps a picture when HUIYIN_SHOTS names a folder, for people to look at.
func shot(t *testing.T, ctx context.Context, name string) {
	t.Helper()
	folder, ok := os.LookupEnv("HUIYIN_SHOTS")
	if !ok {
		return
	}
	for _, scheme := range []string{"light", "dark"} {
		for _, width := range []int64{1280, 390} {
			_ = chromedp.Do(ctx, chromedp.EmulateViewport(width, 844), media(scheme))
			png, err := chromedp.Run(ctx, chromedp.CaptureScreenshot())
			if err != nil {
				t.Log(err)
				continue
			}
			if err := os.WriteFile(filepath.Join(folder, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), png, 0o600); err != nil {
				t.Log(err)
			}
		}
	}
	_ = chromedp.Do(ctx, chromedp.EmulateViewport(1280, 844), media("light"))
}

func media(scheme string) step {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
			Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}},
		})
		return err
	})
}

func TestCustomerInTheBrowser(t *testing.T) {
	p := start(t, t.TempDir())
	ctx := browser(t)
	page := p.url + "/channels/web/?lang=zh"
	do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(page), sees("#text"))
	shot(t, ctx, "chat-empty")
	do(t, ctx, say("退货政策是什么？"), answers(1), shows("7 天"))
	do(t, ctx, say("how long does delivery to Shanghai take?"), answers(2))
	shot(t, ctx, "chat-answers")
	t.Run("a button", func(t *testing.T) {
		do(t, ctx, click("#messages .choices button:not([disabled])"), answers(3))
	})
	t.Run("a form", func(t *testing.T) {
		do(t, ctx, say("HY20261103-4821 这个订单到哪了？"), answers(4), shows("ZTO7812300004821"))
	})
	t.Run("a person", func(t *testing.T) {
		do(t, ctx, click("#human"), answers(5))
		shot(t, ctx, "chat-human")
	})
	before := readsAs(t, ctx, "#messages")
	t.Run("history after a reload", func(t *testing.T) {
		do(t, ctx, visitsAgain(), answers(5))
		after := readsAs(t, ctx, "#messages")
		if count := strings.Count(after, "退货政策是什么"); count != 1 {
			t.Errorf("the first question stands %d times", count)
		}
		if len(after) < len(before)*9/10 {
			t.Errorf("history is shorter than what was there:\n%s\n---\n%s", after, before)
		}
	})
	t.Run("history after a restart", func(t *testing.T) {
		dir := p.app.Data
		p.stop()
		again := start(t, dir)
		// The browser keeps its token for the old address only; the store must have everything all the same.
		list, err := again.app.Store.Conversations(context.Background(), allConversations)
		if err != nil || len(list) != 1 || list[0].Status != "waiting" {
			t.Errorf("%v, %+v", err, list)
		}
	})
}

func TestAgentInTheBrowser(t *testing.T) {
	p := start(t, t.TempDir())
	link, err := p.app.firstLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	customer, agent := browser(t), browser(t)
	do(t, customer, chromedp.EmulateViewport(390, 844), visits(p.url+"/channels/web/?lang=en"), sees("#text"),
		say("how do I pair the headphones with my phone?"), answers(1), say("That doesn't work. I want to speak to a person, please."), answers(2))
	do(t, agent, chromedp.EmulateViewport(1280, 844), visits(p.url+link))
	leads(t, agent, "form button", "input[name=password]")
	shot(t, agent, "console-account")
	do(t, agent, sets("input[name=email]", "lin@shop.example"), sets("input[name=name]", "Lin"),
		types("input[name=password]", "a good long password"))
	leads(t, agent, "main form button", ".rows li.waiting a")
	shot(t, agent, "console-inbox")
	leads(t, agent, ".rows li.waiting a", "#write")
	shot(t, agent, "console-waiting")
	do(t, agent, click("[data-key=c]"), shows("Back to bot"), types("#text", "Hello, this is Lin. I'm sorry about that!"), click("#write button"))
	do(t, customer, shows("this is Lin"))
	shot(t, customer, "chat-agent")
	do(t, customer, say("thank you, when do I get a new one?"))
	do(t, agent, shows("when do I get a new one?"))
	t.Run("the bot is silent while a person has the conversation", func(t *testing.T) {
		n, err := chromedp.Run(customer, chromedp.Evaluate[int](`document.querySelectorAll('#messages .row.bot').length`))
		if err != nil {
			t.Fatal(err)
		}
		do(t, customer, say("退货政策是什么？"))
		do(t, agent, shows("退货政策是什么？"))
		if again, err := chromedp.Run(customer, chromedp.Evaluate[int](`document.querySelectorAll('#messages .row.bot').length`)); err != nil || again != n {
			t.Errorf("the bot spoke: %d bubbles, then %d (%v)", n, again, err)
		}
	})
	t.Run("deliveries are shown as they happen", func(t *testing.T) {
		do(t, agent, has(`document.querySelectorAll('.delivery.sent').length > 2 && document.querySelectorAll('.delivery.sending, .delivery.queued').length === 0`))
	})
	shot(t, agent, "console-agent")
	do(t, agent, click("[data-key=e]"), shows("Resolved"))
	do(t, agent, visits(p.url+"/console/digest"), sees(".column"))
	shot(t, agent, "console-digests")
	do(t, agent, visits(p.url+"/console/digest/"+p.app.digests().Week(p.app.Now())), sees(".one h1"))
	shot(t, agent, "digest")
}

// TestBadNetworkInTheBrowser writes while answers are lost and while nothing gets through. Everything must arrive when the
// network is back, in order and once.
func TestBadNetworkInTheBrowser(t *testing.T) {
	p := start(t, t.TempDir())
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(390, 844), visits(p.url+"/channels/web/?lang=en"), sees("#text"), say("hello"), answers(1))
	p.cut(networkDeaf)
	do(t, ctx, say("what does delivery cost?"), shows("Not sent yet"))
	p.cut(networkDown)
	do(t, ctx, say("how do I pay?"))
	shot(t, ctx, "chat-offline")
	p.cut(networkUp)
	do(t, ctx, answers(3), has(`document.querySelectorAll('#messages .row.me .state').length === 0`))
	list, err := p.app.Store.Conversations(context.Background(), allConversations)
	if err != nil || len(list) != 1 {
		t.Fatalf("%d conversations: %v", len(list), err)
	}
	messages, err := p.app.Store.Messages(context.Background(), list[0].ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range messages {
		if m.Direction == bot.Incoming {
			got = append(got, m.Text)
		}
	}
	if want := "hello|what does delivery cost?|how do I pay?"; strings.Join(got, "|") != want {
		t.Errorf("stored %q, want %q", got, want)
	}
}

func TestWidgetOnAnotherSite(t *testing.T) {
	var p *program
	host := hostPage(t, func() string { return p.url + "/channels/web/widget.js" })
	p = startWith(t, t.TempDir(), "[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\norigins = [\""+host+"\"]\n")
	notices := p.app.Bot.Subscribe(t.Context())
	ctx := browser(t)
	do(t, ctx, chromedp.EmulateViewport(1280, 844), visits(host), has(`chatStarted`))
	// The widget lives in a closed shadow root, out of the site's reach; so it is used as a person does: click, type.
	do(t, ctx, chromedp.MouseClickXY(1231, 795), has(`document.activeElement?.id === 'huiyin-widget'`),
		pressesInFrame("how long does delivery take?"), pressesInFrame("\r"))
	select {
	case n := <-notices:
		if n.Messages[0].Text != "how long does delivery take?" {
			t.Errorf("arrived as %q", n.Messages[0].Text)
		}
	case <-ctx.Done():
		shot(t, ctx, "failed-widget")
		t.Fatal("the message did not arrive")
	}
	shot(t, ctx, "widget")
}
