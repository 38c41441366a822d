package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestTakesBack: only what can mean nothing but the wish for a person takes somebody out of the queue; what may mean it is asked.
func TestTakesBack(t *testing.T) {
	for want, texts := range map[back][]string{
		backSure: {"不用了，我自己来", "不用人工了", "不要人工了", "我不想要人工客服了", "不需要您了，谢谢", "问题解决了，谢谢", "我找到了", "取消排队", "不用等了", "算了，不等了",
			"不需要人工了", "好的，不用转了", "那不用找人了", "已经自己解决了，不麻烦了", "Never mind, I found it", "never mind I found it", "oh nvm i found it", "I don't need a person anymore", "I no longer need help",
			"no need to wait", "it's fixed now, thanks", "I solved the problem", "leave the queue", "that's all, I found it", "no need for an agent",
			"ok it works now"},
		backMaybe: {"别再给我转了", "不想等了", "不要再转了", "别转了", "别找人了", "I don't want to wait", "I don't want to talk to anyone", "we don't want to talk to anyone now", "I won't wait",
			"I found my number", "found the order number", "算了", "算了吧", "不用了", "不用了谢谢", "不需要了", "先不用了", "没事了谢谢", "那不麻烦你们了", "好的，没有别的问题了", "就这些", "就这样吧", "不必了",
			"never mind", "nvm", "forget about it", "that's all", "that's all, thanks", "no thanks", "I'm all set, bye", "nothing else", "all good", "no need", "ok that's it", "not needed anymore"},
		backNo: {"解决了？", "找到了？", "问题解决了?", "没有了？", "就这些？", "解决了吗", "好的，找到了吗", "算了吗", "不用了吗", "solved?", "it's fixed?", "all good?", "that's all?", "never mind?",
			"我不想要了", "不要了", "我不要了", "不退了", "取消", "取消吧", "退出", "不", "不要", "不用了，换一个颜色", "算了，我要退货", "不需要发票了",
			"i don't want it anymore", "I don't need it anymore", "i don't want any", "cancel", "cancel it", "cancel my request", "that's all I got in the box", "never mind the invoice, where is my parcel",
			"please cancel", "i can't wait", "stop", "I found the problem", "that's fine", "thanks", "好的", "no need to send a new one", ""},
	} {
		for _, text := range texts {
			if got := takesBack(nlp.Fold(text)); got != want {
				t.Errorf("%q: %v, want %v", text, got, want)
			}
		}
	}
}

// TestLeaves: what wants out when she was asked whether she still wants to wait.
func TestLeaves(t *testing.T) {
	for text, want := range map[string]bool{
		"yes take me out": true, "yes, take me out please": true, "是的，帮我退出": true, "好的，退吧": true, "leave": true, "leave the queue": true, "退出": true, "不等了": true, "please remove me from the line": true,
		"leave me alone": false, "退款": false, "我要退货": false, "取消订单": false, "leave?": false, "退吗": false, "I want to leave a review": false, "": false, "still here": false,
	} {
		if got := leaves(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
