package telegram_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels/channelstest"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/store/mem"
)

const deskChat = -1001234567890

// office is the fake with a group in which a team works.
type office struct{ *fake }

func startOffice(webhook bool) func(*testing.T, *channelstest.Network) channelstest.Platform {
	return func(t *testing.T, n *channelstest.Network) channelstest.Platform {
		return office{start(webhook)(t, n).(*fake)}
	}
}

func (o office) Settings() string {
	return o.fake.Settings() + fmt.Sprintf("desk_chat = \"%d\"\ndesk_agents = [\"801=lin@shop.example\", \"802=max@shop.example\"]\n", deskChat)
}

func (o office) Trip(faults ...channelstest.Fault) { o.other.Add(faults...) }

func (o office) Member(name string) string {
	return map[string]string{"lin": "801", "max": "802", "eve": "803"}[name]
}

// topic makes or renames a topic of the team's group.
func (f *fake) topic(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	name := r.FormValue("name")
	number, _ := strconv.Atoi(r.FormValue("message_thread_id"))
	code := ""
	switch {
	case r.FormValue("chat_id") != strconv.Itoa(deskChat):
		code = "chat not found"
	case name == "" || len([]rune(name)) > 128:
		code = "TOPIC_TITLE_INVALID"
	case number != 0 && f.forum[number] == "":
		code = "TOPIC_ID_INVALID"
	case number != 0 && f.forum[number] == name:
		code = "TOPIC_NOT_MODIFIED"
	}
	if code != "" {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: " + code})
		return
	}
	if number == 0 {
		f.message++
		number = f.message
	}
	if f.forum == nil {
		f.forum = map[int]string{}
	}
	renamed := f.forum[number] != ""
	f.forum[number] = name
	if renamed {
		reply(w, true)
		return
	}
	reply(w, map[string]any{"message_thread_id": number, "name": name, "icon_color": 7322096})
}

// remember keeps what the buttons under a message do: somebody may have the old message before her still.
func (f *fake) remember(id string, r *http.Request) {
	var keyboard struct {
		Rows [][]struct{ Text, Callback_data string } `json:"inline_keyboard"`
	}
	_ = json.Unmarshal([]byte(r.FormValue("reply_markup")), &keyboard) // read has checked it
	if f.presses == nil {
		f.presses = map[string]string{}
	}
	for _, b := range slices.Concat(keyboard.Rows...) {
		f.presses[id+b.Text] = b.Callback_data
	}
}

// inGroup are the messages in a topic of the group ("": in any) that match.
func (o office) inGroup(topic string, match func(i int, s channelstest.Shown) bool) []channelstest.Shown {
	o.mu.Lock()
	defer o.mu.Unlock()
	found := []channelstest.Shown{}
	for i, s := range o.ledger {
		if s.Thread == strconv.Itoa(deskChat) && (topic == "" || o.topics[i] == topic) && match(i, s) {
			found = append(found, s)
		}
	}
	return found
}

// isCard tells a card by the keyboard that it was sent with.
func (o office) isCard(i int, _ channelstest.Shown) bool {
	return len(o.markups[i]) > 0
}

func (o office) topicOf(card channelstest.Shown) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.topics[slices.IndexFunc(o.ledger, func(s channelstest.Shown) bool { return s.ID == card.ID })]
}

func (o office) Cards() []channelstest.Shown { return o.inGroup("", o.isCard) }

// Entries begin with an author in bold, are in italics, or are files; what a member is told is plain.
func (o office) Entries(card channelstest.Shown) []channelstest.Shown {
	return o.inGroup(o.topicOf(card), func(i int, s channelstest.Shown) bool { return !o.isCard(i, s) && (s.Format != "" || len(s.Files) > 0) })
}

func (o office) Whispers(string) []string {
	return channelstest.Texts(o.inGroup("", func(i int, s channelstest.Shown) bool { return !o.isCard(i, s) && s.Format == "" && len(s.Files) == 0 }))
}

func (o office) place(card channelstest.Shown) string {
	return fmt.Sprintf(`"chat":{"id":%d,"type":"supergroup","title":"Desk","is_forum":true},"is_topic_message":true,"message_thread_id":%s`, deskChat, o.topicOf(card))
}

func (o office) from(name string) string {
	return fmt.Sprintf(`"from":{"id":%s,"is_bot":false,"first_name":%q}`, o.Member(name), name)
}

func (o office) Write(name string, card channelstest.Shown, text string) string {
	o.mu.Lock()
	o.message++
	id := o.message
	o.mu.Unlock()
	o.deliver(fmt.Sprintf(`"message":{"message_id":%d,"date":%d,%s,%s,"text":%s}`, id, time.Now().Unix(), o.place(card), o.from(name), quote(text)))
	return strconv.Itoa(id)
}

func (o office) Amend(name string, card channelstest.Shown, message, text string) {
	o.deliver(fmt.Sprintf(`"edited_message":{"message_id":%s,"date":%d,"edit_date":%d,%s,%s,"text":%s}`,
		message, time.Now().Unix(), time.Now().Unix(), o.place(card), o.from(name), quote(text)))
}

func (o office) Retract(string, channelstest.Shown, string) bool { return false }

func (o office) Click(name string, card channelstest.Shown, title string) {
	o.mu.Lock()
	data := o.presses[card.ID+title]
	o.update++
	query := o.update
	o.mu.Unlock()
	if data == "" {
		o.t.Errorf("nothing under the card is titled %q", title)
	}
	o.deliver(fmt.Sprintf(`"callback_query":{"id":"q%d","chat_instance":"1","data":%s,%s,"message":{"message_id":%s,"date":%d,%s,"text":"x"}}`,
		query, quote(data), o.from(name), strings.TrimPrefix(card.ID, strconv.Itoa(deskChat)+":"), time.Now().Unix(), o.place(card)))
}

const lobby = -55

func (o office) inLobby(from, fields string) {
	o.mu.Lock()
	o.message++
	id := o.message
	o.mu.Unlock()
	o.deliver(fmt.Sprintf(`"message":{"message_id":%d,"date":%d,"chat":{"id":%d,"type":"supergroup","title":"Fans"},%s,%s}`, id, time.Now().Unix(), lobby, from, fields))
}

// Public mentions the bot in a group.
func (o office) Public(text string) string {
	o.inLobby(fmt.Sprintf(`"from":{"id":%d,"is_bot":false,"first_name":"Lin"}`, lin),
		fmt.Sprintf(`"text":%s,"entities":[{"type":"mention","offset":0,"length":8}]`, quote("@ShopBot "+text)))
	return fmt.Sprintf("%d@%d", lobby, lin)
}

// Answer replies to what the customer wrote.
func (o office) Answer(name, text string) {
	o.inLobby(o.from(name), fmt.Sprintf(`"text":%s,"reply_to_message":{"message_id":1,"date":1,"chat":{"id":%d,"type":"supergroup"},"from":{"id":%d,"is_bot":false,"first_name":"Lin"},"text":"x"}`,
		quote(text), lobby, lin))
}

func deskSuite(t *testing.T, webhook bool) channelstest.DeskSuite {
	t.Helper()
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	s := suite(webhook)
	s.Start = startOffice(webhook)
	s.Store = func() bot.Store { return mem.New(mem.Options{Now: time.Now}) }
	return channelstest.DeskSuite{Suite: s, Words: words}
}

func TestDeskByPolling(t *testing.T) { channelstest.RunDesk(t, deskSuite(t, false)) }

func TestDeskByWebhook(t *testing.T) { channelstest.RunDesk(t, deskSuite(t, true)) }
