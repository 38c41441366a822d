package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestWordsAfterARating says 120 things to the sample shop right after a rating: half of them are its reason, and half a matter that
// must not be thanked for and filed away. A matter that is lost costs a customer, a reason that opens the conversation a look.
// The words of bot/reason.go were written with the 80 sentences of set 1 at hand; the 40 of set 2 are newer than they.
func TestWordsAfterARating(t *testing.T) {
	rows := csvRows(t, "reasons.csv")
	lost, offered, opened := map[string]int{}, map[string]int{}, map[string]int{}
	withShop(t, func(s *shopTalk) {
		lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
		for i, row := range rows {
			thread := fmt.Sprintf("t%d", i)
			s.says(t, thread, "转人工")
			id := s.conv(t, thread).ID
			if _, err := s.app.Bot.Claim(s.ctx, id, lin); err != nil {
				t.Fatal(err)
			}
			if _, err := s.app.Bot.Resolve(s.ctx, id, lin); err != nil {
				t.Fatal(err)
			}
			s.says(t, thread, []string{"1", "5"}[i%2])
			said := s.says(t, thread, row[1])
			list, err := s.app.Store.Messages(s.ctx, id, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			var last bot.Message
			for _, m := range list {
				if m.Direction == bot.Incoming {
					last = m
				}
			}
			if last.Text != row[1] || last.Decision == nil {
				t.Fatalf("%+v", last)
			}
			taken := last.Decision.Reason == "bot.why.rating_comment"
			switch {
			case taken && row[0] == "matter" && len(said[0].Buttons) > 0:
				offered[row[2]]++
			case taken && row[0] == "matter":
				lost[row[2]]++
			case !taken && row[0] == "reason":
				opened[row[2]]++
			}
			if taken != (row[0] == "reason") {
				t.Logf("%s taken for the other: %q (%s %s)", row[0], row[1], last.Decision.Reason, last.Decision.Detail)
			}
		}
	})
	for _, set := range []string{"1", "2"} {
		t.Logf("set %s: matters taken for a reason %d, and %d with the offer of a person; reasons that opened the conversation %d", set, lost[set], offered[set], opened[set])
	}
	if lost["1"]+lost["2"] > 1 || offered["1"] > 2 || offered["2"] > 8 || opened["1"] > 4 || opened["2"] > 5 {
		t.Error("too many")
	}
}
