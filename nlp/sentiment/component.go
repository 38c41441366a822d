package sentiment

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"huiyin/nlp"
)

// reloadEvery is how often an override file is looked at while texts arrive.
const reloadEvery = time.Second

// A Component fills Analysis.Sentiment. When it was given an override file, it takes up an edit of that file within
// a second, between two texts; a file with a mistake is logged and the last good one stays.
type Component struct {
	base     *Scorer
	current  atomic.Pointer[Scorer]
	override string
	now      func() time.Time
	log      *slog.Logger

	nextLook atomic.Int64 // Unix nanoseconds
	mu       sync.Mutex   // of what follows: one goroutine reloads
	seen     fileState
}

// fileState tells one version of a file from another.
type fileState struct {
	size    int64
	changed time.Time
	there   bool
}

// Options of a Component.
type Options struct {
	Override string           // path of a YAML lexicon that wins over the shipped ones; "" for none. It may appear later.
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger     // nil: silent
}

// NewComponent wraps a scorer. A mistake in an override file that is already there is an error, so that a wrong
// configuration is seen at start.
func NewComponent(s *Scorer, o Options) (*Component, error) {
	c := &Component{base: s, override: o.Override, now: o.Now, log: o.Log}
	if c.now == nil {
		c.now = time.Now
	}
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	c.current.Store(s)
	if o.Override == "" {
		return c, nil
	}
	c.nextLook.Store(c.now().Add(reloadEvery).UnixNano())
	if _, err := c.reload(); err != nil {
		return nil, err
	}
	return c, nil
}

// Name implements nlp.Component.
func (c *Component) Name() string { return "sentiment" }

// Annotate implements nlp.Component. It reads a.Text, a.Tokens and a.Lang.
func (c *Component) Annotate(ctx context.Context, a *nlp.Analysis) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	c.look()
	a.Sentiment = c.current.Load().score(a.Folded(), a.Tokens)
	return nil
}

// look reloads the override file when it is time to and it has changed.
func (c *Component) look() {
	if c.override == "" {
		return
	}
	now := c.now().UnixNano()
	due := c.nextLook.Load()
	if now < due || !c.nextLook.CompareAndSwap(due, now+int64(reloadEvery)) {
		return
	}
	changed, err := c.reload()
	switch {
	case err != nil:
		c.log.Error("sentiment lexicon not reloaded, the last good one stays", "file", c.override, "error", err)
	case changed:
		c.log.Info("sentiment lexicon reloaded", "file", c.override)
	}
}

// reload reads the override file when it differs from what was read last. A file that is gone means no override.
func (c *Component) reload() (changed bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var state fileState
	switch info, err := os.Stat(c.override); {
	case err == nil:
		state = fileState{size: info.Size(), changed: info.ModTime(), there: true}
	case !errors.Is(err, fs.ErrNotExist):
		return false, fmt.Errorf("sentiment: override lexicon: %w", err)
	}
	if state == c.seen {
		return false, nil
	}
	c.seen = state
	if !state.there {
		c.current.Store(c.base)
		return true, nil
	}
	raw, err := os.ReadFile(c.override)
	if err != nil {
		return false, fmt.Errorf("sentiment: override lexicon: %w", err)
	}
	file, err := ParseLexicon(c.override, raw)
	if err != nil {
		return false, err
	}
	c.current.Store(c.base.With(file))
	return true, nil
}
