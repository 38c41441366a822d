package store

import (
	"cmp"
	"fmt"
	"slices"

	"huiyin/bot"
)

// CheckOrders makes sure that an import can be stored.
func CheckOrders(in bot.OrderImport, orders []bot.Order) error {
	if err := CheckID("import of orders", in.ID); err != nil {
		return err
	}
	for _, o := range orders {
		if err := CheckID("number of an order", o.Number); err != nil {
			return err
		}
		if len(o.Buyer) == 0 {
			return fmt.Errorf("%w: order %s names nobody", ErrInvalid, o.Number)
		}
		for _, b := range o.Buyer {
			if err := CheckID("buyer of an order", b); err != nil {
				return err
			}
		}
	}
	return nil
}

// PlanOrders says what an import does to the orders that are there: those to write, each once, and the import with its counts. stored
// finds the order of a number.
func PlanOrders(in bot.OrderImport, orders []bot.Order, stored func(number string) (bot.Order, bool, error)) (bot.OrderImport, []bot.Order, error) {
	in.Added, in.Changed, in.Same, in.Before = 0, 0, 0, nil
	last := map[string]int{}
	for i, o := range orders {
		last[o.Number] = i
	}
	var write []bot.Order
	for i, o := range orders {
		if last[o.Number] != i {
			continue
		}
		o.Import = in.ID
		before, known, err := stored(o.Number)
		switch {
		case err != nil:
			return in, nil, err
		case known && before.Same(o):
			in.Same++
			continue
		case known:
			in.Changed++
			in.Before = append(in.Before, before)
		default:
			in.Added++
		}
		write = append(write, o)
	}
	return in, write, nil
}

// CheckUndo makes sure that the orders of an import are still those that it wrote.
func CheckUndo(in bot.OrderImport, its int) error {
	if its != in.Added+in.Changed {
		return fmt.Errorf("import %s: %w", in.ID, bot.ErrOrdersMoved)
	}
	return nil
}

// SortOrders puts the newest first.
func SortOrders(all []bot.Order) {
	slices.SortFunc(all, func(a, b bot.Order) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.Number, a.Number)) })
}

// SortImports puts the newest first.
func SortImports(all []bot.OrderImport) {
	slices.SortFunc(all, func(a, b bot.OrderImport) int { return cmp.Or(b.At.Compare(a.At), cmp.Compare(b.ID, a.ID)) })
}

// ForgetOrder is an import after one of its orders was erased.
func ForgetOrder(in bot.OrderImport, number string) bot.OrderImport {
	i := slices.IndexFunc(in.Before, func(o bot.Order) bool { return o.Number == number })
	if i < 0 {
		in.Added--
		return in
	}
	in.Changed--
	in.Before = slices.Delete(slices.Clone(in.Before), i, i+1)
	return in
}

// ForgetBefore is an import without what somebody bought of its Before: should it be undone, what it changed goes as if it had added it.
func ForgetBefore(in bot.OrderImport, buyers []string) bot.OrderImport {
	kept := slices.DeleteFunc(slices.Clone(in.Before), func(o bot.Order) bool {
		return slices.ContainsFunc(o.Buyer, func(b string) bool { return slices.Contains(buyers, b) })
	})
	n := len(in.Before) - len(kept)
	in.Before, in.Changed, in.Added = kept, in.Changed-n, in.Added+n
	return in
}
