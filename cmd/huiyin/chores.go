package main

import (
	"context"
	"time"

	"huiyin/feedback"
	"huiyin/internal/guard"
)

// scheduleEvery is how often the program looks whether something is due.
const scheduleEvery = time.Minute

// schedule does what is due while the program runs: the digest of every week that ends, and of the one before the start if that
// was missed, backups, alarms and the like. The claim in the store sees to it that no week is made twice.
func (a *App) schedule(ctx context.Context) error {
	tick := time.NewTicker(scheduleEvery)
	defer tick.Stop()
	var attuned time.Time
	for {
		if now := a.Now(); now.Sub(attuned) >= attuneEvery {
			a.chore(ctx, a.attune, "the border of answers could not be set by what customers asked; it stays as it was")
			attuned = now
		}
		a.chores(ctx)
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// chores does once what is due.
func (a *App) chores(ctx context.Context) {
	a.chore(ctx, a.dueWords, "the files of synonyms and words could not be taken over; what was there before stays in force")
	a.chore(ctx, a.dueArticles, "a scheduled change of an article could not be published; it is tried again")
	a.chore(ctx, a.dueBackup, "the nightly backup could not be written; it is tried again")
	a.chore(ctx, a.dueDigest, "the weekly digest could not be made; it is tried again")
	a.chore(ctx, func(ctx context.Context) error {
		_, err := feedback.KeepFinals(ctx, a.Store, a.Now(), a.Config.location())
		return err
	}, "what an experiment showed could not be kept; it is tried again")
	a.chore(ctx, a.dueAlarms, "an alarm could not be looked for or sent")
	a.chore(ctx, a.dueWebhooks, "not everybody could be told that a webhook was switched off; it is tried again")
}

// chore does one thing that no customer waits for. Whatever breaks in it, customers go on being answered.
func (a *App) chore(ctx context.Context, do func(context.Context) error, failed string) {
	if err := guard.Quiet(func() error { return do(ctx) }); err != nil && ctx.Err() == nil {
		a.Log.Error(failed, "error", err)
	}
}
