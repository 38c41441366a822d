package bot_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/nlp"
)

// moving is an incident about parcels.
func moving() bot.Incident {
	return bot.Incident{Topic: "late", Text: map[nlp.Lang]string{nlp.LangChinese: "仓库正在搬家，包裹会晚两天。", nlp.LangEnglish: "Our warehouse is moving, parcels are two days late."}}
}

// lateTopic is what texts about parcels are about.
func lateTopic(text string) string {
	if strings.Contains(text, "parcel") || strings.Contains(text, "包裹") {
		return "late"
	}
	return ""
}

// inIncident is a world in which an incident is known.
func inIncident(t *testing.T, i bot.Incident, test func(t *testing.T, w *world, i bot.Incident)) {
	t.Helper()
	inWorld(t, func(t *testing.T, w *world) {
		w.topic = lateTopic
		w.start()
		i, err := w.Bot.Announce(t.Context(), lead, i)
		if err != nil {
			t.Fatal(err)
		}
		test(t, w, i)
	})
}

// decision is what the bot made of the newest message of a customer.
func (w *world) decision(thread string) bot.Decision {
	w.t.Helper()
	list := w.messages(thread)
	for i := len(list) - 1; i >= 0; i-- {
		if list[i].Direction == bot.Incoming && list[i].Decision != nil {
			return *list[i].Decision
		}
	}
	w.t.Fatal("nothing was decided")
	return bot.Decision{}
}

func TestAKnownIncidentIsSaidFirst(t *testing.T) {
	en, zh := moving().Text[nlp.LangEnglish], moving().Text[nlp.LangChinese]
	for _, c := range []struct {
		name, text    string
		begins, holds string
		action        bot.Action
	}{
		{"before an article", "how long does a parcel take", en + "\n\n", "Three days as a rule.", bot.ActArticle},
		{"in Chinese", "包裹多久到", zh + "\n\n", "一般三天送到。", bot.ActArticle},
		{"before a question back", "my parcel is broken, what now", en + "\n\n", "Which of these do you mean?", bot.ActClarify},
		{"alone, where the bot has no answer", "where on earth is my parcel", en, "", bot.ActIncident},
	} {
		t.Run(c.name, func(t *testing.T) {
			inIncident(t, moving(), func(t *testing.T, w *world, i bot.Incident) {
				w.says("ada", c.text)
				m, d := w.last("ada"), w.decision("ada")
				if !strings.HasPrefix(m.Text, c.begins) || !strings.Contains(m.Text, c.holds) || strings.Count(m.Text, c.begins) != 1 {
					t.Errorf("said %q", m.Text)
				}
				if d.Action != c.action || d.Incident != i.ID {
					t.Errorf("decided %+v", d)
				}
				if f := w.facts(bot.FactIncident); len(f) != 1 || f[0].Label != i.ID {
					t.Errorf("noted %+v", f)
				}
			})
		})
	}
}

// An incident is an answer: asking again and again hands nobody over and leaves no gap, and a person is a press away.
func TestAnIncidentIsNoFailure(t *testing.T) {
	inIncident(t, moving(), func(t *testing.T, w *world, _ bot.Incident) {
		for range 4 {
			w.says("ada", "where on earth is my parcel")
		}
		if c := w.conv("ada"); c.Status != bot.StatusBot || c.Failures != 0 {
			t.Errorf("after four times: %s, %d failures", c.Status, c.Failures)
		}
		if gaps, err := w.store.Gaps(t.Context(), noon.AddDate(-1, 0, 0), noon.AddDate(1, 0, 0)); err != nil || len(gaps) != 0 {
			t.Errorf("gaps %+v, %v", gaps, err)
		}
		w.says("ada", "what is the meaning of it all") // that has no answer, and is about nothing known
		if d := w.decision("ada"); d.Action != bot.ActFallback || d.Incident != "" {
			t.Errorf("decided %+v", d)
		}
		w.says("ada", "where on earth is my parcel")
		w.press("ada", w.words.Text("en", "bot.button.human"))
		if c := w.conv("ada"); c.Status != bot.StatusWaiting {
			t.Errorf("after asking for a person: %s", c.Status)
		}
	})
}

func TestWhatAnIncidentLeavesAlone(t *testing.T) {
	for _, c := range []struct{ name, text string }{{"small talk", "hello"}, {"another subject", "return policy"}, {"whoever wants a person", "agent, my parcel is late"}} {
		t.Run(c.name, func(t *testing.T) {
			inIncident(t, moving(), func(t *testing.T, w *world, i bot.Incident) {
				if c.name == "whoever wants a person" {
					w.says("ada", "agent")
					w.says("ada", "my parcel is late") // she waits: the bot says only that
				} else {
					w.says("ada", c.text)
				}
				for _, m := range w.mail.to("ada") {
					if strings.Contains(m.Text, i.Text[nlp.LangEnglish]) || strings.Contains(m.Text, i.Text[nlp.LangChinese]) {
						t.Errorf("said %q", m.Text)
					}
				}
			})
		})
	}
}

// By intent instead of by topic: the intent's own answer follows.
func TestAnIncidentByIntent(t *testing.T) {
	i := moving()
	i.Topic, i.Intent = "", "return_item"
	inIncident(t, i, func(t *testing.T, w *world, i bot.Incident) {
		w.says("ada", "i want to return it")
		if m := w.last("ada"); !strings.HasPrefix(m.Text, i.Text[nlp.LangEnglish]) || w.conv("ada").Form == nil {
			t.Errorf("said %q", m.Text)
		}
		w.says("bo", "where on earth is my parcel")
		if m := w.last("bo"); strings.Contains(m.Text, i.Text[nlp.LangEnglish]) {
			t.Errorf("said %q", m.Text)
		}
	})
}

func TestAnIncidentEnds(t *testing.T) {
	i := moving()
	i.Until = noon.Add(2 * time.Hour)
	inIncident(t, i, func(t *testing.T, w *world, i bot.Incident) {
		w.clock.add(2*time.Hour - time.Second)
		w.says("ada", "where on earth is my parcel")
		if d := w.decision("ada"); d.Incident != i.ID {
			t.Errorf("a second before its end: %+v", d)
		}
		w.halt()
		w.start() // it holds for the next process too
		w.says("ada", "where on earth is my parcel")
		if d := w.decision("ada"); d.Incident != i.ID {
			t.Errorf("after a restart: %+v", d)
		}
		w.clock.add(time.Second)
		w.says("ada", "where on earth is my parcel")
		if d := w.decision("ada"); d.Incident != "" {
			t.Errorf("at its end: %+v", d)
		}
	})
}

func TestIncompleteIncidents(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.start()
		for name, spoil := range map[string]func(*bot.Incident){
			"no Chinese":        func(i *bot.Incident) { delete(i.Text, nlp.LangChinese) },
			"English of blanks": func(i *bot.Incident) { i.Text[nlp.LangEnglish] = " \n" },
			"about nothing":     func(i *bot.Incident) { i.Topic = " " },
			"over already":      func(i *bot.Incident) { i.Until = noon },
		} {
			i := moving()
			spoil(&i)
			if _, err := w.Bot.Announce(t.Context(), lead, i); !errors.Is(err, bot.ErrIncident) {
				t.Errorf("%s: %v", name, err)
			}
		}
		i := moving()
		i.ID, i.Version = "gone", 3
		if _, err := w.Bot.Announce(t.Context(), lead, i); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("changing one that is not there: %v", err)
		}
		if _, err := w.Bot.Lift(t.Context(), lead, "gone", nil); !errors.Is(err, bot.ErrNotFound) {
			t.Errorf("lifting one that is not there: %v", err)
		}
		i, err := w.Bot.Announce(t.Context(), lead, moving())
		if err != nil {
			t.Fatal(err)
		}
		changed, err := w.Bot.Announce(t.Context(), lead, i)
		if err != nil || changed.Version != 2 {
			t.Errorf("a change: %+v, %v", changed, err)
		}
		if _, err := w.Bot.Announce(t.Context(), lead, i); !errors.Is(err, bot.ErrConflict) {
			t.Errorf("over another's change: %v", err)
		}
		if _, err := w.Bot.Lift(t.Context(), lead, i.ID, nil); err != nil {
			t.Error(err)
		}
		if _, err := w.Bot.Announce(t.Context(), lead, changed); !errors.Is(err, bot.ErrState) {
			t.Errorf("after it was lifted: %v", err)
		}
		log, err := w.store.Audit(t.Context(), 10)
		if err != nil || len(log) != 3 || log[0].Action != "incident.lift" || log[1].Action != "incident.change" || log[2].Action != "incident.announce" || log[0].Actor != string(lead.ID) {
			t.Errorf("the log says %+v, %v", log, err)
		}
	})
}

// When it is lifted, those who asked are told, each in her language and once, whoever may be written to.
func TestLiftTellsWhoAsked(t *testing.T) {
	solved := map[nlp.Lang]string{nlp.LangChinese: "今天起正常发货。", nlp.LangEnglish: "Everything ships today."}
	inIncident(t, moving(), func(t *testing.T, w *world, i bot.Incident) {
		w.says("ada", "where on earth is my parcel")
		w.says("ada", "parcel?? parcel!!") // twice, and told once
		w.says("bo", "我的包裹到底在哪")
		w.says("cy", "return policy") // asked about something else
		w.says("dan", "where on earth is my parcel")
		w.says("dan", "agent")
		w.says("eve", "where on earth is my parcel")
		w.says("eve", "i want to return it") // is filling in a form
		want := bot.Askers{bot.StandNow: 2, bot.StandPerson: 1, bot.StandBusy: 1}
		before := len(w.mail.sent)
		if got, err := w.Bot.Asked(t.Context(), i.ID); err != nil || !maps.Equal(got, want) || len(w.mail.sent) != before {
			t.Errorf("would find %v, %v", got, err)
		}
		got, err := w.Bot.Lift(t.Context(), lead, i.ID, solved)
		w.settle()
		if err != nil || !maps.Equal(got, want) || len(w.mail.sent) != before+2 {
			t.Errorf("told %v, %v", got, err)
		}
		for thread, says := range map[string][]string{"ada": {"It's solved now.", "Everything ships today."}, "bo": {"现在已经恢复了。", "今天起正常发货。"}} {
			m := w.last(thread)
			for _, text := range says {
				if !strings.Contains(m.Text, text) {
					t.Errorf("%s was told %q", thread, m.Text)
				}
			}
			if m.Author != bot.ByBot || m.Decision == nil || m.Decision.Action != bot.ActFollowUp || m.Decision.Reason != "bot.why.incident_over" || m.Decision.Incident != i.ID {
				t.Errorf("%s: the message does not say why: %+v", thread, m.Decision)
			}
		}
		w.says("ada", "where on earth is my parcel")
		if d := w.decision("ada"); d.Incident != "" {
			t.Errorf("after it was lifted: %+v", d)
		}
		w.says("eve", "cancel") // the form ends: she can be told now
		got, err = w.Bot.Lift(t.Context(), lead, i.ID, nil)
		w.settle()
		if err != nil || !maps.Equal(got, bot.Askers{bot.StandHas: 2, bot.StandPerson: 1, bot.StandNow: 1}) || !strings.Contains(w.last("eve").Text, "Everything ships today.") {
			t.Errorf("the second time: %v, %v", got, err)
		}
	})
}

func TestLiftKeepsToTheWindow(t *testing.T) {
	inWorld(t, func(t *testing.T, w *world) {
		w.topic = lateTopic
		w.inbox.Window = 24 * time.Hour
		w.start()
		i, err := w.Bot.Announce(t.Context(), lead, moving())
		if err != nil {
			t.Fatal(err)
		}
		w.says("ada", "where on earth is my parcel")
		w.clock.add(20 * time.Hour)
		w.says("bo", "where on earth is my parcel")
		if _, err := w.store.EraseContact(context.Background(), w.conv("bo").Contact, bot.Event{}); err != nil {
			t.Fatal(err)
		}
		w.clock.add(4 * time.Hour)
		before := len(w.mail.sent)
		got, err := w.Bot.Lift(t.Context(), lead, i.ID, nil)
		w.settle()
		if err != nil || got[bot.StandWindow] != 1 || got[bot.StandNow] != 0 || len(w.mail.sent) != before {
			t.Errorf("told %v, %v", got, err)
		}
	})
}
