package api

import (
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// Health is how the program is.
type Health struct {
	Status string `json:"status" doc:"ok"`
}

// Who is who calls.
type Who struct {
	Token     string    `json:"token" doc:"The token's id; no secret."`
	Name      string    `json:"name" doc:"The token's name."`
	Scope     bot.Scope `json:"scope" enum:"read,write,publish"`
	Agent     string    `json:"agent" doc:"The agent in whose name it acts."`
	Role      bot.Role  `json:"role" enum:"agent,lead,editor,admin" doc:"Of the agent: the token may do no more than she may."`
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Missing: never."`
}

// Conversation is a thread of one contact in one inbox.
type Conversation struct {
	ID           bot.ConversationID `json:"id"`
	Version      uint64             `json:"version" doc:"Grows by one with every change."`
	Inbox        bot.InboxID        `json:"inbox"`
	Channel      string             `json:"channel" doc:"webchat, telegram, slack or terminal."`
	Contact      bot.ContactID      `json:"contact"`
	Name         string             `json:"name,omitempty" doc:"Of the contact."`
	Lang         nlp.Lang           `json:"lang" doc:"Of the customer's last message, BCP 47."`
	Status       bot.Status         `json:"status" enum:"bot,waiting,agent,resolved" doc:"Who owns it."`
	Agent        bot.AgentID        `json:"agent,omitempty" doc:"Whose it is, or whose it was last."`
	Team         bot.TeamID         `json:"team,omitempty" doc:"Whose members it waits for; missing: anybody's."`
	Tier         string             `json:"tier,omitempty" doc:"The tier by which it was served when it was with people last: of the contact, or that one of its own tags leads to."`
	Tags         []string           `json:"tags,omitempty"`
	Handoff      *Handoff           `json:"handoff,omitempty" doc:"The last passing from the bot to people."`
	Preview      string             `json:"preview,omitempty" doc:"The beginning of the newest message, personal data masked."`
	LastSeq      uint64             `json:"last_seq" doc:"Of its newest message."`
	CreatedAt    time.Time          `json:"created_at"`
	UpdatedAt    time.Time          `json:"updated_at"`
	CustomerAt   time.Time          `json:"customer_at,omitzero" doc:"The customer's newest message."`
	WaitingSince time.Time          `json:"waiting_since,omitzero" doc:"While it waits for an agent."`
	OwedSince    time.Time          `json:"owed_since,omitzero" doc:"The oldest message to people that no person has answered."`
	SnoozedUntil time.Time          `json:"snoozed_until,omitzero"`
	ResolvedAt   time.Time          `json:"resolved_at,omitzero"`
	Mood         float64            `json:"mood,omitempty" doc:"Average sentiment of the customer's messages, -1 to 1; missing: not known or even."`
}

// Handoff is the passing of a conversation from the bot to people.
type Handoff struct {
	Reason  bot.Reason `json:"reason" enum:"asked,low_confidence,repeated_fallback,policy,sentiment,error,transfer,away"`
	Summary string     `json:"summary,omitempty" doc:"What was asked, and what the bot tried, in the language of the agent's account; in webhooks, in the program's."`
	At      time.Time  `json:"at"`
}

// Conversations is a page of conversations.
type Conversations struct {
	Conversations []Conversation `json:"conversations"`
	Next          string         `json:"next,omitempty" doc:"Goes on with the next page as \"cursor\"; missing: this is the last one."`
}

// Message is one entry of a conversation.
type Message struct {
	ID         bot.MessageID      `json:"id"`
	Seq        uint64             `json:"seq" doc:"From 1, without holes."`
	Direction  bot.Direction      `json:"direction" enum:"incoming,outgoing,activity" doc:"activity: about the conversation itself, for staff, in the language of the agent's account; in webhooks, in the program's."`
	Private    bool               `json:"private,omitempty" doc:"A note to agents: the customer never sees it."`
	Author     bot.Author         `json:"author" enum:"contact,bot,agent,system"`
	AuthorID   string             `json:"author_id,omitempty"`
	AuthorName string             `json:"author_name,omitempty"`
	Text       string             `json:"text" doc:"Incoming as it was written; else a small Markdown. Empty when it was deleted."`
	Buttons    []string           `json:"buttons,omitempty" doc:"Titles of the choices offered."`
	Files      []File             `json:"files,omitempty"`
	Lang       nlp.Lang           `json:"lang,omitempty"`
	Delivery   bot.Delivery       `json:"delivery,omitempty" enum:"queued,sending,sent,delivered,read,failed,unknown,cancelled" doc:"How far an outgoing message got; unknown: the platform may or may not have it."`
	Error      string             `json:"error,omitempty" doc:"Why it failed: rate_limited, blocked, and the like."`
	At         time.Time          `json:"at"`
	SentAt     time.Time          `json:"sent_at,omitzero"`
	EditedAt   time.Time          `json:"edited_at,omitzero"`
	DeletedAt  time.Time          `json:"deleted_at,omitzero"`
	In         bot.ConversationID `json:"conversation"`
}

// File is something attached.
type File struct {
	Name string `json:"name"`
	Type string `json:"type" doc:"Media type."`
	Size int64  `json:"size" doc:"Bytes."`
	URL  string `json:"url,omitempty" doc:"Where it is downloaded, with the token; missing: its bytes could not be had."`
}

// Messages is a page of messages.
type Messages struct {
	Messages []Message `json:"messages"`
	Next     uint64    `json:"next,omitempty" doc:"Goes on with the next page as \"after\"; missing: this is the last one."`
}

// Text is what an agent writes.
type Text struct {
	Text  string       `json:"text" doc:"Plain, or with the small Markdown of articles. May be empty with files."`
	Files []Attachment `json:"files,omitempty" doc:"At most 10 that were uploaded for this conversation."`
}

// To is where a conversation is passed on to.
type To struct {
	Agent bot.AgentID `json:"agent,omitempty" doc:"A colleague."`
	Team  bot.TeamID  `json:"team,omitempty" doc:"Or a team; with neither, everybody."`
}

// Tags are the tags of a conversation or a contact.
type Tags struct {
	Tags []string `json:"tags"`
}

// ours is the language of what the program says to staff where nobody in particular reads it: the configured one.
const ours = ""

// viewConversation says what is for staff in a language.
func viewConversation(c bot.Conversation, lang string) Conversation {
	v := Conversation{
		ID: c.ID, Version: c.Version, Inbox: c.Inbox, Channel: c.Channel, Contact: c.Contact, Name: c.Name, Lang: c.Lang,
		Status: c.Status, Agent: c.Agent, Team: c.Team, Tier: c.Tier, Tags: c.Tags, Preview: c.Preview, LastSeq: c.LastSeq,
		CreatedAt: c.CreatedAt, UpdatedAt: c.UpdatedAt, CustomerAt: c.CustomerAt, WaitingSince: c.WaitingSince,
		OwedSince: c.OwedSince, SnoozedUntil: c.SnoozedUntil, ResolvedAt: c.ResolvedAt,
	}
	if c.Handoff != nil {
		v.Handoff = &Handoff{Reason: c.Handoff.Reason, Summary: c.Handoff.In(lang), At: c.Handoff.At}
	}
	if c.MoodCount > 0 {
		v.Mood = c.MoodTotal / float64(c.MoodCount)
	}
	return v
}

// viewMessage leaves out what was deleted, and what only the program needs; entries about the conversation are in a language.
func viewMessage(m bot.Message, lang string) Message {
	v := Message{
		ID: m.ID, Seq: m.Seq, Direction: m.Direction, Private: m.Private, Author: m.Author, AuthorID: m.AuthorID,
		AuthorName: m.AuthorName, Lang: m.Lang, Delivery: m.Delivery, Error: m.Error, At: m.At, SentAt: m.SentAt,
		EditedAt: m.EditedAt, DeletedAt: m.DeletedAt, In: m.Conversation,
	}
	if !m.DeletedAt.IsZero() {
		return v
	}
	v.Text = m.In(lang)
	for _, b := range m.Buttons {
		v.Buttons = append(v.Buttons, b.Title)
	}
	for i, f := range m.Files {
		v.Files = append(v.Files, File{f.Name, f.Type, f.Size, fileURL(m, i)})
	}
	return v
}
