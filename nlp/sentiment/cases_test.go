package sentiment_test

import (
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"huiyin/nlp"
)

// because is a part of the text that must be among the reasons; "" for any.
type sentence struct{ text, label, lang, tests, because string }

// sentences reads testdata/cases.csv: written for this test, none of it feeds training.
func sentences(t testing.TB) []sentence {
	t.Helper()
	f, err := os.Open("testdata/cases.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	out := make([]sentence, 0, len(rows))
	for _, r := range rows[1:] {
		out = append(out, sentence{r[0], r[1], r[2], r[3], r[4]})
	}
	return out
}

// knownMistakes is how many of the sentences may be wrong. Lower it when it can be; never raise it.
const knownMistakes = 0

func TestSentences(t *testing.T) {
	all := sentences(t)
	if len(all) < 450 {
		t.Fatalf("only %d sentences", len(all))
	}
	wrong := 0
	for _, s := range all {
		if got := score(s.text); string(got.Polarity) != s.label {
			wrong++
			t.Logf("%s/%s %q: got %s, want %s; %v %+v", s.lang, s.tests, s.text, got.Polarity, s.label, got.Probs, got.Reasons)
		}
	}
	if wrong > knownMistakes {
		t.Errorf("%d of %d sentences wrong, %d are known", wrong, len(all), knownMistakes)
	}
}

// explains reports whether a reason with the sign of the verdict, by a rule or by the model, covers because.
func explains(s nlp.Sentiment, because string) bool {
	for _, r := range s.Reasons {
		text := strings.ToLower(r.Text)
		fits := strings.Contains(text, strings.ToLower(because)) || because != "" && strings.Contains(strings.ToLower(because), text)
		if fits && (because != "" || r.Weight < 0 == (s.Polarity == nlp.Negative)) {
			return true
		}
	}
	return false
}

// unexplained is how many of the sentences may take a side without a reason that says so. Lower it when it can be.
const unexplained = 0

// Every verdict that takes a side shows the words that made it.
func TestSentencesAreExplained(t *testing.T) {
	bare := 0
	for _, s := range sentences(t) {
		got := score(s.text)
		if string(got.Polarity) != s.label || got.Polarity == nlp.Neutral {
			continue
		}
		if !explains(got, s.because) {
			bare++
			t.Logf("%q is %s; no reason %q in %+v", s.text, got.Polarity, s.because, got.Reasons)
		}
	}
	if bare > unexplained {
		t.Errorf("%d verdicts are not explained, %d are known", bare, unexplained)
	}
}

// The sentences that the project promises by name.
func TestPromisedSentences(t *testing.T) {
	for text, want := range map[string]nlp.Polarity{
		"我今天不高兴":                      nlp.Negative,
		"悲伤的音乐":                       nlp.Neutral,
		"不错":                          nlp.Positive,
		"不差":                          nlp.Positive,
		"没毛病":                         nlp.Positive,
		"绝了":                          nlp.Positive,
		"无语":                          nlp.Negative,
		"要是能快点就好了":                    nlp.Negative,
		"一点也不好用":                      nlp.Negative,
		"[怒]":                         nlp.Negative,
		"it isn't comfortable at all": nlp.Negative,
		"it is hardly useful":         nlp.Negative,
		"not bad":                     nlp.Positive,
	} {
		if got := score(text); got.Polarity != want {
			t.Errorf("%q: got %s, want %s: %v %+v", text, got.Polarity, want, got.Probs, got.Reasons)
		}
	}
}

// A phrase that says nothing is as long as one word, and speaks against an opinion where nothing speaks for one; an opinion
// beside it is heard as before.
func TestPhrasesThatSayNothing(t *testing.T) {
	for text, want := range map[string]nlp.Polarity{
		"你们支持七天无理由退货吗":                    nlp.Neutral,
		"贺卡上请写圣诞快乐":                       nlp.Neutral,
		"信用卡还是银行卡":                        nlp.Neutral,
		"申请退款以后退款到账要几天":                   nlp.Neutral,
		"七天无理由退货服务太差了":                    nlp.Negative,
		"信用卡支付特别方便":                       nlp.Positive,
		"what is the return policy":       nlp.Neutral,
		"your return policy is a scam":    nlp.Negative,
		"the gift card was a lovely gift": nlp.Positive,
	} {
		if got := score(text); got.Polarity != want {
			t.Errorf("%q: got %s, want %s: %v %+v", text, got.Polarity, want, got.Probs, got.Reasons)
		}
	}
}

func TestReasons(t *testing.T) {
	for _, c := range []struct{ text, reason, rule string }{
		{"这个手机质量太差了", "差", "word"},
		{"我今天并不高兴", "高兴", "negation"},
		{"味道非常棒", "棒", "degree"},
		{"外观漂亮，但是很难用", "难用", "contrast"},
		{"这个好用吗？", "好用", "question"},
		{"要是能快点就好了", "要是", "wish"},
		{"收到了😊", "😊", "emoji"},
		{"質量很好", "質量很好", "word"},
		{"I am not pleased", "pleased", "negation"},
		{"the food was very tasty", "tasty", "degree"},
		{"looks nice but it is useless", "useless", "contrast"},
		{"great, another delay", "great", "sarcasm"},
	} {
		got := score(c.text)
		found := false
		for _, r := range got.Reasons {
			if c.text[r.Start:r.End] != r.Text {
				t.Errorf("%q: span %d:%d is not %q", c.text, r.Start, r.End, r.Text)
			}
			found = found || r.Rule == c.rule && (r.Text == c.reason || strings.Contains(r.Text, c.reason))
		}
		if !found {
			t.Errorf("%q: no reason %q by rule %s: %+v", c.text, c.reason, c.rule, got.Reasons)
		}
	}
}

func TestEmotions(t *testing.T) {
	for text, want := range map[string]nlp.Emotion{
		"气死我了，你们就是骗子":                            nlp.Anger,
		"what a scam, this is unacceptable":      nlp.Anger,
		"太失望了，再也不买了":                             nlp.Disappointment,
		"so disappointed, I expected more":       nlp.Disappointment,
		"我很担心快递丢了，怎么办":                           nlp.Worry,
		"I am worried my parcel is lost":         nlp.Worry,
		"太感谢你们了，帮了大忙":                            nlp.Gratitude,
		"thank you so much, I really appreciate": nlp.Gratitude,
	} {
		found := false
		for _, e := range score(text).Emotions {
			found = found || e == want
		}
		if !found {
			t.Errorf("%q: no %s in %v", text, want, score(text).Emotions)
		}
	}
	for text, not := range map[string]nlp.Emotion{
		"不用担心":                       nlp.Worry,
		"我不生气":                       nlp.Anger,
		"don't worry about it":       nlp.Worry,
		"thanks for nothing":         nlp.Gratitude,
		"东西很好，不会让人失望":                nlp.Disappointment,
		"where can I find my order?": nlp.Worry,
	} {
		for _, e := range score(text).Emotions {
			if e == not {
				t.Errorf("%q: %s must not be found", text, not)
			}
		}
	}
}

// Traditional script is read as Simplified is.
func TestTraditionalScoresAsSimplified(t *testing.T) {
	for trad, simp := range map[string]string{
		"客服態度太差了，等了一個星期還沒到貨": "客服态度太差了，等了一个星期还没到货",
		"東西很好，非常滿意，謝謝！":      "东西很好，非常满意，谢谢！",
		"請問幾點發貨":             "请问几点发货",
	} {
		a, b := score(trad), score(simp)
		if a.Polarity != b.Polarity || a.Score != b.Score || len(a.Reasons) != len(b.Reasons) {
			t.Errorf("%q %+v\n%q %+v", trad, a, simp, b)
		}
	}
}

// More of the same moves the score the same way.
func TestScoresOrder(t *testing.T) {
	for _, c := range [][2]string{
		{"非常难用", "有点难用"},
		{"太差了！！！", "不太好"},
		{"absolutely terrible!!!", "a bit slow"},
	} {
		if a, b := score(c[0]), score(c[1]); a.Score >= b.Score || a.Intensity <= b.Intensity {
			t.Errorf("%q (%v, %v) must be worse and louder than %q (%v, %v)", c[0], a.Score, a.Intensity, c[1], b.Score, b.Intensity)
		}
	}
}
