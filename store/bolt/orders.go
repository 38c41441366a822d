package bolt

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"huiyin/bot"
	"huiyin/store"
)

// orderIndex is every index entry of an order.
func orderIndex(o bot.Order) []entry {
	if o.Number == "" {
		return nil
	}
	var all []entry
	for _, b := range o.Buyer {
		e := entry{tOrdersOf, append(name(newKey(), b), o.Number...), nil}
		if !contains(all, e) {
			all = append(all, e)
		}
	}
	return all
}

// orderChange is an order before and after a change; one without a number is not there.
type orderChange struct{ before, after bot.Order }

func (c orderChange) number() string { return cmp.Or(c.after.Number, c.before.Number) }

// putOrders writes changed orders, sorted by their keys: what a transaction adds to a page of bbolt stays one page until it
// commits, so that a million keys in any other order cost the square of their number.
func (x *txn) putOrders(ctx context.Context, changes []orderChange) error {
	if len(changes) == 0 {
		return nil
	}
	if err := x.touchOrders(); err != nil {
		return err
	}
	slices.SortFunc(changes, func(a, b orderChange) int { return strings.Compare(a.number(), b.number()) })
	var added []entry
	for i, c := range changes {
		if i%ordersChunk == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		old, now := orderIndex(c.before), orderIndex(c.after)
		for _, e := range now {
			if !contains(old, e) {
				added = append(added, e)
			}
		}
		if err := x.reindex(old, common(old, now)); err != nil {
			return err
		}
		if c.after.Number == "" {
			if err := x.delete(tOrders, []byte(c.before.Number)); err != nil {
				return err
			}
		} else if err := x.save(tOrders, []byte(c.after.Number), c.after); err != nil {
			return err
		}
	}
	slices.SortFunc(added, func(a, b entry) int { return bytes.Compare(a.key, b.key) })
	for i, e := range added {
		if i%ordersChunk == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if err := x.put(e.table, e.key, e.value); err != nil {
			return err
		}
	}
	return nil
}

// common are the entries of one list that stand in another.
func common(all, other []entry) []entry {
	return slices.DeleteFunc(slices.Clone(all), func(e entry) bool { return !contains(other, e) })
}

// SaveOrders implements bot.OrderStore.
func (s *Store) SaveOrders(ctx context.Context, in bot.OrderImport, orders []bot.Order, log bot.Event) (bot.OrderImport, error) {
	if err := store.CheckOrders(in, orders); err != nil {
		return in, err
	}
	entry, err := encode(log)
	if err != nil {
		return in, err
	}
	var done bot.OrderImport
	err = s.write(ctx, func(x *txn) error {
		if x.get(tOrderImports, []byte(in.ID)) != nil {
			return fmt.Errorf("import %s: %w", in.ID, bot.ErrConflict)
		}
		before := map[string]bot.Order{}
		var write []bot.Order
		var err error
		done, write, err = store.PlanOrders(in, orders, func(number string) (bot.Order, bool, error) {
			o, found, err := record[bot.Order](x, tOrders, []byte(number))
			before[number] = o
			return o, found, err
		})
		if err != nil {
			return err
		}
		changes := make([]orderChange, len(write))
		for i, o := range write {
			changes[i] = orderChange{before[o.Number], o}
		}
		if err := x.putOrders(ctx, changes); err != nil {
			return err
		}
		return errors.Join(x.save(tOrderImports, []byte(in.ID), done), x.addLog(entry))
	})
	done.Before = nil
	return done, err
}

// UndoOrders implements bot.OrderStore.
func (s *Store) UndoOrders(ctx context.Context, id string, log bot.Event) (bot.OrderImport, error) {
	entry, err := encode(log)
	if err != nil {
		return bot.OrderImport{}, err
	}
	var in bot.OrderImport
	err = s.write(ctx, func(x *txn) error {
		var found bool
		var err error
		if in, found, err = record[bot.OrderImport](x, tOrderImports, []byte(id)); err != nil || !found {
			return errors.Join(err, fmt.Errorf("import %s: %w", id, bot.ErrNotFound))
		}
		var its []bot.Order
		for _, v := range x.scan(tOrders, nil, nil) {
			var o bot.Order
			if err := decode(v, &o); err != nil {
				return err
			}
			if o.Import == id {
				its = append(its, o)
			}
		}
		if err := store.CheckUndo(in, len(its)); err != nil {
			return err
		}
		was := map[string]bot.Order{}
		for _, o := range in.Before {
			was[o.Number] = o
		}
		changes := make([]orderChange, len(its))
		for i, o := range its {
			changes[i] = orderChange{o, was[o.Number]}
		}
		if err := x.putOrders(ctx, changes); err != nil {
			return err
		}
		return errors.Join(x.delete(tOrderImports, []byte(id)), x.addLog(entry))
	})
	in.Before = nil
	return in, err
}

// OrderImports implements bot.OrderStore.
func (s *Store) OrderImports(ctx context.Context) ([]bot.OrderImport, error) {
	all, err := list[bot.OrderImport](ctx, s, tOrderImports, nil)
	for i := range all {
		all[i].Before = nil
	}
	store.SortImports(all)
	return all, err
}

// ordersChunk is how many orders are read in one transaction.
const ordersChunk = 1024

// Orders implements bot.OrderStore.
func (s *Store) Orders(ctx context.Context) iter.Seq2[bot.Order, error] {
	return func(yield func(bot.Order, error) bool) {
		var last []byte
		for {
			var part []bot.Order
			err := s.view(ctx, func(x *txn) error {
				for k, v := range x.scan(tOrders, nil, last) {
					if bytes.Equal(k, last) {
						continue
					}
					var o bot.Order
					if err := decode(v, &o); err != nil {
						return err
					}
					if part = append(part, o); len(part) == ordersChunk {
						return nil
					}
				}
				return nil
			})
			if err != nil {
				yield(bot.Order{}, err)
				return
			}
			for _, o := range part {
				if !yield(o, nil) {
					return
				}
			}
			if len(part) < ordersChunk {
				return
			}
			last = []byte(part[len(part)-1].Number)
		}
	}
}

// OrdersOf implements bot.OrderStore.
func (s *Store) OrdersOf(ctx context.Context, buyers []string) (all []bot.Order, err error) {
	err = s.view(ctx, func(x *txn) (err error) {
		all, err = x.ordersOf(buyers)
		return err
	})
	store.SortOrders(all)
	return all, err
}

func (x *txn) ordersOf(buyers []string) ([]bot.Order, error) {
	var all []bot.Order
	seen := map[string]bool{}
	for _, b := range buyers {
		prefix := name(nil, b)
		for k := range x.scan(tOrdersOf, prefix, nil) {
			number := string(k[len(prefix):])
			if seen[number] {
				continue
			}
			seen[number] = true
			o, found, err := record[bot.Order](x, tOrders, []byte(number))
			if err != nil || !found {
				return nil, errors.Join(err, fmt.Errorf("%w: order %s is missing", store.ErrCorrupt, number))
			}
			all = append(all, o)
		}
	}
	return all, nil
}

// eraseOrders removes what somebody bought, also as it was before it changed; counts of imports follow, so that these can be undone.
func (x *txn) eraseOrders(ctx context.Context, buyers []string) error {
	orders, err := x.ordersOf(buyers)
	if err != nil {
		return err
	}
	changes := make([]orderChange, len(orders))
	for i, o := range orders {
		changes[i] = orderChange{before: o}
	}
	if err := x.putOrders(ctx, changes); err != nil {
		return err
	}
	imports := map[string]bot.OrderImport{}
	for _, key := range x.keys(tOrderImports, nil) {
		if imports[string(key)], _, err = record[bot.OrderImport](x, tOrderImports, key); err != nil {
			return err
		}
	}
	for _, id := range store.ForgetOrders(imports, orders, buyers) {
		if err := x.save(tOrderImports, []byte(id), imports[id]); err != nil {
			return err
		}
	}
	return nil
}
