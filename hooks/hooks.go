// Package hooks tells other programs of a shop what happens: it calls the addresses that administrators have given, with
// signed bodies, each event at least once and in order.
package hooks

import (
	"context"
	"errors"
	"slices"
	"time"

	"huiyin/bot"
	"huiyin/kb"
)

// Kind is what happened.
type Kind string

// The kinds of events.
const (
	ConversationOpened    Kind = "conversation.opened"
	ConversationHandedOff Kind = "conversation.handed_off" // to people; Label: the bot.Reason
	ConversationClaimed   Kind = "conversation.claimed"    // an agent has become the owner
	ConversationReturned  Kind = "conversation.returned"   // to the bot
	ConversationResolved  Kind = "conversation.resolved"   // Label: agent, bot:confirmed or bot:assumed
	ConversationReopened  Kind = "conversation.reopened"
	MessageReceived       Kind = "message.received" // from the customer
	MessageSent           Kind = "message.sent"     // to her: written, and on its way
	RatingGiven           Kind = "rating.given"     // Label: csat or nps; Value: the score
	RatingCommented       Kind = "rating.commented" // Label: csat or nps; Value: the score; Message: the comment
	ArticlePublished      Kind = "article.published"
	IncidentRaised        Kind = "incident.raised"
	IncidentLifted        Kind = "incident.lifted"
	DigestReady           Kind = "digest.ready"
	Ping                  Kind = "ping" // sent by hand, to try an endpoint; nobody chooses it
)

// Kinds are those that an endpoint may choose, in the order in which they are shown.
func Kinds() []Kind {
	return []Kind{ConversationOpened, ConversationHandedOff, ConversationClaimed, ConversationReturned, ConversationResolved, ConversationReopened,
		MessageReceived, MessageSent, RatingGiven, RatingCommented, ArticlePublished, IncidentRaised, IncidentLifted, DigestReady}
}

// Event is one thing that happened. It names what it is about and holds no text of anybody: what is told is read from the
// store when it is told, so that what was erased meanwhile is not.
type Event struct {
	N            uint64             `json:"n"` // set by the store: from 1, without holes
	Kind         Kind               `json:"kind"`
	At           time.Time          `json:"at"`
	Conversation bot.ConversationID `json:"conversation,omitempty"`
	Message      bot.MessageID      `json:"message,omitempty"`
	Agent        bot.AgentID        `json:"agent,omitempty"`
	Label        string             `json:"label,omitempty"`
	Value        float64            `json:"value,omitempty"`
	Article      kb.ArticleID       `json:"article,omitempty"`
	Incident     string             `json:"incident,omitempty"`
	Week         string             `json:"week,omitempty"` // of a digest, such as 2026-W46
}

// Endpoint is an address that is called.
type Endpoint struct {
	ID        string      `json:"id"`
	Version   uint64      `json:"version"` // grows by one with every save
	Name      string      `json:"name"`
	URL       string      `json:"url"`
	Secret    string      `json:"secret"` // signs what it is sent; see Sign
	Kinds     []Kind      `json:"kinds"`
	Names     bool        `json:"names,omitempty"` // it may have customers' names and words as they are; else both are masked
	CreatedAt time.Time   `json:"created_at"`
	CreatedBy bot.AgentID `json:"created_by"`
	Off       Off         `json:"off,omitempty"` // why it is not called; empty: it is
	OffAt     time.Time   `json:"off_at,omitzero"`
}

// Off is why an endpoint is not called.
type Off string

// The reasons.
const (
	OffNot    Off = ""       // it is called
	OffHand   Off = "hand"   // an administrator switched it off
	OffFailed Off = "failed" // it failed for too long
	OffGone   Off = "gone"   // it answered 410 Gone: it wants no more
	// OffRefused: it refused RefusedEvents events in a row, over RefusedFor at least, each with a status that says that the event
	// is wrong.
	OffRefused Off = "refused"
)

// Itself reports whether an endpoint was switched off without anybody's doing: somebody is to look after it.
func (o Off) Itself() bool { return o == OffFailed || o == OffGone || o == OffRefused }

// Wants reports whether an endpoint is told of a kind of event.
func (e Endpoint) Wants(k Kind) bool { return e.Off == OffNot && slices.Contains(e.Kinds, k) }

// Delivery is one attempt to call an endpoint.
type Delivery struct {
	ID      string        `json:"id"`             // the same for every attempt at one event
	Event   Event         `json:"event,omitzero"` // what it tells, to be sent again by hand; its N is 0 in a Ping
	By      bot.AgentID   `json:"by,omitempty"`   // who sent it again; empty: nobody did, it was its turn
	Kind    Kind          `json:"kind"`
	At      time.Time     `json:"at"`
	Attempt int           `json:"attempt"`          // from 1
	Status  int           `json:"status,omitempty"` // of HTTP; 0: there was no answer
	Error   Failure       `json:"error,omitempty"`  // empty: it was taken
	Took    time.Duration `json:"took"`
}

// Failure is why an attempt failed.
type Failure string

// The failures.
const (
	FailStatus   Failure = "status"   // it answered something else than 2xx
	FailRefused  Failure = "refused"  // the same event was refused again and again: it was left out
	FailTimeout  Failure = "timeout"  // no answer in time
	FailInside   Failure = "inside"   // the address leads into a private network
	FailHost     Failure = "host"     // there is no such host
	FailTLS      Failure = "tls"      // its certificate is not valid
	FailNetwork  Failure = "network"  // it could not be reached
	FailRedirect Failure = "redirect" // it answered with another address, which is not followed
	FailBody     Failure = "body"     // we could not make what it is to be sent: it was left out
)

// State is how far an endpoint has come.
type State struct {
	Done     uint64    `json:"done"`               // N of the newest event that it has taken, or was not to have
	Attempts int       `json:"attempts,omitempty"` // at the next event, so far
	Next     time.Time `json:"next,omitzero"`      // not before then
	Failing  time.Time `json:"failing,omitzero"`   // since when it fails to take the next event
	// Idle is how much of the time since Failing nobody tried although Next had come: the program did not run, or there was nothing to tell.
	Idle time.Duration `json:"idle,omitempty"`
	// Refused is how many events in a row were left out since it refused them, Refusing when the first of them was sent first.
	Refused  int        `json:"refused,omitempty"`
	Refusing time.Time  `json:"refusing,omitzero"`
	Lost     uint64     `json:"lost,omitempty"`     // events that fell out of the full queue before it took them
	Recent   []Delivery `json:"recent,omitempty"`   // the newest attempts, the newest first; see MostRecent
	LastGood time.Time  `json:"last_good,omitzero"` // the newest success
	Endpoint string     `json:"endpoint"`           // whose state it is
}

// Fresh forgets what failed so far.
func (s *State) Fresh() {
	s.Attempts, s.Next, s.Failing, s.Idle = 0, time.Time{}, time.Time{}, 0
	s.Refused, s.Refusing = 0, time.Time{}
}

// note puts an attempt at the head of the list.
func (s *State) note(d Delivery) {
	s.Recent = append([]Delivery{d}, s.Recent[:min(len(s.Recent), MostRecent-1)]...)
}

// Bounds.
const (
	// MostEvents is how many events are kept for endpoints that have not taken them; the oldest fall out.
	MostEvents = 100_000
	// MostRecent is how many attempts of an endpoint are kept to be shown.
	MostRecent = 30
	// MostEndpoints is how many there may be.
	MostEndpoints = 20
)

// ErrMany means that there are MostEndpoints already.
var ErrMany = errors.New("hooks: there are as many endpoints as there may be")

// Store keeps endpoints, and the events that they have not taken. An event enters the queue in the write that makes it
// happen, when an endpoint wants it; while none does, nothing is written.
type Store interface {
	// Endpoints returns all, the oldest first.
	Endpoints(ctx context.Context) ([]Endpoint, error)
	// SaveEndpoint adds or replaces one; its Version must be the stored one (0: it is new), else bot.ErrConflict. The stored
	// Version is one more. One that is new, or was off and is on now, begins with what happens after that.
	SaveEndpoint(ctx context.Context, e Endpoint, log bot.Event) error
	// DeleteEndpoint removes one with its state; bot.ErrNotFound.
	DeleteEndpoint(ctx context.Context, id string, log bot.Event) error
	// EndpointState returns how far one has come; bot.ErrNotFound.
	EndpointState(ctx context.Context, id string) (State, error)
	// SaveEndpointState replaces it, and drops the events that every endpoint has taken; bot.ErrNotFound when the endpoint
	// was deleted.
	SaveEndpointState(ctx context.Context, s State) error
	// HookEvents returns up to limit events of the queue with an N greater than after, in order.
	HookEvents(ctx context.Context, after uint64, limit int) ([]Event, error)
	// HookNews returns a channel that is closed when the next event has entered the queue.
	HookNews() <-chan struct{}
}
