package bolt_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store/bolt"
)

// ordersOfShop are orders with numbers in no order.
func ordersOfShop(n int) []bot.Order {
	random := rand.New(rand.NewPCG(1, 2))
	all := make([]bot.Order, n)
	for i := range all {
		all[i] = bot.Order{Number: fmt.Sprintf("HY%012d", random.Int64N(1e12)), At: time.Date(2026, 11, 1, 0, i%1440, 0, 0, time.UTC), Cents: 10000,
			Buyer: []string{fmt.Sprintf("email:c%d@mail.example", random.IntN(n))}}
	}
	return all
}

// tiring is a context that ends when it has been asked a number of times.
type tiring struct {
	context.Context
	left int
}

func (c *tiring) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

// TestSaveOrdersStops: an import that is given up in the middle leaves nothing behind, and can be made again.
func TestSaveOrdersStops(t *testing.T) {
	s, err := bolt.Open(filepath.Join(t.TempDir(), "huiyin.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	orders := ordersOfShop(5000)
	if _, err := s.SaveOrders(&tiring{t.Context(), 3}, bot.OrderImport{ID: "i1"}, orders, bot.Event{}); !errors.Is(err, context.Canceled) {
		t.Errorf("it goes on: %v", err)
	}
	for o := range s.Orders(t.Context()) {
		t.Fatalf("%s was kept", o.Number)
	}
	done, err := s.SaveOrders(t.Context(), bot.OrderImport{ID: "i1"}, orders, bot.Event{})
	if err != nil || done.Added != len(orders) {
		t.Errorf("%+v %v", done, err)
	}
}

func BenchmarkSaveOrders(b *testing.B) {
	for _, n := range []int{10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			orders := ordersOfShop(n)
			for b.Loop() {
				s := openBench(b)
				if _, err := s.SaveOrders(b.Context(), bot.OrderImport{ID: "i1"}, orders, bot.Event{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
