package storetest

import (
	"errors"
	"time"

	"huiyin/bot"
	"huiyin/store"
)

// order is one of a buyer's.
func order(number string, day int, cents int64, buyer ...string) bot.Order {
	return bot.Order{Number: number, Buyer: buyer, At: start.AddDate(0, 0, day), Cents: cents, Currency: "CNY"}
}

func (t *tester) orders() (all []bot.Order) {
	t.Helper()
	for o, err := range t.Orders(t.ctx) {
		t.ok(err)
		all = append(all, o)
	}
	return all
}

func from(in string, all ...bot.Order) []bot.Order {
	for i := range all {
		all[i].Import = in
	}
	return all
}

func testOrders(t *tester) {
	log := bot.Event{At: start, Actor: "1", Action: "orders.import"}
	a, b := order("A1", 1, 1999, "email:mei@shop.example", "phone:13812345678"), order("A2", 2, -500, "id:u7")
	got, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: "i1", At: start, By: "1", File: "may.csv"}, []bot.Order{order("A1", 0, 1, "id:x"), a, b}, log)
	t.ok(err)
	t.equal("the first import", got, bot.OrderImport{ID: "i1", At: start, By: "1", File: "may.csv", Added: 2})
	t.equal("orders", t.orders(), from("i1", a, b))

	again, changed := order("A1", 1, 1999, "email:mei@shop.example", "phone:13812345678"), order("A2", 2, 0, "id:u8")
	got, err = t.SaveOrders(t.ctx, bot.OrderImport{ID: "i2", At: start.Add(time.Hour)}, []bot.Order{again, changed, order("A3", 3, 7, "id:u8")}, log)
	t.ok(err)
	t.equal("the second import", got, bot.OrderImport{ID: "i2", At: start.Add(time.Hour), Added: 1, Changed: 1, Same: 1})
	of := func(buyers ...string) (numbers []string) {
		t.Helper()
		all, err := t.OrdersOf(t.ctx, buyers)
		t.ok(err)
		for _, o := range all {
			numbers = append(numbers, o.Number)
		}
		return numbers
	}
	t.equal("hers, by either name, once", of("email:mei@shop.example", "phone:13812345678"), []string{"A1"})
	t.equal("the newest first", of("id:u8", "id:u7"), []string{"A3", "A2"})
	t.equal("a buyer of before", of("id:u7"), []string(nil))

	if _, err := t.UndoOrders(t.ctx, "i1", log); !errors.Is(err, bot.ErrOrdersMoved) {
		t.Fatalf("undoing what a later import changed: %v", err)
	}
	_, err = t.UndoOrders(t.ctx, "i2", log)
	t.ok(err)
	t.equal("after undoing", t.orders(), from("i1", a, b))
	if _, err := t.UndoOrders(t.ctx, "i2", log); !errors.Is(err, bot.ErrNotFound) {
		t.Fatalf("undoing twice: %v", err)
	}
	imports, err := t.OrderImports(t.ctx)
	t.ok(err)
	t.equal("imports", imports, []bot.OrderImport{{ID: "i1", At: start, By: "1", File: "may.csv", Added: 2}})
	if _, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: "i1"}, nil, log); !errors.Is(err, bot.ErrConflict) {
		t.Fatalf("an import twice: %v", err)
	}
	for _, bad := range []bot.Order{order("", 1, 1, "id:a"), order("A", 1, 1), order("A\x00", 1, 1, "id:a"), order("A", 1, 1, "")} {
		if _, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: "i9"}, []bot.Order{bad}, log); !errors.Is(err, store.ErrInvalid) {
			t.Fatalf("%+v: %v", bad, err)
		}
	}
}

// What somebody bought is erased with her, wherever it is kept; other people's orders can still be taken back.
func testOrdersErased(t *tester) {
	log := bot.Event{At: start, Actor: "1"}
	conv := conversation("c")
	conv.Contact = "p"
	contact := bot.Contact{ID: "p", Email: "Mei@shop.example", CreatedAt: start, SeenAt: start}
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &contact}))
	_, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: "i1"}, []bot.Order{order("A1", 1, 1, "email:mei@shop.example"), order("B1", 1, 2, "id:other"), order("A2", 1, 3, "id:p")}, log)
	t.ok(err)
	_, err = t.SaveOrders(t.ctx, bot.OrderImport{ID: "i2"}, []bot.Order{order("A2", 1, 4, "id:third"), order("B1", 1, 9, "id:other")}, log)
	t.ok(err)
	_, err = t.EraseContact(t.ctx, "p", log)
	t.ok(err)
	t.equal("others' orders", t.orders(), from("i2", order("A2", 1, 4, "id:third"), order("B1", 1, 9, "id:other")))
	got, err := t.UndoOrders(t.ctx, "i2", log)
	t.ok(err)
	if got.Added+got.Changed != 2 {
		t.Fatalf("undone: %+v", got)
	}
	t.equal("hers does not come back", t.orders(), from("i1", order("B1", 1, 2, "id:other")))
}
