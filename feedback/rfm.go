package feedback

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"huiyin/bot"
)

// OrderSource is a Source that knows what customers bought, and how orders name them.
type OrderSource interface {
	Orders(ctx context.Context) iter.Seq2[bot.Order, error]
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

// values are what all customers bought.
type values struct {
	all   []*Value
	named map[string]*Value // by each name that orders have for them
}

// valuesOf reads all orders of the year before an instant. An order that names a customer in two ways makes one of both.
func valuesOf(ctx context.Context, src OrderSource, end time.Time, zone *time.Location) (*values, error) {

	begin := end.In(zone).AddDate(0, 0, -rfmDays)
	type account struct {
		Value
		money map[string]int64
		count map[string]int
	}
	var orders []bot.Order
	for o, err := range src.Orders(ctx) {
		if err != nil {
			return nil, fmt.Errorf("feedback: reading orders: %w", err)
		}
		if !o.At.Before(begin) && o.At.Before(end) {
			orders = append(orders, o)
		}
	}
	joined := joinBuyers(orders)
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
	v := &values{named: map[string]*Value{}}
	for id, a := range accounts {
		if a.Orders == 0 { // money back for what was bought before the window
			delete(accounts, id)
			continue
		}
		a.Currency = byCount(a.count)[0]
		a.Cents = a.money[a.Currency]
		v.all = append(v.all, &a.Value)
	}
	for name := range joined {
		if a := accounts[joined.find(name)]; a != nil {
			v.named[name] = &a.Value
		}
	}
	if len(v.all) >= rfmLeast {
		v.score()
	}
	return v, nil
}

// score puts everybody into fifths.
func (v *values) score() {
	fifths(v.all, func(x *Value) int64 { return x.Last.Unix() }, func(x *Value, n int) { x.Recency = n })
	fifths(v.all, func(x *Value) int64 { return int64(x.Orders) }, func(x *Value, n int) { x.Frequency = n })
	paying := map[string][]*Value{}
	for _, x := range v.all {
		paying[x.Currency] = append(paying[x.Currency], x)
	}
	for _, list := range paying {
		if len(list) >= rfmLeast {
			fifths(list, func(x *Value) int64 { return x.Cents }, func(x *Value, n int) { x.Monetary = n })
		}
	}
}

// fifths gives scores of 1 to 5 by the share of those who have less, and half of those who have the same.
func fifths(list []*Value, by func(*Value) int64, set func(*Value, int)) {
	sorted := slices.Clone(list)
	slices.SortFunc(sorted, func(a, b *Value) int { return cmp.Compare(by(a), by(b)) })
	for i := 0; i < len(sorted); {
		j := i
		for j < len(sorted) && by(sorted[j]) == by(sorted[i]) {
			j++
		}
		middle := float64(i+j) / 2 / float64(len(sorted))
		for ; i < j; i++ {
			set(sorted[i], min(rfmTop, 1+int(middle*rfmTop)))
		}
	}
}

// of finds what a contact bought; nil: nothing that is known.
func (v *values) of(ctx context.Context, src OrderSource, contact string) (*Value, error) {
	if len(v.named) == 0 {
		return nil, nil
	}
	c, err := src.Contact(ctx, bot.ContactID(contact))
	if errors.Is(err, bot.ErrNotFound) { // a conversation of nobody in particular, or she was erased meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	addresses, err := src.Addresses(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	for _, name := range bot.Buyers(c, addresses) {
		if x := v.named[name]; x != nil {
			return x, nil
		}
	}
	return nil, nil
}

// joins are names that stand for the same customer: each leads to another one, or to itself.
type joins map[string]string

// beside is how many e-mail addresses, or phones, may stand beside an id that is one customer's; beside more, it is a name that
// many have, and stands for nobody.
const beside = 3

func joinBuyers(orders []bot.Order) joins {
	shared := sharedIDs(orders)
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
				shared[id] = shared[id] || others[id][kind] > beside
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
