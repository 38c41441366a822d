package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/internal/mail/mailtest"
	"huiyin/store/open"
)

// watchedShop is a program that has watched a quiet month, on a stage with a clock of its own.
type watchedShop struct {
	*testing.T
	app    *App
	smtp   mailtest.Server
	stage  *demoStage
	friday time.Time
	dir    string
	said   int
}

func newWatchedShop(t *testing.T) *watchedShop {
	t.Helper()
	return newWatchedShopIn(t, "mem:", nil)
}

// newWatchedShopIn has another store, or one with something around it.
func newWatchedShopIn(t *testing.T, dsn string, wrap func(open.Store) open.Store) *watchedShop {
	t.Helper()
	w := &watchedShop{T: t, smtp: mailtest.New(t, true, ""), dir: t.TempDir()}
	cfg := defaultConfig()
	cfg.Store.DSN, cfg.Lang = dsn, "en"
	cfg.Digest.MailTo = []string{"lead@shop.example"}
	cfg.Mail = MailConfig{Server: w.smtp.Addr, From: "bot@shop.example"}
	if err := cfg.Check(); err != nil {
		t.Fatal(err)
	}
	w.friday = time.Date(2026, 11, 13, 12, 0, 0, 0, cfg.location())
	w.stage = newDemoStage(w.friday)
	e := &env{ctx: t.Context(), flags: &cli{}, err: os.Stderr}
	var err error
	w.app, err = newApp(t.Context(), appOptions{Config: cfg, File: noFile(), Data: w.dir, Lookup: func(string) (string, bool) { return "", false },
		Log: e.quiet(), Now: w.stage.now, Fake: w.stage, Wrap: wrap, MailTLS: w.smtp.TLS})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.app.Close() })
	for h := range 28 * 24 {
		w.say(w.friday.Add(time.Duration(h-29*24)*time.Hour), "how do I pair it")
	}
	w.look(0, "a quiet month")
	return w
}

// say stores what a customer wrote, whenever its platform says that she did.
func (w *watchedShop) say(at time.Time, text string) {
	w.Helper()
	w.said++
	id := bot.ConversationID(fmt.Sprintf("c%06d", w.said))
	c := bot.Conversation{ID: id, Inbox: "web", Channel: "webchat", Thread: string(id), Status: bot.StatusBot, LastSeq: 1, CreatedAt: at, UpdatedAt: at, CustomerAt: at}
	m := bot.Message{ID: bot.NewMessageID(id, 1), Conversation: id, Seq: 1, Inbox: "web", Thread: string(id), Direction: bot.Incoming, Text: text, At: at, SourceID: string(id)}
	if err := w.app.Store.Save(w.Context(), bot.Change{Conversation: c, Messages: []bot.Message{m}}); err != nil {
		w.Fatal(err)
	}
}

// look lets the program look, and counts the e-mails that nobody has taken out yet.
func (w *watchedShop) look(want int, after string) {
	w.Helper()
	if err := w.app.dueAlarms(w.Context()); err != nil {
		w.Fatal(err)
	}
	if got := len(w.smtp.Got); got != want {
		w.Fatalf("%s: %d e-mails, want %d", after, got, want)
	}
}

// files are the alarms in the folder of digests.
func (w *watchedShop) files() []string {
	w.Helper()
	found, err := filepath.Glob(filepath.Join(w.dir, "digests", "alarm-2026-11-13-*.md"))
	if err != nil {
		w.Fatal(err)
	}
	return found
}

// An alarm that cannot be written stands in the way of no other, nor of its own e-mail, and is written when that is
// possible again.
func TestAlarmsFailAlone(t *testing.T) {
	w := newWatchedShop(t)
	folder := filepath.Join(w.dir, "digests")
	if err := os.WriteFile(folder, nil, 0o600); err != nil { // where the folder should be
		t.Fatal(err)
	}
	for i := range 12 {
		at := w.friday.Add(time.Duration(i) * time.Second)
		w.say(at, fmt.Sprintf("my parcel is missing, parcel %d", i))
		w.say(at, fmt.Sprintf("I was charged twice for order %d", i))
	}
	w.stage.set(w.friday.Add(6 * time.Minute))
	if err := w.app.dueAlarms(t.Context()); err == nil {
		t.Error("nobody hears that the alarms could not be written")
	}
	if got := len(w.smtp.Got); got != 2 {
		t.Fatalf("%d e-mails, want both alarms", got)
	}
	if err := os.Remove(folder); err != nil {
		t.Fatal(err)
	}
	w.stage.set(w.friday.Add(7 * time.Minute))
	w.look(2, "there is a folder again")
	if got := w.files(); len(got) != 2 {
		t.Errorf("the folder has %v", got)
	}
}

// When the clock is set back, the program begins anew instead of waiting until it is where it was.
func TestAlarmsAfterClockSetBack(t *testing.T) {
	w := newWatchedShop(t)
	w.stage.set(w.friday.Add(24 * time.Hour))
	w.look(0, "a quiet day")
	for i := range 12 {
		w.say(w.friday.Add(time.Duration(i)*time.Second), fmt.Sprintf("my parcel is missing, parcel %d", i))
	}
	w.app.Now = func() time.Time { return w.friday.Add(6 * time.Minute) } // a stage's clock does not go back
	w.look(1, "a crisis, a day before the last look")
}

// readStore counts the messages that are read of a store.
type readStore struct {
	open.Store
	hourWriter
	read int
}

func (s *readStore) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return func(yield func(bot.Message, error) bool) {
		for m, err := range s.Store.MessagesBetween(ctx, from, to) {
			s.read++
			if !yield(m, err) {
				return
			}
		}
	}
}

// A look reads the hour that is running, and hours that were written to since the last look; not the day before again.
func TestALookReadsWhatIsNew(t *testing.T) {
	var store *readStore
	w := newWatchedShopIn(t, "bolt:"+filepath.Join(t.TempDir(), "huiyin.db"), func(s open.Store) open.Store {
		store = &readStore{Store: s, hourWriter: s.(hourWriter)}
		return store
	})
	for i := range 600 {
		w.say(w.friday.Add(-time.Duration(i)*2*time.Minute), "how do I pair it")
	}
	w.stage.set(w.friday.Add(6 * time.Minute))
	w.look(0, "a day full of messages")
	for n, want := range []int{1, 1, 1} { // the messages of the running hour
		store.read = 0
		w.stage.set(w.friday.Add(time.Duration(n+2) * 6 * time.Minute))
		w.look(0, "nothing new")
		if store.read != want {
			t.Errorf("look %d read %d messages, want %d", n, store.read, want)
		}
	}
	for i := range 12 {
		w.say(w.friday.Add(-10*time.Hour), fmt.Sprintf("my parcel is missing, parcel %d", i))
	}
	store.read = 0
	w.stage.set(w.friday.Add(30 * time.Minute))
	if err := w.app.lookForAlarms(t.Context(), w.app.topics.(seeded), w.app.Now()); err != nil {
		t.Fatal(err)
	}
	if late := 1 + 30 + 1 + 12; len(w.app.alarms.due) != 1 || store.read > late {
		t.Errorf("%d alarms after reading %d messages, want 1 after at most %d", len(w.app.alarms.due), store.read, late)
	}
}

// What customers wrote before the last look and what came only after it counts, once.
func TestLateMessagesRaiseAlarm(t *testing.T) {
	w := newWatchedShop(t)
	for i := range 3 {
		w.say(w.friday.Add(time.Duration(i)*time.Second), fmt.Sprintf("my parcel is missing, parcel %d", i))
	}
	for n := range 4 {
		w.stage.set(w.friday.Add(time.Duration(n+1) * 6 * time.Minute))
		w.look(0, "three messages, looked at again and again")
	}
	for i := range 12 {
		w.say(w.friday.Add(-10*time.Hour), fmt.Sprintf("my parcel is missing, parcel %d", i))
	}
	w.stage.set(w.friday.Add(36 * time.Minute))
	w.look(1, "what a platform had kept for ten hours")
}

// A topic that breaks out is told by e-mail and in the folder within minutes, once, with masked quotes; the week's digest
// arrives on Monday, once, although the program looks again and again.
func TestAlarmAndDigestAreMailed(t *testing.T) {
	w := newWatchedShop(t)
	app, smtp, stage, friday, say, look := w.app, w.smtp, w.stage, w.friday, w.say, w.look
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
	if found := w.files(); len(found) != 1 {
		t.Errorf("the folder has %v", found)
	}
	stage.set(time.Date(2026, 11, 16, 8, 0, 1, 0, friday.Location()))
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
