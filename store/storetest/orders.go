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

// wrote is a contact who wrote from an address.
func (t *tester) wrote(c bot.Contact, conv bot.ConversationID, at bot.ContactInbox) {
	t.Helper()
	stored := conversation(conv)
	stored.Contact, stored.Inbox, at.Contact = c.ID, at.Inbox, c.ID
	stored.Thread = at.SourceID
	t.ok(t.Save(t.ctx, bot.Change{Conversation: stored, Contact: &c, Address: &at}))
}

// Orders are found, and go, by every name that somebody had: of the one whom she was merged with, and before a platform told a new one.
func testOrdersOfFormerNames(t *tester) {
	log := bot.Event{At: start, Actor: "1"}
	t.wrote(bot.Contact{ID: "p", Email: "p@x.org", Phone: "13800000001", CreatedAt: start, SeenAt: start}, "c1", bot.ContactInbox{Inbox: "slack", SourceID: "U1"})
	t.wrote(bot.Contact{ID: "q", Email: "q@x.org", Phone: "13800000002", CreatedAt: start, SeenAt: start}, "c2", bot.ContactInbox{Inbox: "slack", SourceID: "U2"})
	next, err := t.Conversation(t.ctx, "c2")
	t.ok(err)
	t.ok(t.Save(t.ctx, bot.Change{Conversation: next, Contact: &bot.Contact{ID: "q", Email: "new@x.org", Phone: "13800000002", CreatedAt: start, SeenAt: start}}))
	_, err = t.MergeContacts(t.ctx, "p", "q", log)
	t.ok(err)
	other := order("O", 1, 1, "email:other@x.org")
	_, err = t.SaveOrders(t.ctx, bot.OrderImport{ID: "i1"}, []bot.Order{order("A", 1, 1, "email:p@x.org"), order("B", 2, 1, "email:q@x.org"), order("C", 3, 1, "email:new@x.org"),
		order("D", 4, 1, "phone:13800000002"), order("E", 5, 1, "id:q"), order("F", 6, 1, "id:slack:U2"), other}, log)
	t.ok(err)
	p, err := t.Contact(t.ctx, "p")
	t.ok(err)
	known, err := t.Addresses(t.ctx, "p")
	t.ok(err)
	all, err := t.OrdersOf(t.ctx, bot.Buyers(p, known))
	t.ok(err)
	t.equal("hers", len(all), 6)
	_, err = t.EraseContact(t.ctx, "p", log)
	t.ok(err)
	t.equal("what is left", t.orders(), from("i1", other))
}

// An id of one platform is nobody on another one, nor in the shop's own records.
func testOrdersOfOneInbox(t *tester) {
	log := bot.Event{At: start, Actor: "1"}
	t.wrote(bot.Contact{ID: "p", CreatedAt: start, SeenAt: start}, "c1", bot.ContactInbox{Inbox: "tg", SourceID: "1001"})
	shop, slack := order("A", 1, 1, "id:1001"), order("B", 1, 1, "id:slack:1001")
	_, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: "i1"}, []bot.Order{shop, slack, order("C", 1, 1, "id:tg:1001")}, log)
	t.ok(err)
	_, err = t.EraseContact(t.ctx, "p", log)
	t.ok(err)
	t.equal("strangers' orders", t.orders(), from("i1", shop, slack))
}

// After an erasure every import can still be undone, the newest first, whoever's order it changed.
func testOrdersUndoneAfterErasure(t *tester) {
	log := bot.Event{At: start, Actor: "1"}
	conv := conversation("c")
	conv.Contact = "p"
	t.ok(t.Save(t.ctx, bot.Change{Conversation: conv, Contact: &bot.Contact{ID: "p", CreatedAt: start, SeenAt: start}}))
	const her, other = "id:p", "id:other"
	o1, o2 := order("O1", 1, 5, other), order("O2", 1, 6, other)
	for i, list := range [][]bot.Order{
		{order("H", 1, 1, her), order("M", 1, 1, other), order("T", 1, 1, her), o1},
		{order("H", 1, 2, her), order("M", 1, 2, her), order("T", 1, 2, her), o2},
		{order("H", 1, 3, her), order("M", 1, 3, other), order("T", 1, 3, other)},
	} {
		_, err := t.SaveOrders(t.ctx, bot.OrderImport{ID: []string{"i1", "i2", "i3"}[i], At: start.Add(time.Duration(i) * time.Hour)}, list, log)
		t.ok(err)
	}
	_, err := t.EraseContact(t.ctx, "p", log)
	t.ok(err)
	_, err = t.UndoOrders(t.ctx, "i3", log)
	t.ok(err)
	t.equal("the other's order as it was before hers", t.orders(), append(from("i1", order("M", 1, 1, other), o1), from("i2", o2)...))
	_, err = t.UndoOrders(t.ctx, "i2", log)
	t.ok(err)
	_, err = t.UndoOrders(t.ctx, "i1", log)
	t.ok(err)
	t.equal("all undone", len(t.orders()), 0)
}
