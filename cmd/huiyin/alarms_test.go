package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/internal/mail/mailtest"
)

// A topic that breaks out is told by e-mail and in the folder within minutes, once, with masked quotes; the week's digest
// arrives on Monday, once, although the program looks again and again.
func TestAlarmAndDigestAreMailed(t *testing.T) {
	smtp := mailtest.New(t, true, "")
	cfg := defaultConfig()
	cfg.Store.DSN, cfg.Lang = "mem:", "en"
	cfg.Digest.MailTo = []string{"lead@shop.example"}
	cfg.Mail = MailConfig{Server: smtp.Addr, From: "bot@shop.example"}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	friday := time.Date(2026, 11, 13, 12, 0, 0, 0, cfg.location())
	stage := newDemoStage(friday)
	dir := t.TempDir()
	e := &env{ctx: t.Context(), flags: &cli{}, err: os.Stderr}
	app, err := newApp(t.Context(), appOptions{Config: cfg, File: noFile(), Data: dir, Lookup: func(string) (string, bool) { return "", false },
		Log: e.quiet(), Now: stage.now, Fake: stage, MailTLS: smtp.TLS})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	n := 0
	say := func(at time.Time, text string) {
		n++
		id := bot.ConversationID(fmt.Sprintf("c%06d", n))
		c := bot.Conversation{ID: id, Inbox: "web", Channel: "webchat", Thread: string(id), Status: bot.StatusBot, LastSeq: 1, CreatedAt: at, UpdatedAt: at, CustomerAt: at}
		m := bot.Message{ID: bot.NewMessageID(id, 1), Conversation: id, Seq: 1, Inbox: "web", Thread: string(id), Direction: bot.Incoming, Text: text, At: at, SourceID: string(id)}
		if err := app.Store.Save(t.Context(), bot.Change{Conversation: c, Messages: []bot.Message{m}}); err != nil {
			t.Fatal(err)
		}
	}
	for h := range 28 * 24 {
		say(friday.Add(time.Duration(h-29*24)*time.Hour), "how do I pair it")
	}
	look := func(want int, after string) {
		t.Helper()
		if err := app.dueAlarms(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := len(smtp.Got); got != want {
			t.Fatalf("%s: %d e-mails, want %d", after, got, want)
		}
	}
	look(0, "a quiet month")
	for i := range 12 {
		say(friday.Add(time.Duration(i)*time.Second), fmt.Sprintf("my parcel is missing, call me on 1381234567%d, parcel %d", i%10, i))
	}
	stage.set(friday.Add(6 * time.Minute))
	look(1, "a crisis")
	stage.set(friday.Add(12 * time.Minute))
	look(1, "the same crisis")
	alarm := string((<-smtp.Got).Data)
	if !strings.Contains(alarm, "Subject: =?utf-8?q?Alarm") || strings.Contains(alarm, "1381234567") || strings.Count(alarm, "\n> ") != 1 {
		// The twelve messages are alike: one quote stands for all of them.
		t.Errorf("got %s", alarm)
	}
	if found, err := filepath.Glob(filepath.Join(dir, "digests", "alarm-2026-11-13-*.md")); err != nil || len(found) != 1 {
		t.Errorf("the folder has %v, %v", found, err)
	}
	stage.set(time.Date(2026, 11, 16, 8, 0, 1, 0, cfg.location()))
	for range 3 {
		if err := app.dueDigest(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if len(smtp.Got) != 1 {
		t.Fatalf("%d digests were sent", len(smtp.Got))
	}
	digest := string((<-smtp.Got).Data)
	if !strings.Contains(digest, "2026-W46") || !strings.Contains(digest, "filename=digest-2026-W46.html") {
		t.Errorf("got %.600s", digest)
	}
}
