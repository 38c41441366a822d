package channelstest

import (
	"context"
	"slices"
	"sync"

	"huiyin/bot"
)

// Intake is a bot.Handler that keeps what it gets: unlike the bot's own, also the repetitions.
type Intake struct {
	mu     sync.Mutex
	events []bot.Inbound
	errs   []error
	news   chan struct{}
	gate   chan struct{}
	feeds  []chan bot.Notice
}

// NewIntake makes an empty intake.
func NewIntake() *Intake { return &Intake{news: make(chan struct{})} }

// Handle implements bot.Handler.
func (i *Intake) Handle(ctx context.Context, events ...bot.Inbound) error {
	i.mu.Lock()
	gate := i.gate
	i.mu.Unlock()
	if gate != nil {
		select {
		case <-gate:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if len(i.errs) > 0 {
		err := i.errs[0]
		i.errs = i.errs[1:]
		if err != nil {
			return err
		}
	}
	i.events = append(i.events, events...)
	close(i.news)
	i.news = make(chan struct{})
	for _, e := range events {
		n := bot.Notice{Conversation: bot.Conversation{Inbox: e.Inbox, Thread: e.Thread}, Messages: []bot.Message{{Direction: bot.Incoming, SourceID: e.SourceID}}}
		for _, feed := range i.feeds {
			feed <- n
		}
	}
	return nil
}

// Subscribe implements bot.Feed: every event is taken note of, and none is answered.
func (i *Intake) Subscribe(ctx context.Context) <-chan bot.Notice {
	feed := make(chan bot.Notice, 1000)
	i.mu.Lock()
	defer i.mu.Unlock()
	i.feeds = append(i.feeds, feed)
	context.AfterFunc(ctx, func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.feeds = slices.DeleteFunc(i.feeds, func(f chan bot.Notice) bool { return f == feed })
		close(feed)
	})
	return feed
}

// Refuse makes the next calls of Handle return these errors and store nothing; a nil lets one call through.
func (i *Intake) Refuse(errs ...error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.errs = append(i.errs, errs...)
}

// Block makes Handle wait until the function it returns is called.
func (i *Intake) Block() (release func()) {
	gate := make(chan struct{})
	i.mu.Lock()
	defer i.mu.Unlock()
	i.gate = gate
	return func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		i.gate = nil
		close(gate)
	}
}

// Events returns what was stored so far.
func (i *Intake) Events() []bot.Inbound {
	i.mu.Lock()
	defer i.mu.Unlock()
	return slices.Clone(i.events)
}

// Wait returns the events once there are n of them, or what there is when ctx ends.
func (i *Intake) Wait(ctx context.Context, n int) []bot.Inbound {
	for {
		i.mu.Lock()
		events, news := slices.Clone(i.events), i.news
		i.mu.Unlock()
		if len(events) >= n {
			return events
		}
		select {
		case <-news:
		case <-ctx.Done():
			return events
		}
	}
}
