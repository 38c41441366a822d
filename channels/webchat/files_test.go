package webchat_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/store/mem"
)

func picture(t testing.TB) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 6, 4))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// openWithFiles starts a chat that takes files of up to 64 KiB.
// keptAt is when the store of openWithFiles keeps a file.
var keptAt = time.Date(2026, 11, 21, 9, 0, 0, 0, time.UTC)

func openWithFiles(t *testing.T, settings string) (*site, *mem.Store) {
	t.Helper()
	store := mem.New(mem.Options{Now: func() time.Time { return keptAt }})
	return openSite(t, settings, bot.NewFiles(store, bot.FileRules{File: 64 << 10, Thread: 128 << 10, Total: 1 << 20})), store
}

type uploaded struct {
	ID, Name, Text, URL string
	Shown               bool
	Width, Height       int
	Code                string
}

func (s *site) upload(token, name string, data []byte, headers ...string) (int, uploaded) {
	s.t.Helper()
	resp, body := s.call("POST", "/api/files?name="+url.QueryEscape(name), token, string(data), headers...)
	var f uploaded
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		s.t.Fatalf("%s: %s", resp.Status, body)
	}
	return resp.StatusCode, f
}

// TestFileGoesIn follows a picture from the page into an event, and back to the page.
func TestFileGoesIn(t *testing.T) {
	s, _ := openWithFiles(t, `{}`)
	status, f := s.upload(token, "../我的\u202e照片.png", picture(t))
	if status != http.StatusCreated || f.Name != "我的照片.png" || !f.Shown || f.Width != 6 || f.Height != 4 {
		t.Fatalf("%d %+v", status, f)
	}
	if _, again := s.upload(token, "other name.png", picture(t)); again.ID != f.ID {
		t.Errorf("the same picture is kept twice: %s, %s", f.ID, again.ID)
	}
	body := fmt.Sprintf(`{"id":"client-0001","text":"","files":[{"id":%q,"name":"我的照片.png"}]}`, f.ID)
	for range 2 { // a repeat after a lost answer
		if resp, said := s.call("POST", "/api/messages", token, body); resp.StatusCode != http.StatusAccepted {
			t.Fatalf("%s: %s", resp.Status, said)
		}
	}
	got := s.events()
	if len(got) != 2 || got[0].SourceID != got[1].SourceID || len(got[0].Files) != 1 {
		t.Fatalf("%+v", got)
	}
	want := bot.File{ID: bot.FileID(f.ID), Name: "我的照片.png", Type: "image/png", Size: int64(len(picture(t))), Width: 6, Height: 4}
	if got[0].Files[0] != want {
		t.Errorf("%+v, want %+v", got[0].Files[0], want)
	}
	resp, shown := s.call("GET", "/"+f.URL, "", "")
	if resp.StatusCode != 200 || resp.Header.Get("Content-Type") != "image/png" || shown != string(picture(t)) {
		t.Errorf("%s %s", resp.Status, resp.Header.Get("Content-Type"))
	}
	s.history = map[string][]bot.Message{got[0].Thread: {{Seq: 1, Direction: bot.Incoming, Thread: got[0].Thread, SourceID: got[0].SourceID, Files: got[0].Files},
		{Seq: 2, Direction: bot.Outgoing, Author: bot.ByAgent, Thread: got[0].Thread, Delivery: bot.Sent, Files: []bot.File{want, {Name: "gone.mp4", URL: "slack:secret", Size: 5}}}}}
	_, history := s.call("GET", "/api/history", token, "")
	if n := strings.Count(history, f.URL[:50]); n != 2 || !strings.Contains(history, "gone.mp4") || strings.Contains(history, "secret") {
		t.Errorf("%d in the history: %s", n, history)
	}
}

// TestFileRefused sends what is not taken, and asks for what is not shown.
func TestFileRefused(t *testing.T) {
	s, store := openWithFiles(t, `{"files_per_minute": 100}`)
	_, mine := s.upload(token, "a.png", picture(t))
	for _, tc := range []struct {
		name, token string
		data        []byte
		headers     []string
		status      int
		code        string
	}{
		{"nobody", "", picture(t), nil, 401, "token"},
		{"another site", token, picture(t), []string{"Sec-Fetch-Site", "cross-site"}, 403, "origin"},
		{"empty", token, nil, nil, 422, "file_empty"},
		{"too large", token, make([]byte, 64<<10+1), nil, 413, "file_size"},
		{"much too large", token, make([]byte, 4<<20), nil, 413, "file_size"},
		{"room left", token, bytes.Repeat([]byte("a"), 64<<10), nil, 201, ""},
		{"no room left", token, bytes.Repeat([]byte("b"), 64<<10), nil, 507, "file_full"},
		{"room of another visitor", otherToken, bytes.Repeat([]byte("b"), 64<<10), nil, 201, ""},
	} {
		if status, f := s.upload(tc.token, "x.bin", tc.data, tc.headers...); status != tc.status || f.Code != tc.code {
			t.Errorf("%s: %d %q", tc.name, status, f.Code)
		}
	}
	for name, body := range map[string]string{
		"another visitor's": fmt.Sprintf(`{"id":"client-0001","files":[{"id":%q,"name":"a.png"}]}`, mine.ID),
		"never there":       `{"id":"client-0002","files":[{"id":"0123456789","name":"a.png"}]}`,
	} {
		if resp, said := s.call("POST", "/api/messages", otherToken, body); resp.StatusCode != http.StatusGone {
			t.Errorf("%s: %s %s", name, resp.Status, said)
		}
	}
	many := `{"id":"client-0003","files":[` + strings.TrimSuffix(strings.Repeat(fmt.Sprintf(`{"id":%q,"name":"a"},`, mine.ID), 11), ",") + `]}`
	if resp, _ := s.call("POST", "/api/messages", token, many); resp.StatusCode != http.StatusBadRequest {
		t.Errorf("eleven files in a message: %s", resp.Status)
	}
	thread, rest, _ := strings.Cut(strings.TrimPrefix(mine.URL, "files/"), "/")
	for _, path := range []string{"v" + strings.Repeat("0", 32) + "/" + rest, thread + "/0123456789/a.png", "../" + rest, thread + "/%2e%2e/a.png"} {
		if resp, _ := s.call("GET", "/files/"+path, token, ""); resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %s", path, resp.Status)
		}
	}
	if resp, _ := s.call("GET", "/"+mine.URL, "", "", "Sec-Fetch-Site", "cross-site"); resp.StatusCode != http.StatusNotFound {
		t.Errorf("shown inside another site: %s", resp.Status)
	}
	if len(s.events()) != 0 {
		t.Errorf("%+v", s.events())
	}
	if _, err := store.SweepFiles(t.Context(), keptAt.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if resp, _ := s.call("GET", "/"+mine.URL, "", ""); resp.StatusCode != http.StatusNotFound {
		t.Errorf("still there after it was swept: %s", resp.Status)
	}
}

// shakyStore fails to find files while it is told to.
type shakyStore struct {
	bot.FileStore
	fail error
}

func (s *shakyStore) File(ctx context.Context, inbox bot.InboxID, thread string, id bot.FileID) (bot.File, error) {
	if s.fail != nil {
		return bot.File{}, s.fail
	}
	return s.FileStore.File(ctx, inbox, thread, id)
}

// TestFileOfMessage: a message is given up only when its file is gone for good; else the page sends it again.
func TestFileOfMessage(t *testing.T) {
	store := &shakyStore{FileStore: mem.New(mem.Options{})}
	s := openSite(t, `{}`, bot.NewFiles(store, bot.FileRules{}))
	_, f := s.upload(token, "a.png", picture(t))
	body := fmt.Sprintf(`{"id":"client-0001","text":"包裹破了","files":[{"id":%q,"name":"a.png"}]}`, f.ID)
	for _, tc := range []struct {
		fail   error
		status int
		again  string
	}{
		{bot.ErrBusy, http.StatusServiceUnavailable, "2"},
		{context.DeadlineExceeded, http.StatusServiceUnavailable, "2"},
		{fmt.Errorf("file: %w", bot.ErrNotFound), http.StatusGone, ""},
		{nil, http.StatusAccepted, ""},
	} {
		store.fail = tc.fail
		resp, said := s.call("POST", "/api/messages", token, body)
		if resp.StatusCode != tc.status || resp.Header.Get("Retry-After") != tc.again {
			t.Errorf("%v: %s, again in %q: %s", tc.fail, resp.Status, resp.Header.Get("Retry-After"), said)
		}
	}
}

// TestNothingFromFilesRuns uploads what pretends to be something else: it comes back as bytes to keep.
func TestNothingFromFilesRuns(t *testing.T) {
	s, _ := openWithFiles(t, `{}`)
	for name, data := range map[string]string{
		"a.svg": `<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`, "a.html": "<!doctype html><script>alert(1)</script>",
		"a.png": "<script>alert(1)</script>", "a.gif": "GIF89a/*<script>*/=1;alert(1)", "a.pdf": "%PDF-1.7 /JavaScript",
	} {
		_, f := s.upload(token, name, []byte(data))
		resp, body := s.call("GET", "/"+f.URL, "", "", "Accept", "text/html")
		h := resp.Header
		if h.Get("Content-Type") != "application/octet-stream" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Content-Security-Policy") != "default-src 'none'; sandbox; frame-ancestors 'none'" || body != data || f.Shown {
			t.Errorf("%s: shown %v, %v", name, f.Shown, h)
		}
	}
}

// TestManyFiles: a visitor, and an address, can upload only so many; the page is told when to go on.
func TestManyFiles(t *testing.T) {
	s, _ := openWithFiles(t, `{"files_per_minute": 4}`)
	var statuses []int
	for i := range 4 {
		status, _ := s.upload(token, "x", []byte{byte(i)})
		statuses = append(statuses, status)
	}
	if fmt.Sprint(statuses) != "[201 201 429 429]" {
		t.Errorf("bursts of half a minute's: %v", statuses)
	}
	s.now = s.now.Add(time.Minute)
	if status, _ := s.upload(token, "x", []byte("later")); status != http.StatusCreated {
		t.Errorf("a minute later: %d", status)
	}
	none, _ := openWithFiles(t, `{"files_per_minute": 0}`)
	if status, f := none.upload(token, "x", []byte("x")); status != http.StatusForbidden || f.Code != "files" {
		t.Errorf("where no files are taken: %d %s", status, f.Code)
	}
	if _, page := none.call("GET", "/", "", ""); strings.Contains(page, `id="pick"`) {
		t.Error("the page has a button for files that are not taken")
	}
}

// TestBytesOfAnAddress: one address can upload only so much, whoever it says it is; another one is not kept from it.
func TestBytesOfAnAddress(t *testing.T) {
	store := mem.New(mem.Options{})
	s := openSite(t, `{"trust_proxy": true}`, bot.NewFiles(store, bot.FileRules{File: 50 << 20}))
	upload := func(token, address string) int {
		req, err := http.NewRequest("POST", s.server.URL+"/api/files?name=x", io.MultiReader(strings.NewReader("x"))) // of a length that nobody knows
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("X-Forwarded-For", address)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if wait := resp.Header.Get("Retry-After"); resp.StatusCode == http.StatusTooManyRequests && wait == "" {
			t.Error("it does not say when to come again")
		}
		return resp.StatusCode
	}
	got := []int{upload(token, "192.0.2.1"), upload(token, "192.0.2.1"), upload(token, "192.0.2.1"), upload(otherToken, "192.0.2.1"), upload(token, "192.0.2.2")}
	s.now = s.now.Add(15 * time.Minute)
	if got = append(got, upload(token, "192.0.2.1")); fmt.Sprint(got) != "[201 201 429 429 201 201]" {
		t.Errorf("%v", got)
	}
}

// TestSlowUploads: whoever begins many uploads and never ends them stops nobody else.
func TestSlowUploads(t *testing.T) {
	s, _ := openWithFiles(t, `{}`)
	s.server.Config.SetKeepAlivesEnabled(false)
	var open []net.Conn
	for range 4 {
		c, err := net.Dial("tcp", s.server.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		fmt.Fprintf(c, "POST /api/files?name=x HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer %s\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n", token)
		if _, err := io.ReadFull(c, make([]byte, len("HTTP/1.1 100"))); err != nil { // it is being read
			t.Fatal(err)
		}
		open = append(open, c)
	}
	if status, _ := s.upload(token, "x", []byte("x")); status != http.StatusTooManyRequests {
		t.Errorf("a fifth at once: %d", status)
	}
	if resp, body := s.call("POST", "/api/messages", token, `{"id":"client-0001","text":"hi"}`); resp.StatusCode != http.StatusAccepted {
		t.Errorf("a text meanwhile: %s %s", resp.Status, body)
	}
	for _, c := range open {
		c.Close()
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for {
		s.now = s.now.Add(time.Minute)
		if status, _ := s.upload(token, "x", []byte("x")); status == http.StatusCreated {
			return
		}
		if ctx.Err() != nil {
			t.Fatal("uploads that broke off still count")
		}
	}
}
