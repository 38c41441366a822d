package channels

import (
	"time"

	"huiyin/bot"
)

// State says how the sending of an inbox goes.
type State string

// The states.
const (
	StateOK      State = "ok"
	StateLimited State = "limited" // the platform asked us to slow down
	StateTrouble State = "trouble" // the platform cannot be reached, or fails
	StateAuth    State = "auth"    // our credentials do not work: somebody must mend the configuration
	StateStore   State = "store"   // our own database cannot be read
)

// Health is a snapshot of the sending of one inbox.
type Health struct {
	Inbox   bot.InboxID `json:"inbox"`
	State   State       `json:"state"`
	Code    string      `json:"code,omitempty"` // Reason of the last failure
	Since   time.Time   `json:"since"`          // of the State
	Until   time.Time   `json:"until,omitzero"` // nothing is sent before
	Waiting int         `json:"waiting"`        // messages in memory
	Behind  bool        `json:"behind,omitempty"`
}

// Health returns a snapshot of each inbox, in the order of the lines.
func (o *Outbox) Health() []Health {
	all := make([]Health, 0, len(o.order))
	for _, q := range o.order {
		q.mu.Lock()
		all = append(all, Health{
			Inbox: q.Inbox, State: q.state, Code: q.code, Since: q.since, Until: q.until, Waiting: len(q.known), Behind: q.behind,
		})
		q.mu.Unlock()
	}
	return all
}

// well notes a call that worked.
func (q *queue) well() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.state != StateOK {
		q.o.opt.Log.Info("sending works again", "inbox", q.Inbox, "was", q.state)
		q.state, q.code, q.since = StateOK, "", q.o.opt.Now()
	}
	q.failures = 0
}

// trouble notes a failed call, and pauses the whole inbox when the failure is not of this message alone.
func (q *queue) trouble(reason Reason, retryAfter time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.until.After(q.o.opt.Now()) { // calls that were under way when the pause began do not make it longer
		q.failures++
	}
	switch reason {
	case Auth:
		q.failures = max(q.failures, troubleAt)
		doubled := min(authPause<<min(q.failures-troubleAt, 10), authMost)
		q.pause(StateAuth, string(reason), max(retryAfter, doubled))
	case RateLimited:
		if q.failures >= limitedAt {
			q.pause(StateLimited, string(reason), max(retryAfter, time.Second))
		}
	case Transient, Ambiguous:
		if q.failures >= troubleAt {
			q.pause(StateTrouble, string(reason), max(retryAfter, q.o.backoff(q.failures-troubleAt+1)))
		}
	default:
		q.failures = 0 // the platform answered: it was about this message
	}
}

// pause stops the calls for a while. The caller holds mu.
func (q *queue) pause(state State, code string, d time.Duration) {
	now := q.o.opt.Now()
	if q.state != state {
		q.o.opt.Log.Warn("sending pauses", "inbox", q.Inbox, "state", state, "for", d)
		q.state, q.since = state, now
	}
	q.code = code
	if until := now.Add(d); until.After(q.until) {
		q.until = until
	}
}
