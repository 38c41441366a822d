package feedback

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"maps"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
)

// ordered is a store of orders whose contacts have one address. It counts the orders that are read.
type ordered struct {
	all  []bot.Order
	kept map[string][]byte
	mark uint64
	read int
}

func (s *ordered) Orders(context.Context) iter.Seq2[bot.Order, error] {
	return func(yield func(bot.Order, error) bool) {
		for _, o := range s.all {
			if s.read++; !yield(o, nil) {
				return
			}
		}
	}
}

func (s *ordered) OrdersOf(_ context.Context, buyers []string) (all []bot.Order, err error) {
	for _, o := range s.all {
		if slices.ContainsFunc(o.Buyer, func(b string) bool { return slices.Contains(buyers, b) }) {
			all, s.read = append(all, o), s.read+1
		}
	}
	return all, nil
}

func (s *ordered) Contact(_ context.Context, id bot.ContactID) (bot.Contact, error) {
	return bot.Contact{ID: id, Email: string(id) + "@shop.example"}, nil
}

func (s *ordered) Addresses(context.Context, bot.ContactID) ([]bot.ContactInbox, error) {
	return nil, nil
}

func (s *ordered) Standing(_ context.Context, key string) ([]byte, error) { return s.kept[key], nil }
func (s *ordered) MarkOrders(context.Context) (uint64, error)             { return s.mark, nil }

func (s *ordered) SaveStanding(_ context.Context, key string, data []byte, mark uint64) error {
	if mark != s.mark {
		return ErrTouched
	}
	s.kept[key] = data
	return nil
}

func (s *ordered) buys(at time.Time, cents int64, currency string, buyers ...string) {
	s.all = append(s.all, bot.Order{Number: fmt.Sprint(len(s.all)), Buyer: buyers, At: at, Cents: cents, Currency: currency})
}

// What a customer's own orders say of her, with what is kept of all, is what all orders together say: whatever names stand beside
// each other, which are shared, and what lies outside the year.
func TestPurchasesAreThoseOfAllOrders(t *testing.T) {
	end := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, 1))
		s := &ordered{kept: map[string][]byte{}}
		name := func() string {
			kind := []string{"email:", "phone:", "id:"}[random.IntN(3)]
			n := random.IntN(60)
			if kind == "email:" {
				return fmt.Sprintf("email:c%d@shop.example", n)
			}
			return fmt.Sprint(kind, n/4) // some stand beside many
		}
		for range 20 + random.IntN(150) {
			buyers := []string{name()}
			for random.IntN(3) == 0 {
				buyers = append(buyers, name())
			}
			s.buys(end.AddDate(0, 0, 20-random.IntN(400)), int64(random.IntN(3000))-300, []string{"CNY", "CNY", "EUR"}[random.IntN(3)], buyers...)
		}
		if err := KeepStanding(t.Context(), s, end, time.UTC, func() {}); err != nil {
			t.Fatal(err)
		}
		standing, err := standingAt(t.Context(), s, end, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		inYear := yearBefore(end, time.UTC)
		counted := slices.DeleteFunc(slices.Clone(s.all), func(o bot.Order) bool { return !inYear.has(o) })
		all, named := buyersOf(counted, sharedIDs(counted), time.UTC)
		high := 0
		for _, v := range all {
			if standing.place(v); v.High() {
				high++
			}
		}
		if standing.Customers != len(all) || standing.High != high {
			t.Fatalf("seed %d: of %d customers %d, not %d and %d", seed, standing.Customers, standing.High, len(all), high)
		}
		p := newPurchases(s, standing, inYear)
		for _, n := range random.Perm(60) {
			got, err := p.of(t.Context(), fmt.Sprint("c", n))
			if want := named[fmt.Sprintf("email:c%d@shop.example", n)]; err != nil || !reflect.DeepEqual(got, want) {
				t.Fatalf("seed %d, customer %d: %+v, of all orders %+v, %v", seed, n, got, want, err)
			}
		}
	}
}

// A digest whose standing is kept reads the orders of those who are asked about, each once, and no others.
func TestPurchasesReadTheirOwnOrders(t *testing.T) {
	end := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	s := &ordered{kept: map[string][]byte{}}
	for i := range 1000 {
		s.buys(end.AddDate(0, 0, -1-i%300), int64(i), "CNY", fmt.Sprintf("email:c%d@shop.example", i/5))
	}
	if err := KeepStanding(t.Context(), s, end, time.UTC, func() {}); err != nil {
		t.Fatal(err)
	}
	s.read = 0
	standing, err := standingAt(t.Context(), s, end, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	p := newPurchases(s, standing, yearBefore(end, time.UTC))
	for range 3 {
		for _, who := range []string{"c7", "c8", "nobody"} {
			if v, err := p.of(t.Context(), who); err != nil || (v != nil) == (who == "nobody") || v != nil && v.Orders != 5 {
				t.Errorf("%s: %+v, %v", who, v, err)
			}
		}
	}
	if s.read != 10 {
		t.Errorf("%d orders were read", s.read)
	}
}

// A standing is made once for each year, never of orders that changed while they were read, and again where what is kept cannot
// be read.
func TestKeepStanding(t *testing.T) {
	end := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	s := &ordered{kept: map[string][]byte{}}
	for i := range restOrders {
		s.buys(end.AddDate(0, 0, -1), int64(i), "CNY", fmt.Sprint("id:", i))
	}
	keep := func(rest func()) {
		t.Helper()
		if err := KeepStanding(t.Context(), s, end, time.UTC, rest); err != nil {
			t.Fatal(err)
		}
	}
	keep(func() { s.mark++ })
	if len(s.kept) != 0 {
		t.Error("a standing of orders that changed meanwhile was kept")
	}
	rests := 0
	keep(func() { rests++ })
	read := s.read
	keep(func() { rests++ })
	if len(s.kept) != 1 || s.read != read || rests != 1 {
		t.Errorf("%d kept, %d orders read again, %d rests", len(s.kept), s.read-read, rests)
	}
	for key := range maps.Keys(s.kept) {
		s.kept[key] = []byte("{")
	}
	if got, err := standingAt(t.Context(), s, end, time.UTC); err != nil || got.Customers != restOrders {
		t.Errorf("instead of one that cannot be read: %+v, %v", got, err)
	}
	for _, unreadable := range []string{"{", `{"customers": "many"}`} {
		for key := range maps.Keys(s.kept) {
			s.kept[key] = []byte(unreadable)
		}
		keep(func() {})
		var got Standing
		for key, data := range s.kept {
			if err := json.Unmarshal(data, &got); err != nil || got.Customers != restOrders {
				t.Errorf("%s: %q is kept in place of %s: %v", key, data, unreadable, err)
			}
		}
	}
	s.kept = map[string][]byte{}
	broken := errors.New("a damaged page")
	if err := KeepStanding(t.Context(), unreadableOrders{s, broken}, end, time.UTC, func() {}); !errors.Is(err, broken) || len(s.kept) != 0 {
		t.Errorf("%v, and %d kept", err, len(s.kept))
	}
}

// unreadableOrders has orders that cannot be read.
type unreadableOrders struct {
	*ordered
	err error
}

func (s unreadableOrders) Orders(context.Context) iter.Seq2[bot.Order, error] {
	return func(yield func(bot.Order, error) bool) { yield(bot.Order{}, s.err) }
}

// Scores go by who has less; those who are alike have the same.
func TestFifths(t *testing.T) {
	for _, c := range []struct {
		values, scores []int64
	}{
		{[]int64{10, 20, 30, 40, 50}, []int64{1, 2, 3, 4, 5}},
		{[]int64{7, 7, 7, 7, 7}, []int64{3, 3, 3, 3, 3}},
		{[]int64{1, 1, 1, 1, 9}, []int64{3, 3, 3, 3, 5}},
		{[]int64{-5, 0, 0, 0, 0, 0, 0, 0, 0, 4}, []int64{1, 3, 3, 3, 3, 3, 3, 3, 3, 5}},
		{[]int64{4}, []int64{3}},
	} {
		var list []*Value
		for _, x := range c.values {
			list = append(list, &Value{Cents: x})
		}
		steps := fifths(list, func(v *Value) int64 { return v.Cents })
		for i, x := range c.values {
			if got := steps.score(x); got != int(c.scores[i]) {
				t.Errorf("%v: %d scores %d, want %d", c.values, x, got, c.scores[i])
			}
		}
	}
}
