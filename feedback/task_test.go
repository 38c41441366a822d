package feedback_test

import (
	"context"
	"testing"
	"time"

	"huiyin/bot"
	"huiyin/feedback"
	"huiyin/store/mem"
)

// late is a digest of a week in which so many of 400 messages complained of late parcels.
func late(week string, count int, rose bool) feedback.Digest {
	return feedback.Digest{Name: week, Blocks: []feedback.Block{{Section: "changes", Counts: []feedback.TopicCount{
		{Topic: "late", Name: feedback.Text{EN: "late"}, Count: count, Of: 400, Rose: rose}, {Topic: "other", Count: 400 - count, Of: 400}}}}}
}

func period(t *testing.T, week string) feedback.Period {
	t.Helper()
	p, err := feedback.Week(week, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// What rose becomes a task, once; later weeks say what became of it, whoever has it.
func TestWhatRoseIsFollowed(t *testing.T) {
	s := mem.New(mem.Options{})
	follow := func(week string, count int, rose bool) []feedback.Task {
		t.Helper()
		for range 2 { // a run that is tried again changes nothing
			if err := feedback.Follow(t.Context(), s, late(week, count, rose), period(t, week)); err != nil {
				t.Fatal(err)
			}
		}
		all, err := s.Tasks(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return all
	}
	if all := follow("2026-W45", 10, false); len(all) != 0 {
		t.Fatalf("nothing rose, and there is %+v", all)
	}
	all := follow("2026-W46", 80, true)
	if len(all) != 1 || all[0].State != feedback.TaskOpen || all[0].Found != (feedback.Tally{Week: "2026-W46", Count: 80, Of: 400}) || all[0].Became() != "none" || all[0].Version != 1 {
		t.Fatalf("got %+v", all)
	}
	task := all[0]
	task.Owner, task.State = "lin", feedback.TaskDoing
	if err := s.SaveTask(t.Context(), task, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	all = follow("2026-W47", 120, true) // it rises further: that is still the same task
	if len(all) != 1 || all[0].Owner != "lin" || all[0].Became() != "worse" {
		t.Fatalf("got %+v", all)
	}
	if all = follow("2026-W48", 85, false); all[0].Became() != "same" {
		t.Errorf("85 after 80 of 400 is %s", all[0].Became())
	}
	all = follow("2026-W49", 12, false)
	if all[0].Became() != "better" || all[0].Latest.Week != "2026-W49" {
		t.Errorf("got %+v", all[0])
	}
	if all = follow("2026-W47", 1, false); all[0].Latest.Week != "2026-W49" {
		t.Errorf("an older week overwrote a newer one: %+v", all[0])
	}
	task = all[0]
	task.State, task.Closed = feedback.TaskDone, period(t, "2026-W49").End
	if err := s.SaveTask(t.Context(), task, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	if all = follow("2026-W51", 90, true); len(all) != 2 || all[0].Week != "2026-W51" || all[0].State != feedback.TaskOpen {
		t.Errorf("after it was done it rose again: %+v", all)
	}
}

// The digest says of each earlier finding who has it, how far it is, and whether the topic fell by more than noise.
func TestTheLoopIsInTheDigest(t *testing.T) {
	s := mem.New(mem.Options{})
	if err := s.SaveAgent(t.Context(), bot.Agent{ID: "lin", Name: "Lin", Email: "lin@shop.example", Role: bot.RoleLead}, bot.Event{}); err != nil {
		t.Fatal(err)
	}
	found := feedback.Tally{Week: "2026-W45", Count: 90, Of: 300}
	for _, task := range []feedback.Task{
		{Week: "2026-W45", Topic: "late", Name: feedback.Text{EN: "late"}, Owner: "lin", State: feedback.TaskDoing, Found: found},
		{Week: "2026-W45", Topic: "gone", Name: feedback.Text{EN: "gone"}, State: feedback.TaskOpen, Found: found},
		{Week: "2026-W40", Topic: "closed", State: feedback.TaskDone, Closed: period(t, "2026-W41").End, Found: found},
		{Week: "2026-W47", Topic: "later", State: feedback.TaskOpen, Found: found},
		{Week: "2025-W10", Topic: "long ago", State: feedback.TaskOpen, Found: found},
	} {
		if err := s.SaveTask(t.Context(), task, bot.Event{}); err != nil {
			t.Fatal(err)
		}
	}
	monday := week(t).Start
	l := &ledger{}
	for day := range 7 {
		l.say(monday, day, 40, "question")
		l.say(monday, day, 4, "late")
	}
	p := week(t)
	d, err := feedback.Builder{Sections: feedback.Sections(byWord{"late"}, s), Now: func() time.Time { return p.End }}.Build(context.Background(), *l, p)
	if err != nil {
		t.Fatal(err)
	}
	rows := table(t, d, "loop", "digest.tasks").Rows
	if len(rows) != 2 {
		t.Fatalf("got %d rows", len(rows))
	}
	gone, late := rows[0], rows[1]
	if gone[0].Name.EN != "gone" || gone[2].Phrase.Key != "digest.task.nobody" || *gone[5].Number != 0 || gone[6].Phrase.Key != "digest.loop.better" {
		t.Errorf("gone: %+v", gone)
	}
	if late[2].Text != "Lin" || late[3].Phrase.Key != "digest.task.doing" || *late[4].Number != 0.3 || *late[5].Number > 0.1 || late[6].Phrase.Key != "digest.loop.better" {
		t.Errorf("late: %+v", late)
	}
}
