package bot_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"huiyin/bot"
)

// week is what three agents have resolved: a hundred, ten and two conversations, every fifth of them unhappy.
func week() []bot.Candidate {
	var all []bot.Candidate
	for agent, n := range map[bot.AgentID]int{"ann": 100, "bea": 10, "cyn": 2} {
		for i := range n {
			c := bot.Candidate{Conversation: bot.ConversationID(fmt.Sprintf("%s%03d", agent, i)), Agent: agent}
			if i%5 == 0 {
				c.Signs = []bot.Unhappy{bot.UnhappyRating, bot.UnhappyMood}
			}
			all = append(all, c)
		}
	}
	return all
}

func TestSampleReviews(t *testing.T) {
	all := week()
	first := bot.SampleReviews(all, 5, "2026-W46")
	count := map[bot.AgentID]int{}
	seen := map[bot.ConversationID]bool{}
	for _, c := range first {
		count[c.Agent]++
		if seen[c.Conversation] {
			t.Errorf("%s twice", c.Conversation)
		}
		seen[c.Conversation] = true
	}
	if count["ann"] != 5 || count["bea"] != 5 || count["cyn"] != 2 {
		t.Errorf("not as many of each agent: %v", count)
	}
	ids := func(list []bot.Candidate) (out []bot.ConversationID) {
		for _, c := range list {
			out = append(out, c.Conversation)
		}
		return out
	}
	for range 20 { // whatever order the store has them in
		rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		if again := bot.SampleReviews(all, 5, "2026-W46"); !slices.Equal(ids(again), ids(first)) {
			t.Fatalf("another sample: %v, then %v", ids(first), ids(again))
		}
	}
	if slices.Equal(ids(bot.SampleReviews(all, 5, "2026-W47")), ids(first)) {
		t.Error("another week has the same sample")
	}
	if got := bot.SampleReviews(nil, 5, "x"); len(got) != 0 {
		t.Errorf("of nothing: %v", got)
	}
}

// TestSampleFavoursUnhappy: a fifth of the conversations is unhappy with two signs, which weigh seven to one: of the
// first draw 7·20 in 7·20+80 are, 64 of 100.
func TestSampleFavoursUnhappy(t *testing.T) {
	unhappy := 0
	const weeks = 2000
	for i := range weeks {
		for _, c := range bot.SampleReviews(week(), 1, fmt.Sprint("week ", i)) {
			if c.Agent == "ann" && len(c.Signs) > 0 {
				unhappy++
			}
		}
	}
	if share := float64(unhappy) / weeks; share < 0.60 || share > 0.68 {
		t.Errorf("%.3f of the draws are unhappy, want 0.636", share)
	}
}

func TestReviewResults(t *testing.T) {
	var reviews []bot.Review
	for i := range 5 {
		r := bot.Review{Agent: "lin", Scores: map[string]int{"tone": i % 3}}
		if i < 4 {
			r.Scores["correct"] = 2
		}
		reviews = append(reviews, r)
	}
	reviews = append(reviews, bot.Review{Agent: "ann"})
	got := bot.ReviewResults(reviews)
	if len(got) != 2 || got[0].Agent != "ann" || got[0].Reviews != 1 || got[1].Reviews != 5 {
		t.Fatalf("%+v", got)
	}
	if tone := got[1].Scores["tone"]; tone.Average() != "0.8" || tone.N != 5 {
		t.Errorf("tone %+v, average %q", tone, tone.Average())
	}
	if correct := got[1].Scores["correct"]; correct.Average() != "" || correct.N != 4 {
		t.Errorf("an average of four: %+v, %q", correct, correct.Average())
	}
}
