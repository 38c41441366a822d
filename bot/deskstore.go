package bot

import (
	"context"
	"errors"
	"time"

	"huiyin/nlp"
)

// Canned is an answer that agents have ready. Its texts may contain {name}, {agent} and {order}, which the console fills in.
type Canned struct {
	ID        string              `json:"id"`
	Key       string              `json:"key"` // what is typed after a "/": lower case, without spaces
	Title     string              `json:"title"`
	Text      map[nlp.Lang]string `json:"text"` // by base language; an answer may exist in one only
	UpdatedAt time.Time           `json:"updated_at"`
	UpdatedBy AgentID             `json:"updated_by"`
}

// View is a list of conversations that an agent keeps under a name: a queue of the console, narrowed down. Empty fields
// let everything through.
type View struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	Queue   string   `json:"queue"`
	Channel string   `json:"channel,omitempty"`
	Lang    nlp.Lang `json:"lang,omitempty"` // base language
	Mood    string   `json:"mood,omitempty"` // bad, flat or good
	Tag     string   `json:"tag,omitempty"`
	Team    TeamID   `json:"team,omitempty"`
	Owner   AgentID  `json:"owner,omitempty"`

	SLA   ClockState `json:"sla,omitempty"`
	Tier  string     `json:"tier,omitempty"`  // Key of a Tier
	About string     `json:"about,omitempty"` // topic:<Conversation.Topic> or intent:<Conversation.Intent>
}

// MostViews is how many views an agent can keep.
const MostViews = 20

// DeskRules are how the desk works, changed by leads while the program runs. Durations count in business time; zero
// means that there is no such promise.
type DeskRules struct {
	Version       uint64              `json:"version"` // grows by one with every save; 0: never saved
	Assign        bool                `json:"assign"`  // agents who are online are given who waits longest
	Capacity      int                 `json:"capacity,omitempty"`
	FirstResponse time.Duration       `json:"first_response_ns,omitempty"` // from the handoff to an agent's first reply
	NextResponse  time.Duration       `json:"next_response_ns,omitempty"`  // from a customer's message to the answer
	Resolution    time.Duration       `json:"resolution_ns,omitempty"`     // from the handoff to the end
	Tiers         []Tier              `json:"tiers,omitempty"`             // of customers, the highest first
	Calendar      *Calendar           `json:"calendar,omitempty"`          // nil: as configured
	Away          map[nlp.Lang]string `json:"away,omitempty"`              // said out of hours before when people are back
	Scorecard     []Criterion         `json:"scorecard,omitempty"`         // of reviews; empty: DefaultScorecard
	UpdatedAt     time.Time           `json:"updated_at,omitzero"`
	UpdatedBy     AgentID             `json:"updated_by,omitempty"`
}

// ErrFull means that as many are kept as there can be.
var ErrFull = errors.New("bot: as many as there can be")

// TextQuery looks for messages in all conversations.
type TextQuery struct {
	Text   string    // words, each of which must occur; compared after nlp.Fold
	Before time.Time // only older messages; zero: all
	Limit  int       // messages wanted; 0: 100
	Look   int       // messages looked at, at most; 0: DefaultLook
}

// DefaultLook is how many messages a search looks at, at most.
const DefaultLook = 200_000

// Found is what a search found.
type Found struct {
	Messages []Message // newest first
	Looked   int       // messages that were looked at
	// Until is set when not all were looked at, or not all that match are returned: the search goes on with Before = Until.
	Until time.Time
}

// DeskStore keeps what agents work with besides conversations.
type DeskStore interface {
	// Canned returns all answers, by Key.
	Canned(ctx context.Context) ([]Canned, error)
	// SaveCanned adds or replaces; ErrConflict when another one has the Key. An answer without a text in any language is
	// removed; ErrNotFound when there is none of that ID.
	SaveCanned(ctx context.Context, c Canned, log Event) error
	// Views returns the views of an agent, in the order in which they were added.
	Views(ctx context.Context, a AgentID) ([]View, error)
	// SaveView adds one to an agent's views or replaces it; ErrConflict when another of hers has the name (compared
	// without case), ErrFull when she has MostViews. One without a name is removed; ErrNotFound when there is none of that ID.
	SaveView(ctx context.Context, a AgentID, v View) error
	// DeskRules returns the rules, or zero ones when none were saved.
	DeskRules(ctx context.Context) (DeskRules, error)
	// SaveDeskRules replaces the rules; their Version must be the stored one, else ErrConflict.
	SaveDeskRules(ctx context.Context, r DeskRules, log Event) error
	// MarkSeen notes up to which Seq an agent has seen a conversation; it never goes back. ErrNotFound when there is no
	// such conversation.
	MarkSeen(ctx context.Context, a AgentID, id ConversationID, seq uint64) error
	// Seen returns what MarkSeen noted of those of the conversations that the agent has opened.
	Seen(ctx context.Context, a AgentID, ids []ConversationID) (map[ConversationID]uint64, error)
	// SearchMessages finds messages of customers, bot and agents, notes too, by their text.
	SearchMessages(ctx context.Context, q TextQuery) (Found, error)
}

// PeopleStore joins and parts people by hand, and keeps what is noted about them.
type PeopleStore interface {
	// Addresses returns where a contact is known, in order of inbox and source id.
	Addresses(ctx context.Context, id ContactID) ([]ContactInbox, error)
	// FactsOf returns what happened in a conversation, in order of time; nothing of one that was erased or never was.
	FactsOf(ctx context.Context, id ConversationID) ([]Fact, error)
	// ContactsVerified returns the contacts for whom an address or number, as BuyerEmail and BuyerPhone write it, is verified
	// (Contact.Verified), those seen last first.
	ContactsVerified(ctx context.Context, value string) ([]Contact, error)
	// SharedReaches returns the addresses and numbers that are verified for more than one contact, sorted.
	SharedReaches(ctx context.Context) ([]string, error)
	// Threads returns the threads of an inbox in which a contact has conversations of an account of the shop (Conversation.Account),
	// at most limit, the one that was active last first.
	Threads(ctx context.Context, id ContactID, inbox InboxID, account string, limit int) ([]string, error)
	// MergeContacts gives everything of one contact to another and removes the first; what the other lacks (name, e-mail,
	// phone, attributes) she inherits, and of their tiers she has the higher one. It returns how many conversations moved;
	// ErrNotFound when either is missing, ErrConflict when they are the same.
	MergeContacts(ctx context.Context, into, from ContactID, log Event) (int, error)
	// NoteContact changes what is noted about a contact, whatever else is written about her at the same time, and returns her as
	// she is then; the edit has passed Check. ErrNotFound, ErrNoted.
	NoteContact(ctx context.Context, id ContactID, e NotedEdit, log Event) (Contact, error)
	// SplitContact makes the person behind one address of a contact a contact of her own, named as given, with the
	// conversations that she began from there. The address of an account (AccountSource) takes along the conversations of that
	// account, and the contact's Account, Email and Phone when they are its. It returns how many conversations moved; ErrNotFound when
	// the contact has no such address, ErrConflict when it is the only one, or the new name is taken.
	SplitContact(ctx context.Context, a ContactInbox, as ContactID, log Event) (int, error)
}
