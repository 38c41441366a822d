package telegram_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/telegram"
	"huiyin/nlp"
)

const group = `"chat":{"id":-55,"type":"supergroup","title":"Fans"}`

// TestMapping is one update in, at most one event out.
func TestMapping(t *testing.T) {
	from := `"from":{"id":7,"is_bot":false,"first_name":"Li","last_name":"Na","language_code":"en"}`
	message := func(chat, fields string) string {
		return fmt.Sprintf(`"message":{"message_id":5,"date":1700000000,%s,%s,%s}`, chat, from, fields)
	}
	li := bot.Person{SourceID: "7", Name: "Li Na", Lang: nlp.LangEnglish}
	at := time.Unix(1700000000, 0)
	event := func(change func(*bot.Inbound)) *bot.Inbound {
		e := &bot.Inbound{Inbox: "in", SourceID: "7:5", Kind: bot.KindMessage, Thread: "7", From: li, At: at}
		change(e)
		return e
	}
	inGroup := func(text string) *bot.Inbound {
		return event(func(e *bot.Inbound) { e.SourceID, e.Thread, e.Text = "-55:5", "-55@7", text })
	}
	me := `"chat":{"id":7,"type":"private"}`
	for _, tc := range []struct {
		name, update string
		want         *bot.Inbound
	}{
		{"text", message(me, `"text":"hi"`), event(func(e *bot.Inbound) { e.Text = "hi" })},
		{"opened in English", message(me, `"text":"/start ad42"`), event(func(e *bot.Inbound) { e.Text = "hello" })},
		{"command", message(me, `"text":"/human"`), event(func(e *bot.Inbound) { e.Text = "human" })},
		{"photo", message(me, `"caption":"坏了","photo":[{"file_id":"a","width":1,"height":1,"file_size":5},{"file_id":"b","width":9,"height":9,"file_size":50}]`),
			event(func(e *bot.Inbound) {
				e.Text, e.Files = "坏了", []bot.File{{Name: "photo.jpg", Type: "image/jpeg", Size: 50, URL: "telegram:b"}}
			})},
		{"document", message(me, `"document":{"file_id":"d","file_name":"发票.pdf","mime_type":"application/pdf","file_size":9}`),
			event(func(e *bot.Inbound) {
				e.Files = []bot.File{{Name: "发票.pdf", Type: "application/pdf", Size: 9, URL: "telegram:d"}}
			})},
		{"voice", message(me, `"voice":{"file_id":"v","duration":3}`),
			event(func(e *bot.Inbound) {
				e.Files = []bot.File{{Name: "voice.ogg", Type: "audio/ogg", URL: "telegram:v"}}
			})},
		{"sticker", message(me, `"sticker":{"file_id":"s","emoji":"😡","type":"regular"}`),
			event(func(e *bot.Inbound) {
				e.Text, e.Files = "😡", []bot.File{{Name: "sticker.webp", Type: "image/webp", URL: "telegram:s"}}
			})},
		{"location", message(me, `"location":{"latitude":31.2304,"longitude":121.4737}`), event(func(e *bot.Inbound) { e.Text = "📍 31.23040, 121.47370" })},
		{"edit", fmt.Sprintf(`"edited_message":{"message_id":5,"date":1700000000,"edit_date":1700000060,%s,%s,"text":"hi!"}`, me, from),
			event(func(e *bot.Inbound) {
				e.Kind, e.Target, e.Text, e.At = bot.KindEdit, "7:5", "hi!", at.Add(time.Minute)
				e.SourceID = "edit:7:5:1700000060:c0ddd62c7717"
			})},
		{"press", fmt.Sprintf(`"callback_query":{"id":"q1","chat_instance":"1","data":"3:0",%s,"message":{"message_id":4,"date":1,%s,"reply_markup":{"inline_keyboard":[[{"text":"Yes","callback_data":"3:0"}]]}}}`, from, me),
			event(func(e *bot.Inbound) { e.SourceID, e.Kind, e.Press, e.Text = "press:q1", bot.KindPress, "3:0", "Yes" })},
		{"press on an old message", fmt.Sprintf(`"callback_query":{"id":"q1","chat_instance":"1","data":"3:0",%s,"message":{"message_id":4,"date":0,%s}}`, from, me),
			event(func(e *bot.Inbound) { e.SourceID, e.Kind, e.Press = "press:q1", bot.KindPress, "3:0" })},
		{"press without a chat", fmt.Sprintf(`"callback_query":{"id":"q1","chat_instance":"1","data":"3:0",%s}`, from), nil},
		{"a group talking", message(group, `"text":"hi all"`), nil},
		{"a group mentioning us", message(group, `"text":"嗨👋 @shopbot, where?","entities":[{"type":"mention","offset":4,"length":8}]`), inGroup("嗨👋 , where?")},
		{"a group mentioning somebody like us", message(group, `"text":"@shopbot2 hi","entities":[{"type":"mention","offset":0,"length":9}]`), nil},
		{"our name in a group, not a mention", message(group, `"text":"x@ShopBot","entities":[]`), nil},
		{"a command to us", message(group, `"text":"/human@ShopBot","entities":[{"type":"bot_command","offset":0,"length":14}]`), inGroup("human")},
		{"a reply to us", message(group, `"text":"and?","reply_to_message":{"message_id":3,"date":1,"chat":{"id":-55,"type":"supergroup"},"from":{"id":12345678,"is_bot":true}}`), inGroup("and?")},
		{"a mention without a name", message(group, `"text":"Shop hi","entities":[{"type":"text_mention","offset":0,"length":4,"user":{"id":12345678,"is_bot":true}}]`), inGroup("Shop hi")},
		{"entities that lie", message(group, `"text":"hi","entities":[{"type":"mention","offset":1,"length":9},{"type":"mention","offset":-1,"length":2}]`), nil},
		{"a topic", message(group, `"text":"@ShopBot hi","is_topic_message":true,"message_thread_id":9,"entities":[{"type":"mention","offset":0,"length":8}]`),
			event(func(e *bot.Inbound) { e.SourceID, e.Thread, e.Text = "-55:5", "-55/9@7", "hi" })},
		{"another bot", `"message":{"message_id":5,"date":1,` + me + `,"from":{"id":8,"is_bot":true},"text":"hi"}`, nil},
		{"a channel", `"message":{"message_id":5,"date":1,"chat":{"id":-9,"type":"channel"},"sender_chat":{"id":-9,"type":"channel"},"text":"news"}`, nil},
		{"somebody joined", message(group, `"new_chat_members":[{"id":1,"is_bot":false}]`), nil},
		{"nothing in it", message(me, `"text":""`), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				r.Start()
				r.Platform.(*fake).deliver(tc.update)
				r.Pass(time.Second)
				r.Stop()
				events := r.Intake.Events()
				if tc.want == nil {
					if len(events) != 0 || r.Platform.Waiting() != 0 {
						t.Errorf("came as %+v, %d wait", events, r.Platform.Waiting())
					}
					return
				}
				if len(events) != 1 {
					t.Fatalf("%d events", len(events))
				}
				if tc.want.Kind == bot.KindPress {
					tc.want.At = events[0].At
				}
				got, _ := json.MarshalIndent(events[0], "", " ")
				want, _ := json.MarshalIndent(tc.want, "", " ")
				if string(got) != string(want) {
					t.Errorf("got %s\nwant %s", got, want)
				}
			})
		})
	}
}

func TestGroupsCanBeOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := suite(false)
		s.Start = func(t *testing.T, n *channelstest.Network) channelstest.Platform {
			return deaf{start(false)(t, n).(*fake)}
		}
		r := channelstest.NewRig(t, s)
		r.Start()
		r.Platform.(deaf).say(group, `"text":"@ShopBot hi","entities":[{"type":"mention","offset":0,"length":8}]`)
		r.Pass(time.Second)
		r.Stop()
		if events := r.Intake.Events(); len(events) != 0 {
			t.Errorf("came as %+v", events)
		}
	})
}

type deaf struct{ *fake }

func (d deaf) Settings() string { return d.fake.Settings() + "groups = \"off\"\n" }

func TestAnswersInAGroupQuoteTheQuestion(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		f := r.Platform.(*fake)
		f.say(group, `"is_topic_message":true,"message_thread_id":9,"text":"@ShopBot hi","entities":[{"type":"mention","offset":0,"length":8}]`)
		r.Pass(time.Second)
		thread := r.Intake.Events()[0].Thread
		id, err := r.Channel.Send(t.Context(), r.Message("m", bot.Message{Thread: thread, Text: "Hi!"}))
		if err != nil || !strings.HasPrefix(id, "-55:") {
			t.Fatalf("sent as %q: %v", id, err)
		}
		if err := r.Channel.(channels.Typer).Typing(t.Context(), thread); err != nil {
			t.Error(err)
		}
		r.Stop()
		if f.replies[0] != 11 || f.topics[0] != "9" || f.ledger[0].Thread != "-55" {
			t.Errorf("replied to %d in topic %q of %q", f.replies[0], f.topics[0], f.ledger[0].Thread)
		}
	})
}

// TestNumbersMayJumpDown: after a quiet week update numbers start anywhere, also below the last one.
func TestNumbersMayJumpDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		f := r.Platform.(*fake)
		f.Say("before")
		r.Pass(8 * 24 * time.Hour)
		f.mu.Lock()
		f.update = 3
		f.mu.Unlock()
		f.Say("after")
		r.Pass(time.Second)
		r.Stop()
		events := r.Intake.Events()
		if len(events) != 2 || events[1].Text != "after" {
			t.Errorf("events: %+v", events)
		}
	})
}

// TestSecondPoller: another program with the same token polls too.
func TestSecondPoller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		f := r.Platform.(*fake)
		conflict := channelstest.Fault{Status: 409, Code: "Conflict: terminated by other getUpdates request"}
		f.polls.Add(slices.Repeat([]channelstest.Fault{conflict}, 5)...)
		f.Say("wait for me")
		start := time.Now()
		err := r.Channel.Run(t.Context(), r.Intake)
		if !errors.Is(err, channels.ErrSecondInstance) || !strings.Contains(err.Error(), "one place") {
			t.Errorf("Run = %v", err)
		}
		if took := time.Since(start); took < 15*time.Second {
			t.Errorf("5 conflicts in %v: a tight loop", took)
		}
		r.Start() // as the receiver does after a while
		r.Pass(time.Minute)
		r.Stop()
		if events := r.Intake.Events(); len(events) != 1 {
			t.Errorf("events: %+v", events)
		}
	})
}

func TestTroubleWhilePolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		f := r.Platform.(*fake)
		f.other.Add(channelstest.Fault{Status: 500}, channelstest.Fault{}, channelstest.Fault{Reset: channelstest.Before})
		f.polls.Add(channelstest.Fault{Status: 429, RetryAfter: 20 * time.Second}, channelstest.Fault{Status: 502, Raw: "<html>"},
			channelstest.Fault{Hang: true}, channelstest.Fault{Reset: channelstest.Before})
		f.Say("patience")
		start := time.Now()
		r.Start()
		r.Pass(10 * time.Second)
		if n := len(r.Intake.Events()); n != 0 {
			t.Errorf("%d events while told to wait", n)
		}
		events := r.Intake.Wait(t.Context(), 1)
		if took := time.Since(start); took < 85*time.Second || took > 3*time.Minute || events[0].Text != "patience" {
			t.Errorf("%q after %v", events[0].Text, took)
		}
		r.Stop()
	})
}

func TestARevokedTokenEndsRun(t *testing.T) {
	for _, where := range []string{"at the start", "while polling"} {
		t.Run(where, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				faults := &r.Platform.(*fake).other
				if where == "while polling" {
					faults = &r.Platform.(*fake).polls
				}
				faults.Add(channelstest.Fault{Status: 401, Code: "Unauthorized"})
				err := r.Channel.Run(t.Context(), r.Intake)
				if !errors.Is(err, channels.ErrAuth) || !strings.Contains(err.Error(), "@BotFather") || strings.Contains(err.Error(), token) {
					t.Errorf("Run = %v", err)
				}
			})
		})
	}
}

// TestTheWebhookIsSetAgain when somebody else took it away.
func TestTheWebhookIsSetAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(true))
		r.Start()
		f := r.Platform.(hooked)
		f.mu.Lock()
		f.hookURL = ""
		f.mu.Unlock()
		r.Pass(time.Hour)
		f.Say("still there?")
		r.Pass(time.Minute)
		r.Stop()
		if n := len(r.Intake.Events()); n != 1 || f.hookURL != channelstest.Webhook {
			t.Errorf("%d events, webhook %q", n, f.hookURL)
		}
	})
}

func TestAWebhookNeedsAnAddress(t *testing.T) {
	f := &fake{webhook: true}
	_, err := telegram.Driver.New(channelstest.Decode(t, f.Settings()), channels.Deps{Public: "http://127.0.0.1:8080"})
	if err == nil || !strings.Contains(err.Error(), `mode = "polling"`) {
		t.Errorf("err = %v", err)
	}
}

func FuzzInbound(f *testing.F) {
	for _, seed := range []string{
		`{"update_id":1,"message":{"message_id":5,"date":1,"chat":{"id":7,"type":"private"},"from":{"id":7},"text":"/start"}}`,
		`{"update_id":1,"edited_message":{"message_id":5,"chat":{"id":-7,"type":"group"},"from":{"id":7},"caption":"@ShopBot","caption_entities":[{"type":"mention","offset":0,"length":8}]}}`,
		`{"update_id":1,"callback_query":{"id":"1","data":"x","from":{"id":1},"message":{"chat":{"id":1}}}}`,
		`{"update_id":1,"message":{"message_id":5,"photo":[],"from":{"id":1},"chat":{"id":1},"pinned_message":{}}}`,
		`{"update_id":"x"}`, `[]`, `null`, "\xff",
	} {
		f.Add([]byte(seed))
	}
	ready := make(chan struct{}, 1)
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasSuffix(r.URL.Path, "getMe"):
			reply(w, map[string]any{"id": 12345678, "is_bot": true, "username": "ShopBot"})
		case strings.HasSuffix(r.URL.Path, "getWebhookInfo"):
			reply(w, map[string]any{"url": ""})
			ready <- struct{}{}
		default:
			reply(w, true)
		}
	}))
	f.Cleanup(platform.Close)
	settings := fmt.Sprintf("token = %q\nmode = \"webhook\"\nwebhook_secret = %q\napi_url = %q\n", token, hookKey, platform.URL)
	c, err := telegram.Driver.New(channelstest.Decode(f, settings), channels.Deps{
		Inbox: bot.Inbox{ID: "in"}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Client: platform.Client(), Public: channelstest.Public,
	})
	if err != nil {
		f.Fatal(err)
	}
	go func() { _ = c.Run(f.Context(), nil) }()
	<-ready
	f.Fuzz(func(t *testing.T, body []byte) {
		intake := channelstest.NewIntake()
		r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", hookKey)
		w := httptest.NewRecorder()
		c.(channels.WebhookHandler).Webhook(intake).ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
		events := intake.Events()
		channelstest.Fuzz(t, events)
		if len(events) > 1 {
			t.Fatalf("%d events of one update", len(events))
		}
	})
}
