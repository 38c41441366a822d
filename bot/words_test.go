package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestWordListsAreFolded: what customers write is folded before it is looked up, so the lists must be folded too.
func TestWordListsAreFolded(t *testing.T) {
	lists := map[string]map[string]bool{"yes": yesWords, "no": noWords, "solved": solvedWords, "unsolved": unsolvedWords, "goodbye": goodbyeWords,
		"nod": nodWords, "cancel": cancelWords, "skip": skipWords, "loan": loanwords}
	for name, list := range lists {
		for w := range list {
			if got := bare(nlp.Fold(w)); got != w || w == "" {
				t.Errorf("%s: %q is %q when folded", name, w, got)
			}
		}
	}
	for word, n := range ratings {
		if got := bare(nlp.Fold(word)); got != word || n < 1 || n > 5 {
			t.Errorf("rating %q is %q when folded, and counts %d", word, got, n)
		}
	}
}

func TestShortAnswers(t *testing.T) {
	for _, tc := range []struct {
		text string
		is   func(string) bool
		want bool
	}{
		{"Yes, please!", isYes, true}, {"好的呀", isYes, true}, {"是啊。", isYes, true}, {"ＯＫ", isYes, true}, {"👍🏽", isYes, true}, {"yes but no", isYes, false},
		{"不用了，谢谢", isNo, false}, {"不用了", isNo, true}, {"no thanks", isNo, true}, {"nothing", isNo, false},
		{"Never mind.", isCancel, true}, {"算了吧", isCancel, true}, {"取消订单", isCancel, false}, {"cancel my order", isCancel, false}, {"stop!!", isCancel, true}, {"算了，不查了", isCancel, true}, {"算了，我要退货", isCancel, false}, {"！！", isCancel, false},
		{"skip", isSkip, true}, {"没有", isSkip, true}, {"没有收到", isSkip, false},
		{"謝謝", isGoodbye, true}, {"thanks a lot!", isGoodbye, true}, {"thanks, but where is it", isGoodbye, false},
		{"没用", isUnsolved, true}, {"That didn't help", isUnsolved, true}, {"useless phone", isUnsolved, false},
	} {
		if got := tc.is(nlp.Fold(tc.text)); got != tc.want {
			t.Errorf("%q: %v", tc.text, got)
		}
	}
}

// TestSaysOfAnAnswer: what is said of an answer and asks nothing, in whatever words; and what has such words but tells of the goods,
// of an order, or asks.
func TestSaysOfAnAnswer(t *testing.T) {
	for _, tc := range []struct {
		is          func(string) bool
		says, other []string
	}{
		{isUnsolved, []string{"no that didn't help", "No, that didn’t help at all.", "not helpful, sorry", "sorry, that does not help me", "that's not my question", "that isn't what I asked", "no, that's not what I asked",
			"you're not answering me", "you are not answering my question", "I've read that already, it doesn't help", "i have already tried this, still doesn't help", "wrong answer", "that doesn't answer my question", "this is no help",
			"tried it, still doesn't work", "这个链接我看过了没用", "这个没有帮助", "没有回答我的问题", "你没回答我的问题", "你根本没有回答我问的", "不是我问的", "我问的不是这个", "这不是我要的答案", "你说的这些我都试过了，没用", "这个我看过了，没用", "还是没有解决我的问题", "看了，没用"},
			[]string{"the lamp didn't help my eyes", "does that help with dry skin?", "that's not my order", "this is not my parcel", "it isn't what I ordered", "you're not answering the phone", "who can help me", "the coupon is no use in the app", "I've read that already, where is my refund?",
				"the charger is not working", "my charger still doesn't work", "链接打不开，没用", "没有帮助中心吗", "这不是我的包裹", "不是我买的那个", "我问的是运费", "优惠券没用掉", "客服没有回答我的电话", "订单问题还是没有解决，我要退款", "这个灯没用"}},
		{isSolved, []string{"回答得挺清楚的", "说得很明白", "你讲得非常详细", "解释得真清楚", "very clear, thanks", "that was clear", "that answers my question", "that answers it, thank you"},
			[]string{"图片不清楚", "说明书写得清楚吗", "说得不清楚", "回答得不够清楚", "clear my basket", "is that clear glass?", "the sound is very clear"}},
	} {
		for _, text := range tc.says {
			if !tc.is(nlp.Fold(text)) {
				t.Errorf("%q is not said of an answer", text)
			}
		}
		for _, text := range tc.other {
			if tc.is(nlp.Fold(text)) {
				t.Errorf("%q is said of an answer", text)
			}
		}
	}
}

func TestOrdinal(t *testing.T) {
	for text, want := range map[string]int{"1": 0, "２": 1, "2.": 1, "第二个": 1, "选3": 2, "the first one": 0, "second": 1, "最后一个": 2, "the last one": 2,
		"option 2": 1, "No. 3": 2, "一": 0, "B": 1, "我选第一个吧": 0, "4": -1, "0": -1, "no": -1, "12345": -1, "两个": 1, "": -1, "first class": -1, "1000": -1} {
		got, ok := ordinal(nlp.Fold(text), 3)
		if ok != (want >= 0) || ok && got != want {
			t.Errorf("ordinal(%q) = %d, %v; want %d", text, got, ok, want)
		}
	}
}

// TestAsksToPerform: a wish to be entertained, whatever its words, and what only has its words.
func TestAsksToPerform(t *testing.T) {
	for text, want := range map[string]bool{
		"tell me a joke": true, "Tell me another joke!": true, "can you tell me a sad story please": true, "sing me a song": true, "write a poem about love": true, "ask me a riddle": true,
		"do you know any jokes?": true, "a joke please": true, "讲个笑话": true, "给我讲个恐怖故事": true, "唱首歌吧": true, "你会唱歌吗": true, "帮我写一首诗": true, "再来一个段子": true, "说个笑话听听": true,
		"this is a joke": false, "is this a joke?": false, "your service is a joke": false, "tell me a price": false, "tell me a way to cancel": false, "write me an invoice": false, "same old story": false,
		"tell me the story of my parcel": false, "tell me a story about my missing parcel": false, "tell me a joke about refunds": false, "讲讲退货的故事吧": false, "讲个退款的笑话": false, "play a sound on the earbuds": false, "songs stop after a minute": false, "你们是在讲笑话吗": false, "简直是个笑话": false, "讲个价": false, "说个办法": false,
		"写个发票": false, "来个蓝色的": false, "听歌有杂音": false, "放歌没声音": false, "": false,
	} {
		if got := asksToPerform(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestStickers: only the names of pictures are pictures.
func TestStickers(t *testing.T) {
	for text, want := range map[string]bool{
		"[微笑]": true, "[捂脸][捂脸]": true, "[怒] [发怒]！": true, "[退款]": false, "[发票]": false, "[快递]": false, "[投诉]": false, "[微笑]退款": false, "微笑": false, "[转人工]": false,
	} {
		if got := !hasWords(withoutStickers(nlp.Fold(text))); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
