package terminal_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/terminal"
)

// shop answers every line the way the bot does: one notice with the line and all answers, which then leave one by one.
type shop struct {
	channel channels.Channel
	notices chan bot.Notice
	busy    int // so many lines are refused first
	answers func(text string) []string
	seq     uint64
	thread  string // of the last line
	mu      sync.Mutex
}

func (s *shop) Subscribe(ctx context.Context) <-chan bot.Notice { return s.notices }

func (s *shop) Handle(ctx context.Context, events ...bot.Inbound) error {
	if s.busy > 0 {
		s.busy--
		return bot.ErrBusy
	}
	for _, e := range events {
		s.mu.Lock()
		s.thread = e.Thread
		s.mu.Unlock()
		n := bot.Notice{Conversation: bot.Conversation{Inbox: e.Inbox, Thread: e.Thread}}
		n.Messages = append(n.Messages, s.message(e, bot.Incoming, e.Text))
		for _, a := range s.answers(e.Text) {
			n.Messages = append(n.Messages, s.message(e, bot.Outgoing, a))
		}
		go func() {
			time.Sleep(time.Second)
			s.notices <- n
			for _, m := range n.Messages[1:] {
				time.Sleep(time.Second)
				for _, part := range channels.Prepare(m, 0, channels.Limits{}) {
					if _, err := s.channel.Send(ctx, part); err != nil {
						failed := m
						failed.Delivery = bot.Failed
						s.notices <- bot.Notice{Conversation: n.Conversation, Messages: []bot.Message{failed}}
					}
				}
			}
		}()
	}
	return nil
}

func (s *shop) message(e bot.Inbound, d bot.Direction, text string) bot.Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	m := bot.Message{ID: bot.MessageID("m" + string(rune('a'+s.seq))), Seq: s.seq, Inbox: e.Inbox, Thread: e.Thread, Direction: d, Text: text}
	if d == bot.Incoming {
		m.SourceID = e.SourceID
		return m
	}
	m.Author, m.Delivery = bot.ByBot, bot.Queued
	if strings.HasSuffix(text, "?") {
		m.Buttons = []bot.Button{{Title: "Yes", Value: "1:0"}, {Title: "No", Value: "1:1"}}
	}
	return m
}

func open(t *testing.T, s *shop, in io.Reader, out io.Writer, interactive bool) channels.Channel {
	t.Helper()
	s.notices = make(chan bot.Notice, 16)
	c, err := terminal.Driver.New(func(any) error { return nil }, channels.Deps{
		Inbox: bot.Inbox{ID: "terminal"}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Feed: s,
		TTY: &channels.TTY{In: in, Out: out, Interactive: interactive},
	})
	if err != nil {
		t.Fatal(err)
	}
	s.channel = c
	return c
}

func TestPipedLinesAreAnsweredInTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &shop{busy: 3, answers: func(text string) []string {
			switch text {
			case "two":
				return []string{"first", "**second** [here](https://x.example/)"}
			case "silent":
				return nil
			case "choose":
				return []string{"Sure?"}
			}
			return []string{"re: " + text}
		}}
		in := "one\r\n\n   \ntwo\nsilent\nchoose\n最后一行\x1b[2J\u202e没有换行"
		c := open(t, s, strings.NewReader(in), &out, false)
		if err := c.Run(t.Context(), s); !errors.Is(err, channels.ErrEnded) {
			t.Fatalf("Run = %v, want ErrEnded", err)
		}
		want := "re: one\n\nfirst\nsecond here (https://x.example/)\n\n\n\nSure?\n\n1. Yes\n2. No\n\nre: 最后一行[2J没有换行\n\n"
		if want = strings.Replace(want, "\n\n\n\nSure", "\n\n\nSure", 1); out.String() != want {
			t.Errorf("output:\n%q\nwant:\n%q", out.String(), want)
		}
	})
}

func TestAPersonIsGreetedAndPrompted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		keys, type_ := io.Pipe()
		s := &shop{answers: func(text string) []string { return []string{"re: " + text} }}
		c := open(t, s, keys, &out, true)
		ended := make(chan error, 1)
		go func() { ended <- c.Run(t.Context(), s) }()
		synctest.Wait()
		io.WriteString(type_, "hello\n")
		time.Sleep(time.Minute)
		s.mu.Lock()
		agent := bot.Message{ID: "x", Thread: s.thread, Author: bot.ByAgent, AuthorName: "Lin", Text: "I am here"}
		s.mu.Unlock()
		if _, err := c.Send(t.Context(), channels.Prepare(agent, 0, channels.Limits{})[0]); err != nil {
			t.Fatal(err)
		}
		agent.Thread = "you-yesterday"
		if _, err := c.Send(t.Context(), channels.Prepare(agent, 0, channels.Limits{})[0]); channels.ReasonOf(err) != channels.Blocked {
			t.Errorf("a message to somebody who has left: %v", err)
		}
		type_.Close()
		if err := <-ended; !errors.Is(err, channels.ErrEnded) {
			t.Errorf("Run = %v", err)
		}
		_, chat, _ := strings.Cut(out.String(), "Ctrl-D to leave.\n")
		if want := "> re: hello\n\n> \nLin: I am here\n> "; chat != want {
			t.Errorf("chat = %q, want %q", chat, want)
		}
	})
}

func TestALineWithoutAnswerDoesNotBlockForEver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		s := &shop{}
		c := open(t, s, strings.NewReader("lost\n"), &out, false)
		start := time.Now()
		if err := c.Run(t.Context(), taken{}); !errors.Is(err, channels.ErrEnded) {
			t.Fatal(err)
		}
		if waited := time.Since(start); waited != 30*time.Second || !strings.Contains(out.String(), "No answer yet") {
			t.Errorf("waited %v, said %q", waited, out.String())
		}
	})
}

// taken stores events and never answers.
type taken struct{}

func (taken) Handle(context.Context, ...bot.Inbound) error { return nil }

// broken cannot store anything.
type broken struct{}

func (broken) Handle(context.Context, ...bot.Inbound) error { return errors.New("disk on fire") }

func TestEnds(t *testing.T) {
	t.Run("when the store fails", func(t *testing.T) {
		c := open(t, &shop{}, strings.NewReader("a\n"), io.Discard, false)
		if err := c.Run(t.Context(), broken{}); err == nil || !strings.Contains(err.Error(), "disk on fire") {
			t.Errorf("Run = %v", err)
		}
	})
	t.Run("when the input fails", func(t *testing.T) {
		r, w := io.Pipe()
		w.CloseWithError(errors.New("torn cable"))
		c := open(t, &shop{}, r, io.Discard, false)
		if err := c.Run(t.Context(), taken{}); err == nil || !strings.Contains(err.Error(), "torn cable") {
			t.Errorf("Run = %v", err)
		}
	})
	t.Run("when it is told to", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		r, w := io.Pipe()
		defer w.Close()
		c := open(t, &shop{}, r, io.Discard, false)
		cancel()
		if err := c.Run(ctx, taken{}); err != nil {
			t.Errorf("Run = %v", err)
		}
	})
}

func TestAHugeLineIsCutWithANotice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		length := 0
		s := &shop{answers: func(text string) []string { length = len(text); return []string{"ok"} }}
		c := open(t, s, strings.NewReader(strings.Repeat("x", 3<<20)+"\n"), &out, false)
		if err := c.Run(t.Context(), s); !errors.Is(err, channels.ErrEnded) {
			t.Fatal(err)
		}
		if length != 1<<20 || !strings.Contains(out.String(), "too long") {
			t.Errorf("%d bytes were read, output %q", length, out.String())
		}
	})
}

func TestNeedsATerminal(t *testing.T) {
	_, err := terminal.Driver.New(func(any) error { return nil }, channels.Deps{})
	if err == nil || !strings.Contains(err.Error(), "huiyin chat") {
		t.Errorf("err = %v", err)
	}
	_, err = terminal.Driver.New(func(any) error { return errors.New("unknown key") }, channels.Deps{})
	if err == nil || !strings.Contains(err.Error(), "unknown key") {
		t.Errorf("err = %v", err)
	}
}
