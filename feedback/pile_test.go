package feedback_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"huiyin/feedback"
	"huiyin/nlp"
)

// numbers yields the numbers below n, then io.EOF.
func numbers(n int) func() (int, error) {
	at := -1
	return func() (int, error) {
		if at++; at >= n {
			return 0, io.EOF
		}
		return at, nil
	}
}

func TestInOrderKeepsTheOrderWhateverEachTakes(t *testing.T) {
	var got []int
	late := make(chan struct{})
	err := feedback.InOrder(t.Context(), numbers(500), func(_ context.Context, n int) (int, error) {
		switch n {
		case 0:
			<-late // the first is done after the second
		case 1:
			close(late)
		}
		return n * n, nil
	}, func(n int) error { got = append(got, n); return nil })
	if err != nil || len(got) != 500 {
		t.Fatalf("%d results, %v", len(got), err)
	}
	for i, n := range got {
		if n != i*i {
			t.Fatalf("place %d has %d", i, n)
		}
	}
}

// What is read ahead is bounded: a million rows are never held at once.
func TestInOrderHoldsFewAtOnce(t *testing.T) {
	var ahead, most atomic.Int64
	read := numbers(3000)
	err := feedback.InOrder(t.Context(), func() (int, error) {
		n, err := read()
		if now := ahead.Add(1); now > most.Load() {
			most.Store(now)
		}
		return n, err
	}, func(_ context.Context, n int) (int, error) { return n, nil }, func(int) error { ahead.Add(-1); return nil })
	if err != nil {
		t.Fatal(err)
	}
	if most.Load() > 200 {
		t.Errorf("%d were held at once", most.Load())
	}
}

func TestInOrderEndsWithTheFirstError(t *testing.T) {
	broken := errors.New("broken")
	fine := func(_ context.Context, n int) (int, error) { return n, nil }
	keep := func(int) error { return nil }
	stopped, cancel := context.WithCancel(t.Context())
	cancel()
	for name, run := range map[string]func() error{
		"next": func() error {
			return feedback.InOrder(t.Context(), func() (int, error) { return 0, broken }, fine, keep)
		},
		"do": func() error {
			return feedback.InOrder(t.Context(), numbers(1000), func(_ context.Context, n int) (int, error) {
				if n == 77 {
					return 0, broken
				}
				return n, nil
			}, keep)
		},
		"take": func() error {
			return feedback.InOrder(t.Context(), numbers(1000), fine, func(n int) error {
				if n == 500 {
					return broken
				}
				return nil
			})
		},
	} {
		if err := run(); !errors.Is(err, broken) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := feedback.InOrder(stopped, numbers(1000), fine, keep); !errors.Is(err, context.Canceled) {
		t.Errorf("stopped: %v", err)
	}
}

// rowsOf yields items with their topics, the complaints about one word.
func rowsOf(items []feedback.Item, topic string) iter.Seq2[feedback.Item, feedback.Assignment] {
	return func(yield func(feedback.Item, feedback.Assignment) bool) {
		for _, it := range items {
			a := feedback.Assignment{Topic: topic, Name: feedback.Text{EN: topic}, Complaint: true, Kind: feedback.KindComplaint, Words: feedback.Words{EN: []string{"parcel"}}}
			if !yield(it, a) {
				return
			}
		}
	}
}

// Of thousands of complaints those are quoted that have the topic's words and are the unhappiest, wherever they stand, and
// no two that say the same or are of one customer.
func TestQuotesAreTheMostTypicalOfAll(t *testing.T) {
	p := week(t)
	var items []feedback.Item
	say := func(contact, text string, score float64) {
		items = append(items, feedback.Item{ID: fmt.Sprint(len(items)), Contact: contact, Text: text, At: p.Start.Add(time.Hour), Lang: nlp.LangEnglish,
			Analysis: &nlp.Analysis{Text: text, Sentiment: nlp.Sentiment{Polarity: nlp.Negative, Score: score}}})
	}
	for i := range 3000 {
		say(fmt.Sprint("c", i), fmt.Sprintf("number %d said something else entirely about it", i*7919), -0.1)
		switch i {
		case 40:
			say("late", "my parcel is lost and nobody helps me", -0.9)
		case 1500:
			say("late", "still no parcel at my door after ten days", -0.8) // the same customer again
		case 2900:
			say("other", "the parcel was opened, two cups were missing", -0.7)
			say("third", "my parcel is lost and nobody helps me!", -0.9) // in the words of the first
		}
	}
	d := feedback.FromRows(rowsOf(items, "parcels"), p, p.End)
	var got []string
	for _, e := range block(t, d, "topics").Elements {
		if e.Topic != nil {
			if e.Topic.Count != len(items) || e.Topic.People != 3003 {
				t.Errorf("%d messages of %d people", e.Topic.Count, e.Topic.People)
			}
			for _, q := range e.Topic.Quotes {
				got = append(got, q.Text)
			}
		}
	}
	if len(got) != 3 || got[0] != "my parcel is lost and nobody helps me" || got[1] != "the parcel was opened, two cups were missing" || slices.Contains(got, "still no parcel at my door after ten days") {
		t.Errorf("quoted: %q", got)
	}
}

// Rows without a time count as of the period; those outside it and the week before are not counted.
func TestRowsWithoutATime(t *testing.T) {
	p := week(t)
	items := []feedback.Item{{ID: "1", Text: "no time"}, {ID: "2", Text: "in it", At: p.Start}, {ID: "3", Text: "before", At: p.Before().Start}, {ID: "4", Text: "long ago", At: p.Before().Start.Add(-time.Second)}}
	d := feedback.FromRows(rowsOf(items, "x"), p, p.End)
	m := block(t, d, "volume").Elements[0].Metric
	if m.Value != 2 || m.Change.Before != 1 {
		t.Errorf("%v messages, %v before", m.Value, m.Change.Before)
	}
	topic := block(t, d, "topics").Elements[1].Topic
	if topic.Count != 2 || topic.People != 2 || topic.Of != 2 {
		t.Errorf("%d complaints of %d people among %d", topic.Count, topic.People, topic.Of)
	}
}

// Of few people nobody is told which channel and which language they use.
func TestSmallGroupsAreNotBrokenDown(t *testing.T) {
	p := week(t)
	for people := 1; people < 8; people++ {
		var items []feedback.Item
		for i := range 40 {
			items = append(items, feedback.Item{ID: fmt.Sprint(i), Contact: fmt.Sprint("c", i%people), Text: fmt.Sprint("parcel late ", i), At: p.Start.Add(time.Hour), Lang: nlp.LangEnglish, Channel: "telegram"})
		}
		topic := block(t, feedback.FromRows(rowsOf(items, "late"), p, p.End), "topics").Elements[1].Topic
		if topic.Count != 40 || topic.People != people {
			t.Fatalf("%d messages of %d people", topic.Count, topic.People)
		}
		if shown := topic.Channels["telegram"] == 40 && topic.Languages[nlp.LangEnglish] == 40; shown != (people >= 5) {
			t.Errorf("%d people: channels %v, languages %v", people, topic.Channels, topic.Languages)
		}
	}
}
