package api_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"huiyin/bot"
	"huiyin/hooks"
	"huiyin/nlp"
)

// webhookEvents are events about what is on stage, one of each kind.
func webhookEvents(s *shop) []hooks.Event {
	s.t.Helper()
	const id = "q7mzk2v4p9xw3c6t"
	stage(s, "")
	conv, err := s.store.Conversation(s.t.Context(), id)
	s.ok(err)
	conv.LastSeq = 3
	said := bot.Message{ID: id + "-3", Conversation: id, Seq: 3, Inbox: "web", Thread: conv.Thread, Direction: bot.Outgoing, Author: bot.ByAgent, AuthorID: "editor", AuthorName: "Editor",
		Text: "It arrives tomorrow.", Delivery: bot.Queued, At: monday}
	s.ok(s.store.Save(s.t.Context(), bot.Change{Conversation: conv, Messages: []bot.Message{said}}))
	s.ok(s.store.SaveIncident(s.t.Context(), bot.Incident{ID: "warehouse", Topic: "delivery.late", Since: monday, By: "lead",
		Text: map[nlp.Lang]string{"zh": "仓库正在搬家，发货会晚一两天。", "en": "Our warehouse is moving: parcels leave a day or two late."}}, bot.Event{}))
	all := []hooks.Event{
		{Kind: hooks.ConversationHandedOff, Conversation: id, Label: "asked"}, {Kind: hooks.ConversationResolved, Conversation: id, Agent: "editor", Label: "agent"},
		{Kind: hooks.MessageReceived, Conversation: id, Message: id + "-1"}, {Kind: hooks.MessageSent, Conversation: id, Message: id + "-3"},
		{Kind: hooks.RatingGiven, Conversation: id, Agent: "editor", Label: "csat", Value: 5}, {Kind: hooks.RatingCommented, Conversation: id, Message: id + "-2", Label: "csat", Value: 5},
		{Kind: hooks.ArticlePublished, Article: "delivery.en"}, {Kind: hooks.IncidentRaised, Incident: "warehouse", Agent: "lead"}, {Kind: hooks.IncidentLifted, Incident: "warehouse"},
		{Kind: hooks.DigestReady, Week: "2026-W46"}, {Kind: hooks.Ping},
	}
	for _, k := range []hooks.Kind{hooks.ConversationOpened, hooks.ConversationClaimed, hooks.ConversationReturned, hooks.ConversationReopened} {
		all = append(all, hooks.Event{Kind: k, Conversation: id})
	}
	for i := range all {
		all[i].At = monday
	}
	return all
}

// TestWebhookExamples makes the body of every call that the document shows. With HUIYIN_EXAMPLES=write the examples are
// written anew.
func TestWebhookExamples(t *testing.T) {
	s := open(t)
	events := webhookEvents(s)
	if len(events) != len(hooks.Kinds())+1 {
		t.Errorf("%d kinds are on stage, there are %d", len(events), len(hooks.Kinds())+1)
	}
	_, raw := s.document()
	var d struct {
		Webhooks map[string]struct {
			Post struct {
				Summary     string
				RequestBody struct {
					Content map[string]struct{ Example any }
				}
			}
		}
	}
	s.ok(json.Unmarshal([]byte(raw), &d))
	for _, e := range events {
		t.Run(string(e.Kind), func(t *testing.T) {
			body, err := s.api.WebhookBody(t.Context(), e, "4f1d2c3b5a69-42-mwj7og00", true)
			s.ok(err)
			if os.Getenv("HUIYIN_EXAMPLES") == "write" {
				var v any
				s.ok(json.Unmarshal(body, &v))
				pretty, err := json.MarshalIndent(json.RawMessage(body), "", "  ")
				s.ok(err)
				s.ok(os.WriteFile(filepath.Join("examples", "webhooks", string(e.Kind)+".json"), append(pretty, '\n'), 0o644))
				return
			}
			w := d.Webhooks[string(e.Kind)].Post
			want, _ := json.Marshal(w.RequestBody.Content["application/json"].Example)
			if w.Summary == "" || !sameJSON(t, string(body), string(want)) {
				t.Errorf("the document says %q\n%s\nthe program says\n%s", w.Summary, want, body)
			}
		})
	}
}

// TestWebhookMasks holds what an endpoint gets that may not have names: no name, no address, no number.
func TestWebhookMasks(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin Daiyu", bot.StatusWaiting, "I am Lin Daiyu, call me at 13812345678")
	conv, err := s.store.Conversation(t.Context(), "c1")
	s.ok(err)
	conv.Handoff.Summary, conv.Preview, conv.LastSeq = "Lin Daiyu wants a call at 13812345678. We said: Hi Lin!", "call 13812345678", conv.LastSeq+1
	m := bot.Message{ID: bot.MessageID(fmt.Sprintf("c1-%d", conv.LastSeq)), Conversation: "c1", Seq: conv.LastSeq, Inbox: "web", Thread: conv.Thread, Direction: bot.Incoming, Author: bot.ByContact,
		AuthorID: "visitor-c1", AuthorName: "Lin Daiyu", Text: "I am Lin Daiyu, call me at 13812345678 or write to daiyu@shop.example", At: monday}
	s.ok(s.store.Save(t.Context(), bot.Change{Conversation: conv, Messages: []bot.Message{m}}))
	e := hooks.Event{Kind: hooks.MessageReceived, Conversation: "c1", Message: m.ID, At: monday}
	for names, want := range map[bool]bool{true: true, false: false} {
		body, err := s.api.WebhookBody(t.Context(), e, "d-1", names)
		s.ok(err)
		for _, secret := range []string{"Lin", "Daiyu", "13812345678", "visitor-c1"} {
			if strings.Contains(string(body), secret) != want {
				t.Errorf("names %v: %q is there: %v\n%s", names, secret, !want, body)
			}
		}
	}
}

// TestWebhookGone erases what an event is about before it is told.
func TestWebhookGone(t *testing.T) {
	s := open(t)
	s.talk("c1", "Lin", bot.StatusBot, "hello")
	_, err := s.store.EraseContact(t.Context(), "p-c1", bot.Event{})
	s.ok(err)
	for _, e := range []hooks.Event{
		{Kind: hooks.MessageReceived, Conversation: "c1", Message: "c1-1"}, {Kind: hooks.ConversationOpened, Conversation: "c1"}, {Kind: hooks.RatingGiven, Conversation: "c1"},
		{Kind: hooks.ArticlePublished, Article: "none"}, {Kind: hooks.IncidentRaised, Incident: "none"}, {Kind: hooks.MessageSent, Message: "nonsense"},
	} {
		if body, err := s.api.WebhookBody(t.Context(), e, "d", true); !errors.Is(err, hooks.ErrGone) {
			t.Errorf("%s: %s, %v", e.Kind, body, err)
		}
	}
}
