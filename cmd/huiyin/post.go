package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/feedback"
	"huiyin/internal/config"
	"huiyin/internal/mail"
)

// post is something that staff are told: a digest, an alarm, a test.
type post struct {
	key  string    // the same on every attempt, for example "weekly/2026-W46"
	at   time.Time // not after the first attempt
	mail mail.Message
	text string // for messaging apps, as Markdown
}

// target is somewhere that posts go to.
type target struct {
	name string // for the log and the store: never a secret
	send func(ctx context.Context, p post, again bool) error
}

// sendStale is after how long a target that was claimed and not reached is tried again.
const sendStale = 5 * time.Minute

// errUnsent means that a target has not got a post yet; it is tried again.
var errUnsent = errors.New("not sent yet")

// targets are where posts go to: e-mail, and the channels and chats of digest.post_to.
func (a *App) targets() []target {
	var out []target
	if len(a.Config.Digest.MailTo) > 0 {
		out = append(out, target{"mail", func(ctx context.Context, p post, _ bool) error { return a.mail(ctx, p.mail) }})
	}
	for _, name := range a.Config.Digest.PostTo {
		inbox, thread, _ := strings.Cut(name, ":")
		out = append(out, target{name, func(ctx context.Context, p post, again bool) error {
			at := slices.IndexFunc(a.lines, func(l line) bool { return l.inbox.ID == bot.InboxID(inbox) })
			if at < 0 {
				return fmt.Errorf("digest.post_to: there is no inbox %q", inbox)
			}
			return a.lines[at].post(ctx, thread, p, again)
		}})
	}
	return out
}

// post sends a text into a channel or chat, in parts that the platform takes. Of a second attempt, what has arrived is not
// sent again, where the platform can tell.
func (l line) post(ctx context.Context, thread string, p post, again bool) error {
	m := bot.Message{ID: bot.MessageID(p.key), Inbox: l.inbox.ID, Thread: thread, Direction: bot.Outgoing, Author: bot.BySystem, Text: p.text, At: p.at}
	for _, part := range channels.Prepare(m, 0, l.limits) {
		if look, can := l.channel.(channels.Reconciler); again && can {
			if _, found, err := look.Reconcile(ctx, part); err != nil || found {
				if err != nil {
					return err
				}
				continue
			}
		}
		if _, err := l.channel.Send(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// tell sends a post to every target that has not got it. Each is claimed in the store, so that one that fails is tried again
// and none gets it twice.
func (a *App) tell(ctx context.Context, p post) error {
	var errs []error
	for _, t := range a.targets() {
		if err := a.tellOne(ctx, t, p); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", t.name, err))
		}
	}
	return errors.Join(errs...)
}

func (a *App) tellOne(ctx context.Context, t target, p post) error {
	key := "sent/" + p.key + "/" + t.name
	before, err := a.Store.Run(ctx, key)
	if err != nil && !errors.Is(err, bot.ErrNotFound) {
		return err
	}
	again := err == nil
	switch err := a.Store.ClaimRun(ctx, key, a.Now(), sendStale); {
	case errors.Is(err, feedback.ErrClaimed) && before.Done.IsZero():
		return errUnsent
	case errors.Is(err, feedback.ErrClaimed):
		return nil
	case err != nil:
		return err
	}
	if err := t.send(ctx, p, again); err != nil {
		return err
	}
	return a.Store.FinishRun(ctx, key, a.Now(), nil)
}

// testSend sends a short note to every target, and says how each went.
func (c *digestCmd) testSend(e *env) error {
	cfg, file, err := e.config()
	if err != nil {
		return err
	}
	app := &App{appOptions: appOptions{Config: cfg, File: file, Data: e.flags.Data, Lookup: e.lookup, Log: e.quiet(), Now: e.now}}
	if err := app.loadWords(); err != nil {
		return err
	}
	for _, in := range cfg.Inboxes {
		if !slices.ContainsFunc(cfg.Digest.PostTo, func(to string) bool { return strings.HasPrefix(to, in.ID+":") }) {
			continue
		}
		l, err := app.openChannel(in, nil)
		if err != nil {
			return fmt.Errorf("inbox %q: %w", in.ID, err)
		}
		app.lines = append(app.lines, l)
	}
	all := app.targets()
	if len(all) == 0 {
		return wrong(errUsage, "cli.post.nobody")
	}
	now := e.now()
	lang := e.lang(cfg)
	subject, text := app.Words.Text(lang, "digest.test.subject"), app.Words.Text(lang, "digest.test.text", "when", now.In(cfg.location()).Format("2006-01-02 15:04"))
	p := post{key: "test/" + now.UTC().Format("20060102150405"), at: now, mail: mail.Message{Subject: subject, Text: text}, text: "**" + subject + "**\n\n" + text}
	failed := 0
	for _, t := range all {
		result := "ok"
		if err := t.send(e.ctx, p, false); err != nil {
			failed++
			result = explain(e.voice(), err)
		}
		fmt.Fprintf(e.out, "%s\t%s\n", t.name, result)
	}
	if failed > 0 {
		return wrong(nil, "cli.post.failed", "failed", failed, "all", len(all))
	}
	return nil
}

// checkPosts makes sure that digest.post_to names inboxes.
func (c Config) checkPosts() (all []error) {
	for _, to := range c.Digest.PostTo {
		id, thread, ok := strings.Cut(to, ":")
		known := slices.ContainsFunc(c.Inboxes, func(in InboxConfig) bool { return in.ID == id })
		if !ok || thread == "" || !known {
			all = append(all, wrong(config.ErrInvalid, "cli.config.post", "value", strconv.Quote(to)))
		}
	}
	return all
}
