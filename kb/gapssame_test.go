package kb

import (
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

// TestOtherThing: words about asking do not keep two questions apart, names of things do, and words that the store's editors
// call the same do not; which of two questions comes first makes no difference.
func TestOtherThing(t *testing.T) {
	tok, err := nlp.NewTokenizer(data.Files(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer tok.Close()
	taught := NewTaught(tok, Wordbook{Groups: [][]string{{"运费", "邮费", "postage", "shipping cost"}, {"camper van", "motorhome"}}})
	c := newCatalog(taught, Models{})
	for _, tc := range []struct {
		a, b  string
		other bool
	}{
		{"我想退货", "我想换货", true},
		{"怎么绑定银行卡", "怎么解绑银行卡", true},
		{"cancel my order", "track my order", true},
		{"how do I turn on notifications", "how do I turn off notifications", true},
		{"do you ship from Spain", "do you ship to Spain", true},
		{"when does it ship", "where does it ship", true},
		{"什么时候发货", "哪里发货", true},
		{"请问怎么退货啊", "如何退货", false},
		{"可以开发票吗", "能不能开一下发票", false},
		{"多久发货", "什么时候发货", false},
		{"优惠券怎么用", "怎么用优惠券", false},
		{"could I get an invoice please", "can you give me an invoice", false}, // only one of them names more: the score decides
		{"could I get an invoice please", "I need an invoice", false},
		{"运费贵吗", "邮费贵吗", false},
		{"how much is the postage", "what does the shipping cost", false},
		{"where can I park a motorhome", "where to park my camper van", false},
		{"怎么退货", "怎么退货到北京仓库", false},
	} {
		a, b := c.named(taught.Tokenize(tc.a)), c.named(taught.Tokenize(tc.b))
		if otherThing(a, b) != tc.other || otherThing(b, a) != tc.other {
			t.Errorf("%s %v / %s %v: another thing: %v", tc.a, a, tc.b, b, !tc.other)
		}
	}
}
