package console_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/console"
	"huiyin/store"
)

func TestLive(t *testing.T) {
	o := open(t)
	running, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- o.console.Run(running) }()
	b := o.as("agent")
	resp, err := b.Get(o.server.URL + "/console/live?at=c1")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	lines := bufio.NewScanner(resp.Body)
	next := func(prefix string) string {
		for lines.Scan() {
			if strings.HasPrefix(lines.Text(), prefix) {
				return lines.Text()
			}
		}
		t.Fatalf("the stream ended before %q", prefix)
		return ""
	}
	next(": open")
	o.desk.notices <- bot.Notice{Conversation: bot.Conversation{ID: "c1", Status: bot.StatusAgent, Agent: "lin", LastSeq: 7}, Messages: []bot.Message{{Seq: 7, Text: "secret"}}}
	if got, want := next("data: {\"id\":\"c1\",\"status\""), `data: {"id":"c1","status":"agent","agent":"lin","last":7,"seqs":[7]}`; got != want {
		t.Errorf("a change is told as %s, want %s", got, want)
	}
	colleague := o.as("lead")
	if status, _ := colleague.do("POST", "/console/c/c1/typing?on=1", url.Values{}, "X-Fragment", "1"); status != http.StatusNoContent {
		t.Errorf("typing: %d", status)
	}
	if got := next("data: {\"id\":\"c1\",\"who\""); got != `data: {"id":"c1","who":[{"id":"agent","name":"agent","typing":false}]}` {
		t.Errorf("one reads, and it is told as %s", got)
	}
	stop()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// unreadable is a store that cannot list conversations the first time.
type unreadable struct {
	console.Store
	asked *atomic.Int32
}

func (u unreadable) Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error) {
	if u.asked.Add(1) == 1 {
		return nil, store.ErrCorrupt
	}
	return u.Store.Conversations(ctx, f)
}

func TestLivePagesOutliveAStoreThatCannotBeRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var asked atomic.Int32
		o := furnish(t, func(s console.Store) console.Store { return unreadable{s, &asked} })
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		go func() { ended <- o.console.Run(ctx) }()
		time.Sleep(5 * time.Second)
		select {
		case err := <-ended:
			t.Fatalf("the console stopped: %v", err)
		default:
		}
		if asked.Load() < 2 {
			t.Error("the store was not read again")
		}
		stop()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
}

func TestRunEndsWithoutAnErrorWhenItIsStoppedAtOnce(t *testing.T) {
	o := open(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := o.console.Run(ctx); err != nil {
		t.Errorf("a stop is no failure: %v", err)
	}
}
