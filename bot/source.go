package bot

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// DialogueSource keeps the dialogue of a folder up to date. A version with mistakes never comes into force: the one before
// it stays, and the mistakes are logged and shown.
type DialogueSource struct {
	fsys  fs.FS
	dir   string
	adopt func(context.Context, *Dialogue) error
	log   *slog.Logger

	current atomic.Pointer[Dialogue]

	mu     sync.Mutex // one reload at a time
	seen   string     // the files' names, sizes and times at the last load, good or bad
	failed error      // of the last load
}

// NewDialogueSource loads the dialogue of a folder. adopt is called with each new version before it comes into force, for
// example to train the intent matcher; when it fails, the version is not taken. adopt and log may be nil.
func NewDialogueSource(ctx context.Context, fsys fs.FS, dir string, adopt func(context.Context, *Dialogue) error, log *slog.Logger) (*DialogueSource, error) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	s := &DialogueSource{fsys: fsys, dir: dir, adopt: adopt, log: log}
	if err := s.Reload(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Current is the dialogue in force.
func (s *DialogueSource) Current() *Dialogue { return s.current.Load() }

// Err is what is wrong with the files as they are now; nil when they are in force.
func (s *DialogueSource) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// Reload reads the files now. When they have a mistake, it is returned and the version in force stays.
func (s *DialogueSource) Reload(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seen = s.fingerprint()
	s.failed = s.load(ctx)
	return s.failed
}

// Refresh reloads when a file has changed since the last load. It reports whether it did.
func (s *DialogueSource) Refresh(ctx context.Context) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.fingerprint()
	if now == s.seen {
		return false, nil
	}
	s.seen = now
	s.failed = s.load(ctx)
	return true, s.failed
}

func (s *DialogueSource) load(ctx context.Context) error {
	d, err := LoadDialogue(s.fsys, s.dir)
	if err != nil {
		return err
	}
	if s.adopt != nil {
		if err := s.adopt(ctx, d); err != nil {
			return fmt.Errorf("dialogue: take the new version into use: %w", err)
		}
	}
	s.current.Store(d)
	return nil
}

// Watch looks at the files at intervals and takes over what changed, until ctx ends; it returns nil then.
func (s *DialogueSource) Watch(ctx context.Context, interval time.Duration) error {
	every(ctx, interval, func() {
		changed, err := s.Refresh(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			s.log.Error("the dialogue has mistakes, the version before stays in force", "err", err)
		case changed && err == nil:
			s.log.Info("a new version of the dialogue is in force", "intents", len(s.Current().Intents), "forms", len(s.Current().Forms))
		}
	})
	return nil
}

// fingerprint tells versions of the files apart without reading them.
func (s *DialogueSource) fingerprint() string {
	names, err := dialogueFiles(s.fsys, s.dir)
	if err != nil {
		return err.Error()
	}
	var b strings.Builder
	for _, name := range names {
		info, err := fs.Stat(s.fsys, name)
		if err != nil {
			fmt.Fprintf(&b, "%s: %v\n", name, err)
			continue
		}
		fmt.Fprintf(&b, "%s %d %d\n", name, info.Size(), info.ModTime().UnixNano())
	}
	return b.String()
}
