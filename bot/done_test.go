package bot

import (
	"strings"
	"testing"

	"huiyin/nlp"
)

func TestIsDone(t *testing.T) {
	for _, s := range []string{"没有别的问题了", "没有问题了", "没问题了，谢谢", "没别的了", "没有了，谢谢", "我没有其他问题了", "没有其他要问的了",
		"暂时没有了", "好的，没别的事了", "没事了谢谢", "就这些，谢谢", "就这样吧", "不用了谢谢", "没有什么别的问题", "没有疑问了", "明白了，没有问题了",
		"that's all", "That's all, thanks!", "no thanks", "No thank you.", "nope, that's it", "that's all I needed", "nothing else", "nothing else thanks",
		"I have no more questions", "no more questions", "no further questions, thank you", "I'm good, thanks", "all good!", "no that's everything",
		"I don't need anything else", "that's all for today", "thanks, that will be all", "no other questions"} {
		if !isDone(nlp.Fold(s)) {
			t.Errorf("%q is not taken for the end", s)
		}
	}
	for _, s := range []string{"没有", "没用", "没有帮助", "没有收到", "没有别的颜色吗", "没有别的办法了吗", "有问题", "没问题吗", "还有别的问题", "没有发票", "没有其他付款方式吗",
		"no", "I have questions", "I have more questions", "that's all wrong", "is that all", "that's not all", "no", "nothing works", "I have no order number",
		"I don't have it", "no more coupons?", "thanks", "ok", "questions", "all my items are broken", "I don't need this anymore, can I return it", "我需要别的", "",
		"没有了？", "就这些？", "没有别的问题了？", "没问题了吗", "all good?", "that's all?", "nothing else?"} {
		if isDone(nlp.Fold(s)) {
			t.Errorf("%q is taken for the end", s)
		}
	}
}

// TestQuestionMark: the same question in other clothes has the same mark, another question has another.
func TestQuestionMark(t *testing.T) {
	for _, same := range [][]string{
		{"Do you ship to Japan?", "do you ship to japan", "Can you ship to Japan please?", "hi, do you ship to Japan??"},
		{"怎么开发票", "请问怎么开发票？", "怎么开发票啊", "你们怎么开发票呢"},
	} {
		for _, s := range same[1:] {
			if questionMark(nlp.Fold(s)) != questionMark(nlp.Fold(same[0])) {
				t.Errorf("%q and %q are two questions", same[0], s)
			}
		}
	}
	for _, two := range [][2]string{{"Do you ship to Mars?", "Do you ship to Japan?"}, {"寄到日本吗", "寄到韩国吗"}, {"怎么退货", "怎么换货"},
		{"how long is the warranty on the Air", "how long is the warranty on the Mini"}, {"订单 1234 到哪了", "订单 1235 到哪了"}} {
		if questionMark(nlp.Fold(two[0])) == questionMark(nlp.Fold(two[1])) {
			t.Errorf("%q and %q are one question", two[0], two[1])
		}
	}
	if questionMark("我的") != "" || questionMark("?!") != "" {
		t.Error("what says nothing has a mark")
	}
}

// TestTwoQuestions: what is taken apart, and what is one question although it has an "and".
func TestTwoQuestions(t *testing.T) {
	for text, want := range map[string][2]string{
		"How long is delivery and can I pay by Alipay?":                  {"How long is delivery", "and can I pay by Alipay?"},
		"多久到，可以用支付宝吗":                                                    {"多久到，", "可以用支付宝吗"},
		"I ordered two, can I return one? How long is the warranty?":     {"I ordered two, can I return one?", "How long is the warranty?"},
		"我在日本，你们能寄吗？还有怎么开发票":                                             {"我在日本，你们能寄吗？", "还有怎么开发票"},
		"Do you ship to Japan and how much does it cost to return shoes": {"Do you ship to Japan", "and how much does it cost to return shoes"},
	} {
		if got := splitParts(text, false); len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%q is taken apart into %q", text, got)
		}
	}
	for _, text := range []string{"Do you ship to Spain and Portugal?", "how do I return it and how long does it take", "退货和换货怎么弄？", "怎么退货，要多久",
		"I paid, but is the order confirmed?", "Why? How?", "", "??", "怎么退？怎么换？多久？", strings.Repeat("how long is delivery and can I pay by card? ", 9)} {
		if got := splitParts(text, false); got != nil {
			t.Errorf("%q is taken apart into %q", text, got)
		}
	}
}

// FuzzTwoQuestions: parts are within the text, in order.
func FuzzTwoQuestions(f *testing.F) {
	f.Add("How long is delivery and can I pay by Alipay?")
	f.Add("多久到，可以用支付宝吗")
	f.Add("How  and a and can I")
	f.Add("How long does it take\n\n and then\n, can I pay by card")
	f.Add("\xff？what, and is it, and when is İ")
	f.Fuzz(func(t *testing.T, text string) {
		at := 0
		for _, p := range splitParts(text, false) {
			i := strings.Index(text[at:], p)
			if i < 0 || p == "" {
				t.Fatalf("%q is no part of %q", p, text)
			}
			at += i + len(p)
		}
	})
}
