package bot

import (
	"strings"
	"testing"

	"huiyin/nlp"
)

// TestIsMatter: what a question is about, and what is told by the way.
func TestIsMatter(t *testing.T) {
	for _, x := range []struct {
		text, word string
		want       bool
	}{
		{"Do you repair bicycles?", "bicycles", true}, {"Can you fix my old toaster", "toaster", true}, {"how do I delete my Facebook account", "facebook", true},
		{"is there a discount for pensioners", "pensioners", true}, {"my Bose headphones are broken", "bose", true}, {"Is there parking at the warehouse?", "parking", true},
		{"do nurses get 10% off", "nurses", true}, {"you don't sell toasters, or", "toasters", false},
		{"Will the lamp work in my flat in Sydney?", "sydney", false}, {"do you ship to Toronto", "toronto", false}, {"my husband bought it, how long can he return it", "husband", false},
		{"how do I pair it with my Samsung", "samsung", false}, {"my cat chewed the cable", "cat", false}, {"can you deliver yesterday", "yesterday", false},
		{"戒指能刻字吗", "戒指", true}, {"自行车能包装吗", "自行车", true}, {"请问教师有优惠吗", "教师", true}, {"我的戴森吸尘器还在保修吗", "吸尘器", true}, {"你们回收旧床垫吗", "床垫", true},
		{"台灯在悉尼能用吗", "悉尼", false}, {"寄到多伦多要几天", "多伦多", false}, {"孩子把音箱摔了能修吗", "孩子", false}, {"我是留学生怎么认证", "留学生", false}, {"上礼拜买的还能退吗", "礼拜", false},
		{"修理台灯要寄到哪", "修理", false}, {"退换要多久", "退换", false}, {"送货上门吗", "送货", false},
		{"猫把线咬断了", "猫", false},
	} {
		if got := isMatter(nlp.Fold(x.text), x.word); got != x.want {
			t.Errorf("%q, %q: %v", x.text, x.word, got)
		}
	}
}

// TestDescribes: an adjective before a known thing is nothing to doubt; a name is.
func TestDescribes(t *testing.T) {
	for _, x := range []struct {
		text, word string
		want       bool
	}{
		{"can I cancel my duplicate order", "duplicate", true}, {"do you have a black one", "black", true}, {"can I return cracked lamps", "cracked", true}, {"do you offer expedited shipping", "expedited", true},
		{"can I use my amex card", "amex", true}, {"can you fix my noisy speaker", "noisy", true},
		{"my Bose headphones are broken", "Bose", false}, {"delete my facebook account", "facebook", false}, {"do you repair bicycles", "bicycles", false}, {"do you repair bicycles too", "bicycles", false},
		{"修理台灯", "修理", false},
	} {
		at := strings.Index(x.text, x.word)
		w := nlp.Token{Text: nlp.Fold(x.word), Span: nlp.Span{Start: at, End: at + len(x.word)}}
		if got := describes(x.text, w, []nlp.Token{w}); got != x.want {
			t.Errorf("%q, %q: %v", x.text, x.word, got)
		}
	}
}
