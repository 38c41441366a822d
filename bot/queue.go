package bot

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"huiyin/nlp"
)

// queue knows who waits for an agent, and since when: a mirror of the store's waiting conversations, so that a place in
// the queue costs no search.
type queue struct {
	mu    sync.Mutex
	since map[ConversationID]spot
	rules func() DeskRules // in force: tiers may change while customers wait
	waits []wait           // of the newest claims
}

// spot is where somebody stands: see standsAt.
type spot struct {
	at   time.Time
	tier string
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

func newQueue(rules func() DeskRules) *queue {
	return &queue{since: map[ConversationID]spot{}, rules: rules}
}

// headStart is how much earlier an unhappy customer, or one whose matter people must handle, counts as having come: far
// enough to be seen next, and little enough that nobody waits forever behind such. Danger to somebody has it twice, who is leaving us half.
const headStart = 10 * time.Minute

// Place is where a conversation that waits stands in the queue: the earlier, the further in front. It is when the
// customer began to wait for a person's answer, so that nobody loses her place when her agent leaves; with a head start
// for those who are unhappy, and the one of the customer's tier. All head starts are bounded, so that nobody waits forever.
func (r DeskRules) Place(c Conversation) time.Time {
	t, _ := r.Tier(c.Tier)
	return standsAt(c).Add(-t.HeadStart)
}

// standsAt is Place without the head start of a tier, whatever the rules are.
func standsAt(c Conversation) time.Time {
	at := c.WaitingSince
	if !c.OwedSince.IsZero() && c.OwedSince.Before(at) {
		at = c.OwedSince
	}
	at = at.Add(-graveStart(c))
	for _, state := range c.Alarms {
		if state == Missed {
			at = at.Add(-headStart)
		}
	}
	return at
}

// graveStart is the head start of what the customer spoke of, of why people have the conversation, and of her mood: the largest
// counts, not the sum.
func graveStart(c Conversation) time.Duration {
	start := time.Duration(0)
	if c.Unhappy() {
		start = headStart
	}
	h := c.Handoff
	if h == nil {
		return start
	}
	if h.Reason == ReasonPolicy || h.Reason == ReasonSentiment {
		start = headStart
	}
	switch flag := cmp.Or(h.Flag, nlp.Flag(h.Detail)); rank(flag) { // a handoff of before Flag has it as its detail
	case rank(nlp.FlagSafety):
		start = 2 * headStart
	case rank(nlp.FlagLegal):
		start = headStart
	case rank(nlp.FlagChurn):
		start = max(start, headStart/2)
	}
	return start
}

// unhappyAt is the mean sentiment score from which a customer counts as unhappy.
const unhappyAt = -0.25

// Unhappy reports whether the customer's messages are negative on the whole.
func (c Conversation) Unhappy() bool {
	return c.MoodCount > 0 && c.MoodTotal/float64(c.MoodCount) < unhappyAt
}

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
		q.since[c.ID] = spot{standsAt(c), c.Tier}
	} else {
		delete(q.since, c.ID)
	}
}

// inOrder are those who wait, who stands in front first.
func (q *queue) inOrder() []ConversationID {
	q.mu.Lock()
	defer q.mu.Unlock()
	start := q.starts()
	at := make(map[ConversationID]time.Time, len(q.since))
	for id, s := range q.since {
		at[id] = s.at.Add(-start[s.tier])
	}
	return slices.SortedFunc(maps.Keys(at), func(a, b ConversationID) int {
		return cmp.Or(at[a].Compare(at[b]), cmp.Compare(a, b))
	})
}

// starts are the head starts of the tiers, by key.
func (q *queue) starts() map[string]time.Duration {
	all := map[string]time.Duration{}
	for _, t := range q.rules().Tiers {
		all[t.Key] = t.HeadStart
	}
	return all
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

// ahead is how many others stand in front of somebody who stands there: see Place.
func (q *queue) ahead(id ConversationID, since time.Time) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n, start := 0, q.starts()
	for other, s := range q.since {
		at := s.at.Add(-start[s.tier])
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
