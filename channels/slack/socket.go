package slack

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/coder/websocket"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	pingEvery  = 10 * time.Second // a socket that is dead and does not know it shows after two of these
	pingWait   = 10 * time.Second
	helloWait  = 20 * time.Second
	drainFor   = 30 * time.Second // an old socket is read so long after the new one is up
	queueMost  = 64               // envelopes read from a socket and not yet stored
	frameBytes = channels.MaxWebhookBytes
)

// errSwitchedOff means that Socket Mode was switched off in the settings of the app.
var errSwitchedOff = errors.New("the app has Socket Mode switched off: switch it on in its settings")

// envelope is what comes over a socket.
type envelope struct {
	ID      string          `json:"envelope_id"`
	Type    string          `json:"type"` // hello, disconnect, events_api, interactive, slash_commands
	Reason  string          `json:"reason"`
	Payload json.RawMessage `json:"payload"`
	Sockets int             `json:"num_connections"` // of hello
}

// runSockets keeps a socket open. Slack announces that it will close one; then the next is opened first, so that there is
// no moment without.
func (s *slack) runSockets(ctx context.Context, h bot.Handler) error {
	var open sync.WaitGroup
	defer open.Wait()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	order := &sync.Mutex{} // one event at a time, also while two sockets are open
	for failures := 0; ctx.Err() == nil; {
		c, err := s.dial(ctx)
		if ctx.Err() != nil {
			return nil
		}
		if err == nil {
			failures = 0
			gone := make(chan error, 1)
			leave := make(chan struct{})
			open.Go(func() { gone <- s.serve(ctx, c, h, order, leave) })
			select {
			case err = <-gone:
			case <-leave: // the next one; this one is still read
				continue
			}
		}
		if errors.Is(err, channels.ErrAuth) || errors.Is(err, errSwitchedOff) {
			return fmt.Errorf("slack: %w", err)
		}
		if ctx.Err() != nil {
			return nil
		}
		failures++
		wait := max(channels.WaitOf(err), channels.Backoff(failures, time.Second, time.Minute))
		s.deps.Log.Warn("slack: the socket is closed, opening another", "in", wait, "err", err)
		channels.Pause(ctx, wait)
	}
	return nil
}

// dial opens a socket and waits until Slack greets.
func (s *slack) dial(ctx context.Context) (*websocket.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, helloWait)
	defer cancel()
	traced, failed := channels.Traced(ctx)
	_, address, err := s.api.StartSocketModeContext(traced)
	if err != nil {
		se := classify(err, failed)
		if se.Reason == channels.Auth {
			return nil, fmt.Errorf("%w: check app_token", channels.ErrAuth)
		}
		return nil, se
	}
	c, _, err := websocket.Dial(ctx, address, &websocket.DialOptions{HTTPClient: s.deps.Client})
	if err != nil {
		return nil, errors.New("the socket cannot be opened") // the error holds the address, and that a ticket
	}
	c.SetReadLimit(frameBytes)
	hello, err := read(ctx, c)
	if err != nil || hello.Type != "hello" {
		_ = c.CloseNow()
		if hello.Reason == "link_disabled" {
			return nil, errSwitchedOff
		}
		return nil, fmt.Errorf("no greeting from Slack, but %q %q", hello.Type, hello.Reason)
	}
	if hello.Sockets > 2 { // ours, and for a while the one before
		s.deps.Log.Warn("slack: other programs use the same app: each event goes to any one of them", "sockets", hello.Sockets)
	}
	return c, nil
}

func read(ctx context.Context, c *websocket.Conn) (envelope, error) {
	var e envelope
	_, data, err := c.Read(ctx)
	if err != nil {
		return e, err
	}
	if json.Unmarshal(data, &e) != nil {
		return envelope{Type: "unreadable", Payload: data}, nil
	}
	return e, nil
}

// serve reads a socket until it ends. It closes leave when Slack wants us to open another.
func (s *slack) serve(ctx context.Context, c *websocket.Conn, h bot.Handler, order *sync.Mutex, leave chan<- struct{}) error {
	ctx, cancel := context.WithCancel(ctx)
	var helpers sync.WaitGroup
	defer helpers.Wait()
	defer cancel()
	defer c.CloseNow()
	queue := make(chan envelope, queueMost)
	helpers.Go(func() { s.work(ctx, c, h, order, queue) })
	helpers.Go(func() {
		for channels.Pause(ctx, pingEvery) {
			wait, done := context.WithTimeout(ctx, pingWait)
			err := c.Ping(wait)
			done()
			if err != nil {
				cancel()
			}
		}
	})
	left := false
	for {
		e, err := read(ctx, c)
		if err != nil {
			return errors.New("the connection broke")
		}
		if e.Type == "disconnect" {
			if e.Reason == "link_disabled" {
				return errSwitchedOff
			}
			if !left {
				left = true
				close(leave)
				helpers.Go(func() {
					channels.Pause(ctx, drainFor)
					cancel()
				})
			}
			continue
		}
		select {
		case queue <- e:
		case <-ctx.Done():
			return errors.New("the connection broke")
		}
	}
}

// work stores events in the order in which they came, and acknowledges each when it is stored. It does not go on to the
// next before: what Slack sends again meanwhile is dropped by intake.
func (s *slack) work(ctx context.Context, c *websocket.Conn, h bot.Handler, order *sync.Mutex, queue <-chan envelope) {
	for {
		select {
		case e := <-queue:
			order.Lock()
			stored := s.store(ctx, h, e)
			order.Unlock()
			if !stored {
				return
			}
			if e.ID != "" {
				ack, _ := json.Marshal(map[string]string{"envelope_id": e.ID})
				if c.Write(ctx, websocket.MessageText, ack) != nil {
					return // Slack sends it again
				}
			}
		case <-ctx.Done():
			return
		}
	}
}

// store reads an event and stores it, however often that fails; it reports false when ctx ended before.
func (s *slack) store(ctx context.Context, h bot.Handler, e envelope) bool {
	for failures := 1; ; failures++ {
		event, err := s.readEnvelope(ctx, e)
		if err == nil && event != nil {
			err = h.Handle(ctx, *event)
		}
		if err == nil {
			return true
		}
		s.deps.Log.Warn("slack: an event was not stored, trying again", "err", err)
		if !channels.Pause(ctx, channels.Backoff(failures, 100*time.Millisecond, 10*time.Second)) {
			return false
		}
	}
}

// readEnvelope maps what came over a socket; nil when there is nothing for us in it.
func (s *slack) readEnvelope(ctx context.Context, e envelope) (*bot.Inbound, error) {
	switch e.Type {
	case "events_api":
		return s.readEvent(ctx, e.Payload)
	case "interactive":
		return s.readAction(ctx, e.Payload), nil
	case "hello":
		return nil, nil
	default:
		if e.ID == "" && e.Type != "unreadable" {
			return nil, nil
		}
		return s.unreadable(append([]byte(e.Type+" "), e.Payload...)), nil
	}
}
