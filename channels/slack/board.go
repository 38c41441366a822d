package slack

import (
	"context"
	"fmt"
	"strings"
	"time"

	api "github.com/slack-go/slack"

	"huiyin/bot"
	"huiyin/channels"
)

// boardEvery is the least time between two calls for the board: Slack takes one message a second into a channel.
const boardEvery = 1200 * time.Millisecond

// board is a channel of Slack in which a team works. A card is a message, its Ref and its ID are where it stands, and its
// thread is Slack's.
type board struct{ *slack }

// Board implements channels.DeskHost.
func (s *slack) Board() channels.Board {
	if s.DeskChannel == "" {
		return nil
	}
	return board{s}
}

// Rules implements channels.Board.
func (b board) Rules() channels.BoardRules {
	return channels.BoardRules{
		Agents: b.agents, Reply: b.DeskReply, Lang: b.DeskLang, Personal: b.DeskPersonal, Home: b.DeskChannel + ":", Text: Driver.Limits.Text, Every: boardEvery,
	}
}

// Show implements channels.Board.
func (b board) Show(ctx context.Context, c channels.BoardCard) (channels.BoardCard, error) {
	blocks := []api.Block{richText(c.Body)}
	if len(c.Actions) > 0 {
		blocks = append(blocks, actions(c.Actions))
	}
	what := options(c.Body, blocks)
	if c.ID != "" {
		return c, b.update(ctx, c.ID, what)
	}
	id, err := b.once(ctx, b.DeskChannel, "card:"+c.Key, c.Again, c.At, what)
	c.Ref, c.ID = id, id
	return c, err
}

// Put implements channels.Board.
func (b board) Put(ctx context.Context, ref string, e channels.BoardEntry) (string, error) {
	what := options(e.Body, []api.Block{richText(e.Body)})
	if e.ID != "" {
		return e.ID, b.update(ctx, e.ID, what)
	}
	return b.once(ctx, ref, "entry:"+e.Key, e.Again, e.At, what)
}

// once sends a message, unless an earlier attempt has.
func (b board) once(ctx context.Context, thread, key string, again bool, at time.Time, what []api.MsgOption) (string, error) {
	to, err := parseAddress(thread)
	if err != nil {
		return "", err
	}
	if again {
		m := channels.Outgoing{Message: bot.Message{ID: bot.MessageID(key), Thread: thread, At: at}}
		if id, found, err := b.Reconcile(ctx, m); err != nil || found {
			return id, err
		}
	}
	return b.post(ctx, to, key, what)
}

// Whisper implements channels.Board: only the member sees it.
func (b board) Whisper(ctx context.Context, who channels.BoardMember, text string) error {
	to, err := parseAddress(who.Ref)
	if err != nil {
		return err
	}
	body := channels.Plain(text)
	what := append(options(body, []api.Block{richText(body)}), api.MsgOptionTS(to.thread))
	ctx, failed := channels.Traced(ctx)
	if _, err := b.api.PostEphemeralContext(ctx, to.channel, who.User, what...); err != nil {
		return classify(err, failed)
	}
	return nil
}

// actions are the buttons and choices under a card.
func actions(all []channels.BoardAction) api.Block {
	var elements []api.BlockElement
	for i, a := range all {
		id := fmt.Sprintf("a%d", i)
		if len(a.Options) == 0 {
			elements = append(elements, api.NewButtonBlockElement(id, a.Value, title(a.Title)))
			continue
		}
		var choices []*api.OptionBlockObject
		for _, o := range a.Options[:min(len(a.Options), mostChoices)] {
			choices = append(choices, api.NewOptionBlockObject(o.Value, title(o.Title), nil))
		}
		elements = append(elements, api.NewOptionsSelectBlockElement(api.OptTypeStatic, title(a.Title), id, choices...))
	}
	return api.NewActionBlock("", elements...)
}

// mostChoices is how many options a select menu may have.
const mostChoices = 100

// onBoard reports whether a channel is the one in which the team works: what is written there is never a customer's.
func (s *slack) onBoard(channel string) bool { return s.DeskChannel != "" && channel == s.DeskChannel }

// native reports whether an agent writes in a thread of somebody else: if it is a customer's, she answers beside us.
func (s *slack) native(m message) bool {
	return s.agents[m.User] != "" && !direct(m) && m.ThreadTS != "" && m.ThreadTS != m.TS && m.Parent != "" && m.Parent != m.User
}

// staff completes an event of the team; nil when it is talk beside the threads.
func (s *slack) staff(m message, e bot.Inbound) *bot.Inbound {
	if !instantOK(m.ThreadTS) || m.ThreadTS == m.TS {
		return nil
	}
	text, _ := plain(withLinks(withEmoji(m.Text, m.Blocks)), s.self.Load().UserID)
	if e.Kind == bot.KindMessage && text == "" && len(e.Files) == 0 {
		return nil
	}
	e.Inbox, e.Thread, e.Staff, e.Text = s.deps.Inbox.ID, m.Channel+":"+m.ThreadTS, true, text
	e.From = bot.Person{SourceID: m.User}
	return &e
}

func isUser(id string) bool {
	return len(id) > 1 && len(id) <= 32 && strings.IndexByte("UW", id[0]) >= 0 &&
		strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}
