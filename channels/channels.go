// Package channels connects conversations to messaging platforms: the Channel contract that every adapter meets, the
// classification of send errors, and the outbox that sends each message once, in order and within the limits.
package channels

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"huiyin/bot"
)

// Channel is a connection to one platform, for one inbox.
type Channel interface {
	// Run receives events until ctx ends, handing each to h and acknowledging it to the platform only when h has
	// stored it. It returns nil when ctx ends, ErrEnded when the customer's side is closed for good, and another error
	// when it cannot go on (a revoked token, a second instance). It survives what passes: a lost connection, a restart of
	// the platform.
	Run(ctx context.Context, h bot.Handler) error
	// Send makes one attempt to deliver m, whose Body fits Limits, and returns the platform's id of it.
	// Failures are *SendError.
	Send(ctx context.Context, m Outgoing) (sourceID string, err error)
}

// What an adapter may be able to do besides; found by type assertion.
type (
	// Typer shows that an answer is being written.
	Typer interface {
		Typing(ctx context.Context, thread string) error
	}
	// ButtonSender sends Outgoing.Buttons as native buttons, up to so many. Without it, or when there are more, they
	// become a numbered list under the text.
	ButtonSender interface {
		NativeButtons() (most int)
	}
	// Editor changes a message that was sent. Failures are *SendError.
	Editor interface {
		Edit(ctx context.Context, sourceID string, m Outgoing) error
	}
	// WebhookHandler receives events over HTTP. It is mounted at /channels/<inbox id>/ without that prefix.
	WebhookHandler interface {
		Webhook(h bot.Handler) http.Handler
	}
	// FileFetcher gets the bytes of a file of an event, of which it made the URL. It reads no more than most bytes and one.
	// bot.ErrNotFound when the platform does not have it any more; errors name no secret.
	FileFetcher interface {
		Fetch(ctx context.Context, f bot.File, most int64) (io.ReadCloser, error)
	}
	// Reconciler finds out whether a message of an earlier attempt has arrived. Found with its platform id, or not.
	Reconciler interface {
		Reconcile(ctx context.Context, m Outgoing) (sourceID string, found bool, err error)
	}
)

// Outgoing is a message made ready for a channel, or one part of a message too long for it.
type Outgoing struct {
	// Message as it is stored. Its Thread may have been replaced by the address that the thread moved to. Its Text is
	// the whole source; what is to be shown is Body, and Buttons only when they are to be native (with the last part).
	bot.Message
	Body  Rich
	Part  int // from 0
	Parts int
	// Files of the message are those that go with this part; their bytes are kept for the thread Home.
	Home string
}

// Key names what is sent: the same on every attempt, different for each part.
func (m Outgoing) Key() string {
	if m.Part == 0 {
		return string(m.ID)
	}
	return string(m.ID) + "/" + strconv.Itoa(m.Part)
}

// Errors of Channel.Run.
var (
	// ErrEnded means that nothing more will come, as at the end of piped input.
	ErrEnded = errors.New("channels: the input has ended")
	// ErrAuth means that the platform does not accept our credentials.
	ErrAuth = errors.New("channels: the platform refuses our credentials")
	// ErrSecondInstance means that another program receives the events of this inbox.
	ErrSecondInstance = errors.New("channels: another program receives the events of this inbox")
)

// Unit is what a platform counts the length of a text in.
type Unit string

// The units.
const (
	Runes Unit = "runes"
	UTF16 Unit = "utf16"
	Bytes Unit = "bytes"
)

// Limits are what a platform allows. Zero means no limit.
type Limits struct {
	Text      int // longest text of one message as shown, in Unit
	Unit      Unit
	PerThread time.Duration // least time between two messages to one thread
	Global    float64       // messages per second over the whole inbox
	// File is the largest file that can be sent, in bytes; 0: none can. Each is a part of its own, without a Body, unless
	// FilesInside says that they are shown together with the text.
	File        int64
	FilesInside bool
	// Keyed is true when sending the same Outgoing.Key twice shows it once; then an unclear attempt is simply repeated.
	Keyed bool
	// Window is how long after a customer's last message the platform takes one to her.
	Window time.Duration
}

// Deps is what an adapter is handed.
type Deps struct {
	Inbox    bot.Inbox
	Log      *slog.Logger // names the inbox already
	Now      func() time.Time
	Client   *http.Client // for calls to the platform; without a Timeout, since some calls wait for events
	History  History      // for channels that show their own history
	Accounts bot.Accounts // for channels in which the shop vouches for its customers; nil: none does
	Feed     bot.Feed     // what happens to conversations
	Files    *bot.Files   // keeps what is attached; nil: nothing is taken
	TTY      *TTY         // for the terminal channel; else nil
	Public   string       // the base URL under which the platform reaches us, no slash at the end; may be empty
}

// TTY is where the terminal channel talks to its customer.
type TTY struct {
	In          io.Reader
	Out         io.Writer
	Interactive bool // a person types: greet her, show a prompt
}

// History reads what a channel may show its own customer.
type History interface {
	Current(ctx context.Context, inbox bot.InboxID, thread string) (bot.Conversation, error)
	Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error)
}

// Driver makes channels of one platform. Each adapter exports one, named Driver, and nothing else.
type Driver struct {
	Name   string // as in the configuration: channel = "telegram"
	Limits Limits
	Sample string // a commented TOML table that works once its secrets are filled in
	// New assembles a channel from its table of the configuration, which decode writes into the adapter's own struct (as
	// encoding.TextUnmarshaler and toml tags have it; unknown keys are an error). It validates and touches nothing outside.
	New func(decode func(into any) error, d Deps) (Channel, error)
}

// Reason classifies why a message could not be sent; it decides what happens next, and is a label of the metrics.
type Reason string

// The reasons. What the outbox does: retry after RetryAfter (RateLimited), retry with backoff (Transient), give up (Rejected,
// Blocked, Auth holds the whole inbox back), resend in the thread it moved to (Moved), resend once without formatting
// (Unformatted), and for Ambiguous: repeat when the platform is Keyed, else reconcile, else mark Unknown.
const (
	RateLimited Reason = "rate_limited"
	Transient   Reason = "transient" // certainly not delivered, may work later: refused connection, 503
	Ambiguous   Reason = "ambiguous" // may have been delivered: a lost response
	Rejected    Reason = "rejected"  // this message will never be taken
	Blocked     Reason = "blocked"   // this customer cannot be reached any more
	Auth        Reason = "auth"      // our credentials do not work
	Moved       Reason = "moved"     // the thread has another address now
	Unformatted Reason = "markup"    // certainly not delivered: the platform did not understand the formatting or buttons
)

// SendError is a failed attempt to send.
type SendError struct {
	Reason     Reason
	RetryAfter time.Duration
	Thread     string // Moved: the new address
	Err        error
}

// Error implements error. It names the reason and the cause, never the message's text.
func (e *SendError) Error() string { return fmt.Sprintf("send: %s: %v", e.Reason, e.Err) }

// Unwrap gives the cause.
func (e *SendError) Unwrap() error { return e.Err }

// ReasonOf is the reason of a failed attempt; an error that no adapter classified counts as Ambiguous.
func ReasonOf(err error) Reason {
	var se *SendError
	if errors.As(err, &se) {
		return se.Reason
	}
	return Ambiguous
}
