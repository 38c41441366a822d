package console_test

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
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

// slowPage is the end of a stream that takes a write only when the test lets it, until it is gone.
type slowPage struct {
	header http.Header
	writes chan string
	gone   <-chan struct{}
}

func (p *slowPage) Header() http.Header { return p.header }
func (p *slowPage) WriteHeader(int)     {}
func (p *slowPage) Flush()              {}

func (p *slowPage) Write(b []byte) (int, error) {
	select {
	case p.writes <- string(b):
		return len(b), nil
	case <-p.gone:
		return 0, io.ErrClosedPipe
	}
}

// listen opens a stream for an agent who is signed in; it ends with ctx.
func (o *office) listen(ctx context.Context, agent bot.AgentID, at bot.ConversationID) *slowPage {
	o.t.Helper()
	sum := sha256.Sum256([]byte(agent))
	session := bot.Session{Hash: hex.EncodeToString(sum[:]), Agent: agent, CreatedAt: o.now, SeenAt: o.now, ExpiresAt: o.now.Add(time.Hour)}
	if err := o.store.SaveSession(ctx, session); err != nil {
		o.t.Fatal(err)
	}
	return o.opens(ctx, agent, at)
}

// opens opens a stream for an agent who is signed in already; it ends with ctx.
func (o *office) opens(ctx context.Context, agent bot.AgentID, at bot.ConversationID) *slowPage {
	p := &slowPage{http.Header{}, make(chan string), ctx.Done()}
	r := httptest.NewRequestWithContext(ctx, "GET", "/console/live?at="+string(at), nil)
	r.AddCookie(&http.Cookie{Name: "huiyin", Value: string(agent)})
	go o.console.Handler().ServeHTTP(p, r)
	return p
}

// TestAPageThatFallsBehindReadsAnew has hundreds of changes while one page takes nothing: the other one hears of all, and
// the slow one, as soon as it takes something, that it is to read anew, and of what happens from then on.
func TestAPageThatFallsBehindReadsAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := furnish(t, func(s console.Store) console.Store { return s })
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go func() { _ = o.console.Run(ctx) }()
		synctest.Wait()
		slow, quick := o.listen(ctx, "agent", "c1"), o.listen(ctx, "lead", "c1")
		<-quick.writes
		var heard strings.Builder
		go func() {
			for ctx.Err() == nil {
				select {
				case line := <-quick.writes:
					heard.WriteString(line)
				case <-ctx.Done():
				}
			}
		}()
		tell := func(seq uint64) {
			o.desk.notices <- bot.Notice{Conversation: bot.Conversation{ID: "c1", Status: bot.StatusAgent, LastSeq: seq}, Messages: []bot.Message{{Seq: seq}}}
			synctest.Wait()
		}
		for seq := range uint64(500) {
			tell(seq + 1)
		}
		if n := strings.Count(heard.String(), "event: change\n"); n != 500 || strings.Contains(heard.String(), "event: anew\n") {
			t.Errorf("the quick page heard of %d changes, want all 500 and nothing else:\n%.300s", n, heard.String())
		}
		<-slow.writes // that it is open
		late := <-slow.writes
		if n := strings.Count(late, "event: change\n"); n == 0 || n >= 500 {
			t.Errorf("the slow page was kept %d of 500 changes", n)
		}
		after, again, _ := strings.Cut(late, "event: anew\n")
		if after == "" || !strings.Contains(again, "event: presence\ndata: {\"id\":\"c1\",\"who\":[{\"id\":\"agent\"") {
			t.Errorf("the slow page is not told at the end to read anew, and who is there: …%q", late[max(0, len(late)-200):])
		}
		tell(501)
		if next := <-slow.writes; next != "event: change\ndata: {\"id\":\"c1\",\"status\":\"agent\",\"last\":501,\"seqs\":[501]}\n\n" {
			t.Errorf("then it hears of %q", next)
		}
	})
}

// TestPagesReadAnewWhenTheConsoleFellBehind cuts the console off from the bot's notices: what happened until it has read the
// store again, no page was told.
func TestPagesReadAnewWhenTheConsoleFellBehind(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := furnish(t, func(s console.Store) console.Store { return s })
		ctx, stop := context.WithCancel(t.Context())
		defer synctest.Wait()
		defer stop()
		go func() { _ = o.console.Run(ctx) }()
		synctest.Wait()
		p := o.listen(ctx, "agent", "")
		<-p.writes
		lost := o.desk.notices
		o.desk.notices = make(chan bot.Notice)
		close(lost)
		if got := <-p.writes; got != "event: anew\ndata: {}\n\n" {
			t.Errorf("the page is told %q", got)
		}
	})
}
