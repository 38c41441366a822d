package channelstest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/channels"
)

func (r *Rig) testSend() {
	r.Start()
	seen := map[string]bool{}
	for i, m := range []bot.Message{
		{Author: bot.ByBot, Text: marker + " 您的订单已经发货。"},
		{Author: bot.ByAgent, AuthorName: "Lin", Text: "Two\n\nparagraphs " + marker},
	} {
		id, err := r.send(r.Message(fmt.Sprint("m", i), m))
		if err != nil || id == "" || seen[id] {
			r.Fatalf("sent as %q: %v", id, err)
		}
		seen[id] = true
		ledger := r.Platform.Ledger()
		if last := ledger[len(ledger)-1]; last.Thread != r.Platform.Thread() || last.Text != m.Text || last.Format != "" || len(last.Buttons) != 0 {
			r.Errorf("shown as %+v", last)
		}
	}
}

// rendering is a text and what a customer may see of it: with all of its formatting, or with none.
type rendering struct {
	source string
	text   string // with the formatting that format names
	format string // as in Shown; empty: nothing is formatted
	plain  string // without any formatting: nothing that can be seen is missing; empty: as text
}

// hostile are texts that mean something in one syntax or another. What is expected is written out and not asked of the
// product: its own small Markdown is all that is formatted, all other characters are there, and nothing is a link that was
// not written as one.
func hostile() []rendering {
	return []rendering{
		{
			source: "<!channel> <@U123> <#C1|x> <https://evil.example|bank> &amp; &lt;b&gt;",
			text:   "<!channel> <@U123> <#C1|x> <https://evil.example|bank> &amp; &lt;b&gt;",
		},
		{
			source: "*a* _b_ ~c~ `d` ```e``` [f](https://evil.example) ![g](tel:1) > h",
			text:   "a b ~c~ d e f g > h",
			format: "italic(a) italic(b) code(d) code(e) link(f→https://evil.example) link(g→tel:1)",
			plain:  "a b ~c~ d e f (https://evil.example) g (tel:1) > h",
		},
		{
			source: "<b>bold</b> <a href='https://evil.example'>x</a> <script>",
			text:   "<b>bold</b> <a href='https://evil.example'>x</a> <script>",
		},
		{
			source: "\\*a\\* .!-=|{}()#+ @everyone @channel :tada: {{x}} %s %n",
			text:   "*a* .!-=|{}()#+ @everyone @channel :tada: {{x}} %s %n",
		},
		{
			source: "1. a\n2. b\n- c\n# d\n> e\n    f",
			text:   "1. a\n2. b\n• c\nd\n> e\nf",
			format: "bold(d)",
		},
		{
			source: "\u202egnp.exe\u2066 zero\u200bwidth 👨‍👩‍👧‍👦 é ｆｕｌｌ 𠮷",
			text:   "\u202egnp.exe\u2066 zero\u200bwidth 👨‍👩‍👧‍👦 é ｆｕｌｌ 𠮷",
		},
		{
			source: "a\x00b\x1b[31mc\xff\r\nd",
			text:   "ab[31mc\ufffd\nd",
		},
		{
			source: "[a](javascript:alert(1)) [b](data:text/html,x) [c] (https://d.example) [e](/console) [f](https://g.example",
			text:   "[a](javascript:alert(1)) [b](data:text/html,x) [c] (https://d.example) [e](/console) [f](https://g.example",
		},
		{
			source: "2*3*4 a_b_c **x *y ~~z `q",
			text:   "2*3*4 a_b_c **x *y ~~z `q",
		},
	}
}

// testHostileText: besides our own small Markdown, which is the same on every channel and whoever writes, what stands in a
// text means nothing to the platform.
func (r *Rig) testHostileText() {
	r.Start()
	for i, want := range hostile() {
		for _, author := range []bot.Author{bot.ByAgent, bot.ByBot} {
			m := r.Message(fmt.Sprint("m", i, author), bot.Message{Author: author, Text: want.source + marker})
			if _, err := r.send(m); err != nil {
				r.Errorf("%q: %v", want.source, err)
				continue
			}
			ledger := r.Platform.Ledger()
			r.checkShown(ledger[len(ledger)-1], want)
		}
	}
}

// checkShown holds what the customer sees against what was to be shown, with the marker behind it.
func (r *Rig) checkShown(shown Shown, want rendering) {
	r.Helper()
	plain := cmp.Or(want.plain, want.text) + marker
	if r.Suite.Without[DirectionMarks] != "" {
		plain = strings.NewReplacer("\u202e", "", "\u2066", "").Replace(plain)
	}
	if shown.Format == "" && shown.Text == plain {
		return
	}
	if shown.Text != want.text+marker || shown.Format != want.format {
		r.Errorf("%q is shown as %q with %q,\nwant %q with %q, or %q", want.source, shown.Text, shown.Format, want.text+marker, want.format, plain)
	}
}

// FormatOf writes the spans of a text as Shown.Format does.
func FormatOf(body channels.Rich) string {
	var all []string
	for _, s := range body.Spans {
		word := body.Text[s.Start:s.End]
		if s.Style == channels.Link {
			word += "→" + s.URL
		}
		all = append(all, string(s.Style)+"("+word+")")
	}
	return strings.Join(all, " ")
}

func (r *Rig) testFormatting() {
	r.Start()
	want := rendering{
		source: "**注意：**请看 [*退货* & <规则>](https://shop.example/r?a=1&b=2) 或 `a*b`。\n\n- ~~旧~~ 新",
		text:   "注意：请看 退货 & <规则> 或 a*b。\n\n• 旧 新",
		format: "bold(注意：) link(退货 & <规则>→https://shop.example/r?a=1&b=2) italic(退货) code(a*b) strike(旧)",
		plain:  "注意：请看 退货 & <规则> (https://shop.example/r?a=1&b=2) 或 a*b。\n\n• 旧 新",
	}
	if _, err := r.send(r.Message("m", bot.Message{Author: bot.ByBot, Text: want.source + marker})); err != nil {
		r.Fatal(err)
	}
	r.checkShown(r.Platform.Ledger()[0], want)
}

func (r *Rig) testLongText() {
	r.Start()
	limits := r.Suite.Driver.Limits
	if limits.Text == 0 {
		r.Skip("no limit")
	}
	for _, grapheme := range []string{"x", "&", "<", "货", "𠮷", "👨‍👩‍👧‍👦"} {
		text := strings.Repeat(grapheme, 2*limits.Text/limits.Unit.Len(grapheme)+1)
		m := bot.Message{ID: bot.MessageID("m" + grapheme), Author: bot.ByAgent, Thread: r.Platform.Thread(), Text: text}
		before := len(r.Platform.Ledger())
		for _, part := range channels.Prepare(m, 0, limits) {
			if _, err := r.send(part); err != nil {
				r.Fatalf("%s: part %d of %d: %v", grapheme, part.Part, part.Parts, err)
			}
		}
		if got := strings.Join(Texts(r.Platform.Ledger()[before:]), ""); got != text {
			r.Errorf("%s: %d bytes are shown, %d were sent", grapheme, len(got), len(text))
		}
	}
}

func (r *Rig) testButtons() {
	b, ok := r.Channel.(channels.ButtonSender)
	if !ok {
		r.Skip("no native buttons")
	}
	r.Start()
	r.Platform.Say(marker)
	r.Pass(time.Second)
	var buttons []bot.Button
	var titles []string
	for i := range b.NativeButtons() {
		title := fmt.Sprintf("%d <&> *%s*", i, strings.Repeat("长", i*8))
		buttons = append(buttons, bot.Button{Title: title, Value: fmt.Sprintf("12345678:%d", i), Action: "human"})
		titles = append(titles, title)
	}
	if _, err := r.send(r.Message("m", bot.Message{Author: bot.ByBot, Text: marker + "?", Buttons: buttons})); err != nil {
		r.Fatal(err)
	}
	ledger := r.Platform.Ledger()
	last := ledger[len(ledger)-1]
	if last.Text != marker+"?" || len(last.Buttons) != len(titles) {
		r.Fatalf("shown as %+v", last)
	}
	for i, shown := range last.Buttons {
		short, cut := strings.CutSuffix(shown, "…")
		if shown != titles[i] && !(cut && strings.HasPrefix(titles[i], short) && len(short) > 50) {
			r.Errorf("button %d is titled %q, want %q", i, shown, titles[i])
		}
	}
	r.Platform.Press(last.Buttons[1])
	r.Pass(time.Minute)
	r.Platform.Repeat()
	r.Pass(time.Hour)
	events := r.Intake.Events()[1:]
	if len(events) < 1 || events[0].Kind != bot.KindPress || events[0].Press != "12345678:1" || events[0].Thread != r.Platform.Thread() {
		r.Fatalf("the press came as %+v", events)
	}
	for _, e := range events {
		if e.SourceID != events[0].SourceID {
			r.Errorf("a repeated press is named %q, the first %q", e.SourceID, events[0].SourceID)
		}
	}
	if n := r.Platform.Waiting(); n != 0 {
		r.Errorf("%d events are not acknowledged", n)
	}
}

func (r *Rig) testEdit() {
	e, ok := r.Channel.(channels.Editor)
	if !ok {
		r.Skip("messages cannot be changed")
	}
	r.Start()
	id, err := r.send(r.Message("m", bot.Message{Author: bot.ByBot, Text: "old" + marker}))
	if err != nil {
		r.Fatal(err)
	}
	for range 2 { // the second time nothing changes
		if err := e.Edit(r.Context(), id, r.Message("m", bot.Message{Author: bot.ByBot, Text: "**new**" + marker})); err != nil {
			r.Fatal(err)
		}
	}
	if ledger := r.Platform.Ledger(); len(ledger) != 1 || ledger[0].Text != "new"+marker || !ledger[0].Edited {
		r.Errorf("shown as %+v", ledger)
	}
	if err := e.Edit(r.Context(), "nonsense", r.Message("m", bot.Message{Text: "x"})); channels.ReasonOf(err) != channels.Rejected {
		r.Errorf("a message that never was: %v", err)
	}
}

func (r *Rig) testBadAddress() {
	r.Start()
	for _, thread := range []string{"nonsense", "-", "1/x@", "../../x", "C1:\n", strings.Repeat("9", 400)} {
		_, err := r.send(r.Message("m", bot.Message{Thread: thread, Text: marker}))
		if reason := channels.ReasonOf(err); err == nil || reason != channels.Rejected && reason != channels.Blocked {
			r.Errorf("%q: %v", thread, err)
		}
	}
}

func (r *Rig) testFaults() {
	r.needs(Faulty)
	common := []FaultCase{
		{Name: "too many requests", Fault: Fault{Status: 429, RetryAfter: 30 * time.Second}, Reason: channels.RateLimited},
		{Name: "internal error", Fault: Fault{Status: 500}, Reason: channels.Ambiguous},
		{Name: "bad gateway", Fault: Fault{Status: 502, Raw: "<html>" + marker}, Reason: channels.Ambiguous},
		{Name: "unavailable", Fault: Fault{Status: 503, Raw: "<html>" + marker}, Reason: channels.Transient},
		{Name: "revoked token", Fault: Fault{Status: 401}, Reason: channels.Auth},
		{Name: "hangs", Fault: Fault{Hang: true}, Reason: channels.Ambiguous},
		{Name: "breaks off before", Fault: Fault{Reset: Before}, Reason: channels.Ambiguous},
		{Name: "breaks off after", Fault: Fault{Reset: After}, Reason: channels.Ambiguous},
		{Name: "nonsense for an answer", Fault: Fault{Status: 200, Raw: "ok " + marker}, Reason: channels.Ambiguous},
	}
	r.Start()
	for i, tc := range append(common, r.Suite.Faults...) {
		r.Platform.Fail(tc.Fault)
		_, err := r.send(r.Message(fmt.Sprint("m", i), bot.Message{Author: bot.ByBot, Text: marker + tc.Name}))
		var se *channels.SendError
		if !errors.As(err, &se) {
			r.Errorf("%s: err = %v, want a SendError", tc.Name, err)
			continue
		}
		if se.Reason != tc.Reason || se.RetryAfter != tc.Fault.RetryAfter || se.Thread != tc.Thread {
			r.Errorf("%s: %+v, want %s", tc.Name, se, tc.Reason)
		}
	}
	for _, host := range r.Net.Hosts() {
		r.Net.Down(host)
	}
	r.Pass(time.Second)
	_, err := r.send(r.Message("down", bot.Message{Text: marker}))
	if channels.ReasonOf(err) != channels.Transient {
		r.Errorf("unreachable: %v", err)
	}
	for _, host := range r.Net.Hosts() {
		r.Net.Up(host)
	}
	if _, err := r.send(r.Message("up", bot.Message{Text: marker + "up"})); err != nil {
		r.Errorf("after all that: %v", err)
	}
}

// deliver stores bot messages as queued in one conversation of the platform's thread.
func (r *Rig) deliver(s bot.Store, texts ...string) []bot.Message {
	r.Helper()
	conv := bot.Conversation{
		ID: "c", Inbox: inbox, Channel: r.Suite.Driver.Name, Thread: r.Platform.Thread(), Contact: "k", Status: bot.StatusBot, Epoch: 1,
		LastSeq: uint64(len(texts)),
	}
	change := bot.Change{Conversation: conv}
	for i, text := range texts {
		change.Messages = append(change.Messages, bot.Message{
			ID: bot.MessageID(fmt.Sprint("c-", i+1)), Conversation: "c", Seq: uint64(i + 1), Inbox: inbox, Thread: conv.Thread,
			Direction: bot.Outgoing, Author: bot.ByBot, Text: text, Epoch: 1, Delivery: bot.Queued, At: time.Now(),
		})
	}
	if err := s.Save(r.Context(), change); err != nil {
		r.Fatal(err)
	}
	return change.Messages
}

// outbox runs an outbox on the channel until the function returned is called.
func (r *Rig) outbox(s bot.Store) (stop func()) {
	r.Helper()
	line := channels.Line{Inbox: inbox, Channel: r.Channel, Limits: r.Suite.Driver.Limits}
	box, err := channels.NewOutbox(s, []channels.Line{line}, channels.OutboxOptions{Log: r.deps().Log})
	if err != nil {
		r.Fatal(err)
	}
	ctx, cancel := context.WithCancel(r.Context())
	ended := make(chan error, 1)
	go func() { ended <- box.Run(ctx) }()
	return func() {
		cancel()
		if err := <-ended; err != nil {
			r.Errorf("outbox: %v", err)
		}
	}
}

// certain reports whether the fate of a lost answer can be found out on this channel.
func (r *Rig) certain() bool {
	_, asks := r.Channel.(channels.Reconciler)
	return asks || r.Suite.Driver.Limits.Keyed
}

// check compares what the customer saw with what the store says: nothing twice, the order kept, and every message sent,
// or, where the platform cannot tell, unknown.
func (r *Rig) check(s bot.Store, messages []bot.Message, unknown int) {
	r.Helper()
	stored, err := s.Messages(context.Background(), "c", 0, 0)
	if err != nil {
		r.Fatal(err)
	}
	shown := Texts(r.Platform.Ledger())
	last := -1
	for _, m := range stored {
		at := slices.Index(shown, m.Text)
		switch {
		case at >= 0 && slices.Contains(shown[at+1:], m.Text):
			r.Errorf("%q was shown twice: %q", m.Text, shown)
		case at >= 0 && at < last:
			r.Errorf("out of order: %q", shown)
		case m.Delivery == bot.Sent && at < 0:
			r.Errorf("%q counts as sent and was not shown", m.Text)
		case m.Delivery == bot.Unknown && unknown > 0 && !r.certain():
			unknown--
		case m.Delivery != bot.Sent:
			r.Errorf("%q is %s %s", m.Text, m.Delivery, m.Error)
		}
		last = max(last, at)
	}
	if len(stored) != len(messages) {
		r.Errorf("%d messages are stored, want %d", len(stored), len(messages))
	}
}

// testOutbox plays every kind of fault under an outbox.
func (r *Rig) testOutbox() {
	r.Start()
	s := r.Suite.Store()
	messages := r.deliver(s, "一", "二", "三", "四", "五", "六")
	faulty := r.Suite.Without[Faulty] == ""
	if faulty {
		r.Platform.Fail(Fault{Status: 429, RetryAfter: 30 * time.Second}, Fault{}, Fault{Status: 500}, Fault{}, Fault{Hang: true}, Fault{Reset: After})
	}
	stop := r.outbox(s)
	r.Pass(time.Second)
	if n := len(r.Platform.Ledger()); n != 0 && faulty {
		r.Errorf("%d messages in spite of Retry-After", n)
	}
	r.Pass(2 * time.Hour)
	stop()
	r.check(s, messages, 3)
}

// testOutboxRestarted kills the process at each line between storing a message and storing its fate.
func (r *Rig) testOutboxRestarted() {
	r.Start()
	s := r.Suite.Store()
	messages := r.deliver(s, "一", "二", "三")
	if _, err := s.BeginSend(r.Context(), messages[0].ID); err != nil {
		r.Fatal(err)
	}
	sent := r.Message(string(messages[0].ID), messages[0])
	if _, err := r.send(sent); err != nil { // and killed before EndSend
		r.Fatal(err)
	}
	r.Pass(time.Minute)
	stop := r.outbox(s)
	r.Pass(time.Hour)
	stop()
	r.check(s, messages, 1)
	if shown := Texts(r.Platform.Ledger()); !slices.Equal(shown, []string{"一", "二", "三"}) {
		r.Errorf("shown: %q", shown)
	}
}

// testRevoked takes the token away for an hour: nothing is lost.
func (r *Rig) testRevoked() {
	r.needs(Faulty)
	r.Start()
	s := r.Suite.Store()
	messages := r.deliver(s, "一", "二", "三")
	r.Platform.Fail(slices.Repeat([]Fault{{Status: 401}}, 8)...)
	stop := r.outbox(s)
	r.Pass(2 * time.Hour)
	stop()
	r.check(s, messages, 0)
	if shown := Texts(r.Platform.Ledger()); !slices.Equal(shown, []string{"一", "二", "三"}) {
		r.Errorf("shown: %q", shown)
	}
}

// Fuzz checks what must hold of the mapping of any inbound request: it does not panic, and events have names, threads,
// and texts that can be stored.
func Fuzz(t *testing.T, events []bot.Inbound) {
	t.Helper()
	for _, e := range events {
		if e.SourceID == "" || e.Thread == "" || e.Inbox == "" || e.Kind == "" {
			t.Fatalf("incomplete: %+v", e)
		}
		if len(e.Raw) > channels.MaxRawBytes || e.Kind != bot.KindUnknown && len(e.Raw) > 0 {
			t.Fatalf("%d bytes of raw event", len(e.Raw))
		}
		if (e.Kind == bot.KindEdit || e.Kind == bot.KindDelete) && e.Target == "" || e.Kind == bot.KindPress && e.Press == "" {
			t.Fatalf("without a target: %+v", e)
		}
	}
}
