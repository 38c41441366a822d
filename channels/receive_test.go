package channels_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// runner is a channel whose Run ends as scripted, and then goes on until it is told to stop.
type runner struct {
	platform
	mu     sync.Mutex
	script []func() error
	starts []time.Time
}

func (r *runner) Run(ctx context.Context, _ bot.Handler) error {
	r.mu.Lock()
	r.starts = append(r.starts, time.Now())
	var end func() error
	if len(r.script) > 0 {
		end, r.script = r.script[0], r.script[1:]
	}
	r.mu.Unlock()
	if end != nil {
		return end()
	}
	<-ctx.Done()
	return nil
}

func fails(err error) func() error { return func() error { return err } }

func TestAFailingChannelIsStartedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var logs bytes.Buffer
		sick := &runner{script: []func() error{
			fails(fmt.Errorf("x: %w", channels.ErrAuth)), fails(channels.ErrSecondInstance), func() error { panic("a bug with 蓝莓") }, fails(nil),
		}}
		well := &runner{}
		r := channels.NewReceiver([]channels.Line{{Inbox: "sick", Channel: sick}, {Inbox: "well", Channel: well}},
			slog.New(slog.NewTextHandler(&logs, nil)), time.Now)
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		start := time.Now()
		go func() { ended <- r.Run(ctx, nil) }()
		for _, step := range []struct {
			at    time.Duration
			state channels.State
		}{
			{0, channels.StateAuth}, {5 * time.Second, channels.StateConflict}, {15 * time.Second, channels.StateTrouble},
			{35 * time.Second, channels.StateTrouble}, {75 * time.Second, channels.StateOK},
		} {
			pass(time.Until(start.Add(step.at)))
			h := r.Health()
			if h[0].State != step.state || h[1].State != channels.StateOK {
				t.Errorf("after %v: %+v", step.at, h)
			}
			if (h[0].State == channels.StateOK) != h[0].Restart.IsZero() {
				t.Errorf("after %v it starts again at %v", step.at, h[0].Restart)
			}
		}
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("Run = %v", err)
		}
		if len(sick.starts) != 5 || len(well.starts) != 1 {
			t.Errorf("started %d and %d times", len(sick.starts), len(well.starts))
		}
		if !strings.Contains(logs.String(), "panic (string)") || !strings.Contains(logs.String(), "receive_test.go") {
			t.Error("the panic and its place are not in the log")
		}
		if strings.Contains(logs.String(), "蓝莓") {
			t.Error("what somebody wrote is in the log")
		}
	})
}

func TestReceivingEndsWithTheLastChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		piped := &runner{script: []func() error{fails(channels.ErrEnded)}}
		r := channels.NewReceiver([]channels.Line{{Inbox: "a", Channel: piped}}, slog.New(slog.DiscardHandler), time.Now)
		if err := r.Run(t.Context(), nil); !errors.Is(err, channels.ErrEnded) {
			t.Errorf("Run = %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := channels.NewReceiver(nil, nil, time.Now).Run(ctx, nil); err != nil {
			t.Errorf("without channels: %v", err)
		}
	})
}
