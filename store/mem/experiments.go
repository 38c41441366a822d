package mem

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// Experiments implements bot.ExperimentStore.
func (s *Store) Experiments(ctx context.Context) ([]bot.Experiment, error) {
	return listed(ctx, s, s.experiments, store.SortExperiments)
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
		e.Version++
		return keep(s, s.experiments, e.ID, e, log)
	})
}
