package main

import (
	"context"
	"fmt"
	"io"

	"huiyin/bot"
	"huiyin/channels"
)

// openFiles makes what keeps attached files; nil when none are taken.
func (a *App) openFiles() {
	if c := a.Config.Files; c.MaxMB > 0 {
		a.files = bot.NewFiles(a.Store, bot.FileRules{File: int64(c.MaxMB) << 20, Thread: int64(c.CustomerMB) << 20, Total: int64(c.TotalMB) << 20})
	}
}

// sendable is the largest file that can be sent over a channel.
func (a *App) sendable(l channels.Limits) int64 {
	if a.files == nil {
		return 0
	}
	return min(l.File, a.files.Most())
}

// fetcher gets files from the platforms whose events named them.
type fetcher struct{ a *App }

// Fetch implements bot.Fetcher.
func (f fetcher) Fetch(ctx context.Context, inbox bot.InboxID, file bot.File, most int64) (io.ReadCloser, error) {
	for _, l := range f.a.lines {
		if channel, ok := l.channel.(channels.FileFetcher); ok && l.inbox.ID == inbox {
			return channel.Fetch(ctx, file, most)
		}
	}
	return nil, fmt.Errorf("inbox %s: %w", inbox, bot.ErrNoFiles)
}
