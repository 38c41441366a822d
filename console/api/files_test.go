package api_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"net/url"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/console/api"
)

// TestFiles sends a file to a customer and a note, and downloads both.
func TestFiles(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusWaiting, "where is my invoice?")
	s.talk("c2", "Bo", bot.StatusWaiting, "hello")
	key := s.key("agent", bot.ScopeWrite)
	upload := func(name, data string) (f api.Upload) {
		t.Helper()
		a := s.call(key, "POST", "/api/v1/conversations/c1/files?name="+url.QueryEscape(name), data, "Content-Type", "image/png") // which is not asked
		if a.status != 201 {
			t.Fatalf("%d %s", a.status, a.body)
		}
		s.ok(json.Unmarshal([]byte(a.body), &f))
		return f
	}
	page := `<!doctype html><script>alert(1)</script>`
	html, again := upload("../../page.png", page), upload("other", page)
	if html.ID != again.ID || strings.Contains(html.Name, "/") || html.Type == "image/png" || html.Size != int64(len(page)) {
		t.Errorf("%+v, %+v", html, again)
	}
	var drawn bytes.Buffer
	s.ok(png.Encode(&drawn, image.NewGray(image.Rect(0, 0, 3, 2))))
	picture := upload("发票.png", drawn.String())
	if picture.Type != "image/png" || picture.Width != 3 || picture.Height != 2 {
		t.Errorf("%+v", picture)
	}
	send := func(conversation, route string, files ...api.Upload) (m api.Message) {
		t.Helper()
		body := api.Text{}
		for _, f := range files {
			body.Files = append(body.Files, api.Attachment{ID: f.ID, Name: f.Name})
		}
		raw, err := json.Marshal(body)
		s.ok(err)
		a := s.call(key, "POST", "/api/v1/conversations/"+conversation+"/"+route, string(raw), "Idempotency-Key", "once")
		if a.status == 201 {
			s.ok(json.Unmarshal([]byte(a.body), &m))
		}
		return m
	}
	reply := send("c1", "replies", picture, html)
	if len(reply.Files) != 2 || reply.Files[0].URL == "" || reply.Files[1].Name != html.Name {
		t.Fatalf("%+v", reply)
	}
	if twice := send("c1", "replies", picture, html); twice.ID != reply.ID || len(s.outbox.texts("t-c1")) != 1 {
		t.Errorf("sent twice: %+v", twice)
	}
	read := s.key("agent", bot.ScopeRead)
	if a := s.call(read, "GET", reply.Files[0].URL, ""); a.body != drawn.String() || a.header.Get("Content-Type") != "image/png" {
		t.Errorf("the picture: %d %v", a.status, a.header)
	}
	a := s.call(read, "GET", reply.Files[1].URL, "")
	if a.body != page || a.header.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") || a.header.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(a.header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the page: %d %v", a.status, a.header)
	}
	for what, path := range map[string]string{"another conversation": strings.Replace(reply.Files[0].URL, "/c1/", "/c2/", 1), "another place": strings.TrimSuffix(reply.Files[0].URL, "0") + "7",
		"no place": strings.TrimSuffix(reply.Files[0].URL, "0") + "x", "no message": "/api/v1/conversations/c1/messages/c1-99/files/0"} {
		if p := s.call(read, "GET", path, "").problem(t); p.Status != 404 {
			t.Errorf("%s: %+v", what, p)
		}
	}
	if a := s.call("", "GET", reply.Files[0].URL, ""); a.status != 401 {
		t.Errorf("without a token: %d", a.status)
	}
	if send("c2", "replies", picture).ID != "" {
		t.Error("a file of another customer was sent")
	}
}

// TestFileBounds: the bounds of files hold for programs as they do for agents.
func TestFileBounds(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusWaiting, "hello")
	key := s.key("agent", bot.ScopeWrite)
	upload := func(size int) answer {
		return s.call(key, "POST", "/api/v1/conversations/c1/files?name=x", strings.Repeat(fmt.Sprint(size%7), size))
	}
	for size, want := range map[int]string{0: "file_empty", 5 << 10: "file_size"} {
		if p := upload(size).problem(t); p.Code != want || p.Advice == "" {
			t.Errorf("%d bytes: %+v", size, p)
		}
	}
	var large api.Upload
	s.ok(json.Unmarshal([]byte(upload(4<<10).body), &large))
	if p := upload(3 << 10).problem(t); p.Code != "file_full" || p.Status != 507 {
		t.Errorf("more than a conversation may have: %+v", p)
	}
	body := fmt.Sprintf(`{"text":"","files":[{"id":%q,"name":"x"}]}`, large.ID)
	if p := s.call(key, "POST", "/api/v1/conversations/c1/replies", body).problem(t); p.Code != "file_size" {
		t.Errorf("larger than her channel takes: %+v", p)
	}
	if a := s.call(key, "POST", "/api/v1/conversations/c1/notes", body); a.status != 201 {
		t.Errorf("in a note: %d %s", a.status, a.body)
	}
	if p := s.call(key, "POST", "/api/v1/conversations/nobody/files?name=x", "x").problem(t); p.Status != 404 {
		t.Errorf("in no conversation: %+v", p)
	}
	if p := s.call(key, "POST", "/api/v1/conversations/c1/files", "x").problem(t); p.Where != "query.name" {
		t.Errorf("without a name: %+v", p)
	}
}
