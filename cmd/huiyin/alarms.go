package main

import (
	"context"
	"errors"
	"fmt"
	"maps"
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
	watch *feedback.Watch
	upTo  time.Time              // of the last look
	hours map[int64]*watchedHour // by hours since 1970: those that something may still arrive in
	due   []dueAlarm             // not in the folder, or somebody has not got them
}

// watchedHour is what a look found of an hour.
type watchedHour struct {
	writes  uint64 // of hourWriter, before the look
	whole   bool   // the hour was over
	counted map[bot.MessageID]bool
}

// hourWriter is a store that knows whether an hour was written to: what has not changed is not read again.
type hourWriter interface {
	HourWrites(hour time.Time) uint64
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
// came late stands before the last look, in an hour that was written to since.
func (a *App) lookForAlarms(ctx context.Context, topics seeded, now time.Time) error {
	w := &a.alarms
	from := w.upTo.Add(-alarmLate)
	if w.watch == nil {
		w.watch, w.hours, from = feedback.NewWatch(), map[int64]*watchedHour{}, now.Add(-alarmPast)
	}
	for h := from.Truncate(time.Hour); h.Before(now); h = h.Add(time.Hour) {
		if err := a.countHour(ctx, topics, h, now); err != nil {
			w.watch = nil // counted in part: begin again
			return err
		}
	}
	w.upTo = now
	oldest := now.Add(-alarmLate).Truncate(time.Hour).Unix() / 3600
	maps.DeleteFunc(w.hours, func(hour int64, _ *watchedHour) bool { return hour < oldest })
	for _, alarm := range w.watch.Look(now) {
		a.Log.Warn("a topic has far more messages than usual", "topic", alarm.Topic, "messages", alarm.Count, "of", alarm.Of)
		w.due = append(w.due, dueAlarm{Alarm: alarm, at: now})
	}
	return nil
}

// countHour counts what an hour has that was not counted.
func (a *App) countHour(ctx context.Context, topics seeded, hour, now time.Time) error {
	w := &a.alarms
	key, end := hour.Unix()/3600, hour.Add(time.Hour)
	seen := watchedHour{whole: !end.After(now), counted: map[bot.MessageID]bool{}}
	before := w.hours[key]
	if writer, ok := a.Store.(hourWriter); ok {
		if seen.writes = writer.HourWrites(hour); before != nil && before.whole && before.writes == seen.writes {
			return nil
		}
	}
	for m, err := range a.Store.MessagesBetween(ctx, hour, earlier(end, now)) {
		if err != nil {
			return err
		}
		if m.Direction != bot.Incoming || m.Pressed != "" || m.Text == "" {
			continue
		}
		seen.counted[m.ID] = true
		if before == nil || !before.counted[m.ID] {
			w.watch.Add(m.At, topics.Seeded(m.Text))
		}
	}
	w.hours[key] = &seen
	return nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
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
	subject, text, message := a.digests().render.Alarm(d.Alarm, topics.Name(d.Topic), feedback.Quotes(items), a.Config.Lang)
	return post{key: "alarm/" + a.day(d.at) + "/" + d.Topic, at: d.at,
		mail: mail.Message{Subject: subject, Text: text}, text: message}, nil
}

// keepAlarm writes an alarm to the folder of digests.
func (a *App) keepAlarm(d dueAlarm) error {
	folder := a.digestFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := filepath.Join(folder, "alarm-"+a.day(d.at)+"-"+strings.ReplaceAll(d.Topic, "/", "-")+".md")
	return os.WriteFile(name, []byte(d.post.text), 0o600)
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
