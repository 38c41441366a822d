package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/nlp"
)

// office is a program with staff, canned replies, promises, and customers who wait.
type office struct {
	*program
	t *testing.T
	n int
}

func openOffice(t *testing.T) *office {
	t.Helper()
	return furnish(t, start(t, t.TempDir()))
}

// furnish gives a program its staff and what they work with.
func furnish(t *testing.T, p *program) *office {
	t.Helper()
	o := &office{program: p, t: t}
	for _, a := range []bot.Agent{
		{ID: "lin", Name: "Lin", Email: "lin@shop.example", Role: bot.RoleAgent, Lang: "en", PasswordHash: "x", Team: "Returns"},
		{ID: "max", Name: "Max", Email: "max@shop.example", Role: bot.RoleAdmin, Lang: "zh", PasswordHash: "x"},
	} {
		if err := o.app.Store.SaveAgent(t.Context(), a, bot.Event{At: o.app.Now(), Actor: "system", Action: "agent.create", Object: string(a.ID)}); err != nil {
			t.Fatal(err)
		}
	}
	canned := []bot.Canned{
		{ID: "1", Key: "hello", Title: "Greeting / 问候", Text: map[nlp.Lang]string{"en": "Hello {name}, this is {agent}. Let me have a look.", "zh": "{name}您好，我是{agent}，马上帮您看。"}},
		{ID: "2", Key: "photo", Title: "Ask for a photo", Text: map[nlp.Lang]string{"en": "Could you send us a photo of it, please?", "zh": "麻烦您拍张照片发给我们好吗？"}},
	}
	for _, c := range canned {
		if err := o.app.Store.SaveCanned(t.Context(), c, bot.Event{At: o.app.Now(), Actor: "max", Action: "canned.save", Object: c.Key}); err != nil {
			t.Fatal(err)
		}
	}
	always := bot.Calendar{Zone: "Asia/Shanghai"}
	for day := range always.Week {
		always.Week[day] = "00:00-24:00"
	}
	rules := bot.DeskRules{FirstResponse: 10 * time.Minute, NextResponse: 15 * time.Minute, Resolution: 8 * time.Hour, Capacity: 5, Calendar: &always}
	if err := o.app.Bot.SaveRules(t.Context(), bot.Agent{ID: "max"}, rules); err != nil {
		t.Fatal(err)
	}
	return o
}

// today is the day that it is at the shop: another than where the test runs, for some hours.
func (o *office) today() string {
	return o.app.Now().In(o.app.Config.location()).Format(time.DateOnly)
}

// writes lets a customer write, and waits until the bot has dealt with it.
func (o *office) writes(who string, ago time.Duration, texts ...string) bot.ConversationID {
	o.t.Helper()
	notices := o.app.Bot.Subscribe(o.t.Context())
	var id bot.ConversationID
	for _, text := range texts {
		o.n++
		e := bot.Inbound{Inbox: "web", SourceID: fmt.Sprint("e", o.n), Kind: bot.KindMessage, Thread: "thread-" + who, Text: text,
			From: bot.Person{SourceID: who, Name: who}, At: o.app.Now().Add(-ago)}
		if err := o.app.Bot.Handle(context.Background(), e); err != nil {
			o.t.Fatal(err)
		}
		for n := range notices {
			if n.Conversation.Name == who && slices.ContainsFunc(n.Messages, func(m bot.Message) bool { return m.Author == bot.ByContact && m.Text == text }) {
				id = n.Conversation.ID
				break
			}
		}
	}
	return id
}

// signIn opens the console as an agent.
func (o *office) signIn(id bot.AgentID) context.Context {
	o.t.Helper()
	token, err := console.NewLink(o.t.Context(), o.app.Store, id, o.app.Now(), random)
	if err != nil {
		o.t.Fatal(err)
	}
	ctx := browser(o.t)
	do(o.t, ctx, chromedp.EmulateViewport(1280, 844), visits(o.url+"/console/login?once="+token))
	leads(o.t, ctx, "form button", "#list")
	return ctx
}

// TestTwoAgentsInTheBrowser plays a working day: two agents, customers in both languages, everything that the desk can do.
func TestTwoAgentsInTheBrowser(t *testing.T) {
	o := openOffice(t)
	ada := o.writes("Ada Wong", 0, "The zipper of my backpack broke after two days, this is terrible", "can I return it?", "I want to speak to a person")
	fang := o.writes("王芳", 0, "退货政策是什么？", "转人工")
	o.writes("Tom", 0, "agent please")
	o.writes("Rosa", 0, "how long does delivery to Shanghai take?")
	lin, max := o.signIn("lin"), o.signIn("max")

	t.Run("one key takes who stands in front, the unhappy first", func(t *testing.T) {
		do(t, lin, has(`document.querySelector('[data-name=waiting]').dataset.count === '3'`))
		shot(t, lin, "desk-inbox-en")
		shot(t, max, "desk-inbox-zh")
		do(t, lin, presses("x"), sees("#write"), shows("Yours"), has(`document.querySelector('.head .chip').offsetHeight < 26`))
		if c, err := o.app.Store.Conversation(t.Context(), ada); err != nil || c.Agent != "lin" {
			t.Errorf("%+v %v", c, err)
		}
	})
	t.Run("a canned reply, and a suggested answer", func(t *testing.T) {
		do(t, lin, types("#text", "/he"), has(`!document.getElementById('canned').hidden`))
		shot(t, lin, "desk-canned-menu")
		do(t, lin, presses("\r"), has(`document.getElementById('text').value.trim() === 'Hello Ada Wong, this is Lin. Let me have a look.'`),
			has(`document.querySelectorAll('#suggest [data-insert]').length > 0`), click("#suggest summary"))
		shot(t, lin, "desk-suggest")
		do(t, lin, click("#suggest [data-insert]"), has(`document.getElementById('text').value.length > 80`))
		do(t, lin, click("#suggest summary"), has(`!document.getElementById('suggest').open`))
	})
	t.Run("a draft survives a reload", func(t *testing.T) {
		do(t, lin, visitsAgain(), sees("#write"), has(`document.getElementById('text').value.startsWith('Hello Ada')`))
	})
	t.Run("words typed before the page is whole stay", func(t *testing.T) {
		early := page.AddScriptToEvaluateOnNewDocumentParams{Source: `document.addEventListener('readystatechange', () => {
			const text = document.readyState === 'interactive' && document.getElementById('text');
			if (text) { text.focus(); text.value = '/he'; }
		})`}
		do(t, lin, chromedp.Evaluate[chromedp.Void](`document.getElementById('text').value = 'an older draft'; document.getElementById('text').dispatchEvent(new Event('input')); undefined`),
			chromedp.Func(func(ctx context.Context, target *chromedp.Target) error {
				added, err := cdp.Call(ctx, target, page.AddScriptToEvaluateOnNewDocument, early)
				if err != nil {
					return err
				}
				if _, err := visitsAgain()(ctx, target); err != nil {
					return err
				}
				_, err = cdp.Call(ctx, target, page.RemoveScriptToEvaluateOnNewDocument, page.RemoveScriptToEvaluateOnNewDocumentParams{Identifier: added.Identifier})
				return err
			}),
			has(`!document.getElementById('canned').hidden && document.getElementById('text').value === '/he'`),
			presses("\r"), has(`document.getElementById('text').value.startsWith('Hello Ada')`))
	})
	t.Run("colleagues see who reads and writes", func(t *testing.T) {
		do(t, max, visits(o.url+"/console/c/"+string(ada)), sees("#write"))
		do(t, lin, shows("Max is reading this too"))
		do(t, max, shows("Lin也在看这个会话"), types("#text", "我来"))
		do(t, lin, shows("Max is writing a reply"), has(`document.getElementById('send').textContent === 'Send anyway'`))
		shot(t, lin, "desk-two-writers")
		do(t, max, click("#write input[value=note]"))
		do(t, lin, has(`document.getElementById('send').textContent === 'Send'`))
	})
	t.Run("a note stays inside, a reply reaches the customer", func(t *testing.T) {
		shot(t, max, "desk-note-zh")
		do(t, max, click("#send"), shows("内部备注"))
		do(t, lin, shows("我来"), click("#send"), has(`document.getElementById('text').value === ''`))
		list, err := o.app.Store.Messages(t.Context(), ada, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range list {
			if m.Text == "我来" && (!m.Private || m.Delivery != "") || strings.HasPrefix(m.Text, "Hello Ada") && (m.Private || m.Author != bot.ByAgent) {
				t.Errorf("%+v", m)
			}
		}
	})
	t.Run("a colleague is called in a note", func(t *testing.T) {
		do(t, max, visits(o.url+"/console/?queue=all"), sees("#list"), has(`!document.querySelector('[data-name=mentions]')`))
		do(t, lin, click("#write input[value=note]"), types("#text", "can you look, @m"), has(`!document.getElementById('canned').hidden`))
		shot(t, lin, "desk-mention-menu")
		do(t, lin, presses("\r"), has(`document.getElementById('text').value.trim() === 'can you look, @Max'`), click("#send"), shows("@Max"))
		do(t, max, has(`document.querySelector('.toast')?.textContent === 'Lin 在备注里提到了您'`), has(`document.querySelector('[data-name=mentions]')?.dataset.count === '1'`))
		shot(t, max, "desk-mention-zh")
		do(t, max, click(".toast"), sees(".m.private .named"))
		shot(t, max, "desk-mentioned-zh")
		do(t, max, has(`!document.querySelector('[data-name=mentions]')`))
		do(t, lin, click("#write input[value=reply]"))
	})
	t.Run("tags, and a filter by them", func(t *testing.T) {
		do(t, lin, types("#tags", "VIP, broken zip\r"), has(`[...document.querySelectorAll('.tag')].some((e) => e.textContent === 'vip')`))
		do(t, max, visits(o.url+"/console/?queue=all&tag=vip"), has(`document.querySelectorAll('.rows li').length === 1`))
		shot(t, max, "desk-filter-zh")
	})
	t.Run("a saved view, with its count, on a key", func(t *testing.T) {
		do(t, max, types(".keep input[name=name]", "贵宾"), click(".keep button"), sees(`.views a[aria-current][data-count="1"]`), shows("贵宾"))
		shot(t, max, "desk-view-zh")
		o.writes("小李", 0, "发票怎么开？", "转人工")
		do(t, max, visits(o.url+"/console/?queue=all"), sees(`.views a[data-count="1"]`), has(`document.querySelectorAll('.rows li').length > 1`),
			presses("1"), sees(`.views a[aria-current]`), has(`document.querySelectorAll('.rows li').length === 1`))
		li, err := o.app.Store.Conversations(t.Context(), bot.Filter{Limit: 1})
		if err != nil || len(li) != 1 || li[0].Name != "小李" {
			t.Fatalf("%+v %v", li, err)
		}
		if _, err := o.app.Bot.Tag(t.Context(), li[0].ID, bot.Agent{ID: "max"}, []string{"vip"}); err != nil {
			t.Fatal(err)
		}
		do(t, max, has(`document.querySelector('.views a').dataset.count === '2' && document.querySelectorAll('.rows li').length === 2`))
	})
	t.Run("passed on to a colleague", func(t *testing.T) {
		do(t, lin, presses("\x1b"), chromedp.Evaluate[chromedp.Void](`document.activeElement.blur(); undefined`), presses("t"), sees(".menu[open] button"))
		shot(t, lin, "desk-transfer")
		do(t, lin, click(`.menu[open] [data-body="to=agent:max"]`), has(`document.querySelector('.head .chip').textContent === 'Max'`))
	})
	t.Run("set aside", func(t *testing.T) {
		do(t, max, visits(o.url+"/console/c/"+string(fang)), sees("#write"))
		shot(t, max, "desk-waiting-zh")
		do(t, max, presses("s"), sees(".menu[open] button"))
		shot(t, max, "desk-snooze-zh")
		do(t, max, click(".menu[open] button"), has(`document.querySelector('[data-name=snoozed]').dataset.count === '1'`))
		o.writes("王芳", 0, "在吗？")
		do(t, max, shows("在吗？"), has(`document.querySelector('[data-name=snoozed]').dataset.count === '0'`))
	})
	t.Run("search over everything, in both languages", func(t *testing.T) {
		do(t, lin, visits(o.url+"/console/"), sees("#find"), presses("/"), has(`document.activeElement.id === 'find'`),
			visits(o.url+"/console/search?q=退货"), has(`document.querySelectorAll('.results mark').length > 0`))
		shot(t, lin, "desk-search")
		do(t, lin, visits(o.url+"/console/search?q=ZIPPER+backpack"), has(`document.querySelectorAll('.results mark').length > 1`))
	})
	t.Run("every page", func(t *testing.T) {
		for name, path := range map[string]string{"board": "board", "rules": "rules", "canned-page": "canned", "staff": "staff", "audit": "audit"} {
			do(t, max, visits(o.url+"/console/"+path), sees(".column"))
			shot(t, max, "desk-"+name+"-zh")
		}
		c, err := o.app.Store.Conversation(t.Context(), ada)
		if err != nil {
			t.Fatal(err)
		}
		do(t, lin, visits(o.url+"/console/people/"+string(c.Contact)+"?q=Tom"), sees(".column"))
		shot(t, lin, "desk-person")
		do(t, lin, visits(o.url+"/console/?queue=mine"), sees("#list"), presses("?"), sees("#help"))
		shot(t, lin, "desk-help")
	})
}
