package bot_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

func TestClocks(t *testing.T) {
	h, err := national.Hours()
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		when, err := time.Parse("2006-01-02 15:04 -0700", "2026-11-"+text+" +0800")
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	rules := bot.DeskRules{FirstResponse: 10 * time.Minute, NextResponse: 30 * time.Minute, Resolution: 8 * time.Hour}
	friday := &bot.Handoff{At: at("13 17:55")}
	for _, tc := range []struct {
		name string
		c    bot.Conversation
		now  string
		want string
	}{
		{"the bot has it", bot.Conversation{Status: bot.StatusBot, Handoff: friday}, "16 09:00", ""},
		{"just handed over", bot.Conversation{Status: bot.StatusWaiting, Handoff: friday, OwedSince: friday.At}, "13 17:56", "first_response 16 09:05 in_time, resolution 17 09:25 in_time"},
		{"two minutes left, over the weekend", bot.Conversation{Status: bot.StatusWaiting, Handoff: friday, OwedSince: friday.At}, "16 09:03", "first_response 16 09:05 near, resolution 17 09:25 in_time"},
		{"late", bot.Conversation{Status: bot.StatusAgent, Handoff: friday, OwedSince: friday.At}, "16 09:05", "first_response 16 09:05 missed, resolution 17 09:25 in_time"},
		{"answered", bot.Conversation{Status: bot.StatusAgent, Handoff: friday, FirstResponse: at("13 17:58")}, "16 09:05", "resolution 17 09:25 in_time"},
		{"she wrote again", bot.Conversation{Status: bot.StatusAgent, Handoff: friday, FirstResponse: at("13 17:58"), OwedSince: at("16 11:45")}, "16 13:41", "next_response 16 13:45 near, resolution 17 09:25 in_time"},
		{"an agent stepped in herself", bot.Conversation{Status: bot.StatusAgent, OwedSince: at("17 09:00")}, "17 09:10", "next_response 17 09:30 in_time"},
	} {
		var got []string
		for _, clock := range rules.Clocks(tc.c, h, at(tc.now)) {
			got = append(got, fmt.Sprintf("%s %s %s", clock.Kind, clock.Due.In(h.Zone).Format("02 15:04"), clock.State))
		}
		if text := strings.Join(got, ", "); text != tc.want {
			t.Errorf("%s: %s, want %s", tc.name, text, tc.want)
		}
	}
}

// rule puts rules of the desk into the store before the bot starts.
func (w *world) rule(r bot.DeskRules) {
	w.t.Helper()
	if err := w.Bot.SaveRules(w.t.(*testing.T).Context(), lead, r); err != nil {
		w.t.Fatal(err)
	}
	w.settle()
}

func TestPromises(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{FirstResponse: 10 * time.Minute, NextResponse: 5 * time.Minute})
		w.saysNow("late", "agent")
		w.clock.add(time.Minute)
		w.saysNow("kept", "agent")
		if _, err := w.Bot.Transfer(ctx, w.conv("late").ID, lead, bot.To{Team: "returns"}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.Reply(ctx, w.conv("kept").ID, lin, "Here I am"); err != nil {
			t.Fatal(err)
		}
		tick := func(d time.Duration) bot.Conversation {
			w.clock.add(d)
			if err := w.Bot.Tick(ctx); err != nil {
				t.Fatal(err)
			}
			return w.conv("late")
		}
		if c := tick(6 * time.Minute); len(c.Alarms) != 0 {
			t.Errorf("after 7 of 10 minutes: %v", c.Alarms)
		}
		if c := tick(2 * time.Minute); c.Alarms[bot.FirstResponse] != bot.Near || c.Team != "returns" {
			t.Errorf("after 9 of 10 minutes: %v", c.Alarms)
		}
		c := tick(2 * time.Minute)
		if c.Alarms[bot.FirstResponse] != bot.Missed || c.Team != "" || !(bot.DeskRules{}).Place(c).Equal(noon.Add(-10*time.Minute)) {
			t.Errorf("after 11 of 10 minutes: %v, team %q, place %v", c.Alarms, c.Team, (bot.DeskRules{}).Place(c))
		}
		version := c.Version
		if c = tick(time.Minute); c.Version != version {
			t.Error("a missed promise was noted again")
		}
		if _, err := w.Bot.Reply(ctx, c.ID, other, "Sorry to keep you waiting"); err != nil {
			t.Fatal(err)
		}
		if c = w.conv("late"); len(c.Alarms) != 0 {
			t.Errorf("answered, and %v", c.Alarms)
		}
		w.saysNow("late", "thank you, and where is it?")
		w.clock.add(7 * time.Minute)
		if _, err := w.Bot.Reply(ctx, c.ID, other, "On its way"); err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range w.facts(bot.FactSLA) {
			got = append(got, fmt.Sprintf("%s %v %s", f.Label, f.Value, f.Agent))
		}
		want := []string{"first_response 1 lin", "first_response 0 ", "next_response 0 max"}
		if slices.Sort(got); !slices.Equal(got, sorted(want)) {
			t.Errorf("facts %q, want %q", got, want)
		}
	})
}

func sorted(s []string) []string { slices.Sort(s); return s }

func TestAssignment(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{Assign: true, Capacity: 2})
		for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
			w.saysNow(name, "agent")
			w.clock.add(time.Second)
		}
		if n := w.Bot.Waiting(); n != 6 {
			t.Fatalf("nobody is online, and %d wait", n)
		}
		small, err := w.store.Agent(ctx, "max")
		if err != nil {
			t.Fatal(err)
		}
		small.Capacity = 1
		if err := w.store.SaveAgent(ctx, small, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.store.SetAgentState(ctx, "max", bot.Online, bot.Event{}); err != nil { // nobody is told, so nothing is given yet
			t.Fatal(err)
		}
		if _, err := w.Bot.SetState(ctx, "lin", bot.Online); err != nil {
			t.Fatal(err)
		}
		w.settle()
		owners := func() string {
			text := ""
			for _, name := range []string{"a", "b", "c", "d", "e", "f"} {
				text += fmt.Sprint(w.conv(name).Agent, " ")
			}
			return strings.TrimSpace(text)
		}
		if got := owners(); got != "lin max lin" {
			t.Errorf("three have room: %q", got)
		}
		if !strings.Contains(w.last("a").Text, "Lin") {
			t.Errorf("a is told %q", w.last("a").Text)
		}
		if _, err := w.Bot.Resolve(ctx, w.conv("b").ID, other); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if got := owners(); got != "lin max lin max" {
			t.Errorf("max has room again, and the next in the queue is his: %q", got)
		}
		if _, err := w.Bot.Snooze(ctx, w.conv("a").ID, lin, w.clock.now().Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
		w.settle()
		if got := owners(); got != "lin max lin max lin" {
			t.Errorf("what is set aside takes no room: %q", got)
		}
	})
}

func TestAssignmentKnowsTeamsAndLanguages(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.rule(bot.DeskRules{Assign: true})
		w.saysNow("chinese", "转人工")
		w.saysNow("english", "agent")
		w.saysNow("returns", "agent")
		if _, err := w.Bot.Transfer(ctx, w.conv("returns").ID, lead, bot.To{Team: "returns"}); err != nil {
			t.Fatal(err)
		}
		for _, a := range []bot.Agent{lin, other} {
			stored, err := w.store.Agent(ctx, a.ID)
			if err != nil {
				t.Fatal(err)
			}
			stored.Langs = append(stored.Langs, "zh")
			if a.ID == "max" {
				stored.Langs, stored.Team = append(stored.Langs, "en"), "returns"
			}
			if err := w.store.SaveAgent(ctx, stored, bot.Event{}); err != nil {
				t.Fatal(err)
			}
		}
		for i, id := range []bot.AgentID{"lin", "max"} {
			if _, err := w.Bot.SetState(ctx, id, bot.Online); err != nil {
				t.Fatal(err)
			}
			w.settle()
			got := fmt.Sprint(w.conv("chinese").Agent, w.conv("english").Agent, w.conv("returns").Agent)
			if want := []string{"lin", "linmaxmax"}[i]; got != want {
				t.Errorf("with %s online: %q, want %q", id, got, want)
			}
		}
	})
}

// TestAssignmentKnowsSkills: who knows a topic or its group is given it first, even with less room; when she has none, or nobody
// knows it, anybody is.
func TestAssignmentKnowsSkills(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.topic = func(text string) string {
			for word, topic := range map[string]string{"parcel": "delivery.late", "invoice": "payment.invoice"} {
				if strings.Contains(text, word) {
					return topic
				}
			}
			return ""
		}
		w.halt()
		w.start()
		w.rule(bot.DeskRules{Assign: true, Capacity: 2})
		for id, skills := range map[bot.AgentID][]string{"lin": {"delivery"}, "max": {"payment.invoice"}} {
			a, err := w.store.Agent(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			a.Skills = skills
			if err := w.store.SaveAgent(ctx, a, bot.Event{}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Bot.SetState(ctx, id, bot.Online); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range []struct{ thread, text, want string }{
			{"one", "my parcel is late", "lin"}, {"two", "the parcel is lost", "lin"}, {"three", "no parcel yet", "max"}, {"four", "the invoice is wrong", "max"}, {"five", "another invoice", ""},
		} {
			w.saysNow(c.thread, c.text)
			w.saysNow(c.thread, "agent")
			w.settle()
			if got := w.conv(c.thread); string(got.Agent) != c.want {
				t.Errorf("%s: %q has it, want %q", c.text, got.Agent, c.want)
			}
		}
	})
}

func TestRulesOfTheDesk(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		closed := bot.Calendar{Zone: "UTC", Week: [7]string{2: "09:00-18:00"}}
		w.rule(bot.DeskRules{Calendar: &closed, Away: map[nlp.Lang]string{"en": "We're at the trade fair."}})
		w.saysNow("ada", "agent")
		if got := w.last("ada").Text; !strings.Contains(got, "We're at the trade fair. They're back tomorrow at 09:00 UTC.") {
			t.Errorf("out of hours she is told %q", got)
		}
		w.saysNow("bo", "转人工")
		if got := w.last("bo").Text; !strings.Contains(got, "现在是下班时间，同事明天 09:00 回来") {
			t.Errorf("没有自定义的离开语：%q", got)
		}
		if err := w.Bot.SaveRules(ctx, lead, bot.DeskRules{}); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("over what was saved meanwhile: %v", err)
		}
		now, _ := w.Bot.Rules()
		now.Calendar = &bot.Calendar{Zone: "UTC", Week: [7]string{1: "nine to five"}}
		if err := w.Bot.SaveRules(ctx, lead, now); err == nil {
			t.Error("a calendar that cannot be read was saved")
		}
		w.halt()
		w.start()
		if again, h := w.Bot.Rules(); again.Version != 1 || h == nil || h.Open(noon) {
			t.Errorf("after a restart: %+v", again)
		}
	})
}
