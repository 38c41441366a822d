package main

import (
	"testing"

	"huiyin/bot"
	"huiyin/nlp"
)

// TestWhatIsNoGap asks of 160 messages, half of them praise, thanks, chasing and moods, which are no gap in the articles, and of all
// questions of the sample shop, none of which is noise.
func TestWhatIsNoGap(t *testing.T) {
	withShop(t, func(s *shopTalk) {
		noise := func(text string) bool {
			a, err := s.app.NLP.Analyze(s.ctx, text)
			if err != nil {
				t.Fatal(err)
			}
			a.Tokens = nil // which are not stored
			return bot.IsNoise(bot.Message{Text: text, Analysis: &a})
		}
		count := map[string]int{}
		for _, row := range csvRows(t, "gapnoise.csv") {
			lang := "en "
			if l, _ := nlp.DetectLang(row[1]); l.Base() == nlp.LangChinese {
				lang = "zh "
			}
			count[lang+row[0]]++
			if noise(row[1]) != (row[0] == "noise") {
				count[lang+row[0]+" missed"]++
				t.Logf("%s is taken for the other: %s", row[0], row[1])
			}
		}
		t.Log(count)
		if count["zh noise missed"]+count["en noise missed"] > 16 || count["zh gap missed"]+count["en gap missed"] > 1 {
			t.Error("too many")
		}
		questions, err := readQuestions("../../data/shop/golden.csv")
		if err != nil {
			t.Fatal(err)
		}
		lost := 0
		for _, q := range questions {
			if noise(q.text) {
				lost++
				t.Logf("a question is taken for noise: %s", q.text)
			}
		}
		if lost > len(questions)/100 {
			t.Errorf("%d of %d questions", lost, len(questions))
		}
	})
}
