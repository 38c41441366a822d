package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store"
	"huiyin/store/bolt"
)

func clockAt(at time.Time) func() time.Time { return func() time.Time { return at } }

// keepers makes a database with a conversation of its own, and a backup of another one, in which an answer is queued,
// another one is being sent, and an event waits.
func keepers(t *testing.T) (path, backup string) {
	t.Helper()
	dir := t.TempDir()
	path, backup = filepath.Join(dir, "data", "huiyin.db"), filepath.Join(dir, "backup", store.BackupName(benchStart))
	other, err := bolt.Open(filepath.Join(dir, "other.db"), bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	change := turn(conversation(1), 1)
	if err := other.Save(t.Context(), change); err != nil {
		t.Fatal(err)
	}
	next := turn(change.Conversation, 2)
	next.Conversation.Version++
	_, err1 := other.BeginSend(t.Context(), change.Messages[1].ID)
	_, err2 := other.Accept(t.Context(), []bot.Inbound{event(1)})
	err3 := other.Save(t.Context(), next)
	_, err4 := store.WriteBackup(t.Context(), other, backup)
	if err := errors.Join(err1, err2, err3, err4, other.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(s.Save(t.Context(), turn(conversation(2), 1)), s.Close()); err != nil {
		t.Fatal(err)
	}
	return path, backup
}

// holds says which of the conversations of keepers a database has.
func holds(t *testing.T, path string) (old, restored bool) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Fatal(err, r.Problems)
	}
	_, oldErr := s.Conversation(t.Context(), conversation(2).ID)
	_, restoredErr := s.Conversation(t.Context(), conversation(1).ID)
	return oldErr == nil, restoredErr == nil
}

func TestRestore(t *testing.T) {
	path, backup := keepers(t)
	at := benchStart.Add(time.Hour)
	r, err := bolt.Restore(t.Context(), backup, path, nil, bolt.Options{Now: clockAt(at)})
	if err != nil {
		t.Fatal(err)
	}
	if r.Unsent != 2 || r.Pending != 1 || r.Report.Messages != 4 || r.Replaced != path+".replaced-20261109-090000" {
		t.Fatalf("%+v", r)
	}
	if old, restored := holds(t, path); old || !restored {
		t.Fatalf("old %v, restored %v", old, restored)
	}
	if old, restored := holds(t, r.Replaced); !old || restored {
		t.Fatalf("in the file kept: old %v, restored %v", old, restored)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	messages, err := s.Messages(t.Context(), conversation(1).ID, 0, 0)
	if err != nil || len(messages) != 4 {
		t.Fatal(len(messages), err)
	}
	for _, m := range messages {
		if m.Direction == bot.Outgoing && (m.Delivery != bot.Unknown || m.Error != store.ReasonRestored) {
			t.Errorf("message %s, which may have been sent since: %s, %s", m.ID, m.Delivery, m.Error)
		}
	}
	bad, err := s.Quarantined(t.Context(), 0)
	if err != nil || len(bad) != 1 || bad[0].Reason != store.ReasonRestored {
		t.Errorf("quarantined: %+v, %v", bad, err)
	}
	if pending, err := s.Recover(t.Context()); err != nil || len(pending) != 0 {
		t.Errorf("pending: %+v, %v", pending, err)
	}
}

// TestRestoreRefuses: whatever is wrong, the database stays what it was.
func TestRestoreRefuses(t *testing.T) {
	t.Parallel()
	path, backup := keepers(t)
	whole, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(whole)
	i := bytes.Index(flipped, []byte("order_status"))
	flipped[i] ^= 1
	for name, content := range map[string][]byte{
		"empty": {}, "cut": whole[:len(whole)/2], "text": []byte("hello"), "long text": bytes.Repeat([]byte("hello "), 1<<16), "flipped bit": flipped,
	} {
		foreign := name == "empty" || strings.HasSuffix(name, "text")
		bad := filepath.Join(t.TempDir(), "bad.db")
		if err := os.WriteFile(bad, content, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Restore(t.Context(), bad, path, nil, bolt.Options{}); err == nil {
			t.Errorf("%s: restored", name)
		} else if !errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrForeign) != foreign {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := bolt.VerifyFile(t.Context(), bad, nil, bolt.Options{}); !errors.Is(err, store.ErrCorrupt) || errors.Is(err, store.ErrForeign) != foreign {
			t.Errorf("%s: verified: %v", name, err)
		}
		if old, restored := holds(t, path); !old || restored {
			t.Fatalf("%s: the database was changed", name)
		}
	}
	if _, err := bolt.Restore(t.Context(), backup+".missing", path, nil, bolt.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing backup: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bolt.Restore(ctx, backup, path, nil, bolt.Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bolt.Restore(t.Context(), backup, path, nil, bolt.Options{LockTimeout: time.Millisecond}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*"))
	if err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// TestRestoreOverDamage: a damaged database is what backups are for; so is a missing one.
func TestRestoreOverDamage(t *testing.T) {
	for _, damage := range []func(path string) error{
		func(path string) error { return os.Truncate(path, 3000) },
		func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("x"), 1<<20), 0o600) },
		os.Remove,
	} {
		path, backup := keepers(t)
		if err := damage(path); err != nil {
			t.Fatal(err)
		}
		if _, err := bolt.Restore(t.Context(), backup, path, nil, bolt.Options{}); err != nil {
			t.Fatal(err)
		}
		if _, restored := holds(t, path); !restored {
			t.Fatal("not restored")
		}
	}
}

func TestVerifyFile(t *testing.T) {
	path, backup := keepers(t)
	before, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	steps := 0
	r, err := bolt.VerifyFile(t.Context(), backup, func(int, int) { steps++ }, bolt.Options{})
	if err != nil || r.Messages != 4 || r.Pending != 1 || r.Unsent != 2 || r.Bytes != int64(len(before)) {
		t.Fatal(r, err)
	}
	after, err := os.ReadFile(backup)
	if err != nil || !bytes.Equal(before, after) {
		t.Error("verifying changed the file", err)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := bolt.VerifyFile(t.Context(), path, nil, bolt.Options{LockTimeout: time.Millisecond}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("while it is open: %v", err)
	}
	if _, err := bolt.VerifyFile(t.Context(), path+".missing", nil, bolt.Options{}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing: %v", err)
	}
}

// TestScrub: the start after an erasure rids the file itself of what was erased.
func TestScrub(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huiyin.db")
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"xiaomei", "dawei"} {
		writePerson(t, s, name)
	}
	_, err = s.EraseContact(t.Context(), "contact-1", bot.Event{})
	if err := errors.Join(err, s.Close()); err != nil {
		t.Fatal(err)
	}
	count := func(name string) int {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		return bytes.Count(b, []byte(name))
	}
	if count("xiaomei") == 0 {
		t.Fatal("nothing is left in free pages: the test shows nothing")
	}
	if s, err = bolt.Open(path, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Error(err, r.Problems)
	}
	if n := count("xiaomei"); n > 0 {
		t.Errorf("%d traces are left in the file", n)
	}
	if count("dawei") == 0 {
		t.Error("somebody else was erased too")
	}
	if _, err := bolt.Open(path, bolt.Options{LockTimeout: time.Millisecond}); !errors.Is(err, store.ErrLocked) {
		t.Errorf("the new file is not locked: %v", err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	info, _ := os.Stat(path)
	if s, err = bolt.Open(path, bolt.Options{}); err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if again, _ := os.Stat(path); !os.SameFile(info, again) {
		t.Error("the file was copied again")
	}
}

// dieAt lives through everything that has a store.Point, and dies at one of them.
func dieAt(job string) error {
	point, job, _ := strings.Cut(job, " ")
	path, backup, _ := strings.Cut(job, " ")
	o := bolt.Options{At: func(p store.Point) {
		if string(p) == point {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}}
	ctx := context.Background()
	if _, err := bolt.Restore(ctx, backup, path, nil, o); err != nil {
		return err
	}
	fmt.Println("restored")
	s, err := bolt.Open(path, o)
	if err != nil {
		return err
	}
	if _, err := s.Accept(ctx, []bot.Inbound{event(7)}); err != nil {
		return err
	}
	fmt.Println("accepted")
	c := turn(conversation(3), 1)
	c.Contact = &bot.Contact{ID: c.Conversation.Contact}
	if err := s.Save(ctx, c); err != nil {
		return err
	}
	fmt.Println("saved")
	if _, err := s.EraseContact(ctx, c.Contact.ID, bot.Event{}); err != nil {
		return err
	}
	fmt.Println("erased")
	if _, err := store.WriteBackup(ctx, s, backup+".2"); err != nil {
		return err
	}
	fmt.Println("backed up")
	if err := s.Close(); err != nil {
		return err
	}
	_, err = bolt.Open(path, o)
	return err
}

// TestDieAtEveryPoint kills a process at every point of the list; each is reached, and afterwards the database is whole
// and has everything that was acknowledged.
func TestDieAtEveryPoint(t *testing.T) {
	t.Parallel()
	for _, point := range store.Points() {
		t.Run(string(point), func(t *testing.T) {
			path, backup := keepers(t)
			cmd, _, out := child(t, nil, "die", string(point)+" "+path+" "+backup)
			said := map[string]bool{}
			for out.Scan() {
				said[out.Text()] = true
			}
			var exit *exec.ExitError
			if err := cmd.Wait(); !errors.As(err, &exit) || exit.Sys().(syscall.WaitStatus).Signal() != syscall.SIGKILL {
				t.Fatalf("the point was not reached: %v", err)
			}
			old, restored := holds(t, path)
			if old == restored || said["restored"] && !restored {
				t.Errorf("after %v: the old database %v, the restored one %v", said, old, restored)
			}
			if old {
				return
			}
			s, err := bolt.Open(path, bolt.Options{})
			if err != nil {
				t.Fatal(err)
			}
			defer s.Close()
			if again, err := s.Accept(t.Context(), []bot.Inbound{event(7)}); err != nil || said["accepted"] && len(again) > 0 {
				t.Errorf("the event was forgotten: %v", err)
			}
			_, err = s.Conversation(t.Context(), conversation(3).ID)
			if said["saved"] && !said["erased"] && point != store.PointCommitted && err != nil {
				t.Errorf("the conversation was forgotten: %v", err)
			}
			if said["erased"] && !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("the contact came back: %v", err)
			}
			if _, err := os.Stat(backup + ".2"); said["backed up"] != (err == nil) {
				t.Errorf("the backup: %v", err)
			}
		})
	}
}

// TestDieInCommit kills a process in the middle of a commit: between the data pages and the page that makes them count.
func TestDieInCommit(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: make test sees to it on Linux")
	}
	for n := 11; n <= 16; n++ {
		path := filepath.Join(t.TempDir(), "huiyin.db")
		wrap := []string{"strace", "-qq", "-f", "-e", "trace=fdatasync", "-e", fmt.Sprintf("inject=fdatasync:signal=KILL:when=%d", n), "-o", "/dev/null"}
		cmd, _, out := child(t, wrap, "load", path)
		var events []string
		for out.Scan() {
			if id, ok := strings.CutPrefix(out.Text(), "accepted "); ok {
				events = append(events, id)
			}
		}
		_ = cmd.Wait()
		if len(events) == 0 {
			t.Fatal("nothing was acknowledged before the kill")
		}
		checkKilled(t, path, events, nil, nil)
	}
}
