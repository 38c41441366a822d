package nlp

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/longbridgeapp/opencc"
)

// traditionalizer is the OpenCC table s2tw (Simplified → Traditional as Taiwan writes it, word for word), read once and never changed.
// The table that changes words as well, s2twp, is not for a shop: it makes 登出 (sign out) of 注销 (close an account), and 面板 (panel)
// of 皮肤 (skin). It is loaded on first use: its tables of phrases are large, and many a shop has no customer who writes Traditional.
var traditionalizer = sync.OnceValue(func() *opencc.OpenCC {
	cc, err := opencc.New("s2tw")
	if err != nil { // the tables are compiled in: a failure is a broken build
		panic("nlp: OpenCC tables: " + err.Error())
	}
	return cc
})

// Traditional writes Simplified Chinese in Traditional characters; the words stay the writer's own. Whatever else a text
// holds stays as it is; so do links, and each occurrence of what is to be kept: the names of people, who spell them in their own way.
func Traditional(text string, keep ...string) string {
	at, same := firstOf(text, keep)
	if address := linkPattern().FindStringIndex(text); address != nil && (at < 0 || address[0] <= at) {
		at, same = address[0], text[address[0]:address[1]]
	}
	if at >= 0 {
		return Traditional(text[:at]) + same + Traditional(text[at+len(same):], keep...)
	}
	if !strings.ContainsFunc(text, isHan) {
		return text
	}
	out, err := traditionalizer().Convert(text)
	if err != nil { // the library fails on nothing that is text; the Simplified one is understood, too
		return text
	}
	return inside(out)
}

// Where 里 is a measure (公里, 里程), a place (鄰里) or a sound in a foreign name (斯里蘭卡, 阿里); anywhere else behind a word it means
// inside, and is 裡. The tables know that only of the words that they have (家裡, 這裡), not of 退款里.
const (
	measuredBefore = "公英海華平方千百十萬億一二三四五六七八九兩幾半數0123456789鄰鄉故阿馬路斯西德底索伊哈加布奧蒙佩托巴莫塔羅"
	measuredAfter  = "程約昂蘭弄長"
)

// inside writes 里 as 裡 where it means inside.
func inside(text string) string {
	if !strings.Contains(text, "里") {
		return text
	}
	runes := []rune(text)
	for i, r := range runes {
		if r != '里' || i == 0 || i+1 < len(runes) && strings.ContainsRune(measuredAfter, runes[i+1]) {
			continue
		}
		if before := runes[i-1]; isHan(before) && !strings.ContainsRune(measuredBefore, before) || strings.ContainsRune("”」』》", before) {
			runes[i] = '裡'
		}
	}
	return string(runes)
}

// linkPattern matches an address in a text, as far as one without a blank, bracket or full-width mark goes.
var linkPattern = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`https?://[^\s()<>"，。；！？、（）《》“”]+`)
})

// firstOf is where in a text the first of some words begins, and which; of two that begin there the longer. -1: none does.
func firstOf(text string, words []string) (at int, word string) {
	at = -1
	for _, w := range slices.Compact(slices.Sorted(slices.Values(words))) {
		i := strings.Index(text, w)
		if w != "" && i >= 0 && (at < 0 || i < at || i == at && len(w) > len(word)) {
			at, word = i, w
		}
	}
	return at, word
}
