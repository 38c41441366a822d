package bolt

import (
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

// Whatever writes an order drops every standing, and one that is being made; nothing else does.
func TestStandingIsDroppedWithItsOrders(t *testing.T) {
	s := openTest(t)
	now := time.Date(2026, 11, 16, 0, 0, 0, 0, time.UTC)
	log := bot.Event{At: now, Actor: "lea", Action: "test"}
	mei := bot.Order{Number: "A1", Buyer: []string{bot.BuyerID("mei")}, At: now, Cents: 100}
	order := func(in string, o bot.Order) func() error {
		return func() error {
			_, err := s.SaveOrders(t.Context(), bot.OrderImport{ID: in, At: now}, []bot.Order{o}, log)
			return err
		}
	}
	if err := order("i0", mei)(); err != nil {
		t.Fatal(err)
	}
	kept := func() string {
		t.Helper()
		data, err := s.Standing(t.Context(), "1 2")
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	contact := bot.Contact{ID: "mei", CreatedAt: now}
	conv := bot.Conversation{ID: "c", Inbox: "web", Channel: "webchat", Thread: "t", Contact: "mei", Status: bot.StatusBot, CreatedAt: now, UpdatedAt: now}
	for _, c := range []struct {
		name  string
		write func() error
		drops bool
	}{
		{"a message", func() error { return s.Save(t.Context(), bot.Change{Contact: &contact, Conversation: conv}) }, false},
		{"the same order", order("i1", mei), false},
		{"another order", order("i2", bot.Order{Number: "A2", Buyer: []string{"id:u"}, At: now}), true},
		{"an import undone", func() error { _, err := s.UndoOrders(t.Context(), "i2", log); return err }, true},
		{"somebody erased", func() error { _, err := s.EraseContact(t.Context(), "mei", log); return err }, true},
	} {
		mark, err := s.MarkOrders(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.SaveStanding(t.Context(), "1 2", []byte(c.name), mark); err != nil || kept() != c.name {
			t.Fatalf("%s: %q is kept, %v", c.name, kept(), err)
		}
		if err := c.write(); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if dropped := kept() == ""; dropped != c.drops {
			t.Errorf("%s: dropped %v", c.name, dropped)
		}
		if err := s.SaveStanding(t.Context(), "1 2", nil, mark); errors.Is(err, feedback.ErrTouched) != c.drops {
			t.Errorf("%s: keeping one that was begun before: %v", c.name, err)
		}
	}
}

// Standings lie beside the sheets and are none; old sheets go without them.
func TestStandingIsNoSheet(t *testing.T) {
	s := openTest(t)
	if err := s.SaveStanding(t.Context(), "1 2", []byte("x"), 0); err != nil {
		t.Fatal(err)
	}
	hour := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	if err := s.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "d"}, s.MarkHour(hour)); err != nil {
		t.Fatal(err)
	}
	if hours, err := s.SheetHours(t.Context(), "v"); err != nil || len(hours) != 1 {
		t.Errorf("%v, %v", hours, err)
	}
	n := 0
	for sheet, err := range s.Sheets(t.Context(), "v", hour.AddDate(-1, 0, 0), hour.AddDate(300, 0, 0)) {
		if n++; err != nil || sheet.Data != "d" {
			t.Errorf("%+v, %v", sheet, err)
		}
	}
	if err := s.DropSheets(t.Context(), hour.Add(time.Hour)); err != nil || n != 1 {
		t.Errorf("%d sheets, %v", n, err)
	}
	if data, err := s.Standing(t.Context(), "1 2"); err != nil || string(data) != "x" {
		t.Errorf("%q, %v", data, err)
	}
	if err := s.SaveStanding(t.Context(), "", nil, 0); !errors.Is(err, store.ErrInvalid) {
		t.Errorf("without a key: %v", err)
	}
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Errorf("%+v, %v", r, err)
	}
}

// A program that knows no standings may have written orders while the store was closed: none that was kept before is trusted.
func TestStandingEndsWithItsProgram(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huiyin.db")
	hour := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	for run := range 3 {
		s, err := Open(path, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if data, err := s.Standing(t.Context(), "1 2"); err != nil || data != nil {
			t.Errorf("run %d: %q of the run before, %v", run, data, err)
		}
		if hours, err := s.SheetHours(t.Context(), "v"); err != nil || len(hours) != min(run, 1) {
			t.Errorf("run %d: sheets of %v, %v", run, hours, err)
		}
		if err := s.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "d"}, s.MarkHour(hour)); err != nil {
			t.Fatal(err)
		}
		if err := s.SaveStanding(t.Context(), "1 2", []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// However many weeks a program runs, a few standings are kept: the latest.
func TestStandingsAreForgotten(t *testing.T) {
	s := openTest(t)
	week := func(n int) string { return fmt.Sprint("1 ", 1_700_000_000+n*604_800) }
	for n := range 60 {
		if err := s.SaveStanding(t.Context(), week(n), []byte("x"), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.SaveStanding(t.Context(), week(0), []byte("x"), 0); err != nil { // the clock was put back
		t.Fatal(err)
	}
	for n := range 60 {
		data, err := s.Standing(t.Context(), week(n))
		if want := n == 0 || n > 60-standingsKept; err != nil || (data != nil) != want {
			t.Errorf("week %d is kept: %v, %v", n, data != nil, err)
		}
	}
}
