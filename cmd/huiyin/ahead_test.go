package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/feedback/render"
)

// aheadTest is a real database with three weeks of the sample's messages.
type aheadTest struct {
	*testing.T
	app    *App
	period feedback.Period
	ahead  feedback.Ahead
}

func newAheadTest(t *testing.T) *aheadTest {
	t.Helper()
	period, err := feedback.Week(benchWeek, defaultConfig().location())
	if err != nil {
		t.Fatal(err)
	}
	e := &env{ctx: t.Context(), flags: &cli{}, err: t.Output()}
	app, err := e.miner(t.TempDir(), func() time.Time { return period.End.Add(8 * time.Hour) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = app.Close() })
	if err := app.openStore(); err != nil {
		t.Fatal(err)
	}
	fill := &benchDigest{Messages: 700, Weeks: 3}
	for w, p := 0, period; w < fill.Weeks; w, p = w+1, p.Before() {
		if err := fill.fill(t.Context(), app, p, w); err != nil {
			t.Fatal(err)
		}
	}
	ahead, ok := app.ahead()
	if !ok {
		t.Fatal("the store keeps no sheets")
	}
	return &aheadTest{t, app, period, ahead}
}

func (t *aheadTest) digest() []byte {
	t.Helper()
	var out bytes.Buffer
	if err := t.app.digests().write(t.Context(), &out, t.period, render.JSON, "en"); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func (t *aheadTest) missing() []time.Time {
	t.Helper()
	hours, err := t.ahead.Missing(t.Context(), t.app.Now())
	if err != nil {
		t.Fatal(err)
	}
	return hours
}

func (t *aheadTest) readAll() {
	t.Helper()
	for _, h := range t.missing() {
		if err := t.ahead.Read(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	if left := t.missing(); len(left) > 0 {
		t.Fatalf("%d hours are missing after all were read", len(left))
	}
}

// A digest says the same, to the byte, whether the hours were read ahead, some of them, or none; and it says what is true now
// after somebody was erased, two contacts became one, a message came late, or the words changed.
func TestDigestReadAhead(tt *testing.T) {
	t := newAheadTest(tt)
	plain := t.digest()
	if len(t.missing()) < 3*7*24 {
		t.Fatalf("%d hours are to be read", len(t.missing()))
	}
	for i, h := range t.missing() {
		if i%3 == 0 {
			if err := t.ahead.Read(t.Context(), h); err != nil {
				t.Fatal(err)
			}
		}
	}
	if !bytes.Equal(plain, t.digest()) {
		t.Error("the digest of hours of which every third was read ahead is another one")
	}
	t.readAll()
	if !bytes.Equal(plain, t.digest()) {
		t.Error("the digest of hours that were read ahead is another one")
	}

	log := bot.Event{At: t.app.Now(), Actor: "lea", Action: "test"}
	changes := []struct {
		name   string
		change func() error
	}{
		{"erased", func() error { _, err := t.app.Store.EraseContact(t.Context(), "p8", log); return err }},
		{"merged", func() error { _, err := t.app.Store.MergeContacts(t.Context(), "p12", "p16", log); return err }},
		{"late", func() error { return t.late("late", 30*time.Hour) }},
	}
	for _, c := range changes {
		if err := c.change(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		touched := t.missing()
		if len(touched) == 0 {
			t.Errorf("%s: every sheet stayed", c.name)
		}
		with := t.digest()
		t.readAll()
		again := t.digest()
		t.app.topics.(interface{ Words(string) }).Words(c.name) // no sheet is of this version
		if len(t.missing()) < 3*7*24 {
			t.Errorf("%s: with other words %d hours are missing", c.name, len(t.missing()))
		}
		if without := t.digest(); !bytes.Equal(with, without) || !bytes.Equal(again, without) {
			t.Errorf("%s: the digest of sheets is another one", c.name)
		}
		t.readAll()
	}
}

// late stores a message of an hour that is over, and a fact.
func (t *aheadTest) late(id bot.ConversationID, after time.Duration) error {
	at := t.period.Start.Add(after)
	c := bot.Conversation{ID: id, Inbox: "bench", Channel: "webchat", Thread: string(id), Contact: "p40", Status: bot.StatusBot, LastSeq: 1, CreatedAt: at, UpdatedAt: at}
	m := bot.Message{ID: bot.NewMessageID(id, 1), Conversation: id, Seq: 1, Inbox: "bench", Direction: bot.Incoming, Author: bot.ByContact, Text: "my parcel is late", Lang: "en", At: at}
	return t.app.Store.Save(t.Context(), bot.Change{Conversation: c, Messages: []bot.Message{m},
		Facts: []bot.Fact{{Name: bot.FactHandoff, Value: 1, Label: "asked", Start: at, End: at, Conversation: id}}})
}

// unreadable is a store of which one hour cannot be read.
type unreadable struct {
	feedback.SheetStore
	hour time.Time
}

func (u unreadable) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	if from.Equal(u.hour) {
		return func(yield func(bot.Message, error) bool) { yield(bot.Message{}, errors.New("a damaged page")) }
	}
	return u.SheetStore.MessagesBetween(ctx, from, to)
}

// An hour that cannot be read stands in the way of no other, and sheets that are too old go away, whether any are missing or not.
func TestReadMissing(tt *testing.T) {
	t := newAheadTest(tt)
	t.readAll()
	sheets, version := t.app.Store.(feedback.SheetStore), t.ahead.Topics.Version()
	old := func() {
		t.Helper()
		hour := t.period.Start.AddDate(0, -2, 0)
		if err := sheets.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: version, Data: "\x01"}, sheets.MarkHour(hour)); err != nil {
			t.Fatal(err)
		}
	}
	oldest := func() time.Time {
		t.Helper()
		hours, err := sheets.SheetHours(t.Context(), version)
		if err != nil || len(hours) == 0 {
			t.Fatalf("%d sheets, %v", len(hours), err)
		}
		return hours[0]
	}
	old()
	if err := t.app.readMissing(t.Context(), t.ahead); err != nil || oldest().Before(t.app.Now().AddDate(0, 0, -37)) {
		t.Errorf("nothing is missing: %v, the oldest sheet is of %v", err, oldest())
	}
	if err := errors.Join(t.late("late", 30*time.Hour), t.late("later", 50*time.Hour)); err != nil { // two hours are missing then
		t.Fatal(err)
	}
	old()
	broken := t.ahead
	broken.Source = unreadable{sheets, t.period.Start.Add(50 * time.Hour)} // the newest is read first
	if err := t.app.readMissing(t.Context(), broken); err == nil || !strings.Contains(err.Error(), "a damaged page") {
		t.Errorf("an hour that cannot be read: %v", err)
	}
	if left := t.missing(); len(left) != 1 || !left[0].Equal(t.period.Start.Add(50*time.Hour)) {
		t.Errorf("missing are %v", left)
	}
	if oldest().Before(t.app.Now().AddDate(0, 0, -37)) {
		t.Errorf("the oldest sheet is of %v", oldest())
	}
}

// What is written while an hour is read is not lost: the sheet is not kept.
func TestHourWrittenWhileRead(tt *testing.T) {
	t := newAheadTest(tt)
	hour := t.period.Start.Add(30 * time.Hour)
	sheets := t.app.Store.(feedback.SheetStore)
	mark := sheets.MarkHour(hour)
	if err := t.late("late", 30*time.Hour); err != nil {
		t.Fatal(err)
	}
	err := sheets.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "\x01"}, mark)
	if hours, _ := sheets.SheetHours(t.Context(), "v"); err == nil || len(hours) != 0 {
		t.Fatalf("%v; kept %v", err, hours)
	}
	if err := sheets.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "\x01"}, sheets.MarkHour(hour)); err != nil {
		t.Fatal(err)
	}
	if err := sheets.DropSheets(t.Context(), hour.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if hours, _ := sheets.SheetHours(t.Context(), "v"); len(hours) != 0 {
		t.Fatalf("%v was dropped and is there", hours)
	}
}

// A sheet that is damaged is read anew; nothing of an erased customer stays in any.
func TestSheetsOfErased(tt *testing.T) {
	t := newAheadTest(tt)
	plain := t.digest()
	t.readAll()
	sheets, version := t.app.Store.(feedback.SheetStore), t.ahead.Topics.Version()
	hours, err := sheets.SheetHours(t.Context(), version)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range hours[:30] {
		if err := sheets.SaveSheet(t.Context(), feedback.Sheet{Hour: h, Version: version, Data: "\x01 damaged"}, sheets.MarkHour(h)); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(plain, t.digest()) {
		t.Error("a digest with damaged sheets is another one")
	}
	kept := func() (all []byte) {
		for s, err := range sheets.Sheets(t.Context(), version, t.period.Before().Before().Start, t.period.End) {
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, s.Data...)
		}
		return all
	}
	if !bytes.Contains(kept(), []byte("c0-000008")) {
		t.Fatal("her conversation is in no sheet")
	}
	if _, err := t.app.Store.EraseContact(t.Context(), "p8", bot.Event{At: t.app.Now(), Actor: "lea", Action: "contact.erase"}); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(kept(), []byte("c0-000008")) {
		t.Error("her conversation is in a sheet")
	}
	if raw := t.digest(); !json.Valid(raw) || slices.Equal(raw, plain) {
		t.Error("the digest does not notice that somebody was erased")
	}
}

// A digest says the same, to the byte, of orders that are added up for it and of those that were added up before; and what is true now
// after more were imported.
func TestDigestOfOrdersAddedUpBefore(tt *testing.T) {
	t := newAheadTest(tt)
	none := t.digest()
	var last []byte
	log := bot.Event{At: t.period.Start, Actor: "lea", Action: "test"}
	more := []bot.Order{{Number: "m1", Buyer: []string{bot.BuyerID("p8")}, At: t.period.Start, Cents: 1_000_000, Currency: "CNY"},
		{Number: "m2", Buyer: []string{bot.BuyerID("p999999")}, At: t.period.Start, Cents: 1, Currency: "CNY"}}
	for i, buy := range []func() error{
		func() error { return (&benchDigest{Orders: 300}).buy(t.Context(), t.app, t.period) },
		func() error {
			_, err := t.app.Store.SaveOrders(t.Context(), bot.OrderImport{ID: "more", At: t.period.Start}, more, log)
			return err
		},
	} {
		if err := buy(); err != nil {
			t.Fatal(err)
		}
		plain := t.digest()
		if bytes.Equal(plain, none) || bytes.Equal(plain, last) {
			t.Fatalf("%d: the digest knows nothing of the orders", i)
		}
		if err := t.app.readOrders(t.Context()); err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(plain, t.digest()) {
			t.Errorf("%d: the digest of orders that were added up before is another one", i)
		}
		last = plain
	}
}
