package console

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"time"

	"huiyin/bot"
)

// hub knows what goes on: every conversation that is not resolved, and who looks at which. It takes each notice of the
// bot once and hands it to all open pages, already encoded, so that two hundred of them cost little more than one.
type hub struct {
	store Store
	feed  bot.Feed
	log   *slog.Logger
	now   func() time.Time

	mu     sync.Mutex
	live   bool                                     // open is complete and follows the feed
	open   map[bot.ConversationID]*bot.Conversation // never changed, only replaced
	closed map[bot.ConversationID]*bot.Conversation // resolved ones with notes that name somebody
	pages  map[*page]struct{}
	agents map[bot.AgentID]*attendance
	heard  map[chan bot.ConversationID]struct{} // see attended

	called   map[bot.AgentID]string // names of agents, as of calledAt; never changed, only replaced
	calledAt time.Time
}

// page is an open page of an agent.
type page struct {
	agent   bot.Agent
	session string             // hash of its login
	quiet   bool               // see quiet.go
	at      bot.ConversationID // that it shows; empty: none
	events  chan []byte
	behind  bool      // events were left out: the page must read anew what it shows
	typing  time.Time // until when the agent counts as writing a reply
}

// attendance is how an agent is connected.
type attendance struct {
	pages int
	left  time.Time // when the last page closed
}

const (
	// pageBuffer is how many events a page may fall behind; further ones are left out, and it is told to read anew.
	pageBuffer = 128
	// typingFor is how long after a key an agent counts as writing.
	typingFor = 6 * time.Second
	// openMost bounds how many conversations are kept at hand.
	openMost = 50_000
	// closedMost bounds how many resolved ones are kept for those whom their notes name.
	closedMost = 2000
	// reloadAfter is the pause before the feed is followed again when it was lost or cannot be read.
	reloadAfter = time.Second
)

func newHub(c Config) *hub {
	return &hub{store: c.Store, feed: c.Feed, log: c.Log, now: c.Now, open: map[bot.ConversationID]*bot.Conversation{}, closed: map[bot.ConversationID]*bot.Conversation{},
		pages: map[*page]struct{}{}, agents: map[bot.AgentID]*attendance{}, heard: map[chan bot.ConversationID]struct{}{}}
}

// run follows the feed until ctx ends. When it falls behind, or the store cannot be read, it reads the store again.
func (h *hub) run(ctx context.Context) {
	for ctx.Err() == nil {
		followCtx, stop := context.WithCancel(ctx)
		err := h.follow(followCtx)
		stop()
		h.mu.Lock()
		h.live = false
		h.mu.Unlock()
		if err != nil && ctx.Err() == nil {
			h.log.Error("console: the conversations cannot be read, trying again", "in", reloadAfter, "err", err)
		}
		select {
		case <-ctx.Done():
		case <-time.After(reloadAfter):
		}
	}
}

// follow subscribes first and reads the store then, so that nothing falls between the two. Pages that were open meanwhile
// read anew what they show.
func (h *hub) follow(ctx context.Context) error {
	notices := h.feed.Subscribe(ctx)
	list, err := h.store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusBot, bot.StatusWaiting, bot.StatusAgent}, Limit: openMost})
	if err != nil {
		return err
	}
	resolved, err := h.store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusResolved}, Limit: closedMost})
	if err != nil {
		return err
	}
	h.mu.Lock()
	clear(h.open)
	clear(h.closed)
	for i := range list {
		h.open[list[i].ID] = &list[i]
	}
	for _, c := range resolved {
		h.keep(c)
	}
	h.live = true
	h.tell(anew, nothing, func(*page) bool { return true })
	for p := range h.pages {
		if p.quiet { // she may own it since
			h.presence(p.at)
		}
	}
	h.mu.Unlock()
	for {
		select {
		case <-ctx.Done():
			return nil
		case n, open := <-notices:
			if !open {
				return nil
			}
			h.note(n)
		}
	}
}

// note takes in a notice and tells all pages.
func (h *hub) note(n bot.Notice) {
	data, err := json.Marshal(changeOf(n))
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	before := h.object(n.Conversation.ID)
	h.keep(n.Conversation)
	if before.Owner != h.object(n.Conversation.ID).Owner { // who reads it quietly may be its owner now
		defer h.presence(n.Conversation.ID)
	}
	h.tell("change", data, func(*page) bool { return true })
}

// keep holds the newest state of a conversation; the caller has the lock.
func (h *hub) keep(c bot.Conversation) {
	delete(h.closed, c.ID)
	switch stored, known := h.open[c.ID]; {
	case c.Status == bot.StatusResolved:
		delete(h.open, c.ID)
		if len(c.Mentioned) > 0 && len(h.closed) < closedMost {
			h.closed[c.ID] = &c
		}
	case !known && len(h.open) < openMost, known && c.Version >= stored.Version:
		h.open[c.ID] = &c
	}
}

// The event that tells a page to read anew what it shows, since it was not told all that happened.
const anew = "anew"

var nothing = []byte("{}")

func eventLine(event string, data []byte) []byte {
	return []byte("event: " + event + "\ndata: " + string(data) + "\n\n")
}

// tell sends an event to pages; what one has no room for is left out (see rest). The caller has the lock.
func (h *hub) tell(event string, data []byte, to func(*page) bool) {
	line := eventLine(event, data)
	for p := range h.pages {
		if !to(p) {
			continue
		}
		select {
		case p.events <- line:
		default:
			p.behind = true
		}
	}
}

// rest adds to an event what else waits for a page, so that a busy one costs one write and not many; and when events were
// left out, that it is to read anew, and who is there.
func (h *hub) rest(p *page, event []byte) []byte {
	all := bytes.Clone(event)
	for waiting := true; waiting; {
		select {
		case next := <-p.events:
			all = append(all, next...)
		default:
			waiting = false
		}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if !p.behind {
		return all
	}
	p.behind = false
	all = append(all, eventLine(anew, nothing)...)
	if who, err := h.whoReads(p.at); err == nil && p.at != "" {
		all = append(all, eventLine("presence", who)...)
	}
	return all
}

// enter adds a page; leave takes it away.
func (h *hub) enter(v visit, at bot.ConversationID) *page {
	agent := v.agent
	h.mu.Lock()
	defer h.mu.Unlock()
	p := &page{agent: agent, session: v.session.Hash, quiet: v.session.Quiet, at: at, events: make(chan []byte, pageBuffer)}
	h.pages[p] = struct{}{}
	if h.agents[agent.ID] == nil {
		h.agents[agent.ID] = &attendance{}
	}
	h.agents[agent.ID].pages++
	if !h.hidden(p, h.now()) {
		h.presence(at)
	} else if data, err := h.whoReads(at); err == nil && at != "" { // nobody else is to notice
		h.tell("presence", data, func(one *page) bool { return one == p })
	}
	return p
}

func (h *hub) leave(p *page) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.pages, p)
	if a := h.agents[p.agent.ID]; a != nil {
		if a.pages--; a.pages == 0 {
			a.left = h.now()
		}
	}
	if !h.hidden(p, h.now()) || !p.typing.IsZero() { // or was seen writing
		h.presence(p.at)
	}
}

// readers are who is seen to look at a conversation, by name; the caller has the lock.
func (h *hub) readers(id bot.ConversationID) []bot.Reader {
	found := []bot.Reader{}
	now := h.now()
	for p := range h.pages {
		if p.at != id || h.hidden(p, now) {
			continue
		}
		i := slices.IndexFunc(found, func(r bot.Reader) bool { return r.ID == p.agent.ID })
		if i < 0 {
			found = append(found, bot.Reader{ID: p.agent.ID, Name: p.agent.Name})
			i = len(found) - 1
		}
		found[i].Typing = found[i].Typing || now.Before(p.typing)
	}
	slices.SortFunc(found, func(a, b bot.Reader) int {
		if a.Name != b.Name {
			return map[bool]int{true: -1, false: 1}[a.Name < b.Name]
		}
		return map[bool]int{true: -1, false: 1}[a.ID < b.ID]
	})
	return found
}

// presence tells those who look at a conversation who else does; the caller has the lock.
func (h *hub) presence(id bot.ConversationID) {
	if id == "" {
		return
	}
	if data, err := h.whoReads(id); err == nil {
		h.tell("presence", data, func(p *page) bool { return p.at == id })
	}
	for other := range h.heard {
		select {
		case other <- id:
		default:
		}
	}
}

// whoReads says, as pages hear it, who looks at a conversation; the caller has the lock.
func (h *hub) whoReads(id bot.ConversationID) ([]byte, error) {
	return json.Marshal(map[string]any{"id": id, "who": h.readers(id)})
}

// heardBuffer is how many conversations another part of the program may fall behind.
const heardBuffer = 256

// attended tells another part of the program of conversations whose readers changed.
func (h *hub) attended(ctx context.Context) <-chan bot.ConversationID {
	heard := make(chan bot.ConversationID, heardBuffer)
	h.mu.Lock()
	h.heard[heard] = struct{}{}
	h.mu.Unlock()
	context.AfterFunc(ctx, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.heard, heard)
		close(heard)
	})
	return heard
}

// typing notes that an agent writes a reply, or has stopped.
func (h *hub) typing(agent bot.AgentID, id bot.ConversationID, writes bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for p := range h.pages {
		if p.agent.ID == agent && p.at == id {
			p.typing = time.Time{}
			if writes {
				p.typing = h.now().Add(typingFor)
			}
		}
	}
	h.presence(id)
}

// reading says who else looks at which conversation.
func (h *hub) reading(me bot.AgentID) map[bot.ConversationID][]bot.Reader {
	h.mu.Lock()
	defer h.mu.Unlock()
	all := map[bot.ConversationID][]bot.Reader{}
	for p := range h.pages {
		if p.at != "" && all[p.at] == nil {
			all[p.at] = slices.DeleteFunc(h.readers(p.at), func(r bot.Reader) bool { return r.ID == me })
		}
	}
	return all
}

// conversations are all that are not resolved: from memory while the feed is followed, else from the store. The caller
// must not change them.
func (h *hub) conversations(ctx context.Context) ([]*bot.Conversation, error) {
	h.mu.Lock()
	if h.live {
		defer h.mu.Unlock()
		list := make([]*bot.Conversation, 0, len(h.open))
		for _, c := range h.open {
			list = append(list, c)
		}
		return list, nil
	}
	h.mu.Unlock()
	list, err := h.store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusBot, bot.StatusWaiting, bot.StatusAgent}, Limit: openMost})
	return pointers(list), err
}

// mentioning are those of the open conversations, and of the resolved ones, that have a note that names an agent. The
// caller must not change them.
func (h *hub) mentioning(me bot.AgentID, open []*bot.Conversation) []*bot.Conversation {
	h.mu.Lock()
	defer h.mu.Unlock()
	var list []*bot.Conversation
	for _, c := range slices.AppendSeq(slices.Clone(open), maps.Values(h.closed)) {
		if c.Mentioned[me] > 0 {
			list = append(list, c)
		}
	}
	return list
}

func pointers[T any](list []T) []*T {
	all := make([]*T, len(list))
	for i := range list {
		all[i] = &list[i]
	}
	return all
}

// namesFor is how long names of agents are kept before they are read again.
const namesFor = 2 * time.Second

// names are how agents are called.
func (h *hub) names(ctx context.Context) (map[bot.AgentID]string, error) {
	now := h.now()
	h.mu.Lock()
	called, at := h.called, h.calledAt
	h.mu.Unlock()
	if called != nil && now.Sub(at) < namesFor && !now.Before(at) {
		return called, nil
	}
	agents, err := h.store.Agents(ctx)
	if err != nil {
		return nil, err
	}
	called = map[bot.AgentID]string{}
	for _, a := range agents {
		called[a.ID] = a.Name
	}
	h.mu.Lock()
	h.called, h.calledAt = called, now
	h.mu.Unlock()
	return called, nil
}

// moved reads conversations again that changed without a notice, since their contact did.
func (h *hub) moved(ctx context.Context, contact bot.ContactID) error {
	list, err := h.store.Conversations(ctx, bot.Filter{Contact: contact, Limit: openMost})
	if err != nil {
		return err
	}
	for _, c := range list {
		h.note(bot.Notice{Conversation: c})
	}
	return nil
}

// absent are agents whose last page closed before an instant, and who have none open.
func (h *hub) absent(before time.Time) []bot.AgentID {
	h.mu.Lock()
	defer h.mu.Unlock()
	var gone []bot.AgentID
	for id, a := range h.agents {
		if a.pages == 0 && a.left.Before(before) {
			gone = append(gone, id)
			delete(h.agents, id)
		}
	}
	return gone
}

// absentAfter is how long an agent may be without a page before she counts as offline: a reload or a short loss of the
// network does not send her customers back to the queue.
const absentAfter = 2 * time.Minute

// Run follows what happens until ctx ends, and returns nil then: for the live pages, and to notice agents who have closed
// theirs.
func (s *Console) Run(ctx context.Context) error {
	agents, err := s.Store.Agents(ctx)
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	s.hub.mu.Lock()
	for _, a := range agents { // those who were there before a restart have a while to come back
		if a.State == bot.Online && s.hub.agents[a.ID] == nil {
			s.hub.agents[a.ID] = &attendance{left: s.Now()}
		}
	}
	s.hub.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.hub.run(ctx)
	}()
	remembered := make(chan struct{})
	go func() {
		defer close(remembered)
		s.remember(ctx)
	}()
	tick := time.NewTicker(absentAfter / 4)
	defer tick.Stop()
	for {
		select {
		case <-ended:
			<-remembered
			return nil
		case <-tick.C:
			s.sweep(ctx)
		}
	}
}

// sweep marks agents as offline who have no page open any more.
func (s *Console) sweep(ctx context.Context) {
	for _, id := range s.hub.absent(s.Now().Add(-absentAfter)) {
		a, err := s.Store.Agent(ctx, id)
		if err == nil && a.State == bot.Online {
			_, err = s.Desk.SetState(ctx, id, bot.Offline)
		}
		if err != nil && !errors.Is(err, bot.ErrNotFound) {
			s.Log.Warn("console: an agent could not be marked as offline", "agent", id, "error", err)
		}
	}
}
