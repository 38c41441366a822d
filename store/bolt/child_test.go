package bolt_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store"
	"huiyin/store/bolt"
)

// childEnv makes this test's binary play another process instead: "<role> <path>".
const childEnv = "HUIYIN_STORE_TEST_CHILD"

func TestMain(m *testing.M) {
	if job := os.Getenv(childEnv); job != "" {
		role, path, _ := strings.Cut(job, " ")
		roles := map[string]func(path string) error{"hold": holdFile, "load": load, "fill": fillDisk, "limit": fillToLimit, "broken": writeUntilBroken, "die": dieAt, "desk": deskLoad}
		if err := roles[role](path); err != nil {
			fmt.Println("error:", err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// child starts another process of this test, wrapped in a command (none: by itself). It is killed when the test ends.
func child(t *testing.T, wrap []string, role, path string) (*exec.Cmd, io.WriteCloser, *bufio.Scanner) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	args := append(wrap, self)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = append(os.Environ(), childEnv+"="+role+" "+path)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, in, bufio.NewScanner(out)
}

// holdFile keeps the file open until its input ends.
func holdFile(path string) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	_, _ = io.Copy(io.Discard, os.Stdin)
	return s.Close()
}

func TestLocked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "huiyin.db")
	cmd, in, out := child(t, nil, "hold", path)
	if !out.Scan() || out.Text() != "open" {
		t.Fatalf("the other process: %s", out.Text())
	}
	_, err := bolt.Open(path, bolt.Options{LockTimeout: time.Millisecond})
	want := "store: " + path + " is used by another process; stop it or choose another --data"
	if !errors.Is(err, store.ErrLocked) || err.Error() != want {
		t.Fatalf("got %v", err)
	}
	_ = in.Close()
	if err := cmd.Wait(); err != nil {
		t.Fatal(err)
	}
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatalf("after the other process ended: %v", err)
	}
	_ = s.Close()
}

// loadWriters is how many conversations load writes at once.
const loadWriters = 16

// load writes until it is killed: each goroutine accepts an event, answers it, and begins to send the answer, and says
// so when the store has answered.
func load(path string) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	ctx := context.Background()
	run := os.Getpid()
	var wg sync.WaitGroup
	for w := range loadWriters {
		wg.Go(func() {
			c := conversation(run<<8 | w)
			for i := 0; ; i++ {
				id := fmt.Sprint(run, ".", w, ".", i)
				accepted, err := s.Accept(ctx, []bot.Inbound{{Inbox: "web", SourceID: id, Thread: c.Thread}})
				if err != nil {
					fmt.Println("error:", err)
					return
				}
				fmt.Println("accepted", id)
				change := turn(c, i)
				change.Done = []uint64{accepted[0].ID}
				if err := s.Save(ctx, change); err != nil {
					fmt.Println("error:", err)
					return
				}
				c = change.Conversation
				c.Version++
				fmt.Println("saved", c.ID, c.LastSeq)
				m, err := s.BeginSend(ctx, change.Messages[1].ID)
				if err != nil {
					fmt.Println("error:", err)
					return
				}
				fmt.Println("sending", m.ID)
			}
		})
	}
	wg.Wait()
	return nil
}

// TestKilled: whatever the moment of a kill -9, everything that was acknowledged is there, and all of it agrees.
func TestKilled(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "huiyin.db")
	saved := map[string]uint64{}
	var events, sending []string
	for round := range 6 {
		cmd, _, out := child(t, nil, "load", path)
		for lines := 0; out.Scan(); lines++ {
			if lines == 40+round*230 {
				if err := cmd.Process.Kill(); err != nil {
					t.Fatal(err)
				}
			}
			f := strings.Fields(out.Text())
			switch f[0] {
			case "accepted":
				events = append(events, f[1])
			case "saved":
				seq, _ := strconv.ParseUint(f[2], 10, 64)
				saved[f[1]] = seq
			case "sending":
				sending = append(sending, f[1])
			default:
				t.Fatal(out.Text())
			}
		}
		_ = cmd.Wait()
		checkKilled(t, path, events, saved, sending)
	}
	t.Logf("%d events, %d conversations, %d attempts to send", len(events), len(saved), len(sending))
}

func checkKilled(t *testing.T, path string, events []string, saved map[string]uint64, sending []string) {
	t.Helper()
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if r, err := s.Verify(t.Context(), nil); err != nil {
		t.Fatal(err, r.Problems)
	}
	var again []bot.Inbound
	for _, id := range events {
		again = append(again, bot.Inbound{Inbox: "web", SourceID: id})
	}
	if lost, err := s.Accept(t.Context(), again); err != nil || len(lost) > 0 {
		t.Fatalf("%d acknowledged events were lost, %v", len(lost), err)
	}
	for id, seq := range saved {
		messages, err := s.Messages(t.Context(), bot.ConversationID(id), 0, 0)
		if err != nil || uint64(len(messages)) < seq {
			t.Fatalf("conversation %s: %d messages, %d were acknowledged; %v", id, len(messages), seq, err)
		}
	}
	unsent, err := s.Unsent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	under := map[string]bool{}
	for _, m := range unsent {
		under[string(m.ID)] = m.Delivery == bot.Sending && m.Attempts == 1
	}
	for _, id := range sending {
		if !under[id] {
			t.Fatalf("message %s is not under way", id)
		}
	}
}

// fillUp writes until the store has no space, makes space, and goes on.
func fillUp(path string, makeSpace func() error) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	var stored atomic.Int64
	write := func(n int) error {
		c := conversation(n)
		_, err := s.Accept(context.Background(), []bot.Inbound{{Inbox: "web", SourceID: fmt.Sprint(n), Text: strings.Repeat("长", 100_000)}})
		if err == nil {
			stored.Add(1)
			err = s.Save(context.Background(), turn(c, n))
		}
		return err
	}
	var n int
	for err = error(nil); err == nil && n < 100_000; n++ {
		err = write(n)
	}
	if !errors.Is(err, bot.ErrBusy) {
		return fmt.Errorf("write %d on a full disk: %w", n, err)
	}
	for refused := 1; refused < 3; n++ { // one may still find room in pages that the last commit has left
		switch err := write(n + 1); {
		case errors.Is(err, bot.ErrBusy):
			refused++
		case err != nil || n > 100_000:
			return fmt.Errorf("write %d, after one that was refused: %w", n+1, err)
		}
	}
	full := stored.Load()
	if _, err := s.Conversations(context.Background(), bot.Filter{}); err != nil {
		return fmt.Errorf("reading: %w", err)
	}
	if err := makeSpace(); err != nil {
		return err
	}
	if err := write(n + 2); err != nil {
		return fmt.Errorf("with space again: %w", err)
	}
	all, err := s.Recover(context.Background())
	if err != nil || int64(len(all)) != stored.Load() {
		return fmt.Errorf("%d events, %d were acknowledged: %w", len(all), stored.Load(), err)
	}
	if r, err := s.Verify(context.Background(), nil); err != nil {
		return fmt.Errorf("%w %q", err, r.Problems)
	}
	fmt.Println("stored", full, "then", stored.Load())
	return s.Close()
}

// fillToLimit fills the file up to the size that the process may write.
func fillToLimit(path string) error {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		return err
	}
	small := limit
	small.Cur = 40 << 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		return err
	}
	return fillUp(path, func() error { return syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit) })
}

// fillDisk fills the small disk that the path is on, from which it then deletes a file.
func fillDisk(path string) error {
	other := filepath.Join(filepath.Dir(path), "other")
	if err := os.WriteFile(other, make([]byte, 2<<20), 0o600); err != nil {
		return err
	}
	return fillUp(path, func() error { return os.Remove(other) })
}

func TestFileSizeLimit(t *testing.T) {
	t.Parallel()
	cmd, _, out := child(t, nil, "limit", filepath.Join(t.TempDir(), "huiyin.db"))
	finish(t, cmd, out, "stored ")
}

func TestDiskFull(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	mount := []string{"unshare", "-rm", "sh", "-c", `mount -t tmpfs -o size=6m none "$1" && exec "$2"`, "sh", dir}
	if err := exec.Command(mount[0], append(append([]string(nil), mount[1:]...), "true")...).Run(); err != nil {
		t.Skipf("no small disk can be mounted without the right to; TestFileSizeLimit fills one in another way: %v", err)
	}
	cmd, _, out := child(t, mount, "fill", filepath.Join(dir, "huiyin.db"))
	finish(t, cmd, out, "stored ")
}

// finish waits for a child to end well, its last line beginning as said.
func finish(t *testing.T, cmd *exec.Cmd, out *bufio.Scanner, want string) {
	t.Helper()
	last := ""
	for out.Scan() {
		last = out.Text()
		t.Log(last)
	}
	if err := cmd.Wait(); err != nil || !strings.HasPrefix(last, want) {
		t.Fatalf("%v: %s", err, last)
	}
}

// writeUntilBroken writes until the disk fails, and makes sure that nothing is written after that.
func writeUntilBroken(path string) error {
	s, err := bolt.Open(path, bolt.Options{})
	if err != nil {
		return err
	}
	for i := range 1000 {
		if _, err := s.Accept(context.Background(), []bot.Inbound{{Inbox: "web", SourceID: fmt.Sprint(i)}}); err == nil {
			continue
		} else if !errors.Is(err, store.ErrBroken) {
			return fmt.Errorf("write %d: %w", i, err)
		}
		if _, err := s.Accept(context.Background(), []bot.Inbound{{Inbox: "web", SourceID: "later"}}); !errors.Is(err, store.ErrBroken) {
			return fmt.Errorf("a write after the failure: %w", err)
		}
		fmt.Println("stored", i)
		return nil
	}
	return errors.New("the disk never failed")
}

// TestDiskError fails the n-th fdatasync of a process: whether the write survived is not known, but nothing that was
// acknowledged is lost, and the file is whole.
func TestDiskError(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed: make test sees to it on Linux")
	}
	for _, n := range []int{9, 10} { // of data pages, of the meta page
		path := filepath.Join(t.TempDir(), "huiyin.db")
		wrap := []string{"strace", "-qq", "-f", "-e", "trace=fdatasync", "-e", fmt.Sprintf("inject=fdatasync:error=EIO:when=%d", n), "-o", "/dev/null"}
		cmd, _, out := child(t, wrap, "broken", path)
		var stored int
		for out.Scan() {
			if _, err := fmt.Sscanf(out.Text(), "stored %d", &stored); err != nil {
				t.Fatal(out.Text())
			}
		}
		if err := cmd.Wait(); err != nil {
			t.Fatal(err)
		}
		s, err := bolt.Open(path, bolt.Options{})
		if err != nil {
			t.Fatal(err)
		}
		all, err := s.Recover(t.Context())
		if err != nil || len(all) < stored || len(all) > stored+1 {
			t.Errorf("fdatasync %d failed: %d events, %d were acknowledged; %v", n, len(all), stored, err)
		}
		if r, err := s.Verify(t.Context(), nil); err != nil {
			t.Error(err, r.Problems)
		}
		_ = s.Close()
	}
}
