package main

import (
	"context"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"time"

	"huiyin/console/api"
	"huiyin/hooks"
	"huiyin/internal/config"
	"huiyin/internal/mail"
)

// WebhooksConfig is how endpoints made in the console are called.
type WebhooksConfig struct {
	Private  []string      `toml:"private" help:"Private networks that webhooks may call, for example 10.1.0.0/16; addresses in them may be http. Empty: only https on the public internet."`
	OffAfter time.Duration `toml:"off_after" help:"A webhook that has failed for this long is switched off, and those who get the digest are told."`
}

// check makes sure that the values can be used.
func (c WebhooksConfig) check() error {
	if _, err := hooks.ParsePrivate(c.Private); err != nil {
		return wrong(config.ErrInvalid, "cli.config.private", "cause", err)
	}
	if c.OffAfter < time.Hour {
		return wrong(config.ErrInvalid, "cli.config.off_after")
	}
	return nil
}

// openWebhooks makes what calls endpoints; public makes the bodies.
func (a *App) openWebhooks(public *api.API) error {
	private, err := hooks.ParsePrivate(a.Config.Webhooks.Private)
	if err != nil {
		return err
	}
	a.webhooks = hooks.NewSender(hooks.Config{Store: a.Store, Body: public.WebhookBody, SwitchedOff: a.webhookOff, Private: private,
		OffAfter: a.Config.Webhooks.OffAfter, Log: a.Log, Now: a.Now, Rand: mathrand.Float64})
	return nil
}

// webhookOff tells those who get digests and alarms that an endpoint was switched off; it also stands on every page of an
// administrator. Whom it does not reach is told by dueWebhooks.
func (a *App) webhookOff(ctx context.Context, e hooks.Endpoint) {
	if err := a.tell(ctx, a.webhookPost(e)); err != nil {
		a.Log.Error("not everybody could be told that a webhook was switched off; it is tried again for a day", "endpoint", e.ID, "error", err)
	}
}

// dueWebhooks tells those who could not be told yet which endpoints were switched off on the last day. Whom it has reached is
// in the store, so it goes on where a program that ended has stopped.
func (a *App) dueWebhooks(ctx context.Context) error {
	all, err := a.Store.Endpoints(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, e := range all {
		if !e.Off.Itself() || a.Now().Sub(e.OffAt) >= alarmKept {
			continue
		}
		if err := a.tell(ctx, a.webhookPost(e)); err != nil && !errors.Is(err, errUnsent) {
			errs = append(errs, fmt.Errorf("endpoint %s: %w", e.ID, err))
		}
	}
	return errors.Join(errs...)
}

// wholeDay is what "days" in a text counts.
const wholeDay = 24 * time.Hour

// webhookPost says that an endpoint was switched off.
func (a *App) webhookPost(e hooks.Endpoint) post {
	key, after := "hooks.told."+string(e.Off), a.Config.Webhooks.OffAfter
	if e.Off == hooks.OffFailed && (after < 2*wholeDay || after%wholeDay != 0) {
		key += ".hours"
	}
	subject := a.Words.Text(a.Config.Lang, "hooks.told.subject", "name", e.Name)
	text := a.Words.Text(a.Config.Lang, key, "name", e.Name, "days", int(after/wholeDay), "hours", int(after.Round(time.Hour)/time.Hour), "n", hooks.RefusedEvents)
	return post{key: fmt.Sprintf("hook/%s/%d", e.ID, e.OffAt.Unix()), at: e.OffAt, mail: mail.Message{Subject: subject, Text: text}, text: "**" + subject + "**\n\n" + text}
}
