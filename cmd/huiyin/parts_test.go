package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestTwoQuestionsInOneMessage asks the sample shop 60 messages of two questions, and 60 single questions that look like two.
// A single question must never be taken apart; of two, both are to be answered mostly.
func TestTwoQuestionsInOneMessage(t *testing.T) {
	rows := csvRows(t, "parts.csv")
	both, one, asked := 0, 0, 0
	withShop(t, func(s *shopTalk) {
		for i, row := range rows {
			thread := fmt.Sprintf("t%d", i)
			said := s.says(t, thread, row[1])
			list, err := s.app.Store.Messages(s.ctx, s.conv(t, thread).ID, 0, 1)
			if err != nil || len(list) == 0 || list[0].Decision == nil {
				t.Fatalf("%v, %+v", err, list)
			}
			why, text := list[0].Decision.Reason, said[0].Text
			apart := why == "bot.why.both_parts" || why == "bot.why.one_part"
			if row[0] == "1" && apart {
				t.Errorf("one question is taken apart: %q: %s", row[1], text)
			}
			if row[0] == "2" {
				count(&asked, list[0].Decision.Action == bot.ActClarify)
				count(&both, why == "bot.why.both_parts")
				count(&one, why == "bot.why.one_part")
				t.Logf("%-20s %s %q", why, row[1], list[0].Decision.Detail)
			}
		}
	})
	t.Logf("of 60 messages of two questions: both answered %d, one %d, asked back %d", both, one, asked)
	if both < 30 {
		t.Errorf("both questions were answered in %d of 60", both)
	}
}

func count(n *int, when bool) {
	if when {
		*n++
	}
}
