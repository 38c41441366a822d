package bolt

import (
	"context"
	"fmt"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

var _ feedback.TaskStore = (*Store)(nil)

// Tasks implements feedback.TaskStore.
func (s *Store) Tasks(ctx context.Context) ([]feedback.Task, error) {
	all, err := list[feedback.Task](ctx, s, tTasks, nil)
	store.SortTasks(all)
	return all, err
}

// SaveTask implements feedback.TaskStore.
func (s *Store) SaveTask(ctx context.Context, t feedback.Task, log bot.Event) error {
	if err := store.CheckTask(t); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(store.TaskKey(t))
	return s.write(ctx, func(x *txn) error {
		stored, _, err := record[feedback.Task](x, tTasks, key)
		if err != nil {
			return err
		}
		if stored.Version != t.Version {
			return fmt.Errorf("task %s %s: version %d was read, %d is stored: %w", t.Week, t.Topic, t.Version, stored.Version, bot.ErrConflict)
		}
		next := t
		next.Version++
		if err := x.save(tTasks, key, next); err != nil || log == (bot.Event{}) {
			return err
		}
		return x.addLog(entry)
	})
}
