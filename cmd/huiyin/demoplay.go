package main

import (
	"bytes"
	"container/heap"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/internal/yamlfile"
	"huiyin/nlp"
)

// demoLine is a customer's first message.
type demoLine struct {
	at      time.Time
	channel string
	contact string
	text    string
	lang    nlp.Lang
	rating  int
}

// loadDemo reads the sample shop's three weeks.
func loadDemo() ([]demoLine, error) {
	raw, err := fs.ReadFile(data.Files(), "shop/feedback_sample.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		return nil, err
	}
	var lines []demoLine
	for _, r := range rows[1:] { // id,time,channel,contact,text,lang,rating
		at, err := time.Parse(time.RFC3339, r[1])
		if err != nil {
			return nil, err
		}
		rating, _ := strconv.Atoi(r[6]) // none is none
		lines = append(lines, demoLine{at, r[2], r[3], r[4], nlp.Lang(r[5]), rating})
	}
	return lines, nil
}

// demoCount is what was played.
type demoCount struct{ incoming, customers, answers, handoffs int }

// demoPlay lets customers and agents act, one event after the other, on the stage's clock. Chance is drawn from a
// fixed seed; what is left to it is how the bot's own parts interleave, which moves some lines from play to play.
type demoPlay struct {
	app    *App
	stage  *demoStage
	words  map[string]map[nlp.Lang][]string
	agents []bot.Agent
	random *rand.Rand
	events demoQueue
	next   int // number of the next event
	sent   int
	told   map[string]int // kind of line → how many were said
	count  demoCount
	crisis time.Time
}

// demoEvent is something that happens at a time.
type demoEvent struct {
	at time.Time
	n  int // breaks ties
	do func(ctx context.Context) error
}

func newDemoPlay(ctx context.Context, app *App, stage *demoStage, script []demoLine) (*demoPlay, error) {
	p := &demoPlay{app: app, stage: stage, agents: demoAgents(), random: rand.New(rand.NewPCG(2026, 46)), told: map[string]int{}}
	p.crisis = time.Date(2026, 11, 11, 0, 0, 0, 0, app.Config.location())
	raw, err := fs.ReadFile(data.Files(), "shop/demo.yaml")
	if err == nil {
		err = yamlfile.Decode("shop/demo.yaml", raw, &p.words)
	}
	if err != nil {
		return nil, err
	}
	for _, a := range p.agents {
		if err := app.Store.SaveAgent(ctx, a, bot.Event{At: stage.now(), Actor: "demo", Action: "agent.create", Object: string(a.ID)}); err != nil {
			return nil, err
		}
	}
	people := map[string]bool{}
	for _, l := range script {
		c := p.customer(l)
		people[c.thread] = true
		p.add(l.at, func(ctx context.Context) error { return p.opens(ctx, c, l) })
	}
	p.count.customers = len(people)
	p.shifts(script[0].at)
	return p, nil
}

func (p *demoPlay) add(at time.Time, do func(ctx context.Context) error) {
	p.next++
	heap.Push(&p.events, demoEvent{at, p.next, do})
}

// demoTick is how often, on the demo's clock, the bot looks after what no message sets off.
const demoTick = time.Hour

// run plays everything.
func (p *demoPlay) run(ctx context.Context) error {
	tick := p.stage.now().Add(demoTick)
	for p.events.Len() > 0 {
		e := heap.Pop(&p.events).(demoEvent)
		for !tick.After(e.at) {
			p.stage.set(tick)
			if err := p.app.Bot.Tick(ctx); err != nil {
				return err
			}
			tick = tick.Add(demoTick)
		}
		p.stage.set(e.at)
		if err := e.do(ctx); err != nil {
			return err
		}
		p.stage.settle(ctx)
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	p.stage.mu.Lock()
	p.count.answers = p.stage.sends
	p.stage.mu.Unlock()
	return nil
}

// demoCustomer is one person in one channel.
type demoCustomer struct {
	inbox  bot.InboxID
	thread string
	lang   nlp.Lang
	late   bool // writes about the crisis
	mood   int  // the rating that she would give, 1..5; 0: not known
	waited int  // answers of the bot so far
}

func (p *demoPlay) customer(l demoLine) *demoCustomer {
	c := &demoCustomer{inbox: "web", thread: l.contact, lang: l.lang, mood: l.rating}
	switch l.channel {
	case "telegram":
		c.inbox = "tg"
	case "email", "app_review": // the sample's other channels come in through Slack here
		c.inbox = "team"
	}
	c.late = !l.at.Before(p.crisis) && demoAboutDelivery(l.text)
	return c
}

// demoAboutDelivery reports whether a first message is about a parcel that does not come.
func demoAboutDelivery(text string) bool {
	folded := nlp.Fold(text)
	for _, w := range []string{"late", "delay", "warehouse", "track", "parcel", "deliver", "ship", "packed", "hub", "发货", "物流", "快递", "包裹", "仓", "没到", "还没", "打包", "天了", "等了"} {
		if strings.Contains(folded, w) {
			return true
		}
	}
	return false
}

// line is the next line of a kind, in the customer's language; all are used before one comes again.
func (p *demoPlay) line(kind string, lang nlp.Lang) string {
	lines := p.words[kind][lang]
	key := kind + string(lang)
	p.told[key]++
	at := p.stage.now()
	text := lines[(p.told[key]*7)%len(lines)]
	days := max(3, int(at.Sub(p.crisis).Hours()/24)+4)
	return strings.NewReplacer("{days}", strconv.Itoa(days), "{order}", fmt.Sprintf("HY2026%02d%02d-%04d", at.Month(), max(1, at.Day()-4), 1000+p.random.IntN(9000))).Replace(text)
}

// says sends a message, or a press when button is not empty, and waits until it is worked off.
func (p *demoPlay) says(ctx context.Context, c *demoCustomer, text, button string) error {
	p.sent++
	id := fmt.Sprintf("demo-%d", p.sent)
	in := bot.Inbound{Inbox: c.inbox, SourceID: id, Kind: bot.KindMessage, Thread: c.thread, From: bot.Person{SourceID: c.thread, Name: c.thread}, Text: text, At: p.stage.now()}
	if button != "" {
		in.Kind, in.Press = bot.KindPress, button
	}
	done := p.stage.expect(id)
	if err := p.app.Bot.Handle(ctx, in); err != nil {
		return err
	}
	p.count.incoming++
	select {
	case <-done:
	case <-time.After(300 * demoPatience):
		return errors.New("demo: a message was not answered")
	case <-ctx.Done():
	}
	p.stage.settle(ctx)
	return nil
}

// soon is a time some minutes on, now and then much longer.
func (p *demoPlay) soon(least, most time.Duration) time.Time {
	return p.stage.now().Add(least + time.Duration(p.random.Float64()*p.random.Float64()*float64(most-least)))
}

func (p *demoPlay) chance(share float64) bool { return p.random.Float64() < share }

// demoQueue is a heap of events, the earliest first.
type demoQueue []demoEvent

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (q demoQueue) Len() int { return len(q) }
func (q demoQueue) Less(a, b int) bool {
	return q[a].at.Before(q[b].at) || q[a].at.Equal(q[b].at) && q[a].n < q[b].n
}
func (q demoQueue) Swap(a, b int) { q[a], q[b] = q[b], q[a] }
func (q *demoQueue) Push(x any)   { *q = append(*q, x.(demoEvent)) }
func (q *demoQueue) Pop() any {
	old := *q
	e := old[len(old)-1]
	*q = old[:len(old)-1]
	return e
}
