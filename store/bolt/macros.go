package bolt

import (
	"context"
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// Macros implements bot.MacroStore.
func (s *Store) Macros(ctx context.Context) ([]bot.Macro, error) {
	all, err := list[bot.Macro](ctx, s, tMacros, nil)
	store.SortMacros(all)
	return all, err
}

// SaveMacro implements bot.MacroStore. It looks at every macro, of which there are few.
func (s *Store) SaveMacro(ctx context.Context, m bot.Macro, log bot.Event) error {
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		var all []bot.Macro
		for _, v := range x.scan(tMacros, nil, nil) {
			var other bot.Macro
			if err := decode(v, &other); err != nil {
				return err
			}
			all = append(all, other)
		}
		next, err := store.NextMacro(all, m)
		if err != nil {
			return err
		}
		return errors.Join(x.save(tMacros, []byte(next.ID), next), x.addLog(entry))
	})
}

// DeleteMacro implements bot.MacroStore.
func (s *Store) DeleteMacro(ctx context.Context, id string, log bot.Event) error {
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.write(ctx, func(x *txn) error {
		if x.get(tMacros, []byte(id)) == nil {
			return fmt.Errorf("macro %s: %w", id, bot.ErrNotFound)
		}
		return errors.Join(x.delete(tMacros, []byte(id)), x.addLog(entry))
	})
}
