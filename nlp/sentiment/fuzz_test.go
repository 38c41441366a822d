package sentiment_test

import (
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// Whatever comes in: no panic, the same result twice, spans on rune borders, probabilities that add up to 1.
func FuzzScore(f *testing.F) {
	for _, s := range sentences(f) {
		f.Add(s.text)
	}
	for _, s := range []string{
		"", " ", "!!!", "[", "[]", "[怒", "]怒[", "@", "@@@", "http://", "不不不不不", "\x00\xff", "ǅ①½", "😀\u200d😀\u200d", "a'''b", "////@", ":):):(",
		"好" + strings.Repeat("！", 300), strings.Repeat("不", 500) + "好", "\u202e好", "ﷺﷺ", "𠮷野家很好吃",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		text := nlp.Clean(raw)
		a := score(text)
		if b := score(text); !reflect.DeepEqual(a, b) {
			t.Fatalf("two results:\n%+v\n%+v", a, b)
		}
		if a.Score < -1 || a.Score > 1 || a.Intensity < 0 || a.Intensity > 1 {
			t.Fatalf("out of range: %+v", a)
		}
		sum := 0.0
		for _, p := range a.Probs {
			sum += p
		}
		if sum < 0.999 || sum > 1.001 {
			t.Fatalf("probabilities add up to %v", sum)
		}
		for _, r := range a.Reasons {
			if r.Start < 0 || r.Start >= r.End || r.End > len(text) || text[r.Start:r.End] != r.Text || !border(text, r.Start) || !border(text, r.End) {
				t.Fatalf("bad span %+v in %q", r, text)
			}
		}
		shipped().scorer.Score(text, nil, nlp.LangUnknown)
	})
}

func border(s string, i int) bool { return i == len(s) || utf8.RuneStart(s[i]) }

func FuzzParseLexicon(f *testing.F) {
	f.Add("words:\n  -3: [坑, \"rip off\"]\nneutral: [好友]\n")
	f.Add("degrees: {1.5: [超]}\nemotions: {anger: [怒]}\n")
	f.Add("words: {.nan: [x]}\n")
	f.Fuzz(func(t *testing.T, raw string) {
		file, err := sentiment.ParseLexicon("fuzz.yaml", []byte(raw))
		if err != nil || len(raw) > 4096 {
			return
		}
		s := shipped().scorer.With(file)
		const text = "这个手机不好用，但是客服很好 not bad :)"
		if got := s.Score(text, shipped().tok.Tokenize(text), nlp.LangUnknown); got.Score < -1 || got.Score > 1 {
			t.Fatalf("%+v", got)
		}
	})
}

// A message of a quarter of a megabyte ends, with bounded reasons, whatever it is made of. How long it takes is for
// benchmarks to say.
func TestLongTexts(t *testing.T) {
	for _, piece := range []string{"不", "好", "但是", "a", "good ", "!", "不好，", "[怒]", "虽然", ":)", "the ", "要是", "sooo", "@", "\u200d", "('", "1-", "a1-", "a.b@c", "12345678 ", "订单号：1234567，", "#1"} {
		text := strings.Repeat(piece, 1<<18/len(piece))
		got := shipped().scorer.Score(text, nil, nlp.LangUnknown)
		if len(got.Reasons) > 16 {
			t.Errorf("%q repeated: %d reasons", piece, len(got.Reasons))
		}
	}
}

func BenchmarkScoreShort(b *testing.B) {
	texts := sentences(b)
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		score(texts[i%len(texts)].text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}

func BenchmarkScoreReview(b *testing.B) {
	const text = "买了一个月才来评价，外观漂亮，屏幕清晰，运行也很流畅，就是电池有点不耐用，一天要充两次电，客服态度还可以，总的来说对得起这个价格，推荐给预算不多的朋友。"
	b.ReportAllocs()
	for b.Loop() {
		score(text)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
}
