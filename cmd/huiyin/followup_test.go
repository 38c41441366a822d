package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestShortFollowUps asks the sample shop 50 questions, and after the answer a few words that say nothing without them, or that only
// look so. The last twenty were written when the first thirty were answered.
func TestShortFollowUps(t *testing.T) {
	counts := map[string]int{}
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "follow.csv") {
			thread := fmt.Sprint("follow", i)
			first, _ := gotten(t, s, thread, s.says(t, thread, row[2]))
			got, why := gotten(t, s, thread, s.says(t, thread, row[3]))
			verdict := verdictOf(got, strings.Split(row[1], "|"))
			counts[row[0]+" "+verdict]++
			if verdict != "right" {
				t.Logf("%s: %q (%s), then %q gets %s: %s", verdict, row[2], first, row[3], got, why)
			}
		}
	})
	t.Log(counts)
	if counts["1 right"]+counts["2 right"] < 39 || counts["1 wrong"]+counts["2 wrong"] > 6 {
		t.Error("fewer right answers to short follow-ups, or more wrong ones, than before")
	}
}
