package feedback_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/data"
	"huiyin/feedback"
	"huiyin/feedback/render"
	"huiyin/internal/locale"
	"huiyin/nlp"
)

// laboratory is a ledger with experiments.
type laboratory struct {
	*ledger
	experiments []bot.Experiment
}

func (l laboratory) Experiments(context.Context) ([]bot.Experiment, error) { return l.experiments, nil }

func (l laboratory) Conversation(_ context.Context, id bot.ConversationID) (bot.Conversation, error) {
	for _, c := range l.conversations {
		if c.ID == id {
			return c, nil
		}
	}
	return bot.Conversation{}, bot.ErrNotFound
}

func friendlier(started time.Time) bot.Experiment {
	arm := func(id, text string) bot.Arm { return bot.Arm{ID: id, Text: map[nlp.Lang]string{"en": text}} }
	return bot.Experiment{ID: "x:1", Name: "Friendlier", Subject: bot.Subject{Article: "returns.en", Root: "returns", Lang: "en"}, Share: 1,
		Goal: bot.GoalHelped, Created: started, Started: started, Arms: []bot.Arm{arm("A", "Seven days."), arm("B", "You have seven days.")}}
}

// shows notes that a contact was shown an arm in a conversation, and what happened after it.
func (l *laboratory) shows(contact, conversation, arm string, at time.Time, then ...bot.Fact) {
	if _, err := l.Conversation(context.Background(), bot.ConversationID(conversation)); err != nil {
		l.conversations = append(l.conversations, bot.Conversation{ID: bot.ConversationID(conversation), Contact: bot.ContactID(contact), CreatedAt: at, UpdatedAt: at})
	}
	l.facts = append(l.facts, bot.Fact{Name: bot.FactVariant, Value: 1, Label: l.experiments[0].ID + ":" + arm, End: at, Conversation: bot.ConversationID(conversation)})
	for _, f := range then {
		f.Conversation = bot.ConversationID(conversation)
		f.End = at.Add(f.End.Sub(time.Time{}))
		l.facts = append(l.facts, f)
	}
}

// later is a fact some time after what it belongs to.
func later(d time.Duration, name, label string, value float64) bot.Fact {
	return bot.Fact{Name: name, Label: label, Value: value, End: time.Time{}.Add(d)}
}

func (l laboratory) result(t *testing.T, until time.Time) feedback.ExperimentResult {
	t.Helper()
	all, err := feedback.Experiments(t.Context(), l, l.experiments, until, time.UTC)
	if err != nil || len(all) != 1 {
		t.Fatalf("%d results, %v", len(all), err)
	}
	return all[0]
}

// TestOutcomesOfAnExperiment: what counts for whom, and when.
func TestOutcomesOfAnExperiment(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	const article = "article:returns.en"
	for name, c := range map[string]struct {
		then []bot.Fact
		want [4]float64 // by goal, of the one person; CSAT −1: no rating
	}{
		"nothing":                     {nil, [4]float64{0, 0, 0, -1}},
		"helped":                      {[]bot.Fact{later(time.Minute, bot.FactHelped, article, 1)}, [4]float64{1, 0, 0, -1}},
		"not helped, then helped":     {[]bot.Fact{later(time.Minute, bot.FactHelped, article, 0), later(time.Hour, bot.FactHelped, article, 1)}, [4]float64{0, 0, 0, -1}},
		"another article helped":      {[]bot.Fact{later(time.Minute, bot.FactHelped, "article:pay.en", 1)}, [4]float64{0, 0, 0, -1}},
		"helped too late":             {[]bot.Fact{later(25*time.Hour, bot.FactHelped, article, 1)}, [4]float64{0, 0, 0, -1}},
		"handed over":                 {[]bot.Fact{later(23*time.Hour, bot.FactHandoff, "asked", 1)}, [4]float64{0, 1, 0, -1}},
		"handed over the day after":   {[]bot.Fact{later(30*time.Hour, bot.FactHandoff, "asked", 1)}, [4]float64{0, 0, 0, -1}},
		"asked again at once":         {[]bot.Fact{later(time.Minute, bot.FactVariant, "x:1:A", 0)}, [4]float64{0, 0, 0, -1}},
		"asked again the next day":    {[]bot.Fact{later(26*time.Hour, bot.FactVariant, "x:1:A", 1)}, [4]float64{0, 0, 1, -1}},
		"asked again after four days": {[]bot.Fact{later(96*time.Hour, bot.FactVariant, "x:1:A", 1)}, [4]float64{0, 0, 0, -1}},
		"rated four, then one":        {[]bot.Fact{later(50*time.Hour, bot.FactCSAT, "", 4), later(51*time.Hour, bot.FactCSAT, "", 1)}, [4]float64{0, 0, 0, 0.75}},
	} {
		t.Run(name, func(t *testing.T) {
			l := laboratory{&ledger{}, []bot.Experiment{friendlier(start)}}
			l.shows("ada", "c1", "A", start.Add(time.Hour), c.then...)
			r := l.result(t, start.AddDate(0, 0, 10))
			if r.People[0] != 1 || r.People[1] != 0 || r.Both != 0 {
				t.Fatalf("%v %d", r.People, r.Both)
			}
			for i, o := range r.Outcomes {
				got := o.Arms[0].Mean()
				if o.Arms[0].N == 0 {
					got = -1
				}
				if got != c.want[i] {
					t.Errorf("%s is %v, want %v", o.Goal, got, c.want[i])
				}
			}
		})
	}
}

// TestNotShownIsNoExposure: an arm that was withheld makes nobody take part; when it is shown later, that is the beginning.
func TestNotShownIsNoExposure(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	l := laboratory{&ledger{}, []bot.Experiment{friendlier(start)}}
	l.shows("ada", "c1", "A", start.Add(time.Hour), later(time.Minute, bot.FactHandoff, "asked", 1))
	l.facts[0].Value = 0
	if r := l.result(t, start.AddDate(0, 0, 10)); r.People[0] != 0 {
		t.Errorf("withheld: %v", r.People)
	}
	l.shows("ada", "c1", "A", start.Add(26*time.Hour))
	r := l.result(t, start.AddDate(0, 0, 10))
	if r.People[0] != 1 {
		t.Fatalf("shown later: %v", r.People)
	}
	for _, o := range r.Outcomes {
		if o.Goal == bot.GoalHanded && o.Arms[0].Mean() != 0 || o.Goal == bot.GoalCameBack && o.Arms[0].Mean() != 0 {
			t.Errorf("%s counts from before: %v", o.Goal, o.Arms[0].Mean())
		}
	}
}

// TestWhoCounts: once each, not before her time is over, not with two variants, and not when she was erased.
func TestWhoCounts(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	l := laboratory{&ledger{}, []bot.Experiment{friendlier(start)}}
	l.shows("ada", "c1", "A", start.Add(time.Hour))
	l.shows("ada", "c2", "A", start.Add(3*time.Hour)) // over another channel: she came back
	l.shows("bo", "c3", "B", start.Add(time.Hour), later(time.Minute, bot.FactHandoff, "asked", 1))
	l.shows("both", "c4", "A", start.Add(time.Hour))
	l.shows("both", "c5", "B", start.Add(2*time.Hour)) // after a merge
	l.shows("late", "c6", "B", start.Add(40*time.Hour))
	l.shows("unknown arm", "c7", "Z", start.Add(time.Hour))
	l.facts = append(l.facts, bot.Fact{Name: bot.FactVariant, Value: 1, End: start.Add(time.Hour), Conversation: "c1"}, // of somebody erased
		bot.Fact{Name: bot.FactVariant, Value: 1, Label: "x:1:A", End: start.Add(time.Hour), Conversation: "gone"},
		bot.Fact{Name: bot.FactVariant, Value: 1, Label: "other:A", End: start.Add(time.Hour), Conversation: "c1"})
	r := l.result(t, start.Add(50*time.Hour))
	if fmt.Sprint(r.People, r.Both) != "[1 2] 1" {
		t.Fatalf("%v, %d saw both", r.People, r.Both)
	}
	for i, want := range []string{"1 1 1", "1 1 1", "0 0 3", "0 0 3"} { // known of A, of B, still open
		o := r.Outcomes[i]
		if got := fmt.Sprint(o.Arms[0].N, o.Arms[1].N, o.Open); got != want {
			t.Errorf("%s: %s, want %s", o.Goal, got, want)
		}
	}
	r = l.result(t, start.AddDate(0, 0, 9))
	if o := r.Outcomes[2]; o.Arms[0].Mean() != 1 || o.Arms[1].Mean() != 0 || o.Open != 0 {
		t.Errorf("came back: %+v", o)
	}
	if v, _ := r.Verdict(); v != feedback.VerdictEarly {
		t.Errorf("of three people: %s", v)
	}
}

// crowd fills an experiment with n people an arm, of whom some say that it helped.
func crowd(start time.Time, n, helpedA, helpedB int) laboratory {
	l := laboratory{&ledger{}, []bot.Experiment{friendlier(start)}}
	for i := range n {
		at := start.Add(time.Duration(i) * 10 * time.Minute)
		for arm, helped := range map[string]int{"A": helpedA, "B": helpedB} {
			var then []bot.Fact
			if i%100 < helped {
				then = append(then, later(time.Minute, bot.FactHelped, "article:returns.en", 1))
			}
			l.shows(fmt.Sprint(arm, i), fmt.Sprint("c", arm, i), arm, at, then...)
		}
	}
	return l
}

func TestVerdicts(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		n, a, b int
		want    feedback.Verdict
		says    string
	}{
		{1000, 51, 62, feedback.VerdictBetter, "B helps more: 62% against 51%, between "},
		{1000, 62, 51, feedback.VerdictWorse, "B helps less: 51% against 62%, between "},
		{300, 51, 53, feedback.VerdictOpen, "No difference beyond chance so far: 53% for B, 51% for A. The truth lies between −"},
		{40, 10, 90, feedback.VerdictEarly, "Too early"},
	} {
		r := crowd(start, c.n, c.a, c.b).result(t, start.AddDate(0, 0, 30))
		v, _ := r.Verdict()
		said := spoken(t, r.Say(), "en")
		if v != c.want || !strings.HasPrefix(said, c.says) {
			t.Errorf("%+v: %s, %q", c, v, said)
		}
		if zh := spoken(t, r.Say(), "zh"); strings.Contains(zh, "{") || strings.Contains(zh, "trial.") {
			t.Errorf("in Chinese %q", zh)
		}
		t.Log(said, spoken(t, r.Say(), "zh"))
	}
	l := crowd(start, 400, 50, 50)
	for i := range 150 { // many more in one arm
		l.shows(fmt.Sprint("more", i), fmt.Sprint("m", i), "A", start.Add(time.Duration(i)*time.Second))
	}
	if v, _ := l.result(t, start.AddDate(0, 0, 30)).Verdict(); v != feedback.VerdictSplit {
		t.Errorf("550 against 400: %s", v)
	}
	less := crowd(start, 1000, 20, 10)
	less.experiments[0].Goal = bot.GoalHanded
	for i := range less.facts {
		if less.facts[i].Name == bot.FactHelped {
			less.facts[i].Name = bot.FactHandoff
		}
	}
	r := less.result(t, start.AddDate(0, 0, 30))
	if v, _ := r.Verdict(); v != feedback.VerdictBetter || !strings.Contains(spoken(t, r.Say(), "en"), "10% against 20%") {
		t.Errorf("%s %q", v, spoken(t, r.Say(), "en"))
	}
	if len(r.Days) < 7 || r.Days[len(r.Days)-1].N[0] != 1000 {
		t.Errorf("%+v", r.Days)
	}
}

// TestAnArmOfFewIsNotToldOf: while one of three versions has fewer people than are needed, nothing is said of it, and nothing at all
// when no other is better.
func TestAnArmOfFewIsNotToldOf(t *testing.T) {
	start := time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		helped [3]int // of 60, 60 and 44 people
		want   feedback.Verdict
		arm    int
	}{
		{[3]int{30, 31, 30}, feedback.VerdictEarly, 0},
		{[3]int{40, 12, 30}, feedback.VerdictEarly, 0}, // B is worse, but of C nothing is known
		{[3]int{12, 48, 40}, feedback.VerdictBetter, 1},
	} {
		l := laboratory{&ledger{}, []bot.Experiment{friendlier(start)}}
		l.experiments[0].Arms = append(l.experiments[0].Arms, bot.Arm{ID: "C", Text: map[nlp.Lang]string{"en": "A week."}})
		for arm, n := range []int{60, 60, 44} {
			for i := range n {
				var then []bot.Fact
				if i < c.helped[arm] {
					then = append(then, later(time.Minute, bot.FactHelped, "article:returns.en", 1))
				}
				id := string(rune('A' + arm))
				l.shows(fmt.Sprint(id, i), fmt.Sprint("c", id, i), id, start.Add(time.Duration(i)*time.Minute), then...)
			}
		}
		r := l.result(t, start.AddDate(0, 0, 30))
		if v, arm := r.Verdict(); v != c.want || arm != c.arm {
			t.Errorf("%v: %s of %d, %q", c.helped, v, arm, spoken(t, r.Say(), "en"))
		}
	}
}

// spoken is a phrase as a digest says it.
func spoken(t *testing.T, p feedback.Phrase, lang string) string {
	t.Helper()
	words, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	d := feedback.Digest{Name: "2026-W46", Zone: "UTC", Blocks: []feedback.Block{{Section: "bot", Elements: []feedback.Element{{Sentence: &p}}}}}
	if err := render.New(words).Render(&out, d, render.Markdown, lang); err != nil {
		t.Fatal(err)
	}
	lines := strings.FieldsFunc(out.String(), func(r rune) bool { return r == '\n' })
	at := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "## ") })
	return strings.TrimPrefix(lines[at+1], "- ")
}

// catalog is what the program says, loaded once.
var catalog = sync.OnceValues(func() (*locale.Catalog, error) { return locale.Load(data.Files(), "locale") })

// TestExperimentsInTheDigest: of a past week nothing that came later is said; the running week counts nobody before her time;
// groups of fewer than five are not broken down; a digest read back says the same.
func TestExperimentsInTheDigest(t *testing.T) {
	p := week(t)
	l := crowd(p.Start.Add(-48*time.Hour), 800, 51, 70)
	l.experiments[0].Ended, l.experiments[0].Winner, l.experiments[0].Name = p.End.AddDate(0, 0, 3), "B", "Friendlier to 13812345678"
	at := func(now time.Time) feedback.Table {
		t.Helper()
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return now }}.Build(t.Context(), l, p)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		var back feedback.Digest
		if err := json.Unmarshal(raw, &back); err != nil {
			t.Fatal(err)
		}
		return table(t, back, "bot", "digest.bot.experiments")
	}
	rows := at(p.End.AddDate(0, 0, 30)).Rows
	if len(rows) != 2 || rows[0][0].Text != nlp.Redact("Friendlier to 13812345678") || strings.Contains(rows[0][0].Text, "13812345678") || *rows[0][2].Number != 800 || *rows[1][4].Number != 0.7 || rows[1][5].Phrase != nil {
		t.Fatalf("%+v", rows)
	}
	said := spoken(t, *rows[0][5].Phrase, "en")
	if !strings.HasPrefix(said, "Running. B helps more: 70% against 51%") {
		t.Errorf("%q", said)
	}
	few := at(p.Start.Add(-48*time.Hour + 24*time.Hour + 20*time.Minute)).Rows
	if few[0][2].Number != nil || few[1][4].Text != "–" || !strings.Contains(spoken(t, *few[0][5].Phrase, "en"), "Fewer than 5 people") {
		t.Errorf("%+v", few)
	}
	l.experiments[0].Ended = p.Start.Add(-time.Hour)
	d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return p.End }}.Build(t.Context(), l, p)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range block(t, d, "bot").Elements {
		if e.Table != nil && e.Table.Title.Key == "digest.bot.experiments" {
			t.Error("one that ended before the week is told of")
		}
	}
}
