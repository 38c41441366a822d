package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// staffed is a world in which the agents are known to the store.
func staffed(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *world) {
		for _, a := range []bot.Agent{lin, other, lead} {
			a.Email = string(a.ID) + "@shop.example"
			if err := w.store.SaveAgent(t.Context(), a, bot.Event{}); err != nil {
				t.Fatal(err)
			}
		}
		w.start()
		test(t, w)
	})
}

// saysNow lets a customer write now.
func (w *world) saysNow(thread, text string) {
	w.t.Helper()
	w.event++
	w.deliver(bot.Inbound{Kind: bot.KindMessage, SourceID: "now" + thread + text, Thread: thread, Text: text, At: w.clock.now()})
}

func TestSnooze(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.saysNow("ada", "agent")
		id := w.conv("ada").ID
		c, err := w.Bot.Snooze(ctx, id, lin, noon.Add(3*time.Hour))
		if err != nil || c.Status != bot.StatusAgent || c.Agent != "lin" || !c.SnoozedUntil.Equal(noon.Add(3*time.Hour)) {
			t.Fatalf("%+v %v", c, err)
		}
		if _, err := w.Bot.Snooze(ctx, id, other, noon.Add(time.Hour)); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("another agent sets it aside: %v", err)
		}
		if _, err := w.Bot.Snooze(ctx, id, lin, noon.AddDate(1, 0, 0)); !errors.Is(err, bot.ErrState) {
			t.Errorf("set aside for a year: %v", err)
		}
		w.clock.add(2 * time.Hour)
		w.saysNow("ada", "are you there?")
		if c := w.conv("ada"); !c.SnoozedUntil.IsZero() || c.Agent != "lin" {
			t.Errorf("the customer wrote, and it is still set aside: %+v", c)
		}
		if _, err := w.Bot.Snooze(ctx, id, lin, w.clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.clock.add(61 * time.Minute)
		if err := w.Bot.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		list := w.messages("ada")
		if c := w.conv("ada"); !c.SnoozedUntil.IsZero() || c.Agent != "lin" || list[len(list)-1].Text != "搁置时间已到" && list[len(list)-1].Text != "The snooze is over" {
			t.Errorf("its time has come: %+v, %q", c, list[len(list)-1].Text)
		}
		if f := w.facts(bot.FactSnoozed); len(f) != 2 || f[0].Value != 3*3600 || f[0].Agent != "lin" {
			t.Errorf("facts %+v", f)
		}
	})
}

func TestTransfer(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.saysNow("ada", "agent")
		id := w.conv("ada").ID
		if _, err := w.Bot.Claim(ctx, id, lin); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Transfer(ctx, id, other, bot.To{Agent: "max"}); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("a colleague takes it by passing it to himself: %v", err)
		}
		c, err := w.Bot.Transfer(ctx, id, lin, bot.To{Agent: "max"})
		if err != nil || c.Agent != "max" || w.last("ada").Text != "Max will take it from here." || w.last("ada").Author != bot.BySystem {
			t.Fatalf("%+v %v, told %q", c, err, w.last("ada").Text)
		}
		w.clock.add(time.Minute)
		w.saysNow("ada", "hello?")
		owed := w.conv("ada").OwedSince
		w.clock.add(time.Minute)
		w.saysNow("bo", "agent")
		c, err = w.Bot.Transfer(ctx, id, lead, bot.To{Team: "returns"})
		if err != nil || c.Status != bot.StatusWaiting || c.Team != "returns" {
			t.Fatalf("%+v %v", c, err)
		}
		if got := w.last("ada").Text; !strings.HasPrefix(got, "I'm passing you on to the right team. You're next in line.") {
			t.Errorf("she waited before bo came, and is told %q", got)
		}
		if !(bot.DeskRules{}).Place(c).Equal(noon) {
			t.Errorf("she stands at %v: nobody has answered her since noon (owed since %v)", (bot.DeskRules{}).Place(c), owed)
		}
		for _, to := range []bot.To{{Team: "returns"}, {Agent: "nobody"}} {
			if _, err := w.Bot.Transfer(ctx, id, lin, to); !errors.Is(err, bot.ErrState) && !errors.Is(err, bot.ErrNotFound) {
				t.Errorf("transfer to %+v: %v", to, err)
			}
		}
	})
}

func TestTags(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		w.saysNow("ada", "hello")
		c, err := w.Bot.Tag(t.Context(), w.conv("ada").ID, other, []string{" VIP ", "vip", "退货", "", "two   words", strings.Repeat("x", 50)})
		if want := []string{"two words", "vip", strings.Repeat("x", 32), "退货"}; err != nil || !slices.Equal(c.Tags, want) {
			t.Errorf("%q %v, want %q", c.Tags, err, want)
		}
	})
}

func TestCustomersOfAnAgentWhoLeavesGoBackToTheQueue(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		for _, thread := range []string{"owed", "answered", "snoozed"} {
			w.saysNow(thread, "agent")
			if _, err := w.Bot.Claim(ctx, w.conv(thread).ID, lin); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := w.Bot.Reply(ctx, w.conv("answered").ID, lin, "Which order is it?"); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Snooze(ctx, w.conv("snoozed").ID, lin, noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.clock.add(4 * time.Minute)
		a, err := w.Bot.SetState(ctx, "lin", bot.Away)
		if err != nil || a.State != bot.Away || !a.StateAt.Equal(w.clock.now()) {
			t.Fatalf("%+v %v", a, err)
		}
		if c := w.conv("owed"); c.Status != bot.StatusWaiting || c.Agent != "" || !(bot.DeskRules{}).Place(c).Equal(noon) || !strings.Contains(w.last("owed").Text, "had to leave") {
			t.Errorf("she waits for an answer: %+v, told %q", c, w.last("owed").Text)
		}
		for _, thread := range []string{"answered", "snoozed"} {
			if c := w.conv(thread); c.Status != bot.StatusAgent || c.Agent != "lin" {
				t.Errorf("%s does not wait for Lin: %+v", thread, c)
			}
		}
		w.saysNow("answered", "AB123456")
		if c := w.conv("answered"); c.Status != bot.StatusWaiting || len(w.facts(bot.FactRequeued)) != 2 {
			t.Errorf("she writes to an agent who is away: %+v", c)
		}
		w.clock.add(2 * time.Hour)
		if _, err := w.Bot.Claim(ctx, w.conv("owed").ID, lin); err != nil { // and she has not said that she is back
			t.Fatal(err)
		}
		if err := w.Bot.Tick(ctx); err != nil {
			t.Fatal(err)
		}
		for _, thread := range []string{"owed", "snoozed"} { // the second woke just now
			if c := w.conv(thread); c.Status != bot.StatusWaiting {
				t.Errorf("%s waits for an owner who is away: %+v", thread, c)
			}
		}
		if f := w.facts(bot.FactRequeued); f[0].Value != 240 || f[0].Agent != "lin" {
			t.Errorf("%+v", f[0])
		}
	})
}

func TestTheUnhappyStandFurtherInFront(t *testing.T) {
	calm := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon}
	angry := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon.Add(5 * time.Minute), MoodTotal: -1.2, MoodCount: 2}
	legal := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon.Add(6 * time.Minute), Handoff: &bot.Handoff{Reason: bot.ReasonPolicy}}
	late := bot.Conversation{Status: bot.StatusWaiting, WaitingSince: noon.Add(11 * time.Minute), MoodTotal: -1, MoodCount: 1}
	if !(bot.DeskRules{}).Place(angry).Before((bot.DeskRules{}).Place(calm)) || !(bot.DeskRules{}).Place(legal).Before((bot.DeskRules{}).Place(calm)) || !(bot.DeskRules{}).Place(calm).Before((bot.DeskRules{}).Place(late)) {
		t.Errorf("calm %v, angry %v, legal %v, late %v", (bot.DeskRules{}).Place(calm), (bot.DeskRules{}).Place(angry), (bot.DeskRules{}).Place(legal), (bot.DeskRules{}).Place(late))
	}
}
