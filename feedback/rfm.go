package feedback

import (
	"context"
	"iter"
	"strings"
	"time"

	"huiyin/bot"
)

// OrderSource is a Source that knows what customers bought, and how orders name them.
type OrderSource interface {
	// Orders yields all orders.
	Orders(ctx context.Context) iter.Seq2[bot.Order, error]
	// OrdersOf returns the orders that name any of the buyers.
	OrdersOf(ctx context.Context, buyers []string) ([]bot.Order, error)
	Contact(ctx context.Context, id bot.ContactID) (bot.Contact, error)
	Addresses(ctx context.Context, id bot.ContactID) ([]bot.ContactInbox, error)
}

const (
	// rfmDays is the window of orders that count, up to the end of the period: a year.
	rfmDays = 365
	// rfmLeast is how many customers with orders make quintiles: five of each.
	rfmLeast = 5 * groupLeast
	// rfmTop is the highest score.
	rfmTop = 5
)

// Value is what a customer bought in the window, and where that puts her among all who bought: fifths by recency, frequency and
// monetary value, 5 the best (Hughes, Strategic Database Marketing, 1994). Those who are alike have the same score, so the fifths
// are of about the same size only. Money is compared among those who mostly pay in the same currency. Scores are 0 when there are
// too few customers.
type Value struct {
	Orders                       int   // without money back
	Cents                        int64 // in Currency, less what she got back
	Currency                     string
	Last                         time.Time
	Recency, Frequency, Monetary int
}

// High reports whether the customer is among the fifth who spent the most, and came back: one large order is no high value.
func (v Value) High() bool { return v.Monetary == rfmTop && v.Orders >= 2 }

// year is the one before an instant, whose orders count.
type year struct {
	begin, end time.Time
	zone       *time.Location
}

func yearBefore(end time.Time, zone *time.Location) year {
	return year{end.In(zone).AddDate(0, 0, -rfmDays), end, zone}
}

func (w year) has(o bot.Order) bool { return !o.At.Before(w.begin) && o.At.Before(w.end) }

// buyersOf adds up the orders of a year by customer, and lists these by each name that orders have for them. An order that
// names a customer in two ways makes one of both; names that many share stand for nobody.
func buyersOf(orders []bot.Order, shared map[string]bool, zone *time.Location) (all []*Value, named map[string]*Value) {
	type account struct {
		Value
		money map[string]int64
		count map[string]int
	}
	joined := joinBuyers(orders, shared)
	accounts := map[string]*account{}
	for _, o := range orders {
		id, known := joined.buyer(o)
		if !known {
			continue
		}
		a := accounts[id]
		if a == nil {
			a = &account{money: map[string]int64{}, count: map[string]int{}}
			accounts[id] = a
		}
		a.money[o.Currency] += o.Cents
		if o.Cents < 0 { // money back is no buying
			continue
		}
		a.Orders++
		a.count[o.Currency]++
		if o.At.After(a.Last) {
			a.Last = o.At.In(zone)
		}
	}
	for id, a := range accounts {
		if a.Orders == 0 { // money back for what was bought before the window
			delete(accounts, id)
			continue
		}
		a.Currency = byCount(a.count)[0]
		a.Cents = a.money[a.Currency]
		all = append(all, &a.Value)
	}
	named = map[string]*Value{}
	for name := range joined {
		if a := accounts[joined.find(name)]; a != nil {
			named[name] = &a.Value
		}
	}
	return all, named
}

// joins are names that stand for the same customer: each leads to another one, or to itself.
type joins map[string]string

// beside is how many e-mail addresses, or phones, may stand beside an id that is one customer's; beside more, it is a name that
// many have, and stands for nobody.
const beside = 3

func joinBuyers(orders []bot.Order, shared map[string]bool) joins {
	j := joins{}
	for _, o := range orders {
		first := ""
		for _, b := range o.Buyer {
			if shared[b] {
				continue
			}
			if _, ok := j[b]; !ok {
				j[b] = b
			}
			if first == "" {
				first = b
			}
			if one, other := j.find(first), j.find(b); one != other {
				j[max(one, other)] = min(one, other)
			}
		}
	}
	return j
}

// sharedIDs are the ids that stand beside more than a few e-mail addresses or phones.
func sharedIDs(orders []bot.Order) map[string]bool {
	others := map[string]map[string]int{} // id → kind → how many different ones
	seen := map[[2]string]bool{}
	shared := map[string]bool{}
	for _, o := range orders {
		for _, id := range o.Buyer {
			for _, b := range o.Buyer {
				kind, _, _ := strings.Cut(b, ":")
				if !strings.HasPrefix(id, "id:") || kind == "id" || seen[[2]string{id, b}] {
					continue
				}
				seen[[2]string{id, b}] = true
				if others[id] == nil {
					others[id] = map[string]int{}
				}
				others[id][kind]++
				if others[id][kind] > beside {
					shared[id] = true
				}
			}
		}
	}
	return shared
}

// buyer is who bought; false: nobody in particular.
func (j joins) buyer(o bot.Order) (string, bool) {
	for _, b := range o.Buyer {
		if _, ok := j[b]; ok {
			return j.find(b), true
		}
	}
	return "", false
}

func (j joins) find(name string) string {
	for j[name] != name {
		j[name] = j[j[name]]
		name = j[name]
	}
	return name
}
