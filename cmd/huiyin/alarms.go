package main

import (
	"context"
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
	watch *feedback.Watch
	upTo  time.Time // messages before it are counted
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
)

// dueAlarms counts what came since the last look and raises alarms.
func (a *App) dueAlarms(ctx context.Context) error {
	topics, ok := a.topics.(seeded)
	now := a.Now()
	if !ok || a.alarms.watch != nil && now.Sub(a.alarms.upTo) < alarmEvery {
		return nil
	}
	if a.alarms.watch == nil {
		a.alarms = alarms{watch: feedback.NewWatch(), upTo: now.Add(-alarmPast)}
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

// raise writes an alarm to the folder of digests, and sends it to those who get these by e-mail. It is claimed first, so
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
	if _, err := os.Stat(name); err == nil { // told today
		return nil
	}
	if err := os.WriteFile(name, []byte("# "+subject+"\n\n"+text), 0o600); err != nil {
		return err
	}
	return a.mail(ctx, mail.Message{Subject: subject, Text: text})
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
