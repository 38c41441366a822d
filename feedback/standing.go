package feedback

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
	"time"

	"huiyin/bot"
)

// Standing is what all customers with orders within a year come to: enough to tell of one of them, by her own orders alone, where she
// stands among all. It is derived data.
type Standing struct {
	Customers int              `json:"customers"`
	High      int              `json:"high"`             // of them, those of high value
	Recency   Steps            `json:"recency"`          // in seconds since 1970; meaningless, as are the other two, with fewer than rfmLeast customers
	Frequency Steps            `json:"frequency"`        // in orders
	Monetary  map[string]Steps `json:"monetary"`         // in cents, by currency; none where too few pay in it
	Shared    []string         `json:"shared,omitempty"` // ids that stand for nobody
}

// Steps are the least values that customers with a score of 2 to 5 have. Where nobody has one, it is the next higher one's;
// math.MaxInt64 when there is none.
type Steps [rfmTop - 1]int64

// score is that of a value.
func (s Steps) score(value int64) int {
	n := 1
	for n < rfmTop && value >= s[n-1] {
		n++
	}
	return n
}

// StandingStore is an OrderSource that can keep standings. All are dropped in the same write that adds, changes or erases an order, and
// when the store is opened for writing, since an older program may have written orders without that: one that is there is right.
type StandingStore interface {
	OrderSource
	// Standing returns the one that is kept under a key; nil: none is.
	Standing(ctx context.Context, key string) ([]byte, error)
	// MarkOrders is called before orders are read; SaveStanding notices what was written since.
	MarkOrders(ctx context.Context) (mark uint64, err error)
	// SaveStanding keeps one under a key, and at least the latest others; ErrTouched when an order was written since the mark.
	SaveStanding(ctx context.Context, key string, data []byte, mark uint64) error
}

// standingRules names how standings are made: another number when that changes, so that older ones are not found.
const standingRules = 1

// key names a year's standing.
func (w year) key() string { return fmt.Sprint(standingRules, " ", w.begin.Unix(), " ", w.end.Unix()) }

// standingAt is the standing at an instant: the one that is kept, or else of all orders.
func standingAt(ctx context.Context, src OrderSource, end time.Time, zone *time.Location) (Standing, error) {
	w := yearBefore(end, zone)
	if kept, ok := src.(StandingStore); ok {
		var s Standing
		if data, err := kept.Standing(ctx, w.key()); err != nil {
			return s, fmt.Errorf("feedback: reading what all customers bought: %w", err)
		} else if data != nil && json.Unmarshal(data, &s) == nil {
			return s, nil // one that cannot be read is made again
		}
	}
	return newStanding(ctx, src, w, func() {})
}

// KeepStanding makes the standing at an instant and keeps it, so that digests up to then cost what their own customers bought; nothing to
// do where one that can be read is kept already. rest is called after every few thousand orders, for others to get on.
func KeepStanding(ctx context.Context, src StandingStore, end time.Time, zone *time.Location, rest func()) error {
	w := yearBefore(end, zone)
	data, err := src.Standing(ctx, w.key())
	if err != nil {
		return err
	}
	var s Standing
	if data != nil && json.Unmarshal(data, &s) == nil {
		return nil
	}
	mark, err := src.MarkOrders(ctx)
	if err != nil {
		return err
	}
	if s, err = newStanding(ctx, src, w, rest); err != nil {
		return err
	}
	if data, err = json.Marshal(s); err != nil {
		return err
	}
	if err = src.SaveStanding(ctx, w.key(), data, mark); err != nil && !errors.Is(err, ErrTouched) {
		return fmt.Errorf("feedback: keeping what all customers bought: %w", err)
	}
	return nil
}

// restOrders is how many orders are read between two rests.
const restOrders = 4096

// newStanding reads all orders.
func newStanding(ctx context.Context, src OrderSource, w year, rest func()) (Standing, error) {
	var orders []bot.Order
	read := 0
	for o, err := range src.Orders(ctx) {
		if err != nil {
			return Standing{}, fmt.Errorf("feedback: reading orders: %w", err)
		}
		if w.has(o) {
			orders = append(orders, o)
		}
		if read++; read%restOrders == 0 {
			rest()
		}
	}
	shared := sharedIDs(orders)
	all, _ := buyersOf(orders, shared, w.zone)
	s := Standing{Customers: len(all)}
	for id := range shared {
		s.Shared = append(s.Shared, id)
	}
	slices.Sort(s.Shared)
	if len(all) >= rfmLeast {
		s.divide(all)
	}
	return s, nil
}

// divide finds the fifths.
func (s *Standing) divide(all []*Value) {
	s.Recency = fifths(all, func(v *Value) int64 { return v.Last.Unix() })
	s.Frequency = fifths(all, func(v *Value) int64 { return int64(v.Orders) })
	paying := map[string][]*Value{}
	for _, v := range all {
		paying[v.Currency] = append(paying[v.Currency], v)
	}
	s.Monetary = map[string]Steps{}
	for currency, list := range paying {
		if len(list) >= rfmLeast {
			s.Monetary[currency] = fifths(list, func(v *Value) int64 { return v.Cents })
		}
	}
	for _, v := range all {
		if s.place(v); v.High() {
			s.High++
		}
	}
}

// place gives a customer her scores.
func (s *Standing) place(v *Value) {
	if s.Customers < rfmLeast {
		return
	}
	v.Recency, v.Frequency = s.Recency.score(v.Last.Unix()), s.Frequency.score(int64(v.Orders))
	if steps, ok := s.Monetary[v.Currency]; ok {
		v.Monetary = steps.score(v.Cents)
	}
}

// fifths are the steps of scores of 1 to 5 by the share of those who have less, and half of those who have the same.
func fifths(list []*Value, by func(*Value) int64) Steps {
	values := make([]int64, len(list))
	for i, v := range list {
		values[i] = by(v)
	}
	slices.Sort(values)
	var s Steps
	for i := range s {
		s[i] = math.MaxInt64
	}
	for i := 0; i < len(values); {
		j := i
		for j < len(values) && values[j] == values[i] {
			j++
		}
		middle := float64(i+j) / 2 / float64(len(values))
		for score := min(rfmTop, 1+int(middle*rfmTop)); score > 1 && s[score-2] == math.MaxInt64; score-- {
			s[score-2] = values[i]
		}
		i = j
	}
	return s
}

// purchases looks up what some customers bought. It is safe for concurrent use.
type purchases struct {
	src      OrderSource
	standing Standing
	year     year
	shared   map[string]bool

	mu    sync.Mutex
	named map[string]*Value // by the names that were looked up, and those that turned up beside them; nil: she bought nothing
}

func newPurchases(src OrderSource, s Standing, w year) *purchases {
	p := &purchases{src: src, standing: s, year: w, shared: map[string]bool{}, named: map[string]*Value{}}
	for _, id := range s.Shared {
		p.shared[id] = true
	}
	return p
}

// of finds what a contact bought; nil: nothing that is known.
func (p *purchases) of(ctx context.Context, contact string) (*Value, error) {
	c, err := p.src.Contact(ctx, bot.ContactID(contact))
	if errors.Is(err, bot.ErrNotFound) { // a conversation of nobody in particular, or she was erased meanwhile
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	addresses, err := p.src.Addresses(ctx, c.ID)
	if err != nil {
		return nil, err
	}
	names := bot.Buyers(c, addresses)
	if err := p.look(ctx, p.unknown(names)); err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, name := range names {
		if v := p.named[name]; v != nil {
			return v, nil
		}
	}
	return nil, nil
}

// unknown are the names that nobody has looked up.
func (p *purchases) unknown(names []string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		_, known := p.named[n]
		return known || p.shared[n]
	})
}

// look reads the orders that name somebody, those that have another of the names beside which she stands there, and so on: all that
// one customer bought, under whatever names.
func (p *purchases) look(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return nil
	}
	seen, read := map[string]bool{}, map[string]bool{}
	for _, n := range names {
		seen[n] = true
	}
	var orders []bot.Order
	for next := names; len(next) > 0; {
		found, err := p.src.OrdersOf(ctx, next)
		if err != nil {
			return fmt.Errorf("feedback: reading orders: %w", err)
		}
		next = nil
		for _, o := range found {
			if read[o.Number] || !p.year.has(o) {
				continue
			}
			read[o.Number], orders = true, append(orders, o)
			for _, b := range o.Buyer {
				if !seen[b] && !p.shared[b] {
					seen[b], next = true, append(next, b)
				}
			}
		}
	}
	slices.SortFunc(orders, func(a, b bot.Order) int { return cmp.Compare(a.Number, b.Number) })
	all, named := buyersOf(orders, p.shared, p.year.zone)
	for _, v := range all {
		p.standing.place(v)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for n := range seen {
		p.named[n] = named[n]
	}
	return nil
}
