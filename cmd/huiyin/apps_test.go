package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// appMessage is what a platform got from the program for a customer: a text with buttons, or a file.
type appMessage struct {
	id      string // of the message, as the platform has it
	text    string
	buttons []appButton
	file    []byte
}

type appButton struct{ title, data string }

// telephone is where a customer reads in an app.
type telephone struct {
	t *testing.T

	mu    sync.Mutex
	posts []appMessage
	read  int           // of posts
	news  chan struct{} // closed when there is another one
}

func newTelephone(t *testing.T) *telephone { return &telephone{t: t, news: make(chan struct{})} }

// gets lets a message appear.
func (p *telephone) gets(m appMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts = append(p.posts, m)
	close(p.news)
	p.news = make(chan struct{})
}

// await reads on until a message fits.
func (p *telephone) await(what string, fits func(appMessage) bool) appMessage {
	p.t.Helper()
	late := time.After(time.Minute)
	for {
		p.mu.Lock()
		for p.read < len(p.posts) {
			m := p.posts[p.read]
			p.read++
			if fits(m) {
				p.mu.Unlock()
				return m
			}
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
		case <-late:
			p.t.Fatalf("%s does not come; on the telephone are %q", what, p.texts())
		}
	}
}

// shows reads on until a message has these words.
func (p *telephone) shows(words string) appMessage {
	p.t.Helper()
	return p.await(strconv.Quote(words), func(m appMessage) bool { return strings.Contains(m.text, words) })
}

// pictured reads on until a file comes, and returns its bytes.
func (p *telephone) pictured() []byte {
	p.t.Helper()
	return p.await("a file", func(m appMessage) bool { return m.file != nil }).file
}

// texts is everything that was ever shown.
func (p *telephone) texts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var all []string
	for _, m := range p.posts {
		all = append(all, m.text)
	}
	return all
}

// button is what pressing a button does.
func (m appMessage) button(t *testing.T, title string) string {
	t.Helper()
	at := slices.IndexFunc(m.buttons, func(b appButton) bool { return b.title == title })
	if at < 0 {
		t.Fatalf("no button %q under %q: %v", title, m.text, m.buttons)
	}
	return m.buttons[at].data
}

// telegramApp is as much of Telegram's Bot API as a customer's private chat needs: updates by long polling, texts with buttons, and
// photos both ways.
type telegramApp struct {
	*telephone
	*httptest.Server
	name string

	queue   sync.Mutex
	updates []string // those that were not confirmed, from first on
	first   int64
	more    chan struct{} // closed when there is another one
	sent    int           // messages in the chat
	photos  map[string][]byte
}

const (
	telegramToken = "12345678:AAfake-token_fake-token_fake-token"
	telegramChat  = 700
)

func newTelegramApp(t *testing.T, name string) *telegramApp {
	t.Helper()
	a := &telegramApp{telephone: newTelephone(t), name: name, first: 1, more: make(chan struct{}), photos: map[string][]byte{}}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

// happens queues an update; fields are those of its kind, with %d for a message's number.
func (a *telegramApp) happens(kind, fields string) {
	a.queue.Lock()
	defer a.queue.Unlock()
	a.sent++
	if strings.Contains(fields, "%d") {
		fields = fmt.Sprintf(fields, a.sent)
	}
	a.updates = append(a.updates, fmt.Sprintf(`{"update_id":%d,%q:{%s,"from":{"id":%d,"is_bot":false,"first_name":%q,"language_code":"zh-hans"}}}`,
		a.first+int64(len(a.updates)), kind, fields, telegramChat, a.name))
	close(a.more)
	a.more = make(chan struct{})
}

func (a *telegramApp) chat() string {
	return fmt.Sprintf(`"date":%d,"chat":{"id":%d,"type":"private"}`, clockOf(a.t).now().Unix(), telegramChat)
}

func (a *telegramApp) says(text string) {
	a.happens("message", fmt.Sprintf(`"message_id":%%d,%s,"text":%q`, a.chat(), text))
}

func (a *telegramApp) sends(picture []byte) {
	a.queue.Lock()
	id := fmt.Sprint("photo", len(a.photos))
	a.photos[id] = picture
	a.queue.Unlock()
	a.happens("message", fmt.Sprintf(`"message_id":%%d,%s,"photo":[{"file_id":%q,"file_unique_id":"u","width":30,"height":20,"file_size":%d}]`, a.chat(), id, len(picture)))
}

func (a *telegramApp) presses(m appMessage, title string) {
	a.t.Helper()
	a.happens("callback_query", fmt.Sprintf(`"id":"q%s","chat_instance":"1","data":%q,"message":{"message_id":%s,%s,"text":"x"}`, m.id, m.button(a.t, title), m.id, a.chat()))
}

func (a *telegramApp) serve(w http.ResponseWriter, r *http.Request) {
	result := func(v any) { _ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": v}) }
	if id, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+telegramToken+"/photos/"); ok {
		a.queue.Lock()
		defer a.queue.Unlock()
		_, _ = w.Write(a.photos[id])
		return
	}
	switch method := strings.TrimPrefix(r.URL.Path, "/bot"+telegramToken+"/"); method {
	case "getMe":
		result(map[string]any{"id": 12345678, "is_bot": true, "first_name": "Shop", "username": "ShopBot"})
	case "getUpdates":
		if all, ok := a.poll(r); ok {
			result(all)
		}
	case "getFile":
		result(map[string]any{"file_id": r.FormValue("file_id"), "file_path": "photos/" + r.FormValue("file_id")})
	case "sendMessage", "sendPhoto":
		m := appMessage{text: r.FormValue("text")}
		if part, _, err := r.FormFile("photo"); err == nil {
			m.file, _ = io.ReadAll(part)
		}
		var keyboard struct {
			Rows [][]struct{ Text, Callback_data string } `json:"inline_keyboard"`
		}
		_ = json.Unmarshal([]byte(r.FormValue("reply_markup")), &keyboard)
		for _, b := range slices.Concat(keyboard.Rows...) {
			m.buttons = append(m.buttons, appButton{b.Text, b.Callback_data})
		}
		a.queue.Lock()
		a.sent++
		n := a.sent
		a.queue.Unlock()
		m.id = strconv.Itoa(n)
		a.gets(m)
		result(map[string]any{"message_id": n, "date": clockOf(a.t).now().Unix(), "chat": map[string]any{"id": telegramChat, "type": "private"}})
	default: // webhooks, typing, answers to presses, buttons that are taken away
		result(true)
	}
}

// poll waits for updates, and forgets those that are confirmed.
func (a *telegramApp) poll(r *http.Request) (all []json.RawMessage, ok bool) {
	var q struct{ Offset, Timeout int64 }
	_ = json.NewDecoder(r.Body).Decode(&q)
	late := time.After(time.Duration(q.Timeout) * time.Second)
	for {
		a.queue.Lock()
		if n := q.Offset - a.first; n > 0 {
			a.updates, a.first = a.updates[min(n, int64(len(a.updates))):], q.Offset
		}
		for _, u := range a.updates {
			all = append(all, json.RawMessage(u))
		}
		more := a.more
		a.queue.Unlock()
		if len(all) > 0 {
			return all, true
		}
		select {
		case <-more:
		case <-late:
			return []json.RawMessage{}, true
		case <-r.Context().Done():
			return nil, false
		}
	}
}

// slackApp is as much of Slack as a direct conversation with the app needs: events over HTTP, texts with buttons, files both ways.
type slackApp struct {
	*telephone
	*httptest.Server
	p     *program // is told what happens
	name  string
	ts    int
	files sync.Map // id → bytes
}

func newSlackApp(t *testing.T, name string) *slackApp {
	t.Helper()
	a := &slackApp{telephone: newTelephone(t), name: name}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

// stamp is a time that no other message has. Slack tells one message apart from another by it.
func (a *slackApp) stamp() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.ts++
	return fmt.Sprintf("%d.%06d", clockOf(a.t).now().Unix(), a.ts)
}

func (a *slackApp) says(text string) {
	a.t.Helper()
	a.p.event(a.t, "application/json", fmt.Sprintf(`{"type":"event_callback","event":{"type":"message","channel":"D0CUST","channel_type":"im","user":"U0CUST","text":%q,"ts":%q}}`, text, a.stamp()))
}

func (a *slackApp) sends(picture []byte) {
	a.t.Helper()
	id := "F0" + strconv.Itoa(len(picture))
	a.files.Store(id, picture)
	a.p.event(a.t, "application/json", fmt.Sprintf(`{"type":"event_callback","event":{"type":"message","subtype":"file_share","channel":"D0CUST","channel_type":"im","user":"U0CUST","text":"","ts":%q,`+
		`"files":[{"id":%q,"name":"photo.png","mimetype":"image/png","size":%d,"url_private":%q}]}}`, a.stamp(), id, len(picture), a.URL+"/files/"+id))
}

func (a *slackApp) presses(m appMessage, title string) {
	a.t.Helper()
	payload := fmt.Sprintf(`{"type":"block_actions","user":{"id":"U0CUST"},"channel":{"id":"D0CUST"},"message":{"ts":%q},"actions":[{"action_ts":%q,"value":%q,"text":{"text":%q}}]}`,
		m.id, a.stamp(), m.button(a.t, title), title)
	a.p.event(a.t, "application/x-www-form-urlencoded", url.Values{"payload": {payload}}.Encode())
}

func (a *slackApp) serve(w http.ResponseWriter, r *http.Request) {
	result := func(v map[string]any) {
		v["ok"] = true
		_ = json.NewEncoder(w).Encode(v)
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/files/"); ok {
		data, _ := a.files.Load(id)
		picture, _ := data.([]byte)
		_, _ = w.Write(picture)
		return
	}
	if id, ok := strings.CutPrefix(r.URL.Path, "/upload/"); ok {
		if part, _, err := r.FormFile("file"); err == nil {
			data, _ := io.ReadAll(part)
			a.files.Store(id, data)
		}
		return
	}
	switch method := strings.TrimPrefix(r.URL.Path, "/api/"); method {
	case "auth.test":
		result(map[string]any{"user_id": "U0BOT", "team_id": "T1"})
	case "users.info":
		result(map[string]any{"user": map[string]any{"id": "U0CUST", "real_name": a.name, "locale": "en-US"}})
	case "chat.postMessage":
		m := appMessage{id: a.stamp(), text: blocksText(r.FormValue("blocks")), buttons: blocksButtons(r.FormValue("blocks"))}
		a.gets(m)
		result(map[string]any{"channel": r.FormValue("channel"), "ts": m.id})
	case "files.getUploadURLExternal":
		id := "F1" + r.FormValue("length")
		result(map[string]any{"upload_url": a.URL + "/upload/" + id, "file_id": id})
	case "files.completeUploadExternal":
		var files []struct{ ID string }
		_ = json.Unmarshal([]byte(r.FormValue("files")), &files)
		for _, f := range files {
			if data, ok := a.files.Load(f.ID); ok {
				a.gets(appMessage{file: data.([]byte)})
			}
		}
		result(map[string]any{"files": []map[string]any{{"id": files[0].ID}}})
	default:
		result(map[string]any{"channel": r.FormValue("channel"), "ts": r.FormValue("ts")})
	}
}

// block is what is looked at of Slack's blocks.
type block struct {
	Type     string
	Text     json.RawMessage
	Value    string
	Elements []block
}

// blocksText is the text of all blocks, as the app shows it.
func blocksText(raw string) string {
	var all []block
	_ = json.Unmarshal([]byte(raw), &all)
	var b strings.Builder
	var walk func([]block)
	walk = func(list []block) {
		for _, e := range list {
			var text string
			if e.Type != "button" && json.Unmarshal(e.Text, &text) == nil {
				b.WriteString(text)
			}
			walk(e.Elements)
		}
	}
	walk(all)
	return b.String()
}

func blocksButtons(raw string) (buttons []appButton) {
	var all []block
	_ = json.Unmarshal([]byte(raw), &all)
	for _, b := range all {
		for _, e := range b.Elements {
			var title struct{ Text string }
			if e.Type == "button" && json.Unmarshal(e.Text, &title) == nil {
				buttons = append(buttons, appButton{title.Text, e.Value})
			}
		}
	}
	return buttons
}
