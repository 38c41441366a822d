package mem

import (
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// SaveOrders implements bot.OrderStore.
func (s *Store) SaveOrders(ctx context.Context, in bot.OrderImport, orders []bot.Order, log bot.Event) (bot.OrderImport, error) {
	if err := store.CheckOrders(in, orders); err != nil {
		return in, err
	}
	err := s.do(ctx, func() error {
		if _, taken := s.imports[in.ID]; taken {
			return fmt.Errorf("import %s: %w", in.ID, bot.ErrConflict)
		}
		var write []bot.Order
		var err error
		in, write, err = store.PlanOrders(in, orders, func(number string) (bot.Order, bool, error) {
			o, ok := s.orders[number]
			return o, ok, nil
		})
		for _, o := range write {
			o.Buyer = slices.Clone(o.Buyer)
			s.orders[o.Number] = o
		}
		s.imports[in.ID] = in
		s.audit = append(s.audit, log)
		return err
	})
	in.Before = nil
	return in, err
}

// UndoOrders implements bot.OrderStore.
func (s *Store) UndoOrders(ctx context.Context, id string, log bot.Event) (in bot.OrderImport, err error) {
	err = s.do(ctx, func() error {
		var ok bool
		if in, ok = s.imports[id]; !ok {
			return fmt.Errorf("import %s: %w", id, bot.ErrNotFound)
		}
		var its []string
		for number, o := range s.orders {
			if o.Import == id {
				its = append(its, number)
			}
		}
		if err := store.CheckUndo(in, len(its)); err != nil {
			return err
		}
		for _, number := range its {
			delete(s.orders, number)
		}
		for _, o := range in.Before {
			s.orders[o.Number] = o
		}
		delete(s.imports, id)
		s.audit = append(s.audit, log)
		return nil
	})
	in.Before = nil
	return in, err
}

// OrderImports implements bot.OrderStore.
func (s *Store) OrderImports(ctx context.Context) ([]bot.OrderImport, error) {
	return get(ctx, s, func() ([]bot.OrderImport, error) {
		all := slices.Collect(maps.Values(s.imports))
		for i := range all {
			all[i].Before = nil
		}
		store.SortImports(all)
		return all, nil
	})
}

// Orders implements bot.OrderStore.
func (s *Store) Orders(ctx context.Context) iter.Seq2[bot.Order, error] {
	return func(yield func(bot.Order, error) bool) {
		all, err := get(ctx, s, func() ([]bot.Order, error) {
			var all []bot.Order
			for _, number := range slices.Sorted(maps.Keys(s.orders)) {
				all = append(all, s.orders[number])
			}
			return all, nil
		})
		if err != nil {
			yield(bot.Order{}, err)
			return
		}
		for _, o := range all {
			if !yield(o, nil) {
				return
			}
		}
	}
}

// OrdersOf implements bot.OrderStore.
func (s *Store) OrdersOf(ctx context.Context, buyers []string) ([]bot.Order, error) {
	return get(ctx, s, func() ([]bot.Order, error) {
		var all []bot.Order
		for _, o := range s.orders {
			if store.BoughtBy(o, buyers) {
				all = append(all, o)
			}
		}
		store.SortOrders(all)
		return all, nil
	})
}

// eraseOrders removes what somebody bought, also as it was before it changed; counts of imports follow, so that these can be undone.
func (s *Store) eraseOrders(buyers []string) {
	var gone []bot.Order
	for number, o := range s.orders {
		if store.BoughtBy(o, buyers) {
			delete(s.orders, number)
			gone = append(gone, o)
		}
	}
	store.ForgetOrders(s.imports, gone, buyers)
}
