package feedback

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"huiyin/nlp"
)

// weekOf counts complaints by topic in two weeks of so many messages.
func weekOf(t *testing.T, n, n0 int, now, before map[string]int) *counted {
	t.Helper()
	p, err := Week("2026-W46", time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	c := newCounted(p)
	say := func(start time.Time, all int, topics map[string]int) {
		i := 0
		for topic, k := range topics {
			for range k {
				id := fmt.Sprint(topic, i)
				c.add(Item{ID: id, Text: id, Contact: id, Lang: nlp.LangEnglish, At: start.Add(time.Duration(i%168) * time.Hour)},
					Assignment{Topic: topic, Name: Text{EN: topic}, Complaint: true, Kind: KindComplaint})
				i++
			}
		}
		for ; i < all; i++ {
			c.add(Item{At: start.Add(time.Hour)}, Assignment{Kind: KindOther})
		}
	}
	say(p.Start, n, now)
	say(p.Before().Start, n0, before)
	c.finish()
	return c
}

func first(c *counted) []Phrase {
	var out []Phrase
	for _, e := range headline(c.findings).Elements {
		out = append(out, *e.Sentence)
	}
	return out
}

// A long tail of topics with a message or two hides no change of a frequent one.
func TestATailOfRareTopicsHidesNothing(t *testing.T) {
	now, before := map[string]int{"late": 10}, map[string]int{}
	for i := range 30 {
		now[fmt.Sprint("rare", i)] = i % 2
		before[fmt.Sprint("rare", i)] = (i + 1) % 2
	}
	for k, v := range now {
		if v == 0 {
			delete(now, k)
		}
	}
	got := first(weekOf(t, 25, 17, now, before))
	if got[0].Key != "digest.topics.worse" {
		t.Errorf("late delivery, 0 of 17 → 10 of 25: %+v", got)
	}
}

// What is too little to be sure of, and too much to be left out, is said as that.
func TestAProbableRiseIsSaid(t *testing.T) {
	c := weekOf(t, 22, 17, map[string]int{"late": 8, "size": 4, "pay": 3}, map[string]int{"late": 1, "size": 3, "pay": 4})
	got := first(c)
	if got[0].Key != "digest.topics.probably_worse" || got[2].Key != "digest.topics.look" {
		t.Errorf("1 of 17 → 8 of 22: %+v", got)
	}
	late := c.topics[0]
	if late.ID != "late" || !late.Change.Probable || late.Change.Real {
		t.Errorf("late: %+v", late.Change)
	}
	for _, x := range c.changesBlock().Counts {
		if x.Rose { // what rises probably becomes no task, and no alarm
			t.Errorf("%+v", x)
		}
	}
	if n := len(c.changesBlock().Elements); n != 3 {
		t.Errorf("%d tables of changes", n)
	}
	if got := first(weekOf(t, 22, 17, map[string]int{"late": 3}, map[string]int{"late": 1})); got[0].Key != "digest.headline.no_worse" {
		t.Errorf("1 of 17 → 3 of 22: %+v", got)
	}
}

// Quiet weeks: forty topics of unequal shares, none of which changes. What is called more than noise stays under 5 % of them, and what is
// called probable is rare.
func TestQuietWeeksAreProbablyQuiet(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 5))
	const weeks = 200
	for _, n := range []int{40, 300, 2000} {
		draw := func() map[string]int {
			out := map[string]int{}
			for range n {
				if x := r.Float64(); x < 0.5 { // half complain; the k-th topic has a share of 1/k of it
					if k := int(1 / (1 - 2*x*(1-1.0/41))); k < 41 {
						out[fmt.Sprint("topic", k)]++
					}
				}
			}
			return out
		}
		surely, probably := 0, 0
		for range weeks {
			real, maybe := false, false
			for _, topic := range weekOf(t, n, n, draw(), draw()).topics {
				real = real || topic.Change.Real
				maybe = maybe || topic.Change.Probable
			}
			if real {
				surely++
			}
			if maybe {
				probably++
			}
		}
		t.Logf("%d messages a week: of %d quiet weeks %d change, %d probably", n, weeks, surely, probably)
		if surely > weeks/20 || probably > weeks/10 {
			t.Errorf("%d messages a week: of %d quiet weeks %d change, %d probably", n, weeks, surely, probably)
		}
	}
}
