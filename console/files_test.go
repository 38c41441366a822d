package console_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"huiyin/bot"
)

func drawing(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 600, 300))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFiles attaches files to a reply and to a note, and says what is wrong with them.
func TestFiles(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	b := o.as("agent")
	status, body := b.send("POST", "/console/c/c1/files?name="+url.QueryEscape("坏了.png"), drawing(t))
	var f struct {
		ID, Name string
		Size     int
	}
	if err := json.Unmarshal([]byte(body), &f); status != http.StatusCreated || err != nil || f.Name != "坏了.png" || f.Size != len(drawing(t)) {
		t.Fatalf("%d %s %v", status, body, err)
	}
	b.do("POST", "/console/c/c1/reply", url.Values{"text": {""}, "file": {f.ID + " " + f.Name}}, "X-Fragment", "1")
	b.do("POST", "/console/c/c1/note", url.Values{"text": {"see"}, "file": {"f1 a b.png", "f2 c.pdf"}}, "X-Fragment", "1")
	if status, _ := b.do("POST", "/console/c/c1/reply", url.Values{"text": {" "}}, "X-Fragment", "1"); status != http.StatusUnprocessableEntity {
		t.Errorf("a reply of nothing: %d", status)
	}
	want := []string{fmt.Sprintf(`attach c1 "坏了.png" %d`, len(drawing(t))), `reply c1 agent "" f1="坏了.png"`, `note c1 agent "see" f1="a b.png" f2="c.pdf"`}
	if got := o.desk.calls; strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("%q", got)
	}
	for err, want := range map[error]int{
		bot.ErrFileSize: http.StatusRequestEntityTooLarge, bot.ErrFileEmpty: http.StatusUnprocessableEntity,
		bot.ErrFileFull: http.StatusInsufficientStorage, bot.ErrNoFiles: http.StatusUnprocessableEntity,
	} {
		o.desk.fail = fmt.Errorf("deep inside: %w", err)
		status, said := b.send("POST", "/console/c/c1/files?name=x", []byte("x"))
		if status != want || len(said) < 10 || strings.Contains(said, "bot:") || strings.Contains(said, "work.error") {
			t.Errorf("%v: %d %q", err, status, said)
		}
	}
}

// TestFileShown looks at how the thread names and shows files, whatever they are called.
func TestFileShown(t *testing.T) {
	o := open(t)
	o.talk("c1", "Ada", bot.StatusWaiting, "hi")
	files := []bot.File{
		{ID: "f1", Name: `"><script>alert(1)</script>.png`, Type: "image/png", Size: 2048, Width: 600, Height: 300},
		{ID: "f2", Name: "page.svg", Type: "text/plain", Size: 10},
		{Name: "video.mp4", Type: "video/mp4", Size: 30 << 20, URL: "telegram:1", Error: bot.FileTooLarge},
		{Name: "later.pdf", Size: 5, URL: "telegram:2", Error: bot.FileUnreachable},
	}
	o.attach("c1", files)
	b := o.as("agent")
	_, page := b.do("GET", "/console/c/c1", nil)
	for _, want := range []string{
		`<img src="/console/c/c1/files/c1-1/0"`, `width="260" height="130"`, `href="/console/c/c1/files/c1-1/1?download=1"`, "10 B",
		"too large, not fetched", `href="/console/c/c1/files/c1-1/3?download=1"`, "not fetched yet", `data-channel="0"`,
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %s", want)
		}
	}
	for _, bad := range []string{"<script>alert", "telegram:1", `src="/console/c/c1/files/c1-1/1"`, "files/c1-1/2"} {
		if strings.Contains(page, bad) {
			t.Errorf("the page has %s", bad)
		}
	}
	o.desk.files = map[string][]byte{"c1-1 0": drawing(t), "c1-1 1": []byte("<svg onload=alert(1)>")}
	for path, want := range map[string]string{
		"/console/c/c1/files/c1-1/0": "200 image/png inline", "/console/c/c1/files/c1-1/1": "200 application/octet-stream attachment",
		"/console/c/c1/files/c1-1/7": "404", "/console/c/c2/files/c1-1/0": "404", "/console/c/c1/files/c1-1/x": "404", "/console/c/c1/files/-1/0": "404",
	} {
		resp := b.look(path)
		kind, _, _ := strings.Cut(resp.Header.Get("Content-Disposition"), ";")
		got := strings.TrimSpace(fmt.Sprint(resp.StatusCode, " ", resp.Header.Get("Content-Type"), " ", kind))
		if want == "404" && resp.StatusCode != 404 || want != "404" && got != want {
			t.Errorf("%s: %s, want %s", path, got, want)
		}
		if want != "404" && (resp.Header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(resp.Header.Get("Content-Security-Policy"), "sandbox")) {
			t.Errorf("%s: %v", path, resp.Header)
		}
	}
	if status, body := o.browser().do("GET", "/console/c/c1/files/c1-1/0", nil); status == 200 && strings.Contains(body, "PNG") {
		t.Error("shown to somebody who is not signed in")
	}
}

// send makes a request with a body of bytes.
func (b *browser) send(method, path string, body []byte) (int, string) {
	req, err := http.NewRequest(method, b.o.server.URL+path, bytes.NewReader(body))
	if err != nil {
		b.o.t.Fatal(err)
	}
	req.Header.Set("X-Fragment", "1")
	resp, err := b.Do(req)
	if err != nil {
		b.o.t.Fatal(err)
	}
	defer resp.Body.Close()
	said, err := io.ReadAll(resp.Body)
	if err != nil {
		b.o.t.Fatal(err)
	}
	return resp.StatusCode, string(said)
}

func (b *browser) look(path string) *http.Response {
	resp, err := b.Get(b.o.server.URL + path)
	if err != nil {
		b.o.t.Fatal(err)
	}
	resp.Body.Close()
	return resp
}

// attach puts files on the first message of a conversation.
func (o *office) attach(id bot.ConversationID, files []bot.File) {
	o.t.Helper()
	ctx := o.t.Context()
	conv, err := o.store.Conversation(ctx, id)
	if err != nil {
		o.t.Fatal(err)
	}
	messages, err := o.store.Messages(ctx, id, 0, 1)
	if err != nil {
		o.t.Fatal(err)
	}
	for i, f := range files {
		if f.ID == "" {
			continue
		}
		data := []byte(f.Name)
		files[i].ID = bot.NewFileID(conv.Inbox, conv.Thread, data)
		kept := bot.File{ID: files[i].ID, Size: int64(len(data))}
		if err := o.store.PutFile(ctx, conv.Inbox, conv.Thread, kept, data, bot.DefaultFileRules()); err != nil {
			o.t.Fatal(err)
		}
	}
	messages[0].Files = files
	if err := o.store.Save(ctx, bot.Change{Conversation: conv, Messages: messages}); err != nil {
		o.t.Fatal(err)
	}
}
