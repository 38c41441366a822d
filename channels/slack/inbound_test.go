package slack_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels"
	"huiyin/channels/channelstest"
	"huiyin/channels/slack"
	"huiyin/nlp"
)

// TestMapping is one event in, at most one out.
func TestMapping(t *testing.T) {
	lin := bot.Person{SourceID: customer, Name: "林", Lang: nlp.LangHans, Email: "lin@shop.example"}
	at := time.Unix(1700000000, 100_000)
	event := func(change func(*bot.Inbound)) *bot.Inbound {
		e := &bot.Inbound{Inbox: "in", SourceID: "D0LIN:1700000000.000100", Kind: bot.KindMessage, Thread: "D0LIN", From: lin, At: at}
		change(e)
		return e
	}
	inChannel := func(text string) *bot.Inbound {
		return event(func(e *bot.Inbound) {
			e.SourceID, e.Thread, e.Text = "C0SHOP:1700000000.000100", "C0SHOP:1700000000.000100", text
		})
	}
	direct := `"type":"message","channel":"D0LIN","channel_type":"im","user":"U0LIN","ts":"1700000000.000100"`
	channel := `"type":"message","channel":"C0SHOP","channel_type":"channel","user":"U0LIN","ts":"1700000000.000100"`
	for _, tc := range []struct {
		name, event string
		want        *bot.Inbound
	}{
		{"text", `{` + direct + `,"text":"a &lt;b&gt; &amp;amp; c"}`, event(func(e *bot.Inbound) { e.Text = "a <b> &amp; c" })},
		{"links, names and calls", `{` + direct + `,"text":"<https://x.example/a?b=1&amp;c|the page> <mailto:a@x.example|a@x.example> <tel:+86> <@U0ANN> <@U0ANN|ann> <#C1|shop> <!here> <!subteam^S1|@team> 1 &lt; 2 <open"}`,
			event(func(e *bot.Inbound) {
				e.Text = "the page a@x.example +86 @U0ANN @ann #shop @here @team 1 < 2 <open"
			})},
		{"emoji", `{` + direct + `,"text":":smile: :+1::skin-tone-2: :shop_logo: 10:30:00","blocks":[{"type":"rich_text","elements":[{"type":"rich_text_section","elements":[{"type":"emoji","name":"smile","unicode":"1f604"},{"type":"emoji","name":"+1","skin_tone":2,"unicode":"1f44d-1f3fb"},{"type":"emoji","name":"shop_logo"},{"type":"emoji","name":"30","unicode":"zz"}]}]}]}`,
			event(func(e *bot.Inbound) { e.Text = "😄 👍🏻 :shop_logo: 10:30:00" })},
		{"blocks that are none", `{` + direct + `,"text":":smile:","blocks":{"a":[1]}}`, event(func(e *bot.Inbound) { e.Text = ":smile:" })},
		{"in a thread of a direct conversation", `{` + direct + `,"text":"hi","thread_ts":"1690000000.000001"}`,
			event(func(e *bot.Inbound) { e.Text, e.Thread = "hi", "D0LIN:1690000000.000001" })},
		{"a file", `{` + direct + `,"subtype":"file_share","text":"","files":[{"name":"发票.pdf","mimetype":"application/pdf","size":9,"permalink":"https://x.slack.com/p","url_private":"https://files.slack.com/f"}]}`,
			event(func(e *bot.Inbound) {
				e.Files = []bot.File{{Name: "发票.pdf", Type: "application/pdf", Size: 9, URL: "https://files.slack.com/f"}}
			})},
		{"a mention", `{` + strings.Replace(channel, `"message"`, `"app_mention"`, 1) + `,"text":"<@U0BOT> 在吗？"}`, inChannel("在吗？")},
		{"its twin", `{` + channel + `,"text":"<@U0BOT> 在吗？"}`, inChannel("在吗？")},
		{"only our name", `{` + channel + `,"text":" <@U0BOT> "}`, inChannel("hello")},
		{"a mention in a thread", `{` + channel + `,"thread_ts":"1690000000.000001","text":"hey <@U0BOT|shop> you"}`,
			event(func(e *bot.Inbound) {
				e.SourceID, e.Thread, e.Text = "C0SHOP:1700000000.000100", "C0SHOP:1690000000.000001", "hey  you"
			})},
		{"a channel talking", `{` + channel + `,"text":"hi all <@U0BOT2>"}`, nil},
		{"our thread, without a mention", `{` + channel + `,"thread_ts":"1680000000.000001","text":"and then?"}`,
			event(func(e *bot.Inbound) {
				e.SourceID, e.Thread, e.Text = "C0SHOP:1700000000.000100", "C0SHOP:1680000000.000001", "and then?"
			})},
		{"somebody else's thread", `{` + channel + `,"thread_ts":"1690000000.000001","text":"and then?"}`, nil},
		{"ourselves", `{` + strings.Replace(direct, customer, self, 1) + `,"text":"hi"}`, nil},
		{"another bot", `{` + direct + `,"bot_id":"B1","text":"hi"}`, nil},
		{"a bot's subtype", `{` + direct + `,"subtype":"bot_message","text":"hi"}`, nil},
		{"somebody joined", `{` + channel + `,"subtype":"channel_join","text":"<@U0BOT> joined"}`, nil},
		{"nothing in it", `{` + direct + `,"text":""}`, nil},
		{"a channel that is none", `{"type":"message","channel":"../x","user":"U0LIN","ts":"1.1","text":"hi"}`, nil},
		{"a time that is none", `{"type":"message","channel":"D0LIN","user":"U0LIN","ts":"now","text":"hi"}`, nil},
		{"edit", `{"type":"message","subtype":"message_changed","channel":"D0LIN","channel_type":"im","ts":"1700000060.000200","message":{"type":"message","user":"U0LIN","text":"hi!","ts":"1700000000.000100","edited":{"user":"U0LIN","ts":"1700000060.000000"}},"previous_message":{"text":"hi"}}`,
			event(func(e *bot.Inbound) {
				e.Kind, e.SourceID, e.Target = bot.KindEdit, "edit:D0LIN:1700000000.000100:D0LIN:1700000060.000000", "D0LIN:1700000000.000100"
				e.Text, e.At = "hi!", time.Unix(1700000060, 0)
			})},
		{"a preview was added", `{"type":"message","subtype":"message_changed","channel":"D0LIN","channel_type":"im","message":{"user":"U0LIN","text":"hi","ts":"1700000000.000100"},"previous_message":{"text":"hi"}}`, nil},
		{"our own edit", `{"type":"message","subtype":"message_changed","channel":"D0LIN","channel_type":"im","message":{"user":"U0BOT","bot_id":"B0BOT","text":"x","ts":"1.1","edited":{"ts":"1.2"}}}`, nil},
		{"delete", `{"type":"message","subtype":"message_deleted","channel":"D0LIN","channel_type":"im","ts":"1700000060.000200","deleted_ts":"1700000000.000100","previous_message":{"user":"U0LIN","text":"hi","ts":"1700000000.000100"}}`,
			event(func(e *bot.Inbound) {
				e.Kind, e.SourceID, e.Target = bot.KindDelete, "delete:D0LIN:1700000000.000100", "D0LIN:1700000000.000100"
				e.At = time.Unix(1700000060, 200_000)
			})},
		{"a deletion in a channel", `{"type":"message","subtype":"message_deleted","channel":"C0SHOP","channel_type":"channel","deleted_ts":"1700000000.000100","previous_message":{"user":"U0LIN","text":"hi"}}`, nil},
		{"our message was deleted", `{"type":"message","subtype":"message_deleted","channel":"D0LIN","channel_type":"im","deleted_ts":"1700000000.000100","previous_message":{"user":"U0BOT","bot_id":"B0BOT"}}`, nil},
		{"the app was removed", `{"type":"app_uninstalled"}`, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := withHistory(t)
				r.Start()
				r.Platform.(*fake).event(tc.event)
				r.Pass(time.Second)
				r.Stop()
				events := r.Intake.Events()
				if r.Platform.Waiting() != 0 {
					t.Error("not acknowledged")
				}
				if tc.want == nil {
					if len(events) != 0 {
						t.Errorf("came as %+v", events)
					}
					return
				}
				if len(events) != 1 {
					t.Fatalf("%d events", len(events))
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

// withHistory is a rig whose inbox has one conversation, in a thread of a channel.
func withHistory(t *testing.T) *channelstest.Rig {
	s := suite(false)
	driver := s.Driver
	s.Driver.New = func(decode func(any) error, d channels.Deps) (channels.Channel, error) {
		d.History = history{"C0SHOP:1680000000.000001"}
		return driver.New(decode, d)
	}
	return channelstest.NewRig(t, s)
}

type history struct{ thread string }

func (h history) Current(_ context.Context, _ bot.InboxID, thread string) (bot.Conversation, error) {
	if thread != h.thread {
		return bot.Conversation{}, bot.ErrNotFound
	}
	return bot.Conversation{ID: "c", Thread: thread}, nil
}

func (history) Messages(context.Context, bot.ConversationID, uint64, int) ([]bot.Message, error) {
	return nil, bot.ErrNotFound
}

func TestPressInAThread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(false))
		r.Start()
		m := r.Message("m", bot.Message{Thread: "C0SHOP:1680000000.000001", Author: bot.ByBot, Text: "Sure?", Buttons: []bot.Button{{Title: "Yes", Value: "1:0"}}})
		if _, err := r.Channel.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		r.Platform.Press("Yes")
		r.Pass(time.Second)
		r.Stop()
		events := r.Intake.Events()
		if len(events) != 1 || events[0].Thread != m.Thread || events[0].Press != "1:0" || events[0].Text != "Yes" || events[0].From.Name != "林" {
			t.Errorf("events: %+v", events)
		}
		if last := r.Platform.Ledger()[0]; last.Thread != m.Thread {
			t.Errorf("shown in %q", last.Thread)
		}
	})
}

// TestReconcilePages finds a message on a later page, in a channel and in a thread.
func TestReconcilePages(t *testing.T) {
	for _, thread := range []string{dm, "C0SHOP:1680000000.000001"} {
		synctest.Test(t, func(t *testing.T) {
			r := channelstest.NewRig(t, suite(false))
			r.Start()
			var ids []string
			var sent []channels.Outgoing
			for i := range 5 {
				m := r.Message(fmt.Sprint("m", i), bot.Message{Thread: thread, Text: "x", At: time.Now()})
				id, err := r.Channel.Send(t.Context(), m)
				if err != nil {
					t.Fatal(err)
				}
				ids, sent = append(ids, id), append(sent, m)
			}
			look := r.Channel.(channels.Reconciler)
			for i, m := range sent {
				if id, found, err := look.Reconcile(t.Context(), m); err != nil || !found || id != ids[i] {
					t.Errorf("%s: found %v as %q, want %q: %v", m.ID, found, id, ids[i], err)
				}
			}
			if _, found, err := look.Reconcile(t.Context(), r.Message("never", bot.Message{Thread: thread, Text: "x", At: time.Now()})); found || err != nil {
				t.Errorf("what was never sent: found %v, %v", found, err)
			}
			r.Platform.(*fake).looks.Add(channelstest.Fault{Status: 429, RetryAfter: 9 * time.Second})
			if _, _, err := look.Reconcile(t.Context(), sent[0]); channels.ReasonOf(err) != channels.RateLimited || channels.WaitOf(err) != 9*time.Second {
				t.Errorf("limited: %v", err)
			}
			r.Stop()
		})
	}
}

func TestNamesAreBestEffort(t *testing.T) {
	for _, tc := range []struct {
		name  string
		fault channelstest.Fault
		asked int // users.info in three events a minute apart
		want  string
	}{
		{"known", channelstest.Fault{}, 1, "林"},
		{"not allowed to ask", channelstest.Fault{Code: "missing_scope"}, 1, ""},
		{"slow", channelstest.Fault{Hang: true}, 2, ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := channelstest.NewRig(t, suite(false))
				r.Start()
				f := r.Platform.(*fake)
				f.other.Add(tc.fault)
				for range 3 {
					f.Say("hi")
					r.Pass(2 * time.Second)
					if f.Waiting() != 0 {
						t.Error("not acknowledged within three seconds")
					}
					r.Pass(time.Minute)
				}
				r.Stop()
				asked := 0
				for _, c := range f.calls {
					if c == "users.info" {
						asked++
					}
				}
				if events := r.Intake.Events(); len(events) != 3 || events[0].From.Name != tc.want || asked != tc.asked {
					t.Errorf("asked %d times, named %+v", asked, events)
				}
			})
		})
	}
}

func TestSignatureWindowAndChallenge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, suite(true))
		r.Start()
		f := r.Platform.(hooked)
		body := []byte(`{"type":"event_callback","event":{"type":"app_uninstalled"}}`)
		for age, want := range map[time.Duration]int{
			0: 200, 4 * time.Minute: 200, -4 * time.Minute: 200, 6 * time.Minute: 401, -6 * time.Minute: 401, 56 * 365 * 24 * time.Hour: 401,
		} {
			if got := f.postAt(http.MethodPost, "application/json", body, signing, time.Now().Add(-age)); got != want {
				t.Errorf("%v old: status %d, want %d", age, got, want)
			}
		}
		r.Stop()
	})
	c := open(t, "http://127.0.0.1:1/api/")
	w := knock(c, "application/json", []byte(`{"type":"url_verification","challenge":"<b>3eZb"}`), nil)
	if w.Code != 200 || w.Body.String() != "<b>3eZb" || !strings.HasPrefix(w.Header().Get("Content-Type"), "text/plain") || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("challenge: %d %q %v", w.Code, w.Body, w.Header())
	}
	if w := knock(c, "application/json", []byte(`{"type":"event_callback"}`), nil); w.Code != http.StatusServiceUnavailable {
		t.Errorf("before we know who we are: %d", w.Code)
	}
}

// open makes a channel over HTTP outside of any rig.
func open(t testing.TB, apiURL string) channels.Channel {
	t.Helper()
	settings := fmt.Sprintf("mode = \"http\"\nbot_token = %q\nsigning_secret = %q\napi_url = %q\n", botToken, signing, apiURL)
	c, err := slack.Driver.New(channelstest.Decode(t, settings), channels.Deps{
		Inbox: bot.Inbox{ID: "in"}, Log: slog.New(slog.DiscardHandler), Now: time.Now, Client: &http.Client{}, Public: channelstest.Public,
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// knock calls a webhook with a valid signature.
func knock(c channels.Channel, contentType string, body []byte, h bot.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(body))
	ts := fmt.Sprint(time.Now().Unix())
	mac := hmac.New(sha256.New, []byte(signing))
	fmt.Fprintf(mac, "v0:%s:%s", ts, body)
	r.Header.Set("Content-Type", contentType)
	r.Header.Set("X-Slack-Request-Timestamp", ts)
	r.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	w := httptest.NewRecorder()
	c.(channels.WebhookHandler).Webhook(h).ServeHTTP(w, r)
	return w
}

func FuzzInbound(f *testing.F) {
	for _, seed := range []string{
		`{"type":"event_callback","event":{"type":"message","channel":"D1","channel_type":"im","user":"U1","text":"<@U0BOT> <http://a|b>","ts":"1.1"}}`,
		`{"type":"event_callback","event":{"type":"message","subtype":"message_changed","channel":"D1","message":{"user":"U1","text":"a","ts":"1.1","edited":{"ts":"1.2"}}}}`,
		`{"type":"event_callback","event":{"type":"message","subtype":"message_deleted","channel":"D1","deleted_ts":"1.1","previous_message":{"user":"U1"}}}`,
		`payload=%7B%22type%22%3A%22block_actions%22%2C%22user%22%3A%7B%22id%22%3A%22U1%22%7D%2C%22channel%22%3A%7B%22id%22%3A%22D1%22%7D%2C%22message%22%3A%7B%22ts%22%3A%221.1%22%7D%2C%22actions%22%3A%5B%7B%22value%22%3A%221%3A0%22%7D%5D%7D`,
		`{"type":"url_verification"}`, `{"type":"app_rate_limited"}`, `[]`, "\xff",
	} {
		f.Add([]byte(seed), strings.HasPrefix(seed, "payload"))
	}
	known := make(chan struct{}, 1)
	platform := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "auth.test") {
			reply(w, map[string]any{"user_id": self, "bot_id": "B0BOT"})
			return
		}
		fail(w, channelstest.Fault{Code: "missing_scope"})
		known <- struct{}{}
	}))
	f.Cleanup(platform.Close)
	c := open(f, platform.URL+"/api/")
	go func() { _ = c.Run(f.Context(), nil) }()
	hello := []byte(`{"type":"event_callback","event":{"type":"message","channel":"D1","user":"U1","text":"hi","ts":"1.1"}}`)
	for knock(c, "application/json", hello, channelstest.NewIntake()).Code != http.StatusOK {
		// the platform answers at once; only then does the channel know itself
	}
	<-known
	f.Fuzz(func(t *testing.T, body []byte, form bool) {
		contentType := "application/json"
		if form {
			contentType = "application/x-www-form-urlencoded"
		}
		intake := channelstest.NewIntake()
		if w := knock(c, contentType, body, intake); w.Code != http.StatusOK {
			t.Fatalf("status %d", w.Code)
		}
		events := intake.Events()
		channelstest.Fuzz(t, events)
		if len(events) > 1 {
			t.Fatalf("%d events of one request", len(events))
		}
	})
}
