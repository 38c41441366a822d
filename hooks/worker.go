package hooks

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"huiyin/bot"
)

const (
	// readEvents is how many events a worker holds in memory.
	readEvents = 50
	// saveEvery is how long the state of an endpoint may wait to be written while all goes well: what was taken since then
	// is sent again after a crash.
	saveEvery = time.Second
	// storeWait is how long a worker waits for a store that fails.
	storeWait = 5 * time.Second
)

// worker takes one endpoint through its events, one after the other.
type worker struct {
	*Sender
	endpoint Endpoint
	state    State
	dirty    time.Time // since when the state is another than what is written; zero: it is the same
	bodies   int       // how often making the body of the next event has failed
	byHand   <-chan Delivery
}

// run works until ctx ends or the endpoint is switched off.
func (w *worker) run(ctx context.Context) {
	for w.state.Endpoint == "" {
		var err error
		if w.state, err = w.Store.EndpointState(ctx, w.endpoint.ID); err == nil {
			break
		}
		if errors.Is(err, bot.ErrNotFound) || !w.later(ctx, err) {
			return
		}
	}
	defer func() {
		w.hands()
		if err := w.save(context.WithoutCancel(ctx)); err != nil && !errors.Is(err, bot.ErrNotFound) {
			w.Log.Error("webhooks: the state of an endpoint could not be written: some of its events come twice", "endpoint", w.endpoint.ID, "err", err)
		}
	}()
	for ctx.Err() == nil {
		w.hands()
		news := w.Store.HookNews() // before reading, so that nothing comes in between
		events, err := w.Store.HookEvents(ctx, w.state.Done, readEvents)
		if err == nil && len(events) == 0 {
			err = w.idle(ctx, news)
		}
		for _, e := range events {
			var on bool
			if on, err = w.take(ctx, e); on && err == nil && !w.dirty.IsZero() && w.Now().Sub(w.dirty) >= saveEvery {
				err = w.save(ctx)
			}
			if !on || err != nil {
				break
			}
		}
		switch {
		case errors.Is(err, bot.ErrNotFound), errors.Is(err, errOff):
			return // it was deleted, or is off
		case err != nil && !w.later(ctx, err):
			return
		}
	}
}

// idle waits for news, and writes the state when that is due.
func (w *worker) idle(ctx context.Context, news <-chan struct{}) error {
	var due <-chan time.Time
	if !w.dirty.IsZero() {
		t := time.NewTimer(w.dirty.Add(saveEvery).Sub(w.Now()))
		defer t.Stop()
		due = t.C
	}
	select {
	case <-ctx.Done():
	case <-news:
	case d := <-w.byHand:
		w.note(d)
		return w.save(ctx)
	case <-due:
		return w.save(ctx)
	}
	return nil
}

// hands notes what people have done.
func (w *worker) hands() {
	for len(w.byHand) > 0 {
		w.note(<-w.byHand)
	}
}

// pause waits until the next attempt; it reports whether ctx still lasts. What people do meanwhile is noted at once.
func (w *worker) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	for {
		select {
		case <-ctx.Done():
			return false
		case <-t.C:
			return true
		case d := <-w.byHand:
			w.note(d)
			if err := w.save(ctx); err != nil && ctx.Err() == nil {
				w.Log.Error("webhooks: an attempt made by hand is not in the list yet", "endpoint", w.endpoint.ID, "err", err)
			}
		}
	}
}

// errOff ends a worker whose endpoint was switched off.
var errOff = errors.New("hooks: switched off")

// later waits after an error of our own store; it reports whether to go on.
func (w *worker) later(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return false
	}
	w.Log.Error("webhooks: the store fails, trying again", "endpoint", w.endpoint.ID, "err", err)
	return pause(ctx, storeWait)
}

// take brings one event to the endpoint, or finds that it is not for it. It reports whether the next one may follow: after
// a failure the same event comes again, when its time has come.
func (w *worker) take(ctx context.Context, e Event) (next bool, err error) {
	if e.N > w.state.Done+1 { // the queue was full
		w.state.Lost += e.N - w.state.Done - 1
		w.skip(e.N - 1)
	}
	if !w.endpoint.Wants(e.Kind) {
		w.skip(e.N)
		return true, nil
	}
	if wait := w.state.Next.Sub(w.Now()); wait > 0 && !w.pause(ctx, wait) {
		return false, nil
	}
	if late := w.Now().Sub(w.state.Next); !w.state.Next.IsZero() && late > 0 { // nothing was tried meanwhile
		w.state.Idle += late
		w.state.Next = w.Now()
		w.touch()
	}
	d := Delivery{ID: deliveryID(w.endpoint, e), Event: e, Kind: e.Kind, At: w.Now(), Attempt: w.state.Attempts + 1}
	body, err := w.body(ctx, e, d.ID, w.endpoint.Names)
	if errors.Is(err, ErrGone) {
		w.skip(e.N)
		return true, nil
	}
	if err != nil {
		return w.unmade(ctx, e, d, err)
	}
	o := w.caller.post(ctx, w.endpoint, d, body)
	if ctx.Err() != nil && o.fail != "" {
		return false, nil // we have hung up ourselves
	}
	d.Status, d.Error, d.Took = o.status, o.fail, w.Now().Sub(d.At)
	if o.fail == "" {
		w.past(e.N)
		w.note(d)
		w.state.LastGood = d.At
		return true, nil
	}
	return w.failed(ctx, e, d, o)
}

// unmade waits after the body of an event could not be made, and leaves the event out when that has failed too often: the
// others shall come.
func (w *worker) unmade(ctx context.Context, e Event, d Delivery, why error) (next bool, err error) {
	if ctx.Err() != nil {
		return false, nil
	}
	w.bodies++
	w.Log.Error("webhooks: the body of a call could not be made", "endpoint", w.endpoint.ID, "delivery", d.ID, "time", w.bodies, "err", why)
	if w.bodies < mostUnmade {
		pause(ctx, backoff(w.bodies, w.Rand))
		return false, nil
	}
	d.Error = FailBody
	w.skip(e.N)
	w.note(d)
	return true, w.save(ctx)
}

// deliveryID names a delivery: the same for every attempt, and no other's. The time of the event is a part of it, since after
// a backup was restored the numbers of the queue begin again where the backup stands.
func deliveryID(to Endpoint, e Event) string {
	return fmt.Sprintf("%s-%d-%s", to.ID, e.N, strconv.FormatInt(e.At.UnixMilli(), 36))
}

// past is where the endpoint stands behind an event that it has answered: nothing is being retried.
func (w *worker) past(n uint64) {
	w.skip(n)
	w.state.Fresh()
}

// leaveOut is where the endpoint stands behind an event that it has refused for good.
func (w *worker) leaveOut(n uint64) {
	refused, since := w.state.Refused+1, w.state.Refusing
	if since.IsZero() {
		since = w.state.Failing
	}
	w.past(n)
	w.state.Refused, w.state.Refusing = refused, since
}

// skip is where the endpoint stands behind an event that it is not told of; one that fails is no better for it.
func (w *worker) skip(n uint64) {
	w.state.Done, w.state.Attempts, w.bodies = n, 0, 0
	w.touch()
}

// note keeps an attempt to be shown.
func (w *worker) note(d Delivery) {
	w.state.note(d)
	w.touch()
}

// failed notes a failure and decides when to try again, if at all.
func (w *worker) failed(ctx context.Context, e Event, d Delivery, o outcome) (next bool, err error) {
	w.state.Attempts++
	if w.state.Failing.IsZero() {
		w.state.Failing = d.At
	}
	w.state.Next = w.Now().Add(max(backoff(w.state.Attempts, w.Rand), min(o.after, mostAfter)))
	if refuses(o.status) && w.state.Attempts >= mostRefused {
		d.Error = FailRefused
		next = true
		w.leaveOut(e.N)
	}
	w.note(d)
	if err := w.save(ctx); err != nil {
		return false, err
	}
	w.Log.Warn("webhooks: an endpoint failed", "endpoint", w.endpoint.ID, "delivery", d.ID, "attempt", d.Attempt, "status", d.Status, "why", d.Error)
	switch {
	case o.status == http.StatusGone:
		return false, w.off(ctx, OffGone)
	case next && w.state.Refused >= RefusedEvents && w.Now().Sub(w.state.Refusing) >= RefusedFor:
		return false, w.off(ctx, OffRefused)
	case next: // left out: nothing is being retried
	case w.Now().Sub(w.state.Failing)-w.state.Idle >= w.OffAfter:
		return false, w.off(ctx, OffFailed)
	}
	return next, nil
}

// off switches the endpoint off; errOff when that is done, or when somebody has changed the endpoint meanwhile: then
// another worker follows.
func (w *worker) off(ctx context.Context, why Off) error {
	if err := w.switchOff(ctx, w.endpoint, why); err != nil && !errors.Is(err, bot.ErrConflict) {
		return err
	}
	return errOff
}

// touch notes that the state is another than what is written.
func (w *worker) touch() {
	if w.dirty.IsZero() {
		w.dirty = w.Now()
	}
}

// save writes the state if it has changed.
func (w *worker) save(ctx context.Context) error {
	if w.dirty.IsZero() {
		return nil
	}
	if err := w.Store.SaveEndpointState(ctx, w.state); err != nil {
		return err
	}
	w.dirty = time.Time{}
	return nil
}

// refuses reports whether a status says that this event is wrong, rather than that the endpoint is not well.
func refuses(status int) bool {
	return status == http.StatusBadRequest || status == http.StatusRequestEntityTooLarge || status == http.StatusUnsupportedMediaType || status == http.StatusUnprocessableEntity
}

// backoff is how long to wait after so many failures in a row: doubling, and moved by up to a quarter to either side, so that
// many endpoints of one server do not come back at the same moment.
func backoff(failures int, random func() float64) time.Duration {
	wait := lastWait
	if n := failures - 1; n < 20 {
		wait = min(firstWait<<n, lastWait)
	}
	return time.Duration(float64(wait) * (0.75 + random()/2))
}
