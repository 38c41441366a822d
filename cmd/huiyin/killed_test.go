package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"huiyin/bot"
	"huiyin/store/open"
)

// TestMain lets the test binary be the program itself, so that a test can kill it; and it ends the browser of all tests.
func TestMain(m *testing.M) {
	if _, ok := os.LookupEnv("HUIYIN_AS_PROGRAM"); ok {
		os.Exit(runAt(context.Background(), newClock().now, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, func(string) (string, bool) { return "", false }))
	}
	code := m.Run()
	closeChromium()
	os.Exit(code)
}

// child is a running `huiyin serve` of its own process.
type child struct {
	cmd *exec.Cmd
	url string
}

var chatURL = regexp.MustCompile(`(http://[0-9.:]+)/channels/web/`)

// serve starts a child and waits until it says where it is.
func serve(t *testing.T, dir, config string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0], "--data", dir, "--config", config, "serve", "--listen", "127.0.0.1:0")
	cmd.Env = append(os.Environ(), "HUIYIN_AS_PROGRAM=1", clockVariable+"="+clockOf(t).now().Format(time.RFC3339Nano))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := chatURL.FindStringSubmatch(lines.Text()); m != nil {
			go func() {
				for lines.Scan() { // so that it never waits for a reader
				}
			}()
			return &child{cmd, m[1]}
		}
	}
	t.Fatal("the program ended before it was ready")
	return nil
}

// TestKilledUnderLoad kills the program in the middle of its work, again and again. What was acknowledged must be in the
// store once and in order, and decided upon, when it has been started a last time.
func TestKilledUnderLoad(t *testing.T) {
	kills, visitors, each := 4, 20, 25
	if underRace {
		kills, visitors = 1, 8
	}
	dir := t.TempDir()
	config := filepath.Join(dir, "huiyin.toml")
	text := "[digest]\nweekday = \"\"\n[[inbox]]\nid = \"web\"\nchannel = \"webchat\"\n[inbox.settings]\nper_minute = 6000\nper_minute_ip = 10000000\n"
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	texts := crowdTexts(t)
	data := filepath.Join(dir, "data")
	client := &http.Client{Timeout: 20 * time.Second}
	next := make([]atomic.Int64, visitors) // the first message of each visitor that is not acknowledged
	for round := range kills + 1 {
		c := serve(t, data, config)
		var acknowledged atomic.Int64
		enough := make(chan struct{})
		g, ctx := errgroup.WithContext(context.Background())
		for v := range visitors {
			g.Go(func() error {
				for {
					n := int(next[v].Load())
					if n >= each {
						return nil
					}
					if err := postMessage(ctx, client, c.url, v, n, texts[(v*each+n)%len(texts)]); err != nil {
						return nil // killed: the same message is sent again to the next one
					}
					next[v].Add(1)
					if acknowledged.Add(1) == int64(visitors*each/(kills+1)) {
						close(enough)
					}
				}
			})
		}
		if round < kills {
			<-enough
			if err := c.cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
			_ = g.Wait()
			_ = c.cmd.Wait()
			continue
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
		_ = c.cmd.Process.Signal(os.Interrupt)
		_ = c.cmd.Wait()
	}
	wantWhole(t, data, visitors, each)
}

// wantWhole opens the database that is left and looks at every conversation.
func wantWhole(t *testing.T, dir string, visitors, each int) {
	t.Helper()
	// A last start finishes what the end of the process may have cut off.
	p := start(t, dir)
	wantQuiet(t, p)
	p.stop()
	dsn := "bolt:" + filepath.Join(dir, "huiyin.db")
	if report, err := open.Verify(context.Background(), dsn, nil, open.Options{}); err != nil {
		t.Fatalf("%v: %v", err, report.Problems)
	}
	s, err := open.Open(dsn, open.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	list, err := s.Conversations(context.Background(), bot.Filter{Limit: 10 * visitors})
	if err != nil || len(list) != visitors {
		t.Fatalf("%d conversations, want %d: %v", len(list), visitors, err)
	}
	for _, c := range list {
		messages, err := s.Messages(context.Background(), c.ID, 0, 0)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, m := range messages {
			if m.Direction != bot.Incoming {
				continue
			}
			if want := fmt.Sprintf("%s:message-%04d", c.Thread, n); m.SourceID != want {
				t.Errorf("%s stands where %s should", m.SourceID, want)
			}
			if m.Decision == nil {
				t.Errorf("%s was never decided upon", m.SourceID)
			}
			n++
		}
		if n != each {
			t.Errorf("%s: %d messages, want %d", c.ID, n, each)
		}
	}
}
