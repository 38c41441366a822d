package terminal_test

import (
	"io"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/terminal"
	"huiyin/store/mem"
)

// keyboard is somebody at a terminal: what she types waits until it is read, and what is written she sees.
type keyboard struct {
	t *testing.T

	mu     sync.Mutex
	typed  []string
	news   chan struct{} // closed when typed grows
	opened time.Time     // the present run
	ledger []channelstest.Shown
}

func startKeyboard(t *testing.T, _ *channelstest.Network) channelstest.Platform {
	return &keyboard{t: t, news: make(chan struct{})}
}

// attach gives the channel the keyboard and the screen, as a start of the program does.
func attach(p channelstest.Platform, d *channels.Deps) {
	k := p.(*keyboard)
	in, lines := io.Pipe()
	done := make(chan struct{})
	k.mu.Lock()
	k.opened = d.Now()
	k.mu.Unlock()
	go k.type_(lines, done)
	k.t.Cleanup(func() { close(done); in.Close() })
	d.TTY = &channels.TTY{In: in, Out: k}
}

func (k *keyboard) type_(lines io.Writer, done <-chan struct{}) {
	for {
		k.mu.Lock()
		news, line := k.news, ""
		if len(k.typed) > 0 {
			line = k.typed[0]
		}
		k.mu.Unlock()
		if line == "" {
			select {
			case <-news:
				continue
			case <-done:
				return
			}
		}
		if _, err := io.WriteString(lines, line+"\n"); err != nil {
			return
		}
		k.mu.Lock()
		k.typed = k.typed[1:]
		k.mu.Unlock()
	}
}

// Write is the screen: each message is written at once, with a line break at its end; empty lines part the answers.
func (k *keyboard) Write(b []byte) (int, error) {
	text := strings.TrimSuffix(string(b), "\n")
	if text == "" {
		return len(b), nil
	}
	text = strings.TrimPrefix(text, "Lin: ")
	k.mu.Lock()
	defer k.mu.Unlock()
	k.ledger = append(k.ledger, channelstest.Shown{Thread: k.thread(), ID: strconv.Itoa(len(k.ledger)), Text: text})
	return len(b), nil
}

func (k *keyboard) thread() string { return "you-" + strconv.FormatInt(k.opened.UnixNano(), 36) }

func (k *keyboard) Settings() string  { return "prompt = \"? \"\n" }
func (k *keyboard) Secrets() []string { return nil }
func (k *keyboard) Fail(...channelstest.Fault) {
	k.t.Error("nothing between us and the screen can fail")
}
func (k *keyboard) Repeat()        { k.t.Error("a line is typed once") }
func (k *keyboard) Press(string)   { k.t.Error("there are no buttons") }
func (k *keyboard) Thread() string { k.mu.Lock(); defer k.mu.Unlock(); return k.thread() }
func (k *keyboard) Waiting() int   { k.mu.Lock(); defer k.mu.Unlock(); return len(k.typed) }

func (k *keyboard) Say(text string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for line := range strings.Lines(text) { // each is a message
		k.typed = append(k.typed, strings.TrimSuffix(line, "\n"))
	}
	close(k.news)
	k.news = make(chan struct{})
}

func (k *keyboard) Ledger() []channelstest.Shown {
	k.mu.Lock()
	defer k.mu.Unlock()
	return append([]channelstest.Shown(nil), k.ledger...)
}

func TestSuite(t *testing.T) {
	channelstest.Run(t, channelstest.Suite{
		Driver: terminal.Driver,
		Start:  startKeyboard,
		Store:  func() bot.Store { return mem.New(mem.Options{}) },
		Deps:   attach,
		Bad:    []channelstest.BadSettings{{Name: "type", TOML: `prompt = 5`, Want: "prompt"}},
		Without: map[channelstest.Ability]string{
			channelstest.Faulty:         "what is written is on the screen: nothing stands between",
			channelstest.Repeating:      "a line is read once; while it cannot be stored, the next is not read",
			channelstest.DirectionMarks: "on a terminal they could make a line read as something else",
			channelstest.Multiline:      "a line is a message",
		},
	})
}
