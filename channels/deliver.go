package channels

import (
	"context"
	"errors"
	"time"

	"huiyin/bot"
)

const (
	backoffFirst = time.Second
	backoffMost  = 5 * time.Minute
	authPause    = 30 * time.Second // doubles up to authMost while our credentials do not work
	authMost     = 10 * time.Minute
	limitedAt    = 3 // "too many requests" in a row, then the whole inbox pauses instead of one thread
	movesMost    = 3
)

// backoff is how long to wait after so many failures: doubling, spread over its second half.
func (o *Outbox) backoff(failures int) time.Duration {
	d := Backoff(failures, backoffFirst, backoffMost)
	return d/2 + time.Duration(o.opt.Rand()*float64(d/2))
}

// deliver takes a message one step further: at most one call to the platform. It returns whether the message is done
// with, and else when to go on.
func (q *queue) deliver(ctx context.Context, it *item) (again time.Duration, done bool) {
	if it.settling != nil {
		return q.settle(ctx, it, *it.settling)
	}
	if it.resumed {
		it.resumed = false
		_, asks := q.Channel.(Reconciler)
		switch {
		case q.Limits.Keyed:
		case asks:
			it.unclear = true
		default:
			return q.settle(ctx, it, bot.SendResult{Delivery: bot.Unknown, Error: "interrupted"})
		}
	}
	if it.parts == nil {
		it.parts = Prepare(it.m, q.native, q.Limits)
	}
	if it.unclear && len(it.parts) > 0 {
		if again, done, ok := q.reconcile(ctx, it); !ok {
			return again, done
		}
	}
	if !it.begun {
		if again, done, ok := q.begin(ctx, it); !ok {
			return again, done
		}
	}
	if len(it.parts) == 0 {
		return q.settle(ctx, it, bot.SendResult{Delivery: bot.Failed, Error: "empty"})
	}
	return q.call(ctx, it)
}

// begin marks the message as Sending; not ok: it does not go on now.
func (q *queue) begin(ctx context.Context, it *item) (again time.Duration, done, ok bool) {
	m, err := q.o.store.BeginSend(ctx, it.m.ID)
	switch {
	case err == nil:
	case errors.Is(err, bot.ErrStale):
		if m.ID == "" {
			m, m.Delivery = it.m, bot.Cancelled
		}
		q.settled(m)
		return 0, true, false
	case errors.Is(err, bot.ErrConflict) || errors.Is(err, bot.ErrNotFound):
		q.o.opt.Log.Debug("not sent: it is not queued any more", "inbox", q.Inbox, "message", it.m.ID)
		return 0, true, false
	default:
		return q.storeFailed(ctx, it, err), false, false
	}
	it.begun = true
	it.m = m
	if m.Author == bot.ByBot && q.tooOld(m) {
		again, done = q.settle(ctx, it, bot.SendResult{Delivery: bot.Failed, Error: "expired"})
		return again, done, false
	}
	return 0, false, true
}

// reconcile asks the platform which part arrived; not ok: the message does not go on now.
func (q *queue) reconcile(ctx context.Context, it *item) (again time.Duration, done, ok bool) {
	for it.next < len(it.parts) {
		part := it.parts[it.next]
		part.Thread = q.address(it.m.Thread)
		call, cancel := context.WithTimeout(ctx, q.o.opt.Attempt)
		id, found, err := q.Channel.(Reconciler).Reconcile(call, part)
		cancel()
		if err != nil {
			it.tries++
			reason := ReasonOf(err)
			q.trouble(reason, WaitOf(err))
			if it.since.IsZero() {
				it.since = q.o.opt.Now()
			}
			if reason == Rejected || reason == Blocked || q.o.opt.Now().Sub(it.since) > q.o.opt.GiveUp {
				again, done = q.settle(ctx, it, bot.SendResult{Delivery: bot.Unknown, Error: string(reason)})
				return again, done, false
			}
			return max(q.o.backoff(it.tries), WaitOf(err)), false, false
		}
		if !found {
			break
		}
		it.next++
		it.m.SourceID = id
	}
	it.unclear = false
	if it.next >= len(it.parts) {
		again, done = q.settle(ctx, it, bot.SendResult{Delivery: bot.Sent, SourceID: it.m.SourceID})
		return again, done, false
	}
	if it.next == 0 {
		it.begun = false // nothing has arrived: it may be cancelled still
	}
	return 0, false, true
}

// call makes one attempt to send the next part.
func (q *queue) call(ctx context.Context, it *item) (again time.Duration, done bool) {
	part := it.parts[it.next]
	part.Thread, part.Attempts = q.address(it.m.Thread), it.m.Attempts
	attempt, cancel := context.WithTimeout(ctx, q.o.opt.Attempt)
	start := q.o.opt.Now()
	id, err := q.Channel.Send(attempt, part)
	cancel()
	took := q.o.opt.Now().Sub(start)
	if err != nil {
		reason := ReasonOf(err)
		q.observe(reason, took)
		q.trouble(reason, WaitOf(err))
		return q.failed(ctx, it, err)
	}
	q.observe("", took)
	q.well()
	it.next++
	it.tries, it.plain, it.m.SourceID = 0, false, id
	if it.next < len(it.parts) {
		return 0, false
	}
	return q.settle(ctx, it, bot.SendResult{Delivery: bot.Sent, SourceID: id})
}

// failed decides what follows a failed call.
func (q *queue) failed(ctx context.Context, it *item, err error) (again time.Duration, done bool) {
	reason := ReasonOf(err)
	q.o.opt.Log.Info("not sent", "inbox", q.Inbox, "message", it.m.ID, "part", it.next, "reason", reason, "attempt", it.m.Attempts, "err", err)
	it.tries++
	if it.since.IsZero() {
		it.since = q.o.opt.Now()
	}
	result := bot.SendResult{Delivery: bot.Failed, Error: string(reason)}
	switch reason {
	case RateLimited:
		return q.later(ctx, it, result, max(WaitOf(err), time.Second))
	case Transient:
		return q.later(ctx, it, result, q.o.backoff(it.tries))
	case Auth:
		return q.later(ctx, it, result, time.Second) // the queue as a whole is held back
	case Moved:
		var se *SendError
		if errors.As(err, &se) && se.Thread != "" && it.moves < movesMost {
			it.moves++
			q.move(it.m.Thread, se.Thread)
			return 0, false
		}
	case Unformatted:
		if !it.plain {
			it.plain = true
			it.parts[it.next] = it.parts[it.next].unformatted()
			return 0, false
		}
	case Ambiguous:
		_, asks := q.Channel.(Reconciler)
		if !q.Limits.Keyed && !asks || q.tooLong(it) {
			result.Delivery = bot.Unknown
			break
		}
		it.unclear = !q.Limits.Keyed
		return max(q.o.backoff(it.tries), WaitOf(err)), false
	}
	return q.settle(ctx, it, result)
}

// later puts a message that certainly did not arrive back into the queue, unless it was tried for too long.
func (q *queue) later(ctx context.Context, it *item, result bot.SendResult, wait time.Duration) (time.Duration, bool) {
	if q.tooLong(it) {
		return q.settle(ctx, it, result)
	}
	if it.next > 0 {
		return wait, false // its beginning was shown: the rest follows, whoever owns the conversation now
	}
	result.Delivery, result.At = bot.Queued, q.o.opt.Now()
	m, err := q.o.store.EndSend(ctx, it.m.ID, result)
	if err != nil {
		return max(wait, q.storeFailed(ctx, it, err)), false // it stays Sending; this run knows better
	}
	it.begun = false
	q.settled(m)
	return wait, false
}

// settle stores the fate of a message. When that fails it is tried again, and nothing of the thread is sent until it has
// worked: what comes next must not overtake a message of which we do not know how it ended.
func (q *queue) settle(ctx context.Context, it *item, r bot.SendResult) (again time.Duration, done bool) {
	if r.At.IsZero() {
		r.At = q.o.opt.Now()
	}
	it.settling = &r
	m, err := q.o.store.EndSend(ctx, it.m.ID, r)
	switch {
	case err == nil:
		q.settled(m)
	case errors.Is(err, bot.ErrNotFound) || errors.Is(err, bot.ErrConflict) || errors.Is(err, bot.ErrStale):
		q.o.opt.Log.Warn("the outcome of a message has no place any more", "inbox", q.Inbox, "message", it.m.ID, "delivery", r.Delivery, "err", err)
	default:
		return q.storeFailed(ctx, it, err), false
	}
	return 0, true
}

func (q *queue) storeFailed(ctx context.Context, it *item, err error) time.Duration {
	if ctx.Err() == nil {
		it.tries++
		q.o.opt.Log.Error("cannot write the outbox: trying again", "inbox", q.Inbox, "message", it.m.ID, "err", err)
	}
	return q.o.backoff(it.tries)
}

func (q *queue) tooLong(it *item) bool {
	return q.tooOld(it.m) && (it.m.Author == bot.ByBot || q.o.opt.Now().Sub(it.since) > q.o.opt.GiveUp)
}

func (q *queue) tooOld(m bot.Message) bool {
	return !m.At.IsZero() && q.o.opt.Now().Sub(m.At) > q.o.opt.GiveUp
}

func (q *queue) observe(reason Reason, took time.Duration) {
	if q.o.opt.Observer != nil {
		q.o.opt.Observer.Attempted(q.Inbox, reason, took)
	}
}

func (q *queue) settled(m bot.Message) {
	if q.o.opt.Observer != nil {
		q.o.opt.Observer.Settled(m)
	}
}

// address is where a thread is reached now.
func (q *queue) address(thread string) string {
	q.mu.Lock()
	defer q.mu.Unlock()
	if to := q.moved[thread]; to != "" {
		return to
	}
	return thread
}

// move notes the new address of a thread. The note is lost with the process; then the platform says it again.
func (q *queue) move(thread, to string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.moved) >= 10_000 {
		clear(q.moved)
	}
	q.moved[thread] = to
}

// waitMost is how long we wait at a platform's word before we ask it again: a longer wait is said again then, and one that makes
// no sense is not believed for longer.
const waitMost = time.Hour

// WaitOf is how long the platform asked us to wait with a failed attempt, waitMost at the most; 0: it did not say.
func WaitOf(err error) time.Duration {
	var se *SendError
	if errors.As(err, &se) {
		return min(max(se.RetryAfter, 0), waitMost)
	}
	return 0
}
