package telegram_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
)

// SayFile sends a picture as a photo of two sizes, and everything else as a document.
func (f *fake) SayFile(name, mediaType string, data []byte, text string) {
	f.mu.Lock()
	id := fmt.Sprint("file", len(f.files))
	if f.files == nil {
		f.files = map[string][]byte{}
	}
	f.files[id] = data
	f.mu.Unlock()
	fields := fmt.Sprintf(`"document":{"file_id":%q,"file_unique_id":"u","file_name":%s,"mime_type":%q,"file_size":%d}`, id, quote(name), mediaType, len(data))
	if mediaType == "image/png" {
		fields = fmt.Sprintf(`"photo":[{"file_id":"small","file_unique_id":"s","width":3,"height":2},{"file_id":%q,"file_unique_id":"u","width":30,"height":20,"file_size":%d}]`, id, len(data))
	}
	if text != "" {
		fields += `,"caption":` + quote(text)
	}
	f.say(private(), fields)
}

func (f *fake) getFile(w http.ResponseWriter, r *http.Request) {
	id := r.FormValue("file_id")
	f.mu.Lock()
	data, ok := f.files[id]
	f.mu.Unlock()
	switch {
	case id == "big":
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: file is too big"})
	case !ok:
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: invalid file_id"})
	default:
		reply(w, map[string]any{"file_id": id, "file_unique_id": "u", "file_size": len(data), "file_path": "documents/" + id})
	}
}

func (f *fake) download(w http.ResponseWriter, path string) {
	f.mu.Lock()
	data, ok := f.files[strings.TrimPrefix(path, "documents/")]
	f.mu.Unlock()
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	_, _ = w.Write(data)
}

// sendFile takes a photo or a document as the Bot API does.
func (f *fake) sendFile(w http.ResponseWriter, r *http.Request, method string) {
	field := map[string]string{"sendPhoto": "photo", "sendDocument": "document"}[method]
	chat, err := strconv.ParseInt(r.FormValue("chat_id"), 10, 64)
	part, header, wrong := r.FormFile(field)
	if err != nil || wrong != nil {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: there is no " + field + " in the request"})
		return
	}
	data, _ := io.ReadAll(part)
	if method == "sendPhoto" && strings.HasPrefix(header.Filename, "odd") {
		fail(w, channelstest.Fault{Status: 400, Code: "Bad Request: PHOTO_INVALID_DIMENSIONS"})
		return
	}
	shown := channelstest.ShownFile{Name: header.Filename, Data: data}
	if method == "sendPhoto" {
		shown.Name = "" // the app shows none
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.message++
	s := channelstest.Shown{ID: fmt.Sprintf("%d:%d", chat, f.message), Thread: strconv.FormatInt(chat, 10), Files: []channelstest.ShownFile{shown}}
	f.ledger = append(f.ledger, s)
	f.markups, f.replies = append(f.markups, json.RawMessage(r.FormValue("reply_markup"))), append(f.replies, 0)
	f.topics = append(f.topics, r.FormValue("message_thread_id"))
	reply(w, map[string]any{"message_id": f.message, "date": 1, "chat": map[string]any{"id": chat, "type": "private"}})
}

// TestPhotoOrDocument: a picture goes as a photo, unless Telegram would spoil or refuse it.
func TestPhotoOrDocument(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		defer r.Stop()
		f := r.Platform.(*fake)
		for _, tc := range []struct {
			name string
			data string
			want []string
		}{
			{"a.png", string(channelstest.Picture()), []string{"sendPhoto"}},
			{"odd.png", string(channelstest.Picture()), []string{"sendPhoto", "sendDocument"}},
			{"moving.gif", "GIF89a\x0a\x00\x0a\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;", []string{"sendDocument"}},
			{"long.gif", "GIF89a\xff\x0f\x0a\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff;", []string{"sendDocument"}},
			{"a.svg", "<svg onload=alert(1)>", []string{"sendDocument"}},
		} {
			file, err := r.Files.Take(t.Context(), "in", f.Thread(), tc.name, strings.NewReader(tc.data))
			if err != nil {
				t.Fatal(err)
			}
			f.mu.Lock()
			f.calls = nil
			f.mu.Unlock()
			m := r.Message("m"+tc.name, bot.Message{Author: bot.ByAgent, Files: []bot.File{file}})
			if _, err := r.Channel.Send(t.Context(), m); err != nil {
				t.Errorf("%s: %v", tc.name, err)
			}
			f.mu.Lock()
			sent := slices.DeleteFunc(slices.Clone(f.calls), func(call string) bool { return !strings.HasPrefix(call, "send") })
			f.mu.Unlock()
			if !slices.Equal(sent, tc.want) {
				t.Errorf("%s: %q, want %q", tc.name, sent, tc.want)
			}
		}
	})
}

// TestFileTooBig: Telegram gives out no files of more than 20 MB, and says so.
func TestFileTooBig(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		defer r.Stop()
		if _, err := r.Channel.(channels.FileFetcher).Fetch(t.Context(), bot.File{URL: "telegram:big"}, 1<<30); !errors.Is(err, bot.ErrFileSize) {
			t.Errorf("%v", err)
		}
	})
}
