// Package desk lets a team serve customers of every channel from a messaging app: it shows escalations there as cards with
// threads, and does what the team asks for. It owns no state of a conversation: everything goes through bot's verbs.
package desk

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/internal/locale"
)

// Verbs are what the team can do with conversations.
type Verbs interface {
	bot.Desk
	bot.Dispatch
	Adopt(ctx context.Context, id bot.ConversationID, by bot.Agent, w bot.Written) (bot.Message, error)
	Bring(ctx context.Context, id bot.ConversationID, from bot.InboxID, files []bot.File) ([]bot.File, error)
	// Rules are the rules in force: for the names of tiers.
	Rules() (bot.DeskRules, *bot.Hours)
}

// Store is what the bridge reads and keeps.
type Store interface {
	bot.CardStore
	Conversation(ctx context.Context, id bot.ConversationID) (bot.Conversation, error)
	Conversations(ctx context.Context, f bot.Filter) ([]bot.Conversation, error)
	Messages(ctx context.Context, id bot.ConversationID, after uint64, limit int) ([]bot.Message, error)
	Current(ctx context.Context, inbox bot.InboxID, thread string) (bot.Conversation, error)
	MessageBySource(ctx context.Context, inbox bot.InboxID, sourceID string) (bot.Message, error)
	Agent(ctx context.Context, id bot.AgentID) (bot.Agent, error)
	AgentByEmail(ctx context.Context, email string) (bot.Agent, error)
}

// Config is what a Bridge is made of; all of it but Files and Console is required.
type Config struct {
	Boards  map[bot.InboxID]channels.Board
	Inboxes []bot.Inbox // for their names
	Store   Store
	Verbs   Verbs
	Feed    bot.Feed
	Words   *locale.Catalog
	Lang    string // of teams whose board has none of its own: zh or en
	Zone    *time.Location
	Log     *slog.Logger
	Now     func() time.Time
	Files   *bot.Files // nil: files are only named
	Console string     // public address of the console's server, for links; empty: there are none
}

// Bridge joins conversations with the boards of the team. It is a bot.Staff.
type Bridge struct {
	Config
	boards map[bot.InboxID]*board
	names  map[bot.InboxID]string
	loaded chan struct{} // closed when the boards know their threads
	once   sync.Once

	attendance bot.Attendance // nil: nobody knows who reads
}

var _ bot.Staff = (*Bridge)(nil)

// New assembles a bridge; Run makes it show things.
func New(c Config) *Bridge {
	b := &Bridge{Config: c, boards: map[bot.InboxID]*board{}, names: map[bot.InboxID]string{}, loaded: make(chan struct{})}
	for _, in := range c.Inboxes {
		b.names[in.ID] = in.Name
	}
	for inbox, where := range c.Boards {
		b.boards[inbox] = newBoard(b, inbox, where)
	}
	return b
}

// Follow makes cards say who reads and writes in the console. It is called before Run.
func (b *Bridge) Follow(a bot.Attendance) { b.attendance = a }

// recent is how many of the newest conversations that are closed are looked through for cards at the start: on cards of
// older ones nothing can be done any more.
const recent = 5000

// Run keeps the boards up to date until ctx ends; it returns nil then. While a board cannot be reached, its conversations
// are in the console as ever, and appear on it later.
func (b *Bridge) Run(ctx context.Context) error {
	var running sync.WaitGroup
	defer running.Wait()
	for _, board := range b.boards {
		running.Go(func() { board.run(ctx) })
	}
	if b.attendance != nil {
		running.Go(func() {
			for id := range b.attendance.Attended(ctx) {
				for _, board := range b.boards {
					board.attended(id)
				}
			}
		})
	}
	for failures := 0; ctx.Err() == nil; {
		watch, stop := context.WithCancel(ctx)
		notices := b.Feed.Subscribe(watch) // before reading, so that nothing is missed in between
		if err := b.load(ctx); err != nil {
			stop()
			failures++
			b.Log.Error("desk: the conversations cannot be read, trying again", "err", err)
			channels.Pause(ctx, channels.Backoff(failures, time.Second, time.Minute))
			continue
		}
		failures = 0
		b.once.Do(func() { close(b.loaded) })
		for n := range notices {
			for _, board := range b.boards {
				board.notice(n.Conversation)
			}
		}
		stop()
	}
	return nil
}

// load finds the conversations that are on a board, or should be.
func (b *Bridge) load(ctx context.Context) error {
	const all = 1 << 20
	open, err := b.Store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusWaiting, bot.StatusAgent}, Limit: all})
	if err != nil {
		return fmt.Errorf("list open conversations: %w", err)
	}
	closed, err := b.Store.Conversations(ctx, bot.Filter{Statuses: []bot.Status{bot.StatusResolved, bot.StatusBot}, Limit: recent})
	if err != nil {
		return fmt.Errorf("list closed conversations: %w", err)
	}
	oldestFirst := slices.Clone(closed)
	slices.Reverse(oldestFirst)
	for _, board := range b.boards {
		for _, conv := range slices.Concat(open, oldestFirst) {
			card, err := b.Store.Card(ctx, board.inbox, conv.ID)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			switch {
			case err == nil:
				board.knows(card)
			case !errors.Is(err, bot.ErrNotFound): // one card that cannot be read keeps no other from being shown
				b.Log.Error("desk: a card cannot be read, trying it again later", "board", board.inbox, "conversation", conv.ID, "err", err)
				board.knows(bot.Card{Conversation: conv.ID})
			}
			board.settle(conv)
			board.notice(conv)
		}
	}
	return nil
}

// lang is the language of the team on a board.
func (b *board) lang() string { return cmp.Or(b.rules.Lang, b.Lang) }

// say is a sentence for the team.
func (b *board) say(key string, pairs ...any) string {
	return b.Words.Text(b.lang(), "desk."+key, pairs...)
}

// sayTo is a sentence for one of them, in her own language.
func (b *board) sayTo(a bot.Agent, key string, pairs ...any) string {
	return b.Words.Text(cmp.Or(string(a.Lang), b.lang()), "desk."+key, pairs...)
}

// name is what an agent is called.
func (b *Bridge) name(ctx context.Context, id bot.AgentID) string {
	if a, err := b.Store.Agent(ctx, id); err == nil && a.Name != "" {
		return a.Name
	}
	return string(id)
}
