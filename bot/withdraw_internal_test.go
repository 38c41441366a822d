package bot

import (
	"testing"

	"huiyin/nlp"
)

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
