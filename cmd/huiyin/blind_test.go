package main

import (
	"fmt"
	"testing"

	"huiyin/bot"
	"huiyin/kb"
)

// TestBlindQuestions asks the sample shop 60 questions that an article answers and 60 that none does. Their author had read the
// articles and nothing else, and nothing was chosen by them: they say what a customer gets whose words nobody foresaw.
func TestBlindQuestions(t *testing.T) {
	r, _ := asksAll(t, "testdata/blind.csv")
	if r.Questions != 60 || r.NoAnswer != 60 || r.Right < 22 || r.Right+r.AskedRight+r.NearRight < 50 || r.AskedWrong > 1 || r.Wrong > 0 || r.NoAnswerShown > 6 {
		t.Errorf("fewer right answers, or more wrong ones, than before: %+v", r)
	}
}

// TestStories is the same with 140 questions, half of them long ones as customers tell them, and 80 that no article answers. Every
// other one was looked at when clauses were first compared by themselves.
func TestStories(t *testing.T) {
	r, first := asksAll(t, "testdata/stories.csv")
	if r.Questions != 140 || r.NoAnswer != 80 || r.Right < 45 || r.Right+r.AskedRight+r.NearRight < 102 || r.AskedWrong > 3 || r.Wrong > 3 || r.NoAnswerShown > 4 {
		t.Errorf("fewer right answers, or more wrong ones, than before: %+v", r)
	}
	if first < 93 {
		t.Errorf("%d questions find their article first, 93 before", first)
	}
}

// asksAll asks the sample shop the questions of a file, and says what customers got and for how many the search found the right article
// first.
func asksAll(t *testing.T, file string) (r answersResult, first int) {
	t.Helper()
	questions, err := readQuestions(file)
	if err != nil {
		t.Fatal(err)
	}
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
			found, err := s.app.KB.Search(s.ctx, kb.Query{Text: q.text})
			if err != nil {
				t.Fatal(err)
			}
			if len(found.Hits) > 0 && q.root != "" && string(found.Hits[0].Root) == q.root {
				first++
			}
		}
	})
	r.dialogue = nil
	t.Logf("%+v, %d first", r, first)
	return r, first
}
