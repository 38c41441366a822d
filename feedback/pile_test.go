package feedback_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"maps"
	"runtime"
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
	processors := runtime.GOMAXPROCS(0)
	runtime.GOMAXPROCS(max(processors, 2)) // on one, they are taken one by one, and the first would wait for the second for ever
	defer runtime.GOMAXPROCS(processors)
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
	d := feedback.FromRows(rowsOf(items, "parcels"), feedback.Stars, p, p.End)
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
	d := feedback.FromRows(rowsOf(items, "x"), feedback.Stars, p, p.End)
	m := block(t, d, "volume").Elements[0].Metric
	if m.Value != 2 || m.Change.Before != 1 {
		t.Errorf("%v messages, %v before", m.Value, m.Change.Before)
	}
	topic := block(t, d, "topics").Elements[1].Topic
	if topic.Count != 2 || topic.People != 0 || topic.Of != 2 { // nobody says who wrote
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
		topic := block(t, feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End), "topics").Elements[1].Topic
		if topic.Count != 40 || topic.People != people {
			t.Fatalf("%d messages of %d people", topic.Count, topic.People)
		}
		if shown := topic.Channels["telegram"] == 40 && topic.Languages[nlp.LangEnglish] == 40; shown != (people >= 5) {
			t.Errorf("%d people: channels %v, languages %v", people, topic.Channels, topic.Languages)
		}
	}
}

// A language of a few messages tells of those who wrote them, and so does what the other one leaves.
func TestFewMessagesOfALanguageAreNotToldOf(t *testing.T) {
	p := week(t)
	for few := range 8 {
		var items []feedback.Item
		for i := range 40 {
			lang := nlp.LangEnglish
			if i < few {
				lang = nlp.LangChinese
			}
			items = append(items, feedback.Item{ID: fmt.Sprint(i), Contact: fmt.Sprint("c", i), Text: fmt.Sprint("parcel late ", i), At: p.Start.Add(time.Hour), Lang: lang})
		}
		topic := block(t, feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End), "topics").Elements[1].Topic
		if told := topic.Languages != nil; told != (few == 0 || few >= 5) {
			t.Errorf("%d in Chinese: %v", few, topic.Languages)
		}
	}
}

// A few odd messages do not hide how the others are split: a language or channel of fewer than five is left out, and the split with
// it only when fewer than two are left.
func TestSmallLanguagesAndChannelsAreLeftOut(t *testing.T) {
	p := week(t)
	for _, c := range []struct{ groups, want []int }{
		{[]int{90, 60, 1}, []int{90, 60}},
		{[]int{90, 60, 5}, []int{90, 60, 5}},
		{[]int{90, 60, 30, 2}, []int{90, 60, 30}},
		{[]int{90, 60, 5, 4, 4}, []int{90, 60, 5}},
		{[]int{90, 4, 1}, nil},
		{[]int{4, 4, 4}, nil},
	} {
		var items []feedback.Item
		langs, channels := map[nlp.Lang]int{}, map[string]int{}
		for g, n := range c.groups {
			lang, channel := []nlp.Lang{"zh", "en", "ru", "", ""}[g], fmt.Sprint("channel", g)
			for range n {
				id := fmt.Sprint(len(items))
				items = append(items, feedback.Item{ID: id, Contact: "c" + id, Text: "parcel late " + id, At: p.Start.Add(time.Hour), Lang: lang, Channel: channel})
			}
			if g < len(c.want) {
				langs[lang.Base()], channels[channel] = n, n
			}
		}
		topic := block(t, feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End), "topics").Elements[1].Topic
		if len(c.groups) > 3 { // all but two are one language to us
			langs = topic.Languages
		}
		if !maps.Equal(topic.Languages, langs) || !maps.Equal(topic.Channels, channels) {
			t.Errorf("%d: languages %v, channels %v", c.groups, topic.Languages, topic.Channels)
		}
	}
}

// Customers are counted where nearly all rows of the period say who wrote them: a few that do not count as one customer each, and rows
// outside the period say nothing.
func TestCustomersOfAMixedFile(t *testing.T) {
	p := week(t)
	for _, c := range []struct{ named, before, people int }{{0, 0, 0}, {1, 0, 0}, {50, 0, 0}, {94, 0, 0}, {95, 0, 15}, {100, 0, 10}, {0, 5000, 0}} {
		var items []feedback.Item
		for i := range 100 {
			it := feedback.Item{ID: fmt.Sprint(i), Text: fmt.Sprint("late ", i), At: p.Start.Add(time.Hour)}
			if i < c.named {
				it.Contact = fmt.Sprint("c", i%10)
			}
			items = append(items, it)
		}
		for i := range c.before {
			items = append(items, feedback.Item{ID: fmt.Sprint("b", i), Contact: fmt.Sprint("c", i), Text: "late", At: p.Before().Start})
		}
		if topic := block(t, feedback.FromRows(rowsOf(items, "late"), feedback.Stars, p, p.End), "topics").Elements[1].Topic; topic.People != c.people {
			t.Errorf("%d of 100 rows with a name, %d the week before: %d customers", c.named, c.before, topic.People)
		}
	}
}

// With nothing to compare with, the head of the digest says that, and what the messages are about, in the place of changes; nothing
// that is shown is empty, and customers are counted only where rows name them.
func TestRowsWithNothingBefore(t *testing.T) {
	zone := week(t).Zone
	for _, c := range []struct {
		name    string
		period  feedback.Period
		contact string
		why     string
		people  int
	}{
		{"without times", feedback.Everything(zone), "", "digest.headline.no_times", 0},
		{"the first week, with names", week(t), "mei", "digest.headline.no_week_before", 1},
	} {
		items := []feedback.Item{{ID: "1", Text: "late", Contact: c.contact}, {ID: "2", Text: "late again", Contact: c.contact}, {ID: "3", Text: "still late", Contact: c.contact}}
		d := feedback.FromRows(rowsOf(items, "late"), feedback.Stars, c.period, week(t).End)
		got := headline(t, d)
		if got[0].Key != "digest.headline.complaints" || got[0].Values["why"].(feedback.Phrase).Key != c.why || got[1].Key != "digest.headline.praise" || got[2].Key != "digest.topics.top" {
			t.Errorf("%s: the head is %+v", c.name, got)
		}
		for _, b := range d.Shown() {
			if len(b.Elements) == 0 {
				t.Errorf("%s: section %s is empty", c.name, b.Section)
			}
		}
		if topic := block(t, d, "topics").Elements[1].Topic; topic.People != c.people {
			t.Errorf("%s: %d people", c.name, topic.People)
		}
		for _, e := range block(t, d, "topics").Elements {
			if e.Table != nil && e.Table.Title.Key == "digest.kinds" && len(e.Table.Columns) != 3 {
				t.Errorf("%s: the kinds are compared with %+v", c.name, e.Table.Columns)
			}
		}
	}
	if d := feedback.FromRows(rowsOf(nil, "late"), feedback.Stars, feedback.Everything(zone), week(t).End); headline(t, d)[0].Key != "digest.headline.no_worse" {
		t.Errorf("of no rows: %+v", headline(t, d))
	}
}

// A topic that rises among rows that nobody's name stands on speaks of no customers.
func TestRisingRowsWithoutNames(t *testing.T) {
	p := week(t)
	var items []feedback.Item
	for i := range 60 {
		at := p.Start.Add(time.Duration(i) * time.Hour)
		items = append(items, feedback.Item{ID: fmt.Sprint("n", i), Text: "late", At: at})
		items = append(items, feedback.Item{ID: fmt.Sprint("b", i), Text: "fine", At: at.AddDate(0, 0, -7)})
	}
	for _, named := range []bool{false, true} {
		want := []string{"digest.topics.worse_unnamed", "digest.topics.to_do_unnamed"}
		if named {
			want = []string{"digest.topics.worse", "digest.topics.to_do"}
			for i := range items {
				items[i].Contact = items[i].ID
			}
		}
		d := feedback.FromRows(func(yield func(feedback.Item, feedback.Assignment) bool) {
			for _, it := range items {
				a := feedback.Assignment{}
				if it.Text == "late" {
					a = feedback.Assignment{Topic: "late", Name: feedback.Text{EN: "late"}, Complaint: true, Kind: feedback.KindComplaint}
				}
				if !yield(it, a) {
					return
				}
			}
		}, feedback.Stars, p, p.End)
		if got := headline(t, d); got[0].Key != want[0] || got[2].Key != want[1] {
			t.Errorf("named %v: %s and %s", named, got[0].Key, got[2].Key)
		}
	}
}
