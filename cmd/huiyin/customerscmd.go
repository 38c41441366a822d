package main

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/mine"
	"huiyin/store/open"
)

// customersCmd keeps what is known of customers from elsewhere: what they bought.
type customersCmd struct {
	Import  customersImport  `cmd:"" help:"Import orders, so that the digest knows whom a problem costs most: a preview, or with --yes the import."`
	Imports customersImports `cmd:"" help:"List the imports of orders."`
	Undo    customersUndo    `cmd:"" help:"Take an import of orders back."`
}

type customersImport struct {
	File     string            `arg:"" help:"CSV, JSONL or XLSX with a row for each order: its number, time, amount, and the buyer's e-mail address, phone or id." type:"path"`
	Yes      bool              `help:"Import. Else only what would be done is shown."`
	Column   map[string]string `help:"Title of a column that is not found by itself: number, time, amount, currency, email, phone or id." placeholder:"number=TITLE"`
	Currency string            `help:"Currency of amounts that name none, for example CNY." placeholder:"CNY"`
	Dates    string            `help:"How 03/04/2026 is read: day-first or month-first. Default: as all rows can be read." enum:"day-first,month-first," default:"" placeholder:"ORDER"`
	TZ       string            `name:"tz" help:"IANA time zone of times that name none. Default: as configured." placeholder:"Z"`
}

// badShown is how many rows that are left out are shown.
const badShown = 20

// Run reads the file, says what would be done, and does it with --yes.
func (c *customersImport) Run(e *env) error {
	return e.withStore(func(cfg Config, s open.Store) error {
		zone := cfg.location()
		if c.TZ != "" {
			var err error
			if zone, err = time.LoadLocation(c.TZ); err != nil {
				return wrong(errUsage, "cli.orders.zone", "value", c.TZ)
			}
		}
		f, err := mine.ReadOrders(mine.OrderOptions{In: c.File, Zone: zone, Currency: c.Currency, Columns: c.Column, Now: e.now(), Dates: c.Dates, Ask: e.asks()})
		if err != nil {
			return c.refused(err)
		}
		for _, bad := range f.Bad[:min(badShown, len(f.Bad))] {
			fmt.Fprintln(e.err, e.say("cli.mine.row", "file", filepath.Base(c.File), "row", bad.Row, "why", e.say(orderTrouble(bad.Why), "value", strconv.Quote(bad.Value))))
		}
		if more := len(f.Bad) - badShown; more > 0 {
			fmt.Fprintln(e.err, e.say("cli.orders.bad_more", "n", more))
		}
		tellDoubts(e, f.Doubts)
		for _, t := range f.Taken {
			e.tell("cli.orders.column", "what", e.say("cli.orders.what."+t.What), "title", t.Title)
		}
		if len(f.Unused) > 0 {
			e.tell("cli.orders.unused", "titles", strings.Join(f.Unused, ", "))
		}
		if len(f.Orders) == 0 {
			return wrong(errUsage, "cli.orders.none", "file", filepath.Base(c.File))
		}
		c.sums(e, f, zone)
		now := e.now()
		in := bot.OrderImport{ID: strings.ToLower(rand.Text()[:10]), At: now, By: "system", File: filepath.Base(c.File)}
		if !c.Yes {
			if in, err = previewOrders(e, s, in, f.Orders); err != nil {
				return err
			}
			e.tell("cli.orders.would", "added", in.Added, "changed", in.Changed, "same", in.Same, "bad", len(f.Bad))
			return nil
		}
		in, err = s.SaveOrders(e.ctx, in, f.Orders, bot.Event{At: now, Actor: "system", Action: "orders.import", Object: in.ID, Detail: in.File})
		if err != nil {
			return err
		}
		e.tell("cli.orders.done", "added", in.Added, "changed", in.Changed, "same", in.Same, "bad", len(f.Bad), "id", in.ID)
		return nil
	})
}

// orderTrouble is the key of why a row is left out: some of it is as in files of feedback.
func orderTrouble(why string) string {
	switch mine.RowTrouble(why) {
	case mine.RowTime, mine.RowOrder, mine.RowQuote, mine.RowLong, mine.RowBlank, mine.RowObject, mine.RowCells, mine.RowWide:
		return "cli.mine.bad." + why
	}
	return "cli.orders.bad." + why
}

// refused says in the reader's language why a file cannot be read.
func (c *customersImport) refused(err error) error {
	var columns *mine.ErrColumns
	var currency *mine.ErrCurrency
	switch {
	case errors.As(err, &currency) && currency.Near != "":
		return wrong(errUsage, "cli.orders.currency_near", "value", currency.Value, "near", currency.Near)
	case errors.As(err, &currency):
		return wrong(errUsage, "cli.orders.currency", "value", currency.Value)
	case errors.As(err, &columns) && columns.Title != "":
		return wrong(errUsage, "cli.orders.no_title", "title", columns.Title, "header", strings.Join(columns.Header, ", "))
	case errors.As(err, &columns):
		return wrong(errUsage, "cli.orders.no_column", "what", wrong(nil, "cli.orders.what."+columns.Missing), "field", cmp.Or(map[string]string{"buyer": "email"}[columns.Missing], columns.Missing), "header", strings.Join(columns.Header, ", "))
	}
	return badInput(err)
}

// sums shows what the file says in all, by currency.
func (c *customersImport) sums(e *env, f mine.OrderFile, zone *time.Location) {
	first, last := f.Orders[0].At, f.Orders[0].At
	money, order := map[string]int64{}, []string(nil)
	for _, o := range f.Orders {
		if _, seen := money[o.Currency]; !seen {
			order = append(order, o.Currency)
		}
		money[o.Currency] += o.Cents
		if o.At.Before(first) {
			first = o.At
		}
		if o.At.After(last) {
			last = o.At
		}
	}
	var sums []string
	for _, currency := range order {
		sums = append(sums, feedback.Money(money[currency], currency))
	}
	e.tell("cli.orders.sum", "n", len(f.Orders), "sum", strings.Join(sums, " + "), "first", first.In(zone).Format(time.DateOnly), "last", last.In(zone).Format(time.DateOnly))
}

// previewOrders counts what an import would do.
func previewOrders(e *env, s open.Store, in bot.OrderImport, orders []bot.Order) (bot.OrderImport, error) {
	stored := map[string]bot.Order{}
	for o, err := range s.Orders(e.ctx) {
		if err != nil {
			return in, err
		}
		stored[o.Number] = o
	}
	done := map[string]bool{}
	for i := len(orders) - 1; i >= 0; i-- { // of several with a number, the last one counts
		o := orders[i]
		if done[o.Number] {
			continue
		}
		done[o.Number] = true
		switch before, known := stored[o.Number]; {
		case !known:
			in.Added++
		case before.Same(o):
			in.Same++
		default:
			in.Changed++
		}
	}
	return in, nil
}

type customersImports struct{}

// Run lists the imports, the newest first.
func (*customersImports) Run(e *env) error {
	return e.withData(func(cfg Config, s open.Store) error {
		all, err := s.OrderImports(e.ctx)
		if err != nil {
			return err
		}
		if len(all) == 0 {
			e.tell("cli.orders.no_imports")
		}
		for _, in := range all {
			e.tell("cli.orders.import", "id", in.ID, "at", in.At.In(cfg.location()).Format("2006-01-02 15:04"), "file", in.File, "added", in.Added, "changed", in.Changed)
		}
		return nil
	})
}

type customersUndo struct {
	ID string `arg:"" help:"As huiyin customers imports lists it."`
}

// Run takes an import back.
func (c *customersUndo) Run(e *env) error {
	return e.withData(func(_ Config, s open.Store) error {
		in, err := s.UndoOrders(e.ctx, c.ID, bot.Event{At: e.now(), Actor: "system", Action: "orders.undo", Object: c.ID})
		switch {
		case errors.Is(err, bot.ErrNotFound):
			return wrong(errUsage, "cli.orders.no_import", "id", c.ID)
		case errors.Is(err, bot.ErrOrdersMoved):
			return wrong(errUsage, "cli.orders.moved", "id", c.ID)
		case err != nil:
			return err
		}
		e.tell("cli.orders.undone", "added", in.Added, "changed", in.Changed)
		return nil
	})
}
