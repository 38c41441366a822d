package slack_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"huiyin/bot"
	"huiyin/channels/channelstest"
	"huiyin/data"
	"huiyin/internal/locale"
	"huiyin/store/mem"
)

const deskChannel = "C0DESK"

// office is the fake with a channel in which a team works.
type office struct{ *fake }

func startOffice(overHTTP bool) func(*testing.T, *channelstest.Network) channelstest.Platform {
	return func(t *testing.T, n *channelstest.Network) channelstest.Platform {
		return office{start(overHTTP)(t, n).(*fake)}
	}
}

func (o office) Settings() string {
	return o.fake.Settings() + fmt.Sprintf("desk_channel = %q\ndesk_agents = [\"U0LINA=lin@shop.example\", \"U0MAX=max@shop.example\"]\n", deskChannel)
}

func (o office) Trip(faults ...channelstest.Fault) { o.other.Add(faults...) }

func (o office) Member(name string) string {
	return map[string]string{"lin": "U0LINA", "max": "U0MAX", "eve": "U0EVE"}[name]
}

func (o office) where(match func(channelstest.Shown) bool) []channelstest.Shown {
	return slices.DeleteFunc(o.Ledger(), func(s channelstest.Shown) bool { return !match(s) })
}

func (o office) Cards() []channelstest.Shown {
	return o.where(func(s channelstest.Shown) bool { return s.Thread == deskChannel })
}

func (o office) Entries(card channelstest.Shown) []channelstest.Shown {
	return o.where(func(s channelstest.Shown) bool { return s.Thread == card.ID })
}

func (o office) Whispers(name string) []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	var texts []string
	for _, w := range o.whispers {
		if w.user == o.Member(name) {
			texts = append(texts, w.text)
		}
	}
	return texts
}

const lobby, question = "C0LOBBY", "1700000000.000001"

// Public mentions the bot in a channel, first, and goes on in the thread.
func (o office) Public(text string) string {
	place := fmt.Sprintf(`"channel":%q,"channel_type":"channel","user":%q`, lobby, customer)
	if o.asked.Swap(true) {
		o.event(fmt.Sprintf(`{"type":"message",%s,"text":%s,"ts":%q,"thread_ts":%q,"parent_user_id":%q}`, place, quote(text), o.ts(), question, customer))
	} else {
		o.event(fmt.Sprintf(`{"type":"app_mention",%s,"text":%s,"ts":%q}`, place, quote("<@"+self+"> "+text), question))
	}
	return lobby + ":" + question
}

func (o office) Answer(name, text string) {
	o.event(fmt.Sprintf(`{"type":"message","channel":%q,"channel_type":"channel","user":%q,"text":%s,"ts":%q,"thread_ts":%q,"parent_user_id":%q}`,
		lobby, o.Member(name), quote(text), o.ts(), question, customer))
}

// thread is the root of a card's thread.
func thread(card channelstest.Shown) string { return strings.TrimPrefix(card.ID, deskChannel+":") }

func escaped(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

func (o office) message(name string, card channelstest.Shown, ts, text string) string {
	return fmt.Sprintf(`"user":%q,"text":%s,"ts":%q,"thread_ts":%q`, o.Member(name), quote(escaped(text)), ts, thread(card))
}

func (o office) Write(name string, card channelstest.Shown, text string) string {
	ts := o.ts()
	o.event(fmt.Sprintf(`{"type":"message","channel":%q,"channel_type":"channel",%s}`, deskChannel, o.message(name, card, ts, text)))
	return ts
}

func (o office) Amend(name string, card channelstest.Shown, ts, text string) {
	o.event(fmt.Sprintf(`{"type":"message","subtype":"message_changed","channel":%q,"channel_type":"channel","ts":%q,"message":{"type":"message",%s,"edited":{"user":"x","ts":%q}},"previous_message":{"type":"message",%s}}`,
		deskChannel, o.ts(), o.message(name, card, ts, text), o.ts(), o.message(name, card, ts, "before")))
}

func (o office) Retract(name string, card channelstest.Shown, ts string) bool {
	o.event(fmt.Sprintf(`{"type":"message","subtype":"message_deleted","channel":%q,"channel_type":"channel","ts":%q,"deleted_ts":%q,"previous_message":{"type":"message",%s}}`,
		deskChannel, o.ts(), ts, o.message(name, card, ts, "before")))
	return true
}

func (o office) Click(name string, card channelstest.Shown, title string) {
	o.mu.Lock()
	action := o.clicks[card.ID+title]
	o.mu.Unlock()
	if action == "" {
		o.t.Errorf("nothing under the card is titled %q", title)
	}
	o.deliver("interactive", fmt.Sprintf(`{"type":"block_actions","user":{"id":%q,"name":"x"},"channel":{"id":%q},"message":{"ts":%q},"actions":[{"action_id":"a","action_ts":%q,%s}]}`,
		o.Member(name), deskChannel, thread(card), o.ts(), action))
}

// action is what Slack sends about a press.
func (e element) action(title string) string {
	for _, o := range e.Options {
		if strings.HasSuffix(title, " "+o.Text.Text) {
			return fmt.Sprintf(`"type":"static_select","selected_option":{"value":%q,"text":{"type":"plain_text","text":%s}}`, o.Value, quote(o.Text.Text))
		}
	}
	return fmt.Sprintf(`"type":"button","value":%q,"text":{"type":"plain_text","text":%s}`, e.Value, quote(e.Text.Text))
}

// TestWhatAgentsWriteKeepsItsLinks: Slack shows a label, and the customer must get the address.
func TestWhatAgentsWriteKeepsItsLinks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := channelstest.NewRig(t, deskSuite(t, true).Suite)
		r.Start()
		o := r.Platform.(office)
		for i, tc := range []struct{ text, want string }{
			{"&gt;&gt; see <https://shop.example/r?a=1&amp;b=2|the rules>", ">> see [the rules](https://shop.example/r?a=1&b=2)"},
			{"<https://shop.example/r|shop.example/r> <https://shop.example/r>", "https://shop.example/r https://shop.example/r"},
			{"<https://shop.example/(x)|y> <javascript:alert(1)|z> <mailto:a@x.example|a@x.example>", "https://shop.example/(x) z a@x.example"},
			{"<https://shop.example|a]b>", "[a)b](https://shop.example)"},
		} {
			o.event(fmt.Sprintf(`{"type":"message","channel":%q,"channel_type":"group","user":"U0LINA","text":%s,"ts":%q,"thread_ts":"1700000000.000001"}`, deskChannel, quote(tc.text), o.ts()))
			r.Pass(time.Minute)
			events := r.Intake.Events()
			if len(events) != i+1 || events[i].Text != tc.want || !events[i].Staff {
				t.Errorf("%q: %+v, want %q", tc.text, events[i:], tc.want)
			}
		}
		r.Stop()
	})
}

func deskSuite(t *testing.T, overHTTP bool) channelstest.DeskSuite {
	t.Helper()
	words, err := locale.Load(data.Files(), "locale")
	if err != nil {
		t.Fatal(err)
	}
	s := suite(overHTTP)
	s.Start = startOffice(overHTTP)
	s.Store = func() bot.Store { return mem.New(mem.Options{Now: time.Now}) }
	return channelstest.DeskSuite{Suite: s, Words: words, Certain: true}
}

func TestDeskBySocket(t *testing.T) { channelstest.RunDesk(t, deskSuite(t, false)) }

func TestDeskOverHTTP(t *testing.T) { channelstest.RunDesk(t, deskSuite(t, true)) }
