package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/internal/mail"
	"huiyin/internal/secret"
)

// alarms watches what customers write about while the program runs. It belongs to the one goroutine of App.schedule.
type alarms struct {
	watch   *feedback.Watch
	upTo    time.Time              // of the last look
	counted map[bot.MessageID]bool // messages that the next look finds again
	due     []dueAlarm             // not in the folder, or somebody has not got them
}

// dueAlarm is an alarm that is being raised.
type dueAlarm struct {
	feedback.Alarm
	at   time.Time // when it was found
	post *post     // nil: still to be written
	kept bool      // it is in the folder
}

// seeded is a classifier that knows at once what a message is about.
type seeded interface {
	Seeded(text string) string
	Name(topic string) feedback.Text
}

const (
	// alarmPast is how far back a program that starts looks, to know what is usual.
	alarmPast = 29 * 24 * time.Hour
	// alarmEvery is how often is looked.
	alarmEvery = 5 * time.Minute
	// alarmLate is how long a message may have been on its way and is counted all the same: after an outage, platforms
	// bring what they have kept for a day.
	alarmLate = 25 * time.Hour
	// alarmKept is how long an alarm that did not reach somebody is raised again.
	alarmKept = 24 * time.Hour
)

// dueAlarms counts what came since the last look and raises alarms.
func (a *App) dueAlarms(ctx context.Context) error {
	topics, ok := a.topics.(seeded)
	if !ok {
		return nil
	}
	now := a.Now()
	if now.Before(a.alarms.upTo) { // the clock was set back: what lies ahead of it would not be looked at until then
		a.alarms.watch = nil
	}
	if a.alarms.watch == nil || now.Sub(a.alarms.upTo) >= alarmEvery {
		if err := a.lookForAlarms(ctx, topics, now); err != nil {
			return errors.Join(err, a.raiseDue(ctx, topics, now))
		}
	}
	return a.raiseDue(ctx, topics, now)
}

// lookForAlarms counts the messages that no look has found yet. Messages are found by the time of their platform, so what
// came late stands before the last look.
func (a *App) lookForAlarms(ctx context.Context, topics seeded, now time.Time) error {
	w := &a.alarms
	from := w.upTo.Add(-alarmLate)
	if w.watch == nil {
		w.watch, w.counted, from = feedback.NewWatch(), nil, now.Add(-alarmPast)
	}
	counted := map[bot.MessageID]bool{}
	for m, err := range a.Store.MessagesBetween(ctx, from, now) {
		if err != nil {
			w.watch = nil // counted in part: begin again
			return err
		}
		if m.Direction != bot.Incoming || m.Pressed != "" || m.Text == "" {
			continue
		}
		if now.Sub(m.At) <= alarmLate {
			counted[m.ID] = true
		}
		if !w.counted[m.ID] {
			w.watch.Add(m.At, topics.Seeded(m.Text))
		}
	}
	w.upTo, w.counted = now, counted
	for _, alarm := range w.watch.Look(now) {
		a.Log.Warn("a topic has far more messages than usual", "topic", alarm.Topic, "messages", alarm.Count, "of", alarm.Of)
		w.due = append(w.due, dueAlarm{Alarm: alarm, at: now})
	}
	return nil
}

// raiseDue raises what is due, each alarm by itself. What fails is raised again for a day.
func (a *App) raiseDue(ctx context.Context, topics seeded, now time.Time) error {
	var errs []error
	var left []dueAlarm
	for _, d := range a.alarms.due {
		err := a.raise(ctx, &d, topics)
		if err == nil {
			continue
		}
		if now.Sub(d.at) < alarmKept {
			left = append(left, d)
		}
		if !errors.Is(err, errUnsent) {
			errs = append(errs, fmt.Errorf("alarm %s: %w", d.Topic, err))
		}
	}
	a.alarms.due = left
	return errors.Join(errs...)
}

// raise writes an alarm to the folder of digests, and sends it to those who get these. Whom it reached is in the store, so
// that a program that starts again does not repeat it on the same day. It can be called again after an error.
func (a *App) raise(ctx context.Context, d *dueAlarm, topics seeded) error {
	if d.post == nil {
		p, err := a.alarmPost(ctx, *d, topics)
		if err != nil {
			return err
		}
		d.post = &p
	}
	var kept error
	if !d.kept {
		kept = a.keepAlarm(*d)
		d.kept = kept == nil
	}
	return errors.Join(kept, a.tell(ctx, *d.post))
}

// alarmPost says what is the matter, with what customers wrote on the last day.
func (a *App) alarmPost(ctx context.Context, d dueAlarm, topics seeded) (post, error) {
	var items []feedback.Item
	for m, err := range a.Store.MessagesBetween(ctx, d.at.Add(-24*time.Hour), d.at) {
		if err != nil {
			return post{}, err
		}
		if m.Direction == bot.Incoming && m.Pressed == "" && topics.Seeded(m.Text) == d.Topic {
			items = append(items, feedback.Item{ID: string(m.ID), Conversation: m.Conversation, Contact: string(m.Conversation), Lang: m.Lang, Text: m.Text, At: m.At, Analysis: m.Analysis})
		}
	}
	subject, text := a.digests().render.Alarm(d.Alarm, topics.Name(d.Topic), feedback.Quotes(items), a.Config.Lang)
	return post{key: "alarm/" + a.day(d.at) + "/" + d.Topic, at: d.at,
		mail: mail.Message{Subject: subject, Text: text}, text: "**" + subject + "**\n\n" + text}, nil
}

// keepAlarm writes an alarm to the folder of digests.
func (a *App) keepAlarm(d dueAlarm) error {
	folder := a.digestFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := filepath.Join(folder, "alarm-"+a.day(d.at)+"-"+strings.ReplaceAll(d.Topic, "/", "-")+".md")
	return os.WriteFile(name, []byte("# "+d.post.mail.Subject+"\n\n"+d.post.mail.Text), 0o600)
}

// day is the date of an instant where the shop is.
func (a *App) day(at time.Time) string { return at.In(a.Config.location()).Format(time.DateOnly) }

// digestFolder is where digests and alarms are written.
func (a *App) digestFolder() string {
	if a.Config.Digest.Folder != "" {
		return a.Config.Digest.Folder
	}
	return filepath.Join(a.Data, "digests")
}

// mail sends a message to those who get digests, if anybody does.
func (a *App) mail(ctx context.Context, m mail.Message) error {
	c := a.Config.Mail
	if len(a.Config.Digest.MailTo) == 0 {
		return nil
	}
	password, err := secret.OrFile(c.Password, c.PasswordFile)
	if err != nil {
		return fmt.Errorf("mail.password: %w", err)
	}
	m.To = a.Config.Digest.MailTo
	server := mail.Server{Addr: c.Server, User: c.User, Password: password.Reveal(), From: c.From, TLS: a.MailTLS, Now: a.Now}
	return server.Send(ctx, m)
}
