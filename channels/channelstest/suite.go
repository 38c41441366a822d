// Package channelstest is the suite that every channel passes, and what fakes of platforms are built from. The tests run
// on a network in memory and on virtual time: waiting an hour for a platform takes no time.
package channelstest

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/config"
)

const (
	// inbox is the id of the inbox under test; the platforms find its webhook at Webhook.
	inbox = "in"
	host  = "huiyin.test"
	// Public is the address of the server under test, on the network of a test.
	Public = "https://" + host
	// Webhook is where the channel under test receives events.
	Webhook = Public + "/channels/" + inbox + "/"
	// marker is in every text that customers and the bot write: no log or error may contain it.
	marker = "蓝莓7719"
)

// Suite is one way to run a channel.
type Suite struct {
	Driver channels.Driver
	// Start begins a platform on the network. Whatever it starts ends with the test.
	Start func(t *testing.T, n *Network) Platform
	// Store opens an empty store.
	Store func() bot.Store
	// Missing is said about the sample configuration, which lacks only secrets.
	Missing []string
	// Bad are settings that must be refused.
	Bad []BadSettings
	// Faults are how errors of this platform are classified, besides the common ones.
	Faults []FaultCase
	// Without are abilities that this channel lacks, each with the reason. What depends on them is not tested.
	Without map[Ability]string
	// Deps completes what the channel is handed, each time that it is made. May be nil.
	Deps func(p Platform, d *channels.Deps)
}

// Ability is something that most platforms have, and on which some tests depend.
type Ability string

// The abilities.
const (
	// Faulty platforms can refuse a message, or lose the answer to a call: there is something between us and the customer.
	Faulty Ability = "faulty"
	// Repeating platforms deliver an event again that was not acknowledged.
	Repeating Ability = "repeating"
	// DirectionMarks are shown: characters that turn the direction of a text are passed on.
	DirectionMarks Ability = "direction marks"
	// Multiline messages: one message may have several lines.
	Multiline Ability = "multiline"
)

// BadSettings are lines that replace those of Platform.Settings with the same keys.
type BadSettings struct {
	Name string
	TOML string // keys and values
	Want string // in the error
}

// FaultCase is one classification.
type FaultCase struct {
	Name   string
	Fault  Fault
	Reason channels.Reason
	Thread string // of Moved
}

// Run runs the suite.
func Run(t *testing.T, s Suite) {
	t.Run("settings", s.testSettings)
	for name, test := range map[string]func(*Rig){
		"stops":            (*Rig).testStops,
		"inbound":          (*Rig).testInbound,
		"order":            (*Rig).testOrder,
		"repeated":         (*Rig).testRepeated,
		"refused":          (*Rig).testRefused,
		"killed":           (*Rig).testKilledBeforeAcknowledging,
		"outage":           (*Rig).testOutage,
		"send":             (*Rig).testSend,
		"hostile text":     (*Rig).testHostileText,
		"formatting":       (*Rig).testFormatting,
		"long text":        (*Rig).testLongText,
		"buttons":          (*Rig).testButtons,
		"file in":          (*Rig).testFileIn,
		"file out":         (*Rig).testFileOut,
		"file faults":      (*Rig).testFileFaults,
		"edit":             (*Rig).testEdit,
		"bad address":      (*Rig).testBadAddress,
		"faults":           (*Rig).testFaults,
		"outbox":           (*Rig).testOutbox,
		"outbox restarted": (*Rig).testOutboxRestarted,
		"revoked":          (*Rig).testRevoked,
		"webhook":          (*Rig).testWebhook,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := s.rig(t)
				test(r)
				r.finish()
			})
		})
	}
}

// needs skips a test that depends on an ability which the channel lacks.
func (r *Rig) needs(a Ability) {
	r.Helper()
	if why := r.Suite.Without[a]; why != "" {
		r.Skipf("not %s: %s", a, why)
	}
}

// Rig is a channel under test with its platform.
type Rig struct {
	*testing.T
	Suite    Suite
	Net      *Network
	Platform Platform
	Intake   *Intake
	History  channels.History
	Handler  bot.Handler // takes the events: Intake, if nothing else was put here before Open
	Channel  channels.Channel
	Store    bot.Store  // empty at the start
	Files    *bot.Files // in Store
	Logs     *Logs
	errs     []error // of the channel, to be searched for secrets
	seq      uint64  // of the last message made
	stop     func() error
}

// Logs collects what a channel logs.
type Logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (l *Logs) Write(b []byte) (int, error) { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.Write(b) }

// String is everything so far.
func (l *Logs) String() string { l.mu.Lock(); defer l.mu.Unlock(); return l.buf.String() }

func (s Suite) rig(t *testing.T) *Rig {
	n := NewNetwork()
	r := &Rig{T: t, Suite: s, Net: n, Platform: s.Start(t, n), Intake: NewIntake(), Logs: &Logs{}}
	r.Handler = r.Intake
	if s.Store != nil {
		r.Store = s.Store()
		r.Files = bot.NewFiles(r.Store, bot.FileRules{})
	}
	r.Open()
	return r
}

// NewRig makes a rig for further tests of an adapter; to be called inside a testing/synctest bubble. The channel is made,
// not started.
func NewRig(t *testing.T, s Suite) *Rig { return s.rig(t) }

// Open makes the channel anew, as a restart of the program does. The one before must be stopped.
func (r *Rig) Open() {
	r.Helper()
	c, err := r.Suite.Driver.New(Decode(r.T, r.Platform.Settings()), r.deps())
	if err != nil {
		r.Fatalf("New: %v", err)
	}
	r.Channel = c
	if w, ok := c.(channels.WebhookHandler); ok {
		r.Net.Serve(r.T, host, http.StripPrefix("/channels/"+inbox, w.Webhook(r.Handler)))
	}
}

func (r *Rig) deps() channels.Deps {
	d := channels.Deps{
		Inbox:   bot.Inbox{ID: inbox, Channel: r.Suite.Driver.Name, Name: "Test"},
		Log:     slog.New(slog.NewJSONHandler(r.Logs, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:     time.Now,
		Client:  r.Net.Client(r.T),
		Feed:    r.Intake,
		Files:   r.Files,
		History: r.History,
		Public:  Public,
	}
	if r.Suite.Deps != nil {
		r.Suite.Deps(r.Platform, &d)
	}
	return d
}

// Decode returns the decode function of a table of settings, as Driver.New wants it.
func Decode(t testing.TB, settings string) func(any) error {
	return func(into any) error {
		name := filepath.Join(t.TempDir(), "huiyin.toml")
		if err := os.WriteFile(name, []byte("[settings]\n"+settings), 0o600); err != nil {
			return err
		}
		var file struct {
			Settings config.Primitive `toml:"settings"`
		}
		f, err := config.Load(name, &file)
		if err != nil {
			return err
		}
		if err := f.Decode(file.Settings, into); err != nil {
			return err
		}
		return f.Unknown()
	}
}

// Start runs the channel until Stop, and waits until it is ready to receive.
func (r *Rig) Start() {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.Channel.Run(ctx, r.Handler) }()
	r.stop = func() error {
		cancel()
		r.stop = nil
		return <-ended
	}
	synctest.Wait()
	if p, ok := r.Platform.(Opener); ok {
		p.Open()
	}
}

// Stop ends Run, which must return nil.
func (r *Rig) Stop() {
	r.Helper()
	if r.stop != nil {
		if err := r.stop(); err != nil {
			r.Errorf("Run: %v, want nil when its context ends", err)
		}
	}
}

// Pass lets time pass, and what is due then happen.
func (r *Rig) Pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// finish stops the channel and searches what it said for what it must not say.
func (r *Rig) finish() {
	r.Helper()
	r.Stop()
	r.Pass(time.Second) // servers need half of it to end the connection of a request that they refused
	said := r.Logs.String()
	for _, err := range r.errs {
		said += fmt.Sprintf("\n%v %+v", err, err)
	}
	for _, secret := range append(r.Platform.Secrets(), marker) {
		if at := strings.Index(said, secret); at >= 0 {
			r.Errorf("%q is in the log or in an error: …%s", secret, said[max(0, at-200):at])
		}
	}
}

// Message makes one outgoing part as the outbox would.
func (r *Rig) Message(id string, m bot.Message) channels.Outgoing {
	r.Helper()
	m.ID, m.Conversation, m.Inbox, m.Direction, m.Delivery = bot.MessageID(id), "c", inbox, bot.Outgoing, bot.Sending
	if m.Thread == "" {
		m.Thread = r.Platform.Thread()
	}
	if m.Seq == 0 {
		r.seq++
		m.Seq = r.seq
	}
	native := 0
	if b, ok := r.Channel.(channels.ButtonSender); ok {
		native = b.NativeButtons()
	}
	parts := channels.Prepare(m, native, r.Suite.Driver.Limits)
	if len(parts) != 1 {
		r.Fatalf("%d parts", len(parts))
	}
	return parts[0]
}

// send makes one attempt, with the time limit that the outbox sets.
func (r *Rig) send(m channels.Outgoing) (string, error) {
	ctx, cancel := context.WithTimeout(r.Context(), 30*time.Second)
	defer cancel()
	id, err := r.Channel.Send(ctx, m)
	synctest.Wait() // where it is shown to the customer at the same time
	if err != nil {
		r.errs = append(r.errs, err)
	}
	return id, err
}
