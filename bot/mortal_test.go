package bot_test

import (
	"context"
	"errors"
	"sync"

	"huiyin/bot"
	"huiyin/store/mem"
)

// errDead is what everything answers once the process is killed.
var errDead = errors.New("killed")

// mortal is a store whose process is killed at a chosen write: before it, or after it but before the answer.
type mortal struct {
	*mem.Store

	mu    sync.Mutex
	left  int // writes until the kill; negative: immortal
	after bool
	dead  bool
}

// write lets a write happen, or the process die at it.
func (m *mortal) write(do func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.dead {
		return errDead
	}
	if m.left == 0 {
		m.dead = true
		if m.after {
			_ = do() // it may fail by itself: the process dies all the same
		}
		return errDead
	}
	m.left--
	return do()
}

func (m *mortal) Accept(ctx context.Context, e []bot.Inbound) (got []bot.Accepted, err error) {
	err = m.write(func() error { got, err = m.Store.Accept(ctx, e); return err })
	return got, err
}

func (m *mortal) Save(ctx context.Context, c bot.Change) error {
	return m.write(func() error { return m.Store.Save(ctx, c) })
}

func (m *mortal) Quarantine(ctx context.Context, id uint64, why string) error {
	return m.write(func() error { return m.Store.Quarantine(ctx, id, why) })
}

func (m *mortal) killed() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dead
}
