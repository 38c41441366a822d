package main

import (
	"context"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/store/open"
)

// demoStage is the demo's clock and its messaging platforms: what the bot sends is taken, and that is all.
type demoStage struct {
	mu      sync.Mutex
	at      time.Time
	waits   map[string]chan struct{} // by the id of an incoming message: closed when it is worked off
	leaving map[bot.MessageID]bool   // stored and to be sent
	left    map[bot.MessageID]bool   // sent
	quiet   chan struct{}            // told when nothing is leaving any more
	sends   int
}

func newDemoStage(at time.Time) *demoStage {
	return &demoStage{at: at, waits: map[string]chan struct{}{}, leaving: map[bot.MessageID]bool{}, left: map[bot.MessageID]bool{}, quiet: make(chan struct{}, 1)}
}

func (s *demoStage) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.at
}

// set moves the clock; never back.
func (s *demoStage) set(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if at.After(s.at) {
		s.at = at
	}
}

// watch is put around the store, so that the stage knows what has been worked off.
func (s *demoStage) watch(inner open.Store) open.Store { return demoStore{inner, s} }

type demoStore struct {
	open.Store
	s *demoStage
}

// Save implements bot.ConversationStore.
func (d demoStore) Save(ctx context.Context, c bot.Change) error {
	if err := d.Store.Save(ctx, c); err != nil {
		return err
	}
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	for _, m := range c.Messages {
		switch {
		case m.Direction == bot.Incoming:
			if done, ok := d.s.waits[m.SourceID]; ok {
				delete(d.s.waits, m.SourceID)
				close(done)
			}
		case m.Direction == bot.Outgoing && m.Delivery == bot.Queued && !d.s.left[m.ID]:
			d.s.leaving[m.ID] = true
		}
	}
	return nil
}

// expect returns a channel that is closed when the message has been worked off.
func (s *demoStage) expect(id string) <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	done := make(chan struct{})
	s.waits[id] = done
	return done
}

// Run implements channels.Channel.
func (s *demoStage) Run(ctx context.Context, _ bot.Handler) error {
	<-ctx.Done()
	return nil
}

// Send implements channels.Channel.
func (s *demoStage) Send(_ context.Context, m channels.Outgoing) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sends++
	s.left[m.ID] = true
	delete(s.leaving, m.ID)
	if len(s.leaving) == 0 {
		select {
		case s.quiet <- struct{}{}:
		default:
		}
	}
	return string(m.ID), nil
}

// demoPatience bounds how long the demo waits, in real time, for what may never come: a message that was cancelled
// because its conversation changed hands.
const demoPatience = 30 * time.Millisecond

// settle waits until everything that was said has left.
func (s *demoStage) settle(ctx context.Context) {
	late := time.NewTimer(demoPatience)
	defer late.Stop()
	for {
		s.mu.Lock()
		n := len(s.leaving)
		s.mu.Unlock()
		if n == 0 {
			return
		}
		select {
		case <-s.quiet:
		case <-late.C:
			s.mu.Lock()
			clear(s.leaving)
			s.mu.Unlock()
			return
		case <-ctx.Done():
			return
		}
	}
}
