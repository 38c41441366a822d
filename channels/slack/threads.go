package slack

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"

	"huiyin/bot"
)

// threadsMost bounds how many threads are remembered; more begin anew.
const threadsMost = 10_000

// threads remembers where customers have spoken to us: the store knows of a conversation only when the bot has come to its
// first message.
type threads struct {
	mu   sync.Mutex
	ours map[string]struct{}
}

func newThreads() *threads { return &threads{ours: map[string]struct{}{}} }

// note remembers a thread in a channel.
func (t *threads) note(thread string) {
	if !strings.Contains(thread, ":") {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.ours) >= threadsMost {
		clear(t.ours)
	}
	t.ours[thread] = struct{}{}
}

func (t *threads) has(thread string) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, ok := t.ours[thread]
	return ok
}

// ours reports whether a thread of a channel is a conversation that we have, or are about to.
func (s *slack) ours(ctx context.Context, thread string) (bool, error) {
	if s.threads.has(thread) {
		return true, nil
	}
	if s.deps.History == nil || !strings.Contains(thread, ":") {
		return false, nil
	}
	_, err := s.deps.History.Current(ctx, s.deps.Inbox.ID, thread)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return false, fmt.Errorf("slack: whose thread it is: %w", err)
	}
	return err == nil, nil
}
