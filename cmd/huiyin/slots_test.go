package main

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/store/open"
)

// shopTalk is the sample shop's bot, whole and in memory, with which tests talk.
type shopTalk struct {
	app  *App
	book *answerBook
	ctx  context.Context
	n    int
}

// withShop runs a test with the sample shop.
func withShop(t *testing.T, test func(s *shopTalk)) {
	t.Helper()
	withService(t, "", test)
}

// withService runs a test with the sample shop's dialogue and an order service elsewhere; empty: the demo shop.
func withService(t *testing.T, url string, test func(s *shopTalk)) {
	t.Helper()
	cfg := defaultConfig()
	cfg.Bot.ServiceURL = url
	cfg.Store.DSN = "mem:"
	book := &answerBook{said: map[string]chan []bot.Message{}}
	app, err := newApp(t.Context(), appOptions{
		Config: cfg, File: noFile(), Data: t.TempDir(), Lookup: func(string) (string, bool) { return "", false },
		Log: slog.New(slog.DiscardHandler), Now: clockOf(t).now,
		Inboxes: []InboxConfig{{ID: "talk", Channel: benchChannel}}, Fake: nowhere{},
		Wrap: func(s open.Store) open.Store { return listening{s, book} },
	})
	if err != nil {
		t.Fatal(err)
	}
	defer app.Close()
	if err := app.during(t.Context(), func(ctx context.Context) error {
		test(&shopTalk{app: app, book: book, ctx: ctx})
		return nil
	}); err != nil {
		t.Fatal(err)
	}
}

// says lets the customer of a thread write, and returns what the bot said.
func (s *shopTalk) says(t *testing.T, thread, text string) []bot.Message {
	t.Helper()
	s.n++
	id := fmt.Sprintf("%s-%d", thread, s.n)
	said := s.book.expect(id)
	if err := s.app.Bot.Handle(s.ctx, bot.Inbound{Inbox: "talk", SourceID: id, Kind: bot.KindMessage, Thread: thread,
		From: bot.Person{SourceID: thread}, Text: text, At: s.app.Now()}); err != nil {
		t.Fatal(err)
	}
	select {
	case messages := <-said:
		return messages[1:]
	case <-s.ctx.Done():
		t.Fatal("stopped while waiting for an answer to ", text)
		return nil
	}
}

func (s *shopTalk) conv(t *testing.T, thread string) bot.Conversation {
	t.Helper()
	c, err := s.app.Store.Current(s.ctx, "talk", thread)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestReturnFormUnderstands walks through the questions of the sample shop's return form with answers as people give them.
// A row of testdata/slots.csv: the question that is put, the answer, and the values that it fills or changes ("*" any,
// nothing: it is asked again). The service does not know what an order has: any text will do there.
func TestReturnFormUnderstands(t *testing.T) {
	rows := csvRows(t, "slots.csv")
	begin := map[string][]string{"en": {"I want to return something", "HY20261103-4821", "the charging case", "Something else"},
		"zh": {"我要退货", "HY20261103-4821", "充电盒", "其他原因"}}
	stage := []string{"order_number", "item", "reason", "photos"}
	service := httptest.NewServer(http.NotFoundHandler())
	defer service.Close()
	withService(t, service.URL, func(s *shopTalk) {
		for i, row := range rows {
			at, lang, answer, want := row[0], row[1], row[2], row[3]
			thread := fmt.Sprintf("t%d", i)
			for _, line := range begin[lang][:slices.Index(stage, at)+1] {
				s.says(t, thread, line)
			}
			before := s.conv(t, thread)
			if before.Form == nil || before.Form.Slot != at {
				t.Fatalf("row %d: the question is %+v, not %s", i+2, before.Form, at)
			}
			said := s.says(t, thread, answer)
			if got := s.changes(t, thread, before.Form.Values, want); got != want {
				t.Errorf("row %d: %q at %s: %q, want %q; said %q", i+2, answer, at, got, want, said[0].Text)
			}
		}
	})
}

// changes are the values that are new in a form, in the order of their names; "*" where want has it.
func (s *shopTalk) changes(t *testing.T, thread string, before map[string]string, want string) string {
	c := s.conv(t, thread)
	if c.Form == nil {
		return string(c.Status) + ": the form is gone"
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(c.Form.Values)) {
		v := c.Form.Values[name]
		if old, known := before[name]; known && old == v {
			continue
		}
		if v != "" && strings.Contains(";"+want+";", ";"+name+"=*;") {
			v = "*"
		}
		out = append(out, name+"="+v)
	}
	slices.SortFunc(out, func(a, b string) int { return strings.Index(want, a) - strings.Index(want, b) })
	return strings.Join(out, ";")
}
