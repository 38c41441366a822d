package webchat

import "sync"

// event is what an open page is told.
type event struct {
	Kind    string // message, typing
	Message *view
}

// hub passes events to the open pages of a thread. A page that falls behind is cut off; it comes back and reads what it
// missed from the history, so that it never holds anybody up.
type hub struct {
	mu     sync.Mutex
	pages  map[string]map[chan event]struct{}
	closed bool
}

// pageBuffer is how many events an open page may be behind.
const pageBuffer = 64

// pagesPerThread bounds the pages that one visitor may have open.
const pagesPerThread = 8

func newHub() *hub { return &hub{pages: map[string]map[chan event]struct{}{}} }

// subscribe opens a page's channel, or returns nil when the visitor has too many or the hub is closed. The channel is
// closed by the hub; leave ends the subscription.
func (h *hub) subscribe(thread string) (events <-chan event, leave func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.closed || len(h.pages[thread]) >= pagesPerThread {
		return nil, func() {}
	}
	ch := make(chan event, pageBuffer)
	if h.pages[thread] == nil {
		h.pages[thread] = map[chan event]struct{}{}
	}
	h.pages[thread][ch] = struct{}{}
	return ch, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		h.drop(thread, ch)
	}
}

// drop closes a page's channel once; the lock is held.
func (h *hub) drop(thread string, ch chan event) {
	if _, ok := h.pages[thread][ch]; !ok {
		return
	}
	delete(h.pages[thread], ch)
	if len(h.pages[thread]) == 0 {
		delete(h.pages, thread)
	}
	close(ch)
}

func (h *hub) publish(thread string, e event) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for ch := range h.pages[thread] {
		select {
		case ch <- e:
		default:
			h.drop(thread, ch)
		}
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
	for thread, chans := range h.pages {
		for ch := range chans {
			h.drop(thread, ch)
		}
	}
}
