package channelstest

import (
	"io"
	"net/http"
	"sync"
	"time"
)

// Platform is a fake of a messaging platform, made of data: a server of its API on the network, a customer who writes, and
// a ledger of what she is shown. It behaves as the real one is documented to, including how it repeats events that are
// not acknowledged.
type Platform interface {
	// Settings is the TOML of a channel that talks to this platform.
	Settings() string
	// Secrets are the values in Settings that must never show.
	Secrets() []string
	// Thread is where answers to Say go.
	Thread() string
	// Say is the customer writing a message.
	Say(text string)
	// Press is the customer pressing a button that she was shown, by its title.
	Press(title string)
	// Repeat delivers the last event again, as the platform does when an acknowledgement is lost.
	Repeat()
	// Waiting is how many events are not acknowledged yet.
	Waiting() int
	// Fail scripts the next calls that send a message.
	Fail(faults ...Fault)
	// Ledger is what the customers were shown, in order.
	Ledger() []Shown
}

// Pusher is a Platform that delivers events by calling the channel's webhook.
type Pusher interface {
	// Push makes one request as the platform would, with a valid signature or a forged one.
	Push(method string, body []byte, authentic bool) (status int)
}

// Opener is a Platform whose customer connects to us, instead of to somebody between.
type Opener interface {
	// Open returns when the customer is connected, or cannot be. It is called each time that the channel has been started.
	Open()
}

// Shown is one message as the customer sees it.
type Shown struct {
	Thread  string
	ID      string // the platform's
	Text    string
	Format  string // what is formatted, for example "bold(x) link(y)"; empty for plain text
	Buttons []string
	Files   []ShownFile
	Edited  bool
}

// Texts are the texts of a ledger.
func Texts(ledger []Shown) []string {
	texts := []string{}
	for _, s := range ledger {
		texts = append(texts, s.Text)
	}
	return texts
}

// Fault is what a platform does with a call instead of serving it.
type Fault struct {
	Status     int           // an error answer with this HTTP status
	Code       string        // the platform's own code or description of the error
	RetryAfter time.Duration // told with the error
	Hang       bool          // no answer until the caller gives up
	Reset      Reset         // break the connection
	Raw        string        // a body to answer with as it is
}

// Reset says when a connection breaks.
type Reset string

// The resets: before the call has any effect, or after it had, so that only the answer is lost.
const (
	Before Reset = "before"
	After  Reset = "after"
)

// Faults are a script: one fault for each call.
type Faults struct {
	mu   sync.Mutex
	list []Fault
}

// Add appends to the script. A zero Fault lets one call through.
func (f *Faults) Add(faults ...Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = append(f.list, faults...)
}

// Serve plays the next fault, with answer writing an error in the platform's format, or lets serve do its work.
func (f *Faults) Serve(w http.ResponseWriter, r *http.Request, answer func(Fault), serve http.HandlerFunc) {
	f.mu.Lock()
	var next Fault
	if len(f.list) > 0 {
		next = f.list[0]
		f.list = f.list[1:]
	}
	f.mu.Unlock()
	switch {
	case next.Hang:
		_, _ = io.Copy(io.Discard, r.Body) // only then does the server notice that the caller is gone
		<-r.Context().Done()
	case next.Reset == Before:
		panic(http.ErrAbortHandler)
	case next.Reset == After:
		serve(discard{}, r)
		panic(http.ErrAbortHandler)
	case next.Raw != "":
		if next.Status != 0 {
			w.WriteHeader(next.Status)
		}
		_, _ = w.Write([]byte(next.Raw))
	case next.Status != 0 || next.Code != "":
		answer(next)
	default:
		serve(w, r)
	}
}

// discard is an answer that gets lost.
type discard struct{}

func (discard) Header() http.Header         { return http.Header{} }
func (discard) Write(b []byte) (int, error) { return len(b), nil }
func (discard) WriteHeader(int)             {}
