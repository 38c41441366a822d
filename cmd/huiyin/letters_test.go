package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestLettersAndSpeech sends the sample shop 60 messages in the words of formal letters and of dictated speech, and thirty ("near")
// that have the words of damage and of wrong deliveries but are about something else, or are questions. What is asked back is no answer
// and no harm.
func TestLettersAndSpeech(t *testing.T) {
	counts := map[string]int{}
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "letters.csv") {
			thread := fmt.Sprint("letters", i)
			got, why := gotten(t, s, thread, s.says(t, thread, row[2]))
			verdict := verdictOf(got, strings.Split(row[1], "/"))
			counts[row[0]+" "+verdict]++
			if verdict != "right" {
				t.Logf("%s %s: %q gets %s: %s", row[0], verdict, row[2], got, why)
			}
			if row[0] == "near" && why == "bot.why.told" && verdict == "wrong" {
				t.Errorf("%q is taken for what it is not: %s", row[2], got)
			}
		}
	})
	t.Log(counts)
	if counts["formal right"] < 27 || counts["voice right"] < 15 || counts["near right"] < 16 ||
		counts["formal wrong"]+counts["voice wrong"] > 5 || counts["near wrong"] > 5 {
		t.Error("fewer right answers to letters and speech, or more wrong ones, than before")
	}
}
