package console_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/kb"
	"huiyin/nlp"
)

// outgoing takes what the bot sends.
type outgoing struct{ sent []bot.Message }

func (o *outgoing) Send(m ...bot.Message)      { o.sent = append(o.sent, m...) }
func (o *outgoing) Typing(bot.InboxID, string) {}

// understander is never asked: nobody writes to the bot of these tests.
type understander struct{}

func (understander) Analyze(context.Context, string) (nlp.Analysis, error) {
	return nlp.Analysis{}, nil
}

// TestWhoAskedIsToldFromTheConsole: the editor who publishes the missing answer sees who asked for it, ticks that they are
// told, and they are, once; without the tick nobody is, and she can still do it later.
func TestWhoAskedIsToldFromTheConsole(t *testing.T) {
	l := openLibrary(t)
	ask := func(id string, status bot.Status) kb.Gap {
		l.talk(id, "Ada", status, "can you engrave a pen", "sorry")
		g := kb.Gap{ID: "g-" + id, Question: "can you engrave a pen", Lang: "en", Conversation: id, Message: id + "-1", At: l.now.Add(-time.Hour)}
		l.change(bot.ConversationID(id), func(c *bot.Change) { c.Gaps = []kb.Gap{g} })
		return g
	}
	gaps := []kb.Gap{ask("c1", bot.StatusBot), ask("c2", bot.StatusBot), ask("c3", bot.StatusAgent)}
	b := l.as("editor")
	_, body := b.do("POST", "/console/kb/gaps", url.Values{"gap": {gaps[0].ID}})
	for _, want := range []string{"When it is published, tell the 2 people who asked", "2 can be told now", "1 is with a colleague"} {
		if !strings.Contains(body, want) {
			t.Fatalf("no %q in %s", want, body)
		}
	}
	draft := l.article("can-you-engrave-a-pen.en")
	f := form(draft, "published", "confirm", "1", "body", "Yes, ¥20 a pen.")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "Customers get this") || len(l.outbox.sent) > 0 {
		t.Fatalf("published without the tick: %d told: %s", len(l.outbox.sent), body)
	}
	f = form(l.article(draft.ID), "published", "tell", "1", "body", "Yes, ¥25 a pen.", "confirm", "1")
	f["gap"] = draft.Gaps
	if _, body := b.do("POST", "/console/kb/a/"+string(draft.ID), f); !strings.Contains(body, "2 people who asked are being told") {
		t.Fatalf("%s", body)
	}
	if len(l.outbox.sent) != 2 || !strings.Contains(l.outbox.sent[0].Text, "¥25 a pen") || l.outbox.sent[0].Decision.Reason != "bot.why.gap_closed" {
		t.Fatalf("%+v", l.outbox.sent)
	}
	_, body = b.do("POST", "/console/kb/a/"+string(draft.ID)+"/tell", url.Values{})
	if !strings.Contains(body, "Nobody who asked can be told right now") || !strings.Contains(body, "2 have the answer") || len(l.outbox.sent) != 2 {
		t.Errorf("told twice, or not said: %s", body)
	}
	events, err := l.store.Audit(t.Context(), 3)
	if err != nil || events[0].Action != "article.tell" || events[0].Object != string(draft.ID) {
		t.Errorf("%v %+v", err, events)
	}
	if status, _ := b.do("POST", "/console/kb/a/delivery.en/tell", url.Values{}); status != http.StatusOK || len(l.outbox.sent) != 2 {
		t.Errorf("an article that nobody asked for: %d", status)
	}
	late := l.article(draft.ID)
	late.Status = kb.Archived
	if _, _, err := l.kb.Save(t.Context(), []kb.Article{late}, kb.Signed{}); err != nil {
		t.Fatal(err)
	}
	if status, _ := b.do("POST", "/console/kb/a/"+string(draft.ID)+"/tell", url.Values{}); status != http.StatusConflict {
		t.Errorf("an archived article: %d", status)
	}
}
