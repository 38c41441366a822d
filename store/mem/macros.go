package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// Macros implements bot.MacroStore.
func (s *Store) Macros(ctx context.Context) ([]bot.Macro, error) {
	return listed(ctx, s, s.macros, store.SortMacros)
}

// SaveMacro implements bot.MacroStore.
func (s *Store) SaveMacro(ctx context.Context, m bot.Macro, log bot.Event) error {
	return s.do(ctx, func() error {
		next, err := store.NextMacro(slices.Collect(maps.Values(s.macros)), m)
		if err != nil {
			return err
		}
		return keep(s, s.macros, next.ID, next, log)
	})
}

// DeleteMacro implements bot.MacroStore.
func (s *Store) DeleteMacro(ctx context.Context, id string, log bot.Event) error {
	return s.do(ctx, func() error {
		if _, known := s.macros[id]; !known {
			return fmt.Errorf("macro %s: %w", id, bot.ErrNotFound)
		}
		delete(s.macros, id)
		s.audit = append(s.audit, log)
		return nil
	})
}
