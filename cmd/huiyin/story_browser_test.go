package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"huiyin/bot"
)

// story is a working day of two agents, each in a browser and in her language, with three customers: Rosa in the web chat, 王芳 in
// Telegram, Bo in Slack.
type story struct {
	*office
	lin, max context.Context // English and Chinese
	rosa     context.Context
	fang     *telegramApp
	bo       *slackApp
	dir      string
}

// tellStory opens the shop.
func tellStory(t *testing.T) *story {
	t.Helper()
	s := &story{fang: newTelegramApp(t, "王芳"), bo: newSlackApp(t, "Bo Larsen"), dir: t.TempDir()}
	p := startWith(t, t.TempDir(), fmt.Sprintf(`
[[inbox]]
id = "web"
channel = "webchat"
name = "Web chat"
[[inbox]]
id = "telegram"
channel = "telegram"
name = "Telegram"
[inbox.settings]
token = %q
api_url = %q
[[inbox]]
id = "slack"
channel = "slack"
name = "Slack"
[inbox.settings]
mode = "http"
bot_token = "xoxb-1"
signing_secret = "signing-secret-of-tests"
api_url = %q
`, telegramToken, s.fang.URL, s.bo.URL+"/api/"))
	s.bo.p, s.office = p, furnish(t, p)
	s.lin, s.max = s.signIn("lin"), s.signIn("max")
	s.rosa = browser(t)
	do(t, s.rosa, chromedp.EmulateViewport(390, 844), visits(s.url+"/channels/web/?lang=en"), sees("#text"))
	return s
}

// in is the conversation of an inbox, of which each has one.
func (s *story) in(inbox bot.InboxID) bot.Conversation {
	s.t.Helper()
	list, err := s.app.Store.Conversations(s.t.Context(), bot.Filter{Inbox: inbox, Limit: 2})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("%s has %d conversations: %v", inbox, len(list), err)
	}
	return list[0]
}

// opens shows an agent a conversation.
func (s *story) opens(agent context.Context, inbox bot.InboxID) {
	s.t.Helper()
	do(s.t, agent, visits(s.url+"/console/c/"+string(s.in(inbox).ID)+"?queue=all"), sees("#write"), has(`document.readyState === 'complete'`))
}

// keyed uses a key of the console, with nothing under the hand that would take it.
func keyed(key string) step {
	return chromedp.Steps(has(`(document.activeElement.blur(), true)`), presses(key))
}

// writes sends a reply as an agent does.
func writes(text string) step {
	return chromedp.Steps(types("#text", text), click("#send"), has(`document.getElementById('text').value === ''`))
}

// chip waits for the word at the head of a conversation that says whose it is.
func chip(word string) step {
	return has(fmt.Sprintf(`document.querySelector('.head .chip').textContent === %q`, word))
}

// TestTheStoryOfADay: questions, the wish for a person, a colleague's lock, notes, pictures, transfers, ratings and the way back to the
// bot, as everybody sees them.
func TestTheStoryOfADay(t *testing.T) {
	s := tellStory(t)
	for _, part := range []struct {
		name string
		play func(*testing.T)
	}{
		{"the bot answers on every channel", s.botAnswers}, {"everybody is told her place", s.places}, {"the agents share the queue", s.claims},
		{"a colleague's soft lock", s.softLock}, {"a note that names a colleague", s.mention}, {"a canned reply", s.canned},
		{"pictures both ways", s.pictures}, {"transferred, and told so", s.transfers}, {"snoozed until she writes", s.snoozes},
		{"resolved, and rated with native buttons", s.ratings}, {"back to the bot", s.backToTheBot}, {"what each side has seen", s.everySide},
	} {
		told := t.Run(part.name, func(t *testing.T) {
			s.t, s.fang.t, s.bo.t = t, t, t
			part.play(t)
		})
		if !told {
			t.Fatal("the rest of the story goes on from there")
		}
	}
}

func (s *story) botAnswers(t *testing.T) {
	do(t, s.rosa, say("how do I pair the headphones with my phone?"), answers(1))
	s.fang.says("退货政策是什么？")
	s.fang.shows("7 天")
	s.bo.says("how long does delivery to Shanghai take?")
	s.bo.shows("2–4 days")
	do(t, s.lin, has(`document.querySelector('[data-name=waiting]').dataset.count === '0'`))
}

func (s *story) places(t *testing.T) {
	do(t, s.rosa, say("That doesn't work. I want to speak to a person, please."), shows("You're next in line."))
	s.fang.says("转人工")
	s.fang.shows("您前面还有 1 位")
	s.bo.says("agent please")
	s.bo.shows("There are 2 people ahead of you.")
	do(t, s.lin, has(`document.querySelector('[data-name=waiting]').dataset.count === '3'`), has(`document.querySelectorAll('.rows li a').length === 3`))
	do(t, s.max, has(`document.querySelector('[data-name=waiting]').dataset.count === '3'`))
	shot(t, s.lin, "story-queue-en")
	shot(t, s.max, "story-queue-zh")
	shot(t, s.rosa, "story-web-waiting")
}

func (s *story) claims(t *testing.T) {
	do(t, s.lin, keyed("x"), sees("#write"), chip("Yours"))
	do(t, s.rosa, shows("Hi, this is Lin."))
	if c := s.in("web"); c.Agent != "lin" {
		t.Errorf("the next in line is %+v", c)
	}
	s.opens(s.max, "telegram")
	do(t, s.max, keyed("c"), chip("我的"))
	s.fang.shows("您好，我是Max，现在由我来帮您。")
	s.opens(s.lin, "slack")
	do(t, s.lin, keyed("c"), chip("Yours"))
	s.bo.shows("Hi, this is Lin.")
}

func (s *story) softLock(t *testing.T) {
	s.opens(s.lin, "telegram")
	do(t, s.lin, shows("Max is reading this too"))
	do(t, s.max, shows("Lin也在看这个会话"), types("#text", "我来"), has(`(window.goesOn = setInterval(() => document.getElementById('text').dispatchEvent(new Event('input', {bubbles: true})), 500)) > 0`))
	do(t, s.lin, has(`document.body.innerText.includes('Max is writing a reply') && document.getElementById('send').textContent === 'Send anyway'`))
	shot(t, s.lin, "story-lock-en")
	do(t, s.max, has(`clearInterval(window.goesOn) === undefined`))
	do(t, s.max, sets("#text", ""), click("#write input[value=note]"))
	do(t, s.lin, has(`document.getElementById('send').textContent === 'Send'`))
	if _, err := s.app.Bot.Reply(t.Context(), s.in("telegram").ID, bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}, "let me"); err == nil {
		t.Error("a colleague's conversation is written into")
	}
}

// inside is what customers must never read.
const inside = "internal: refund approved"

func (s *story) mention(t *testing.T) {
	do(t, s.lin, visits(s.url+"/console/?queue=mine"), sees("#list"), has(`document.readyState === 'complete'`))
	const said = `'Max mentioned you in a note'`
	do(t, s.lin, has(`(new MutationObserver(() => { const t = document.querySelector('.toast'); if (t?.textContent === `+said+`) t.click(); }).observe(document.body, {childList: true, subtree: true})) === undefined`))
	do(t, s.max, types("#text", inside+" @L"), has(`!document.getElementById('canned').hidden`), presses("\r"), has(`document.getElementById('text').value.trim() === '`+inside+` @Lin'`), click("#send"), shows(inside))
	do(t, s.lin, sees(".m.private .named")) // the toast that was clicked leads there
	shot(t, s.lin, "story-mentioned-en")
	do(t, s.max, click("#write input[value=reply]"))
}

func (s *story) canned(t *testing.T) {
	do(t, s.max, types("#text", "/he"), has(`!document.getElementById('canned').hidden`), presses("\r"), has(`document.getElementById('text').value.startsWith('王芳您好，我是Max')`),
		click("#send"), has(`document.getElementById('text').value === ''`))
	s.fang.shows("王芳您好，我是Max，马上帮您看。")
}

func (s *story) pictures(t *testing.T) {
	fromFang, fromBo, fromRosa := photo(t, "png", 300, 200), photo(t, "png", 240, 160), photo(t, "jpeg", 300, 200)
	s.fang.sends(fromFang)
	do(t, s.max, drawn(1), types("#text", "请这样拉"), gives("paste", "#text", "like this.png", "image/png", photo(t, "png", 64, 48)),
		has(`!document.getElementById('send').disabled && document.querySelector('#tray .size').textContent.endsWith('B')`), click("#send"), drawn(2))
	s.fang.shows("请这样拉")
	if got := s.fang.pictured(); !bytes.Equal(got, photo(t, "png", 64, 48)) {
		t.Errorf("%d other bytes came to Telegram", len(got))
	}
	shot(t, s.max, "story-pictures-zh")
	s.opens(s.lin, "slack")
	s.bo.sends(fromBo)
	do(t, s.lin, drawn(1), types("#text", "Like this."), gives("paste", "#text", "like this.png", "image/png", photo(t, "png", 80, 60)),
		has(`!document.getElementById('send').disabled && document.querySelector('#tray .size').textContent.endsWith('B')`), click("#send"), drawn(2))
	s.bo.shows("Like this.")
	if got := s.bo.pictured(); !bytes.Equal(got, photo(t, "png", 80, 60)) {
		t.Errorf("%d other bytes came to Slack", len(got))
	}
	file := filepath.Join(s.dir, "broken.jpg")
	if err := os.WriteFile(file, fromRosa, 0o600); err != nil {
		t.Fatal(err)
	}
	s.opens(s.lin, "web")
	do(t, s.rosa, picks("#pick", []string{file}), has(`!document.getElementById('send').disabled`), click("#send"), drawn(1))
	do(t, s.lin, drawn(1), gives("drop", "#conversation", "new.png", "image/png", photo(t, "png", 90, 60)), has(`!document.getElementById('send').disabled`), writes("This is the new one."), drawn(2))
	do(t, s.rosa, shows("This is the new one."), drawn(2))
	shot(t, s.rosa, "story-web-pictures")
}

func (s *story) transfers(t *testing.T) {
	do(t, s.lin, keyed("t"), sees(".menu[open] button"), click(`.menu[open] [data-body="to=agent:max"]`), chip("Max"))
	do(t, s.rosa, shows("Max will take it from here."))
	s.opens(s.max, "web")
	do(t, s.max, chip("我的"), shows("This is the new one."), writes("Hi, Max here. It ships today."))
	do(t, s.rosa, shows("It ships today."))
}

func (s *story) snoozes(t *testing.T) {
	s.opens(s.lin, "slack")
	do(t, s.lin, keyed("s"), sees(".menu[open] button"), click(".menu[open] button"), has(`document.querySelector('[data-name=snoozed]').dataset.count === '1'`))
	s.bo.says("any news?")
	do(t, s.lin, shows("any news?"), has(`document.querySelector('[data-name=snoozed]').dataset.count === '0'`), writes("It leaves tomorrow."))
	s.bo.shows("It leaves tomorrow.")
}

func (s *story) ratings(t *testing.T) {
	do(t, s.lin, keyed("e"), chip("Resolved"))
	s.bo.presses(s.bo.shows("How happy are you with the help you got?"), "5 Very happy")
	s.bo.shows("Thank you for your rating!")
	do(t, s.max, keyed("e"), chip("已解决"))
	do(t, s.rosa, has(`document.querySelectorAll('#messages .row:last-of-type .choices button').length === 5`), click("#messages .row:last-of-type .choices button:nth-of-type(4)"), shows("Thank you for your rating!"))
	shot(t, s.rosa, "story-web-rated")
	s.opens(s.max, "telegram")
	do(t, s.max, keyed("e"), chip("已解决"))
	s.fang.presses(s.fang.shows("这次的服务，您满意吗？"), "2 不满意")
	s.fang.shows("很抱歉没让您满意")
	s.fang.says("等得有点久")
	s.fang.shows("转告")
	type rating struct {
		inbox bot.InboxID
		agent bot.AgentID
		value float64
	}
	var got []rating
	for f, err := range s.app.Store.Facts(t.Context(), s.app.Now().Add(-time.Hour), s.app.Now().Add(time.Hour)) {
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == bot.FactCSAT {
			got = append(got, rating{f.Inbox, f.Agent, f.Value})
		}
	}
	if want := []rating{{"slack", "lin", 5}, {"web", "max", 4}, {"telegram", "max", 2}}; !slices.Equal(got, want) {
		t.Errorf("rated %v, want %v", got, want)
	}
}

func (s *story) backToTheBot(t *testing.T) {
	s.fang.says("转人工")
	s.fang.shows("您排在第一位")
	do(t, s.max, chip("待接入"), keyed("c"), chip("我的"))
	s.fang.shows("您好，我是Max")
	do(t, s.max, keyed("b"), chip("机器人"))
	s.fang.shows("接下来由我继续陪您")
	s.fang.says("运费是多少？")
	s.fang.shows("运费")
	do(t, s.max, shows("运费是多少？"), chip("机器人"))
	shot(t, s.max, "story-back-zh")
}

// everySide compares what customers were shown with what is stored: all that is theirs once and in order, and nothing else.
func (s *story) everySide(t *testing.T) {
	wantQuiet(t, s.program) // what a phone shows may not be noted as sent yet
	for inbox, shown := range map[bot.InboxID][]string{"telegram": s.fang.texts(), "slack": s.bo.texts()} {
		messages, err := s.app.Store.Messages(t.Context(), s.in(inbox).ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		shown = slices.DeleteFunc(shown, func(text string) bool { return text == "" }) // pictures
		at := 0
		for _, m := range messages {
			if m.Direction != bot.Outgoing || m.Private || m.Delivery == bot.Cancelled || m.Text == "" {
				continue
			}
			if m.Delivery != bot.Sent && m.Delivery != bot.Delivered && m.Delivery != bot.Read {
				t.Errorf("%s: %q is %s", inbox, m.Text, m.Delivery)
			}
			first, _, _ := strings.Cut(m.Text, "\n") // platforms format the rest in their ways
			first = strings.Trim(strings.ReplaceAll(first, "**", ""), "# ")
			if at == len(shown) || !strings.Contains(shown[at], first) {
				t.Fatalf("%s: %q is stored, and shown is %q", inbox, first, shown[at:])
			}
			at++
		}
		if at < len(shown) {
			t.Errorf("%s: shown and not stored: %q", inbox, shown[at:])
		}
		if all := strings.Join(shown, "\n"); strings.Contains(all, inside) || strings.Contains(all, "It ships today") {
			t.Errorf("%s: somebody read what was not hers:\n%s", inbox, all)
		}
	}
	text := readsAs(t, s.rosa, "#messages")
	if strings.Contains(text, inside) || strings.Contains(text, "王芳") || strings.Contains(text, "It leaves tomorrow") {
		t.Errorf("Rosa read what was not hers:\n%s", text)
	}
	for _, agent := range []context.Context{s.lin, s.max} {
		s.opens(agent, "telegram")
		do(t, agent, shows(inside), shows("王芳您好，我是Max"), drawn(2))
	}
}
