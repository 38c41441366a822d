package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
)

// TestBlindQuestions asks the sample shop 60 questions that an article answers and 60 that none does. Their author had read the
// articles and nothing else, and nothing was chosen by them: they say what a customer gets whose words nobody foresaw.
func TestBlindQuestions(t *testing.T) {
	questions, err := readQuestions("testdata/blind.csv")
	if err != nil {
		t.Fatal(err)
	}
	var r answersResult
	withShop(t, func(s *shopTalk) {
		r.dialogue = s.app.dialogue.Current()
		for i, q := range questions {
			thread := fmt.Sprintf("t%d", i)
			said := s.says(t, thread, q.text)
			list, err := s.app.Store.Messages(s.ctx, s.conv(t, thread).ID, 0, 1)
			if err != nil || len(list) == 0 {
				t.Fatal(list, err)
			}
			if got := r.count(q, append([]bot.Message{list[0]}, said...)); got != "right" {
				t.Logf("%s: %q", got, q.text)
			}
		}
	})
	t.Logf("%+v", r)
	if r.Questions != 60 || r.NoAnswer != 60 || r.Right < 14 || r.Right+r.AskedRight+r.NearRight < 42 || r.Wrong > 0 || r.NoAnswerShown > 8 {
		t.Errorf("fewer right answers, or more wrong ones, than before: %+v", r)
	}
}
