package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestTakesBack: only what can mean nothing but the wish for a person takes somebody out of the queue.
func TestTakesBack(t *testing.T) {
	for text, want := range map[string]bool{
		"不用了，我自己来": true, "不用人工了": true, "不要人工了": true, "我不想要人工客服了": true, "不想等了": true, "别转了": true, "不需要您了，谢谢": true, "问题解决了，谢谢": true,
		"我找到了": true, "算了": true, "取消排队": true, "先不用了": true, "没事了谢谢": true, "那不麻烦你们了": true,
		"never mind": true, "Never mind, I found it": true, "I don't need a person anymore": true, "I no longer need help": true, "we don't want to talk to anyone now": true,
		"no need to wait": true, "it's fixed now, thanks": true, "I solved the problem": true, "forget about it": true, "leave the queue": true, "I'm all set, bye": true,
		"解决了？": false, "找到了？": false, "问题解决了?": false, "没有了？": false, "就这些？": false, "解决了吗": false, "好的，找到了吗": false,
		"solved?": false, "it's fixed?": false, "all good?": false, "that's all?": false, "never mind?": false,
		"我不想要了": false, "不要了": false, "我不要了": false, "不退了": false, "取消": false, "取消吧": false, "退出": false, "不": false, "不要": false,
		"i don't want it anymore": false, "I don't need it anymore": false, "i don't want any": false, "cancel": false, "cancel it": false, "cancel my request": false,
		"please cancel": false, "i can't wait": false, "stop": false, "I found the problem": false, "that's fine": false, "thanks": false, "好的": false, "": false,
	} {
		if got := takesBack(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestAsksHowLong: about the wait for a person, not for a refund or a parcel.
func TestAsksHowLong(t *testing.T) {
	for text, want := range map[string]bool{
		"还要等多久": true, "请问还要等多久啊？": true, "排队要多久": true, "等人工要多久": true, "人工客服还要多久": true, "要等几分钟": true, "前面还有几个人": true, "前面有多少人在排队": true,
		"我排第几位": true, "什么时候轮到我": true, "什么时候有人来": true, "轮到我还要多久": true, "我等很久了，还要等多久？": true, "要等到什么时候": true,
		"how long do I have to wait?": true, "How long is the wait": true, "how much longer": true, "how long do I have to wait for an agent": true,
		"hi, how long will I have to wait in the queue please": true, "what's the waiting time?": true, "What is my place in line": true,
		"how many people are ahead of me?": true, "when will someone be here": true, "when will an agent reply to me?": true, "is anyone there?": true, "hello? anybody there": true,
		"退款要等多久": false, "还要等多久才能退款": false, "前面有几个订单没收到": false, "这是第几个包裹": false, "什么时候有人送货": false, "快递要等几分钟": false,
		"Your waiting time is about 2 minutes.": false, "how long do I have to wait for my refund?": false, "how long must I wait until it is delivered": false,
		"my place is being painted": false, "when will someone deliver my parcel": false, "somebody there stole my parcel": false, "someone is coming to fix it": false, "": false,
	} {
		if got := asksHowLong(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
