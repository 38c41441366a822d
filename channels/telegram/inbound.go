package telegram

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	tg "github.com/go-telegram/bot"
	"github.com/go-telegram/bot/models"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/nlp"
)

func allowedUpdates() []string {
	return []string{models.AllowedUpdateMessage, models.AllowedUpdateEditedMessage, models.AllowedUpdateCallbackQuery}
}

// update is what we make of one.
type update struct {
	id    int64
	event *bot.Inbound // nil: nothing for us
	press string       // id of the pressed button's query, which Telegram wants answered
}

// read maps one update. An authentic one that cannot be read becomes an event of KindUnknown.
func (t *telegram) read(raw []byte) update {
	var in models.Update
	if err := json.Unmarshal(raw, &in); err != nil {
		var only struct {
			ID int64 `json:"update_id"`
		}
		_ = json.Unmarshal(raw, &only) // without a number the poll is confirmed by the others
		return update{id: only.ID, event: t.unreadable(raw)}
	}
	u := update{id: in.ID}
	switch {
	case in.Message != nil:
		u.event = t.message(in.Message, bot.KindMessage)
	case in.EditedMessage != nil:
		u.event = t.message(in.EditedMessage, bot.KindEdit)
	case in.CallbackQuery != nil:
		u.press = in.CallbackQuery.ID
		u.event = t.press(in.CallbackQuery)
	default:
		u.event = t.unreadable(raw)
	}
	return u
}

// unreadable names an event by its content, so that its repetition has the same name.
func (t *telegram) unreadable(raw []byte) *bot.Inbound {
	sum := sha256.Sum256(raw)
	e := channels.Unreadable(t.deps.Inbox.ID, "raw:"+hex.EncodeToString(sum[:16]), raw, t.deps.Now())
	return &e
}

// message maps a message or an edit; nil when it is not for us: from a bot, in a group without addressing us, or about
// the chat itself.
func (t *telegram) message(m *models.Message, kind bot.EventKind) *bot.Inbound {
	if m.From == nil || m.From.IsBot || m.SenderChat != nil || m.Chat.Type == models.ChatTypeChannel {
		return nil
	}
	text, files := content(m)
	if text == "" && len(files) == 0 {
		return nil
	}
	if t.onBoard(m.Chat) {
		return t.staff(m, kind, text, files)
	}
	thread := address{chat: m.Chat.ID}
	if m.Chat.Type != models.ChatTypePrivate {
		if m.IsTopicMessage {
			thread.topic = m.MessageThreadID
		}
		thread.user = m.From.ID
		if t.Groups != "off" && kind == bot.KindMessage && t.native(m) {
			thread.user = m.ReplyToMessage.From.ID
			return t.ofTeam(m, kind, thread, text, files)
		}
		if t.Groups == "off" || !t.addressed(m) {
			return nil
		}
		t.replyTo(thread.String(), m.ID)
	}
	id := sourceID(m.Chat.ID, m.ID)
	e := &bot.Inbound{
		Inbox: t.deps.Inbox.ID, SourceID: id, Kind: kind, Thread: thread.String(), From: person(m.From),
		Text: t.command(text, m.From), Files: files, At: time.Unix(int64(m.Date), 0),
	}
	if kind == bot.KindEdit {
		edited(e, m, text)
	}
	return e
}

// edited makes an event that of an edit: each edit of a message has a name of its own.
func edited(e *bot.Inbound, m *models.Message, text string) {
	sum := sha256.Sum256([]byte(text))
	e.Target, e.SourceID = e.SourceID, fmt.Sprintf("edit:%s:%d:%x", e.SourceID, m.EditDate, sum[:6])
	e.At = time.Unix(int64(m.EditDate), 0)
}

// press maps a pressed button.
func (t *telegram) press(q *models.CallbackQuery) *bot.Inbound {
	chat, title := models.Chat{}, ""
	thread := address{}
	switch {
	case q.Message.Message != nil:
		chat = q.Message.Message.Chat
		title = buttonTitle(q.Message.Message.ReplyMarkup, q.Data)
		if q.Message.Message.IsTopicMessage {
			thread.topic = q.Message.Message.MessageThreadID
		}
	case q.Message.InaccessibleMessage != nil:
		chat = q.Message.InaccessibleMessage.Chat
	}
	if chat.ID == 0 || q.Data == "" || q.ID == "" || q.From.IsBot {
		return nil
	}
	if t.onBoard(chat) {
		thread.chat = chat.ID
		return &bot.Inbound{
			Inbox: t.deps.Inbox.ID, SourceID: "press:" + q.ID, Kind: bot.KindPress, Thread: thread.String(), Staff: true,
			From: bot.Person{SourceID: strconv.FormatInt(q.From.ID, 10)}, Press: q.Data, At: t.deps.Now(),
		}
	}
	if thread.chat = chat.ID; chat.Type != models.ChatTypePrivate {
		thread.user = q.From.ID
	}
	return &bot.Inbound{
		Inbox: t.deps.Inbox.ID, SourceID: "press:" + q.ID, Kind: bot.KindPress, Thread: thread.String(), From: person(&q.From),
		Text: title, Press: q.Data, At: t.deps.Now(),
	}
}

func buttonTitle(keyboard *models.InlineKeyboardMarkup, data string) string {
	if keyboard != nil {
		for _, row := range keyboard.InlineKeyboard {
			for _, b := range row {
				if b.CallbackData == data {
					return b.Text
				}
			}
		}
	}
	return ""
}

// stopSpinner ends the waiting sign on a pressed button; best effort, and never in the way of events.
func (t *telegram) stopSpinner(ctx context.Context, id string) {
	select {
	case t.busy <- struct{}{}:
	default:
		return
	}
	go func() {
		defer func() { <-t.busy }()
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		_, _ = t.api.AnswerCallbackQuery(ctx, &tg.AnswerCallbackQueryParams{CallbackQueryID: id}) // the sign goes by itself after a while
	}()
}

// content is the text of a message, and what is attached to it.
func content(m *models.Message) (string, []bot.File) {
	var files []bot.File
	add := func(id, name, mediaType string, size int64) {
		files = append(files, bot.File{Name: name, Type: mediaType, Size: size, URL: fileScheme + id})
	}
	if n := len(m.Photo); n > 0 {
		add(m.Photo[n-1].FileID, "photo.jpg", "image/jpeg", int64(m.Photo[n-1].FileSize))
	}
	if d := m.Document; d != nil {
		add(d.FileID, cmp.Or(d.FileName, "document"), d.MimeType, d.FileSize)
	}
	if v := m.Voice; v != nil {
		add(v.FileID, "voice.ogg", cmp.Or(v.MimeType, "audio/ogg"), v.FileSize)
	}
	if a := m.Audio; a != nil {
		add(a.FileID, cmp.Or(a.FileName, "audio"), a.MimeType, a.FileSize)
	}
	if v := m.Video; v != nil {
		add(v.FileID, cmp.Or(v.FileName, "video.mp4"), cmp.Or(v.MimeType, "video/mp4"), v.FileSize)
	}
	if v := m.VideoNote; v != nil {
		add(v.FileID, "video.mp4", "video/mp4", int64(v.FileSize))
	}
	text := cmp.Or(m.Text, m.Caption)
	switch {
	case m.Sticker != nil:
		add(m.Sticker.FileID, "sticker.webp", "image/webp", int64(m.Sticker.FileSize))
		text = m.Sticker.Emoji
	case m.Location != nil:
		text = fmt.Sprintf("📍 %.5f, %.5f", m.Location.Latitude, m.Location.Longitude)
	case m.Contact != nil:
		text = strings.TrimSpace(m.Contact.FirstName + " " + m.Contact.LastName + " " + m.Contact.PhoneNumber)
	case m.Dice != nil:
		text = m.Dice.Emoji
	}
	return text, files
}

// addressed reports whether a message in a group is meant for us: a reply to us, our name, or a command with our name.
func (t *telegram) addressed(m *models.Message) bool {
	me := t.self.Load()
	if me == nil {
		return false
	}
	if r := m.ReplyToMessage; r != nil && r.From != nil && r.From.ID == me.ID {
		return true
	}
	text, entities := m.Text, m.Entities
	if text == "" {
		text, entities = m.Caption, m.CaptionEntities
	}
	units := utf16.Encode([]rune(text))
	for _, e := range entities {
		if e.Type == models.MessageEntityTypeTextMention && e.User != nil && e.User.ID == me.ID {
			return true
		}
		if e.Offset < 0 || e.Length < 0 || e.Offset > len(units) || e.Length > len(units)-e.Offset {
			continue
		}
		word := string(utf16.Decode(units[e.Offset : e.Offset+e.Length]))
		switch e.Type {
		case models.MessageEntityTypeMention:
			if strings.EqualFold(word, "@"+me.Username) {
				return true
			}
		case models.MessageEntityTypeBotCommand:
			if _, to, ok := strings.Cut(word, "@"); ok && strings.EqualFold(to, me.Username) {
				return true
			}
		}
	}
	return false
}

// command takes our name out of a text, and makes a word of a command: /human is "human". /start, which Telegram sends
// when somebody opens the bot, is a greeting in the language of her app.
func (t *telegram) command(text string, from *models.User) string {
	if me := t.self.Load(); me != nil && me.Username != "" {
		text = withoutName(text, "@"+me.Username)
	}
	rest, ok := strings.CutPrefix(text, "/")
	if !ok {
		return text
	}
	if word, _, _ := strings.Cut(rest, " "); strings.EqualFold(word, "start") {
		if language(from.LanguageCode).Base() == nlp.LangChinese {
			return "你好"
		}
		return "hello"
	}
	return rest
}

// withoutName removes every mention of a name, in any case, that is not part of a longer name.
func withoutName(text, name string) string {
	var b strings.Builder
	for at := 0; at < len(text); {
		end := at + len(name)
		if text[at] == '@' && end <= len(text) && strings.EqualFold(text[at:end], name) && (end == len(text) || !nameByte(text[end])) {
			at = end
			continue
		}
		b.WriteByte(text[at])
		at++
	}
	return strings.TrimSpace(b.String())
}

func nameByte(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

func person(u *models.User) bot.Person {
	p := bot.Person{SourceID: strconv.FormatInt(u.ID, 10), Name: strings.TrimSpace(u.FirstName + " " + u.LastName), Lang: language(u.LanguageCode)}
	if u.Username != "" {
		p.Attrs = map[string]string{"username": "@" + u.Username}
	}
	return p
}

// language maps the language of the customer's app.
func language(code string) nlp.Lang {
	switch code = strings.ToLower(code); {
	case code == "zh-hant" || code == "zh-tw" || code == "zh-hk":
		return nlp.LangHant
	case code == "zh-hans" || code == "zh-cn":
		return nlp.LangHans
	case code == "zh" || strings.HasPrefix(code, "zh-"):
		return nlp.LangChinese
	case code == "en" || strings.HasPrefix(code, "en-"):
		return nlp.LangEnglish
	default:
		return ""
	}
}
