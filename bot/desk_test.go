package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

var (
	lin   = bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
	other = bot.Agent{ID: "max", Name: "Max", Role: bot.RoleAgent}
	lead  = bot.Agent{ID: "lea", Name: "Lea", Role: bot.RoleLead}
)

// TestNoteNamesColleagues: whom a note names is kept with the note and with the conversation, by the newest note.
func TestNoteNamesColleagues(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, a := range []bot.Agent{lin, other} {
			a.Email = string(a.ID) + "@shop.example"
			if err := w.store.SaveAgent(ctx, a, bot.Event{At: w.clock.now()}); err != nil {
				t.Fatal(err)
			}
		}
		w.start()
		w.deliver(message("m1", "ada", "agent"))
		id := w.conv("ada").ID
		for range 2 {
			m, err := w.Bot.Note(ctx, id, lin, "@"+other.Name+" please look; mine too @"+lin.Name)
			if err != nil || len(m.Mentions) != 1 || m.Mentions[0] != other.ID {
				t.Fatalf("%+v %v", m.Mentions, err)
			}
			if c := w.conv("ada"); len(c.Mentioned) != 1 || c.Mentioned[other.ID] != m.Seq {
				t.Errorf("%v, want %s at %d", c.Mentioned, other.ID, m.Seq)
			}
		}
		if _, err := w.Bot.Reply(ctx, id, lin, "Hello @"+other.Name); err != nil || w.conv("ada").Mentioned[other.ID] == w.conv("ada").LastSeq {
			t.Errorf("what goes to the customer names nobody: %v %v", w.conv("ada").Mentioned, err)
		}
	})
}

func TestDesk(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.start()
		w.deliver(message("m1", "ada", "agent"))
		id := w.conv("ada").ID
		w.clock.add(90 * time.Second)
		c, err := w.Bot.Claim(ctx, id, lin)
		if err != nil || c.Agent != "lin" || c.Version != w.conv("ada").Version {
			t.Fatalf("%+v %v", c, err)
		}
		if again, err := w.Bot.Claim(ctx, id, lin); err != nil || again.Epoch != c.Epoch {
			t.Errorf("claiming one's own: %+v %v", again, err)
		}
		w.clock.add(30 * time.Second)
		for _, act := range []func() error{
			func() error { _, err := w.Bot.Claim(ctx, id, other); return err },
			func() error { _, err := w.Bot.Reply(ctx, id, other, "hi"); return err },
			func() error { _, err := w.Bot.Resolve(ctx, id, other); return err },
			func() error { _, err := w.Bot.Return(ctx, id, other); return err },
		} {
			if err := act(); !errors.Is(err, bot.ErrConflict) || !strings.Contains(err.Error(), "lin") {
				t.Errorf("another agent acts: %v", err)
			}
		}
		if _, err := w.Bot.Note(ctx, id, other, "I know her"); err != nil {
			t.Errorf("everybody may note: %v", err)
		}
		if _, err := w.Bot.Reply(ctx, id, lin, " \n "); !errors.Is(err, bot.ErrEmpty) {
			t.Errorf("an empty reply: %v", err)
		}
		m, err := w.Bot.Reply(ctx, id, lin, "How can I help?")
		if err != nil || m.AuthorName != "Lin" || w.last("ada").Text != "How can I help?" {
			t.Errorf("%+v %v", m, err)
		}
		if _, err := w.Bot.Resolve(ctx, id, lead); err != nil {
			t.Errorf("a lead may resolve: %v", err)
		}
		if _, err := w.Bot.Resolve(ctx, id, lin); !errors.Is(err, bot.ErrState) {
			t.Errorf("resolving twice: %v", err)
		}
		if _, err := w.Bot.Return(ctx, id, lin); !errors.Is(err, bot.ErrState) {
			t.Errorf("returning what is resolved: %v", err)
		}
		if _, err := w.Bot.Claim(ctx, "nothing", lin); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("claiming nothing: %v", err)
		}
		for name, want := range map[string]float64{bot.FactClaimed: 90, bot.FactFirstResponse: 120, bot.FactResolved: 120} {
			f := w.facts(name)
			if len(f) != 1 || f[0].Value != want || f[0].Agent == "" {
				t.Errorf("%s: %+v, want %v", name, f, want)
			}
		}
		for _, m := range w.mail.to("ada") {
			if m.Private || strings.Contains(m.Text, "I know her") {
				t.Error("a note reached the customer")
			}
		}
		log, err := w.store.Audit(ctx, 100)
		if err != nil {
			t.Fatal(err)
		}
		var acts []string
		for _, e := range slices.Backward(log) {
			acts = append(acts, e.Actor+" "+e.Action)
		}
		want := "bot conversation.handoff, lin conversation.claim, lin conversation.claim, max conversation.note, lin conversation.reply, lea conversation.resolve"
		if got := strings.Join(acts, ", "); got != want {
			t.Errorf("audit: %s", got)
		}
	})
}

func TestAReplyTakesOver(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.deliver(message("m1", "ada", "你好"))
		if _, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, lin, "我来帮您"); err != nil {
			t.Fatal(err)
		}
		if c := w.conv("ada"); c.Status != bot.StatusAgent || c.Agent != "lin" {
			t.Errorf("%s %s", c.Status, c.Agent)
		}
		if _, err := w.Bot.Resolve(t.Context(), w.conv("ada").ID, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, other, "还有一件事"); err != nil {
			t.Fatal(err)
		}
		if c := w.conv("ada"); c.Status != bot.StatusAgent || c.Agent != "max" {
			t.Errorf("after the end: %s %s", c.Status, c.Agent)
		}
	})
}

func TestSilenceIsNotTakenForConfirmation(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		w.deliver(message("m1", "ada", "退货规则"))
		w.press("ada", "有帮助")
		w.deliver(message("m2", "ada", "谢谢你"))
		w.deliver(message("m3", "bo", "退货规则"))
		w.deliver(message("m4", "cy", "转人工"))
		w.clock.add(23 * time.Hour)
		if err := w.Bot.Tick(t.Context()); err != nil || len(w.facts(bot.FactResolved)) != 0 {
			t.Errorf("resolved too early: %v", err)
		}
		w.clock.add(2 * time.Hour)
		if err := w.Bot.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		labels := map[bot.ConversationID]string{}
		for _, f := range w.facts(bot.FactResolved) {
			labels[f.Conversation] = f.Label
		}
		if len(labels) != 2 || labels[w.conv("ada").ID] != "bot:confirmed" || labels[w.conv("bo").ID] != "bot:assumed" {
			t.Errorf("resolved %v", labels)
		}
		if w.conv("cy").Status != bot.StatusWaiting {
			t.Error("somebody who waits was resolved")
		}
	})
}

func TestResend(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.mail.held = true
		w.start()
		w.deliver(message("m1", "ada", "转人工"))
		m, err := w.Bot.Reply(t.Context(), w.conv("ada").ID, lin, "在的")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Resend(t.Context(), m.ID, lin); !errors.Is(err, bot.ErrState) {
			t.Errorf("resending what is queued: %v", err)
		}
		if _, err := w.store.BeginSend(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.EndSend(t.Context(), m.ID, bot.SendResult{Delivery: bot.Unknown, Error: "ambiguous", At: noon}); err != nil {
			t.Fatal(err)
		}
		again, err := w.Bot.Resend(t.Context(), m.ID, lin)
		if err != nil || again.Delivery != bot.Queued || again.ID != m.ID {
			t.Errorf("%+v %v", again, err)
		}
		w.mail.held = false
		w.mail.flush()
		if got := w.last("ada"); got.ID != m.ID {
			t.Errorf("sent %+v", got)
		}
		for _, id := range []bot.MessageID{"", "x", "x-0", "nothing-1", bot.NewMessageID(m.Conversation, 99)} {
			if _, err := w.Bot.Resend(t.Context(), id, lin); !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("Resend(%q): %v", id, err)
			}
		}
	})
}

func TestTheQueueSaysWhereOneStands(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.signsIn("zoe")
		w.start()
		for i := range 6 { // six who were helped, after waits of 1 to 6 minutes
			thread := fmt.Sprint("early", i)
			at := message(thread, thread, "agent")
			at.At = w.clock.now()
			w.deliver(at)
			w.clock.add(time.Duration(i+1) * time.Minute)
			if _, err := w.Bot.Claim(t.Context(), w.conv(thread).ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		for i, want := range []string{"You're next in line. Lately the wait has been about 4 minutes.", "There is one person ahead of you.", "There are 2 people ahead of you."} {
			thread := fmt.Sprint("c", i)
			e := message("m"+thread, thread, "agent")
			e.At = w.clock.now()
			w.deliver(e)
			w.clock.add(time.Second)
			if got := w.last(thread).Text; !strings.Contains(got, want) {
				t.Errorf("customer %d hears %q, want %q", i, got, want)
			}
		}
		if _, err := w.Bot.Claim(t.Context(), w.conv("c0").ID, lin); err != nil {
			t.Fatal(err)
		}
		w.halt()
		w.start() // the queue is read from the store
		w.clock.add(6 * time.Minute)
		e := message("later", "c2", "hello?")
		e.At = w.clock.now()
		w.deliver(e)
		if got := w.last("c2").Text; !strings.Contains(got, "There is one person ahead of you.") {
			t.Errorf("hears %q", got)
		}
	})
}

func TestHours(t *testing.T) {
	shanghai, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	day := []bot.Interval{{From: 9 * 60, To: 12 * 60}, {From: 13*60 + 30, To: 18 * 60}}
	week := [7][]bot.Interval{nil, day, day, day, day, day, nil}
	china := &bot.Hours{Zone: shanghai, Week: week, Days: map[string][]bot.Interval{
		"2026-10-01": nil, "2026-10-02": nil, "2026-10-05": nil, "2026-10-06": nil, "2026-10-07": nil, "2026-10-08": nil,
		"2026-10-10": day}} // a Saturday on which people work
	night := &bot.Hours{Zone: newYork, Week: [7][]bot.Interval{{{From: 150, To: 200}}}}
	for _, tc := range []struct {
		h    *bot.Hours
		at   string
		open bool
		next string
	}{
		{china, "2026-11-16T08:59:59+08:00", false, "2026-11-16T09:00:00+08:00"},
		{china, "2026-11-16T09:00:00+08:00", true, "2026-11-16T13:30:00+08:00"},
		{china, "2026-11-16T12:00:00+08:00", false, "2026-11-16T13:30:00+08:00"},
		{china, "2026-11-16T03:00:00Z", true, "2026-11-16T13:30:00+08:00"},
		{china, "2026-11-20T18:00:00+08:00", false, "2026-11-23T09:00:00+08:00"},
		{china, "2026-09-30T19:00:00+08:00", false, "2026-10-09T09:00:00+08:00"},
		{china, "2026-10-10T10:00:00+08:00", true, "2026-10-10T13:30:00+08:00"},
		{night, "2026-03-08T00:00:00-05:00", false, "2026-03-08T03:00:00-04:00"}, // 2:30 is skipped by the clock
		{&bot.Hours{}, "2026-11-16T09:00:00Z", false, ""},
	} {
		at, err := time.Parse(time.RFC3339, tc.at)
		if err != nil {
			t.Fatal(err)
		}
		if got := tc.h.Open(at); got != tc.open {
			t.Errorf("%s: open %v", tc.at, got)
		}
		next, ok := tc.h.Next(at)
		if got := next.Format(time.RFC3339); ok != (tc.next != "") || ok && got != tc.next {
			t.Errorf("%s: next %s, want %s", tc.at, got, tc.next)
		}
	}
}

func TestOutOfHoursTheCustomerIsToldWhen(t *testing.T) {
	for _, tc := range []struct{ now, text, zone, want string }{
		{"2026-11-16T20:00:00Z", "转人工", "UTC", "同事明天 09:00 回来"},
		{"2026-11-20T20:00:00Z", "转人工", "UTC", "同事周一 09:00 回来"},
		{"2026-11-16T06:00:00Z", "agent", "UTC", "They're back today at 09:00 UTC"},
		{"2026-11-20T20:00:00Z", "agent", "UTC", "They're back on Monday at 09:00 UTC and"},
		{"2026-12-24T20:00:00Z", "agent", "UTC", "They're back on 4 January at 09:00 UTC"},
		{"2026-12-24T20:00:00Z", "转人工", "UTC", "同事1月4日 09:00 回来"},
		{"2026-11-16T18:00:00Z", "agent", "Asia/Shanghai", "They're back today at 09:00 China time and"},
		{"2026-11-16T18:00:00Z", "转人工", "Asia/Shanghai", "同事今天 09:00 回来"},
		{"2026-11-16T06:00:00Z", "agent", "America/Sao_Paulo", "They're back today at 09:00 UTC-03 and"},
	} {
		inWorld(t, func(t *testing.T, w *world) {
			at, err := time.Parse(time.RFC3339, tc.now)
			if err != nil {
				t.Fatal(err)
			}
			day := []bot.Interval{{From: 9 * 60, To: 18 * 60}}
			zone, err := time.LoadLocation(tc.zone)
			if err != nil {
				t.Fatal(err)
			}
			w.hours = &bot.Hours{Zone: zone, Week: [7][]bot.Interval{nil, day, day, day, day, day, nil}, Days: map[string][]bot.Interval{}}
			for d := 24; d <= 31; d++ {
				w.hours.Days[fmt.Sprintf("2026-12-%d", d)] = nil
			}
			w.hours.Days["2027-01-01"] = nil
			w.clock.t = at
			w.start()
			e := message("m", "ada", tc.text)
			e.At = at
			w.deliver(e)
			if got := w.last("ada").Text; !strings.Contains(got, tc.want) {
				t.Errorf("%s: %q, want %q", tc.now, got, tc.want)
			}
		})
	}
}
