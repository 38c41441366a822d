package bot

import "testing"

func TestUnwanted(t *testing.T) {
	for text, want := range map[string]string{
		"I don't want to return it": "", "no I don't want to return it any more": "", "i don't need a refund": "", "actually keep it": "", "Actually no, I'll keep it": "",
		"I'm not going to return it after all": "", "I no longer want to exchange it": "", "don't cancel it please": "", "I'm keeping it": "", "I'll keep the order": "", "I don't want an exchange": "",
		"I didn't ask for a refund": "", "不退了": "", "我不想退货": "", "其实我不想退了": "", "算了不退了": "", "那我不退了": "", "我没说要退款": "", "不换了，谢谢": "谢谢", "还是留着吧": "", "不用退了": "",
		"那我不退了，换货行不行": "换货行不行", "I don't want to return it, can I exchange it?": "can I exchange it?", "不查了": "", "那算了，不退了": "", "不要给我转人工": "", "别转人工了": "", "请不要把我转给客服": "", "don't transfer me to a person": "", "please don't connect me to an agent, where is my order": "where is my order",
	} {
		if rest, _, ok := unwanted(text); !ok || rest != want {
			t.Errorf("%q: %q %v", text, rest, ok)
		}
	}
	for _, text := range []string{
		"不想要了", "我改主意了", "changed my mind", "I don't want it any more", "不能退吗", "不退行吗？", "为什么不给退", "you don't refund", "why don't you refund me", "商家不退款", "可以不退吗",
		"I want to return it", "我要退货", "不喜欢，想退", "can I keep it?", "I don't want to wait for the refund", "不退款我就投诉", "你们不退我就报警", "不满意就退", "I don't know how to return it",
		"I don't want to pay for returning it", "还没退款", "没退", "一直没退款", "I never got a refund", "I didn't get a refund", "钱没退", "退不了", "没取消成功", "I didn't cancel it", "I never returned it", "the shop won't refund me", "你们不取消订单", "现在又不退款了", "不退款", "不退款，我就投诉", "不退", "不退换", "I want to keep my number", "I will keep the receipt", "I'd rather keep the money",
		"don't send it", "don't change it", "dont refund",
	} {
		if rest, _, ok := unwanted(text); ok {
			t.Errorf("%q: taken as unwanted, %q left", text, rest)
		}
	}
}

// FuzzUnwanted: what is left of a text is made of its clauses, and taking out a second time finds nothing more.
func FuzzUnwanted(f *testing.F) {
	f.Add("I don't want to return it, can I exchange it?")
	f.Add("那算了，不退了，谢谢")
	f.Add("\xff，不退了\n，")
	f.Fuzz(func(t *testing.T, text string) {
		rest, _, found := unwanted(text)
		if !found && rest != text {
			t.Fatalf("%q became %q though nothing was found", text, rest)
		}
		if again, _, found := unwanted(rest); found && again != rest {
			t.Fatalf("%q: %q was left, and then %q", text, rest, again)
		}
	})
}
