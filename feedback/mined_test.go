package feedback_test

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
	"weak"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/internal/guard"
)

// gated is a source that is asked for messages only when somebody opens the gate.
type gated struct {
	*ledger
	gate  chan struct{}
	reads atomic.Int32
}

func (g *gated) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	g.reads.Add(1)
	select {
	case <-g.gate:
	case <-ctx.Done():
		return func(yield func(bot.Message, error) bool) { yield(bot.Message{}, ctx.Err()) }
	}
	return g.ledger.MessagesBetween(ctx, from, to)
}

// Digests of the same week, and what is behind their numbers, read once when they are made at the same time; one that is made later reads what is there then.
func TestDigestsAtOnceReadOnce(t *testing.T) {
	p := week(t)
	synctest.Test(t, func(t *testing.T) {
		g := &gated{ledger: ordinary(p.Start), gate: make(chan struct{})}
		b := feedback.Builder{Sections: feedback.Sections(byWord{"late", "tracking"}, nil), Now: func() time.Time { return p.End }}
		errs := make(chan error, 6)
		for range 3 {
			go func() {
				_, err := b.Build(t.Context(), g, p)
				errs <- err
			}()
			go func() {
				_, err := b.Behind(t.Context(), g, p, "volume/messages")
				errs <- err
			}()
		}
		synctest.Wait()
		close(g.gate)
		for range 6 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if n := g.reads.Load(); n != 1 {
			t.Errorf("three digests and what is behind them, at once, read %d times", n)
		}
		if _, err := b.Build(t.Context(), g, p); err != nil || g.reads.Load() != 2 {
			t.Errorf("a later digest: %d reads, %v", g.reads.Load(), err)
		}
		if _, err := b.Build(t.Context(), g, p.Before()); err != nil || g.reads.Load() != 3 {
			t.Errorf("a digest of another week: %d reads, %v", g.reads.Load(), err)
		}
	})
}

// Who waits for another's reading gets the digest although that one goes away.
func TestDigestOutlivesWhoReads(t *testing.T) {
	p := week(t)
	synctest.Test(t, func(t *testing.T) {
		g := &gated{ledger: ordinary(p.Start), gate: make(chan struct{})}
		b := feedback.Builder{Sections: feedback.Sections(byWord{"late"}, nil), Now: func() time.Time { return p.End }}
		ctx, cancel := context.WithCancel(t.Context())
		build := func(ctx context.Context, into chan<- error) { _, err := b.Build(ctx, g, p); into <- err }
		first, second := make(chan error, 1), make(chan error, 1)
		go build(ctx, first)
		synctest.Wait()
		go build(t.Context(), second)
		synctest.Wait()
		cancel()
		if err := <-first; !errors.Is(err, context.Canceled) {
			t.Errorf("the first: %v", err)
		}
		close(g.gate)
		if err := <-second; err != nil {
			t.Errorf("the second: %v", err)
		}
	})
}

// remembered knows its last pile as long as somebody else does.
type remembered struct {
	byWord
	last *weak.Pointer[wordPile]
}

func (r remembered) Pile() feedback.Pile {
	p := &wordPile{words: r.byWord}
	*r.last = weak.Make(p)
	return p
}

// What a digest was counted from is not kept after it.
func TestNothingStaysOfADigest(t *testing.T) {
	p := week(t)
	words := remembered{byWord{"late"}, new(weak.Pointer[wordPile])}
	b := feedback.Builder{Sections: feedback.Sections(words, nil), Now: func() time.Time { return p.End }}
	if _, err := b.Build(t.Context(), ordinary(p.Start), p); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	if words.last.Value() != nil {
		t.Error("a week's messages stay in memory")
	}
	runtime.KeepAlive(b)
}

// broken is a source that panics after the first message when it is first asked for any.
type broken struct {
	*ledger
	reads atomic.Int32
}

func (b *broken) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return func(yield func(bot.Message, error) bool) {
		first := b.reads.Add(1) == 1
		for m, err := range b.ledger.MessagesBetween(ctx, from, to) {
			if !yield(m, err) {
				return
			}
			if first {
				panic("a part that breaks")
			}
		}
	}
}

// brokenTopics panics when its first pile is first asked what a message is about.
type brokenTopics struct {
	byWord
	asked *atomic.Int32
}

func (b brokenTopics) Pile() feedback.Pile { return &brokenPile{wordPile{words: b.byWord}, b.asked} }

type brokenPile struct {
	wordPile
	asked *atomic.Int32
}

func (p *brokenPile) About(i int) feedback.Assignment {
	if p.asked.Add(1) == 1 {
		panic("a part that breaks")
	}
	return p.wordPile.About(i)
}

// A panic while a week is read, wherever it happens, is an error of that digest: the server goes on, and the later digests of the
// week do not wait for it.
func TestDigestAfterPanic(t *testing.T) {
	p := week(t)
	for name, c := range map[string]struct {
		src    feedback.Source
		topics feedback.Topics
	}{
		"while messages are read":         {&broken{ledger: ordinary(p.Start)}, byWord{"late"}},
		"while complaints are counted up": {ordinary(p.Start), brokenTopics{byWord{"late"}, new(atomic.Int32)}},
	} {
		synctest.Test(t, func(t *testing.T) {
			b := feedback.Builder{Sections: feedback.Sections(c.topics, nil), Now: func() time.Time { return p.End }}
			_, err := b.Build(t.Context(), c.src, p)
			if !errors.Is(err, guard.ErrPanic) || !strings.Contains(err.Error(), "a part that breaks") || !strings.Contains(err.Error(), "huiyin/feedback.") {
				t.Errorf("%s: %v", name, err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // of the bubble's clock: it passes at once when all wait
			defer cancel()
			if _, err := b.Build(ctx, c.src, p); err != nil {
				t.Errorf("%s: the digest after it: %v", name, err)
			}
		})
	}
}
