package bolt

import (
	"errors"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"go.etcd.io/bbolt"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store"
)

// TestSheetReadWhileWritten: whoever begins to read an hour while a write of it is applied, and not yet seen by readers, reads
// what was there before, and must not keep it; whether the write becomes seen or not.
func TestSheetReadWhileWritten(t *testing.T) {
	hour := time.Date(2026, 11, 9, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		name   string
		commit func(*bbolt.Tx) error
	}{
		{"the write succeeds", (*bbolt.Tx).Commit},
		{"the disk is full", func(*bbolt.Tx) error { return syscall.ENOSPC }},
	} {
		t.Run(test.name, func(t *testing.T) {
			applied, goOn := make(chan struct{}), make(chan struct{})
			var pause bool // written by the test before it submits
			s, err := Open(filepath.Join(t.TempDir(), "huiyin.db"), Options{At: func(p store.Point) {
				if p == store.PointApplied && pause {
					pause = false
					applied <- struct{}{}
					<-goOn
				}
			}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = s.Close() })
			say := func(n uint64) error {
				c := bot.Conversation{ID: "c", Inbox: "web", Channel: "webchat", Thread: "t", LastSeq: n, Version: n - 1, Status: bot.StatusBot}
				m := bot.Message{ID: bot.NewMessageID("c", n), Conversation: "c", Seq: n, Inbox: "web", Direction: bot.Incoming, Text: "hi", At: hour.Add(time.Duration(n) * time.Minute)}
				return s.Save(t.Context(), bot.Change{Conversation: c, Messages: []bot.Message{m}})
			}
			if err := say(1); err != nil {
				t.Fatal(err)
			}

			s.commitTx = test.commit
			pause = true
			said := make(chan error, 1)
			go func() { said <- say(2) }()
			select {
			case <-applied:
			case err := <-said:
				t.Fatalf("nothing was written: %v", err)
			}
			mark, seen := s.MarkHour(hour), 0
			for _, err := range s.MessagesBetween(t.Context(), hour, hour.Add(time.Hour)) {
				if err != nil {
					t.Fatal(err)
				}
				seen++
			}
			close(goOn)
			<-said
			s.commitTx = (*bbolt.Tx).Commit
			if seen != 1 {
				t.Fatalf("%d messages are seen before the second is on the disk", seen)
			}
			if err := s.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "\x01"}, mark); !errors.Is(err, feedback.ErrTouched) {
				t.Errorf("a sheet of what was there before was kept: %v", err)
			}
			if err := s.SaveSheet(t.Context(), feedback.Sheet{Hour: hour, Version: "v", Data: "\x01"}, s.MarkHour(hour)); err != nil {
				t.Errorf("read again, it is not kept: %v", err)
			}
		})
	}
}
