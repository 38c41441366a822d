package telegram

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"huiyin/bot"
	"huiyin/channels"
)

const (
	// conflict is the reason why a poll failed: another program polls too.
	conflict channels.Reason = "conflict"
	// mostButtons keeps the keyboard under a message on one screen.
	mostButtons = 12
)

// address is a thread: a chat, in groups also the person, and the topic where a group has topics.
type address struct {
	chat  int64
	topic int
	user  int64
}

// String writes "chat", "chat@user" or "chat/topic@user".
func (a address) String() string {
	s := strconv.FormatInt(a.chat, 10)
	if a.topic != 0 {
		s += "/" + strconv.Itoa(a.topic)
	}
	if a.user != 0 {
		s += "@" + strconv.FormatInt(a.user, 10)
	}
	return s
}

func parseAddress(thread string) (a address, err error) {
	chat, user, group := strings.Cut(thread, "@")
	chat, topic, inTopic := strings.Cut(chat, "/")
	var errs [3]error
	a.chat, errs[0] = strconv.ParseInt(chat, 10, 64)
	if group {
		a.user, errs[1] = strconv.ParseInt(user, 10, 64)
	}
	if inTopic {
		a.topic, errs[2] = strconv.Atoi(topic)
	}
	if errors.Join(errs[:]...) != nil || a.String() != thread {
		return address{}, &channels.SendError{Reason: channels.Rejected, Err: errors.New("the thread is no address of Telegram")}
	}
	return a, nil
}

// sourceID names a message: numbers count within a chat.
func sourceID(chat int64, message int) string {
	return strconv.FormatInt(chat, 10) + ":" + strconv.Itoa(message)
}

// NativeButtons implements channels.ButtonSender.
func (t *telegram) NativeButtons() int { return mostButtons }

// Send implements channels.Channel.
func (t *telegram) Send(ctx context.Context, m channels.Outgoing) (string, error) {
	to, err := parseAddress(m.Thread)
	if err != nil {
		return "", err
	}
	answers := 0
	if m.Part == 0 {
		answers = t.repliesTo(m.Thread)
	}
	id := ""
	if f, data, ok, wrong := t.deps.Attached(ctx, m); wrong != nil {
		return "", wrong
	} else if ok {
		id, err = t.sendFile(ctx, to, f, data, answers)
	} else {
		id, err = t.post(ctx, to, m.Body, keyboard(m.Buttons), answers)
	}
	var se *channels.SendError
	if errors.As(err, &se) {
		return "", t.moved(to, se)
	}
	return id, err
}

// post sends a message, as an answer to another one when its number is not 0.
func (t *telegram) post(ctx context.Context, to address, body channels.Rich, buttons *markup, answers int) (string, error) {
	off := true
	p := &tg.SendMessageParams{
		ChatID: to.chat, MessageThreadID: to.topic, Text: body.Text, Entities: entities(body),
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: &off},
	}
	if buttons != nil {
		p.ReplyMarkup = *buttons
	}
	if answers != 0 {
		p.ReplyParameters = &models.ReplyParameters{MessageID: answers, AllowSendingWithoutReply: true}
	}
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	sent, err := t.api.SendMessage(ctx, p)
	if err != nil {
		return "", classify(err, *status, failed)
	}
	return sourceID(sent.Chat.ID, sent.ID), nil
}

// Edit implements channels.Editor.
func (t *telegram) Edit(ctx context.Context, id string, m channels.Outgoing) error {
	return t.change(ctx, id, m.Body, keyboard(m.Buttons))
}

// change changes a message that was sent.
func (t *telegram) change(ctx context.Context, id string, body channels.Rich, buttons *markup) error {
	chat, number, _ := strings.Cut(id, ":")
	to, err := parseAddress(chat)
	message, wrong := strconv.Atoi(number)
	if err != nil || wrong != nil {
		return &channels.SendError{Reason: channels.Rejected, Err: errors.New("the message has no id of Telegram")}
	}
	off := true
	p := &tg.EditMessageTextParams{
		ChatID: to.chat, MessageID: message, Text: body.Text, Entities: entities(body),
		LinkPreviewOptions: &models.LinkPreviewOptions{IsDisabled: &off},
	}
	if buttons != nil {
		p.ReplyMarkup = *buttons
	}
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	if _, err = t.api.EditMessageText(ctx, p); err == nil || strings.Contains(err.Error(), "message is not modified") {
		return nil
	}
	return classify(err, *status, failed)
}

// Typing implements channels.Typer.
func (t *telegram) Typing(ctx context.Context, thread string) error {
	to, err := parseAddress(thread)
	if err != nil {
		return err
	}
	ctx, failed := channels.Traced(ctx)
	ctx, status := withStatus(ctx)
	if _, err = t.api.SendChatAction(ctx, &tg.SendChatActionParams{ChatID: to.chat, MessageThreadID: to.topic, Action: models.ChatActionTyping}); err != nil {
		return classify(err, *status, failed)
	}
	return nil
}

// replyTo notes the message that the next answer in a group refers to. A note that is lost costs only the quotation.
func (t *telegram) replyTo(thread string, message int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.reply) >= 10_000 {
		clear(t.reply)
	}
	t.reply[thread] = message
}

func (t *telegram) repliesTo(thread string) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.reply[thread]
}

// markup and button are the Bot API's inline keyboard. The library's type also sends empty fields ("copy_text"), which
// the API takes for a button without an action.
type markup struct {
	Rows [][]button `json:"inline_keyboard"`
}

type button struct {
	Text string `json:"text"`
	Data string `json:"callback_data"`
}

// keyboard puts short titles two in a row; nil without buttons.
func keyboard(buttons []bot.Button) *markup {
	const shortUnits, tinyUnits = 8, 2 // two short ones stand in a row, or six tiny ones, such as the numbers of a scale
	if len(buttons) == 0 {
		return nil
	}
	k := &markup{}
	for i, b := range buttons {
		title := strings.Join(strings.Fields(b.Title), " ")
		short := i > 0 && channels.UTF16.Len(title) <= shortUnits && channels.UTF16.Len(buttons[i-1].Title) <= shortUnits
		room := 2
		if i > 0 && channels.UTF16.Len(title) <= tinyUnits && channels.UTF16.Len(buttons[i-1].Title) <= tinyUnits {
			room = 6
		}
		if last := len(k.Rows) - 1; short && len(k.Rows[last]) < room {
			k.Rows[last] = append(k.Rows[last], button{title, b.Value})
			continue
		}
		k.Rows = append(k.Rows, []button{{title, b.Value}})
	}
	return k
}

// entities turns spans into Telegram's, which count UTF-16 units. Nothing in the text has to be escaped that way.
func entities(r channels.Rich) []models.MessageEntity {
	types := map[channels.Style]models.MessageEntityType{
		channels.Bold: models.MessageEntityTypeBold, channels.Italic: models.MessageEntityTypeItalic,
		channels.Strike: models.MessageEntityTypeStrikethrough, channels.Code: models.MessageEntityTypeCode,
		channels.Pre: models.MessageEntityTypePre, channels.Link: models.MessageEntityTypeTextLink,
	}
	var all []models.MessageEntity
	for _, s := range r.Spans {
		all = append(all, models.MessageEntity{
			Type: types[s.Style], URL: s.URL,
			Offset: channels.UTF16.Len(r.Text[:s.Start]), Length: channels.UTF16.Len(r.Text[s.Start:s.End]),
		})
	}
	return all
}

// classify says what a failed call means. failed, when given, judges a call without an answer. The library's errors are
// not passed on: they may hold the body of an answer.
func classify(err error, status int, failed func(error) *channels.SendError) *channels.SendError {
	var limited *tg.TooManyRequestsError
	var migrated *tg.MigrateError
	switch {
	case errors.As(err, &limited):
		return &channels.SendError{
			Reason: channels.RateLimited, RetryAfter: time.Duration(limited.RetryAfter) * time.Second, Err: errors.New("too many requests"),
		}
	case errors.As(err, &migrated):
		return &channels.SendError{
			Reason: channels.Moved, Thread: strconv.Itoa(migrated.MigrateToChatID), Err: errors.New("the group became a supergroup"),
		}
	}
	for code, sentinel := range map[int]error{
		http.StatusUnauthorized: tg.ErrorUnauthorized, http.StatusNotFound: tg.ErrorNotFound, http.StatusForbidden: tg.ErrorForbidden,
		http.StatusBadRequest: tg.ErrorBadRequest, http.StatusConflict: tg.ErrorConflict,
	} {
		if errors.Is(err, sentinel) {
			return byCode(code, err.Error())
		}
	}
	if status == 0 && failed != nil {
		return failed(err)
	}
	if status == 0 {
		return &channels.SendError{Reason: channels.Transient, Err: errors.New("the platform cannot be reached")}
	}
	return channels.StatusError(status, nil)
}

// byCode classifies an error that the Bot API reports. Its descriptions are not part of the documented interface; those
// that are matched here have been stable, and one that is not known rejects just this message.
func byCode(code int, description string) *channels.SendError {
	says := func(parts ...string) bool {
		for _, p := range parts {
			if strings.Contains(strings.ToLower(description), p) {
				return true
			}
		}
		return false
	}
	e := &channels.SendError{Reason: channels.Rejected, Err: fmt.Errorf("%d %s", code, shorten(description))}
	switch {
	case code == http.StatusTooManyRequests:
		e.Reason = channels.RateLimited
	case code == http.StatusUnauthorized || code == http.StatusNotFound:
		e.Reason = channels.Auth
	case code == http.StatusForbidden:
		e.Reason = channels.Blocked
	case code == http.StatusConflict:
		e.Reason = conflict
	case code >= 500:
		return channels.StatusError(code, nil)
	case says("thread not found", "topic_closed", "topic_deleted"):
		e.Reason = channels.Moved
	case says("parse entities", "entity", "button", "reply markup", "inline keyboard"):
		e.Reason = channels.Unformatted
	case says("chat not found", "user not found", "peer_id_invalid", "chat_write_forbidden", "have no rights", "not enough rights", "user is deactivated"):
		e.Reason = channels.Blocked
	}
	return e
}

// moved fills in where a thread moved to: a group that got a new number, or a topic that is gone.
func (t *telegram) moved(from address, e *channels.SendError) *channels.SendError {
	if e.Reason != channels.Moved {
		return e
	}
	to := from
	if chat, err := strconv.ParseInt(e.Thread, 10, 64); err == nil {
		to.chat = chat
	} else {
		to.topic = 0
	}
	if to == from {
		e.Reason = channels.Blocked
	}
	e.Thread = to.String()
	return e
}

// shorten keeps a description of the platform short.
func shorten(s string) string {
	const most = 120
	if len(s) <= most {
		return s
	}
	s = s[:most]
	for !utf8.ValidString(s) {
		s = s[:len(s)-1]
	}
	return s
}
