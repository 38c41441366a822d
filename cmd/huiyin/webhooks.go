package main

import (
	"context"
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
		return fmt.Errorf("%w: webhooks.private: %w", config.ErrInvalid, err)
	}
	if c.OffAfter < time.Hour {
		return fmt.Errorf("%w: webhooks.off_after must be at least 1h", config.ErrInvalid)
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
// administrator.
func (a *App) webhookOff(ctx context.Context, e hooks.Endpoint) {
	say := func(key string) string {
		return a.Words.Text(a.Config.Lang, key, "name", e.Name, "days", int(a.Config.Webhooks.OffAfter/(24*time.Hour)))
	}
	subject, text := say("hooks.told.subject"), say("hooks.told."+string(e.Off))
	p := post{key: fmt.Sprintf("hook/%s/%d", e.ID, e.Version), at: a.Now(), mail: mail.Message{Subject: subject, Text: text}, text: "**" + subject + "**\n\n" + text}
	if err := a.tell(ctx, p); err != nil {
		a.Log.Error("that a webhook was switched off could not be told", "endpoint", e.ID, "error", err)
	}
}
