package bot

import (
	"cmp"
	"errors"
	"time"

	"huiyin/kb"
	"huiyin/nlp"
)

// Direction is where a message travels.
type Direction string

// The directions. Activity is an entry about the conversation itself ("Lin took over"), seen by staff.
const (
	Incoming Direction = "incoming"
	Outgoing Direction = "outgoing"
	Activity Direction = "activity"
)

// Author is the kind of whoever wrote a message.
type Author string

// The authors.
const (
	ByContact Author = "contact"
	ByBot     Author = "bot"
	ByAgent   Author = "agent"
	BySystem  Author = "system"
)

// Delivery is how far an outgoing message got. It only ever moves forward.
type Delivery string

// The stages of delivery. Unknown means that the platform may or may not have it: it is not sent again by itself.
// Cancelled means that the conversation changed hands before it left.
const (
	Queued    Delivery = "queued"
	Sending   Delivery = "sending"
	Sent      Delivery = "sent"
	Delivered Delivery = "delivered"
	Read      Delivery = "read"
	Failed    Delivery = "failed"
	Unknown   Delivery = "unknown"
	Cancelled Delivery = "cancelled"
)

// Message is one entry of a conversation.
type Message struct {
	ID           MessageID      `json:"id"` // "<conversation>-<seq>": the same on every retry
	Conversation ConversationID `json:"conversation"`
	Seq          uint64         `json:"seq"` // from 1, without holes
	Inbox        InboxID        `json:"inbox"`
	Thread       string         `json:"thread"`
	Direction    Direction      `json:"direction"`
	Private      bool           `json:"private,omitempty"` // a note to agents: never leaves
	Author       Author         `json:"author"`
	AuthorID     string         `json:"author_id,omitempty"`
	AuthorName   string         `json:"author_name,omitempty"`
	Text         string         `json:"text"`            // incoming: as it was written; outgoing: the small Markdown of kb articles
	Words        InWords        `json:"words,omitempty"` // activity: Text in each language of staff
	Buttons      []Button       `json:"buttons,omitempty"`
	Pressed      string         `json:"pressed,omitempty"` // incoming: the Value of the button that was pressed
	Files        []File         `json:"files,omitempty"`
	Mentions     []AgentID      `json:"mentions,omitempty"`  // of a note: the colleagues whom it names
	SourceID     string         `json:"source_id,omitempty"` // the platform's id, once known
	Lang         nlp.Lang       `json:"lang,omitempty"`
	Once         string         `json:"once,omitempty"` // what the act that wrote it is named; see Once

	Epoch    uint64    `json:"epoch,omitempty"` // outgoing: of the conversation when it was written
	Delivery Delivery  `json:"delivery,omitempty"`
	Attempts int       `json:"attempts,omitempty"`
	Error    string    `json:"error,omitempty"` // a short code of the last failure: rate_limited, blocked, …
	SentAt   time.Time `json:"sent_at,omitzero"`

	Analysis  *nlp.Analysis `json:"analysis,omitempty"` // incoming; without tokens
	Decision  *Decision     `json:"decision,omitempty"` // incoming: what the bot made of it, and why; outgoing: why it was sent unasked
	Citations []kb.Citation `json:"citations,omitempty"`
	Variant   *Variant      `json:"variant,omitempty"` // outgoing: of which Experiment its text is

	At        time.Time `json:"at"`
	EditedAt  time.Time `json:"edited_at,omitzero"`
	DeletedAt time.Time `json:"deleted_at,omitzero"`
}

// InWords is what staff read, in each of their languages; records of earlier versions have none.
type InWords map[nlp.Lang]string

// inWords says something in each language of staff.
func inWords(say func(lang nlp.Lang) string) InWords {
	return InWords{nlp.LangChinese: say(nlp.LangChinese), nlp.LangEnglish: say(nlp.LangEnglish)}
}

// In is the text of an activity in a reader's language, else as it was written.
func (m Message) In(lang string) string { return cmp.Or(m.Words[nlp.Lang(lang)], m.Text) }

// Button offers the customer a choice. Value is short (at most 16 bytes, see ButtonValue) so that it fits every
// platform; what it does is looked up in the stored message, so that a forged press can do nothing new.
type Button struct {
	Title  string `json:"title"`
	Value  string `json:"value"`
	Action string `json:"action"` // intent:<name>, article:<root>, helped:yes, helped:no, human, cancel, slot:<value>, confirm:yes, …
}

// Action is what the bot decided to do in a turn.
type Action string

// The actions, in the order of the policy.
const (
	ActSilent    Action = "silent"      // people own the conversation
	ActAck       Action = "acknowledge" // still waiting: position and hours
	ActHandoff   Action = "handoff"
	ActForm      Action = "form"
	ActSmallTalk Action = "small_talk"
	ActIntent    Action = "intent"
	ActArticle   Action = "article"
	ActClarify   Action = "clarify"
	ActFallback  Action = "fallback"
	ActButton    Action = "button"    // a press answered by itself, for example "that helped"
	ActIgnore    Action = "ignore"    // nothing to answer: an edit, an empty message, a loop
	ActIncident  Action = "incident"  // only what is known of an incident
	ActFollowUp  Action = "follow_up" // of an outgoing message: the answer to a question that had none when it was asked
)

// Decision is the outcome of the policy for one incoming message, or why the bot wrote by itself, kept so that the console
// can explain it.
type Decision struct {
	Action     Action         `json:"action"`
	Step       int            `json:"step"`               // which rule of the policy decided, 1..8
	Reason     string         `json:"reason"`             // a locale key, for example "bot.why.intent_clear"
	Detail     string         `json:"detail,omitempty"`   // intent, form or article, the MessageID followed up, or "incident:" and its ID; never user text
	Incident   string         `json:"incident,omitempty"` // the Incident that was told of before the answer
	Confidence nlp.Confidence `json:"confidence,omitempty"`
	Runners    nlp.Ranking    `json:"runners,omitempty"`
	Hits       []kb.Hit       `json:"hits,omitempty"` // what the knowledge base found, without texts
}

// EventKind is the kind of an Inbound.
type EventKind string

// The kinds of events. KindUnknown is an authentic event that the adapter could not read: it is kept and quarantined.
const (
	KindMessage   EventKind = "message"
	KindPress     EventKind = "press"
	KindEdit      EventKind = "edit"
	KindDelete    EventKind = "delete"
	KindDelivered EventKind = "delivered"
	KindRead      EventKind = "read"
	KindUnknown   EventKind = "unknown"
)

// Inbound is one event from a platform, verified and decoded.
type Inbound struct {
	Inbox    InboxID   `json:"inbox"`
	SourceID string    `json:"source_id"` // unique within the inbox, and the same when the platform repeats the event
	Kind     EventKind `json:"kind"`
	Thread   string    `json:"thread"` // the address to reply to; events of one thread are handled in order
	From     Person    `json:"from"`
	Text     string    `json:"text,omitempty"`
	Press    string    `json:"press,omitempty"`   // KindPress: the button's Value
	Target   string    `json:"target,omitempty"`  // KindEdit, KindDelete, KindDelivered, KindRead: SourceID of the message meant
	Message  string    `json:"message,omitempty"` // the SourceID under which the message itself is known, if not SourceID
	Files    []File    `json:"files,omitempty"`
	Staff    bool      `json:"staff,omitempty"` // of the team, in its own messaging app, and not of a customer
	Raw      []byte    `json:"raw,omitempty"`   // KindUnknown: the event as it came, at most 64 KiB
	At       time.Time `json:"at"`              // the platform's time; zero: now
}

// Errors that callers tell apart.
var (
	ErrNotFound = errors.New("bot: not found")
	// ErrConflict means that somebody else changed the conversation first: read it again.
	ErrConflict = errors.New("bot: changed by somebody else")
	// ErrStale means that a bot message was cancelled because the conversation changed hands.
	ErrStale = errors.New("bot: the conversation changed hands")
	// ErrBusy means that intake is full or the store cannot write now: the platform should send the event again later.
	ErrBusy = errors.New("bot: cannot accept events now")
)
