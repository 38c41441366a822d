package channels

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"huiyin/bot"
)

// errorPanic is the Error of a message during which our own code broke off.
const errorPanic = "panic"

// caught is deliver, in which a panic ends with the message that brought it about. The program would come to that message
// again at its next start, and would never start.
func (q *queue) caught(ctx context.Context, it *item) (again time.Duration, done bool) {
	defer func() {
		if p := recover(); p != nil {
			q.panicked(it.m.ID, p)
			again, done = q.broken(ctx, it)
		}
	}()
	return q.deliver(ctx, it)
}

// panicked logs where a panic came from. Its value is not shown: it may hold what somebody wrote.
func (q *queue) panicked(at any, p any) {
	q.o.opt.Log.Error("sending broke off: please report this", "inbox", q.Inbox, "message", at, "panic", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
}

// broken gives up a message during which our own code broke off: Failed when nothing of it can have arrived, else Unknown.
func (q *queue) broken(ctx context.Context, it *item) (again time.Duration, done bool) {
	it.tries++
	if it.settling != nil { // decided; only writing it down broke off
		return q.o.backoff(it.tries), false
	}
	result := bot.SendResult{Delivery: bot.Unknown, Error: errorPanic}
	if !it.begun {
		if !it.unclear && it.m.Delivery != bot.Sending {
			result.Delivery = bot.Failed
		}
		m, err := q.o.store.BeginSend(ctx, it.m.ID)
		switch {
		case err == nil:
			it.m, it.begun = m, true
		case errors.Is(err, bot.ErrStale), errors.Is(err, bot.ErrConflict), errors.Is(err, bot.ErrNotFound):
			return 0, true
		default:
			return q.storeFailed(ctx, it, err), false
		}
	}
	return q.settle(ctx, it, result)
}
