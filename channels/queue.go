package channels

import (
	"container/heap"
	"context"
	"math"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"huiyin/bot"
)

const (
	// freshFor is how old a message may be to go before the backlog. Behind the fresh ones, the newest of the backlog
	// go first: after an outage, those who still wait for an answer get it.
	freshFor = 5 * time.Minute
	// troubleAt is how many failed calls in a row make the queue stop and probe with one call at a time.
	troubleAt = 3
)

// queue holds what is to be sent to one inbox. A lane is a thread: one call at a time, in order.
type queue struct {
	Line
	o       *Outbox
	native  int // buttons
	limiter *rate.Limiter
	slots   chan struct{}
	typers  chan struct{}
	wake    chan struct{}

	mu      sync.Mutex
	lanes   map[string]*lane
	waiting waitingLanes // for their time
	ready   readyLanes   // for a call
	known   map[bot.MessageID]*item
	running int
	moved   map[string]string // thread → its new address
	typed   map[string]time.Time

	loading bool          // the store is being read: what comes meanwhile waits in missed
	missed  []bot.Message // at most Memory
	behind  bool          // some messages are only in the store

	state    State
	code     string // of the last failure
	since    time.Time
	until    time.Time // no calls before
	failures int       // calls in a row that failed because of the platform, not of the message
}

// lane is the messages of one thread.
type lane struct {
	thread string
	items  []*item
	due    time.Time // no call before
	busy   bool      // in a call
	queued bool      // in waiting or ready
	rank   int64     // order in ready
}

// item is a message on its way.
type item struct {
	m     bot.Message
	parts []Outgoing
	next  int // the part to send next
	tries int // failed calls in a row
	moves int

	begun    bool            // BeginSend was done for this attempt
	resumed  bool            // an earlier run left it as Sending
	unclear  bool            // an attempt may have arrived: reconcile before anything else
	plain    bool            // the present part was tried without formatting
	since    time.Time       // of the first failed call
	settling *bot.SendResult // decided, but not stored yet

	again *bot.Message // given once more while a call was running; guarded by the queue's mu
}

// givenAgain decides what becomes of a message that is known already: it was read from the store and came by Send as
// well, or it has failed just now and somebody sends it again while its last call is not cleared away yet. In a call,
// only the store knows which; BeginSend will say. The caller holds mu.
func (it *item) givenAgain(m bot.Message, l *lane) {
	if l != nil && l.busy && l.items[0] == it {
		it.again = &m
	}
}

func newQueue(o *Outbox, l Line) *queue {
	q := &queue{
		Line: l, o: o, wake: make(chan struct{}, 1), typers: make(chan struct{}, 4), loading: true, state: StateOK,
		lanes: map[string]*lane{}, known: map[bot.MessageID]*item{}, moved: map[string]string{}, typed: map[string]time.Time{},
	}
	q.since = o.opt.Now()
	if b, ok := l.Channel.(ButtonSender); ok {
		q.native = b.NativeButtons()
	}
	inFlight := o.opt.InFlight
	if l.Limits.Global > 0 {
		burst := max(1, int(math.Ceil(l.Limits.Global)))
		q.limiter = rate.NewLimiter(rate.Limit(l.Limits.Global), 1)
		inFlight = min(inFlight, burst)
	}
	q.slots = make(chan struct{}, inFlight)
	return q
}

// add takes a message from Send.
func (q *queue) add(m bot.Message) {
	q.mu.Lock()
	defer q.mu.Unlock()
	switch {
	case q.behind:
	case q.loading && len(q.missed) < q.o.opt.Memory:
		q.missed = append(q.missed, m)
	case q.loading:
		q.behind = true
	default:
		q.push(m)
	}
	q.signal()
}

// push puts a message into its lane, or notes that there was no room. The caller holds mu.
func (q *queue) push(m bot.Message) {
	if it := q.known[m.ID]; it != nil {
		it.givenAgain(m, q.lanes[m.Thread])
		return
	}
	if q.behind || len(q.known) >= q.o.opt.Memory {
		q.behind = true
		return
	}
	it := &item{m: m, resumed: m.Delivery == bot.Sending}
	q.known[m.ID] = it
	l := q.lanes[m.Thread]
	if l == nil {
		l = &lane{thread: m.Thread}
		q.lanes[m.Thread] = l
	}
	at := len(l.items)
	first := 0
	if l.busy || at > 0 && l.items[0].begun {
		first = 1
	}
	for at > first && l.items[at-1].m.Conversation == m.Conversation && l.items[at-1].m.Seq > m.Seq {
		at--
	}
	l.items = append(l.items, nil)
	copy(l.items[at+1:], l.items[at:])
	l.items[at] = it
	q.schedule(l)
}

// load takes what was read from the store, and then what came meanwhile.
func (q *queue) load(stored []bot.Message) {
	inOrder(stored)
	q.mu.Lock()
	defer q.mu.Unlock()
	missed, behind := q.missed, q.behind
	q.loading, q.missed, q.behind = false, nil, false
	for _, m := range stored {
		q.push(m)
	}
	for _, m := range missed {
		q.push(m)
	}
	q.behind = q.behind || behind
	q.signal()
}

// loadFailed makes the next look at the store possible.
func (q *queue) loadFailed() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.loading, q.missed, q.behind = false, nil, true
	q.pause(StateStore, "store", q.o.backoff(3))
	q.signal()
}

// schedule puts an idle lane where it belongs. The caller holds mu.
func (q *queue) schedule(l *lane) {
	if l.busy || l.queued {
		return
	}
	now := q.o.opt.Now()
	if len(l.items) == 0 && !l.due.After(now) {
		delete(q.lanes, l.thread)
		return
	}
	l.queued = true
	if l.due.After(now) {
		heap.Push(&q.waiting, l)
		return
	}
	l.rank = now.UnixNano()
	if at := l.items[0].m.At; now.Sub(at) > freshFor {
		l.rank = math.MaxInt64/2 - at.UnixNano()/2
	}
	heap.Push(&q.ready, l)
}

// take returns the lane to serve next with its first message, or how long to wait for one (negative: until something
// happens).
func (q *queue) take() (*lane, *item, time.Duration) {
	q.mu.Lock()
	defer q.mu.Unlock()
	now := q.o.opt.Now()
	for len(q.waiting) > 0 && !q.waiting[0].due.After(now) {
		l := heap.Pop(&q.waiting).(*lane)
		l.queued = false
		q.schedule(l)
	}
	if q.until.After(now) {
		return nil, nil, q.until.Sub(now)
	}
	if q.failures >= troubleAt && q.running > 0 {
		return nil, nil, -1 // one call at a time until one succeeds
	}
	if len(q.ready) > 0 {
		l := heap.Pop(&q.ready).(*lane)
		l.queued, l.busy = false, true
		q.running++
		return l, l.items[0], 0
	}
	if len(q.waiting) > 0 {
		return nil, nil, q.waiting[0].due.Sub(now)
	}
	return nil, nil, -1
}

// run serves the lanes until ctx ends, and then waits for the calls that run under work.
func (q *queue) run(ctx, work context.Context) {
	var calls sync.WaitGroup
	defer calls.Wait()
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for ctx.Err() == nil {
		q.refill(work, &calls)
		select {
		case q.slots <- struct{}{}:
		case <-ctx.Done():
			return
		}
		l, it, wait := q.take()
		if l == nil {
			<-q.slots
			if wait < 0 {
				wait = time.Hour
			}
			timer.Reset(wait)
			select {
			case <-q.wake:
			case <-timer.C:
			case <-ctx.Done():
			}
			continue
		}
		if q.limiter != nil && q.limiter.Wait(ctx) != nil {
			return
		}
		calls.Go(func() {
			defer func() { <-q.slots }()
			again, done := q.caught(work, it)
			q.release(l, again, done)
		})
	}
}

// release puts a lane back after a call.
func (q *queue) release(l *lane, again time.Duration, done bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	l.busy = false
	l.due = q.o.opt.Now().Add(max(again, q.Limits.PerThread))
	if it := l.items[0]; done && it.again != nil {
		l.items[0] = &item{m: *it.again}
		q.known[it.m.ID] = l.items[0]
	} else if done {
		delete(q.known, it.m.ID)
		l.items[0] = nil
		l.items = l.items[1:]
	}
	q.schedule(l)
	q.signal()
}

// refill reads the store again when there is room for what stayed there.
func (q *queue) refill(ctx context.Context, calls *sync.WaitGroup) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.behind && !q.loading && len(q.known) <= q.o.opt.Memory/2 && !q.until.After(q.o.opt.Now()) {
		q.loading, q.behind = true, false
		calls.Go(func() { q.o.reload(ctx, q) })
	}
}

func (q *queue) signal() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// typing shows that an answer is being written, unless it did so just now or the platform is in trouble.
func (q *queue) typing(thread string) {
	t, ok := q.Channel.(Typer)
	if !ok {
		return
	}
	now := q.o.opt.Now()
	q.mu.Lock()
	if len(q.typed) > 1000 {
		clear(q.typed)
	}
	skip := q.failures > 0 || q.until.After(now) || now.Sub(q.typed[thread]) < 4*time.Second
	if !skip {
		q.typed[thread] = now
	}
	if to := q.moved[thread]; to != "" {
		thread = to
	}
	q.mu.Unlock()
	if skip {
		return
	}
	select {
	case q.typers <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-q.typers }()
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				q.panicked("typing", p)
			}
		}()
		if err := t.Typing(ctx, thread); err != nil {
			q.o.opt.Log.Debug("typing was not shown", "inbox", q.Inbox, "reason", ReasonOf(err))
		}
	}()
}

// waitingLanes is a heap by due time.
type waitingLanes []*lane

func (h waitingLanes) Len() int           { return len(h) }
func (h waitingLanes) Less(i, j int) bool { return h[i].due.Before(h[j].due) }
func (h waitingLanes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *waitingLanes) Push(x any)        { *h = append(*h, x.(*lane)) }
func (h *waitingLanes) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}

// readyLanes is a heap by rank.
type readyLanes []*lane

func (h readyLanes) Len() int           { return len(h) }
func (h readyLanes) Less(i, j int) bool { return h[i].rank < h[j].rank }
func (h readyLanes) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *readyLanes) Push(x any)        { *h = append(*h, x.(*lane)) }
func (h *readyLanes) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
