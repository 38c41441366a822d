package bot

import (
	"testing"

	"huiyin/nlp"
)

// TestTells: after a rating, what was is told, and what is open is not passed over.
func TestTells(t *testing.T) {
	for text, want := range map[string]bool{
		"I had to ask twice about my refund": true, "Delivery took very long, the rest was fine": true, "The return was easy": true, "because the courier was rude": true,
		"退货流程太复杂了，客服倒是很耐心": true, "物流很慢": true, "退款速度挺快的": true, "发票开错了，不过客服很快改好了": true,
		"I want to return it": false, "my refund never came, very slow": false, "I still haven't got my refund, it took weeks": false, "delivery was slow, where is it now": false,
		"the parcel didn't arrive, very bad": false, "return": false, "order 20261103 was late": false, "很久了，退货的钱还没到": false, "我要退货，太难用了": false,
		"怎么开发票": false, "退货": false, "太慢了，请帮我查一下": false, "买了三天了没收到": false,
		"我要投诉，客服太慢了": false, "投诉客服态度差": false, "a slow complaint": false, "客服很耐心，问题当天就解决了": true, "客服态度差": true,
		"等退款等了太久": true, "The return process was smooth and quick": true, "包裹到得很快，小哥很客气": true,
		"my parcel was stolen": false, "被扣了两次钱": false, "杯子坏了": false, "我的包裹丢了": false, "东西发错了": false, "退款被拒绝了": false, "账号被锁了": false,
		"i was charged twice": false, "it was never delivered": false, "快递丢了，太慢了": false, "the mug was broken, very slow": false, "快点退款，因为太贵了": false,
		"the return was because of the colour": false, "我的快递被别人签收了": false,
	} {
		if got := tells(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

// TestTellsLoss: a loss is one whatever is said of service beside it, unless it is over.
func TestTellsLoss(t *testing.T) {
	for text, want := range map[string]bool{
		"包裹丢了，等了三天": true, "your agent told me it was sent, the parcel got lost": true, "the chatbot said refunded but I got nothing back": true, "money never returned, waited three weeks": true,
		"I waited and the lamp is dead": true, "快递丢了，太慢了": true, "the mug was broken, very slow": true, "客服很好，可是杯子碎了": true,
		"发错了，不过客服很快补发了": false, "the parcel was lost but they replaced it quickly": false, "the mug was broken, it was replaced": false, "很耐心": false, "very slow": false,
	} {
		if got := tellsLoss(nlp.Fold(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for _, text := range []string{"音箱声音断断续续", "回复说三天到账，五天了", "I waited and the lamp is dead", "your agent told me it was sent"} {
		if saysHow(nlp.Fold(text)) {
			t.Errorf("%q says how service was", text)
		}
	}
}
