package api

import (
	"net/http"

	"huiyin/bot"
)

// route is one operation: how it is called, what it needs, what it takes and gives. The handlers and the OpenAPI document
// are made from it.
type route struct {
	id      string // the operationId, and the name of its example
	method  string
	path    string // below Prefix, as http.ServeMux has it
	public  bool   // no token needed
	action  bot.StaffAction
	summary string
	query   []param
	body    any  // a zero value of what is sent; nil: nothing is
	most    int  // bytes of a body; 0: maxBody
	once    bool // takes the header Idempotency-Key
	upload  bool // the body is a file
	// download: the answer is a file.
	download bool
	status   int // of success
	answer   any // a zero value of what is given
	serve    func(*call) (any, error)
	// stream is served instead of serve: one JSON object of the answer's type a line.
	stream func(http.ResponseWriter, *call) error
}

var (
	limitParam  = param{name: "limit", kind: "number", doc: "How many at most, 1 to 200; 50 unless given."}
	cursorParam = param{name: "cursor", kind: "cursor", doc: "Goes on after a page: its \"next\"."}
)

func (a *API) routes() []route {
	var all []route
	for _, part := range [][]route{a.programRoutes(), a.conversationRoutes(), a.fileRoutes(), a.contactRoutes(), a.notedRoutes(), a.articleRoutes(), a.draftRoutes(), a.factRoutes()} {
		all = append(all, part...)
	}
	return all
}

func (a *API) programRoutes() []route {
	return []route{
		{id: "health", method: "GET", path: "/health", public: true, status: 200, answer: Health{}, serve: a.health,
			summary: "Whether the program works. 503 when it cannot write."},
		{id: "document", method: "GET", path: "/openapi.json", public: true, status: 200, stream: a.openapi,
			summary: "This document."},
		{id: "whoami", method: "GET", path: "/whoami", action: bot.ReadInbox, status: 200, answer: Who{}, serve: a.whoami,
			summary: "What the token is, and in whose name it acts."},
	}
}

func (a *API) conversationRoutes() []route {
	read, act := bot.ReadInbox, bot.Converse
	return []route{
		{id: "listConversations", method: "GET", path: "/conversations", action: read, status: 200, answer: Conversations{}, serve: a.conversations,
			summary: "Conversations, those that changed last first.",
			query: []param{
				{name: "status", kind: "text", many: true, values: statuses(), doc: "Only in this state; may be given several times."},
				{name: "agent", kind: "text", doc: "Only those that this agent has."},
				{name: "contact", kind: "text", doc: "Only of this contact."},
				{name: "inbox", kind: "text", doc: "Only of this inbox."},
				limitParam, cursorParam,
			}},
		{id: "getConversation", method: "GET", path: "/conversations/{id}", action: read, status: 200, answer: Conversation{}, serve: a.conversation,
			summary: "One conversation."},
		{id: "listMessages", method: "GET", path: "/conversations/{id}/messages", action: read, status: 200, answer: Messages{}, serve: a.messages,
			summary: "Its messages in order, with private notes and entries about the conversation itself.",
			query:   []param{{name: "after", kind: "number", doc: "Only messages after this seq: \"next\" of the page before."}, limitParam}},
		{id: "reply", method: "POST", path: "/conversations/{id}/replies", action: act, body: Text{}, once: true, status: 201, answer: Message{}, serve: a.reply,
			summary: "Sends a message to the customer. The agent takes the conversation over when the bot or nobody has it; 409 when a colleague does."},
		{id: "note", method: "POST", path: "/conversations/{id}/notes", action: act, body: Text{}, once: true, status: 201, answer: Message{}, serve: a.note,
			summary: "Adds a private note, which the customer never sees."},
		{id: "claim", method: "POST", path: "/conversations/{id}/claim", action: act, status: 200, answer: Conversation{}, serve: a.move(a.Desk.Claim),
			summary: "Makes the agent the owner; 409 when a colleague is."},
		{id: "transfer", method: "POST", path: "/conversations/{id}/transfer", action: act, body: To{}, status: 200, answer: Conversation{}, serve: a.transfer,
			summary: "Passes the conversation on to a colleague, or into the queue of a team."},
		{id: "resolve", method: "POST", path: "/conversations/{id}/resolve", action: act, status: 200, answer: Conversation{}, serve: a.move(a.Desk.Resolve),
			summary: "Closes the conversation. A customer who had an agent is asked for a rating."},
		{id: "returnToBot", method: "POST", path: "/conversations/{id}/return", action: act, status: 200, answer: Conversation{}, serve: a.move(a.Desk.Return),
			summary: "Gives the conversation back to the bot, which tells the customer."},
		{id: "setTags", method: "PUT", path: "/conversations/{id}/tags", action: act, body: Tags{}, status: 200, answer: Conversation{}, serve: a.tag,
			summary: "Replaces the tags: lower case, at most 12 of at most 32 characters."},
	}
}

func statuses() []string {
	return []string{string(bot.StatusBot), string(bot.StatusWaiting), string(bot.StatusAgent), string(bot.StatusResolved)}
}
