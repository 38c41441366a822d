package feedback_test

import (
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
	rows := table(t, d, "desk", "digest.desk.overload").Rows
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
		l.presence(p.End, "lin", bot.Online, bot.Offline, 8*24*time.Hour)
		l.facts[1].End = p.End.Add(-time.Nanosecond)
		d, err := feedback.Builder{Sections: feedback.Sections(byWord{}, nil), Now: func() time.Time { return p.End }}.Build(t.Context(), *l, p)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, day := range loadOf(t, d).Hours {
			for _, h := range day {
				if h != nil {
					sum += h.Agents
				}
			}
		}
		if sum < hours-0.001 || sum > hours+0.001 {
			t.Errorf("%s has %v agents' hours, want %v", week, sum, hours)
		}
	}
}
