package nlp_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"huiyin/data"
	"huiyin/nlp"
)

func TestPinyin(t *testing.T) {
	p, err := nlp.NewPinyin(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	for in, want := range map[string]string{
		"退款": "tuikuan", "我要退貨": "woyaotuihuo", "银行卡": "yinhangka", "重新发货": "chongxinfahuo", "女装": "nvzhuang",
		"order还没到": "orderhaimeidao", "": "", "hello": "hello",
	} {
		if got := p.Spell(in); got != want {
			t.Errorf("Spell(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{
		"tuikuan": "tui kuan", "woyaotuikuan": "wo yao tui kuan", "refund": "", "xian": "xian", "fangan": "fan gan", "": "", "r": "",
		"zhuanrengong": "zhuan ren gong",
	} {
		if got := strings.Join(p.Syllables(in), " "); got != want {
			t.Errorf("Syllables(%q) = %q, want %q", in, got, want)
		}
	}
	if _, err := nlp.NewPinyin(fstest.MapFS{nlp.PinyinFile: {Data: []byte("a\n")}}); err == nil {
		t.Error("a broken table was read")
	}
}
