package nlp_test

import (
	"encoding/json"
	"os"
	"strings"
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
		{"唔該晒", nlp.LangHant, false},
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

// testdata/lang.json: greetings, names of goods and loan words, both scripts, mixtures, other languages, and what is no language.
func TestLanguageCases(t *testing.T) {
	raw, err := os.ReadFile("testdata/lang.json")
	if err != nil {
		t.Fatal(err)
	}
	var cases []struct {
		Text  string
		Lang  nlp.Lang
		Mixed bool
	}
	if err := json.Unmarshal(raw, &cases); err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		for _, form := range []string{c.Text, "  " + c.Text + "！！", strings.ToUpper(c.Text), "👍" + c.Text + " 123"} {
			if lang, mixed := nlp.DetectLang(form); lang != c.Lang || mixed != c.Mixed {
				t.Errorf("%q is %s, both languages: %v; want %s, %v", form, lang, mixed, c.Lang, c.Mixed)
			}
		}
	}
}

// A text is in the language of its sentences, however often they are said.
func TestLanguageOfRepeatedSentences(t *testing.T) {
	for _, text := range []string{"我的订单还没到。", "我的訂單還沒到。", "Where is my order? ", "où est ma commande. ", "我要cancel这个order。", "注文がまだ届きません。"} {
		lang, mixed := nlp.DetectLang(text)
		for _, n := range []int{2, 50, 3000} {
			if l, m := nlp.DetectLang(strings.Repeat(text, n)); l != lang || m != mixed {
				t.Errorf("%q %d times is %s, %v; once %s, %v", text, n, l, m, lang, mixed)
			}
		}
	}
}

func FuzzDetectLang(f *testing.F) {
	for _, s := range []string{"", "退貨", "hello 世界", "\xff", "안녕", "a'b", strings.Repeat("我", 3000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lang, mixed := nlp.DetectLang(text)
		if again, both := nlp.DetectLang(text); again != lang || both != mixed {
			t.Fatalf("%q: %s, then %s", text, lang, again)
		}
		switch lang {
		case nlp.LangUnknown, nlp.LangEnglish, nlp.LangChinese, nlp.LangHans, nlp.LangHant:
		default:
			t.Fatalf("%q is %q", text, lang)
		}
		if mixed && lang == nlp.LangUnknown {
			t.Fatalf("%q is both languages and neither", text)
		}
	})
}

func BenchmarkDetectLang(b *testing.B) {
	for b.Loop() {
		nlp.DetectLang("我的order还没ship，怎么回事")
	}
}
