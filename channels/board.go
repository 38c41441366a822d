package channels

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"huiyin/bot"
)

// Board is where a team works in a messaging app: a channel of Slack, a group of Telegram with topics. Each conversation is a
// card with a thread. Failures are *SendError.
type Board interface {
	// Show makes a card, when its ID is empty, or changes it. It returns the card with Ref and ID, also with an error when
	// a part of the work was done.
	Show(ctx context.Context, c BoardCard) (BoardCard, error)
	// Put adds an entry to a thread, when its ID is empty, or changes it. It returns its ID.
	Put(ctx context.Context, ref string, e BoardEntry) (id string, err error)
	// Whisper tells one member of the team something: to her alone where the app can.
	Whisper(ctx context.Context, to BoardMember, text string) error
	// Rules are what is configured.
	Rules() BoardRules
}

// FileBoard is a Board that takes files into its threads. Found by type assertion.
type FileBoard interface {
	// PutFile adds a file to a thread.
	PutFile(ctx context.Context, ref string, f BoardFile) error
}

// DeskHost is a channel in whose app a team can work. Found by type assertion. What the team does there comes to the
// handler as events with Staff set. Their Thread is the Ref of a card; or a customer's own thread, when an agent has answered
// there beside us.
type DeskHost interface {
	// Board is nil when none is configured.
	Board() Board
}

// BoardRules are how a team works on a board.
type BoardRules struct {
	Agents    map[string]string // the app's user id → e-mail address or id of the agent; nobody else may act
	Reply     string            // what a message to the customer begins with
	Lang      string            // of the team there: zh or en; empty: the program's
	Commands  bool              // "/claim" and the like are understood, besides the buttons
	OneThread bool              // a conversation that comes again goes on in the thread that it had
	Personal  bool              // personal data in messages of customers are shown, else masked
	Home      string            // stands in the ids of all messages on the board, and in no other
	Text      int               // longest text, in runes
	Every     time.Duration     // least time between two calls
}

// BoardCard is one conversation.
type BoardCard struct {
	Key     string // names the card: the same on every attempt
	Again   bool   // an attempt may have worked: look for the card before making it
	Ref, ID string
	Title   string // one line
	Body    Rich
	Actions []BoardAction
	At      time.Time // since when there may be such a card
}

// BoardAction is a button, or, with options, a choice.
type BoardAction struct {
	Title   string
	Value   string // what Inbound.Press will be; at most 64 bytes
	Options []BoardAction
}

// BoardEntry is an entry in the thread of a card.
type BoardEntry struct {
	Key   string
	Again bool
	ID    string
	Body  Rich
	At    time.Time
}

// BoardFile is a file in the thread of a card.
type BoardFile struct {
	Key   string
	Again bool // an attempt may have worked: look for the file before sending it
	File  bot.File
	Data  []byte
	At    time.Time // since when it may be there
}

// BoardMember is a member of the team, and what she did.
type BoardMember struct {
	Ref     string
	User    string // the app's id of her
	Message string // the app's id of the message that she wrote; empty: a press
}

// BoardSettings are the settings of a board that adapters have in common.
type BoardSettings struct {
	Agents []string // desk_agents
	Reply  string   // desk_reply
	Lang   string   // desk_lang
}

// ReplyMark is what a message to a customer begins with, unless it is configured otherwise. It is nothing that somebody
// writes by chance: a single > is how people quote.
const ReplyMark = ">>"

// Check returns the agents by the app's user id; isUser tells whether an id can be one.
func (s BoardSettings) Check(isUser func(string) bool) (map[string]string, error) {
	agents := map[string]string{}
	var all []error
	for _, pair := range s.Agents {
		user, agent, ok := strings.Cut(pair, "=")
		if !ok || !isUser(user) || strings.TrimSpace(agent) == "" {
			all = append(all, fmt.Errorf("desk_agents: %q does not say who somebody is: write user id=e-mail address of the agent", pair))
		}
		if agents[user] != "" {
			all = append(all, fmt.Errorf("desk_agents: user %q stands twice", user))
		}
		agents[user] = strings.TrimSpace(agent)
	}
	if len(s.Agents) == 0 {
		all = append(all, errors.New("desk_agents: nobody may act on the desk: list your agents as user id=e-mail address"))
	}
	if r := strings.TrimSpace(s.Reply); r != s.Reply || len([]rune(r)) < 2 || len(r) > 16 {
		all = append(all, fmt.Errorf("desk_reply: %q: choose two to sixteen characters that nobody begins a note with, such as >>", s.Reply))
	}
	if s.Lang != "" && s.Lang != "zh" && s.Lang != "en" {
		all = append(all, fmt.Errorf(`desk_lang: %q is neither "zh" nor "en"`, s.Lang))
	}
	return agents, errors.Join(all...)
}
