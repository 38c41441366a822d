package store

import (
	"cmp"
	"fmt"
	"maps"
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

// KeepFormer keeps the names by which orders knew a person before: those that she has no more when she is written anew, and all of
// one with whom she becomes one.
func KeepFormer(into *bot.Contact, before bot.Contact) {
	now := bot.Buyers(*into, nil)
	former := slices.Clone(into.Former)
	for _, n := range slices.Concat(bot.Buyers(bot.Contact{ID: before.ID, Email: before.Email, Phone: before.Phone}, nil), before.Former) {
		if !slices.Contains(now, n) && !slices.Contains(former, n) {
			former = append(former, n)
		}
	}
	into.Former = former[:min(len(former), bot.MostFormer)]
}

// ForgetOrders takes what a person bought out of the imports, and returns the ids of those that change. Gone are her orders; of
// others she was the buyer before a later import changed that. What is left can still be undone, import by import: where an
// order was hers in between, what it was before that takes the place.
func ForgetOrders(imports map[string]bot.OrderImport, gone []bot.Order, buyers []string) []string {
	changed := map[string]bool{}
	for _, o := range gone {
		for known := true; known; {
			o, known = forget(imports, o, changed)
		}
	}
	for id, in := range imports {
		var kept []bot.Order
		for _, was := range in.Before {
			known := true
			for known && BoughtBy(was, buyers) {
				changed[id] = true
				was, known = forget(imports, was, changed)
			}
			if known {
				kept = append(kept, was)
			} else { // should it be undone, the order goes as if this import had added it
				in.Changed, in.Added = in.Changed-1, in.Added+1
			}
		}
		in.Before = kept
		imports[id] = in
	}
	return slices.Collect(maps.Keys(changed))
}

// forget takes an order out of the import that wrote it, and returns what it was before that.
func forget(imports map[string]bot.OrderImport, o bot.Order, changed map[string]bool) (was bot.Order, known bool) {
	in, ok := imports[o.Import]
	if !ok {
		return was, false
	}
	changed[o.Import] = true
	i := slices.IndexFunc(in.Before, func(b bot.Order) bool { return b.Number == o.Number })
	if i < 0 {
		in.Added--
	} else {
		was, known = in.Before[i], true
		in.Changed--
		in.Before = slices.Delete(slices.Clone(in.Before), i, i+1)
	}
	imports[o.Import] = in
	return was, known
}

// BoughtBy reports whether an order names any of the buyers.
func BoughtBy(o bot.Order, buyers []string) bool {
	return slices.ContainsFunc(o.Buyer, func(b string) bool { return slices.Contains(buyers, b) })
}
