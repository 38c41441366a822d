package main

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestWhatTheTalkIsAbout has 90 short talks with the sample shop whose last message is about what was said before, or names a country, or
// only looks so: postage after returns, days after Hong Kong. The last fifty were written when the first forty were answered; of these
// again what was general was mended.
func TestWhatTheTalkIsAbout(t *testing.T) {
	counts := map[string]int{}
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "context.csv") {
			thread := fmt.Sprint("context", i)
			var got, why string
			for _, says := range strings.Split(row[2], "|") {
				said := s.says(t, thread, says)
				got, why = gotten(t, s, thread, said)
			}
			kind, _, _ := strings.Cut(strings.TrimPrefix(got, "article:"), ":")
			verdict := "asked"
			switch wants := strings.Split(row[1], "/"); {
			case slices.Contains(wants, kind), slices.Contains(wants, got):
				verdict = "right"
			case strings.HasPrefix(got, "article:"), strings.HasPrefix(got, "form:"):
				verdict = "wrong"
			}
			counts[row[0]+" "+verdict]++
			if verdict != "right" {
				t.Logf("%s: %q gets %s: %s", verdict, row[2], got, why)
			}
		}
	})
	t.Log(counts)
	if counts["1 right"] < 38 || counts["2 right"] < 44 || counts["1 wrong"]+counts["2 wrong"] > 4 {
		t.Error("fewer right answers to what is meant by what the talk is about, or more wrong ones, than before")
	}
}
