package main

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/console"
)

// workspace is as much of Slack as a team's board needs: it shows messages, and tells what was shown.
type workspace struct {
	*httptest.Server
	shown chan shownBlocks
}

type shownBlocks struct{ method, channel, thread, ts, blocks string }

func newWorkspace(t *testing.T) *workspace {
	t.Helper()
	w := &workspace{shown: make(chan shownBlocks, 100)}
	n := 0 // the bridge makes one call at a time
	w.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		method := strings.TrimPrefix(r.URL.Path, "/api/")
		answer := map[string]any{"ok": true, "user_id": "U0BOT", "team_id": "T1", "channel": r.FormValue("channel"), "ts": r.FormValue("ts")}
		if method == "chat.postMessage" {
			n++
			answer["ts"] = fmt.Sprintf("1700000000.%06d", n)
		}
		if strings.HasPrefix(method, "chat.") {
			w.shown <- shownBlocks{method, r.FormValue("channel"), r.FormValue("thread_ts"), fmt.Sprint(answer["ts"]), r.FormValue("blocks")}
		}
		_ = json.NewEncoder(rw).Encode(answer)
	}))
	t.Cleanup(w.Close)
	return w
}

// next waits for what is shown next that has these words in it.
func (w *workspace) next(t *testing.T, words string) shownBlocks {
	t.Helper()
	late := time.After(time.Minute)
	for {
		select {
		case s := <-w.shown:
			if strings.Contains(s.blocks, words) {
				return s
			}
		case <-late:
			t.Fatalf("nothing with %q is shown", words)
		}
	}
}

// event posts what Slack would, again while the program is not ready for it.
func (p *program) event(t *testing.T, contentType, body string) {
	t.Helper()
	late := time.After(time.Minute)
	for status := 0; status != http.StatusOK; {
		switch status = p.post(t, contentType, body); status {
		case http.StatusOK:
		case http.StatusServiceUnavailable:
			select {
			case <-time.After(100 * time.Millisecond):
			case <-late:
				t.Fatal("the program does not become ready for events")
			}
		default:
			t.Fatalf("the event is answered %d", status)
		}
	}
}

// post makes one signed request.
func (p *program) post(t *testing.T, contentType, body string) (status int) {
	t.Helper()
	at := fmt.Sprint(p.app.Now().Unix())
	mac := hmac.New(sha256.New, []byte("signing-secret-of-tests"))
	fmt.Fprintf(mac, "v0:%s:%s", at, body)
	r, err := http.NewRequest(http.MethodPost, p.url+"/channels/slack/", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", at)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

func (p *program) inThread(t *testing.T, card shownBlocks, ts, text string) {
	t.Helper()
	text = strings.ReplaceAll(text, ">", "&gt;")
	p.event(t, "application/json", fmt.Sprintf(`{"type":"event_callback","event":{"type":"message","channel":"C0DESK","channel_type":"group","user":"U0LIN","text":%q,"ts":%q,"thread_ts":%q}}`, text, ts, card.ts))
}

// ask lets a visitor of the web chat write.
func (p *program) ask(t *testing.T, id, text string) {
	t.Helper()
	r, err := http.NewRequest(http.MethodPost, p.url+"/channels/web/api/messages", strings.NewReader(fmt.Sprintf(`{"id":%q,"text":%q,"lang":"zh"}`, id, text)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+strings.Repeat("ab", 32))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		t.Fatal(resp.Status)
	}
}

// TestTheTeamWorksInSlack goes the whole way in the whole program, on a real file: a customer in the web chat, an agent in
// Slack, and a restart in between.
func TestTheTeamWorksInSlack(t *testing.T) {
	slack, dir := newWorkspace(t), t.TempDir()
	conf := fmt.Sprintf(`
[[inbox]]
id = "web"
channel = "webchat"
[[inbox]]
id = "slack"
channel = "slack"
[inbox.settings]
mode = "http"
bot_token = "xoxb-1"
signing_secret = "signing-secret-of-tests"
api_url = %q
desk_channel = "C0DESK"
desk_agents = ["U0LIN=lin@shop.example"]
`, slack.URL+"/api/")
	p := startWith(t, dir, conf)
	lin := bot.Agent{ID: "a-lin", Email: "lin@shop.example", Name: "Lin", Role: bot.RoleAgent, CreatedAt: p.app.Now()}
	if err := p.app.Store.SaveAgent(t.Context(), lin, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	p.ask(t, "client-0001", "转人工")
	card := slack.next(t, "desk:claim:")
	if card.channel != "C0DESK" || card.thread != "" {
		t.Errorf("the card stands in %q %q", card.channel, card.thread)
	}
	slack.next(t, "转人工")
	value := regexp.MustCompile(`desk:claim:\w+`).FindString(card.blocks)
	payload := fmt.Sprintf(`{"type":"block_actions","user":{"id":"U0LIN"},"channel":{"id":"C0DESK"},"message":{"ts":%q},"actions":[{"action_ts":"1.1","value":%q}]}`, card.ts, value)
	p.event(t, "application/x-www-form-urlencoded", url.Values{"payload": {payload}}.Encode())
	if now := slack.next(t, "Lin正在处理"); now.method != "chat.update" || now.ts != card.ts {
		t.Errorf("the claim is shown by %s of %s", now.method, now.ts)
	}
	p.inThread(t, card, "1700000100.000001", "先查一下物流")
	p.inThread(t, card, "1700000100.000002", ">> 您好，我是小林。")
	slack.next(t, "您好，我是小林。")
	p.stop()

	p = startWith(t, dir, conf)
	p.inThread(t, card, "1700000100.000002", ">> 您好，我是小林。") // Slack repeats it
	p.inThread(t, card, "1700000100.000003", ">> 明天送到。")
	slack.next(t, "明天送到。")
	checkTeamsConversation(t, p)
	reads := p.reads(t, "a-lin")
	slack.next(t, "正在控制台查看：Lin")
	reads()
	for {
		select {
		case s := <-slack.shown:
			if s.method == "chat.postMessage" && s.thread == "" {
				t.Errorf("a second card: %s", s.blocks)
			}
			continue
		default:
		}
		break
	}
}

// reads opens the one conversation in the console as an agent; the function that it returns closes it.
func (p *program) reads(t *testing.T, who bot.AgentID) (leave func()) {
	t.Helper()
	list, err := p.app.Store.Conversations(t.Context(), allConversations)
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	link, err := console.NewLink(t.Context(), p.app.Store, who, p.app.Now(), random)
	if err != nil {
		t.Fatal(err)
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	browser := &http.Client{Jar: jar}
	entered, err := browser.PostForm(p.url+"/console/login", url.Values{"once": {link}})
	if err != nil {
		t.Fatal(err)
	}
	entered.Body.Close()
	stream, err := browser.Get(p.url + "/console/live?at=" + string(list[0].ID))
	if err != nil || stream.StatusCode != http.StatusOK {
		t.Fatal(stream, err)
	}
	return func() { stream.Body.Close() }
}

// checkTeamsConversation compares what is stored with what was written in Slack.
func checkTeamsConversation(t *testing.T, p *program) {
	t.Helper()
	list, err := p.app.Store.Conversations(context.Background(), allConversations)
	if err != nil || len(list) != 1 || list[0].Agent != "a-lin" || list[0].Inbox != "web" {
		t.Fatalf("%+v, %v", list, err)
	}
	messages, err := p.app.Store.Messages(context.Background(), list[0].ID, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	var replies, notes []string
	for _, m := range messages {
		switch {
		case m.Author == bot.ByAgent && m.Private:
			notes = append(notes, m.Text)
		case m.Author == bot.ByAgent:
			replies = append(replies, m.Text)
		}
	}
	if !slices.Equal(replies, []string{"您好，我是小林。", "明天送到。"}) || !slices.Equal(notes, []string{"先查一下物流"}) {
		t.Errorf("replies %q, notes %q", replies, notes)
	}
}
