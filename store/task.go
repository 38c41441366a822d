package store

import (
	"cmp"
	"slices"

	"huiyin/feedback"
)

// TaskKey names a task: its week and its topic.
func TaskKey(t feedback.Task) string { return t.Week + " " + t.Topic }

// CheckTask makes sure that a task can be stored.
func CheckTask(t feedback.Task) error {
	if err := CheckID("week of the task", t.Week); err != nil {
		return err
	}
	return CheckID("topic of the task", t.Topic)
}

// SortTasks orders tasks, the newest week first, then by topic.
func SortTasks(all []feedback.Task) {
	slices.SortFunc(all, func(a, b feedback.Task) int {
		return cmp.Or(cmp.Compare(b.Week, a.Week), cmp.Compare(a.Topic, b.Topic))
	})
}
