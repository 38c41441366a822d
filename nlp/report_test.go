package nlp_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"huiyin/data"
	"huiyin/nlp"
)

func pipeline(t testing.TB) *nlp.Pipeline {
	t.Helper()
	flags, err := nlp.NewFlags(data.Files())
	if err != nil {
		t.Fatal(err)
	}
	return nlp.NewPipeline(nlp.Language{}, tokenizer(t), nlp.PIIFinder{}, entities(t), flags)
}

func TestAnalyzeLines(t *testing.T) {
	long := strings.Repeat("很长的一行", 1<<20/15)
	in := "昨天的订单E-1024还没到\r\n\n<b>bad & \xff\n" + long + "\nlast"
	var out bytes.Buffer
	if err := nlp.AnalyzeLines(context.Background(), pipeline(t), strings.NewReader(in), &out, false, nlp.LangEnglish); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	if len(lines) != 5 {
		t.Fatalf("%d lines", len(lines))
	}
	var a nlp.Analysis
	if err := json.Unmarshal([]byte(lines[0]), &a); err != nil {
		t.Fatal(err)
	}
	if a.Text != "昨天的订单E-1024还没到" || len(a.Entities) != 2 || a.Entities[1].Value != "E-1024" {
		t.Errorf("got %+v", a)
	}
	for _, key := range []string{`"lang":`, `"intent":{"name":"oos"`, `"sentiment":{"polarity":"neutral"`, `"entities":[]`, `"pii":[]`} {
		if !strings.Contains(lines[1], key) {
			t.Errorf("the empty text's line lacks %s: %s", key, lines[1])
		}
	}
	if !strings.Contains(lines[2], "<b>bad & \uFFFD") {
		t.Errorf("got %s", lines[2])
	}
}

func TestAnalyzeLinesNamesTheLine(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	err := nlp.AnalyzeLines(ctx, pipeline(t), strings.NewReader("a\nb"), &bytes.Buffer{}, false, nlp.LangEnglish)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "line 1") {
		t.Errorf("got %v", err)
	}
	in := "short\n" + strings.Repeat("x", nlp.MaxLineBytes+1)
	err = nlp.AnalyzeLines(context.Background(), nlp.NewPipeline(), strings.NewReader(in), &bytes.Buffer{}, false, nlp.LangEnglish)
	if !errors.Is(err, nlp.ErrLineTooLong) || !strings.Contains(err.Error(), "line 2") {
		t.Errorf("got %v", err)
	}
}

func TestExplain(t *testing.T) {
	a, err := pipeline(t).Analyze(context.Background(), "我的手机13812345678，\x1b[31m订单E-1024要投诉你们")
	if err != nil {
		t.Fatal(err)
	}
	a.Ranking = nlp.Ranking{{Name: "complaint", Confidence: 0.8}}
	a.Sentiment.Reasons = []nlp.Reason{{Text: "投诉", Rule: "word", Weight: -1}}
	for lang, want := range map[nlp.Lang][]string{
		nlp.LangHans: {"语言          zh-Hans\n", "个人信息      phone     138****5678\n", "标记          legal\n",
			"1. complaint                    0.80 ████████░░\n", "实体          phone     13812345678 → 13812345678\n"},
		nlp.LangEnglish: {"language      zh-Hans\n", "personal data phone     138****5678\n", "-1.00  投诉            word\n"},
	} {
		got := nlp.Explain(a, lang)
		for _, w := range want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: lacks %q in\n%s", lang, w, got)
			}
		}
		if strings.Contains(got, "\x1b") {
			t.Error("an escape sequence reached the terminal")
		}
	}
}

// A long text is cut short after the same number of characters, however many bytes each takes; a short one is shown whole.
func TestExplainShortensLongTexts(t *testing.T) {
	for _, c := range []string{"a", "é", "退", "😀"} {
		shown := func(n int) string {
			line, _, _ := strings.Cut(nlp.Explain(nlp.Analysis{Text: strings.Repeat(c, n)}, nlp.LangEnglish), "\n")
			return strings.TrimLeft(strings.TrimPrefix(line, "text"), " ")
		}
		for _, n := range []int{1, 199, 200} {
			if got := shown(n); got != strings.Repeat(c, n) {
				t.Errorf("%d times %s is shown as %q", n, c, got)
			}
		}
		for _, n := range []int{201, 500, 100000} {
			if got := shown(n); got != strings.Repeat(c, 200)+"…" {
				t.Errorf("%d times %s is shown as %d bytes", n, c, len(got))
			}
		}
	}
}
