package main

import (
	"encoding/csv"
	"fmt"
	"os"
	"testing"

	"huiyin/bot"
)

// TestWordsAfterARating says 80 things to the sample shop right after a rating: half of them are its reason, and half a matter that
// must not be thanked for and filed away. A matter that is lost costs a customer, a reason that opens the conversation a look.
func TestWordsAfterARating(t *testing.T) {
	f, err := os.Open("testdata/reasons.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	lost, opened := 0, 0
	withShop(t, func(s *shopTalk) {
		lin := bot.Agent{ID: "lin", Name: "Lin", Role: bot.RoleAgent}
		for i, row := range rows[1:] {
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
			s.says(t, thread, row[1])
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
			count(&lost, taken && row[0] == "matter")
			count(&opened, !taken && row[0] == "reason")
			if taken != (row[0] == "reason") {
				t.Logf("%s taken for the other: %q (%s %s)", row[0], row[1], last.Decision.Reason, last.Decision.Detail)
			}
		}
	})
	t.Logf("of 40 matters %d were taken for a reason, of 40 reasons %d opened the conversation", lost, opened)
	if lost > 4 || opened > 8 {
		t.Errorf("too many: %d and %d", lost, opened)
	}
}
