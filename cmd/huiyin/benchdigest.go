package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/render"
)

// benchDigest measures how long the digest of a week takes whose messages lie in a real database.
type benchDigest struct {
	Messages int  `help:"Customers' messages a week." default:"100000"`
	Weeks    int  `help:"Weeks that are filled, the last of them is reported on: it is compared with those before." default:"3"`
	Orders   int  `help:"Orders of the year, five a customer." default:"0"`
	JSON     bool `help:"Print one JSON object."`
}

// digestResult is what `huiyin bench digest --json` prints. Seconds are of the clock, the processor's of all threads.
type digestResult struct {
	Messages     int     `json:"messages"` // customers', of one week
	Weeks        int     `json:"weeks"`
	Orders       int     `json:"orders"`
	First        float64 `json:"first_seconds"` // everything is read for the digest
	FirstCPU     float64 `json:"first_cpu_seconds"`
	Seconds      float64 `json:"seconds"` // the hours were read ahead
	CPUSeconds   float64 `json:"cpu_seconds"`
	SameBytes    bool    `json:"same_bytes"`
	OrdersCPU    float64 `json:"orders_cpu_seconds"`       // what adding up all orders ahead costs
	AheadMicro   float64 `json:"ahead_cpu_us_per_message"` // what reading ahead costs
	StoreMB      float64 `json:"store_mb"`
	StoreAfterMB float64 `json:"store_after_mb"` // with the sheets
	PeakRSSMB    float64 `json:"peak_rss_mb"`
	PageKB       float64 `json:"page_kb"`
}

const (
	benchWeek = "2026-W46"
	// benchTalk is how many messages a customer writes in a conversation.
	benchTalk = 4
)

// Run measures on a database of its own in a temporary directory.
func (c *benchDigest) Run(e *env) error {
	return inTemporary(func(dir string) error { return c.run(e, dir) })
}

func (c *benchDigest) run(e *env, dir string) error {
	period, err := feedback.Week(benchWeek, defaultConfig().location())
	if err != nil {
		return err
	}
	app, err := e.miner(dir, func() time.Time { return period.End.Add(8 * time.Hour) })
	if err != nil {
		return err
	}
	defer app.Close()
	if err := app.openStore(); err != nil {
		return err
	}
	if err := c.buy(e.ctx, app, period); err != nil {
		return err
	}
	r := digestResult{Messages: c.Messages, Weeks: c.Weeks, Orders: c.Orders}
	for w, p := 0, period; w < c.Weeks; w, p = w+1, p.Before() {
		if err := c.fill(e.ctx, app, p, w); err != nil {
			return err
		}
	}
	r.StoreMB = fileMB(app)
	if err := c.measure(e.ctx, app, period, &r); err != nil {
		return err
	}
	return e.print(c.JSON, r)
}

// measure makes the digest before and after the hours were read ahead.
func (c *benchDigest) measure(ctx context.Context, app *App, period feedback.Period, r *digestResult) error {
	page := func() ([]byte, float64, float64, error) {
		var out bytes.Buffer
		start, used := time.Now(), cpuSeconds()
		err := app.digests().write(ctx, &out, period, render.HTML, "en")
		return out.Bytes(), time.Since(start).Seconds(), cpuSeconds() - used, err
	}
	before, seconds, cpu, err := page()
	if err != nil {
		return err
	}
	r.First, r.FirstCPU = seconds, cpu
	ahead, ok := app.ahead()
	if !ok {
		return errors.New("bench: this store keeps no sheets")
	}
	hours, err := ahead.Missing(ctx, app.Now())
	if err != nil {
		return err
	}
	used := cpuSeconds()
	for _, h := range hours {
		if err := ahead.Read(ctx, h); err != nil {
			return err
		}
	}
	r.AheadMicro = (cpuSeconds() - used) / float64(c.Messages*c.Weeks) * 1e6
	used = cpuSeconds()
	if err := app.readOrders(ctx); err != nil {
		return err
	}
	r.OrdersCPU = cpuSeconds() - used
	r.StoreAfterMB = fileMB(app)
	after, seconds, cpu, err := page()
	r.Seconds, r.CPUSeconds = seconds, cpu
	r.SameBytes, r.PageKB, r.PeakRSSMB = bytes.Equal(before, after), float64(len(after))/1024, peakRSS()
	return err
}

// fileMB is how large the database is.
func fileMB(app *App) float64 {
	info, err := os.Stat(filepath.Join(app.Data, "huiyin.db"))
	if err != nil {
		return 0
	}
	return float64(info.Size()) / (1 << 20)
}

// buyOrders is how many orders the benchmark imports at once.
const buyOrders = 20_000

// buy imports the year's orders, five a customer. Some of those who bought write in the week.
func (c *benchDigest) buy(ctx context.Context, app *App, p feedback.Period) error {
	var buyers []string
	for i := range c.Orders {
		buyers = append(buyers, bot.BuyerID(fmt.Sprint("p", i/5)))
	}
	slices.Sort(buyers) // a database takes what comes in the order of its keys much faster
	for from := 0; from < c.Orders; from += buyOrders {
		var part []bot.Order
		for i := from; i < min(from+buyOrders, c.Orders); i++ {
			part = append(part, bot.Order{Number: fmt.Sprintf("o%07d", i), Buyer: buyers[i : i+1], At: p.End.AddDate(0, 0, -1-i%360), Cents: int64(1000 + i*31%50_000), Currency: "CNY"})
		}
		in := bot.OrderImport{ID: fmt.Sprint("bench", from), At: p.Start}
		if _, err := app.Store.SaveOrders(ctx, in, part, bot.Event{At: p.Start, Actor: "bench", Action: "orders.import"}); err != nil {
			return err
		}
	}
	return nil
}

// fill writes a week of conversations: the sample's messages, again and again, each with an answer and the facts that go
// with it.
func (c *benchDigest) fill(ctx context.Context, app *App, p feedback.Period, week int) error {
	texts, err := sampleTexts()
	if err != nil {
		return err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(64)
	step := p.End.Sub(p.Start) / time.Duration(c.Messages+benchTalk)
	for from := 0; from < c.Messages; from += benchTalk {
		g.Go(func() error {
			at := func(i int) time.Time { return p.Start.Add(time.Duration(i) * step) }
			change, err := c.conversation(ctx, app, texts, week, from, at)
			if err != nil {
				return err
			}
			return app.Store.Save(ctx, change)
		})
	}
	return g.Wait()
}

// conversation is a customer's messages from the from-th of a week on, with what became of them.
func (c *benchDigest) conversation(ctx context.Context, app *App, texts []string, week, from int, at func(int) time.Time) (bot.Change, error) {
	id := bot.ConversationID(fmt.Sprintf("c%d-%06d", week, from))
	contact := bot.Contact{ID: bot.ContactID(fmt.Sprintf("p%d", from%(c.Messages/2+1))), CreatedAt: at(from)}
	conv := bot.Conversation{ID: id, Inbox: "bench", Channel: []string{"webchat", "telegram", "slack"}[from%3], Thread: string(contact.ID), Contact: contact.ID,
		Status: bot.StatusResolved, Epoch: 1, CreatedAt: at(from), OpenedAt: at(from), UpdatedAt: at(from + benchTalk), CustomerAt: at(from + benchTalk)}
	change := bot.Change{Contact: &contact}
	fact := func(i int, name string, value float64, label string) {
		change.Facts = append(change.Facts, bot.Fact{Name: name, Value: value, Label: label, Start: at(from), End: at(i), Conversation: id, Inbox: conv.Inbox, Channel: conv.Channel, Lang: conv.Lang})
	}
	for i := from; i < min(from+benchTalk, c.Messages); i++ {
		text := fmt.Sprintf("%s %d", texts[(i+week)%len(texts)], i)
		a, err := app.NLP.Analyze(ctx, text)
		if err != nil {
			return bot.Change{}, err
		}
		a.Tokens = nil
		conv.Lang = a.Lang
		action, label := bot.ActIntent, "intent:order_status"
		if i%7 == 0 {
			action, label = bot.ActFallback, ""
		}
		for _, m := range []bot.Message{
			{Direction: bot.Incoming, Author: bot.ByContact, Text: text, Lang: a.Lang, Analysis: &a, SourceID: fmt.Sprint("s", week, "-", i),
				Decision: &bot.Decision{Action: action}},
			{Direction: bot.Outgoing, Author: bot.ByBot, Text: "Your order is on its way; you can follow it under My orders.", Lang: a.Lang, Epoch: 1, Delivery: bot.Sent},
		} {
			conv.LastSeq++
			m.Seq, m.Conversation, m.Inbox, m.Thread, m.At = conv.LastSeq, id, conv.Inbox, conv.Thread, at(i)
			m.ID = bot.MessageID(fmt.Sprintf("%s-%d", id, m.Seq))
			change.Messages = append(change.Messages, m)
		}
		fact(i, bot.FactTurn, 1, string(action))
		if label != "" {
			fact(i, bot.FactAnswer, 1, label)
		} else {
			fact(i, bot.FactFallback, 1, "")
		}
	}
	fact(from, bot.FactStarted, 1, "")
	fact(from+benchTalk, bot.FactResolved, 600, "bot:assumed")
	if from%5 == 0 {
		fact(from+benchTalk, bot.FactHelped, float64(from/5%2), "intent:order_status")
	}
	if from%11 == 0 {
		fact(from+benchTalk, bot.FactHandoff, 1, "asked")
		fact(from+benchTalk, bot.FactClaimed, 60, "")
		fact(from+benchTalk, bot.FactFirstResponse, 90, "")
		fact(from+benchTalk, bot.FactCSAT, float64(1+from%5), "")
	}
	change.Conversation = conv
	return change, nil
}

// sampleTexts are the messages of the sample shop's file.
func sampleTexts() ([]string, error) {
	sample, err := fs.ReadFile(data.Files(), "shop/feedback_sample.csv")
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(sample)).ReadAll()
	if err != nil {
		return nil, err
	}
	var texts []string
	for _, row := range rows[1:] {
		texts = append(texts, row[4])
	}
	return texts, nil
}

// cpuSeconds is what the process has used of all processors.
func cpuSeconds() float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}
