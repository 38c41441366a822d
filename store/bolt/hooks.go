package bolt

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"sync"
	"sync/atomic"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/store"
)

var _ hooks.Store = (*Store)(nil)

// hookNews is what the store knows of endpoints without reading the file.
type hookNews struct {
	wanted atomic.Pointer[store.Wanted] // what the next writes note
	change sync.Mutex                   // held while an endpoint is written and wanted is learned anew

	mu sync.Mutex
	ch chan struct{} // closed when an event has entered the queue
}

// next is the channel of the next event.
func (h *hookNews) next() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ch == nil {
		h.ch = make(chan struct{})
	}
	return h.ch
}

// tell wakes those who wait for events, when there are any.
func (h *hookNews) tell(any bool) {
	if !any {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.ch != nil {
		close(h.ch)
		h.ch = nil
	}
}

// kinds are what endpoints want now.
func (h *hookNews) kinds() store.Wanted {
	if w := h.wanted.Load(); w != nil {
		return *w
	}
	return nil
}

// also makes the next writes note these kinds too. The writer calls it with an endpoint that it stores, so that the very next
// event is noted; should that endpoint not be stored after all, loadHooks takes them back.
func (h *hookNews) also(kinds []hooks.Kind) {
	w := maps.Clone(h.kinds())
	if w == nil {
		w = store.Wanted{}
	}
	for _, k := range kinds {
		w[k] = true
	}
	h.wanted.Store(&w)
}

// changeHooks writes a change of an endpoint, and learns what endpoints want now, whether or not it was stored. ctx may end
// meanwhile.
func (s *Store) changeHooks(ctx context.Context, apply func(*txn) error) error {
	s.hooks.change.Lock()
	defer s.hooks.change.Unlock()
	err := s.write(ctx, apply)
	ctx = context.WithoutCancel(ctx)
	if loaded := s.loadHooks(ctx); err != nil || loaded != nil {
		return errors.Join(err, loaded)
	}
	return s.trimHooks(ctx)
}

// loadHooks learns what endpoints want, at the start and after each change of one.
func (s *Store) loadHooks(ctx context.Context) error {
	all, err := s.Endpoints(ctx)
	if err != nil {
		return err
	}
	w := store.WantedBy(all)
	s.hooks.wanted.Store(&w)
	return nil
}

// addEvents puts events into the queue. The oldest falls out when it is full.
func (x *txn) addEvents(events []hooks.Event) error {
	for _, e := range events {
		n, err := x.next(tHookEvents)
		if err != nil {
			return err
		}
		e.N = n
		if err := x.save(tHookEvents, number(nil, n), e); err != nil {
			return err
		}
		if n <= hooks.MostEvents {
			continue
		}
		if err := x.delete(tHookEvents, number(nil, n-hooks.MostEvents)); err != nil {
			return err
		}
	}
	return nil
}

// Endpoints implements hooks.Store.
func (s *Store) Endpoints(ctx context.Context) ([]hooks.Endpoint, error) {
	all, err := list[hooks.Endpoint](ctx, s, tEndpoints, nil)
	store.SortEndpoints(all)
	return all, err
}

// SaveEndpoint implements hooks.Store.
func (s *Store) SaveEndpoint(ctx context.Context, e hooks.Endpoint, log bot.Event) error {
	if err := store.CheckEndpoint(e); err != nil {
		return err
	}
	entry, err := encode(log)
	if err != nil {
		return err
	}
	key := []byte(e.ID)
	return s.changeHooks(ctx, func(x *txn) error {
		before, known, err := record[hooks.Endpoint](x, tEndpoints, key)
		if err != nil {
			return err
		}
		if !known && x.bucket(tEndpoints).Inspect().KeyN >= hooks.MostEndpoints {
			return hooks.ErrMany
		}
		state, _, err := record[hooks.State](x, tHookStates, key)
		if err != nil {
			return err
		}
		next, state, err := store.NextEndpoint(before, e, state, x.bucket(tHookEvents).Sequence())
		if err != nil {
			return err
		}
		if next.Off == hooks.OffNot {
			s.hooks.also(next.Kinds)
		}
		return errors.Join(x.save(tEndpoints, key, next), x.save(tHookStates, key, state), x.addLog(entry))
	})
}

// DeleteEndpoint implements hooks.Store.
func (s *Store) DeleteEndpoint(ctx context.Context, id string, log bot.Event) error {
	entry, err := encode(log)
	if err != nil {
		return err
	}
	return s.changeHooks(ctx, func(x *txn) error {
		if x.get(tEndpoints, []byte(id)) == nil {
			return fmt.Errorf("endpoint: %w", bot.ErrNotFound)
		}
		return errors.Join(x.delete(tEndpoints, []byte(id)), x.delete(tHookStates, []byte(id)), x.addLog(entry))
	})
}

// EndpointState implements hooks.Store.
func (s *Store) EndpointState(ctx context.Context, id string) (hooks.State, error) {
	return one[hooks.State](ctx, s, tHookStates, []byte(id), "endpoint", bot.ErrNotFound)
}

// SaveEndpointState implements hooks.Store.
func (s *Store) SaveEndpointState(ctx context.Context, state hooks.State) error {
	err := s.write(ctx, func(x *txn) error {
		if x.get(tHookStates, []byte(state.Endpoint)) == nil {
			return fmt.Errorf("endpoint: %w", bot.ErrNotFound)
		}
		return x.save(tHookStates, []byte(state.Endpoint), state)
	})
	if err != nil {
		return err
	}
	return s.trimHooks(ctx)
}

// trimMost is how many events one write drops at most, so that it holds up no other for long.
const trimMost = 1000

// trimHooks drops the events that everybody has taken.
func (s *Store) trimHooks(ctx context.Context) error {
	for {
		var first, upTo uint64
		err := s.view(ctx, func(x *txn) (err error) {
			if k, _ := x.bucket(tHookEvents).Cursor().First(); len(k) == 8 {
				first = binary.BigEndian.Uint64(k)
			}
			upTo, err = x.takenByAll()
			return err
		})
		if err != nil || first == 0 || first > upTo {
			return err
		}
		err = s.write(ctx, func(x *txn) error {
			upTo, err := x.takenByAll()
			if err != nil {
				return err
			}
			for n := first; n <= min(upTo, first+trimMost); n++ {
				if err := x.delete(tHookEvents, number(nil, n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
}

func (x *txn) takenByAll() (uint64, error) {
	var all []hooks.Endpoint
	done := map[string]uint64{}
	for k, v := range x.scan(tEndpoints, nil, nil) {
		var e hooks.Endpoint
		if err := decode(v, &e); err != nil {
			return 0, err
		}
		state, _, err := record[hooks.State](x, tHookStates, k)
		if err != nil {
			return 0, err
		}
		all = append(all, e)
		done[e.ID] = state.Done
	}
	return store.TakenByAll(all, func(id string) uint64 { return done[id] }, x.bucket(tHookEvents).Sequence()), nil
}

// HookEvents implements hooks.Store.
func (s *Store) HookEvents(ctx context.Context, after uint64, limit int) ([]hooks.Event, error) {
	var found []hooks.Event
	err := s.view(ctx, func(x *txn) error {
		for _, v := range x.scan(tHookEvents, nil, number(nil, after+1)) {
			if len(found) >= limit {
				return nil
			}
			var e hooks.Event
			if err := decode(v, &e); err != nil {
				return fmt.Errorf("table %s: %w", specOf(tHookEvents).name, err)
			}
			found = append(found, e)
		}
		return nil
	})
	return found, err
}

// HookNews implements hooks.Store.
func (s *Store) HookNews() <-chan struct{} { return s.hooks.next() }
