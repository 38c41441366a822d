package zh_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"huiyin/nlp/lang/zh"
)

// The words cover whatever was cut, in order, and end between characters: for texts that nobody would write as well.
func TestWordsCoverTheText(t *testing.T) {
	s, err := zh.Open(dicts(t), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	r := rand.New(rand.NewPCG(15, 16))
	letters := []rune("我要退款的订单，。a1 😀\n龘鿰〇é\u200b")
	for range 500 {
		var b strings.Builder
		for range r.IntN(40) {
			b.WriteRune(letters[r.IntN(len(letters))])
		}
		text, at := b.String(), 0
		cut := s.Cut(nil, text)
		for _, w := range cut {
			if w.Start != at || w.End <= w.Start || w.End < len(text) && text[w.End]&0xC0 == 0x80 {
				t.Fatalf("%q: words %v", text, cut)
			}
			at = w.End
		}
		if at != len(text) {
			t.Fatalf("%q: words end at %d of %d", text, at, len(text))
		}
		if again := s.Cut(nil, text); words(text, again) != words(text, cut) {
			t.Fatalf("%q: %s, then %s", text, words(text, cut), words(text, again))
		}
		if kept := s.Cut([]zh.Word{{Start: 7, End: 9}}, text); len(kept) != len(cut)+1 || kept[0] != (zh.Word{Start: 7, End: 9}) {
			t.Fatalf("%q: what was in dst is lost: %v", text, kept)
		}
	}
}

// The words that decide what is meant are never left out as stop words.
func TestWordsThatDecideAreNoStopWords(t *testing.T) {
	for _, w := range strings.Fields("不 没 没有 别 未 无 非 什么 怎么 哪 哪里 多少 几 谁 为什么 何时 能 可以 要 想 退 再 已经 只 不能 不要 太") {
		if zh.Stop(w) {
			t.Errorf("%s is left out", w)
		}
	}
	for _, w := range strings.Fields("的 了 吗 呢 请 请问 您好 亲 我们 这个 一下 谢谢") {
		if !zh.Stop(w) {
			t.Errorf("%s is kept", w)
		}
	}
}
