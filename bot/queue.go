package bot

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"
)

// queue knows who waits for an agent, and since when: a mirror of the store's waiting conversations, so that a place in
// the queue costs no search.
type queue struct {
	mu    sync.Mutex
	since map[ConversationID]time.Time
	waits []wait // of the newest claims
}

type wait struct {
	at     time.Time
	waited time.Duration
}

const (
	waitsKept   = 30
	waitsNeeded = 5             // fewer say nothing about the next one
	waitsRecent = 3 * time.Hour // older ones say nothing about now
)

func newQueue() *queue { return &queue{since: map[ConversationID]time.Time{}} }

// load fills the queue from the store.
func (q *queue) load(ctx context.Context, s ConversationStore) error {
	const all = 1 << 20
	list, err := s.Conversations(ctx, Filter{Statuses: []Status{StatusWaiting}, Limit: all})
	if err != nil {
		return fmt.Errorf("bot: read the queue: %w", err)
	}
	for _, c := range list {
		q.update(c)
	}
	return nil
}

// update notes where a conversation stands now.
func (q *queue) update(c Conversation) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if c.Status == StatusWaiting {
		q.since[c.ID] = c.WaitingSince
	} else {
		delete(q.since, c.ID)
	}
}

// claimed notes how long a customer had waited.
func (q *queue) claimed(f Fact) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if f.Value > 0 {
		q.waits = append(q.waits, wait{f.End, time.Duration(f.Value * float64(time.Second))})
		q.waits = q.waits[max(0, len(q.waits)-waitsKept):]
	}
}

// ahead is how many others have waited longer.
func (q *queue) ahead(id ConversationID, since time.Time) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for other, at := range q.since {
		if other != id && (at.Before(since) || at.Equal(since) && other < id) {
			n++
		}
	}
	return n
}

// expected is the median of recent waits, in whole minutes, at least one; false when too little is known.
func (q *queue) expected(now time.Time) (minutes int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	var recent []time.Duration
	for _, w := range q.waits {
		if now.Sub(w.at) <= waitsRecent {
			recent = append(recent, w.waited)
		}
	}
	if len(recent) < waitsNeeded {
		return 0, false
	}
	slices.Sort(recent)
	return max(1, int(recent[len(recent)/2].Round(time.Minute)/time.Minute)), true
}

func (q *queue) size() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.since)
}
