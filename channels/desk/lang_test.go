package desk_test

import (
	"strings"
	"testing"

	"huiyin/bot"
)

// TestEachTeamReadsItsLanguage: a card and its thread are in the language of the team whose board it hangs on, what one agent alone is
// told in hers, and a customer is written to in her own as ever.
func TestEachTeamReadsItsLanguage(t *testing.T) {
	prepare := func(s *shop) {
		s.walls["telegram"].rules.Lang = "en"
		ada := bot.Agent{ID: "max", Email: "max@shop.example", Name: "Max", Lang: "zh"}
		if err := s.store.SaveAgent(s.Context(), ada, bot.Event{}); err != nil {
			s.Fatal(err)
		}
	}
	inShopWith(t, prepare, func(s *shop) {
		s.says("转人工")
		s.types("slack", "U1", ">> 您好")
		s.types("telegram", "U1", ">>") // Lin has no language of her own: as her board
		s.types("telegram", "U2", ">>") // Max reads Chinese, on any board
		slack, telegram := s.walls["slack"], s.walls["telegram"]
		for text, want := range map[string][]string{
			slack.cards[0].Title:              {"Lin正在处理"},
			slack.cards[0].Body.Text:          {"在这里直接写的是内部备注", "转接原因"},
			telegram.cards[0].Title:           {"Lin is on it"},
			telegram.cards[0].Body.Text:       {"a private note", "Handed over because"},
			telegram.said(0):                  {"Lin → customer: 您好"},
			strings.Join(telegram.told, "\n"): {"U1: Nothing was sent", "U2: 没有发送"},
		} {
			for _, part := range want {
				if !strings.Contains(text, part) {
					t.Errorf("%q is missing in:\n%s", part, text)
				}
			}
		}
		for _, action := range telegram.cards[0].Actions {
			if strings.ContainsFunc(action.Title, func(r rune) bool { return r >= 0x2E80 }) {
				t.Errorf("%q stands on an English card", action.Title)
			}
		}
	})
}
