package bolt

import (
	"context"
	"errors"
	"fmt"

	"huiyin/bot"
	"huiyin/store"
)

// Experiments implements bot.ExperimentStore.
func (s *Store) Experiments(ctx context.Context) ([]bot.Experiment, error) {
	all, err := list[bot.Experiment](ctx, s, tExperiments, nil)
	store.SortExperiments(all)
	return all, err
}

// SaveExperiment implements bot.ExperimentStore.
func (s *Store) SaveExperiment(ctx context.Context, e bot.Experiment, log bot.Event) error {
	if err := store.CheckID("experiment", e.ID); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(e.ID)
	return s.write(ctx, func(x *txn) error {
		stored, _, err := record[bot.Experiment](x, tExperiments, key)
		if err != nil {
			return err
		}
		if stored.Version != e.Version {
			return fmt.Errorf("experiment %s: version %d was read, %d is stored: %w", e.ID, e.Version, stored.Version, bot.ErrConflict)
		}
		next := e
		next.Version++
		return errors.Join(x.save(tExperiments, key, next), x.addLog(entry))
	})
}
