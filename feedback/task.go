package feedback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"huiyin/bot"
)

// Task is what is done about a topic that a digest has found: who sees to it, how far she is, and what became of the topic.
type Task struct {
	Week    string      `json:"week"`  // in whose digest the topic was found, for example "2026-W46"
	Topic   string      `json:"topic"` // with Week, the name of the task
	Name    Text        `json:"name"`  // of the topic
	Version uint64      `json:"version"`
	Owner   bot.AgentID `json:"owner,omitempty"` // empty: nobody yet
	State   TaskState   `json:"state"`
	Note    string      `json:"note,omitempty"`   // what is or was done, in staff's words
	Found   Tally       `json:"found"`            // in the week in which it was found
	Latest  Tally       `json:"latest,omitzero"`  // in the newest week since
	Closed  time.Time   `json:"closed,omitzero"`  // when it was done or dropped
	Changed time.Time   `json:"changed,omitzero"` // by people
	By      bot.AgentID `json:"by,omitempty"`     // who changed it
}

// Tally is how many of a week's messages complained about a topic.
type Tally struct {
	Week  string `json:"week"`
	Count int    `json:"count"`
	Of    int    `json:"of"`
}

// Share is the share of messages, 0..1.
func (t Tally) Share() float64 { return float64(t.Count) / float64(max(1, t.Of)) }

// TaskState is how far a Task is.
type TaskState string

// The states, in their order.
const (
	TaskOpen    TaskState = "open"
	TaskDoing   TaskState = "doing"
	TaskDone    TaskState = "done"
	TaskDropped TaskState = "dropped" // nothing will be done
)

// TaskStates lists them in their order.
func TaskStates() []TaskState { return []TaskState{TaskOpen, TaskDoing, TaskDone, TaskDropped} }

// Over reports whether nothing more is done.
func (s TaskState) Over() bool { return s == TaskDone || s == TaskDropped }

// TaskStore keeps tasks.
type TaskStore interface {
	// Tasks returns all of them: the newest week first, then by topic.
	Tasks(ctx context.Context) ([]Task, error)
	// SaveTask adds or replaces one; its Version must be the stored one (0: it is new), else bot.ErrConflict. The stored
	// Version is one more. An empty log writes no entry.
	SaveTask(ctx context.Context, t Task, log bot.Event) error
}

// Effect compares the newest week with the one in which the topic was found; nil: there is none since.
func (t Task) Effect() *Change {
	if t.Latest.Week == "" || t.Latest.Week == t.Found.Week {
		return nil
	}
	c := share(t.Latest.Count, t.Latest.Of, t.Found.Count, t.Found.Of)
	if c != nil {
		c.Real = c.P <= noise
	}
	return c
}

// taskWeeks is how long tasks are followed, in weeks.
const taskWeeks = 8

// followed reports whether a task of a week is still followed in a period.
func (t Task) followed(p Period) bool {
	week, err := Week(t.Week, p.Zone)
	return err == nil && week.Start.Before(p.Start) && p.Start.Sub(week.Start) <= taskWeeks*8*24*time.Hour
}

// Follow writes down what a week's digest says about tasks: the topics that rose become tasks, and those of weeks before
// learn what became of their topics. Calling it again for the same digest changes nothing.
func Follow(ctx context.Context, store TaskStore, d Digest, p Period) error {
	tasks, err := store.Tasks(ctx)
	if err != nil {
		return fmt.Errorf("feedback: tasks: %w", err)
	}
	counts := map[string]TopicCount{}
	of := 0
	for _, b := range d.Blocks {
		for _, c := range b.Counts {
			counts[c.Topic], of = c, c.Of
		}
	}
	save := func(t Task) error {
		if err := store.SaveTask(ctx, t, bot.Event{}); err != nil && !errors.Is(err, bot.ErrConflict) { // somebody has just changed it: next week
			return fmt.Errorf("feedback: task %s %s: %w", t.Week, t.Topic, err)
		}
		return nil
	}
	for _, t := range tasks {
		latest := Tally{d.Name, counts[t.Topic].Count, of}
		if of == 0 || !t.followed(p) || t.Latest == latest || t.Latest.Week > d.Name {
			continue
		}
		t.Latest = latest
		if err := save(t); err != nil {
			return err
		}
	}
	for _, b := range d.Blocks {
		for _, c := range b.Counts {
			known := slices.ContainsFunc(tasks, func(t Task) bool { return t.Topic == c.Topic && (t.Week == d.Name || t.followed(p) && !t.State.Over()) })
			if !c.Rose || known {
				continue
			}
			if err := save(Task{Week: d.Name, Topic: c.Topic, Name: c.Name, State: TaskOpen, Found: Tally{d.Name, c.Count, c.Of}}); err != nil {
				return err
			}
		}
	}
	return nil
}
