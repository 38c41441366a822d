package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/store"
)

// Experiments implements bot.ExperimentStore.
func (s *Store) Experiments(ctx context.Context) ([]bot.Experiment, error) {
	return get(ctx, s, func() ([]bot.Experiment, error) {
		all := slices.Collect(maps.Values(s.experiments))
		store.SortExperiments(all)
		return clone(all)
	})
}

// SaveExperiment implements bot.ExperimentStore.
func (s *Store) SaveExperiment(ctx context.Context, e bot.Experiment, log bot.Event) error {
	if err := store.CheckID("experiment", e.ID); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		if stored := s.experiments[e.ID]; stored.Version != e.Version {
			return fmt.Errorf("experiment %s: version %d was read, %d is stored: %w", e.ID, e.Version, stored.Version, bot.ErrConflict)
		}
		kept, err := clone(e)
		if err != nil {
			return err
		}
		kept.Version++
		s.experiments[e.ID] = kept
		s.audit = append(s.audit, log)
		return nil
	})
}
