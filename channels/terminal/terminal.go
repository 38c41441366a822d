// Package terminal is the channel of `huiyin chat`: one customer at a terminal or behind a pipe. A line in, the answer out.
package terminal

import (
	"bufio"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	// maxLineBytes is the longest line that is read as one message; the rest of it is dropped, and said so.
	maxLineBytes = 1 << 20
	// patience is how long the answer to a line may take before the next line is read.
	patience = 30 * time.Second
)

//go:embed sample.toml
var sample string

// Driver makes terminal channels.
var Driver = channels.Driver{Name: "terminal", Sample: sample, New: newChannel}

// settings is the channel's table of the configuration.
type settings struct {
	Prompt string `toml:"prompt"` // shown to a person before she types
}

type terminal struct {
	settings
	deps    channels.Deps
	session string // each run of the program is a conversation of its own
	lines   int    // read so far

	mu    sync.Mutex // guards what follows, and Out
	shown map[bot.MessageID]bool
	news  chan struct{} // a message was shown
	asked bool          // the prompt stands at the end of the output
}

func newChannel(decode func(any) error, d channels.Deps) (channels.Channel, error) {
	s := settings{Prompt: "> "}
	if err := decode(&s); err != nil {
		return nil, fmt.Errorf("terminal: %w", err)
	}
	if d.TTY == nil || d.Feed == nil {
		return nil, errors.New("terminal: needs a terminal to talk to: it belongs to `huiyin chat`, not to the inboxes of `huiyin serve`")
	}
	session := strconv.FormatInt(d.Now().UnixNano(), 36)
	return &terminal{settings: s, deps: d, session: session, shown: map[bot.MessageID]bool{}, news: make(chan struct{}, 1)}, nil
}

// Run implements channels.Channel. It reads a line only when the one before is answered, and returns ErrEnded after the
// answer to the last one.
func (t *terminal) Run(ctx context.Context, h bot.Handler) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	lines, failed := t.read(ctx)
	if t.deps.TTY.Interactive {
		t.print("您好！请直接输入问题，按 Ctrl-D 结束。\nHello! Type your question; Ctrl-D to leave.")
	}
	for {
		t.ask()
		select {
		case <-ctx.Done():
			return nil
		case line, ok := <-lines:
			if !ok {
				return <-failed
			}
			t.mu.Lock()
			t.asked = false
			t.mu.Unlock()
			t.lines++
			id := t.session + "-" + strconv.Itoa(t.lines)
			if err := t.turn(ctx, h, id, t.thread(), line); err != nil {
				return err
			}
		}
	}
}

// thread is the address of whoever sits at the terminal now.
func (t *terminal) thread() string { return "you-" + t.session }

// read sends the lines of the input that are not blank. The channel is closed at the end, with the reason in failed.
func (t *terminal) read(ctx context.Context) (lines <-chan string, failed <-chan error) {
	out, end := make(chan string), make(chan error, 1)
	go func() {
		defer close(out)
		in := bufio.NewReaderSize(t.deps.TTY.In, 64<<10)
		for {
			line, cut, err := readLine(in)
			if cut {
				t.print(fmt.Sprintf("（这一行太长，只读取了前 %d 字节。 This line is too long: only its first %[1]d bytes were read.）", maxLineBytes))
			}
			if strings.TrimSpace(line) != "" {
				select {
				case out <- line:
				case <-ctx.Done():
					return
				}
			}
			if errors.Is(err, io.EOF) {
				end <- channels.ErrEnded
				return
			}
			if err != nil {
				end <- fmt.Errorf("terminal: read the input: %w", err)
				return
			}
		}
	}()
	return out, end
}

// readLine reads one line without its end, and whether something was cut off.
func readLine(in *bufio.Reader) (line string, cut bool, err error) {
	var b strings.Builder
	for {
		piece, more, err := in.ReadLine()
		if room := maxLineBytes - b.Len(); len(piece) > room {
			piece, cut = piece[:room], true
		}
		b.Write(piece)
		if err != nil || !more {
			return channels.Clean(b.String()), cut, err
		}
	}
}

// turn hands over one line and waits until it is answered.
func (t *terminal) turn(ctx context.Context, h bot.Handler, id, thread, line string) error {
	follow, stop := context.WithCancel(ctx)
	defer stop()
	notices := t.deps.Feed.Subscribe(follow)
	event := bot.Inbound{
		Inbox: t.deps.Inbox.ID, SourceID: id, Kind: bot.KindMessage, Thread: thread, Text: line, At: t.deps.Now(),
		From: bot.Person{SourceID: thread, Name: "Terminal", Lang: t.deps.Inbox.Lang},
	}
	for wait := 50 * time.Millisecond; ; wait = min(2*wait, time.Second) {
		err := h.Handle(ctx, event)
		if err == nil {
			break
		}
		if !errors.Is(err, bot.ErrBusy) {
			return fmt.Errorf("terminal: the line was not taken: %w", err)
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return nil
		}
	}
	return t.await(ctx, notices, id)
}

// await waits until every message that was written in answer to an event is shown, or will never be.
func (t *terminal) await(ctx context.Context, notices <-chan bot.Notice, id string) error {
	late := time.NewTimer(patience)
	defer late.Stop()
	var due map[bot.MessageID]bool // nil: the answer is not known yet
	for {
		t.mu.Lock()
		for m := range due {
			if t.shown[m] {
				delete(due, m)
			}
		}
		if due != nil && len(due) == 0 {
			clear(t.shown)
			t.mu.Unlock()
			t.gap()
			return nil
		}
		t.mu.Unlock()
		select {
		case n, ok := <-notices:
			if !ok {
				notices = nil // fallen behind: the timer ends the turn
				break
			}
			due = follow(due, n, t.deps.Inbox.ID, id)
		case <-t.news:
		case <-late.C:
			t.print("（还没有收到回复，先继续。 No answer yet, going on.）")
			return nil
		case <-ctx.Done():
			return nil
		}
	}
}

// follow brings the set of messages that are due up to date with a notice.
func follow(due map[bot.MessageID]bool, n bot.Notice, inbox bot.InboxID, id string) map[bot.MessageID]bool {
	if n.Conversation.Inbox != inbox {
		return due
	}
	for _, m := range n.Messages {
		if m.Direction == bot.Incoming && m.SourceID == id && due == nil {
			due = map[bot.MessageID]bool{}
			for _, answer := range n.Messages {
				if answer.Direction == bot.Outgoing && !answer.Private && answer.Delivery == bot.Queued {
					due[answer.ID] = true
				}
			}
		}
	}
	for _, m := range n.Messages {
		if m.Delivery == bot.Failed || m.Delivery == bot.Cancelled || m.Delivery == bot.Unknown {
			delete(due, m.ID)
		}
	}
	return due
}

// Send implements channels.Channel. What an earlier run left unsent is not shown to whoever sits there now.
func (t *terminal) Send(_ context.Context, m channels.Outgoing) (string, error) {
	if m.Thread != t.thread() {
		return "", &channels.SendError{Reason: channels.Blocked, Err: errors.New("that terminal is closed")}
	}
	text := m.Body.Unformatted()
	if m.Author == bot.ByAgent && m.AuthorName != "" {
		text = m.AuthorName + ": " + text
	}
	if err := t.print(text); err != nil {
		return "", &channels.SendError{Reason: channels.Blocked, Err: err}
	}
	t.mu.Lock()
	t.shown[m.ID] = true
	t.mu.Unlock()
	select {
	case t.news <- struct{}{}:
	default:
	}
	return m.Key(), nil
}

// print writes a message on lines of its own.
func (t *terminal) print(text string) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	text = withoutTricks(text) + "\n"
	if t.asked { // somebody wrote while the person was to type
		text = "\n" + text + t.Prompt
	}
	_, err := io.WriteString(t.deps.TTY.Out, text)
	return err
}

// ask shows the prompt to a person.
func (t *terminal) ask() {
	if !t.deps.TTY.Interactive {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.asked = true
	_, _ = io.WriteString(t.deps.TTY.Out, t.Prompt) // a closed terminal shows at the next message
}

// gap separates the answers of piped input with an empty line.
func (t *terminal) gap() {
	t.mu.Lock()
	defer t.mu.Unlock()
	_, _ = io.WriteString(t.deps.TTY.Out, "\n")
}

// withoutTricks drops what could make a terminal show a text in another order than it has.
func withoutTricks(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' {
			return -1
		}
		return r
	}, channels.Clean(text))
}
