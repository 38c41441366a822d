package bot_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
)

// TestMacroOnce: a run that is sent twice is done once, one of a later look is another one.
func TestMacroOnce(t *testing.T) {
	for name, run := range map[string]bot.MacroRun{
		"a reply": {Name: "M", Note: "told her", Reply: "It is on its way.", Tag: []string{"x"}, End: bot.EndResolve},
		"a note":  {Name: "M", Note: "look at it tomorrow"},
	} {
		t.Run(name, func(t *testing.T) {
			staffed(t, func(t *testing.T, w *world) {
				w.saysNow("ada", "agent")
				id := w.conv("ada").ID
				var versions []uint64
				for _, look := range []string{"first", "first", "first", "second"} {
					c, err := w.Bot.RunMacro(bot.Once(t.Context(), look), id, lin, run)
					if err != nil && look == "first" {
						t.Fatal(err)
					}
					versions = append(versions, c.Version)
				}
				if versions[1] != versions[0] || versions[2] != versions[0] {
					t.Errorf("versions %d: it was done again", versions)
				}
				if n := len(w.messages("ada")); run.End == bot.EndNone && versions[3] == versions[0] {
					t.Errorf("%d messages: another run was not done", n)
				}
				if _, err := w.Bot.RunMacro(bot.Once(t.Context(), "first"), id, lin, bot.MacroRun{Name: "M", Reply: "Something else."}); !errors.Is(err, bot.ErrReused) && run.Reply != "" {
					t.Errorf("another text under the same name: %v", err)
				}
			})
		})
	}
}

// TestMacro runs a macro that does everything: one change, in order, and the guards of each act.
func TestMacro(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.saysNow("ada", "agent")
		id := w.conv("ada").ID
		if _, err := w.Bot.Tag(ctx, id, lin, []string{"new", "vip"}); err != nil {
			t.Fatal(err)
		}
		before := w.conv("ada")
		run := bot.MacroRun{Macro: "m1", Name: "Refund", Note: "paid back, @Max knows", Tag: []string{"Refund"}, Untag: []string{"NEW"}, Reply: "It is on its way.",
			End: bot.EndSnooze, Until: noon.Add(3 * time.Hour)}
		c, err := w.Bot.RunMacro(ctx, id, lin, run)
		if err != nil {
			t.Fatal(err)
		}
		if c.Version != before.Version+1 {
			t.Errorf("it took %d changes", c.Version-before.Version)
		}
		if c.Agent != "lin" || !c.SnoozedUntil.Equal(run.Until) || strings.Join(c.Tags, " ") != "refund vip" || c.Mentioned["max"] == 0 || c.FirstResponse.IsZero() {
			t.Errorf("%+v", c)
		}
		var did []string
		for _, m := range w.messages("ada")[before.LastSeq:] {
			did = append(did, string(m.Direction)+" "+m.Text)
		}
		want := "activity Lin ran the macro “Refund”, outgoing paid back, @Max knows, activity Lin took over, outgoing It is on its way., activity Lin snoozed it until today at 15:00"
		if got := strings.Join(did, ", "); got != want {
			t.Errorf("what was done:\n got %s\nwant %s", got, want)
		}
		if m := w.last("ada"); m.Text != "It is on its way." || m.AuthorID != "lin" {
			t.Errorf("the customer got %+v", m)
		}
		log, err := w.store.Audit(ctx, 1)
		if err != nil || log[0].Action != "conversation.macro" || log[0].Detail != "m1" || log[0].Actor != "lin" {
			t.Errorf("%+v %v", log, err)
		}
		if _, err := w.Bot.RunMacro(ctx, id, lin, bot.MacroRun{Macro: "m2", Name: "Nothing", Reply: " \n"}); !errors.Is(err, bot.ErrEmpty) {
			t.Errorf("a macro that does nothing: %v", err)
		}
	})
}

// TestMacroAllOrNothing: when one act may not be done, none is.
func TestMacroAllOrNothing(t *testing.T) {
	staffed(t, func(t *testing.T, w *world) {
		ctx := t.Context()
		w.saysNow("ada", "agent")
		id := w.conv("ada").ID
		if _, err := w.Bot.Claim(ctx, id, other); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Bot.SetState(ctx, "lea", bot.Away); err != nil {
			t.Fatal(err)
		}
		before, sent := w.conv("ada"), len(w.mail.to("ada"))
		for what, c := range map[string]struct {
			by   bot.Agent
			run  bot.MacroRun
			want error
		}{
			"a colleague has it":          {lin, bot.MacroRun{Note: "n", Tag: []string{"x"}, Reply: "r"}, bot.ErrConflict},
			"a colleague has it, resolve": {lin, bot.MacroRun{Note: "n", End: bot.EndResolve}, bot.ErrConflict},
			"a colleague has it, return":  {lin, bot.MacroRun{Tag: []string{"x"}, End: bot.EndReturn}, bot.ErrConflict},
			"a colleague has it, pass on": {lin, bot.MacroRun{Note: "n", End: bot.EndTransfer, To: bot.To{Team: "Returns"}}, bot.ErrConflict},
			"set aside for too long":      {other, bot.MacroRun{Reply: "r", End: bot.EndSnooze, Until: noon.AddDate(1, 0, 0)}, bot.ErrState},
			"to who is away":              {other, bot.MacroRun{Reply: "r", End: bot.EndTransfer, To: bot.To{Agent: "lea"}}, bot.ErrState},
			"to nobody":                   {other, bot.MacroRun{Reply: "r", End: bot.EndTransfer, To: bot.To{Agent: "nobody"}}, bot.ErrNotFound},
		} {
			if _, err := w.Bot.RunMacro(ctx, id, c.by, c.run); !errors.Is(err, c.want) {
				t.Errorf("%s: %v, want %v", what, err, c.want)
			}
		}
		if c := w.conv("ada"); c.Version != before.Version || len(w.mail.to("ada")) != sent {
			t.Errorf("something of it was done: %+v, %d sent", c, len(w.mail.to("ada"))-sent)
		}
	})
}

// TestMacroEnds plays what becomes of a conversation.
func TestMacroEnds(t *testing.T) {
	for end, want := range map[bot.MacroEnd]bot.Status{
		bot.EndNone: bot.StatusAgent, bot.EndResolve: bot.StatusResolved, bot.EndReturn: bot.StatusBot, bot.EndTransfer: bot.StatusWaiting,
	} {
		t.Run(string(end), func(t *testing.T) {
			staffed(t, func(t *testing.T, w *world) {
				w.saysNow("ada", "agent")
				c, err := w.Bot.RunMacro(t.Context(), w.conv("ada").ID, lin, bot.MacroRun{Name: "M", Reply: "Done.", End: end, To: bot.To{Team: "Returns"}})
				if err != nil || c.Status != want {
					t.Fatalf("%+v %v", c, err)
				}
				if !slices.ContainsFunc(w.mail.to("ada"), func(m bot.Message) bool { return m.Text == "Done." }) {
					t.Error("the reply did not leave")
				}
				if end == bot.EndResolve && len(w.last("ada").Buttons) != 5 {
					t.Error("nobody asks for a rating")
				}
				if end == bot.EndTransfer && c.Team != "Returns" {
					t.Errorf("it waits for %q", c.Team)
				}
			})
		})
	}
}

// TestAside reckons in the zone of the desk, through a weekend and the night.
func TestAside(t *testing.T) {
	zone := time.FixedZone("UTC+8", 8*3600)
	for at, want := range map[string][4]string{
		"2026-11-16 10:00": {"16 11:00", "16 13:00", "17 09:00", "23 09:00"}, // a Monday
		"2026-11-20 23:30": {"21 00:30", "21 02:30", "21 09:00", "23 09:00"},
		"2026-11-22 08:00": {"22 09:00", "22 11:00", "23 09:00", "23 09:00"}, // a Sunday
	} {
		now, err := time.ParseInLocation("2006-01-02 15:04", at, zone)
		if err != nil {
			t.Fatal(err)
		}
		for i, a := range bot.Asides() {
			if got := a.Until(now.UTC(), zone).Format("02 15:04"); got != want[i] {
				t.Errorf("%s at %s: %s, want %s", a, at, got, want[i])
			}
		}
	}
	if !bot.Aside("soon").Until(noon, zone).IsZero() {
		t.Error("no such choice")
	}
}
