package mem

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/store"
)

var _ hooks.Store = (*Store)(nil)

// hookRecords are endpoints and what they have not taken.
type hookRecords struct {
	wanted    store.Wanted
	endpoints map[string]hooks.Endpoint
	states    map[string]hooks.State
	events    []hooks.Event // in order of N
	newest    uint64
	news      chan struct{}
}

func newHookRecords() hookRecords {
	return hookRecords{endpoints: map[string]hooks.Endpoint{}, states: map[string]hooks.State{}, news: make(chan struct{})}
}

// add puts events into the queue; the oldest fall out when it is full.
func (h *hookRecords) add(events []hooks.Event) {
	if len(events) == 0 {
		return
	}
	for _, e := range events {
		h.newest++
		e.N = h.newest
		h.events = append(h.events, e)
	}
	h.events = h.events[max(0, len(h.events)-hooks.MostEvents):]
	close(h.news)
	h.news = make(chan struct{})
}

// trim drops what everybody has taken.
func (h *hookRecords) trim() {
	upTo := store.TakenByAll(h.list(), func(id string) uint64 { return h.states[id].Done }, h.newest)
	h.events = slices.DeleteFunc(h.events, func(e hooks.Event) bool { return e.N <= upTo })
}

func (h *hookRecords) list() []hooks.Endpoint {
	all := slices.Collect(maps.Values(h.endpoints))
	store.SortEndpoints(all)
	return all
}

// Endpoints implements hooks.Store.
func (s *Store) Endpoints(ctx context.Context) ([]hooks.Endpoint, error) {
	return get(ctx, s, func() ([]hooks.Endpoint, error) { return s.hooks.list(), nil })
}

// SaveEndpoint implements hooks.Store.
func (s *Store) SaveEndpoint(ctx context.Context, e hooks.Endpoint, log bot.Event) error {
	if err := store.CheckEndpoint(e); err != nil {
		return err
	}
	return s.do(ctx, func() error {
		h := &s.hooks
		before := h.endpoints[e.ID]
		if before.ID == "" && len(h.endpoints) >= hooks.MostEndpoints {
			return hooks.ErrMany
		}
		next, state, err := store.NextEndpoint(before, e, h.states[e.ID], h.newest)
		if err != nil {
			return err
		}
		if next, err = clone(next); err != nil {
			return err
		}
		h.endpoints[e.ID], h.states[e.ID] = next, state
		h.wanted = store.WantedBy(h.list())
		h.trim()
		s.audit = append(s.audit, log)
		return nil
	})
}

// DeleteEndpoint implements hooks.Store.
func (s *Store) DeleteEndpoint(ctx context.Context, id string, log bot.Event) error {
	return s.do(ctx, func() error {
		h := &s.hooks
		if _, known := h.endpoints[id]; !known {
			return fmt.Errorf("endpoint: %w", bot.ErrNotFound)
		}
		delete(h.endpoints, id)
		delete(h.states, id)
		h.wanted = store.WantedBy(h.list())
		h.trim()
		s.audit = append(s.audit, log)
		return nil
	})
}

// EndpointState implements hooks.Store.
func (s *Store) EndpointState(ctx context.Context, id string) (hooks.State, error) {
	return get(ctx, s, func() (hooks.State, error) {
		state, known := s.hooks.states[id]
		if !known {
			return state, fmt.Errorf("endpoint: %w", bot.ErrNotFound)
		}
		return state, nil
	})
}

// SaveEndpointState implements hooks.Store.
func (s *Store) SaveEndpointState(ctx context.Context, state hooks.State) error {
	return s.do(ctx, func() error {
		if _, known := s.hooks.states[state.Endpoint]; !known {
			return fmt.Errorf("endpoint: %w", bot.ErrNotFound)
		}
		kept, err := clone(state)
		if err != nil {
			return err
		}
		s.hooks.states[state.Endpoint] = kept
		s.hooks.trim()
		return nil
	})
}

// HookEvents implements hooks.Store.
func (s *Store) HookEvents(ctx context.Context, after uint64, limit int) ([]hooks.Event, error) {
	return get(ctx, s, func() ([]hooks.Event, error) {
		var found []hooks.Event
		for _, e := range s.hooks.events {
			if e.N > after && len(found) < limit {
				found = append(found, e)
			}
		}
		return found, nil
	})
}

// HookNews implements hooks.Store.
func (s *Store) HookNews() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.hooks.news
}
