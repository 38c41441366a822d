package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store/bolt"
)

// deskAct is one thing that staff do, besides conversations: done writes it for a run, there reports whether it is whole.
type deskAct struct {
	done  func(ctx context.Context, s *bolt.Store, run string, i int) error
	there func(ctx context.Context, s *bolt.Store, run string, i int) (bool, error)
}

var errOdd = errors.New("something else stands in its place")

// deskActs are those whose loss nobody would notice before it hurts.
func deskActs() map[string]deskAct {
	return map[string]deskAct{
		"file":     {putPicture, hasPicture},
		"incident": {announce, isAnnounced},
		"task":     {openTask, isOpenTask},
		"once":     {noteOnce, isNotedOnce},
	}
}

// picture is a file of several pieces, in a thread of its own.
func picture(run string, i int) (thread string, f bot.File, data []byte) {
	thread = fmt.Sprint("thread-", run, "-", i)
	data = bytes.Repeat([]byte(thread+"|"), 20_000)
	return thread, bot.File{ID: bot.NewFileID("web", thread, data), Name: "photo.png", Type: "image/png", Size: int64(len(data)), Width: 4, Height: 3}, data
}

func putPicture(ctx context.Context, s *bolt.Store, run string, i int) error {
	thread, f, data := picture(run, i)
	return s.PutFile(ctx, "web", thread, f, data, bot.FileRules{File: 1 << 20, Thread: 1 << 20, Total: 1 << 30})
}

func hasPicture(ctx context.Context, s *bolt.Store, run string, i int) (bool, error) {
	thread, f, data := picture(run, i)
	got, err := s.FileData(ctx, "web", thread, f.ID)
	if errors.Is(err, bot.ErrNotFound) {
		return false, nil
	}
	if err == nil && !bytes.Equal(got, data) {
		err = errOdd
	}
	return err == nil, err
}

func announce(ctx context.Context, s *bolt.Store, run string, i int) error {
	one := bot.Incident{ID: fmt.Sprint(run, "-", i), Topic: "delivery.late", Since: benchStart, By: "lea"}
	return s.SaveIncident(ctx, one, bot.Event{At: benchStart, Actor: "lea", Action: "incident.announce", Object: one.ID})
}

// logged finds what was done in a list, and demands that the audit log knows of it.
func logged(ctx context.Context, s *bolt.Store, action, id string, listed bool) (bool, error) {
	log, err := s.Audit(ctx, 1<<20)
	if err != nil {
		return false, err
	}
	if slices.ContainsFunc(log, func(e bot.Event) bool { return e.Action == action && e.Object == id }) != listed {
		return false, errOdd
	}
	return listed, nil
}

func isAnnounced(ctx context.Context, s *bolt.Store, run string, i int) (bool, error) {
	all, err := s.Incidents(ctx)
	if err != nil {
		return false, err
	}
	id := fmt.Sprint(run, "-", i)
	return logged(ctx, s, "incident.announce", id, slices.ContainsFunc(all, func(x bot.Incident) bool { return x.ID == id }))
}

func openTask(ctx context.Context, s *bolt.Store, run string, i int) error {
	topic := fmt.Sprint("topic.", run, ".", i)
	return s.SaveTask(ctx, feedback.Task{Week: "2026-W46", Topic: topic, State: feedback.TaskOpen},
		bot.Event{At: benchStart, Actor: "lea", Action: "task.save", Object: topic})
}

func isOpenTask(ctx context.Context, s *bolt.Store, run string, i int) (bool, error) {
	all, err := s.Tasks(ctx)
	if err != nil {
		return false, err
	}
	topic := fmt.Sprint("topic.", run, ".", i)
	return logged(ctx, s, "task.save", topic, slices.ContainsFunc(all, func(x feedback.Task) bool { return x.Topic == topic }))
}

// noteOnce writes a note under the name of its act, in a conversation of its own.
func noteOnce(ctx context.Context, s *bolt.Store, run string, i int) error {
	c := bot.Conversation{ID: bot.ConversationID(fmt.Sprint("noted-", run, "-", i)), Inbox: "web", Channel: "webchat", Thread: fmt.Sprint("noted-", run, "-", i),
		Status: bot.StatusBot, Epoch: 1, LastSeq: 1, CreatedAt: benchStart, UpdatedAt: benchStart}
	note := bot.Message{ID: bot.NewMessageID(c.ID, 1), Conversation: c.ID, Seq: 1, Inbox: c.Inbox, Thread: c.Thread, Direction: bot.Outgoing,
		Private: true, Author: bot.ByAgent, Text: "call her back", Once: fmt.Sprint("act-", i), At: benchStart}
	return s.Save(ctx, bot.Change{Conversation: c, Messages: []bot.Message{note}})
}

func isNotedOnce(ctx context.Context, s *bolt.Store, run string, i int) (bool, error) {
	list, err := s.Messages(ctx, bot.ConversationID(fmt.Sprint("noted-", run, "-", i)), 0, 0)
	if err == nil && (len(list) > 1 || len(list) == 1 && list[0].Once != fmt.Sprint("act-", i)) {
		err = errOdd
	}
	return err == nil && len(list) == 1, err
}

// deskLoad does what staff do until it is killed, and says what the store has confirmed.
func deskLoad(path string) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	run := strconv.Itoa(os.Getpid())
	var wg sync.WaitGroup
	for name, act := range deskActs() {
		wg.Go(func() {
			for i := 0; ; i++ {
				if err := act.done(context.Background(), s, run, i); err != nil {
					fmt.Println("error:", name, err)
					return
				}
				fmt.Println(name, run, i)
			}
		})
	}
	wg.Wait()
	return nil
}

// TestKilledAtTheDesk: whatever the moment of a kill -9, files, incidents, tasks and named notes that were confirmed
// are there and whole, with their entries in the log, and the one under way is there as a whole or not at all.
func TestKilledAtTheDesk(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "huiyin.db")
	for round := range 4 {
		cmd, _, out := child(t, nil, "desk", path)
		confirmed, run := map[string]int{}, ""
		for lines := 0; out.Scan(); lines++ {
			if lines == 20+round*60 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			f := strings.Fields(out.Text())
			if _, known := deskActs()[f[0]]; !known {
				t.Fatal(out.Text())
			}
			n, _ := strconv.Atoi(f[2])
			run, confirmed[f[0]] = f[1], n+1
		}
		_ = cmd.Wait()
		checkDesk(t, path, run, confirmed)
	}
}

func checkDesk(t *testing.T, path, run string, confirmed map[string]int) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Fatal(err, r.Problems)
	}
	for name, act := range deskActs() {
		for i := range confirmed[name] + 2 {
			there, err := act.there(t.Context(), s, run, i)
			switch {
			case err != nil:
				t.Fatalf("%s %d of %d: %v", name, i, confirmed[name], err)
			case i < confirmed[name] && !there:
				t.Fatalf("%s %d of %d was lost", name, i, confirmed[name])
			case i == confirmed[name]+1 && there: // one may have been stored without a word
				t.Fatalf("%s %d is there, and only %d were begun", name, i, confirmed[name]+1)
			}
		}
	}
	t.Logf("confirmed: %v", confirmed)
}
