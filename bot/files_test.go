package bot_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
)

// shelfOfFiles is a platform that keeps files by URL.
type shelfOfFiles struct {
	mu    sync.Mutex
	data  map[string]string // URL → bytes
	fail  error             // of every call
	hang  bool              // answer only when the caller gives up
	calls int
}

func (s *shelfOfFiles) Fetch(ctx context.Context, _ bot.InboxID, f bot.File, most int64) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls++
	if s.hang {
		s.mu.Unlock()
		<-ctx.Done()
		s.mu.Lock()
		return nil, ctx.Err()
	}
	data, ok := s.data[f.URL]
	switch {
	case s.fail != nil:
		return nil, s.fail
	case !ok:
		return nil, bot.ErrNotFound
	}
	return io.NopCloser(io.LimitReader(strings.NewReader(data), most+1)), nil
}

const gifDot = "GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"

// withFiles gives a world a platform with files, and room for files of up to 1000 bytes.
func withFiles(w *world, data map[string]string) *shelfOfFiles {
	shelf := &shelfOfFiles{data: data}
	w.files, w.fetch = bot.NewFiles(w.store, bot.FileRules{File: 1000, Thread: 5000, Total: 10000}), shelf
	w.inbox.Files = 500
	return shelf
}

func (w *world) sends(thread, text string, files ...bot.File) {
	w.t.Helper()
	w.event++
	w.deliver(bot.Inbound{Kind: bot.KindMessage, SourceID: fmt.Sprintf("m%d", w.event), Thread: thread, Text: text, Files: files})
}

// TestFilesComeWithTheMessage: the bytes are there when the message is, whatever the platform says they are.
func TestFilesComeWithTheMessage(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, map[string]string{"p:1": gifDot, "p:2": "<svg onload=alert(1)>"})
		w.start()
		w.sends("ada", "包裹破了", bot.File{Name: "../a\u202e.gif", Type: "image/jpeg", Size: int64(len(gifDot)), URL: "p:1"}, bot.File{Name: "b.png", Type: "image/png", URL: "p:2"})
		m := w.messages("ada")[0]
		if len(m.Files) != 2 || m.Files[0].Name != "a.gif" || m.Files[0].Type != "image/gif" || m.Files[0].Width != 1 || !m.Files[0].Shown() {
			t.Fatalf("%+v", m.Files)
		}
		if m.Files[1].Shown() || m.Files[1].Type != "text/plain" {
			t.Errorf("a drawing that claims to be a picture: %+v", m.Files[1])
		}
		f, data, err := w.readFile(m.ID, 0)
		if err != nil || string(data) != gifDot || f != m.Files[0] {
			t.Errorf("%+v %q %v", f, data, err)
		}
		for _, id := range []bot.MessageID{m.ID, "nobody-1", "x"} {
			if _, _, err := w.Bot.ReadFile(t.Context(), id, 2); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("%s: %v", id, err)
			}
		}
	})
}

// readFile reads a file of a message to its end.
func (w *world) readFile(id bot.MessageID, place int) (bot.File, []byte, error) {
	w.t.Helper()
	f, from, err := w.Bot.ReadFile(context.Background(), id, place)
	if err != nil {
		return f, nil, err
	}
	data, err := io.ReadAll(from)
	return f, data, err
}

// TestSlowFiles: however many files come slowly, they keep nobody else's from being taken at once.
func TestSlowFiles(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, nil)
		var running sync.WaitGroup
		var open []*io.PipeWriter
		for i := range 200 {
			from, to := io.Pipe()
			open = append(open, to)
			running.Go(func() {
				if _, err := w.files.Take(t.Context(), inbox.ID, fmt.Sprint("slow", i), "x", from); !errors.Is(err, io.ErrUnexpectedEOF) {
					t.Errorf("a file that broke off: %v", err)
				}
			})
			if _, err := to.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
		}
		began := time.Now()
		if f, err := w.files.Take(t.Context(), inbox.ID, "ada", "x", strings.NewReader(strings.Repeat("x", 1000))); err != nil || f.Size != 1000 || time.Since(began) > 0 {
			t.Errorf("after %s: %+v %v", time.Since(began), f, err)
		}
		for _, to := range open {
			_ = to.CloseWithError(io.ErrUnexpectedEOF) // never fails
		}
		running.Wait()
	})
}

// TestOnlyAPicture: the bot asks what it is about, and after two of them people take over, with the names of the files.
func TestOnlyAPicture(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, map[string]string{"p:1": gifDot})
		w.start()
		photo := bot.File{Name: "13812345678.gif", URL: "p:1"}
		w.sends("ada", "", photo)
		if said := w.last("ada").Text; !strings.Contains(said, "一句话") {
			t.Errorf("said %q", said)
		}
		w.sends("ada", "", photo)
		c := w.conv("ada")
		if c.Status != bot.StatusWaiting || !strings.Contains(c.Handoff.Summary, "📎") {
			t.Fatalf("%s: %+v", c.Status, c.Handoff)
		}
		if strings.Contains(c.Handoff.Summary+c.Preview, "13812345678") {
			t.Errorf("a number in a file's name is not masked: %q %q", c.Handoff.Summary, c.Preview)
		}
	})
}

// TestPictureWithWords: the words of a picture are answered like any other, also in a form and when they ask for a person.
func TestPictureWithWords(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, map[string]string{"p:1": gifDot})
		w.start()
		photo := bot.File{Name: "a.gif", URL: "p:1"}
		for _, turn := range [][2]string{{"几点开门", "九点"}, {"我的订单到哪了", "订单号"}, {"AB12345", "六位数字"}, {"转人工", "同事"}} {
			w.sends("ada", turn[0], photo)
			if said := w.last("ada").Text; !strings.Contains(said, turn[1]) {
				t.Errorf("%s: said %q", turn[0], said)
			}
		}
		if c := w.conv("ada"); c.Status != bot.StatusWaiting {
			t.Errorf("%s", c.Status)
		}
	})
}

// TestFilesThatDoNotCome: the customer is answered all the same, is told what she can do, and a file that could not be had is
// fetched when somebody looks at it.
func TestFilesThatDoNotCome(t *testing.T) {
	for _, tc := range []struct {
		name, say, why string
		file           bot.File
		fail           error
	}{
		{"said to be too large", "最多能收", bot.FileTooLarge, bot.File{Name: "a.mp4", Size: 1001, URL: "p:1"}, nil},
		{"larger than was said", "最多能收", bot.FileTooLarge, bot.File{Name: "a.mp4", Size: 10, URL: "p:large"}, nil},
		{"gone", "再发一次", bot.FileGone, bot.File{Name: "a.mp4", URL: "p:none"}, nil},
		{"empty", "再发一次", bot.FileGone, bot.File{Name: "a.mp4", URL: "p:empty"}, nil},
		{"the platform is down", "一句话", bot.FileUnreachable, bot.File{Name: "a.gif", URL: "p:1"}, errors.New("refused")},
		{"made up by a page", "再发一次", bot.FileGone, bot.File{Name: "a.gif", ID: "0123"}, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			inWorld(t, func(t *testing.T, w *world) {
				shelf := withFiles(w, map[string]string{"p:1": gifDot, "p:large": strings.Repeat("x", 1001), "p:empty": ""})
				shelf.fail = tc.fail
				w.start()
				w.sends("ada", "", tc.file)
				m := w.messages("ada")[0]
				if len(m.Files) != 1 || m.Files[0].ID != "" || m.Files[0].Error != tc.why {
					t.Fatalf("%+v", m.Files)
				}
				if said := w.last("ada").Text; !strings.Contains(said, tc.say) {
					t.Errorf("said %q", said)
				}
				shelf.fail = nil
				f, data, err := w.readFile(m.ID, 0)
				if tc.why != bot.FileUnreachable {
					if err == nil {
						t.Errorf("read %d bytes", len(data))
					}
					return
				}
				if err != nil || string(data) != gifDot {
					t.Fatalf("later: %q %v", data, err)
				}
				if kept := w.messages("ada")[0].Files[0]; kept != f || kept.ID == "" || kept.Error != "" {
					t.Errorf("the message says %+v", kept)
				}
			})
		})
	}
}

// TestSlowPlatform: a platform that never answers holds up its own customer for a while, and nobody else.
func TestSlowPlatform(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.rules.Workers = 1
		shelf := withFiles(w, nil)
		shelf.hang = true
		w.start()
		w.sends("ada", "你好", bot.File{Name: "a.gif", URL: "p:1"})
		w.says("max", "你好")
		if w.last("max").Text == "" || w.last("ada").Text != "" {
			t.Fatalf("max: %q, ada: %q", w.last("max").Text, w.last("ada").Text)
		}
		time.Sleep(30 * time.Second)
		w.settle()
		if w.last("ada").Text == "" || w.messages("ada")[0].Files[0].Error != bot.FileUnreachable {
			t.Errorf("%q %+v", w.last("ada").Text, w.messages("ada")[0].Files)
		}
	})
}

// TestFilesOfTheDesk: replies and notes with files, and what a channel does not take.
func TestFilesOfTheDesk(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, nil)
		w.start()
		w.says("ada", "转人工")
		id, lin := w.conv("ada").ID, bot.Agent{ID: "lin", Name: "Lin"}
		small, err := w.Bot.Attach(t.Context(), id, "../small.gif", strings.NewReader(gifDot))
		if err != nil || small.Name != "small.gif" {
			t.Fatalf("%+v %v", small, err)
		}
		large, err := w.Bot.Attach(t.Context(), id, "large.bin", bytes.NewReader(make([]byte, 600)))
		if err != nil {
			t.Fatal(err)
		}
		for name, tc := range map[string]struct {
			file bot.File
			want error
		}{
			"larger than the channel takes": {large, bot.ErrFileSize}, "not there": {bot.File{ID: "0123", Name: "x"}, bot.ErrNotFound},
		} {
			if _, err := w.Bot.Reply(t.Context(), id, lin, "看这里", tc.file); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if c := w.conv("ada"); c.Status != bot.StatusWaiting {
			t.Errorf("a reply that was refused took the conversation: %s", c.Status)
		}
		m, err := w.Bot.Reply(t.Context(), id, lin, "", small)
		if err != nil || m.Text != "" || len(m.Files) != 1 || m.Files[0].Type != "image/gif" || w.conv("ada").Preview != "📎 small.gif" {
			t.Fatalf("%+v %v %q", m, err, w.conv("ada").Preview)
		}
		if sent := w.last("ada"); sent.ID != m.ID || len(sent.Files) != 1 {
			t.Errorf("%+v", sent)
		}
		if n, err := w.Bot.Note(t.Context(), id, lin, "内部", large); err != nil || !n.Private || len(n.Files) != 1 {
			t.Errorf("a note takes what the channel does not: %+v %v", n, err)
		}
		if _, err := w.Bot.Reply(t.Context(), id, lin, " "); !errors.Is(err, bot.ErrEmpty) {
			t.Errorf("nothing: %v", err)
		}
		for name, tc := range map[string]struct {
			data string
			want error
		}{"empty": {"", bot.ErrFileEmpty}, "too large": {strings.Repeat("x", 1001), bot.ErrFileSize}} {
			if _, err := w.Bot.Attach(t.Context(), id, "x", strings.NewReader(tc.data)); !errors.Is(err, tc.want) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := w.Bot.Attach(t.Context(), "nobody", "x", strings.NewReader("x")); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("a conversation that is not there: %v", err)
		}
	})
}

// TestDeletedPicture: what a customer deletes is gone with its bytes.
func TestDeletedPicture(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		withFiles(w, map[string]string{"p:1": gifDot})
		w.start()
		w.sends("ada", "看", bot.File{Name: "a.gif", URL: "p:1"})
		f := w.messages("ada")[0].Files[0]
		w.deliver(bot.Inbound{Kind: bot.KindDelete, SourceID: "d1", Thread: "ada", Target: "m1"})
		if m := w.messages("ada")[0]; m.DeletedAt.IsZero() || len(m.Files) != 0 {
			t.Fatalf("%+v", m)
		}
		if _, err := w.store.FileData(t.Context(), inbox.ID, "ada", f.ID); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("the bytes of a deleted picture: %v", err)
		}
	})
}
