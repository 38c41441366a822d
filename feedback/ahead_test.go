package feedback_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// shelf is a source with sheets in memory. It finds conversations one by one, as the stores do.
type shelf struct {
	*ledger
	sheets map[time.Time]feedback.Sheet
	marks  map[time.Time]uint64
	reads  int // times that messages were asked for
}

func newShelf(l *ledger) *shelf {
	return &shelf{ledger: l, sheets: map[time.Time]feedback.Sheet{}, marks: map[time.Time]uint64{}}
}

func (s *shelf) Conversation(_ context.Context, id bot.ConversationID) (bot.Conversation, error) {
	for _, c := range s.conversations {
		if c.ID == id {
			return c, nil
		}
	}
	return bot.Conversation{}, bot.ErrNotFound
}

func (s *shelf) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	s.reads++
	slices.SortStableFunc(s.messages, func(a, b bot.Message) int { return a.At.Compare(b.At) })
	return s.ledger.MessagesBetween(ctx, from, to)
}

func (s *shelf) SheetHours(_ context.Context, version string) (hours []time.Time, err error) {
	for h, x := range s.sheets {
		if x.Version == version {
			hours = append(hours, h)
		}
	}
	slices.SortFunc(hours, time.Time.Compare)
	return hours, nil
}

func (s *shelf) Sheets(ctx context.Context, version string, from, to time.Time) iter.Seq2[feedback.Sheet, error] {
	return func(yield func(feedback.Sheet, error) bool) {
		hours, _ := s.SheetHours(ctx, version)
		for _, h := range hours {
			if h.Add(time.Hour).After(from) && h.Before(to) && !yield(s.sheets[h], nil) {
				return
			}
		}
	}
}

func (s *shelf) MarkHour(hour time.Time) uint64 {
	s.marks[hour]++
	return s.marks[hour]
}

func (s *shelf) SaveSheet(_ context.Context, x feedback.Sheet, mark uint64) error {
	if s.marks[x.Hour] != mark {
		return feedback.ErrTouched
	}
	s.sheets[x.Hour] = x
	return nil
}

func (s *shelf) DropSheets(_ context.Context, before time.Time) error {
	for h := range s.sheets {
		if h.Before(before) {
			delete(s.sheets, h)
		}
	}
	return nil
}

// compactWords is byWord whose reading is the text itself.
type compactWords struct {
	byWord
	version string
}

func (c compactWords) Version() string { return c.version }
func (c compactWords) AppendReading(dst []byte, it feedback.Item) []byte {
	return append(dst, it.Text...)
}
func (c compactWords) Pile() feedback.Pile { return &recallingPile{wordPile{words: c.byWord}} }

type recallingPile struct{ wordPile }

func (p *recallingPile) Recall(reading string) error {
	if strings.HasPrefix(reading, "\x00") {
		return errors.New("not a reading")
	}
	p.Read([]feedback.Item{{Text: reading}})()
	return nil
}

// Hours are read once they are over, the newest first and from the first message on; a digest then asks for no message of them
// and says the same; with another version it reads them itself.
func TestAhead(t *testing.T) {
	p := week(t)
	l := ordinary(p.Start)
	s := newShelf(l)
	words := compactWords{byWord{"parcel", "refund", "app"}, "1"}
	a := feedback.Ahead{Source: s, Topics: words}
	now := p.End.Add(time.Minute) // the last hour has not settled
	hours, err := a.Missing(t.Context(), now)
	if err != nil || len(hours) == 0 {
		t.Fatalf("%d hours, %v", len(hours), err)
	}
	first := l.messages[0].At
	if newest, oldest := hours[0], hours[len(hours)-1]; !newest.Equal(p.End.Add(-2*time.Hour)) || oldest.After(first) || first.Sub(oldest) >= time.Hour {
		t.Errorf("hours from %v to %v, the first message is of %v, the week ends %v", newest, oldest, first, p.End)
	}
	digest := func(w compactWords) []byte {
		t.Helper()
		d, err := feedback.Builder{Sections: feedback.Sections(w, nil), Now: func() time.Time { return now }}.Build(t.Context(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return raw
	}
	plain := digest(words)
	for _, h := range hours {
		if err := a.Read(t.Context(), h); err != nil {
			t.Fatal(err)
		}
	}
	s.reads = 0
	if !bytes.Equal(plain, digest(words)) {
		t.Error("the digest of sheets is another one")
	}
	if s.reads > 2 { // what lies before the first sheet, and behind the last
		t.Errorf("messages were asked for %d times although they were read ahead", s.reads)
	}
	if words.version = "2"; !bytes.Equal(plain, digest(words)) {
		t.Error("sheets of another version were believed")
	}
	if hours, err := a.Missing(t.Context(), now.Add(time.Hour)); err != nil || len(hours) != 1 || !hours[0].Equal(p.End.Add(-time.Hour)) {
		t.Errorf("an hour later %v are missing, %v", hours, err)
	}
	if err := a.Forget(t.Context(), now.AddDate(1, 0, 0)); err != nil || len(s.sheets) != 0 {
		t.Errorf("a year later there are %d sheets, %v", len(s.sheets), err)
	}
}

// Where clocks are not whole hours from UTC, a period begins and ends within an hour that was read: what lies in that hour but
// outside the period is not counted, whether there are sheets or not.
func TestAheadOffTheWholeHour(t *testing.T) {
	for _, name := range []string{"Asia/Kolkata", "Australia/Adelaide", "Asia/Kathmandu"} {
		t.Run(name, func(t *testing.T) {
			zone, err := time.LoadLocation(name)
			if err != nil {
				t.Fatal(err)
			}
			p, err := feedback.Week("2026-W46", zone)
			if err != nil {
				t.Fatal(err)
			}
			l := ordinary(p.Start)
			for _, edge := range []time.Time{p.Before().Before().Start, p.Before().Start, p.Start, p.End} {
				for _, off := range []time.Duration{-20 * time.Minute, -time.Second, 0, 10 * time.Minute} {
					at := edge.Add(off)
					id := bot.ConversationID("edge") // one customer, whose complaints within three weeks are counted
					l.messages = append(l.messages, bot.Message{ID: bot.MessageID(fmt.Sprintf("edge-%d", len(l.messages))), Conversation: id, Direction: bot.Incoming, Text: "refund at the edge", At: at})
					l.facts = append(l.facts, bot.Fact{Name: bot.FactHandoff, Label: "asked", Value: 1, Start: at, End: at, Conversation: id})
				}
			}
			s := newShelf(l)
			words := compactWords{byWord{"parcel", "refund", "late"}, "1"}
			now := p.End.Add(2 * time.Hour)
			digest := func() string {
				t.Helper()
				d, err := feedback.Builder{Sections: feedback.Sections(words, nil), Now: func() time.Time { return now }}.Build(t.Context(), s, p)
				if err != nil {
					t.Fatal(err)
				}
				raw, err := json.MarshalIndent(d, "", " ")
				if err != nil {
					t.Fatal(err)
				}
				return string(raw)
			}
			plain := digest()
			a := feedback.Ahead{Source: s, Topics: words}
			hours, err := a.Missing(t.Context(), now)
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hours {
				if err := a.Read(t.Context(), h); err != nil {
					t.Fatal(err)
				}
			}
			if with := digest(); with != plain {
				t.Error("the digest of sheets is another one")
			}
		})
	}
}

// garbled makes readings that cannot be recalled, while it is told to.
type garbled struct {
	compactWords
	now *bool
}

func (g garbled) AppendReading(dst []byte, it feedback.Item) []byte {
	if *g.now {
		dst = append(dst, 0)
	}
	return g.compactWords.AppendReading(dst, it)
}

// Readings that cannot be recalled, as those of another program, cost the time to read their hour anew: the digest says the same,
// and the log says so.
func TestReadingsThatCannotBeRecalled(t *testing.T) {
	p := week(t)
	s := newShelf(ordinary(p.Start))
	bad := false
	words := garbled{compactWords{byWord{"late", "tracking"}, "1"}, &bad}
	var log bytes.Buffer
	digest := func() string {
		t.Helper()
		b := feedback.Builder{Sections: feedback.Sections(words, nil), Now: func() time.Time { return p.End }, Log: slog.New(slog.NewTextHandler(&log, nil))}
		d, err := b.Build(t.Context(), s, p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	plain := digest()
	a := feedback.Ahead{Source: s, Topics: words}
	bad = true
	hour := p.Start.Add(9 * time.Hour)
	if err := a.Read(t.Context(), hour); err != nil {
		t.Fatal(err)
	}
	bad = false
	if digest() != plain {
		t.Error("the digest of an hour that was read anew is another one")
	}
	if n := strings.Count(log.String(), "read anew"); n != 1 || !strings.Contains(log.String(), hour.UTC().Format("2006-01-02T15")) {
		t.Errorf("the log says %q", log.String())
	}
}

// ordered counts what was asked for and what was read of it.
type ordered struct {
	*shelf
	compactWords
	asked, read, ahead *int
}

func (o ordered) AppendReading(dst []byte, it feedback.Item) []byte {
	*o.read++
	return o.compactWords.AppendReading(dst, it)
}

func (o ordered) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	return func(yield func(bot.Message, error) bool) {
		for m, err := range o.shelf.MessagesBetween(ctx, from, to) {
			*o.ahead = max(*o.ahead, *o.asked-*o.read)
			*o.asked++
			if !yield(m, err) {
				return
			}
		}
	}
}

// Reading ahead takes one processor at most: it reads one piece after the other.
func TestAheadOnOneProcessor(t *testing.T) {
	p := week(t)
	l := &ledger{}
	for range 2000 {
		l.say(p.Start, 0, 1, "late") // all within the same minute
	}
	o := ordered{newShelf(l), compactWords{byWord{"late"}, "1"}, new(int), new(int), new(int)}
	if err := (feedback.Ahead{Source: o, Topics: o}).Read(t.Context(), p.Start.Add(9*time.Hour)); err != nil {
		t.Fatal(err)
	}
	if *o.read != 2000 || *o.ahead > 256 { // the race detector finds what this misses
		t.Errorf("%d were read, and %d lay ahead of the reader", *o.read, *o.ahead)
	}
}

// touching writes to an hour while it is read.
type touching struct{ *shelf }

func (s touching) MessagesBetween(ctx context.Context, from, to time.Time) iter.Seq2[bot.Message, error] {
	s.marks[from]++
	return s.shelf.MessagesBetween(ctx, from, to)
}

// An hour that is written to while it is read stays missing, which is no error; a source that breaks is one.
func TestAheadOfWhatChanges(t *testing.T) {
	p := week(t)
	s := newShelf(ordinary(p.Start))
	a := feedback.Ahead{Source: touching{s}, Topics: compactWords{byWord{"parcel"}, "1"}}
	if err := a.Read(t.Context(), p.Start); err != nil || len(s.sheets) != 0 {
		t.Errorf("%d sheets, %v", len(s.sheets), err)
	}
	s.broken = errors.New("the disk is gone")
	if err := a.Read(t.Context(), p.Start); err == nil || !strings.Contains(err.Error(), "the disk is gone") {
		t.Errorf("a broken source: %v", err)
	}
	if _, err := a.Missing(t.Context(), p.End.AddDate(2, 0, 0)); err == nil {
		t.Error("a broken source has nothing missing")
	}
}
