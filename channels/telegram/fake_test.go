package telegram_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf16"

	"huiyin/channels/channelstest"
)

const (
	apiHost = "api.telegram.test"
	token   = "12345678:AAfake-token_fake-token_fake-token"
	hookKey = "fake-webhook-secret_0123456789"
	lin     = 700 // the customer, and her private chat
)

// fake is Telegram: the Bot API, and its way of delivering updates by polling or webhook.
type fake struct {
	t       *testing.T
	webhook bool
	client  *http.Client
	faults  channelstest.Faults // of sendMessage
	polls   channelstest.Faults // of getUpdates
	other   channelstest.Faults // of all other methods
	ctx     context.Context

	mu      sync.Mutex
	pending []queued
	last    queued
	update  int64
	message int
	news    chan struct{} // closed when pending grows
	polling chan struct{} // closed when another poll begins
	hookURL string
	ledger  []channelstest.Shown
	markups []json.RawMessage
	calls   []string
	replies []int // message ids that sendMessage replied to, 0: none
	topics  []string
	forum   map[int]string    // the topics of the team's group, and their names
	presses map[string]string // message and title of a button → its data
	files   map[string][]byte // id of a file → its bytes
}

type queued struct {
	id  int64
	raw json.RawMessage
}

func start(webhook bool) func(*testing.T, *channelstest.Network) channelstest.Platform {
	return func(t *testing.T, n *channelstest.Network) channelstest.Platform {
		ctx, cancel := context.WithCancel(t.Context())
		f := &fake{t: t, webhook: webhook, client: n.Client(t), ctx: ctx, update: 1000, message: 10, news: make(chan struct{})}
		n.Serve(t, apiHost, http.HandlerFunc(f.serve))
		var pusher sync.WaitGroup
		if webhook {
			pusher.Go(f.push)
		}
		t.Cleanup(func() { cancel(); pusher.Wait() })
		return f
	}
}

func (f *fake) Settings() string {
	s := fmt.Sprintf("token = %q\napi_url = %q\n", token, "https://"+apiHost)
	if f.webhook {
		return s + fmt.Sprintf("mode = \"webhook\"\nwebhook_secret = %q\n", hookKey)
	}
	return s + "mode = \"polling\"\n"
}

func (f *fake) Secrets() []string                 { return []string{token, hookKey} }
func (f *fake) Thread() string                    { return strconv.Itoa(lin) }
func (f *fake) Fail(faults ...channelstest.Fault) { f.faults.Add(faults...) }
func (f *fake) Ledger() []channelstest.Shown {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ledger)
}
func (f *fake) Waiting() int    { f.mu.Lock(); defer f.mu.Unlock(); return len(f.pending) }
func (f *fake) Say(text string) { f.say(private(), fmt.Sprintf(`"text":%s`, quote(text))) }
func private() string           { return fmt.Sprintf(`"chat":{"id":%d,"type":"private"}`, lin) }
func quote(s string) string     { b, _ := json.Marshal(s); return string(b) }

// say delivers a message of the customer with these further fields.
func (f *fake) say(chat, fields string) {
	f.mu.Lock()
	f.message++
	body := fmt.Sprintf(`"message":{"message_id":%d,"date":%d,%s,"from":{"id":%d,"is_bot":false,"first_name":"Lin","username":"lin","language_code":"zh-hans"},%s}`,
		f.message, time.Now().Unix(), chat, lin, fields)
	f.mu.Unlock()
	f.deliver(body)
}

// deliver queues an update.
func (f *fake) deliver(body string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.update++
	f.queue(queued{f.update, json.RawMessage(fmt.Sprintf(`{"update_id":%d,%s}`, f.update, body))})
}

func (f *fake) queue(u queued) {
	f.last = u
	f.pending = append(f.pending, u)
	close(f.news)
	f.news = make(chan struct{})
}

func (f *fake) Repeat() { f.mu.Lock(); defer f.mu.Unlock(); f.queue(f.last) }

func (f *fake) Press(title string) {
	f.mu.Lock()
	n := len(f.ledger) - 1
	var keyboard struct {
		Rows [][]struct{ Text, Callback_data string } `json:"inline_keyboard"`
	}
	if err := json.Unmarshal(f.markups[n], &keyboard); err != nil {
		f.t.Error(err)
	}
	data := ""
	for _, b := range slices.Concat(keyboard.Rows...) {
		if b.Text == title {
			data = b.Callback_data
		}
	}
	body := fmt.Sprintf(`"callback_query":{"id":"q%d","chat_instance":"1","data":%s,"from":{"id":%d,"is_bot":false,"first_name":"Lin"},"message":{"message_id":%s,"date":%d,%s,"text":"x","reply_markup":%s}}`,
		f.update, quote(data), lin, strings.TrimPrefix(f.ledger[n].ID, strconv.Itoa(lin)+":"), time.Now().Unix(), private(), f.markups[n])
	f.mu.Unlock()
	f.deliver(body)
}

// push delivers updates to the webhook: in order, each until it is accepted, waiting longer after each refusal.
func (f *fake) push() {
	wait := time.Second
	for {
		f.mu.Lock()
		news, url := f.news, f.hookURL
		var head *queued
		if len(f.pending) > 0 && url != "" {
			head = &f.pending[0]
		}
		f.mu.Unlock()
		if head == nil {
			select {
			case <-news:
			case <-time.After(time.Second):
			case <-f.ctx.Done():
				return
			}
			continue
		}
		if f.post(f.ctx, url, http.MethodPost, head.raw, hookKey) == http.StatusOK {
			f.mu.Lock()
			f.pending = f.pending[1:]
			f.mu.Unlock()
			wait = time.Second
			continue
		}
		select {
		case <-time.After(wait):
			wait = min(2*wait, time.Minute)
		case <-f.ctx.Done():
			return
		}
	}
}

func (f *fake) post(ctx context.Context, url, method string, body []byte, key string) int {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		f.t.Error(err)
		return 0
	}
	r.Header.Set("X-Telegram-Bot-Api-Secret-Token", key)
	resp, err := f.client.Do(r)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}

// hooked is the fake by webhook, which can also be made to push what it never would.
type hooked struct{ *fake }

func (f hooked) Push(method string, body []byte, authentic bool) int {
	key := hookKey
	if !authentic {
		key = "forged"
	}
	return f.post(f.ctx, channelstest.Webhook, method, body, key)
}

func (f *fake) serve(w http.ResponseWriter, r *http.Request) {
	if path, ok := strings.CutPrefix(r.URL.Path, "/file/bot"+token+"/"); ok {
		f.download(w, path)
		return
	}
	method, ok := strings.CutPrefix(r.URL.Path, "/bot"+token+"/")
	if !ok {
		fail(w, channelstest.Fault{Status: 404, Code: "Not Found"})
		return
	}
	f.mu.Lock()
	f.calls = append(f.calls, method)
	f.mu.Unlock()
	answer := func(fault channelstest.Fault) { fail(w, fault) }
	switch method {
	case "sendMessage":
		f.faults.Serve(w, r, answer, f.sendMessage)
	case "sendPhoto", "sendDocument":
		f.faults.Serve(w, r, answer, func(w http.ResponseWriter, r *http.Request) { f.sendFile(w, r, method) })
	case "getUpdates":
		f.polls.Serve(w, r, answer, f.getUpdates)
	default:
		f.other.Serve(w, r, answer, func(w http.ResponseWriter, r *http.Request) { f.call(w, r, method) })
	}
}

func (f *fake) call(w http.ResponseWriter, r *http.Request, method string) {
	switch method {
	case "getMe":
		reply(w, map[string]any{"id": 12345678, "is_bot": true, "first_name": "Shop", "username": "ShopBot"})
	case "setWebhook":
		if r.FormValue("secret_token") != hookKey || !strings.HasPrefix(r.FormValue("url"), "https://") {
			fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: bad webhook"})
			return
		}
		f.mu.Lock()
		f.hookURL = r.FormValue("url")
		f.mu.Unlock()
		reply(w, true)
	case "deleteWebhook":
		if r.FormValue("drop_pending_updates") == "true" {
			f.t.Error("updates that wait are thrown away")
		}
		reply(w, true)
	case "getWebhookInfo":
		f.mu.Lock()
		defer f.mu.Unlock()
		reply(w, map[string]any{"url": f.hookURL, "pending_update_count": len(f.pending)})
	case "getFile":
		f.getFile(w, r)
	case "editMessageText":
		f.editMessageText(w, r)
	case "createForumTopic", "editForumTopic":
		f.topic(w, r)
	case "answerCallbackQuery", "sendChatAction":
		reply(w, true)
	default:
		fail(w, channelstest.Fault{Status: 404, Code: "Not Found: method not found"})
	}
}

// getUpdates keeps the poll open until there is something, and confirms what comes before the offset.
func (f *fake) getUpdates(w http.ResponseWriter, r *http.Request) {
	var q struct {
		Offset  int64
		Timeout int
		Allowed []string `json:"allowed_updates"`
	}
	if err := json.NewDecoder(r.Body).Decode(&q); err != nil || q.Offset < 0 || len(q.Allowed) == 0 {
		f.t.Errorf("getUpdates asks %+v (%v)", q, err)
	}
	over := time.NewTimer(time.Duration(q.Timeout) * time.Second)
	defer over.Stop()
	f.mu.Lock()
	if f.polling != nil {
		close(f.polling)
	}
	mine := make(chan struct{})
	f.polling = mine
	f.pending = slices.DeleteFunc(f.pending, func(u queued) bool { return u.id < q.Offset })
	defer func() {
		f.mu.Lock()
		if f.polling == mine {
			f.polling = nil
		}
		f.mu.Unlock()
	}()
	for len(f.pending) == 0 {
		news := f.news
		f.mu.Unlock()
		select {
		case <-news:
		case <-mine:
			fail(w, channelstest.Fault{Status: 409, Code: "Conflict: terminated by other getUpdates request"})
			return
		case <-over.C:
			reply(w, []int{})
			return
		case <-r.Context().Done():
			return
		}
		f.mu.Lock()
	}
	var result []json.RawMessage
	for _, u := range f.pending[:min(len(f.pending), 100)] {
		result = append(result, u.raw)
	}
	f.mu.Unlock()
	reply(w, result)
}

func (f *fake) sendMessage(w http.ResponseWriter, r *http.Request) {
	chat, err := strconv.ParseInt(r.FormValue("chat_id"), 10, 64)
	shown, code := read(r)
	if err != nil || code != "" {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: " + code})
		return
	}
	var replies struct {
		ID int `json:"message_id"`
	}
	_ = json.Unmarshal([]byte(r.FormValue("reply_parameters")), &replies)
	f.mu.Lock()
	defer f.mu.Unlock()
	if topic, err := strconv.Atoi(r.FormValue("message_thread_id")); chat == deskChat && (err != nil || f.forum[topic] == "") {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: message thread not found"})
		return
	}
	f.message++
	shown.ID, shown.Thread = fmt.Sprintf("%d:%d", chat, f.message), strconv.FormatInt(chat, 10)
	f.remember(shown.ID, r)
	f.ledger = append(f.ledger, shown)
	f.markups = append(f.markups, json.RawMessage(r.FormValue("reply_markup")))
	f.replies = append(f.replies, replies.ID)
	f.topics = append(f.topics, r.FormValue("message_thread_id"))
	reply(w, map[string]any{"message_id": f.message, "date": time.Now().Unix(), "chat": map[string]any{"id": chat, "type": "private"}})
}

func (f *fake) editMessageText(w http.ResponseWriter, r *http.Request) {
	shown, code := read(r)
	f.mu.Lock()
	defer f.mu.Unlock()
	at := slices.IndexFunc(f.ledger, func(s channelstest.Shown) bool { return s.ID == r.FormValue("chat_id")+":"+r.FormValue("message_id") })
	switch {
	case at < 0:
		code = "message to edit not found"
	case f.ledger[at].Text == shown.Text && f.ledger[at].Format == shown.Format && slices.Equal(f.ledger[at].Buttons, shown.Buttons):
		code = "message is not modified: specified new message content and reply markup are exactly the same"
	}
	if code != "" {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: " + code})
		return
	}
	shown.ID, shown.Thread, shown.Edited = f.ledger[at].ID, f.ledger[at].Thread, true
	f.ledger[at] = shown
	f.remember(shown.ID, r)
	reply(w, map[string]any{"message_id": 1, "date": 1, "chat": map[string]any{"id": lin, "type": "private"}})
}

// read checks a message as the Bot API does, and renders it as the app would.
func read(r *http.Request) (s channelstest.Shown, wrong string) {
	s.Text = r.FormValue("text")
	units := utf16.Encode([]rune(s.Text))
	switch {
	case r.FormValue("parse_mode") != "":
		return s, "can't parse entities: this fake wants entities"
	case strings.TrimSpace(s.Text) == "":
		return s, "message text is empty"
	case len(units) > 4096:
		return s, "message is too long"
	}
	var entities []struct {
		Type, URL      string
		Offset, Length int
	}
	var formats []string
	if raw := r.FormValue("entities"); raw != "" {
		if err := json.Unmarshal([]byte(raw), &entities); err != nil {
			return s, "can't parse entities: " + err.Error()
		}
	}
	for _, e := range entities {
		if e.Offset < 0 || e.Length < 1 || e.Offset+e.Length > len(units) {
			return s, "can't parse entities: out of range"
		}
		word := string(utf16.Decode(units[e.Offset : e.Offset+e.Length]))
		if e.Type == "text_link" {
			word += "→" + e.URL
		}
		names := map[string]string{"text_link": "link", "strikethrough": "strike"}
		name := names[e.Type]
		if name == "" {
			name = e.Type
		}
		formats = append(formats, name+"("+word+")")
	}
	s.Format = strings.Join(formats, " ")
	if raw := r.FormValue("reply_markup"); raw != "" {
		var k struct {
			Rows [][]map[string]string `json:"inline_keyboard"`
		}
		if err := json.Unmarshal([]byte(raw), &k); err != nil {
			return s, "can't parse reply keyboard markup JSON object"
		}
		for _, b := range slices.Concat(k.Rows...) {
			if len(b) != 2 || b["text"] == "" || b["callback_data"] == "" || len(b["callback_data"]) > 64 {
				return s, "BUTTON_DATA_INVALID"
			}
			s.Buttons = append(s.Buttons, b["text"])
		}
	}
	return s, ""
}

func reply(w http.ResponseWriter, result any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": true, "result": result})
}

// fail answers with an error; a code "migrate:N" tells the group's new number.
func fail(w http.ResponseWriter, fault channelstest.Fault) {
	parameters := map[string]any{}
	if fault.RetryAfter > 0 {
		parameters["retry_after"] = int(fault.RetryAfter.Seconds())
	}
	if to, ok := strings.CutPrefix(fault.Code, "migrate:"); ok {
		n, _ := strconv.Atoi(to)
		parameters["migrate_to_chat_id"] = n
		fault.Code = "Bad Request: group chat was upgraded to a supergroup chat"
	}
	if fault.Code == "" {
		fault.Code = http.StatusText(fault.Status)
	}
	w.WriteHeader(fault.Status)
	_ = json.NewEncoder(w).Encode(map[string]any{"ok": false, "error_code": fault.Status, "description": fault.Code, "parameters": parameters})
}
