package telegram

import (
	"context"
	"strconv"
	"strings"
	"time"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	// boardEvery is the least time between two calls for the board: Telegram takes 20 messages a minute into a group.
	boardEvery = 3 * time.Second
	// topicRunes is the longest name of a topic.
	topicRunes = 128
	// boardRunes is the longest text on the board: within 4096 UTF-16 units whatever is written.
	boardRunes = 2000
)

// board is a group of Telegram with topics, in which a team works. A conversation has a topic, which is its Ref, and in it
// each handoff a card. Telegram cannot tell whether an attempt whose answer was lost has worked: then a topic, a card or an
// entry may stand there twice.
type board struct{ *telegram }

// Board implements channels.DeskHost.
func (t *telegram) Board() channels.Board {
	if t.desk == 0 {
		return nil
	}
	return board{t}
}

// Rules implements channels.Board.
func (b board) Rules() channels.BoardRules {
	return channels.BoardRules{
		Agents: b.agents, Reply: b.DeskReply, Lang: b.DeskLang, Commands: true, OneThread: true, Personal: b.DeskPersonal, Home: b.DeskChat + ":",
		Text: boardRunes, Every: boardEvery,
	}
}

// Show implements channels.Board.
func (b board) Show(ctx context.Context, c channels.BoardCard) (channels.BoardCard, error) {
	fresh := c.Ref == ""
	if fresh {
		topic, err := b.newTopic(ctx, c.Title)
		if err != nil {
			return c, err
		}
		c.Ref = address{chat: b.desk, topic: topic}.String()
	}
	to, err := parseAddress(c.Ref)
	if err != nil {
		return c, err
	}
	keyboard := actions(c.Actions)
	if c.ID == "" {
		c.ID, err = b.post(ctx, to, c.Body, keyboard, 0)
	} else {
		err = b.change(ctx, c.ID, c.Body, keyboard)
	}
	if err == nil && !fresh {
		err = b.rename(ctx, to, c.Title)
	}
	return c, err
}

func (b board) newTopic(ctx context.Context, title string) (int, error) {
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	topic, err := b.api.CreateForumTopic(ctx, &tg.CreateForumTopicParams{ChatID: b.desk, Name: topicName(title)})
	if err != nil {
		return 0, classify(err, *status, failed)
	}
	return topic.MessageThreadID, nil
}

// rename lets the list of topics say how a conversation stands. Where that is not allowed, the card says it alone.
func (b board) rename(ctx context.Context, to address, title string) error {
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	_, err := b.api.EditForumTopic(ctx, &tg.EditForumTopicParams{ChatID: to.chat, MessageThreadID: to.topic, Name: topicName(title)})
	if err == nil || strings.Contains(err.Error(), "TOPIC_NOT_MODIFIED") {
		return nil
	}
	se := classify(err, *status, failed)
	if se.Reason == channels.Rejected || se.Reason == channels.Blocked {
		b.deps.Log.Warn("telegram: a topic cannot be renamed", "err", se)
		return nil
	}
	return se
}

func topicName(title string) string {
	runes := []rune(title)
	return string(runes[:min(len(runes), topicRunes)])
}

// Put implements channels.Board.
func (b board) Put(ctx context.Context, ref string, e channels.BoardEntry) (string, error) {
	to, err := parseAddress(ref)
	if err != nil {
		return "", err
	}
	if e.ID != "" {
		return e.ID, b.change(ctx, e.ID, e.Body, nil)
	}
	return b.post(ctx, to, e.Body, nil, 0)
}

// Whisper implements channels.Board. Telegram has no message for one member of a group: it stands in the topic, as an
// answer to what she wrote.
func (b board) Whisper(ctx context.Context, who channels.BoardMember, text string) error {
	to, err := parseAddress(who.Ref)
	if err != nil {
		return err
	}
	_, message, _ := strings.Cut(who.Message, ":")
	answered, err := strconv.Atoi(message)
	if err != nil {
		answered = 0
	}
	_, err = b.post(ctx, to, channels.Plain(text), nil, answered)
	return err
}

// choicesMost is how many options of one choice become buttons; for the others there are commands.
const choicesMost = 6

// actions are the buttons under a card; an option is a button of its own.
func actions(all []channels.BoardAction) *markup {
	var buttons []bot.Button
	for _, a := range all {
		if len(a.Options) == 0 {
			buttons = append(buttons, bot.Button{Title: a.Title, Value: a.Value})
			continue
		}
		for _, o := range a.Options[:min(len(a.Options), choicesMost)] {
			buttons = append(buttons, bot.Button{Title: strings.TrimSuffix(a.Title, "…") + " " + o.Title, Value: o.Value})
		}
	}
	return keyboard(buttons)
}

// onBoard reports whether a chat is the group in which the team works: what is written there is never a customer's.
func (t *telegram) onBoard(chat models.Chat) bool { return t.desk != 0 && chat.ID == t.desk }

// native reports whether an agent answers a member of a group by replying to her: beside us, if she is a customer.
func (t *telegram) native(m *models.Message) bool {
	r := m.ReplyToMessage
	return t.agents[strconv.FormatInt(m.From.ID, 10)] != "" && r != nil && r.From != nil && !r.From.IsBot && r.From.ID != m.From.ID && !t.addressed(m)
}

// staff maps what the team writes in a topic; nil when it is talk beside the topics. A command keeps its slash.
func (t *telegram) staff(m *models.Message, kind bot.EventKind, text string, files []bot.File) *bot.Inbound {
	if !m.IsTopicMessage || m.MessageThreadID == 0 {
		return nil
	}
	return t.ofTeam(m, kind, address{chat: m.Chat.ID, topic: m.MessageThreadID}, text, files)
}

// ofTeam is an event of an agent.
func (t *telegram) ofTeam(m *models.Message, kind bot.EventKind, thread address, text string, files []bot.File) *bot.Inbound {
	e := &bot.Inbound{
		Inbox: t.deps.Inbox.ID, SourceID: sourceID(m.Chat.ID, m.ID), Kind: kind, Thread: thread.String(), Staff: true,
		From: bot.Person{SourceID: strconv.FormatInt(m.From.ID, 10)}, Text: text, Files: files, At: time.Unix(int64(m.Date), 0),
	}
	if kind == bot.KindEdit {
		edited(e, m, text)
	}
	return e
}

func isUser(id string) bool {
	n, err := strconv.ParseInt(id, 10, 64)
	return err == nil && n > 0 && strconv.FormatInt(n, 10) == id
}
