package hooks

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/bot"
)

// How an endpoint that fails is tried again.
const (
	firstWait = 5 * time.Second // doubled after every failure …
	lastWait  = time.Hour       // … up to this
	// mostAfter is how long a Retry-After may ask for.
	mostAfter = 6 * time.Hour
	// mostRefused is how often an event is tried that is answered with a status which says that the event itself is wrong.
	mostRefused = 5
	// mostUnmade is how often making the body of an event is tried, over about ten minutes.
	mostUnmade = 8
	// RefusedEvents and RefusedFor: an endpoint that has left no event but refused so many in a row, the first of them so long
	// ago, is switched off. A single refusal, and a burst of them while somebody puts a mistake right, do not do it.
	RefusedEvents = 20
	RefusedFor    = 24 * time.Hour
	// DefaultOffAfter is how long an endpoint may fail before it is switched off.
	DefaultOffAfter = 3 * 24 * time.Hour
)

// ErrGone is returned by Config.Body for an event whose matter exists no more, for example since the customer was erased:
// nobody is told of it.
var ErrGone = errors.New("hooks: what the event is about is gone")

// Config is what a Sender is made of. Store, Body, Log, Now and Rand are needed.
type Config struct {
	Store Store
	// Body makes the JSON of a delivery. names: with customers' names and words as they are.
	Body func(ctx context.Context, e Event, delivery string, names bool) ([]byte, error)
	// SwitchedOff is called when an endpoint was switched off since it failed; nil: nobody is told.
	SwitchedOff func(ctx context.Context, e Endpoint)
	Private     []netip.Prefix // networks that endpoints may lie in although they are not public
	OffAfter    time.Duration  // 0: DefaultOffAfter
	Log         *slog.Logger
	Now         func() time.Time
	Rand        func() float64    // [0, 1), for jitter
	Transport   http.RoundTripper // nil: one that dials public addresses, and Private
}

// Sender calls endpoints. Each has its own goroutine, so that a slow one holds up no other.
type Sender struct {
	Config
	caller  *caller
	changed chan struct{}
	trouble atomic.Int64 // endpoints that were switched off since they failed

	mu      sync.Mutex // held while workers begin and end
	workers map[string]running
}

// NewSender makes a Sender; Run makes it work.
func NewSender(c Config) *Sender {
	if c.OffAfter == 0 {
		c.OffAfter = DefaultOffAfter
	}
	return &Sender{Config: c, caller: newCaller(c.Private, c.Transport), changed: make(chan struct{}, 1), workers: map[string]running{}}
}

// CheckURL makes sure that an address may be an endpoint; ErrURL.
func (s *Sender) CheckURL(address string) error { return s.caller.check(address) }

// Changed makes Run look at the endpoints again, after one was saved or deleted.
func (s *Sender) Changed() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// Trouble is how many endpoints were switched off since they failed, and nobody has looked after.
func (s *Sender) Trouble() int { return int(s.trouble.Load()) }

// running is a worker with what ends it.
type running struct {
	version uint64
	stop    context.CancelFunc
	ended   chan struct{}
	byHand  chan Delivery // attempts that people made, for its list
}

// Run calls endpoints until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	var all sync.WaitGroup
	defer all.Wait()
	for {
		if err := s.reconcile(ctx, &all); err != nil && ctx.Err() == nil {
			s.Log.Error("webhooks: the endpoints could not be read, trying again", "err", err)
			if !pause(ctx, firstWait) {
				return nil
			}
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.changed:
		}
	}
}

// reconcile begins and ends workers, so that each endpoint that is on has one that knows its newest version.
func (s *Sender) reconcile(ctx context.Context, all *sync.WaitGroup) error {
	endpoints, err := s.Store.Endpoints(ctx)
	if err != nil {
		return err
	}
	want, trouble := map[string]Endpoint{}, int64(0)
	for _, e := range endpoints {
		if e.Off == OffNot {
			want[e.ID] = e
		}
		if e.Off.Itself() {
			trouble++
		}
	}
	s.trouble.Store(trouble)
	s.mu.Lock()
	defer s.mu.Unlock()
	for id, w := range s.workers {
		if e, ok := want[id]; !ok || e.Version != w.version {
			w.stop()
			<-w.ended // two workers of one endpoint would send twice
			delete(s.workers, id)
		}
	}
	for id, e := range want {
		if _, ok := s.workers[id]; ok {
			continue
		}
		own, stop := context.WithCancel(ctx)
		w := running{e.Version, stop, make(chan struct{}), make(chan Delivery, MostRecent)}
		s.workers[id] = w
		all.Go(func() {
			defer close(w.ended)
			(&worker{Sender: s, endpoint: e, byHand: w.byHand}).run(own)
		})
	}
	return nil
}

// Test calls an endpoint once with a Ping, outside of its queue.
func (s *Sender) Test(ctx context.Context, e Endpoint, id string) (Delivery, error) {
	d := Delivery{ID: id, Kind: Ping, At: s.Now(), Attempt: 1}
	body, err := s.body(ctx, Event{Kind: Ping, At: d.At}, id, e.Names)
	if err != nil {
		return d, err
	}
	o := s.caller.post(ctx, e, d, body)
	d.Status, d.Error, d.Took = o.status, o.fail, s.Now().Sub(d.At)
	return d, nil
}

// Again sends a delivery of an endpoint's list once more, now and outside of its queue, also to one that is switched off: with
// the name that it had, so that a receiver which has taken it knows it, and with what is true now. ErrGone when what it is about
// is gone, bot.ErrNotFound when it is not in the list. What comes of it stands in the list.
func (s *Sender) Again(ctx context.Context, e Endpoint, delivery string, by bot.AgentID) (Delivery, error) {
	state, err := s.Store.EndpointState(ctx, e.ID)
	if err != nil {
		return Delivery{}, err
	}
	at := slices.IndexFunc(state.Recent, func(d Delivery) bool { return d.ID == delivery && d.Event.N > 0 })
	if at < 0 {
		return Delivery{}, fmt.Errorf("delivery: %w", bot.ErrNotFound)
	}
	last := state.Recent[at] // the newest attempt at it
	d := Delivery{ID: last.ID, Event: last.Event, Kind: last.Kind, At: s.Now(), Attempt: last.Attempt + 1, By: by}
	body, err := s.body(ctx, d.Event, d.ID, e.Names)
	if err != nil {
		return d, err
	}
	o := s.caller.post(ctx, e, d, body)
	d.Status, d.Error, d.Took = o.status, o.fail, s.Now().Sub(d.At)
	return d, s.list(context.WithoutCancel(ctx), e.ID, d)
}

// list notes an attempt that a person made: the endpoint's worker does, who has its state, or else we do.
func (s *Sender) list(ctx context.Context, endpoint string, d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if w, runs := s.workers[endpoint]; runs {
		select {
		case <-w.ended: // nobody has its state any more
		default:
			select {
			case w.byHand <- d:
				return nil
			case <-w.ended:
			}
		}
	}
	state, err := s.Store.EndpointState(ctx, endpoint)
	if err != nil {
		return err
	}
	state.note(d)
	return s.Store.SaveEndpointState(ctx, state)
}

// errPanic marks an error that was a panic.
var errPanic = errors.New("hooks: panic")

// body calls Body; a panic becomes an error, so that one event cannot end the program, again and again. Its value is not
// shown: it may hold a customer's text.
func (s *Sender) body(ctx context.Context, e Event, delivery string, names bool) (body []byte, err error) {
	defer func() {
		if v := recover(); v != nil {
			s.Log.Error("webhooks: a panic", "event", e.Kind, "stack", string(debug.Stack()))
			err = fmt.Errorf("%w (%T)", errPanic, v)
		}
	}()
	return s.Body(ctx, e, delivery, names)
}

// switchOff ends the calls to an endpoint and tells people.
func (s *Sender) switchOff(ctx context.Context, e Endpoint, why Off) error {
	e.Off, e.OffAt = why, s.Now()
	err := s.Store.SaveEndpoint(ctx, e, bot.Event{At: e.OffAt, Actor: "system", Action: "hook.off", Object: e.ID, Detail: string(why)})
	if err != nil {
		return fmt.Errorf("switch off: %w", err)
	}
	s.Log.Warn("webhooks: an endpoint was switched off", "endpoint", e.ID, "why", why)
	if s.SwitchedOff != nil {
		s.SwitchedOff(ctx, e)
	}
	s.Changed()
	return nil
}

// pause waits; it reports whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(max(d, 0))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
