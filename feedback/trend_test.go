package feedback_test

import (
	"encoding/json"
	"testing"
	"time"

	"huiyin/feedback"
)

// The archive shows the newest weeks side by side, the most frequent topics first; a week that was not finished, or whose digest cannot
// be read, is left out, and one without a complaint about a topic has none of it.
func TestTrends(t *testing.T) {
	run := func(week string, done bool, counts ...feedback.TopicCount) feedback.Run {
		raw, err := json.Marshal(feedback.Digest{Name: week, Blocks: []feedback.Block{{Section: "topics"}, {Section: "changes", Counts: counts}}})
		if err != nil {
			t.Fatal(err)
		}
		r := feedback.Run{Key: feedback.WeeklyRun + week, Digest: raw}
		if done {
			r.Done = time.Date(2026, 11, 16, 8, 0, 0, 0, time.UTC)
		}
		return r
	}
	late := func(n, of int) feedback.TopicCount {
		return feedback.TopicCount{Topic: "late", Name: feedback.Text{ZH: "配送", EN: "Late"}, Count: n, Of: of}
	}
	price := func(n, of int) feedback.TopicCount {
		return feedback.TopicCount{Topic: "price", Name: feedback.Text{ZH: "价格", EN: "Price"}, Count: n, Of: of}
	}
	damaged := run("2026-W47", true, late(9, 9))
	damaged.Digest = damaged.Digest[:20]
	got := feedback.TrendsOf([]feedback.Run{run("2026-W46", true, late(40, 200)), run("2026-W45", true, price(5, 100), late(2, 100)), run("2026-W44", true, price(1, 50)), run("2026-W48", false, late(1, 1)), damaged,
		{Key: "alarm/2026-11-12/late", Done: time.Date(2026, 11, 12, 0, 0, 0, 0, time.UTC)}}, 2, 10)
	if len(got.Weeks) != 2 || got.Weeks[0] != "2026-W45" || got.Weeks[1] != "2026-W46" || len(got.Rows) != 2 {
		t.Fatalf("%+v", got)
	}
	if r := got.Rows[0]; r.Topic != "late" || r.Name.ZH != "配送" || r.Tallies[0].Count != 2 || r.Tallies[1].Share() != 0.2 || r.Behind() != "topic/late" {
		t.Errorf("%+v", r)
	}
	if r := got.Rows[1]; r.Topic != "price" || r.Tallies[1] != (feedback.Tally{Week: "2026-W46", Of: 200}) {
		t.Errorf("%+v", r)
	}
	if one := feedback.TrendsOf(nil, 8, 10); len(one.Weeks) != 0 || len(one.Rows) != 0 {
		t.Errorf("%+v", one)
	}
}
