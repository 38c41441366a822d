package kb

import (
	"testing"
)

// TestAsAsked: politeness makes no other question of one that an article has; what is no politeness does.
func TestAsAsked(t *testing.T) {
	c := newCatalog(&Synonyms{}, Models{})
	for _, known := range []string{"怎么退货", "how do I pay?", "Hi-fi", "能刻字吗"} {
		c.keys[normalForm(known)] = []ArticleID{"a"}
	}
	for text, want := range map[string]string{
		"请问怎么退货": "怎么退货", "您好，請問一下怎麼退貨呢？": "怎么退货", "怎么退货谢谢": "怎么退货", "Hello, how do I pay please": "how do I pay?", "Hey! so how do I pay, thanks": "how do I pay?",
		"hi-fi": "Hi-fi", "请问能刻字吗": "能刻字吗",
		"怎么不能退货": "怎么不能退货", "请问": "请问", "hi": "hi", "": "", "海外怎么退货": "海外怎么退货",
	} {
		if got := c.asAsked(normalForm(text)); got != normalForm(want) {
			t.Errorf("%q is asked as %q, want %q", text, got, normalForm(want))
		}
	}
}
