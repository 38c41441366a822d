package channels_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"huiyin/bot"
	"huiyin/channels"
)

// mortal is a store as a process sees it that may be killed: from then on, nothing it does has any effect.
type mortal struct {
	bot.OutboxStore
	dead func() bool
}

var errDead = errors.New("killed")

func (m mortal) Unsent(ctx context.Context) ([]bot.Message, error) {
	if m.dead() {
		return nil, errDead
	}
	return m.OutboxStore.Unsent(ctx)
}

func (m mortal) BeginSend(ctx context.Context, id bot.MessageID) (bot.Message, error) {
	if m.dead() {
		return bot.Message{}, errDead
	}
	return m.OutboxStore.BeginSend(ctx, id)
}

func (m mortal) EndSend(ctx context.Context, id bot.MessageID, r bot.SendResult) (bot.Message, error) {
	if m.dead() {
		return bot.Message{}, errDead
	}
	return m.OutboxStore.EndSend(ctx, id, r)
}

// scenario is one run of the model: what the platform does with each call, how often the process is killed and after how
// many writes, and how many messages of how many parts there are.
type scenario struct {
	kind     string // plain, keyed or asking
	threads  []int  // messages of each
	long     bool   // in three parts each
	outcomes []outcome
	lives    []int // so many writes, then the process dies; the last one lives on
}

func scenarios() *rapid.Generator[scenario] {
	outcomes := rapid.SampledFrom([]outcome{
		{}, {}, {}, {reason: channels.RateLimited, after: 40 * time.Second}, {reason: channels.Transient}, {reason: channels.Ambiguous},
		{reason: channels.Ambiguous, arrives: true}, {reason: channels.Rejected}, {reason: channels.Blocked}, {reason: channels.Auth},
		{reason: channels.Unformatted}, {hangs: true}, {hangs: true, arrives: true}, {reason: channels.Moved, thread: "elsewhere"},
	})
	return rapid.Custom(func(t *rapid.T) scenario {
		return scenario{
			kind:     rapid.SampledFrom([]string{"plain", "keyed", "asking"}).Draw(t, "kind"),
			threads:  rapid.SliceOfN(rapid.IntRange(1, 5), 1, 4).Draw(t, "threads"),
			long:     rapid.Bool().Draw(t, "long"),
			outcomes: rapid.SliceOfN(outcomes, 0, 30).Draw(t, "outcomes"),
			lives:    rapid.SliceOfN(rapid.IntRange(0, 12), 0, 4).Draw(t, "lives"),
		}
	})
}

// TestModel throws random troubles at the outbox, and holds it to its promises.
func TestModel(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		s := scenarios().Draw(rt, "scenario")
		var wrong string
		synctest.Test(t, func(t *testing.T) { wrong = s.play(t) })
		if wrong != "" {
			rt.Fatal(wrong)
		}
	})
}

// play runs a scenario and says which promise was broken.
func (s scenario) play(t *testing.T) string {
	d := newDesk(t)
	p := &platform{keyed: s.kind == "keyed", script: map[string][]outcome{"*": slices.Clone(s.outcomes)}}
	var c channels.Channel = p
	if s.kind == "asking" {
		c = asking{p}
	}
	limits := channels.Limits{Keyed: p.keyed, PerThread: time.Second, Global: 10}
	if s.long {
		limits.Text = 8
	}
	for thread, n := range s.threads {
		for i := range n {
			d.write("in", fmt.Sprint("t", thread), fmt.Sprintf("%d first %d next %d last", i, i, i))
		}
	}
	for life := 0; life <= len(s.lives); life++ {
		var writes atomic.Int64
		dead := func() bool { return writes.Add(1) > int64(s.lives[life]) }
		if life == len(s.lives) {
			dead = func() bool { return false }
		}
		box, err := channels.NewOutbox(mortal{d.store, dead}, line(c, limits), channels.OutboxOptions{})
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { _ = box.Run(ctx); close(ended) }()
		pass(30 * time.Second)
		if life == len(s.lives) {
			pass(20 * time.Hour)
		}
		cancel()
		<-ended
	}
	return s.broken(d, p)
}

// broken compares what is stored with what was shown.
func (s scenario) broken(d *desk, p *platform) string {
	for thread, n := range s.threads {
		id := bot.ConversationID(fmt.Sprint("in.t", thread))
		messages, err := d.store.Messages(context.Background(), id, 0, 0)
		if err != nil || len(messages) != n {
			return fmt.Sprintf("%d messages: %v", len(messages), err)
		}
		lastAt := -1
		for _, m := range messages {
			var seen []string
			first := -1
			for at, shown := range p.ledger {
				if key, _, _ := strings.Cut(shown.key, "/"); key == string(m.ID) {
					if slices.Contains(seen, shown.key) {
						return fmt.Sprintf("%s was shown twice", shown.key)
					}
					seen = append(seen, shown.key)
					if first < 0 {
						first = at
					}
					if at < lastAt {
						return fmt.Sprintf("%s was shown after what follows it", shown.key)
					}
				}
			}
			if !slices.IsSorted(seen) {
				return fmt.Sprintf("parts out of order: %q", seen)
			}
			if len(seen) > 0 {
				lastAt = first
			}
			parts := len(channels.Prepare(m, 0, channels.Limits{Text: map[bool]int{true: 8}[s.long]}))
			switch m.Delivery {
			case bot.Sent:
				if len(seen) != parts {
					return fmt.Sprintf("%s counts as sent, and %d of %d parts were shown", m.ID, len(seen), parts)
				}
			case bot.Unknown:
				if s.kind != "plain" {
					return fmt.Sprintf("%s is unknown on a platform that can tell", m.ID)
				}
			case bot.Failed:
				if m.Error == "" || parts > 1 && len(seen) == parts {
					return fmt.Sprintf("%s failed with %q, and %d parts were shown", m.ID, m.Error, len(seen))
				}
			default:
				return fmt.Sprintf("%s is %s at the end", m.ID, m.Delivery)
			}
		}
	}
	return ""
}
