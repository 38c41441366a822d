package feedback_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// archive is a laboratory that keeps experiments.
type archive struct{ *laboratory }

func (a archive) SaveExperiment(_ context.Context, e bot.Experiment, _ bot.Event) error {
	at := slices.IndexFunc(a.experiments, func(x bot.Experiment) bool { return x.ID == e.ID })
	if a.experiments[at].Version != e.Version {
		return bot.ErrConflict
	}
	e.Version++
	a.experiments[at] = e
	return nil
}

// What an ended experiment showed is kept when all outcomes are known, and stays when its facts and customers are gone; before that
// it is counted, and so it is when what was kept cannot be read.
func TestFinalResultsStay(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	e := friendlier(start)
	e.Ended, e.Winner = start.AddDate(0, 0, 5), "B"
	a := archive{&laboratory{ledger: &ledger{}, experiments: []bot.Experiment{e}}}
	for i := range 120 {
		helped := 0.0
		if i%2 == 1 && i%5 != 0 || i%7 == 0 {
			helped = 1
		}
		a.shows(fmt.Sprint("p", i), fmt.Sprint("c", i), string(rune('A'+i%2)), start.Add(time.Duration(i)*time.Hour),
			later(time.Minute, bot.FactHelped, "article:returns.en", helped), later(time.Hour, bot.FactCSAT, "", float64(1+i%5)))
	}
	a.shows("p0", "again", "B", start.Add(119*time.Hour)) // has seen both
	final, over := feedback.FinalAt(e)
	if !over {
		t.Fatal("an experiment that has ended is not over")
	}
	if n, err := feedback.KeepFinals(t.Context(), a, final.Add(-time.Second), time.UTC); n != 0 || err != nil || a.experiments[0].Result != nil {
		t.Fatalf("%d kept before all outcomes are known, %v", n, err)
	}
	want := a.result(t, final)
	early := a.result(t, final.AddDate(0, 0, -3))
	if want.Both != 1 || want.People[0]+want.People[1] != 119 || len(want.Days) == 0 {
		t.Fatalf("%+v", want)
	}
	if n, err := feedback.KeepFinals(t.Context(), a, final, time.UTC); n != 1 || err != nil {
		t.Fatalf("%d kept, %v", n, err)
	}
	if got := a.result(t, final.AddDate(0, 0, -3)); !reflect.DeepEqual(got.Outcomes, early.Outcomes) {
		t.Errorf("as it stood before its end:\n%+v, want\n%+v", got.Outcomes, early.Outcomes)
	}
	facts := a.facts
	a.facts, a.conversations = nil, nil
	if n, err := feedback.KeepFinals(t.Context(), a, final.AddDate(0, 1, 0), time.UTC); n != 0 || err != nil {
		t.Errorf("%d kept anew, %v", n, err)
	}
	got := a.result(t, final.AddDate(1, 0, 0))
	want.Experiment, got.Experiment = bot.Experiment{}, bot.Experiment{}
	for i := range got.Days { // a time that was stored has another zone by name
		if got.Days[i].Day.Equal(want.Days[i].Day) {
			got.Days[i].Day = want.Days[i].Day
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("after its facts are gone:\n%+v, want\n%+v", got, want)
	}
	for _, damaged := range []string{`{}`, `[]`, `{"people":[1,2],"outcomes":[]}`, `{"people":[1],"outcomes":[{},{},{},{}]}`, `{"people":[1,2],"outcomes":[{},{},{},{}]}`} {
		a.experiments[0].Result = json.RawMessage(damaged)
		if got := a.result(t, final); got.People[0] != 0 {
			t.Errorf("%s is believed: %+v", damaged, got)
		}
	}
	a.facts = facts
	for i := range 120 {
		a.conversations = append(a.conversations, bot.Conversation{ID: bot.ConversationID(fmt.Sprint("c", i)), Contact: bot.ContactID(fmt.Sprint("p", i))})
	}
	a.experiments[0].Result = json.RawMessage(`{"people":[1]}`)
	if n, err := feedback.KeepFinals(t.Context(), a, final, time.UTC); n != 1 || err != nil {
		t.Errorf("what cannot be read is not kept anew: %d, %v", n, err)
	}
	if got := a.result(t, final); len(got.Outcomes) != len(bot.Goals()) || got.People[0] == 0 {
		t.Errorf("kept anew: %+v", got)
	}
	a.experiments[0].Result = nil
	if _, err := feedback.KeepFinals(t.Context(), busy{a}, final, time.UTC); err != nil || a.experiments[0].Result != nil {
		t.Errorf("an experiment that somebody changes: %v", err)
	}
}

// busy is an archive in which somebody is always faster.
type busy struct{ archive }

func (b busy) SaveExperiment(context.Context, bot.Experiment, bot.Event) error {
	return fmt.Errorf("experiment x:1: %w", bot.ErrConflict)
}

// Goals have names: a result is read by them, whatever order and however many goals there were when it was kept.
func TestFinalResultsByGoal(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	e := friendlier(start)
	e.Ended, e.Winner = start.AddDate(0, 0, 5), "B"
	final, _ := feedback.FinalAt(e)
	arms := `"arms":[{"n":40,"sum":10,"squares":10},{"n":50,"sum":25,"squares":25}]`
	e.Result = json.RawMessage(fmt.Sprintf(`{"people":[40,50],"outcomes":[{"goal":"of old",%[1]s},{"goal":%[2]q,%[1]s},{"goal":%[3]q,%[1]s}]}`, arms, bot.GoalCSAT, e.Goal))
	a := archive{&laboratory{ledger: &ledger{}, experiments: []bot.Experiment{e}}}
	if n, err := feedback.KeepFinals(t.Context(), a, final, time.UTC); n != 0 || err != nil {
		t.Errorf("%d kept anew, %v", n, err)
	}
	got := a.result(t, final)
	if len(got.Outcomes) != 2 || got.People[1] != 50 || got.Goal().Goal != e.Goal || got.Outcomes[1].Goal != bot.GoalCSAT {
		t.Errorf("got %+v", got)
	}
}

// An experiment that cannot be kept does not hold up the others.
func TestFinalResultsGoOn(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	e := friendlier(start)
	e.Ended, e.Winner = start.AddDate(0, 0, 5), "B"
	never, last := e, e
	never.ID, never.Started = "x:never", time.Time{}
	last.ID = "x:last"
	final, _ := feedback.FinalAt(e)
	a := archive{&laboratory{ledger: &ledger{}, experiments: []bot.Experiment{e, never, last}}}
	n, err := feedback.KeepFinals(t.Context(), fails{a, e.ID}, final, time.UTC)
	if n != 1 || err == nil || !strings.Contains(err.Error(), e.ID) || a.experiments[2].Result == nil {
		t.Errorf("%d kept, %v", n, err)
	}
}

// fails is an archive that cannot keep one of its experiments.
type fails struct {
	archive
	id string
}

func (f fails) SaveExperiment(ctx context.Context, e bot.Experiment, log bot.Event) error {
	if e.ID == f.id {
		return errors.New("no room")
	}
	return f.archive.SaveExperiment(ctx, e, log)
}
