package sentiment_test

import (
	"slices"
	"testing"

	"huiyin/nlp"
)

// Thanks that close or open a request are a courtesy; thanks for something, and thanks alone, are gratitude.
func TestCourtesy(t *testing.T) {
	for _, c := range []struct {
		text     string
		want     nlp.Polarity
		grateful bool
	}{
		{"麻烦改下地址，谢谢", nlp.Neutral, false},
		{"请问几点发货？谢谢", nlp.Neutral, false},
		{"帮我取消订单，谢谢", nlp.Neutral, false},
		{"把发票发我邮箱谢谢", nlp.Neutral, false},
		{"麻煩幫我查一下進度，謝謝你", nlp.Neutral, false},
		{"取消订单谢谢", nlp.Neutral, false},
		{"改一下收货人，谢谢", nlp.Neutral, false},
		{"已经帮我取消了，谢谢", nlp.Positive, true},
		{"唔該幫我改地址，多謝", nlp.Neutral, false},
		{"please cancel it, thanks", nlp.Neutral, false},
		{"can you send me the invoice, thank you", nlp.Neutral, false},
		{"Thanks, can you also send the receipt?", nlp.Neutral, false},
		{"I'd appreciate a reply", nlp.Neutral, false},
		{"谢谢", nlp.Positive, true},
		{"thank you so much", nlp.Positive, true},
		{"客服帮我解决了，谢谢", nlp.Positive, true},
		{"谢谢你帮我查到了", nlp.Positive, true},
		{"唔該晒", nlp.Positive, true},
		{"thanks for the quick reply, could you also send the invoice", nlp.Positive, true},
		{"really appreciate you staying late to help me", nlp.Positive, true},
		{"箱子破了，请给我退款，谢谢", nlp.Negative, false},
		{"the box is broken, please refund me, thanks", nlp.Negative, false},
	} {
		got := score(c.text)
		if got.Polarity != c.want || slices.Contains(got.Emotions, nlp.Gratitude) != c.grateful {
			t.Errorf("%q: got %s %v, want %s, grateful %v; %+v", c.text, got.Polarity, got.Emotions, c.want, c.grateful, got.Reasons)
		}
	}
}

// A question that does nothing but ask is none the more a complaint for being long; a reproach stays one.
func TestLongQuestions(t *testing.T) {
	for text, want := range map[string]nlp.Polarity{
		"取消訂單之後折價券會還我嗎":                                                         nlp.Neutral,
		"有人用過這牌子嗎？好用嗎？":                                                         nlp.Neutral,
		"这款绝绝子口红还有货吗":                                                           nlp.Neutral,
		"这件衣服会不会掉色呀":                                                            nlp.Neutral,
		"请问换了收货人以后快递还能按时送到吗":                                                    nlp.Neutral,
		"麻烦把赠品换成杯子":                                                             nlp.Neutral,
		"可以先不发货吗，我下周才在家":                                                        nlp.Neutral,
		"please pass this on to the warehouse team when they are back tomorrow": nlp.Neutral,
		"麻烦你们别再发错了，这都第三次了":                                                      nlp.Negative,
		"please fix this garbage":                                               nlp.Negative,
		"为什么每次都要我重新描述一遍问题":                                                      nlp.Negative,
		"你们是不是觉得顾客都很闲啊":                                                         nlp.Negative,
		"这么差的东西也敢卖这么贵吗":                                                         nlp.Negative,
	} {
		if got := score(text); got.Polarity != want {
			t.Errorf("%q: got %s, want %s: %v %+v", text, got.Polarity, want, got.Probs, got.Reasons)
		}
	}
}
