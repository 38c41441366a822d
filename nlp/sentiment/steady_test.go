package sentiment_test

import (
	"strings"
	"testing"
	"unicode"

	"github.com/longbridgeapp/opencc"

	"huiyin/nlp"
)

// What is said around an opinion without one of its own turns no verdict round: marks, a greeting. One of two
// hundred may: "hello, great, another delay".
func TestVerdictsStandWhateverIsAround(t *testing.T) {
	for _, c := range []struct {
		name string
		form func(text string, chinese bool) string
		may  int // verdicts of a hundred that may become neutral, or stop being so
	}{
		{"exclaimed", func(s string, zh bool) string { return ended(s, zh, "！！！", "!!!") }, 3},
		{"full stops", func(s string, zh bool) string { return ended(s, zh, "。。。", "...") }, 3},
		{"greeting", func(s string, zh bool) string { return either(zh, "你好，", "Hello, ") + s }, 5},
	} {
		turned, changed, n := 0, 0, 0
		for _, x := range sentences(t) {
			if a := score(x.text); a.Polarity == nlp.Neutral && c.name == "exclaimed" {
				continue // a question that is shouted may well be a complaint
			}
			chinese := strings.ContainsFunc(x.text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
			n++
			a, b := score(x.text), score(c.form(x.text, chinese))
			switch {
			case a.Polarity == b.Polarity:
				continue
			case a.Polarity != nlp.Neutral && b.Polarity != nlp.Neutral:
				turned++
				t.Logf("%s: %q is %s, %q %s", c.name, x.text, a.Polarity, c.form(x.text, chinese), b.Polarity)
			default:
				changed++
			}
		}
		if turned*200 > n || changed*100 > c.may*n {
			t.Errorf("%s: of %d verdicts %d turned round, %d otherwise changed", c.name, n, turned, changed)
		}
	}
}

func either(chinese bool, zh, en string) string {
	if chinese {
		return zh
	}
	return en
}

// ended replaces the marks at a text's end; a question stays one.
func ended(s string, chinese bool, zh, en string) string {
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？") {
		return s
	}
	return strings.TrimRight(s, "。.!！") + either(chinese, zh, en)
}

// All test sentences have their verdict in Traditional script too, and its probabilities to two digits; another word for the same thing
// may move a few.
func TestSentencesInTraditionalScript(t *testing.T) {
	traditional, err := opencc.New("s2t")
	if err != nil {
		t.Fatal(err)
	}
	differ, n := 0, 0
	for _, x := range sentences(t) {
		text, err := traditional.Convert(x.text)
		if err != nil {
			t.Fatal(err)
		}
		if text == x.text {
			continue
		}
		n++
		a, b := score(x.text), score(text)
		if a.Polarity != b.Polarity {
			t.Errorf("%q is %s, %q %s", x.text, a.Polarity, text, b.Polarity)
		}
		if abs(a.Score-b.Score) > 0.01 {
			differ++
			t.Logf("%q %v, %q %v", x.text, a.Score, text, b.Score)
		}
	}
	if n < 100 || differ*20 > n {
		t.Errorf("%d of %d sentences score otherwise in Traditional script", differ, n)
	}
}
