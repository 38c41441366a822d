package feedback_test

import (
	"fmt"
	"testing"
)

// Of all complaints it is told how many are about the topics that stand in the digest, about smaller ones and about none; where all
// stand there, nothing is left to tell.
func TestRestOfTheComplaints(t *testing.T) {
	monday := week(t).Start
	rest := func(topics, vague int) map[string]any {
		l := &ledger{}
		var words []string
		for i := range topics {
			words = append(words, fmt.Sprintf("matter%02d", i))
			l.say(monday, i%7, 20-i, words[i])
		}
		l.say(monday, 0, vague, "about nothing")
		for _, e := range block(t, build(t, *l, words...), "topics").Elements {
			if e.Sentence != nil && e.Sentence.Key == "digest.topics.rest" {
				return e.Sentence.Values
			}
		}
		return nil
	}
	if got := rest(12, 7); fmt.Sprint(got) != "map[all:181 none:7 shown:155 smaller:19]" {
		t.Errorf("got %v", got)
	}
	if got := rest(10, 0); got != nil {
		t.Errorf("nothing is left, yet %v", got)
	}
}
