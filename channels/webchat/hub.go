package webchat

import (
	"slices"
	"sync"
)

// event is what an open page is told.
type event struct {
	Kind    string // message, typing
	Message *view
}

// page is an open page, with the threads that it shows.
type page struct {
	events  chan event
	threads []string
}

// hub passes events to the open pages of a thread. A page that falls behind is cut off; it comes back and reads what it
// missed from the history, so that it never holds anybody up.
type hub struct {
	mu     sync.Mutex
	pages  map[string]map[*page]struct{}
	closed bool
}

// pageBuffer is how many events an open page may be behind.
const pageBuffer = 64

// pagesPerThread bounds the pages that one visitor may have open.
const pagesPerThread = 8

func newHub() *hub { return &hub{pages: map[string]map[*page]struct{}{}} }

// subscribe opens the channel of a page that shows threads, or returns nil when one of them has too many or the hub is
// closed. The channel is closed by the hub; leave ends the subscription.
func (h *hub) subscribe(threads ...string) (events <-chan event, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || slices.ContainsFunc(threads, func(t string) bool { return len(h.pages[t]) >= pagesPerThread }) {
		return nil, func() {}
	}
	p := &page{events: make(chan event, pageBuffer), threads: threads}
	for _, thread := range threads {
		if h.pages[thread] == nil {
			h.pages[thread] = map[*page]struct{}{}
		}
		h.pages[thread][p] = struct{}{}
	}
	return p.events, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(p)
	}
}

// drop closes a page's channel once; the lock is held.
func (h *hub) drop(p *page) {
	if _, ok := h.pages[p.threads[0]][p]; !ok {
		return
	}
	for _, thread := range p.threads {
		delete(h.pages[thread], p)
		if len(h.pages[thread]) == 0 {
			delete(h.pages, thread)
		}
	}
	close(p.events)
}

func (h *hub) publish(thread string, e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages[thread] {
		select {
		case p.events <- e:
		default:
			h.drop(p)
		}
	}
}

// cut closes the pages of a thread, which come back if they may.
func (h *hub) cut(thread string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages[thread] {
		h.drop(p)
	}
}

func (h *hub) isClosed() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.closed
}

func (h *hub) close() {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.closed = true
	for _, pages := range h.pages {
		for p := range pages {
			h.drop(p)
		}
	}
}
