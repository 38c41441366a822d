package feedback_test

import (
	"testing"

	"huiyin/feedback"
)

// The first week of a shop has nothing before it: its digest says so, and what it is about, and lists no changes.
func TestTheFirstWeekIsComparedWithNothing(t *testing.T) {
	p := week(t)
	l := &ledger{}
	for day := range 7 {
		l.say(p.Start, day, 3, "late")
		l.say(p.Start, day, 40, "question")
	}
	d := build(t, *l, "late", "tracking")
	got := headline(t, d)
	if got[0].Key != "digest.headline.complaints" || got[0].Values["why"].(feedback.Phrase).Key != "digest.headline.no_week_before" ||
		got[1].Key != "digest.headline.praise" || got[2].Key != "digest.topics.top" {
		t.Errorf("the head is %+v", got)
	}
	changes := block(t, d, "changes")
	if len(changes.Elements) != 0 || len(changes.Counts) != 1 {
		t.Errorf("what changed: %+v", changes)
	}
	if loop := block(t, d, "loop"); len(loop.Elements) != 0 {
		t.Errorf("what became of the week before: %+v", loop)
	}
	for _, b := range d.Blocks {
		for _, e := range b.Elements {
			switch {
			case e.Metric != nil && e.Metric.Change != nil && (e.Metric.Change.Real || e.Metric.Change.BeforeN > 0):
				t.Errorf("%s is compared with nothing: %+v", e.Metric.Name.Key, e.Metric.Change)
			case e.Table != nil:
				for _, c := range e.Table.Columns {
					if c.Key == "digest.col.before" || c.Key == "digest.col.share_before" || c.Key == "digest.col.change" {
						t.Errorf("table %s has the column %s", e.Table.Title.Key, c.Key)
					}
				}
			}
		}
	}
}

// One message in the week before is enough to compare with.
func TestTheSecondWeekIsCompared(t *testing.T) {
	p := week(t)
	d := build(t, *ordinary(p.Start), "late", "tracking")
	if n := len(block(t, d, "changes").Elements); n != 2 {
		t.Errorf("%d tables of changes", n)
	}
}
