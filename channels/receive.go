package channels

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"huiyin/bot"
)

const (
	restartFirst = 5 * time.Second
	restartMost  = 5 * time.Minute
)

// Receiver runs channels and starts those again that fail.
type Receiver struct {
	lines []Line
	log   *slog.Logger
	now   func() time.Time

	mu     sync.Mutex
	health map[bot.InboxID]Receiving
}

// Receiving is a snapshot of how the receiving of an inbox goes.
type Receiving struct {
	Inbox   bot.InboxID `json:"inbox"`
	State   State       `json:"state"` // ok, auth, conflict or trouble
	Since   time.Time   `json:"since"`
	Restart time.Time   `json:"restart,omitzero"` // when it is tried again
}

// StateConflict means that another program takes our events away.
const StateConflict State = "conflict"

// NewReceiver assembles a receiver.
func NewReceiver(lines []Line, log *slog.Logger, now func() time.Time) *Receiver {
	r := &Receiver{lines: lines, log: log, now: now, health: map[bot.InboxID]Receiving{}}
	for _, l := range lines {
		r.health[l.Inbox] = Receiving{Inbox: l.Inbox, State: StateOK, Since: now()}
	}
	return r
}

// Run receives on all lines until ctx ends, and returns nil; or until every channel has ended, and returns ErrEnded. A
// channel that fails, or panics, is started again after a pause, and does not disturb the others.
func (r *Receiver) Run(ctx context.Context, h bot.Handler) error {
	var wg sync.WaitGroup
	for _, l := range r.lines {
		wg.Go(func() { r.keep(ctx, l, h) })
	}
	wg.Wait()
	if ctx.Err() == nil && len(r.lines) > 0 {
		return ErrEnded
	}
	<-ctx.Done()
	return nil
}

func (r *Receiver) keep(ctx context.Context, l Line, h bot.Handler) {
	for failures := 0; ; {
		start := r.now()
		err := guarded(ctx, l.Channel, h)
		if ctx.Err() != nil || errors.Is(err, ErrEnded) {
			return
		}
		if err == nil {
			err = errors.New("it ended without a reason")
		}
		if r.now().Sub(start) > restartMost {
			failures = 0
		}
		failures++
		pause := Backoff(failures, restartFirst, restartMost)
		state := StateTrouble
		switch {
		case errors.Is(err, ErrAuth):
			state = StateAuth
		case errors.Is(err, ErrSecondInstance):
			state = StateConflict
		}
		r.note(l.Inbox, state, pause)
		r.log.Error("receiving has stopped: starting it again", "inbox", l.Inbox, "state", state, "in", pause, "err", err)
		if !Pause(ctx, pause) {
			return
		}
		r.note(l.Inbox, StateOK, 0)
	}
}

func guarded(ctx context.Context, c Channel, h bot.Handler) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic (%T)\n%s", p, debug.Stack()) // its value may hold what somebody wrote
		}
	}()
	return c.Run(ctx, h)
}

func (r *Receiver) note(inbox bot.InboxID, state State, restart time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	is := Receiving{Inbox: inbox, State: state, Since: r.now()}
	if restart > 0 {
		is.Restart = r.now().Add(restart)
	}
	r.health[inbox] = is
}

// Health returns a snapshot of each inbox, in the order of the lines.
func (r *Receiver) Health() []Receiving {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := make([]Receiving, 0, len(r.lines))
	for _, l := range r.lines {
		all = append(all, r.health[l.Inbox])
	}
	return all
}
