// Package bot holds conversations between customers, the bot and support agents: the domain's types, the lanes that
// keep their order, the dialogue policy, forms, and the handoff to people. It knows no platform and no database.
package bot

import (
	"cmp"
	"time"

	"huiyin/nlp"
)

// Names of things. All are opaque outside this package; none contains user text.
type (
	ConversationID string
	MessageID      string
	ContactID      string
	AgentID        string
	// TeamID names a group of agents; it is what people call it, for example "returns".
	TeamID string
	// InboxID names a configured mailbox, for example "web" or "telegram-shop".
	InboxID string
)

// Inbox is a configured mailbox: a connection of one channel with its rules.
type Inbox struct {
	ID      InboxID  `json:"id"`
	Channel string   `json:"channel"` // the driver's name: webchat, telegram, slack, terminal
	Name    string   `json:"name"`
	Lang    nlp.Lang `json:"lang,omitempty"`  // for a customer whose language is not known yet
	Files   int64    `json:"files,omitempty"` // the largest file that its customers can be sent, in bytes; 0: none
	// Window is how long after a customer's last message the platform takes a message to her that is no reply to it
	// (WhatsApp 24 h, WeChat 48 h); 0: for ever. The adapter declares it, or the configuration.
	Window time.Duration `json:"window,omitempty"`
}

// Status says who owns a conversation.
type Status string

// The states of a conversation. See state.go for the moves between them.
const (
	StatusBot      Status = "bot"
	StatusWaiting  Status = "waiting" // for an agent
	StatusAgent    Status = "agent"
	StatusResolved Status = "resolved"
)

// Conversation is a thread of one contact in one inbox.
type Conversation struct {
	ID      ConversationID `json:"id"`
	Version uint64         `json:"version"` // grows by one with every Change; set by the store
	Inbox   InboxID        `json:"inbox"`
	Channel string         `json:"channel"`
	Thread  string         `json:"thread"` // the platform's address to reply to; with Inbox it names the lane
	Contact ContactID      `json:"contact"`
	Name    string         `json:"name,omitempty"`    // of the contact, as shown to agents
	Account string         `json:"account,omitempty"` // of whose it is, see Person.Account; nobody else reads it in her channel
	Lang    nlp.Lang       `json:"lang"`              // of the customer's last message

	Status   Status   `json:"status"`
	Epoch    uint64   `json:"epoch"` // grows at every change of owner
	Agent    AgentID  `json:"agent,omitempty"`
	Team     TeamID   `json:"team,omitempty"`     // whose members it waits for; empty: anybody's
	Handoff  *Handoff `json:"handoff,omitempty"`  // the last one; cleared when the conversation returns to the bot
	Tier     string   `json:"tier,omitempty"`     // by which it is served, kept up to date while it is with people: DeskRules.TierOf
	LastSeq  uint64   `json:"last_seq"`           // of its newest message
	Failures int      `json:"failures,omitempty"` // turns in a row in which the bot could not help
	Asked    string   `json:"asked,omitempty"`    // mark of the customer's last question: see turn.question
	Failed   string   `json:"failed,omitempty"`   // mark of the question that the bot could not answer last; empty: it has helped since

	Form *FormState `json:"form,omitempty"`
	// Aside is a form that was left for something else, and since when: she may go on with it.
	Aside   *FormState      `json:"aside,omitempty"`
	AsideAt time.Time       `json:"aside_at,omitzero"`
	Slots   map[string]Slot `json:"slots,omitempty"` // remembered values
	Offer   uint64          `json:"offer,omitempty"` // Seq of the message whose buttons a typed number presses; 0: none
	Said    string          `json:"said,omitempty"`  // what the bot answered last: the Label of FactAnswer and a mark of the wording; "helped": and it helped
	Tags    []string        `json:"tags,omitempty"`

	Topic  string `json:"topic,omitempty"`  // what the customer's newest message with a topic (see Config.Topic) is about, since OpenedAt
	Intent string `json:"intent,omitempty"` // what she wanted last, since OpenedAt: an intent's name; small talk is none

	Mentioned map[AgentID]uint64 `json:"mentioned,omitempty"` // Seq of the newest note that names an agent

	Preview        string                   `json:"preview,omitempty"` // the beginning of the newest message, PII masked
	CreatedAt      time.Time                `json:"created_at"`
	OpenedAt       time.Time                `json:"opened_at,omitzero"` // its start, or when it was reopened last
	UpdatedAt      time.Time                `json:"updated_at"`
	CustomerAt     time.Time                `json:"customer_at"`             // the customer's newest message
	AckAt          time.Time                `json:"ack_at,omitzero"`         // the newest "somebody will come" while waiting
	WaitingSince   time.Time                `json:"waiting_since,omitzero"`  // set while waiting
	FirstResponse  time.Time                `json:"first_response,omitzero"` // an agent's first reply since the last handoff
	OwedSince      time.Time                `json:"owed_since,omitzero"`     // the oldest message to people that no person has answered
	Alarms         map[ClockKind]ClockState `json:"alarms,omitempty"`        // promises that are near or missed
	SnoozedUntil   time.Time                `json:"snoozed_until,omitzero"`  // its owner has set it aside until then, or until the customer writes
	ResolvedAt     time.Time                `json:"resolved_at,omitzero"`    // set while resolved
	MoodTotal      float64                  `json:"mood_total,omitempty"`    // sum of sentiment scores of the customer's messages
	MoodCount      int                      `json:"mood_count,omitempty"`
	BotTurnsMinute []int64                  `json:"bot_turns,omitempty"` // Unix seconds of the bot's newest turns, for the loop guard
}

// Reason says why a conversation went to people.
type Reason string

// The reasons of a handoff.
const (
	ReasonAsked     Reason = "asked"
	ReasonLow       Reason = "low_confidence"
	ReasonRepeated  Reason = "repeated_fallback"
	ReasonPolicy    Reason = "policy"
	ReasonSentiment Reason = "sentiment"
	ReasonError     Reason = "error"
	ReasonTransfer  Reason = "transfer" // an agent who stepped in herself passed it on to a team
	ReasonAway      Reason = "away"     // an agent who stepped in herself is not there any more
)

// Handoff is the passing of a conversation from the bot to people.
type Handoff struct {
	Reason  Reason    `json:"reason"`
	Detail  string    `json:"detail,omitempty"` // which policy word, which error code
	Summary string    `json:"summary"`          // for the agent: what was asked, what was tried
	Words   InWords   `json:"words,omitempty"`  // the same in each language of staff
	At      time.Time `json:"at"`
	// Flag is of what the customer spoke, with the wish for a person or while she waited: safety, the law or the press, which
	// people must see whatever she says later, or that she leaves us (churn). It counts in the queue. Empty: of none.
	Flag nlp.Flag `json:"flag,omitempty"`
	// Noted says that her first words since were acknowledged.
	Noted bool `json:"noted,omitempty"`
}

// In is the summary in a reader's language, else as it was written.
func (h Handoff) In(lang string) string { return cmp.Or(h.Words[nlp.Lang(lang)], h.Summary) }

// Slot is a remembered value, for example an order number.
type Slot struct {
	Value string    `json:"value"`
	At    time.Time `json:"at"`
}

// FormState is a running form.
type FormState struct {
	Form   string            `json:"form"`
	Slot   string            `json:"slot"` // being asked for; empty: waiting for confirmation
	Values map[string]string `json:"values"`
	Tries  int               `json:"tries"`            // invalid answers to Slot so far
	Misses int               `json:"misses,omitempty"` // values that the service did not know
	Begun  string            `json:"begun,omitempty"`  // the beginning of the message that started it
	// Offered are the answers that the service knows, by slot.
	Offered map[string]Offered `json:"offered,omitempty"`
	Then    string             `json:"then,omitempty"` // an intent that the customer named in the same message, offered when the form ends
}

// Contact is a person.
type Contact struct {
	ID        ContactID         `json:"id"`
	Name      string            `json:"name,omitempty"`
	Lang      nlp.Lang          `json:"lang,omitempty"`
	Email     string            `json:"email,omitempty"`
	Phone     string            `json:"phone,omitempty"`
	Account   string            `json:"account,omitempty"` // her id at the shop, which vouches for her: see Person.Account
	Former    []string          `json:"former,omitempty"`  // names by which orders knew her before, the newest first; kept by the store, MostFormer
	Attrs     map[string]string `json:"attrs,omitempty"`
	CreatedAt time.Time         `json:"created_at"`
	SeenAt    time.Time         `json:"seen_at"`
	NPS       *Score            `json:"nps,omitempty"`   // the newest one; nil: never given
	NPSAt     time.Time         `json:"nps_at,omitzero"` // when she was asked for it last
	Noted     Noted             `json:"noted,omitzero"`  // by staff; written by NoteContact only
	Arms      map[string]string `json:"arms,omitempty"`  // ID of an Experiment → of the arm that she saw first
}

// ContactInbox is a contact's address in one inbox.
type ContactInbox struct {
	Inbox    InboxID   `json:"inbox"`
	SourceID string    `json:"source_id"` // the platform's id of the person
	Contact  ContactID `json:"contact"`
}

// Fact is one thing that happened, written when it happened: the raw material of every report.
type Fact struct {
	Name         string         `json:"name"`            // see the Fact* constants
	Value        float64        `json:"value"`           // seconds for durations, 0/1 for yes and no, else 1
	Label        string         `json:"label,omitempty"` // what it was about: a Reason, an intent, an article
	Start        time.Time      `json:"start"`
	End          time.Time      `json:"end"`
	Conversation ConversationID `json:"conversation"`
	Inbox        InboxID        `json:"inbox"`
	Channel      string         `json:"channel"`
	Lang         nlp.Lang       `json:"lang,omitempty"`
	Agent        AgentID        `json:"agent,omitempty"`
}

// Names of facts. Value and Label are as the comments say.
const (
	FactStarted       = "conversation_started"
	FactReopened      = "conversation_reopened" // Value: seconds since it was resolved
	FactTurn          = "bot_turn"              // Label: the Action
	FactAnswer        = "bot_answer"            // Label: intent:<name>, article:<id>, form:<name> or incident:<id>
	FactIncident      = "incident_told"         // Label: the ID of the Incident
	FactFallback      = "bot_fallback"          // the bot had nothing
	FactHelped        = "helped"                // Value 1 or 0; Label: as FactAnswer
	FactVariant       = "variant"               // something of an Experiment was said; Value 1, or 0: it would have been said once more; Label: <experiment>:<arm>
	FactHandoff       = "handoff"               // Label: Reason
	FactClaimed       = "claimed"               // Value: seconds waited
	FactFirstResponse = "first_response"        // Value: seconds from the handoff to an agent's first reply
	FactResolved      = "resolved"              // Value: seconds from the start (or reopening); Label: agent, bot:confirmed (the customer said that it helped) or bot:assumed (she went silent)
	FactReturned      = "returned_to_bot"
	FactWithdrawn     = "withdrawn"    // the customer needs no person any more; Value: seconds she had waited; Label: Reason of the handoff
	FactTransferred   = "transferred"  // to a colleague or a team; Label: agent or team
	FactRequeued      = "requeued"     // back from an agent to the queue; Value: seconds the customer had waited for an answer; Label: away
	FactSnoozed       = "snoozed"      // Value: seconds it was to be set aside
	FactSLA           = "sla"          // a promise of the desk; Value: 1 kept, 0 missed; Label: its ClockKind
	FactForm          = "form"         // Label: <form>:done, <form>:left or <form>:failed
	FactCSAT          = "csat"         // Value 1..5
	FactCSATComment   = "csat_comment" // what a customer wrote after her rating; Value: the rating; Label: id of the message
	FactNPS           = "nps"          // Value 0..10
	FactNPSComment    = "nps_comment"  // what a customer wrote after her score; Value: the score; Label: id of the message
	FactUndelivered   = "undelivered"  // Label: failed or unknown
	FactPresence      = "presence"     // an agent came or went; Value: seconds since her state before began, 0 when that is not known; Label: see PresenceLabel
	FactQuarantined   = "quarantined"  // an event that could not be processed
)
