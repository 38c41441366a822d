package intent_test

import (
	"context"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// asShipped are the tokenizer and the spellings that the program uses.
func asShipped(t *testing.T) (*nlp.Tokenizer, *nlp.Pinyin) {
	t.Helper()
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { tok.Close() })
	p, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	return tok, p
}

// TestLanguages reads both scripts, both languages and what lies between with the tokenizer that the program uses.
func TestLanguages(t *testing.T) {
	tok, p := asShipped(t)
	// Each language has an intent that the other has not.
	examples := append(shop(),
		nlp.Example{Text: "I want to book a table for dinner", Label: "table"}, nlp.Example{Text: "reserve a table tonight", Label: "table"},
		nlp.Example{Text: "a table for two please", Label: "table"},
		nlp.Example{Text: "会员积分怎么兑换", Label: "points"}, nlp.Example{Text: "积分能换什么", Label: "points"}, nlp.Example{Text: "我的积分过期了", Label: "points"})
	m, err := intent.Train(context.Background(), tok, examples, intent.Options{Vectors: words(t), Pinyin: p})
	if err != nil {
		t.Fatal(err)
	}
	rank := func(text string) intent.Result { return m.Rank(tok.Tokenize(text)) }
	for traditional, simplified := range map[string]string{
		"怎麼申請退款": "怎么申请退款", "什麼時候發貨": "什么时候发货", "電子發票在哪下載": "电子发票在哪下载", "把錢退給我": "把钱退给我", "查一下物流信息與訂單": "查一下物流信息与订单",
		"會員積分怎麼兌換": "会员积分怎么兑换", "ｒｅｆｕｎｄ": "refund", "REFUND PLEASE": "refund please",
	} {
		a, b := rank(traditional), rank(simplified)
		if a.InScope != b.InScope || a.Best() != b.Best() {
			t.Errorf("%s: %s %.3f, but %s: %s %.3f", traditional, a.Best(), a.InScope, simplified, b.Best(), b.InScope)
		}
	}
	for text, want := range map[string]string{
		"我的order还没ship":          "shipping",
		"想要refund":               "refund",
		"帮我开一张invoice":           "invoice",
		"please 开发票":             "invoice",
		"zenme shenqing tuikuan": "refund",
		"我的kuaidi呢":              "shipping",
		"fapiao zenme kai":       "invoice",
		"book a table":           "table",
		"wo de jifen guoqi le":   "points",
	} {
		if got := rank(text).Best(); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	// A text of one language must not land in the intent that only the other has.
	for text, not := range map[string]string{
		"我要退款": "table", "物流信息": "table", "电子发票": "table", "where is my parcel": "points", "send me an invoice": "points", "give me my money back": "points",
	} {
		if got := rank(text); got.Best() == not {
			t.Errorf("%s became %s: %+v", text, not, got.Ranking)
		}
	}
}

// A word in pinyin is Chinese also where an example has it as it is; a word that is English too is English.
func TestPinyinOfTheExamplesIsChinese(t *testing.T) {
	tok, p := asShipped(t)
	examples := append(shop(), nlp.Example{Text: "tuikuan 多久", Label: "refund"}, nlp.Example{Text: "kuaidi dao na le", Label: "shipping"},
		nlp.Example{Text: "is the banana fresh", Label: "shipping"}, nlp.Example{Text: "made in china", Label: "invoice"})
	m, err := intent.Train(context.Background(), tok, examples, intent.Options{Vectors: words(t), Pinyin: p})
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]bool{
		"tuikuan": true, "Tuikuan!": true, "kuaidi": true, "wo yao tuikuan": true, "shenqing tuikuan": true,
		"banana": false, "china": false, "women": false, "refund": false, "can you": false, "lengthen": false, "X200": false, "": false, "退款": false, "tuikuan please": false,
	} {
		if got := m.Rank(tok.Tokenize(text)).Pinyin; got != want {
			t.Errorf("%q: pinyin %v, want %v", text, got, want)
		}
	}
}
