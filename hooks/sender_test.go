package hooks_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/store"
	"huiyin/store/mem"
)

// call is what an endpoint was sent.
type call struct {
	id, event string
	attempt   int
	at        time.Time
	verified  error
}

// receiver is an endpoint made of data: what it answers, one after the other; then 204.
type receiver struct {
	mu      sync.Mutex
	answers []answer
	calls   []call
}

type answer struct {
	status int
	header map[string]string
	fail   error // in place of an answer
}

const secret = "s-e"

// RoundTrip implements http.RoundTripper: in a bubble of synctest there is no network.
func (r *receiver) RoundTrip(req *http.Request) (*http.Response, error) {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	attempt, _ := strconv.Atoi(req.Header.Get(hooks.HeaderAttempt))
	now := time.Now()
	r.calls = append(r.calls, call{req.Header.Get(hooks.HeaderDelivery), req.Header.Get(hooks.HeaderEvent), attempt, now, hooks.Verify(secret, req.Header, body, now, time.Minute)})
	a := answer{status: http.StatusNoContent}
	if len(r.answers) > 0 {
		a, r.answers = r.answers[0], r.answers[1:]
	}
	if a.fail != nil {
		return nil, a.fail
	}
	w := httptest.NewRecorder()
	for name, v := range a.header {
		w.Header().Set(name, v)
	}
	w.WriteHeader(a.status)
	return w.Result(), nil
}

// untimed is the name of a delivery without the time of its event.
func untimed(id string) string { return id[:strings.LastIndexByte(id, '-')] }

// ids are the deliveries, without the times of their events, and their attempts.
func (r *receiver) ids() (ids []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range r.calls {
		ids = append(ids, fmt.Sprintf("%s/%d", untimed(c.id), c.attempt))
	}
	return ids
}

// first and last are the calls of those names.
func (r *receiver) first() call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[0]
}

func (r *receiver) last() call {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.calls[len(r.calls)-1]
}

// counted counts how often the state of an endpoint is written.
type counted struct {
	*mem.Store
	saves atomic.Int64
}

func (c *counted) SaveEndpointState(ctx context.Context, s hooks.State) error {
	c.saves.Add(1)
	return c.Store.SaveEndpointState(ctx, s)
}

// stage is a store, and senders one after the other, as a program has them.
type stage struct {
	t     *testing.T
	store *counted
	to    *receiver
	off   []hooks.Endpoint
	conv  bot.Conversation
	stop  func()
	s     *hooks.Sender
	gone  map[uint64]bool
	make  func(hooks.Event) // called before a body is made
	fails map[uint64]int    // how often making the body of an event fails
}

func newStage(t *testing.T, answers ...answer) *stage {
	s := &stage{t: t, store: &counted{Store: mem.New(mem.Options{Now: time.Now})}, to: &receiver{answers: answers}, gone: map[uint64]bool{}, fails: map[uint64]int{}, make: func(hooks.Event) {},
		conv: bot.Conversation{ID: "c", Inbox: "web", Thread: "t", Contact: "p", Status: bot.StatusBot, CreatedAt: time.Now(), UpdatedAt: time.Now()}}
	e := hooks.Endpoint{ID: "e", Name: "shop", URL: "https://shop.example/hook", Secret: secret, Kinds: []hooks.Kind{hooks.MessageReceived}, CreatedAt: time.Now()}
	s.ok(s.store.SaveEndpoint(t.Context(), e, bot.Event{}))
	return s
}

func (s *stage) ok(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

// start runs a sender, as a program that starts does.
func (s *stage) start() {
	s.s = hooks.NewSender(hooks.Config{
		Store: s.store, Log: slog.New(slog.DiscardHandler), Now: time.Now, Rand: func() float64 { return 0.5 }, Transport: s.to,
		Body: func(_ context.Context, e hooks.Event, id string, names bool) ([]byte, error) {
			s.make(e)
			if s.fails[e.N] > 0 {
				s.fails[e.N]--
				return nil, store.ErrCorrupt
			}
			if s.gone[e.N] {
				return nil, fmt.Errorf("message: %w", hooks.ErrGone)
			}
			return json.Marshal(map[string]any{"id": id, "n": e.N, "names": names})
		},
		SwitchedOff: func(_ context.Context, e hooks.Endpoint) { s.off = append(s.off, e) },
	})
	ctx, cancel := context.WithCancel(s.t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		s.ok(s.s.Run(ctx))
	}()
	s.stop = func() { cancel(); <-ended }
}

// says lets the customer write n messages.
func (s *stage) says(n int) {
	s.t.Helper()
	for range n {
		s.conv.LastSeq++
		m := bot.Message{ID: bot.MessageID(fmt.Sprintf("c-%d", s.conv.LastSeq)), Conversation: "c", Seq: s.conv.LastSeq, Inbox: "web", Thread: "t", Direction: bot.Incoming, Author: bot.ByContact, Text: "hi", At: time.Now()}
		s.ok(s.store.Save(s.t.Context(), bot.Change{Conversation: s.conv, Messages: []bot.Message{m}}))
		s.conv.Version++
	}
}

func (s *stage) state() hooks.State {
	s.t.Helper()
	state, err := s.store.EndpointState(s.t.Context(), "e")
	s.ok(err)
	return state
}

func (s *stage) sent(want ...string) {
	s.t.Helper()
	if got := s.to.ids(); !slices.Equal(got, want) {
		s.t.Fatalf("sent %v\nwant %v", got, want)
	}
}

func TestOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.says(2)
		s.start()
		synctest.Wait()
		s.says(1)
		synctest.Wait()
		s.sent("e-1/1", "e-2/1", "e-3/1")
		for _, c := range s.to.calls {
			if c.verified != nil || c.event != "message.received" {
				t.Errorf("%+v", c)
			}
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if got := s.state(); got.Done != 3 || len(got.Recent) != 3 || untimed(got.Recent[0].ID) != "e-3" || got.Recent[0].Status != 204 {
			t.Errorf("%+v", got)
		}
		s.stop()
	})
}

// TestFewWrites has events come one by one: each is sent at once, and the state is written once a second.
func TestFewWrites(t *testing.T) {
	for name, kind := range map[string]hooks.Kind{"that it wants": hooks.MessageReceived, "that it does not want": hooks.DigestReady} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				other := hooks.Endpoint{ID: "other", Secret: "s", Kinds: []hooks.Kind{kind}, URL: "https://shop.example/other"}
				s.ok(s.store.SaveEndpoint(t.Context(), other, bot.Event{}))
				s.start()
				for range 40 { // ten seconds
					s.says(1)
					time.Sleep(250 * time.Millisecond)
				}
				time.Sleep(2 * time.Second)
				synctest.Wait()
				if n := s.store.saves.Load(); n < 16 || n > 24 {
					t.Errorf("%d writes for two endpoints in ten seconds", n)
				}
				for _, id := range []string{"e", "other"} {
					if got, err := s.store.EndpointState(t.Context(), id); err != nil || got.Done != 40 {
						t.Errorf("%s: %+v, %v", id, got, err)
					}
				}
				s.stop()
			})
		})
	}
}

// TestRetry lets an endpoint fail in every way that there is: the same event comes again, with growing pauses, and no other
// overtakes it.
func TestRetry(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		later := time.Now().Add(10 * time.Minute)
		s := newStage(t, answer{status: 500}, answer{status: 302}, answer{fail: errors.New("connection refused")}, answer{status: 503, header: map[string]string{"Retry-After": "60"}},
			answer{status: 429, header: map[string]string{"Retry-After": later.UTC().Format(http.TimeFormat)}}, answer{status: 404, header: map[string]string{"Retry-After": "soon"}})
		s.start()
		s.says(2)
		time.Sleep(time.Hour)
		synctest.Wait()
		s.sent("e-1/1", "e-1/2", "e-1/3", "e-1/4", "e-1/5", "e-1/6", "e-1/7", "e-2/1")
		var pauses []string
		for i, c := range s.to.calls[1:7] {
			pauses = append(pauses, c.at.Sub(s.to.calls[i].at).String())
		}
		if got := strings.Join(pauses[:4], " "); got != "5s 10s 20s 1m0s" {
			t.Errorf("pauses: %s", got)
		}
		if at := s.to.calls[5].at; at.Before(later.Truncate(time.Second)) || at.After(later.Add(time.Second)) {
			t.Errorf("after Retry-After with a date: %s, want %s", at, later)
		}
		got := s.state()
		if got.Done != 2 || !got.Failing.IsZero() || got.LastGood.IsZero() || got.Recent[7].Error != hooks.FailStatus || got.Recent[6].Error != hooks.FailRedirect || got.Recent[5].Error != hooks.FailNetwork {
			t.Errorf("%+v", got)
		}
		s.stop()
	})
}

// TestRestart stops the program at every moment of a delivery that fails: nothing is lost, what comes twice has the same
// name, and the pause goes on where it was.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, answer{status: 500}, answer{status: 500}, answer{status: 500})
		s.says(3)
		for range 40 { // 44 s in steps that meet no attempt
			s.start()
			time.Sleep(1100 * time.Millisecond)
			s.stop()
		}
		s.sent("e-1/1", "e-1/2", "e-1/3", "e-1/4", "e-2/1", "e-3/1")
		if took := s.to.calls[3].at.Sub(s.to.calls[0].at); took < 35*time.Second || took > 39*time.Second {
			t.Errorf("it took %s, want 5 + 10 + 20 seconds", took)
		}
	})
}

// TestRestored goes back to a backup that was made before the first event: the number of that event is given again, and
// the delivery all the same has another name, or a receiver would drop it as a repeat.
func TestRestored(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		named := map[string]int{}
		for range 2 { // the same endpoint over the same store, empty
			s := newStage(t, answer{status: 500})
			s.start()
			s.says(1)
			time.Sleep(time.Minute)
			s.stop()
			s.sent("e-1/1", "e-1/2")
			for _, c := range s.to.calls {
				named[c.id]++
			}
		}
		if len(named) != 2 {
			t.Errorf("two events, twice each, have the names %v", named)
		}
	})
}

// TestKilled loses everything that the sender has not written: at least once is what is promised.
func TestKilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.start()
		s.says(2)
		synctest.Wait()
		state := s.state()
		s.stop()
		state.Done = 1 // as the disk had it before the crash
		s.ok(s.store.SaveEndpointState(t.Context(), state))
		s.says(1)
		s.start()
		synctest.Wait()
		s.stop()
		got := s.to.ids()
		if got[len(got)-1] != "e-3/1" || !slices.Contains(got, "e-1/1") || !slices.Contains(got, "e-2/1") {
			t.Errorf("sent %v", got)
		}
	})
}

// TestGone leaves out what was erased before it could be told.
func TestGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t)
		s.gone[2] = true
		s.says(3)
		s.start()
		synctest.Wait()
		s.stop()
		s.sent("e-1/1", "e-3/1")
	})
}

// TestUnmade has events of which no body can be made: the others come all the same, and the administrator sees it.
func TestUnmade(t *testing.T) {
	for name, make := range map[string]func(*stage){
		"the record is damaged": func(s *stage) { s.fails[2] = 1 << 30 },
		"a bug panics": func(s *stage) {
			s.make = func(e hooks.Event) {
				if e.N == 2 {
					panic("a bug")
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newStage(t)
				s.fails[1] = 2 // the disk recovers
				make(s)
				s.says(3)
				s.start()
				time.Sleep(time.Minute)
				s.sent("e-1/1")
				time.Sleep(time.Hour)
				s.stop()
				s.sent("e-1/1", "e-3/1")
				got := s.state()
				if got.Done != 3 || len(got.Recent) != 3 || got.Recent[1].Error != hooks.FailBody || !got.Failing.IsZero() {
					t.Errorf("%+v", got)
				}
			})
		})
	}
}

// TestChanged gives an endpoint another choice of events while it works, and deletes it.
func TestChanged(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, slices.Repeat([]answer{{status: 500}}, 3)...)
		s.start()
		s.says(1)
		synctest.Wait()
		all, err := s.store.Endpoints(t.Context())
		s.ok(err)
		e := all[0]
		e.Kinds = append(e.Kinds, hooks.ConversationResolved)
		s.ok(s.store.SaveEndpoint(t.Context(), e, bot.Event{}))
		s.s.Changed()
		s.conv.Status = bot.StatusResolved
		s.ok(s.store.Save(t.Context(), bot.Change{Conversation: s.conv}))
		time.Sleep(time.Minute)
		synctest.Wait()
		s.sent("e-1/1", "e-1/2", "e-1/3", "e-1/4", "e-2/1")
		s.ok(s.store.DeleteEndpoint(t.Context(), "e", bot.Event{}))
		s.s.Changed()
		synctest.Wait()
		s.stop()
	})
}
