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

// alarms watches what customers write about while the program runs. It holds counts; it belongs to the one goroutine of
// App.schedule.
type alarms struct {
	watch  *feedback.Watch
	upTo   time.Time // messages before it are counted
	unsent []post    // that somebody has not got
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
	// alarmKept is how long an alarm that did not reach somebody is sent again.
	alarmKept = 24 * time.Hour
)

// dueAlarms counts what came since the last look and raises alarms.
func (a *App) dueAlarms(ctx context.Context) error {
	topics, ok := a.topics.(seeded)
	now := a.Now()
	if err := a.tellAgain(ctx, now); err != nil {
		a.Log.Error("an alarm could not be sent; it is tried again", "error", err)
	}
	if !ok || a.alarms.watch != nil && now.Sub(a.alarms.upTo) < alarmEvery {
		return nil
	}
	if a.alarms.watch == nil {
		a.alarms.watch, a.alarms.upTo = feedback.NewWatch(), now.Add(-alarmPast)
	}
	for m, err := range a.Store.MessagesBetween(ctx, a.alarms.upTo, now) {
		if err != nil {
			a.alarms.watch = nil // counted in part: begin again
			return err
		}
		if m.Direction == bot.Incoming && m.Pressed == "" && m.Text != "" {
			a.alarms.watch.Add(m.At, topics.Seeded(m.Text))
		}
	}
	a.alarms.upTo = now
	for _, alarm := range a.alarms.watch.Look(now) {
		if err := a.raise(ctx, alarm, topics, now); err != nil {
			return err
		}
	}
	return nil
}

// tellAgain sends the alarms that somebody has not got, for a day.
func (a *App) tellAgain(ctx context.Context, now time.Time) error {
	var errs []error
	var left []post
	for _, p := range a.alarms.unsent {
		if err := a.tell(ctx, p); err != nil && now.Sub(p.at) < alarmKept {
			left = append(left, p)
			if !errors.Is(err, errUnsent) {
				errs = append(errs, err)
			}
		}
	}
	a.alarms.unsent = left
	return errors.Join(errs...)
}

// raise writes an alarm to the folder of digests, and sends it to those who get these. Whom it reached is in the store, so
// that a program that starts again does not repeat it on the same day.
func (a *App) raise(ctx context.Context, alarm feedback.Alarm, topics seeded, now time.Time) error {
	var items []feedback.Item
	for m, err := range a.Store.MessagesBetween(ctx, now.Add(-24*time.Hour), now) {
		if err != nil {
			return err
		}
		if m.Direction == bot.Incoming && m.Pressed == "" && topics.Seeded(m.Text) == alarm.Topic {
			items = append(items, feedback.Item{ID: string(m.ID), Conversation: m.Conversation, Contact: string(m.Conversation), Lang: m.Lang, Text: m.Text, At: m.At, Analysis: m.Analysis})
		}
	}
	subject, text := a.digests().render.Alarm(alarm, topics.Name(alarm.Topic), feedback.Quotes(items), a.Config.Lang)
	a.Log.Warn("a topic has far more messages than usual", "topic", alarm.Topic, "messages", alarm.Count, "of", alarm.Of)
	folder := a.digestFolder()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	name := filepath.Join(folder, "alarm-"+now.In(a.Config.location()).Format("2006-01-02")+"-"+strings.ReplaceAll(alarm.Topic, "/", "-")+".md")
	if err := os.WriteFile(name, []byte("# "+subject+"\n\n"+text), 0o600); err != nil {
		return err
	}
	key := "alarm/" + now.In(a.Config.location()).Format("2006-01-02") + "/" + alarm.Topic
	p := post{key: key, at: now, mail: mail.Message{Subject: subject, Text: text}, text: "**" + subject + "**\n\n" + text}
	err := a.tell(ctx, p)
	if err != nil {
		a.alarms.unsent = append(a.alarms.unsent, p)
	}
	return err
}

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
