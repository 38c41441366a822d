package nlp_test

import (
	"testing"

	"huiyin/nlp"
)

func TestDetectLang(t *testing.T) {
	for _, c := range []struct {
		in    string
		lang  nlp.Lang
		mixed bool
	}{
		{"你好", nlp.LangChinese, false},
		{"ok", nlp.LangEnglish, false},
		{"hi", nlp.LangEnglish, false},
		{"OK的", nlp.LangChinese, false},
		{"退款", nlp.LangChinese, false},
		{"退货", nlp.LangHans, false},
		{"退貨", nlp.LangHant, false},
		{"發票", nlp.LangHant, false},
		{"我的order还没ship", nlp.LangHans, true},
		{"我的訂單呢", nlp.LangHant, false},
		{"iPhone 15什么时候发货", nlp.LangHans, false},
		{"How do I pay with 微信支付?", nlp.LangEnglish, true},
		{"where is my order SF1234567890?", nlp.LangEnglish, false},
		{"订单SF1234567890 https://example.com/where-is-my-order", nlp.LangHans, false},
		{"https://example.com", nlp.LangUnknown, false},
		{"12345 👍👍", nlp.LangUnknown, false},
		{"", nlp.LangUnknown, false},
		{"???", nlp.LangUnknown, false},
		{"app打不开", nlp.LangHans, false},
		{"后台只有几里", nlp.LangChinese, false},
		{"こんにちは、注文はどこですか", nlp.LangUnknown, false},
		{"안녕하세요", nlp.LangUnknown, false},
		{"¿Dónde está mi pedido?", nlp.LangUnknown, false},
		{"où est ma commande", nlp.LangUnknown, false},
		{"wo ist meine Bestellung", nlp.LangUnknown, false},
		{"café order", nlp.LangEnglish, false},
		{"ＨＥＬＬＯ　ＴＨＥＲＥ", nlp.LangEnglish, false},
		{"thx", nlp.LangEnglish, false},
		{"👍谢谢", nlp.LangHans, false},
		{"transfer me to a human 人工", nlp.LangEnglish, true},
		{"高[good]", nlp.LangChinese, false},
		{"@SouthwestAir 谢谢", nlp.LangHans, false},
		{"好(*｀Ω*)v", nlp.LangChinese, false},
		{"привет, где мой заказ", nlp.LangUnknown, false},
		{"Hi,请问可以refund吗", nlp.LangHans, true},
	} {
		lang, mixed := nlp.DetectLang(c.in)
		if lang != c.lang || mixed != c.mixed {
			t.Errorf("DetectLang(%q) = %s %v, want %s %v", c.in, lang, mixed, c.lang, c.mixed)
		}
	}
}

func BenchmarkDetectLang(b *testing.B) {
	for b.Loop() {
		nlp.DetectLang("我的order还没ship，怎么回事")
	}
}
