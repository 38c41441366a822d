package bot

import (
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
		{"猫把线咬断了", "猫", false},
	} {
		if got := isMatter(nlp.Fold(x.text), x.word); got != x.want {
			t.Errorf("%q, %q: %v", x.text, x.word, got)
		}
	}
}
