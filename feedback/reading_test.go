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
		{"Is +86 400 your number", 0, nlp.Neutral, feedback.KindQuestion},
		{"大概几天能到", 0, nlp.Neutral, feedback.KindQuestion},
		{"晚了几天，但客服主动打电话道歉，可以理解", 0, nlp.Neutral, feedback.KindOther}, // how many days it was is said, not asked
		{"Was told it would come today", 0, nlp.Neutral, feedback.KindOther},
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

// TestInquires: who asks complains only when something is amiss.
func TestInquires(t *testing.T) {
	m := feedback.NewManner()
	for text, want := range map[string]bool{
		"how long does delivery take?": true, "where is my order AB123456?": true, "I want to talk to a person": true, "怎么退货": true, "多久能到": true, "麻烦转人工": true,
		"Is +86 400 your number": true, "how do I change my password?": true, "How do I change my password": true, "are the lamps dimmable": true,
		"how long does chocolate keep?": true, "is the casino bus included?": true, "can't I order a plate?": false,
		"where is my parcel (late by two days)?": false, "can I return \"broken\" goods?": false, "where is it/still in Leipzig?": false, "我的包裹late了，怎么办": false,
		"do you sell re-wrapping paper, and translated menus (plate size A4)?": true,
		"can I return 'broken' goods?":                                         false, "where is https://shop.example/late-fees explained?": true, "where is www.shop.example/late explained?": true,
		"why is my parcel so slow?": false, "where is my parcel? it still hasn't come": false, "I want my money, the lamp is broken": false,
		"怎么还没发货": false, "都等了三天了，什么时候到": false, "我要退货，收到是坏的": false, "客服怎么不理人": false, "the lamp flickers": false, "物流很快": false,
	} {
		if got := m.Inquires(feedback.Item{Text: text}, nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
