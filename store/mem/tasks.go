package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

// Tasks implements feedback.TaskStore.
func (s *Store) Tasks(ctx context.Context) ([]feedback.Task, error) {
	return get(ctx, s, func() ([]feedback.Task, error) {
		all := slices.Collect(maps.Values(s.tasks))
		store.SortTasks(all)
		return all, nil
	})
}

// SaveTask implements feedback.TaskStore.
func (s *Store) SaveTask(ctx context.Context, t feedback.Task, log bot.Event) error {
	if err := store.CheckTask(t); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		key := store.TaskKey(t)
		if stored := s.tasks[key]; stored.Version != t.Version {
			return fmt.Errorf("task %s %s: version %d was read, %d is stored: %w", t.Week, t.Topic, t.Version, stored.Version, bot.ErrConflict)
		}
		kept, err := clone(t)
		if err != nil {
			return err
		}
		kept.Version++
		s.tasks[key] = kept
		if log != (bot.Event{}) {
			s.audit = append(s.audit, log)
		}
		return nil
	})
}
