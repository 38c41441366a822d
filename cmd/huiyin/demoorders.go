package main

import (
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"huiyin/bot"
	"huiyin/feedback/mine"
)

// buys imports what the demo's customers bought in the year before, by way of a file as a shop would export it: most have one or
// two orders, a few have many.
func (c *demoCmd) buys(ctx context.Context, app *App, stage *demoStage, script []demoLine) error {
	name := filepath.Join(c.Out, "orders.csv")
	if err := writeDemoOrders(name, script); err != nil {
		return err
	}
	f, err := mine.ReadOrders(mine.OrderOptions{In: name, Zone: app.Config.location()})
	if err != nil {
		return err
	}
	in := bot.OrderImport{ID: "demo", At: stage.now(), By: "demo", File: filepath.Base(name)}
	_, err = app.Store.SaveOrders(ctx, in, f.Orders, bot.Event{At: stage.now(), Actor: "demo", Action: "orders.import", Object: in.ID, Detail: in.File})
	return err
}

// writeDemoOrders draws from a fixed seed: the same orders every time.
func writeDemoOrders(name string, script []demoLine) error {
	var people []string
	for _, l := range script {
		if !slices.Contains(people, l.contact) {
			people = append(people, l.contact)
		}
	}
	out, err := os.Create(name)
	if err != nil {
		return err
	}
	defer out.Close()
	w := csv.NewWriter(out)
	rows := [][]string{{"order_number", "order_time", "total", "currency", "customer_id"}}
	random := rand.New(rand.NewPCG(46, 2026))
	for _, who := range people {
		if random.Float64() < 0.2 { // has not bought yet, or under another name
			continue
		}
		for n := 1 + int(10*random.Float64()*random.Float64()*random.Float64()); n > 0; n-- {
			at := script[0].at.AddDate(0, 0, -1-random.IntN(300))
			cents := 3900 + random.IntN(60_000) + int(200_000*random.Float64()*random.Float64()*random.Float64())
			rows = append(rows, []string{fmt.Sprintf("HY%s-%04d", at.Format("20060102"), len(rows)), at.Format("2006-01-02 15:04:05"),
				strconv.FormatFloat(float64(cents)/100, 'f', 2, 64), "CNY", "web:" + who})
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return err
	}
	return out.Close()
}
