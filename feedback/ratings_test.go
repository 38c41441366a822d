package feedback_test

import (
	"fmt"
	"testing"
	"time"

	"huiyin/feedback"
)

// rated are two weeks of rows: late ones with one rating, others with another; the week before all are good.
func rated(p feedback.Period, scale feedback.Scale, late, other float64) feedback.Digest {
	return feedback.FromRows(func(yield func(feedback.Item, feedback.Assignment) bool) {
		say := func(at time.Time, topic string, n int, rating float64) {
			for i := range n {
				it := feedback.Item{ID: fmt.Sprint(topic, at, i), Text: "parcel", At: at.Add(time.Duration(i) * time.Minute), Rating: rating}
				if !yield(it, feedback.Assignment{Topic: topic, Name: feedback.Text{EN: topic, ZH: topic}, Complaint: rating <= 2}) {
					return
				}
			}
		}
		say(p.Before().Start, "other", 1200, other)
		say(p.Start, "late", 300, late)
		say(p.Start, "late", 10, other)
		say(p.Start, "other", 1190, other)
		say(p.Start, "other", 7, 0) // not rated
	}, scale, p, p.End)
}

// Ratings that a file has stand in its digest: how many, against the week before, and by topic against all others.
func TestRatingsOfRowsAreShown(t *testing.T) {
	p := week(t)
	d := rated(p, feedback.Stars, 1, 5)
	mean := metric(t, d, "drivers", "digest.ratings.mean")
	if mean.N != 1500 || mean.Value != 4.2 || mean.Unit != feedback.Score || mean.Change == nil || !mean.Change.Real || mean.Change.Before != 5 || mean.Change.BeforeN != 1200 {
		t.Errorf("mean: %+v %+v", mean, mean.Change)
	}
	if low := metric(t, d, "drivers", "digest.ratings.unhappy"); low.N != 1500 || low.Value != 0.2 {
		t.Errorf("unhappy: %+v", low)
	}
	rows := table(t, d, "drivers", "digest.ratings.table").Rows
	if len(rows) != 2 || rows[0][0].Name.EN != "late" || *rows[0][2].Phrase.Values["mean"].(feedback.Cell).Number > 1.2 || rows[0][4].Phrase.Values["diff"] != "−3.87" {
		t.Errorf("by topic: %+v", rows)
	}
}

// Of points only the groups of the net promoter score are kept: no mean is made of them.
func TestPointsAreShownAsNetPromoters(t *testing.T) {
	d := rated(week(t), feedback.Points, 1, 5)
	nps := metric(t, d, "drivers", "digest.ratings.nps")
	if nps.Value != 60 || nps.N != 1500 || nps.Unit != feedback.Net {
		t.Errorf("%+v", nps)
	}
	if rows := table(t, d, "drivers", "digest.ratings.table").Rows; len(rows) != 2 || rows[0][1].Phrase.Key != "digest.outcome.detractors" {
		t.Errorf("by topic: %+v", rows)
	}
}

// A file without ratings says nothing of them.
func TestNoRatingsNoWord(t *testing.T) {
	p := week(t)
	items := []feedback.Item{{ID: "1", Text: "parcel", At: p.Start}}
	if b := block(t, feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End), "drivers"); len(b.Elements) != 0 {
		t.Errorf("%+v", b)
	}
}
