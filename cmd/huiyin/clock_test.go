package main

import (
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// clockVariable names the moment at which the clocks of tests begin, in RFC 3339, when another one is to be tried: the last
// seconds of a week or of a year, say.
const clockVariable = "HUIYIN_TEST_CLOCK"

// clockBegins is that moment otherwise: a working hour in the middle of a week and of a month, at the shop.
const clockBegins = "2026-11-18T10:00:00+08:00"

// testClock is the time of a test. It begins at a moment that is the same whenever the test runs, and goes on as fast as the
// real one; a test may put it ahead.
type testClock struct {
	began time.Time // by the machine, whose calendar is asked for nothing: only what has passed since counts
	first time.Time
	ahead atomic.Int64
}

func newClock() *testClock {
	text, ok := os.LookupEnv(clockVariable)
	if !ok {
		text = clockBegins
	}
	first, err := time.Parse(time.RFC3339Nano, text)
	if err != nil {
		panic(clockVariable + ": " + err.Error())
	}
	return &testClock{began: time.Now(), first: first.Local()}
}

func (c *testClock) now() time.Time {
	return c.first.Add(time.Since(c.began) + time.Duration(c.ahead.Load()))
}

// advance lets so much more time pass at once.
func (c *testClock) advance(by time.Duration) { c.ahead.Add(int64(by)) }

// off is how far the machine's clock is behind, which a browser goes by.
func (c *testClock) off() time.Duration { return c.now().Sub(time.Now()) }

var clocks = struct {
	sync.Mutex
	of map[string]*testClock
}{of: map[string]*testClock{}}

// clockOf is the one clock of a test, its parts, and all programs that it starts: one that is started again goes on by it.
func clockOf(t *testing.T) *testClock {
	t.Helper()
	test, _, _ := strings.Cut(t.Name(), "/")
	clocks.Lock()
	defer clocks.Unlock()
	c, ok := clocks.of[test]
	if !ok {
		c = newClock()
		clocks.of[test] = c
		t.Cleanup(func() {
			clocks.Lock()
			defer clocks.Unlock()
			delete(clocks.of, test)
		})
	}
	return c
}
