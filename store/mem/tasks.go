package mem

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

// Tasks implements feedback.TaskStore.
func (s *Store) Tasks(ctx context.Context) ([]feedback.Task, error) {
	return listed(ctx, s, s.tasks, store.SortTasks)
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
		t.Version++
		return keep(s, s.tasks, key, t, log)
	})
}
