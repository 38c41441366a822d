package feedback_test

import (
	"testing"

	"huiyin/feedback"
	"huiyin/nlp"
)

func TestKinds(t *testing.T) {
	m := feedback.NewManner()
	for _, c := range []struct {
		text   string
		rating float64
		mood   nlp.Polarity
		want   feedback.Kind
	}{
		{"发货太慢了，什么时候到？", 0, nlp.Negative, feedback.KindQuestion},
		{"please cancel my order", 0, nlp.Neutral, feedback.KindRequest},
		{"Could you call me back?", 0, nlp.Neutral, feedback.KindRequest},
		{"麻烦帮我改一下地址", 0, nlp.Neutral, feedback.KindRequest},
		{"转人工", 0, nlp.Neutral, feedback.KindRequest},
		{"保修多久", 0, nlp.Neutral, feedback.KindQuestion},
		{"Do you ship to Portugal", 0, nlp.Neutral, feedback.KindQuestion},
		{"I know how to pair it, thanks", 0, nlp.Neutral, feedback.KindOther}, // no question without its mark
		{"能開發票嗎", 0, nlp.Neutral, feedback.KindQuestion},                      // Traditional
		{"刻字很漂亮", 0, nlp.Positive, feedback.KindPraise},
		{"as described", 5, nlp.Neutral, feedback.KindPraise},
		{"HY20261107-5512", 0, nlp.Neutral, feedback.KindOther},
		{"", 0, nlp.Neutral, feedback.KindOther},
		{"?", 0, nlp.Neutral, feedback.KindQuestion},
	} {
		it := feedback.Item{Text: c.text, Rating: c.rating, Analysis: &nlp.Analysis{Sentiment: nlp.Sentiment{Polarity: c.mood}}}
		if got := m.Kind(it, nlp.Fold(c.text)); got != c.want {
			t.Errorf("%q: got %s, want %s", c.text, got, c.want)
		}
	}
}
