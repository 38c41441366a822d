package sentiment_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// clock is a clock that the test turns.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// write replaces a file and gives it its own modification time, as an editor would.
func write(t *testing.T, path, text string, at time.Time) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

func annotate(t *testing.T, c *sentiment.Component, text string) nlp.Sentiment {
	t.Helper()
	a := nlp.Analysis{Text: text, Tokens: shipped().tok.Tokenize(text)}
	if err := c.Annotate(context.Background(), &a); err != nil {
		t.Fatal(err)
	}
	return a.Sentiment
}

func TestComponentTakesUpAnEdit(t *testing.T) {
	var logged bytes.Buffer
	clk := &clock{t: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "sentiment.yaml")
	c, err := sentiment.NewComponent(shipped().scorer, sentiment.Options{
		Override: path, Now: clk.Now, Log: slog.New(slog.NewTextHandler(&logged, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	const text = "这个手机很蛙趣"
	before := annotate(t, c, text)

	write(t, path, "words:\n  -3: [蛙趣]\n", clk.Now())
	if got := annotate(t, c, text); got.Score != before.Score {
		t.Errorf("taken up before a second passed: %+v", got)
	}
	clk.pass(2 * time.Second)
	after := annotate(t, c, text)
	if after.Polarity != nlp.Negative || after.Score >= before.Score {
		t.Errorf("edit not taken up: %+v", after)
	}

	write(t, path, "wrods:\n  3: [蛙趣]\n", clk.Now())
	clk.pass(2 * time.Second)
	if got := annotate(t, c, text); got.Polarity != nlp.Negative {
		t.Errorf("a broken file must leave the last good one: %+v", got)
	}
	if !strings.Contains(logged.String(), "wrods") || strings.Contains(logged.String(), text) {
		t.Errorf("the log must name the mistake and no text of users: %s", logged.String())
	}

	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	clk.pass(2 * time.Second)
	if got := annotate(t, c, text); got.Score != before.Score {
		t.Errorf("the file is gone, its words are not: %+v", got)
	}
}

func TestComponentRefusesABadOverrideAtStart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sentiment.yaml")
	write(t, path, "words:\n  9: [好]\n", time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC))
	_, err := sentiment.NewComponent(shipped().scorer, sentiment.Options{Override: path})
	if err == nil || !strings.Contains(err.Error(), "between -4 and 4") {
		t.Errorf("got %v", err)
	}
}

func TestComponentStopsWhenCancelled(t *testing.T) {
	c, err := sentiment.NewComponent(shipped().scorer, sentiment.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := c.Annotate(ctx, &nlp.Analysis{Text: "好"}); err == nil {
		t.Error("no error from a cancelled context")
	}
}

// Many goroutines read while the lexicon is edited; the race detector watches.
func TestComponentConcurrently(t *testing.T) {
	clk := &clock{t: time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)}
	path := filepath.Join(t.TempDir(), "sentiment.yaml")
	c, err := sentiment.NewComponent(shipped().scorer, sentiment.Options{Override: path, Now: clk.Now})
	if err != nil {
		t.Fatal(err)
	}
	want := map[float64]bool{annotate(t, c, "客服蛙趣").Score: true}
	for _, v := range []string{"-3", "3"} {
		write(t, path, "words:\n  "+v+": [蛙趣]\n", clk.Now())
		clk.pass(2 * time.Second)
		want[annotate(t, c, "客服蛙趣").Score] = true
	}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 50 {
				a := nlp.Analysis{Text: "客服蛙趣", Tokens: shipped().tok.Tokenize("客服蛙趣")}
				if err := c.Annotate(context.Background(), &a); err != nil || !want[a.Sentiment.Score] {
					t.Errorf("%v %+v", err, a.Sentiment)
					return
				}
			}
		})
	}
	for i, v := range []string{"-3", "3", "-3", "3"} {
		write(t, path, "words:\n  "+v+": [蛙趣]\n", clk.Now().Add(time.Duration(i)*time.Minute))
		clk.pass(2 * time.Second)
	}
	wg.Wait()
}
