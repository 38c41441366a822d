package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestMessyMessages: who types in a hurry gets what others get: the same article, question or person. Each row has a message as one should write it and as people do, with
// two or three slips, letters left out, characters of the same sound or pinyin; all were written before any was tried.
func TestMessyMessages(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		got := func(thread, text string) string {
			t.Helper()
			said := s.says(t, thread, text)
			list, err := s.app.Store.Messages(s.ctx, s.conv(t, thread).ID, 0, 1)
			if err != nil || len(list) == 0 || list[0].Decision == nil {
				t.Fatalf("%v, %+v", err, list)
			}
			if len(said) > 0 && len(said[0].Citations) > 0 {
				return "article " + string(said[0].Citations[0].Root)
			}
			if list[0].Decision.Action == bot.ActHandoff {
				return "a person"
			}
			return string(list[0].Decision.Action) + " " + list[0].Decision.Detail
		}
		otherwise := 0
		rows := csvRows(t, "messy.csv")
		for i, row := range rows {
			clean, messy := got(fmt.Sprintf("c%d", i), row[2]), got(fmt.Sprintf("m%d", i), row[3])
			if clean != messy {
				otherwise++
				t.Logf("%q gets %s, %q %s", row[2], clean, row[3], messy)
			}
		}
		t.Logf("%d of %d get something else", otherwise, len(rows))
		if otherwise > 4 {
			t.Error("worse than it was")
		}
	})
}
