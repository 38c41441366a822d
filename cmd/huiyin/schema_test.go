package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/render"
	"huiyin/feedback/schema"
	"huiyin/feedback/schema/schematest"
	"huiyin/store/open"
)

// TestDigestSchema: what the command prints is the published schema, and digests of a store without anything, of a quiet week, of one
// with a single message and of a file are as it says. TestDemo does the same for a full week.
func TestDigestSchema(t *testing.T) {
	code, out, errs := command(t, "", "digest", "--schema")
	published, err := os.ReadFile(filepath.Join("..", "..", "docs", "digest.schema.json"))
	if code != exitDone || errs != "" || err != nil || out != string(published) {
		t.Errorf("code %d, %s, %v: docs/digest.schema.json is behind: make docs", code, errs, err)
	}

	e := &env{ctx: t.Context(), now: clockOf(t).now, flags: &cli{}, lookup: func(string) (string, bool) { return "", false }, out: io.Discard, err: io.Discard}
	at := time.Date(2026, 9, 9, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	app, err := e.miner(dir, func() time.Time { return at.AddDate(0, 2, 0) })
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	if err := app.openStore(); err != nil {
		t.Fatal(err)
	}
	week := func(name string) {
		t.Helper()
		p, err := feedback.Week(name, time.UTC)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if err := app.digests().write(t.Context(), &out, p, render.JSON, "en"); err != nil {
			t.Fatal(err)
		}
		schematest.Check(t, out.Bytes())
		if !strings.Contains(out.String(), schema.ID) {
			t.Errorf("the digest of %s does not name its form", name)
		}
	}
	week("2026-W37")
	saveHello(t, app.Store, at)
	week("2026-W37")
	week("2026-W40")

	file := filepath.Join(dir, "in.csv")
	if err := os.WriteFile(file, []byte("time,text\n2026-11-09 08:30,物流太慢了，三天没动\n2026-11-10 09:00,great service\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, errs := command(t, "", "mine", "--in", file, "--out", dir); code != exitDone {
		t.Fatalf("code %d: %s", code, errs)
	}
	mined, err := os.ReadFile(filepath.Join(dir, "digest.json"))
	if err != nil {
		t.Fatal(err)
	}
	schematest.Check(t, mined)
}

// saveHello stores a conversation of one message.
func saveHello(t *testing.T, s open.Store, at time.Time) {
	t.Helper()
	err := s.Save(context.Background(), bot.Change{Conversation: bot.Conversation{ID: "c1", Inbox: "web", Channel: "webchat", Thread: "t", Status: bot.StatusBot, CreatedAt: at, UpdatedAt: at, LastSeq: 1},
		Messages: []bot.Message{{ID: "c1-1", Seq: 1, Conversation: "c1", Inbox: "web", Thread: "t", Direction: bot.Incoming, Author: bot.ByContact, Text: "hello", At: at}},
		Facts:    []bot.Fact{{Name: bot.FactStarted, Value: 1, Start: at, End: at, Conversation: "c1"}}})
	if err != nil {
		t.Fatal(err)
	}
}
