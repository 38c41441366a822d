package webchat_test

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
)

// visitor is a browser with the chat page open: it keeps what is written until the server has stored it, follows the
// stream, and merges what it is shown by number, as chat.js does.
type visitor struct {
	t      *testing.T
	client *http.Client
	ctx    context.Context

	mu    sync.Mutex
	wrote int
	queue []map[string]any
	last  map[string]any
	news  chan struct{} // closed when queue grows
	open  chan struct{} // closed while the stream is open
	shown map[uint64]shownView
}

// shownView is a message as the page gets it.
type shownView struct {
	Seq     uint64
	From    string
	Text    string
	HTML    string
	Buttons []struct{ Title, Value string }
	Files   []struct{ Name, URL string }
}

func startVisitor(t *testing.T, n *channelstest.Network) channelstest.Platform {
	ctx, cancel := context.WithCancel(t.Context())
	v := &visitor{t: t, client: n.Client(t), ctx: ctx, news: make(chan struct{}), open: make(chan struct{}), shown: map[uint64]shownView{}}
	var running sync.WaitGroup
	running.Go(v.flush)
	running.Go(v.listen)
	t.Cleanup(func() { cancel(); running.Wait() })
	return v
}

func (v *visitor) Settings() string  { return "per_minute = 60\ntitle = \"Shop\"\n" }
func (v *visitor) Secrets() []string { return []string{token} }
func (v *visitor) Fail(...channelstest.Fault) {
	v.t.Error("nothing between the page and its server can fail a message")
}
func (v *visitor) Say(text string) { v.post(map[string]any{"text": text}) }
func (v *visitor) Waiting() int    { v.mu.Lock(); defer v.mu.Unlock(); return len(v.queue) }
func (v *visitor) Thread() string {
	sum := sha256.Sum256([]byte("huiyin webchat " + token))
	return "v" + hex.EncodeToString(sum[:16])
}

// SayFile uploads a file as the page does, and sends it with the next message.
func (v *visitor) SayFile(name, _ string, data []byte, text string) {
	resp, err := v.do(http.MethodPost, "api/files?name="+url.QueryEscape(name), bytes.NewReader(data))
	if err != nil {
		v.t.Error(err)
		return
	}
	defer resp.Body.Close()
	var f struct{ ID, Name string }
	if err := json.NewDecoder(resp.Body).Decode(&f); err != nil || resp.StatusCode != http.StatusCreated {
		v.t.Errorf("the upload is answered %s: %v", resp.Status, err)
	}
	v.post(map[string]any{"text": text, "files": []map[string]string{{"id": f.ID, "name": f.Name}}})
}

// post puts a message into the browser's queue, under a name of its own.
func (v *visitor) post(m map[string]any) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.wrote++
	m["id"] = fmt.Sprintf("client-%04d", v.wrote)
	v.push(m)
}

func (v *visitor) push(m map[string]any) {
	v.last = m
	v.queue = append(v.queue, m)
	close(v.news)
	v.news = make(chan struct{})
}

func (v *visitor) Repeat() { v.mu.Lock(); defer v.mu.Unlock(); v.push(v.last) }

func (v *visitor) Press(title string) {
	v.mu.Lock()
	value := ""
	for _, s := range v.shown {
		for _, b := range s.Buttons {
			if b.Title == title {
				value = b.Value
			}
		}
	}
	v.mu.Unlock()
	v.post(map[string]any{"text": title, "press": value})
}

// flush sends the queue in order, each message until it is accepted.
func (v *visitor) flush() {
	wait := time.Second
	for {
		v.mu.Lock()
		news := v.news
		var head map[string]any
		if len(v.queue) > 0 {
			head = v.queue[0]
		}
		v.mu.Unlock()
		if head == nil {
			select {
			case <-news:
			case <-v.ctx.Done():
				return
			}
			continue
		}
		status, after := v.send(head)
		if status == http.StatusAccepted {
			v.mu.Lock()
			v.queue = v.queue[1:]
			v.mu.Unlock()
			wait = time.Second
			continue
		}
		if status != 0 && status != http.StatusTooManyRequests && status < 500 {
			v.t.Errorf("the page is refused: %d", status)
			return
		}
		if !channels.Pause(v.ctx, cmp.Or(after, wait)) {
			return
		}
		wait = min(2*wait, 30*time.Second)
	}
}

// send makes one attempt; status 0: no answer.
func (v *visitor) send(m map[string]any) (status int, after time.Duration) {
	body, err := json.Marshal(m)
	if err != nil {
		v.t.Error(err)
	}
	resp, err := v.do(http.MethodPost, "api/messages", bytes.NewReader(body))
	if err != nil {
		return 0, 0
	}
	defer resp.Body.Close()
	return resp.StatusCode, channels.RetryAfter(resp.Header)
}

func (v *visitor) do(method, path string, body io.Reader) (*http.Response, error) {
	r, err := http.NewRequestWithContext(v.ctx, method, channelstest.Webhook+path, body)
	if err != nil {
		v.t.Error(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	return v.client.Do(r)
}

// Open waits until the page follows the stream; for a minute, since the network may be down.
func (v *visitor) Open() {
	v.mu.Lock()
	open := v.open
	v.mu.Unlock()
	select {
	case <-open:
	case <-time.After(time.Minute):
	}
}

// listen follows the stream, and opens it anew when it breaks.
func (v *visitor) listen() {
	for wait := time.Second / 2; ; wait = min(2*wait, 15*time.Second) {
		resp, err := v.do(http.MethodGet, "api/stream", nil)
		if err == nil && resp.StatusCode == http.StatusOK {
			wait = time.Second / 2
			v.follow(resp.Body)
		}
		if err == nil {
			resp.Body.Close()
		}
		if !channels.Pause(v.ctx, wait) {
			return
		}
	}
}

func (v *visitor) follow(stream io.Reader) {
	v.mu.Lock()
	close(v.open)
	v.mu.Unlock()
	defer func() {
		v.mu.Lock()
		v.open = make(chan struct{})
		v.mu.Unlock()
	}()
	lines := bufio.NewScanner(stream)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		data, ok := strings.CutPrefix(lines.Text(), "data: ")
		if !ok || data == "null" {
			continue
		}
		var s shownView
		if err := json.Unmarshal([]byte(data), &s); err != nil {
			v.t.Error(err)
		}
		v.mu.Lock()
		if _, known := v.shown[s.Seq]; !known {
			v.shown[s.Seq] = s
		}
		v.mu.Unlock()
	}
}

// Ledger is what the page shows, by number.
func (v *visitor) Ledger() []channelstest.Shown {
	v.mu.Lock()
	defer v.mu.Unlock()
	var all []channelstest.Shown
	for _, s := range v.shown {
		entry := channelstest.Shown{Thread: v.Thread(), ID: strconv.FormatUint(s.Seq, 10)}
		entry.Text, entry.Format = readHTML(v.t, s.HTML)
		for _, b := range s.Buttons {
			entry.Buttons = append(entry.Buttons, b.Title)
		}
		for _, f := range s.Files {
			entry.Files = append(entry.Files, channelstest.ShownFile{Name: f.Name, Data: v.load(f.URL)})
		}
		all = append(all, entry)
	}
	slices.SortFunc(all, func(a, b channelstest.Shown) int {
		return cmp.Or(cmp.Compare(len(a.ID), len(b.ID)), cmp.Compare(a.ID, b.ID))
	})
	return all
}

// load gets a file that the page shows.
func (v *visitor) load(address string) []byte {
	resp, err := v.do(http.MethodGet, address, nil)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		return nil
	}
	return data
}

// readHTML reads a message as a browser does: its text, and the formatting in the order of its beginnings.
func readHTML(t testing.TB, source string) (text, format string) {
	t.Helper()
	body := &html.Node{Type: html.ElementNode, Data: "div", DataAtom: atom.Div}
	nodes, err := html.ParseFragment(strings.NewReader(source), body)
	if err != nil {
		t.Errorf("%q: %v", source, err)
	}
	styles := map[string]channels.Style{"strong": channels.Bold, "em": channels.Italic, "del": channels.Strike, "a": channels.Link}
	var out channels.Rich
	var walk func(*html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.TextNode {
			out.Text += n.Data
			return
		}
		at, span := len(out.Spans), channels.Span{Start: len(out.Text), Style: styles[n.Data]}
		for _, a := range n.Attr {
			switch pair := n.Data + " " + a.Key + "=" + a.Val; {
			case n.Data == "a" && a.Key == "href":
				span.URL = a.Val
			case pair != "a rel=nofollow noreferrer noopener" && pair != "a target=_blank" && pair != "span class=item" && pair != "code class=block":
				t.Errorf("%q has an attribute %s", source, pair)
			}
		}
		switch {
		case n.Data == "code" && len(n.Attr) > 0:
			span.Style = channels.Pre
		case n.Data == "code":
			span.Style = channels.Code
		case n.Data == "span":
		case span.Style == "":
			t.Errorf("%q has an element %s", source, n.Data)
		}
		if span.Style != "" {
			out.Spans = append(out.Spans, span)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
		if span.Style != "" {
			out.Spans[at].End = len(out.Text)
		}
	}
	for _, n := range nodes {
		walk(n)
	}
	return out.Text, channelstest.FormatOf(out)
}

// nothingYet is a history without a conversation: the suite hands messages to the channel itself.
type nothingYet struct{}

func (nothingYet) Current(context.Context, bot.InboxID, string) (bot.Conversation, error) {
	return bot.Conversation{}, bot.ErrNotFound
}

func (nothingYet) Messages(context.Context, bot.ConversationID, uint64, int) ([]bot.Message, error) {
	return nil, nil
}
