package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestEverydayMessages asks the sample shop what customers say as their first words, and wants the article that answers
// ("article:" and its root), what an intent says or asks where it leads to no article, or people.
func TestEverydayMessages(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		for i, row := range csvRows(t, "everyday.csv") {
			thread := fmt.Sprintf("t%d", i)
			said := s.says(t, thread, row[1])
			list, err := s.app.Store.Messages(s.ctx, s.conv(t, thread).ID, 0, 1)
			if err != nil || len(list) == 0 || list[0].Decision == nil {
				t.Fatalf("%v, %+v", err, list)
			}
			var got string
			switch action := list[0].Decision.Action; action {
			case bot.ActHandoff:
				got = "person"
			default:
				got = string(action)
				if len(said) > 0 && len(said[0].Citations) > 0 {
					got = "article:" + string(said[0].Citations[0].Root)
				}
			}
			if got != row[0] {
				t.Errorf("%q gets %s, want %s: %s", row[1], got, row[0], said[0].Text)
			}
		}
	})
}
