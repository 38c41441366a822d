package bot

import (
	"context"
	"io"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// Person is who sent an event, as the platform knows her.
type Person struct {
	SourceID string   `json:"source_id"`
	Name     string   `json:"name,omitempty"`
	Lang     nlp.Lang `json:"lang,omitempty"`  // as set in her app
	Email    string   `json:"email,omitempty"` // only what the platform itself has verified, never what somebody typed: contacts are joined by it
	Phone    string   `json:"phone,omitempty"` // likewise
	// Account is her id at the shop, when the shop's own server vouches for her; SourceID is AccountSource of it then. Her name,
	// e-mail and phone are what the shop says. Empty: whoever holds the thread.
	Account string            `json:"account,omitempty"`
	Attrs   map[string]string `json:"attrs,omitempty"`
}

// Handler takes events from channels.
type Handler interface {
	// Handle stores the events in one write and returns; only then may the channel acknowledge them to the platform.
	// Events that are known already are dropped silently. Any error means that none was stored and the platform must
	// be made to send them again; ErrBusy is the expected one.
	Handle(ctx context.Context, events ...Inbound) error
}

// Understander turns text into an Analysis. nlp.Pipeline is one.
type Understander interface {
	Analyze(ctx context.Context, text string) (nlp.Analysis, error)
}

// Retriever finds answers. kb.Searcher is one.
type Retriever interface {
	Search(ctx context.Context, q kb.Query) (kb.Answer, error)
}

// Library opens articles by name, for intents and buttons that lead to one. kb.Searcher is one.
type Library interface {
	// Read returns the live article of a root as a Hit to show, in the language if it exists in it, else in the other one
	// with OtherLang set; kb.ErrNotFound when there is none.
	Read(ctx context.Context, root kb.RootID, lang nlp.Lang) (kb.Hit, error)
}

// Sender carries messages to customers. The channels' outbox is one.
type Sender interface {
	// Send takes messages that are stored as Queued. It never waits for a platform and never fails: what cannot leave
	// now stays queued in the store.
	Send(messages ...Message)
	// Typing shows the customer that an answer is being written, where the channel can; best effort.
	Typing(inbox InboxID, thread string)
}

// Change is everything that one step of a conversation writes: all of it in one write, or nothing. A Change whose
// Conversation has no ID touches no conversation: it only finishes events, and writes facts and the log.
type Change struct {
	// Conversation is the new state. Its Version must be the stored one (0: it is new), else ErrConflict. The stored
	// Version is one more. Without an ID, the change only finishes events and writes facts and the log.
	Conversation Conversation
	// Done are the inbox events that this change finishes. If one of them is finished already, ErrConflict.
	Done []uint64
	// Contact is added or replaced; ErrConflict when she was erased. Address is hers; ErrConflict when another contact
	// has it.
	Contact *Contact
	Address *ContactInbox
	// Messages are new ones (Seq above the stored LastSeq, without a hole), or changed ones; Queued ones enter the outbox.
	// Of a message that exists already, the store keeps Delivery, Attempts, Error, SentAt and SourceID, which the outbox
	// owns; a change may only cancel a Queued one, and queue a Failed or Unknown one again (ErrConflict when it has been
	// sent meanwhile).
	Messages []Message
	Facts    []Fact
	Gaps     []kb.Gap
	Log      []Event
}

// Event is an immutable entry of the audit log.
type Event struct {
	At     time.Time `json:"at"`
	Actor  string    `json:"actor"`  // an AgentID, "bot", "system"
	Action string    `json:"action"` // for example "conversation.claim", "login", "contact.erase"
	Object string    `json:"object,omitempty"`
	Detail string    `json:"detail,omitempty"` // never user text
}

// Accepted is an event that intake has stored.
type Accepted struct {
	ID       uint64 `json:"id"`               // grows in the order of acceptance
	Attempts int    `json:"attempts"`         // process starts that found it unfinished
	Reason   string `json:"reason,omitempty"` // why it is quarantined
	Inbound
}

// IntakeStore keeps events from the moment they are accepted until they are done.
type IntakeStore interface {
	// Accept stores, in one write, those events whose (Inbox, SourceID) was never seen, and returns only them.
	Accept(ctx context.Context, events []Inbound) ([]Accepted, error)
	// Recover returns the events that are neither done nor quarantined, oldest first, adding one to the Attempts of each.
	Recover(ctx context.Context) ([]Accepted, error)
	// Quarantine takes events that cannot be processed out of the way, with the reason why, and keeps them.
	Quarantine(ctx context.Context, id uint64, reason string) error
	// Quarantined returns the newest ones, newest first.
	Quarantined(ctx context.Context, limit int) ([]Accepted, error)
	// Forget drops the memory of finished events older than an instant (the tombstones that make repeats harmless).
	Forget(ctx context.Context, before time.Time) (int, error)
}

// Filter selects conversations. Zero fields select all.
type Filter struct {
	Statuses []Status
	Agent    AgentID
	Contact  ContactID
	Inbox    InboxID
	Limit    int // 0: 100
	// Before continues a listing: only conversations whose UpdatedAt is before it.
	Before time.Time
}

// ConversationStore keeps conversations, messages and contacts.
type ConversationStore interface {
	// Save writes a Change. ErrConflict when somebody was faster. What the Change points to must not be changed afterwards.
	Save(ctx context.Context, c Change) error
	// Conversation returns one, or ErrNotFound.
	Conversation(ctx context.Context, id ConversationID) (Conversation, error)
	// Current returns the newest conversation of a thread, whatever its status, or ErrNotFound.
	Current(ctx context.Context, inbox InboxID, thread string) (Conversation, error)
	// Conversations lists those that match, the newest UpdatedAt first.
	Conversations(ctx context.Context, f Filter) ([]Conversation, error)
	// Messages returns up to limit messages with Seq greater than after, in order. Limit 0 means all.
	Messages(ctx context.Context, id ConversationID, after uint64, limit int) ([]Message, error)
	// MessageBySource finds the message that the platform knows by this id, or ErrNotFound.
	MessageBySource(ctx context.Context, inbox InboxID, sourceID string) (Message, error)
	// ContactAt finds the contact behind an address, or ErrNotFound.
	ContactAt(ctx context.Context, inbox InboxID, sourceID string) (Contact, error)
	// Contact returns one, or ErrNotFound.
	Contact(ctx context.Context, id ContactID) (Contact, error)
}

// SendResult is how an attempt to send ended.
type SendResult struct {
	Delivery Delivery // Sent, Failed, Unknown, or Queued to try again
	SourceID string
	Error    string // short code, empty when sent
	At       time.Time
}

// OutboxStore keeps outgoing messages until their fate is known.
type OutboxStore interface {
	// Unsent returns the messages that are Queued or Sending, in order of conversation and Seq: for the start.
	Unsent(ctx context.Context) ([]Message, error)
	// BeginSend marks a message as Sending, before the platform is called, and returns it with Attempts grown by one.
	// A message of the bot whose Epoch is not its conversation's any more becomes Cancelled, and ErrStale is returned; so
	// it is for one that is Cancelled already. ErrConflict when it is neither Queued nor Sending.
	BeginSend(ctx context.Context, id MessageID) (Message, error)
	// EndSend stores the outcome and returns the message. Failed and Unknown ones also write FactUndelivered.
	EndSend(ctx context.Context, id MessageID, r SendResult) (Message, error)
	// Receipt moves a sent message on to Delivered or Read; it never moves it back. ErrNotFound when unknown.
	Receipt(ctx context.Context, inbox InboxID, sourceID string, d Delivery, at time.Time) error
}

// Role is what an agent may do.
type Role string

// The roles; each may do what the one before it may.
const (
	RoleAgent  Role = "agent"
	RoleLead   Role = "lead"
	RoleEditor Role = "editor"
	RoleAdmin  Role = "admin"
)

// Agent is a member of staff.
type Agent struct {
	ID           AgentID   `json:"id"`
	Email        string    `json:"email"`
	Name         string    `json:"name"`
	Role         Role      `json:"role"`
	Lang         nlp.Lang  `json:"lang,omitempty"`
	PasswordHash string    `json:"password_hash,omitempty"` // argon2id, PHC string
	Disabled     bool      `json:"disabled,omitempty"`
	CreatedAt    time.Time `json:"created_at"`

	Team     TeamID       `json:"team,omitempty"`
	Langs    []nlp.Lang   `json:"langs,omitempty"`    // in which she answers customers; empty: all
	Skills   []string     `json:"skills,omitempty"`   // topics, or groups of them, of which she is given conversations first
	Capacity int          `json:"capacity,omitempty"` // conversations that she is given at most; 0: as the desk's rules say
	State    Availability `json:"state,omitempty"`
	StateAt  time.Time    `json:"state_at,omitzero"` // since when
}

// Availability says whether an agent is there.
type Availability string

// The availabilities. Of an agent who works in another place than the console nothing is known: she is given nothing by
// itself, and nothing is taken from her. One who is away or offline keeps what she waits for herself; a customer who
// waits for her goes back to the queue.
const (
	Unseen  Availability = ""
	Online  Availability = "online"
	Away    Availability = "away"
	Offline Availability = "offline"
)

// PresenceFact says that an agent's state changed at an instant.
func PresenceFact(a Agent, to Availability, at time.Time) Fact {
	f := Fact{Name: FactPresence, Label: PresenceLabel(a.State, to), Agent: a.ID, Start: at, End: at}
	if !a.StateAt.IsZero() && a.StateAt.Before(at) {
		f.Start, f.Value = a.StateAt, at.Sub(a.StateAt).Seconds()
	}
	return f
}

// PresenceLabel is the Label of a FactPresence: the state before and the one that begins, with a colon between them.
func PresenceLabel(from, to Availability) string { return string(from) + ":" + string(to) }

// Gone reports whether the agent is known not to be there.
func (a Agent) Gone() bool { return a.Disabled || a.State == Away || a.State == Offline }

// Session is a login. The token itself is never stored.
type Session struct {
	Hash      string    `json:"hash"` // hex SHA-256 of the token
	Agent     AgentID   `json:"agent"`
	CreatedAt time.Time `json:"created_at"`
	SeenAt    time.Time `json:"seen_at"`
	ExpiresAt time.Time `json:"expires_at"`
	Once      bool      `json:"once,omitempty"`  // a one-time link: deleted at its first use
	Quiet     bool      `json:"quiet,omitempty"` // she reads without being shown: see ReadQuietly
}

// StaffStore keeps agents, their sessions and the audit log.
type StaffStore interface {
	// SaveAgent adds or replaces; ErrConflict when another agent has the e-mail (compared without case). Of an agent who is
	// known, State and StateAt stay as they are: what is saved may be older than what she did meanwhile.
	SaveAgent(ctx context.Context, a Agent, log Event) error
	// SetAgentState changes State and StateAt, nothing else, and returns the agent as stored; ErrNotFound. When the state is another
	// one, the same write adds its PresenceFact.
	SetAgentState(ctx context.Context, id AgentID, s Availability, log Event) (Agent, error)
	// Agent returns one, or ErrNotFound.
	Agent(ctx context.Context, id AgentID) (Agent, error)
	// AgentByEmail returns one, or ErrNotFound.
	AgentByEmail(ctx context.Context, email string) (Agent, error)
	// Agents returns all, by name.
	Agents(ctx context.Context) ([]Agent, error)
	// SaveSession adds or replaces one, and drops those that had expired when it was made.
	SaveSession(ctx context.Context, s Session) error
	// EditSession changes one as it is now and returns it; ErrNotFound when it has ended: saving what was read before would bring it
	// back. The edit may run more than once.
	EditSession(ctx context.Context, hash string, edit func(*Session)) (Session, error)
	// Session returns one, or ErrNotFound.
	Session(ctx context.Context, hash string) (Session, error)
	// DeleteSessions deletes one session by hash (ErrNotFound when it is gone already, so that a one-time link has one
	// user), or all of an agent when hash is empty.
	DeleteSessions(ctx context.Context, agent AgentID, hash string) error
	// Record appends to the audit log; Audit reads it, newest first.
	Record(ctx context.Context, e Event) error
	Audit(ctx context.Context, limit int) ([]Event, error)
}

// PrivacyStore serves a person's rights.
type PrivacyStore interface {
	// EraseContact removes the contact, its addresses, conversations, messages, gaps and facts' labels; the tombstones
	// that make repeated events harmless stay. It returns how many messages went; ErrNotFound when there is no such contact.
	EraseContact(ctx context.Context, id ContactID, log Event) (int, error)
	// FindContact looks for contacts by e-mail, phone, source id or name (without case).
	FindContact(ctx context.Context, query string) ([]Contact, error)
}

// Store is all that conversations need. Every method is safe for concurrent use; a method that returns nil has made its
// write durable.
type Store interface {
	IntakeStore
	ConversationStore
	OutboxStore
	StaffStore
	PrivacyStore
	DeskStore
	PeopleStore
	CardStore
	FileStore
	IncidentStore
	TokenStore
	MacroStore
	ReviewStore
	OrderStore
	ExperimentStore
}

// Notice tells live views that a conversation changed.
type Notice struct {
	Conversation Conversation
	Messages     []Message // new or changed
}

// Feed lets live views follow along.
type Feed interface {
	// Subscribe returns a channel of notices. It is closed when ctx ends, or when the subscriber falls too far behind:
	// then it should read the store again and subscribe anew.
	Subscribe(ctx context.Context) <-chan Notice
}

// Desk is what staff do with conversations. Every method writes the audit log; ErrConflict names who was faster.
type Desk interface {
	// Claim makes the agent the owner of a waiting conversation, or of one that the bot has.
	Claim(ctx context.Context, id ConversationID, by Agent) (Conversation, error)
	// Attach keeps a file for a conversation, for a reply or a note that follows. Errors are those of Files.Take, and
	// ErrNoFiles.
	Attach(ctx context.Context, id ConversationID, name string, from io.Reader) (File, error)
	// Reply sends a message to the customer, with files of which Attach gave ID and Name. It takes the conversation over when
	// the bot or nobody owned it. ErrNoFiles when her channel takes no files, ErrFileSize when it takes none as large,
	// ErrWindow when the platform takes nothing until she writes again.
	Reply(ctx context.Context, id ConversationID, by Agent, text string, files ...File) (Message, error)
	// Note adds a private note, with files as above.
	Note(ctx context.Context, id ConversationID, by Agent, text string, files ...File) (Message, error)
	// Resolve closes a conversation.
	Resolve(ctx context.Context, id ConversationID, by Agent) (Conversation, error)
	// Return gives a conversation back to the bot, its context cleared.
	Return(ctx context.Context, id ConversationID, by Agent) (Conversation, error)
	// Resend queues a Failed or Unknown message again; ErrWindow as above.
	Resend(ctx context.Context, id MessageID, by Agent) (Message, error)
}

// To is where a conversation is passed on to: a colleague, or a team (everybody when both are empty).
type To struct {
	Agent AgentID `json:"agent,omitempty"`
	Team  TeamID  `json:"team,omitempty"`
}

// Dispatch is what staff do with a conversation besides answering it. Errors are as with Desk; ErrState when it is not
// possible now.
type Dispatch interface {
	// Snooze sets a conversation aside until an instant, or until the customer writes; the agent becomes its owner. The
	// zero time, or one that is past, wakes it.
	Snooze(ctx context.Context, id ConversationID, by Agent, until time.Time) (Conversation, error)
	// Transfer passes a conversation on to a colleague, who owns it then, or into the queue of a team. The customer is told.
	Transfer(ctx context.Context, id ConversationID, by Agent, to To) (Conversation, error)
	// Tag replaces the tags of a conversation; see CleanTags.
	Tag(ctx context.Context, id ConversationID, by Agent, tags []string) (Conversation, error)
}

// Roster knows who is there.
type Roster interface {
	// SetState says whether an agent is there. Customers who wait for the answer of one who is not go back to the queue.
	SetState(ctx context.Context, id AgentID, s Availability) (Agent, error)
}

// Tierer puts contacts into the tiers of the rules.
type Tierer interface {
	// SetTier puts a contact into a tier of the rules, by its key, or with an empty one into none. Her place in the queue and
	// what she is promised follow at once. ErrNoted when the rules have no such tier, ErrNotFound.
	SetTier(ctx context.Context, id ContactID, tier string, log Event) (Contact, error)
	// Retier brings a contact's conversations that are with people to her tier, after contacts were joined or parted or got
	// other tags.
	Retier(ctx context.Context, id ContactID) error
}

// Ruler keeps the rules of the desk.
type Ruler interface {
	// Rules are the rules in force, and the business hours; nil hours: always open.
	Rules() (DeskRules, *Hours)
	// SaveRules puts new rules in force; ErrConflict when somebody has saved others meanwhile (see DeskRules.Version),
	// ErrCalendar when the calendar cannot be read, ErrTier when the tiers cannot be.
	SaveRules(ctx context.Context, by Agent, r DeskRules) error
}
