package sentiment_test

import (
	"fmt"
	"reflect"
	"testing"

	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// lexicon parses an operator's file.
func lexicon(t *testing.T, yaml string) sentiment.LexiconFile {
	t.Helper()
	file, err := sentiment.ParseLexicon("own.yaml", []byte(yaml))
	if err != nil {
		t.Fatal(err)
	}
	return file
}

func with(t *testing.T, yaml, text string) nlp.Sentiment {
	t.Helper()
	return shipped().scorer.With(lexicon(t, yaml)).Score(text, shipped().tok.Tokenize(text), nlp.LangUnknown)
}

// What an operator says of a word decides, also against what ships, in both languages and in Traditional script; and the scorer that
// it was made from stays as it is.
func TestOperatorsWordsDecide(t *testing.T) {
	for _, c := range []struct{ word, text string }{
		{"割韭菜", "你们又来割韭菜"}, {"回声节", "回声節到了"}, {"frobnicate", "it did frobnicate"}, {"bait and switch", "this is a bait and switch"},
		{"失望", "此事令人失望啊"}, {"excellent", "excellent service"}, {"垃圾", "垃圾"}, {"绝绝子", "客服绝绝子"}, {"蛙趣", "東西蛙趣"},
	} {
		before := score(c.text)
		for valence, want := range map[int]nlp.Polarity{-3: nlp.Negative, 3: nlp.Positive} {
			if got := with(t, fmt.Sprintf("words: {%d: [%q]}", valence, c.word), c.text); got.Polarity != want {
				t.Errorf("%s at %d: %q is %s: %+v", c.word, valence, c.text, got.Polarity, got)
			}
		}
		if after := score(c.text); !reflect.DeepEqual(before, after) {
			t.Errorf("%q is %+v, was %+v", c.text, after, before)
		}
	}
}

// Each key of an operator's file does what docs/sentiment.md says of it.
func TestOperatorsKeys(t *testing.T) {
	for _, c := range []struct {
		name, yaml, text string
		want             nlp.Polarity
	}{
		{"neutral", "neutral: [无忧退]", "无忧退怎么申请", nlp.Neutral},
		{"negators", "negators: [木有]\nwords: {3: [蛙趣]}", "木有蛙趣", nlp.Negative},
		{"negators_after", "negators_after: [个寂寞]\nwords: {3: [蛙趣]}", "蛙趣个寂寞", nlp.Negative},
		{"an emoji", `words: {-3: ["🫠"]}`, "收到了🫠", nlp.Negative},
		{"a bracket name", `words: {3: ["[回声]"]}`, "到货[回声]", nlp.Positive},
		{"digits", `words: {-3: ["250"]}`, "客服250", nlp.Negative},
		{"two files' worth", "words: {-3: [蛙趣], 3: [呱呱]}", "呱呱", nlp.Positive},
	} {
		if got := with(t, c.yaml, c.text); got.Polarity != c.want {
			t.Errorf("%s: %q is %s, want %s: %+v", c.name, c.text, got.Polarity, c.want, got)
		}
	}
	if got := with(t, "emotions: {anger: [气抖冷]}", "气抖冷").Emotions; len(got) != 1 || got[0] != nlp.Anger {
		t.Errorf("emotions: %v", got)
	}
	plain, strong := with(t, "words: {1: [蛙趣]}", "贼拉蛙趣"), with(t, "words: {1: [蛙趣]}\ndegrees: {2.5: [贼拉]}", "贼拉蛙趣")
	if strong.Score <= plain.Score || strong.Intensity <= plain.Intensity {
		t.Errorf("a degree word: %v and %v, without it %v and %v", strong.Score, strong.Intensity, plain.Score, plain.Intensity)
	}
}

// A word that is said more strongly never means less of it.
func TestScoresGrowWithTheValence(t *testing.T) {
	last := -1.0
	for v := -4.0; v <= 4; v += 0.5 {
		got := with(t, fmt.Sprintf("words: {%g: [蛙趣]}", v), "这个蛙趣")
		if got.Score < last-1e-9 {
			t.Errorf("valence %v: score %v, of less %v", v, got.Score, last)
		}
		last = got.Score
	}
}
