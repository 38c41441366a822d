package feedback_test

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/nlp"
)

// shop is a ledger whose customers bought something. A contact has the e-mail address <id>@shop.example.
type shop struct {
	*ledger
	orders []bot.Order
}

func (s shop) Orders(context.Context) iter.Seq2[bot.Order, error] {
	return func(yield func(bot.Order, error) bool) {
		for _, o := range s.orders {
			if !yield(o, nil) {
				return
			}
		}
	}
}

func (s shop) OrdersOf(_ context.Context, buyers []string) (all []bot.Order, err error) {
	for _, o := range s.orders {
		if slices.ContainsFunc(o.Buyer, func(b string) bool { return slices.Contains(buyers, b) }) {
			all = append(all, o)
		}
	}
	return all, nil
}

func (s shop) Contact(_ context.Context, id bot.ContactID) (bot.Contact, error) {
	for _, c := range s.conversations {
		if c.Contact == id {
			return bot.Contact{ID: id, Email: string(id) + "@shop.example"}, nil
		}
	}
	return bot.Contact{}, bot.ErrNotFound
}

func (s shop) Addresses(context.Context, bot.ContactID) ([]bot.ContactInbox, error) { return nil, nil }

// complains adds complaints of a contact on some days, none of which is resolved.
func (s shop) complains(monday time.Time, contact string, days ...int) {
	for _, day := range days {
		at := monday.AddDate(0, 0, day).Add(10 * time.Hour)
		id := bot.ConversationID(fmt.Sprintf("c-%s-%d", contact, day))
		s.messages = append(s.messages, bot.Message{ID: bot.MessageID(id) + "-1", Conversation: id, Direction: bot.Incoming, Text: "late", At: at})
		s.conversations = append(s.conversations, bot.Conversation{ID: id, Contact: bot.ContactID(contact), Status: bot.StatusWaiting, CreatedAt: at, UpdatedAt: at})
	}
}

func (s *shop) buys(at time.Time, cents int64, buyers ...string) {
	s.orders = append(s.orders, bot.Order{Number: fmt.Sprint(len(s.orders)), Buyer: buyers, At: at, Cents: cents, Currency: "CNY"})
}

func digestOf(t *testing.T, s feedback.Source) feedback.Digest {
	t.Helper()
	p := week(t)
	d, err := feedback.Builder{Sections: feedback.Sections(byWord{"late"}, nil), Now: func() time.Time { return p.End }}.Build(t.Context(), s, p)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// Customers stand in fifths by what they bought in a year, under whatever names; those of high value who are at risk come first.
func TestRiskKnowsHighValue(t *testing.T) {
	monday := week(t).Start
	s := shop{ledger: &ledger{}}
	for i := range 100 { // i days ago, i/10+1 times, for i each
		for range i/10 + 1 {
			s.buys(monday.AddDate(0, 0, -i-1), int64(100*i), bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)))
		}
	}
	s.complains(monday, "b3", 0, 1, 2)
	s.complains(monday, "b97", -1, 0, 1)
	s.complains(monday, "stranger", 0, 1, 2, 3)
	d := digestOf(t, s)
	rows := table(t, d, "risk", "digest.risk.table").Rows
	if len(rows) != 3 {
		t.Fatalf("%d at risk", len(rows))
	}
	want := []struct{ link, key string }{{"c-b97-1", "digest.risk.bought_high"}, {"c-stranger-3", "digest.risk.no_orders"}, {"c-b3-2", "digest.risk.bought"}}
	for i, w := range want {
		if got := rows[i]; string(got[0].Link) != w.link || got[5].Phrase.Key != w.key {
			t.Errorf("place %d: %s, %s; want %s, %s", i+1, got[0].Link, got[5].Phrase.Key, w.link, w.key)
		}
	}
	if v := rows[0][5].Phrase.Values; v["n"] != 10 || v["sum"] != "970.00 CNY" || v["r"] != 1 || v["f"] != 5 || v["m"] != 5 {
		t.Errorf("b97 bought %v", v)
	}
	if v := rows[2][5].Phrase.Values; v["r"] != 5 || v["f"] != 1 || v["m"] != 1 {
		t.Errorf("b3 bought %v", v)
	}
	if m := metric(t, d, "risk", "digest.risk.count"); m.N != 3 || m.Value != 1 {
		t.Errorf("%v of %d at risk", m.Value, m.N)
	}
	for _, e := range block(t, d, "risk").Elements {
		if e.Table != nil && e.Table.Title.Key == "digest.risk.tiers" {
			t.Error("a group of fewer than five is broken down")
		}
	}
}

// What is older than a year, or after the week, counts for nothing; an order that names somebody twice joins her names; too few
// customers make no fifths.
func TestValueOfFewCustomers(t *testing.T) {
	p := week(t)
	s := shop{ledger: &ledger{}}
	s.complains(p.Start, "mei", 0, 1, 2)
	s.buys(p.Start.AddDate(0, 0, -1), 1999, "phone:13812345678", "email:mei@shop.example")
	s.buys(p.Start.AddDate(0, 0, -2), 1, "phone:13812345678")
	s.buys(p.Start.AddDate(-2, 0, 0), 100_000, "email:mei@shop.example")
	s.buys(p.End, 100_000, "email:mei@shop.example")
	d := digestOf(t, s)
	row := table(t, d, "risk", "digest.risk.table").Rows[0]
	if c := row[5].Phrase; c.Key != "digest.risk.bought_plain" || c.Values["n"] != 2 || c.Values["sum"] != "20.00 CNY" {
		t.Errorf("she bought %+v", c)
	}
	said := false
	for _, e := range block(t, d, "risk").Elements {
		said = said || e.Sentence != nil && e.Sentence.Key == "digest.risk.few_orders"
	}
	if !said {
		t.Error("it is not said that there are too few customers")
	}
}

// High value against the others: shares with their denominators, and whether the difference is more than noise.
func TestRiskByValue(t *testing.T) {
	monday := week(t).Start
	s := shop{ledger: &ledger{}}
	for i := range 60 {
		for range 1 + i/12 {
			s.buys(monday.AddDate(0, 0, -i-1), int64(100+i), bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)))
		}
		if i >= 50 { // the ten who spend the most complain again and again
			s.complains(monday, fmt.Sprint("b", i), 0, 1, 2)
		} else if i < 30 {
			s.complains(monday, fmt.Sprint("b", i), 0)
		}
	}
	rows := table(t, digestOf(t, s), "risk", "digest.risk.tiers").Rows
	if *rows[0][1].Number != 10 || *rows[0][3].Number != 1 || *rows[1][1].Number != 30 || *rows[1][3].Number != 0 || rows[0][4].Phrase.Key != "digest.against.real" {
		t.Errorf("got %+v", rows)
	}
}

// Two groups of the same week do not change: where they hardly differ, that is what is said.
func TestRiskByValueAlike(t *testing.T) {
	monday := week(t).Start
	s := shop{ledger: &ledger{}}
	for i := range 60 {
		for range 1 + i/12 {
			s.buys(monday.AddDate(0, 0, -i-1), int64(100+i), bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)))
		}
		if i%2 == 0 {
			s.complains(monday, fmt.Sprint("b", i), 0, 1, 2)
		} else {
			s.complains(monday, fmt.Sprint("b", i), 0)
		}
	}
	rows := table(t, digestOf(t, s), "risk", "digest.risk.tiers").Rows
	if rows[0][4].Phrase.Key != "digest.against.noise" {
		t.Errorf("got %+v", rows[0][4])
	}
}

func TestMoney(t *testing.T) {
	for cents, want := range map[int64]string{0: "0.00 CNY", 5: "0.05 CNY", 123450: "1,234.50 CNY", -100: "−1.00 CNY", 123456789012: "1,234,567,890.12 CNY"} {
		if got := feedback.Money(cents, "CNY"); got != want {
			t.Errorf("%d is %q, want %q", cents, got, want)
		}
	}
	if got := feedback.Money(100, ""); got != "1.00" {
		t.Errorf("without a currency: %q", got)
	}
}

// Who bought once, as most did, is not of high value; money back is less money and no further purchase.
func TestHighValueCameBack(t *testing.T) {
	p := week(t)
	s := shop{ledger: &ledger{}}
	name := func(i int) string { return bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)) }
	for i := range 50 {
		s.buys(p.Start.AddDate(0, 0, -i-1), int64(1000+i), name(i))
	}
	s.buys(p.Start.AddDate(0, 0, -1), 5000, name(48))
	s.buys(p.Start, -200, name(49))
	s.buys(p.Start, -200, bot.BuyerEmail("returns@shop.example"))
	for _, who := range []string{"b47", "b48", "b49", "returns"} {
		s.complains(p.Start, who, 0, 1, 2)
	}
	got := map[string]feedback.Phrase{}
	for _, row := range table(t, digestOf(t, s), "risk", "digest.risk.table").Rows {
		got[string(row[0].Link)] = *row[5].Phrase
	}
	for link, want := range map[string]struct {
		key, sum string
		n        int
	}{"c-b47-2": {"digest.risk.bought", "10.47 CNY", 1}, "c-b48-2": {"digest.risk.bought_high", "60.48 CNY", 2}, "c-b49-2": {"digest.risk.bought", "8.49 CNY", 1}} {
		if c := got[link]; c.Key != want.key || c.Values["n"] != want.n || c.Values["sum"] != want.sum {
			t.Errorf("%s: %+v, want %+v", link, c, want)
		}
	}
	if c := got["c-returns-2"]; c.Key != "digest.risk.no_orders" {
		t.Errorf("who only got money back: %+v", c)
	}
}

// An id beside many e-mail addresses is a name, and namesakes are no one customer.
func TestNamesakesStayApart(t *testing.T) {
	p := week(t)
	s := shop{ledger: &ledger{}}
	for i := range 5 {
		s.buys(p.Start.AddDate(0, 0, -i-1), 1000, bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)), "id:王伟")
	}
	s.buys(p.Start, 1000, "id:王伟")
	s.buys(p.Start, 1000, "id:王伟", bot.BuyerEmail("b1@shop.example"))
	s.buys(p.Start, 1000, bot.BuyerEmail("b2@shop.example"), "id:u2")
	s.buys(p.Start, 1000, "id:u2")
	s.complains(p.Start, "b1", 0, 1, 2)
	s.complains(p.Start, "b2", 0, 1, 2)
	want := map[string]int{"c-b1-2": 2, "c-b2-2": 3}
	for _, row := range table(t, digestOf(t, s), "risk", "digest.risk.table").Rows {
		if n := row[5].Phrase.Values["n"]; n != want[string(row[0].Link)] {
			t.Errorf("%s bought %v, want %d", row[0].Link, n, want[string(row[0].Link)])
		}
	}
}

// The list is in the order that the to-do says: who said that they would leave, then who is of high value, then by complaints.
func TestRiskInTheOrderOfTheToDo(t *testing.T) {
	p := week(t)
	s := shop{ledger: &ledger{}}
	for i := range 50 {
		for range 1 + i/25 {
			s.buys(p.Start.AddDate(0, 0, -i-1), int64(100+i), bot.BuyerEmail(fmt.Sprintf("b%d@shop.example", i)))
		}
	}
	s.complains(p.Start, "b1", -6, -5, -4, -3, -2, -1, 0, 1, 2, 3)
	s.complains(p.Start, "b49", 0, 1, 2)
	s.complains(p.Start, "leaves", 3)
	s.messages[len(s.messages)-1].Analysis = &nlp.Analysis{Text: "late", Flags: []nlp.Flag{nlp.FlagChurn}}
	var got []string
	for _, row := range table(t, digestOf(t, s), "risk", "digest.risk.table").Rows {
		got = append(got, string(row[0].Link))
	}
	if want := []string{"c-leaves-3", "c-b49-2", "c-b1-3"}; !slices.Equal(got, want) {
		t.Errorf("listed %v, want %v", got, want)
	}
}
