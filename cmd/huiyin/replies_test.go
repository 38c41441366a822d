package main

import (
	"fmt"
	"strings"
	"testing"
)

// TestReplies: what a customer's first message must be answered with, and without. In testdata/replies.csv, " | " stands between texts;
// buttons stand below an answer.
func TestReplies(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "replies.csv") {
			text := ""
			for _, m := range s.says(t, fmt.Sprint("reply", i), row[0]) {
				text += m.Text + "\n"
				for _, b := range m.Buttons {
					text += b.Title + "\n"
				}
			}
			for _, want := range strings.Split(row[1], " | ") {
				if !strings.Contains(text, want) {
					t.Errorf("%q is answered without %q: %s", row[0], want, text)
				}
			}
			for _, bad := range strings.Split(row[2], " | ") {
				if bad != "" && strings.Contains(text, bad) {
					t.Errorf("%q is answered with %q: %s", row[0], bad, text)
				}
			}
		}
	})
}
