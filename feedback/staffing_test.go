package feedback_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
)

// came adds a conversation that came to the queue and, when taken is not zero, was taken so much later.
func (l *ledger) came(at time.Time, taken time.Duration) {
	id := bot.ConversationID(fmt.Sprintf("h%d", len(l.facts)))
	l.facts = append(l.facts, bot.Fact{Name: bot.FactHandoff, Label: "asked", Value: 1, Start: at, End: at, Conversation: id})
	if taken > 0 {
		l.facts = append(l.facts, bot.Fact{Name: bot.FactClaimed, Value: taken.Seconds(), Start: at, End: at.Add(taken), Conversation: id, Agent: "lin"})
	}
}

// presence adds that an agent's state changed; since is how long the one before had lasted.
func (l *ledger) presence(at time.Time, id bot.AgentID, from, to bot.Availability, since time.Duration) {
	l.facts = append(l.facts, bot.Fact{Name: bot.FactPresence, Label: bot.PresenceLabel(from, to), Value: since.Seconds(), Agent: id, Start: at.Add(-since), End: at})
}

func sortFacts(l *ledger) {
	slices.SortStableFunc(l.facts, func(a, b bot.Fact) int { return a.End.Compare(b.End) })
}

func loadOf(t testing.TB, d feedback.Digest) feedback.Load {
	t.Helper()
	for _, e := range block(t, d, "desk").Elements {
		if e.Load != nil {
			return *e.Load
		}
	}
	t.Fatal("no load")
	return feedback.Load{}
}

// An agent counts for the part of an hour in which she was online, also when she came before anything that is known; the hours in
// which more came than those who were there have shown to take are named.
func TestLoadAgainstStaff(t *testing.T) {
	p := week(t)
	monday := p.Start
	l := &ledger{}
	l.presence(monday.AddDate(0, 0, -7).Add(18*time.Hour), "lin", bot.Online, bot.Offline, 9*time.Hour) // Monday a week before, from 9
	for day := range 5 {                                                                                // two an hour, while one waits
		at := monday.AddDate(0, 0, day)
		l.presence(at.Add(9*time.Hour), "lin", bot.Offline, bot.Online, 15*time.Hour)
		l.came(at.Add(9*time.Hour+5*time.Minute), 10*time.Minute)
		l.came(at.Add(9*time.Hour+6*time.Minute), 20*time.Minute)
		l.came(at.Add(9*time.Hour+50*time.Minute), 30*time.Minute)
		l.presence(at.Add(17*time.Hour+30*time.Minute), "lin", bot.Online, bot.Offline, 8*time.Hour+30*time.Minute)
	}
	thursday := monday.AddDate(0, 0, 3)
	for i := range 8 {
		l.came(thursday.Add(14*time.Hour+time.Duration(i)*time.Minute), time.Duration(20+40*i)*time.Minute)
	}
	l.came(thursday.Add(22*time.Hour), 0) // at night, and nobody takes it
	sortFacts(l)
	d := build(t, *l)
	load := loadOf(t, d)
	if load.Rate < 2 || load.Rate > 2.5 {
		t.Errorf("an agent takes %v an hour", load.Rate)
	}
	if h := load.Hours[0][17]; h == nil || h.Agents != 0.5 {
		t.Errorf("Monday 17:00 has %+v, want half an agent", h)
	}
	if h := load.Hours[3][14]; h == nil || h.Handed != 8 || h.Agents != 1 || !h.Over || h.Waiting != 7 {
		t.Errorf("Thursday 14:00 has %+v", h)
	}
	if h := load.Hours[3][22]; h == nil || !h.Over || h.Agents != 0 || h.Waiting != 1 {
		t.Errorf("Thursday 22:00 has %+v", h)
	}
	rows := table(t, d, "desk", "digest.desk.overload_worst").Rows
	if len(rows) < 2 || rows[0][0].Phrase.Values["from"] != "14:00" || *rows[0][1].Number != 8 || *rows[0][5].Number != 7 {
		t.Errorf("the worst hours: %+v", rows)
	}
	met := metric(t, d, "desk", "digest.desk.met")
	if met.N != 24 || met.Value != 23.0/24 {
		t.Errorf("met %v of %d, want 23 of 24", met.Value, met.N)
	}
}

// Agents who work elsewhere are there when they do something; when nothing is known of anybody, nothing is called too much.
func TestLoadOfUnknownStaff(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	l.came(monday.Add(9*time.Hour), 2*time.Hour)
	sortFacts(l)
	h := loadOf(t, build(t, *l)).Hours[0]
	if h[9] == nil || h[9].Handed != 1 || h[9].Agents != 0 || h[11] == nil || h[11].Agents != 1 {
		t.Errorf("9:00 %+v, 11:00 %+v", h[9], h[11])
	}
	l = &ledger{}
	l.came(monday.Add(9*time.Hour), 0)
	d := build(t, *l)
	if h := loadOf(t, d).Hours[0][9]; h == nil || h.Over {
		t.Errorf("nothing is known of who was there: %+v", h)
	}
	said := false
	for _, e := range block(t, d, "desk").Elements {
		said = said || e.Sentence != nil && e.Sentence.Key == "digest.desk.nobody_known"
		if e.Metric != nil && e.Metric.Name.Key == "digest.desk.over" {
			t.Error("hours are called too much although nobody knows who was there")
		}
	}
	if !said {
		t.Error("it is not said that nothing is known")
	}
}

// A week in which the clocks change has 167 or 169 hours, and every hour in which somebody was there is in one of its 168 places.
func TestLoadWhenClocksChange(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	for week, hours := range map[string]float64{"2026-W13": 167, "2026-W43": 169, "2026-W44": 168} {
		p, err := feedback.Week(week, zone)
		if err != nil {
			t.Fatal(err)
		}
		l := &ledger{}
		l.presence(p.Start.AddDate(0, 0, -1), "lin", bot.Offline, bot.Online, time.Hour)
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return p.End }}.Build(t.Context(), *l, p)
		if err != nil {
			t.Fatal(err)
		}
		if sum := agentsHours(loadOf(t, d)); sum < hours-0.001 || sum > hours+0.001 {
			t.Errorf("%s has %v agents' hours, want %v", week, sum, hours)
		}
	}
}

// found is a ledger that finds all conversations but those that were erased.
type found struct {
	*ledger
	erased map[bot.ConversationID]bool
}

func (f found) Conversation(_ context.Context, id bot.ConversationID) (bot.Conversation, error) {
	if f.erased[id] {
		return bot.Conversation{}, bot.ErrNotFound
	}
	return bot.Conversation{ID: id}, nil
}

// Whoever took the handoff back, was handed back to the bot or was erased does not wait; whoever is left does, to the end of a week
// that is over, although nothing else happens in it.
func TestLoadOfThoseWhoWait(t *testing.T) {
	p := week(t)
	saturday := p.Start.AddDate(0, 0, 5).Add(22 * time.Hour)
	src := found{&ledger{}, map[bot.ConversationID]bool{}}
	for i, ends := range []string{"", bot.FactWithdrawn, bot.FactReturned, bot.FactResolved, "erased"} {
		src.came(saturday.Add(time.Duration(i)*time.Minute), 0)
		last := src.facts[len(src.facts)-1]
		switch ends {
		case "":
		case "erased":
			src.erased[last.Conversation] = true
		default:
			last.Name, last.Label, last.End = ends, "", saturday.Add(30*time.Minute)
			src.facts = append(src.facts, last)
		}
	}
	sortFacts(src.ledger)
	for _, c := range []struct {
		now            time.Time
		at22, end      int
		nothingAfter22 bool
	}{{now: p.End.Add(time.Hour), at22: 1, end: 1}, {now: saturday.Add(90 * time.Minute), at22: 1, nothingAfter22: true}} {
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return c.now }}.Build(t.Context(), src, p)
		if err != nil {
			t.Fatal(err)
		}
		load := loadOf(t, d)
		if h := load.Hours[5][22]; h == nil || h.Handed != 5 || h.Waiting != c.at22 {
			t.Errorf("made at %v: Saturday 22:00 has %+v, want 5 handed over and %d waiting", c.now, h, c.at22)
		}
		switch h := load.Hours[6][23]; {
		case c.nothingAfter22:
			if h != nil {
				t.Errorf("made at %v: an hour that is to come has %+v", c.now, h)
			}
		case h == nil || h.Waiting != c.end:
			t.Errorf("made at %v: the week's last hour has %+v, want %d waiting", c.now, h, c.end)
		}
	}
}

// An agent who came and did not go is there to the end of the week, or as long as it has lasted.
func TestLoadOfWhoStays(t *testing.T) {
	p := week(t)
	friday := p.Start.AddDate(0, 0, 4).Add(18 * time.Hour)
	l := &ledger{}
	l.presence(friday, "lin", bot.Offline, bot.Online, time.Hour)
	for now, want := range map[time.Time]float64{p.End.Add(time.Hour): 54, friday.Add(90 * time.Minute): 1.5} {
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return now }}.Build(t.Context(), *l, p)
		if err != nil {
			t.Fatal(err)
		}
		if sum := agentsHours(loadOf(t, d)); sum < want-0.001 || sum > want+0.001 {
			t.Errorf("made at %v: %v hours, want %v", now, sum, want)
		}
	}
}

func agentsHours(l feedback.Load) float64 {
	sum := 0.0
	for _, day := range l.Hours {
		for _, h := range day {
			if h != nil {
				sum += h.Agents
			}
		}
	}
	return sum
}

// A glance at the console says when an agent was online. What she does elsewhere in other hours shows that she is there then, before
// and after; in an hour in which she was online only that time counts.
func TestLoadOfWhoWorksElsewhere(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	for day := range 5 {
		for i := range 16 {
			l.came(monday.AddDate(0, 0, day).Add(9*time.Hour+time.Duration(i)*30*time.Minute), 10*time.Minute)
		}
	}
	glance := monday.AddDate(0, 0, 2).Add(12 * time.Hour)
	l.presence(glance, "lin", bot.Unseen, bot.Online, 0)
	l.presence(glance.Add(15*time.Minute), "lin", bot.Online, bot.Offline, 15*time.Minute)
	sortFacts(l)
	d := build(t, *l)
	if met := metric(t, d, "desk", "digest.desk.met"); met.N != 80 || met.Value != 1 {
		t.Errorf("met %v of %d, want all of 80", met.Value, met.N)
	}
	if over := metric(t, d, "desk", "digest.desk.over"); over.N != 40 || over.Value != 0 {
		t.Errorf("%v of %d hours are too much, want none of 40", over.Value, over.N)
	}
	if sum := agentsHours(loadOf(t, d)); sum != 39.25 {
		t.Errorf("%v agents' hours, want 39 in which she took something and a quarter online", sum)
	}
}

// Where more stretches were too much than are listed, the list says that it is the worst ones, and of how many.
func TestWorstHoursSayOfHowMany(t *testing.T) {
	monday := week(t).Start
	l := &ledger{}
	l.presence(monday.AddDate(0, 0, -7).Add(18*time.Hour), "lin", bot.Online, bot.Offline, 9*time.Hour)
	for day := range 7 {
		at := monday.AddDate(0, 0, day)
		l.presence(at.Add(9*time.Hour), "lin", bot.Offline, bot.Online, 15*time.Hour)
		for i := range 3 {
			l.came(at.Add(9*time.Hour+time.Duration(5+i)*time.Minute), time.Duration(10+25*i)*time.Minute)
		}
		l.presence(at.Add(17*time.Hour), "lin", bot.Online, bot.Offline, 8*time.Hour)
		l.came(at.Add(22*time.Hour), 11*time.Hour)
	}
	sortFacts(l)
	worst := table(t, build(t, *l), "desk", "digest.desk.overload_worst")
	if x := worst.Title.Values; len(worst.Rows) != 5 || x["n"] != 5 || x["all"] != 7 {
		t.Errorf("%d rows, %v", len(worst.Rows), x)
	}
}
