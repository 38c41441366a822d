package bot

import (
	"slices"
	"sync"
)

// laneKey names a lane: everything of one thread is handled in order.
type laneKey struct {
	inbox  InboxID
	thread string
}

// lanes run the events of each thread in the order of their acceptance, and many threads at once. A lane exists only
// while it has work; a bounded number of them run at any moment, and take turns event by event.
type lanes struct {
	run   func(Accepted)
	slots chan struct{}
	most  int // events that may wait before intake says no

	mu      sync.Mutex
	queues  map[laneKey][]Accepted
	waiting int // events queued or running, and room reserved for those on their way into the store
	stopped bool
	wg      sync.WaitGroup
}

func newLanes(workers, most int, run func(Accepted)) *lanes {
	return &lanes{run: run, slots: make(chan struct{}, workers), most: most, queues: map[laneKey][]Accepted{}}
}

// reserve makes room for n events, or says that there is none.
func (l *lanes) reserve(n int) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped || l.waiting+n > l.most {
		return false
	}
	l.waiting += n
	return true
}

// force makes room for n events that are stored already, full or not.
func (l *lanes) force(n int) {
	l.mu.Lock()
	l.waiting += n
	l.mu.Unlock()
}

// release gives back room that was not needed.
func (l *lanes) release(n int) {
	l.mu.Lock()
	l.waiting -= n
	l.mu.Unlock()
}

// push queues an event for which room was reserved.
func (l *lanes) push(e Accepted) {
	key := laneKey{e.Inbox, e.Thread}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		l.waiting--
		return // it stays in the store, for the next start
	}
	queue, running := l.queues[key]
	at := len(queue)
	for at > 0 && queue[at-1].ID > e.ID { // two intakes at once may overtake each other here
		at--
	}
	l.queues[key] = slices.Insert(queue, at, e)
	if !running {
		l.wg.Add(1)
		go l.drain(key)
	}
}

// drain runs a lane until it is empty.
func (l *lanes) drain(key laneKey) {
	defer l.wg.Done()
	for {
		e, ok := l.next(key)
		if !ok {
			return
		}
		l.acquire()
		if !l.stopping() {
			l.run(e)
		}
		l.yield()
		l.release(1)
	}
}

// next takes the first event of a lane. When there is none, or everything stops, the lane ends.
func (l *lanes) next(key laneKey) (Accepted, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	queue := l.queues[key]
	if len(queue) == 0 || l.stopped {
		l.waiting -= len(queue)
		delete(l.queues, key)
		return Accepted{}, false
	}
	l.queues[key] = queue[1:]
	return queue[0], true
}

// acquire and yield bound how many lanes run. A lane that waits for something outside yields meanwhile.
func (l *lanes) acquire() { l.slots <- struct{}{} }
func (l *lanes) yield()   { <-l.slots }

func (l *lanes) stopping() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.stopped
}

// stop lets the running events end and drops the queued ones, which the store still has.
func (l *lanes) stop() {
	l.mu.Lock()
	l.stopped = true
	l.mu.Unlock()
	l.wg.Wait()
}

// backlog is how many events wait or run.
func (l *lanes) backlog() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting
}
