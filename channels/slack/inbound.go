package slack

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

// event is the part of Slack's event_callback that we use.
type event struct {
	Type  string  `json:"type"`
	Event message `json:"event"`
}

// message is an event of type message or app_mention.
type message struct {
	Type        string          `json:"type"`
	Subtype     string          `json:"subtype"`
	Channel     string          `json:"channel"`
	ChannelType string          `json:"channel_type"`
	User        string          `json:"user"`
	BotID       string          `json:"bot_id"`
	Text        string          `json:"text"`
	TS          string          `json:"ts"`
	ThreadTS    string          `json:"thread_ts"`
	Parent      string          `json:"parent_user_id"` // who began the thread
	DeletedTS   string          `json:"deleted_ts"`
	Files       []file          `json:"files"`
	Blocks      json.RawMessage `json:"blocks"`
	Message     *message        `json:"message"`          // of message_changed: as it is now
	Previous    *message        `json:"previous_message"` // of message_changed and message_deleted: as it was
	Edited      *struct {
		TS string `json:"ts"`
	} `json:"edited"`
}

type file struct {
	Name string `json:"name"`
	Type string `json:"mimetype"`
	Size int64  `json:"size"`
	URL  string `json:"url_private"`
}

// readEvent maps an event; nil when there is nothing for us in it. An authentic one that cannot be read, or of a type that
// we did not subscribe to, becomes an event of KindUnknown. An error means that nobody can tell now whether it is for us.
func (s *slack) readEvent(ctx context.Context, raw []byte) (*bot.Inbound, error) {
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		return s.unreadable(raw), nil
	}
	switch {
	case e.Type == "app_rate_limited":
		s.deps.Log.Error("slack: events were left out, since there were more than 30,000 in an hour")
		return nil, nil
	case e.Type != "event_callback":
		return s.unreadable(raw), nil
	case e.Event.Type == "tokens_revoked" || e.Event.Type == "app_uninstalled":
		s.deps.Log.Error("slack: the app was removed from the workspace, or its token revoked")
		return nil, nil
	case e.Event.Type != "message" && e.Event.Type != "app_mention":
		return s.unreadable(raw), nil
	}
	m := e.Event
	switch m.Subtype {
	case "", "file_share", "thread_broadcast", "me_message":
		return s.said(ctx, m)
	case "message_changed":
		return s.changed(ctx, m)
	case "message_deleted":
		return s.deleted(ctx, m)
	default:
		return nil, nil // somebody joined, a topic was set, a bot spoke …
	}
}

// unreadable names an event by its content, so that its repetition has the same name.
func (s *slack) unreadable(raw []byte) *bot.Inbound {
	sum := sha256.Sum256(raw)
	e := channels.Unreadable(s.deps.Inbox.ID, "raw:"+hex.EncodeToString(sum[:16]), raw, s.deps.Now())
	return &e
}

// foreign reports whether a message was written by a person, and not by us or another bot.
func (s *slack) foreign(m message) bool {
	me := s.self.Load()
	return me != nil && m.BotID == "" && m.User != "" && m.User != me.UserID && m.User != "USLACKBOT"
}

// said maps what a person wrote. A mention in a channel comes twice, as message and as app_mention: both have the same
// name, since a channel and a time name a message.
func (s *slack) said(ctx context.Context, m message) (*bot.Inbound, error) {
	id, ok := sourceID(m.Channel, m.TS)
	if !ok || !s.foreign(m) {
		return nil, nil
	}
	if s.onBoard(m.Channel) {
		return s.staff(m, bot.Inbound{Kind: bot.KindMessage, SourceID: id, Files: filesOf(m), At: instant(m.TS)}), nil
	}
	text, mentioned := plain(withEmoji(m.Text, m.Blocks), s.self.Load().UserID)
	thread := threadOf(m)
	ours, err := s.ours(ctx, thread)
	if err != nil || !direct(m) && !mentioned && !ours {
		return nil, err
	}
	files := filesOf(m)
	if s.native(m) && ours {
		return &bot.Inbound{
			Inbox: s.deps.Inbox.ID, SourceID: id, Kind: bot.KindMessage, Thread: thread, Staff: true, From: bot.Person{SourceID: m.User},
			Text: text, Files: files, At: instant(m.TS),
		}, nil
	}
	if text == "" && len(files) == 0 {
		if !mentioned {
			return nil, nil
		}
		text = "hello" // only our name: a greeting
	}
	s.threads.note(thread)
	return &bot.Inbound{
		Inbox: s.deps.Inbox.ID, SourceID: id, Kind: bot.KindMessage, Thread: thread, From: s.person(ctx, m.User),
		Text: text, Files: files, At: instant(m.TS),
	}, nil
}

func filesOf(m message) []bot.File {
	var files []bot.File
	for _, f := range m.Files {
		files = append(files, bot.File{Name: cmp.Or(f.Name, "file"), Type: f.Type, Size: f.Size, URL: f.URL})
	}
	return files
}

// changed maps an edit by a person. Slack also reports what it changes itself, such as the preview of a link.
func (s *slack) changed(ctx context.Context, m message) (*bot.Inbound, error) {
	now := m.Message
	if now == nil || now.Edited == nil || !s.foreign(*now) || m.Previous != nil && m.Previous.Text == now.Text {
		return nil, nil
	}
	target, ok := sourceID(m.Channel, now.TS)
	at, valid := sourceID(m.Channel, now.Edited.TS)
	now.Channel, now.ChannelType = m.Channel, m.ChannelType
	thread := threadOf(*now)
	if !ok || !valid {
		return nil, nil
	}
	if s.onBoard(m.Channel) {
		return s.staff(*now, bot.Inbound{Kind: bot.KindEdit, SourceID: "edit:" + target + ":" + at, Target: target, At: instant(now.Edited.TS)}), nil
	}
	text, mentioned := plain(withEmoji(now.Text, now.Blocks), s.self.Load().UserID)
	if ours, err := s.ours(ctx, thread); err != nil || !direct(m) && !mentioned && !ours {
		return nil, err
	}
	return &bot.Inbound{
		Inbox: s.deps.Inbox.ID, SourceID: "edit:" + target + ":" + at, Kind: bot.KindEdit, Thread: thread, From: s.person(ctx, now.User),
		Text: text, Target: target, At: instant(now.Edited.TS),
	}, nil
}

func (s *slack) deleted(ctx context.Context, m message) (*bot.Inbound, error) {
	target, ok := sourceID(m.Channel, m.DeletedTS)
	if !ok || m.Previous == nil || !s.foreign(*m.Previous) {
		return nil, nil
	}
	was := *m.Previous
	was.Channel, was.ChannelType, was.TS = m.Channel, m.ChannelType, m.DeletedTS
	if s.onBoard(m.Channel) {
		return s.staff(was, bot.Inbound{Kind: bot.KindDelete, SourceID: "delete:" + target, Target: target, At: instant(cmp.Or(m.TS, m.DeletedTS))}), nil
	}
	thread := threadOf(was)
	if ours, err := s.ours(ctx, thread); err != nil || !direct(m) && !ours {
		return nil, err
	}
	return &bot.Inbound{
		Inbox: s.deps.Inbox.ID, SourceID: "delete:" + target, Kind: bot.KindDelete, Thread: thread, From: s.person(ctx, was.User),
		Target: target, At: instant(cmp.Or(m.TS, m.DeletedTS)),
	}, nil
}

// readAction maps a pressed button.
func (s *slack) readAction(ctx context.Context, raw []byte) *bot.Inbound {
	var in struct {
		Type string `json:"type"`
		User struct {
			ID   string `json:"id"`
			Name string `json:"name"`
		} `json:"user"`
		Channel struct {
			ID string `json:"id"`
		} `json:"channel"`
		Message struct {
			TS       string `json:"ts"`
			ThreadTS string `json:"thread_ts"`
		} `json:"message"`
		Actions []struct {
			Value    string `json:"value"`
			TS       string `json:"action_ts"`
			Selected struct {
				Value string `json:"value"`
			} `json:"selected_option"`
			Text struct {
				Text string `json:"text"`
			} `json:"text"`
		} `json:"actions"`
	}
	if err := json.Unmarshal(raw, &in); err != nil || in.Type != "block_actions" {
		return s.unreadable(raw)
	}
	id, ok := sourceID(in.Channel.ID, in.Message.TS)
	if !ok || len(in.Actions) == 0 || cmp.Or(in.Actions[0].Value, in.Actions[0].Selected.Value) == "" || in.User.ID == "" {
		return s.unreadable(raw)
	}
	action := in.Actions[0]
	name := "press:" + id + ":" + action.TS + ":" + in.User.ID
	if s.onBoard(in.Channel.ID) {
		m := message{Channel: in.Channel.ID, User: in.User.ID, ThreadTS: cmp.Or(in.Message.ThreadTS, in.Message.TS)}
		return s.staff(m, bot.Inbound{Kind: bot.KindPress, SourceID: name, Press: cmp.Or(action.Value, action.Selected.Value), At: instant(cmp.Or(action.TS, in.Message.TS))})
	}
	p := s.person(ctx, in.User.ID)
	p.Name = cmp.Or(p.Name, in.User.Name)
	m := message{Channel: in.Channel.ID, TS: in.Message.TS, ThreadTS: in.Message.ThreadTS}
	return &bot.Inbound{
		Inbox: s.deps.Inbox.ID, SourceID: name, Kind: bot.KindPress, Thread: threadOf(m), From: p,
		Press: cmp.Or(action.Value, action.Selected.Value), Text: action.Text.Text, At: instant(cmp.Or(action.TS, in.Message.TS)),
	}
}

// direct reports whether a message is from a conversation with us alone.
func direct(m message) bool { return m.ChannelType == "im" || strings.HasPrefix(m.Channel, "D") }

// threadOf is where an answer to a message goes: in a channel always into a thread, in a direct conversation only when
// the question was in one.
func threadOf(m message) string {
	switch {
	case m.ThreadTS != "" && instantOK(m.ThreadTS):
		return m.Channel + ":" + m.ThreadTS
	case direct(m):
		return m.Channel
	default:
		return m.Channel + ":" + m.TS
	}
}

// sourceID names a message: Slack's times are unique within a channel.
func sourceID(channel, ts string) (string, bool) {
	if !isChannel(channel) || !instantOK(ts) {
		return "", false
	}
	return channel + ":" + ts, true
}

func isChannel(id string) bool {
	return len(id) > 1 && len(id) <= 32 && strings.IndexByte("CDG", id[0]) >= 0 &&
		strings.Trim(id, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == ""
}

func instantOK(ts string) bool {
	seconds, fraction, ok := strings.Cut(ts, ".")
	return ok && len(ts) <= 32 && seconds != "" && fraction != "" && strings.Trim(seconds+fraction, "0123456789") == ""
}

// instant reads Slack's seconds with six digits behind the point.
func instant(ts string) time.Time {
	seconds, fraction, _ := strings.Cut(ts, ".")
	s, err := strconv.ParseInt(seconds, 10, 64)
	micros, wrong := strconv.ParseInt((fraction + "000000")[:6], 10, 64)
	if err != nil || wrong != nil {
		return time.Time{}
	}
	return time.Unix(s, micros*1000)
}

// plain turns Slack's text into what its author wrote: escapes undone, links and names as they are shown, and our own name
// left out, which mentioned reports.
func plain(text, self string) (out string, mentioned bool) {
	var b strings.Builder
	for text != "" {
		before, rest, ok := strings.Cut(text, "<")
		b.WriteString(unescape(before))
		if !ok {
			break
		}
		inner, after, closed := strings.Cut(rest, ">")
		if !closed {
			b.WriteString(unescape("<" + rest))
			break
		}
		text = after
		target, label, labelled := strings.Cut(inner, "|")
		switch {
		case strings.HasPrefix(target, "@"+self) && len(target) == len(self)+1 && self != "":
			mentioned = true
			continue
		case !labelled:
			label = target
		case strings.HasPrefix(target, "#"):
			label = "#" + label
		case strings.HasPrefix(target, "@"):
			label = "@" + strings.TrimPrefix(label, "@")
		}
		label = strings.TrimPrefix(strings.TrimPrefix(label, "mailto:"), "tel:")
		if strings.HasPrefix(label, "!") {
			label = "@" + label[1:]
		}
		b.WriteString(unescape(label))
	}
	return strings.TrimSpace(b.String()), mentioned
}

func unescape(s string) string {
	return strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(s)
}
