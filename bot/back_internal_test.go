package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestTakesBack: only what can mean nothing but the wish for a person takes somebody out of the queue; what may mean it is asked.
func TestTakesBack(t *testing.T) {
	for want, texts := range map[back][]string{
		backSure: {"不用了，我自己来", "不用人工了", "不要人工了", "我不想要人工客服了", "不想等了", "别转了", "不需要您了，谢谢", "问题解决了，谢谢", "我找到了", "取消排队", "不用等了", "算了，不等了",
			"不需要人工了", "好的，不用转了", "那不用找人了", "已经自己解决了，不麻烦了", "Never mind, I found it", "I don't need a person anymore", "I no longer need help",
			"we don't want to talk to anyone now", "no need to wait", "it's fixed now, thanks", "I solved the problem", "leave the queue", "that's all, I found it", "no need for an agent",
			"ok it works now"},
		backMaybe: {"算了", "算了吧", "不用了", "不用了谢谢", "不需要了", "先不用了", "没事了谢谢", "那不麻烦你们了", "好的，没有别的问题了", "就这些", "就这样吧", "不必了",
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
