package intent_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"huiyin/nlp"
	"huiyin/nlp/intent"
)

// evaluated is the shop's set measured on a few texts, one of them hostile and one out of scope.
func evaluated(t testing.TB) *intent.Evaluation {
	t.Helper()
	test := []nlp.Example{
		{Text: "refund now please", Label: "refund"},
		{Text: "退款什么时候到", Label: "refund"},
		{Text: "where is my order", Label: "shipping"},
		{Text: "<script>alert(1)</script> invoice", Label: "shipping"},
		{Text: "发票", Label: "invoice"},
		{Text: "who won the football match", Label: nlp.IntentNone},
	}
	e, err := intent.Evaluate(context.Background(), splitter{}, shop(), test, intent.Options{}, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestReportShowsClashesInBothLanguages(t *testing.T) {
	e := evaluated(t)
	for lang, heading := range map[nlp.Lang]string{nlp.LangEnglish: "Intents that are taken for each other", nlp.LangChinese: "容易混淆的意图"} {
		dir := filepath.Join(t.TempDir(), "new", "folder")
		if err := e.WriteReport(context.Background(), dir, lang); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, intent.ReportFile))
		if err != nil {
			t.Fatal(err)
		}
		html := string(raw)
		for _, want := range []string{heading, "invoice", "&lt;script&gt;", "<polyline", "</html>"} {
			if !strings.Contains(html, want) {
				t.Errorf("%s: no %q in the page", lang, want)
			}
		}
		if strings.Contains(html, "<script>") {
			t.Errorf("%s: a customer's text is not escaped", lang)
		}
	}
}

func TestReportIsTheSameTwice(t *testing.T) {
	var pages [2]string
	for i := range pages {
		dir := t.TempDir()
		if err := evaluated(t).WriteReport(context.Background(), dir, nlp.LangEnglish); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, intent.ReportFile))
		if err != nil {
			t.Fatal(err)
		}
		pages[i] = string(raw)
	}
	// Speed and memory are measured, and are not on the page.
	if pages[0] != pages[1] {
		t.Error("two reports on the same data differ")
	}
}

// TestReportTellsAnEditorWhatToDo: the page names the pair, the weak intent and the missing out-of-scope examples in sentences.
func TestReportTellsAnEditorWhatToDo(t *testing.T) {
	test := []nlp.Example{
		{Text: "invoice one", Label: "shipping"}, {Text: "invoice two", Label: "shipping"}, {Text: "my invoice", Label: "shipping"},
		{Text: "refund", Label: "refund"}, {Text: "ψψψ", Label: "refund"},
		{Text: "refund my joke", Label: nlp.IntentNone}, {Text: "where is my money", Label: nlp.IntentNone},
	}
	e, err := intent.Evaluate(context.Background(), splitter{}, shop(), test, intent.Options{}, func() time.Time { return time.Unix(0, 0) })
	if err != nil {
		t.Fatal(err)
	}
	for lang, want := range map[nlp.Lang][]string{
		nlp.LangEnglish: {"Tell shipping and invoice apart: 3 questions", "Mend shipping: only 0 %", "nothing known", "questions read right"},
		nlp.LangChinese: {"把 shipping 和 invoice 分清：前者有 3 条问题", "改进 shipping", "没有认出任何意图", "识别正确的问题"},
	} {
		dir := t.TempDir()
		if err := e.WriteReport(context.Background(), dir, lang); err != nil {
			t.Fatal(err)
		}
		raw, err := os.ReadFile(filepath.Join(dir, intent.ReportFile))
		if err != nil {
			t.Fatal(err)
		}
		for _, w := range want {
			if !strings.Contains(string(raw), w) {
				t.Errorf("%s: no %q in the page", lang, w)
			}
		}
		if strings.Contains(string(raw), "%!") || strings.Contains(string(raw), "<no value>") {
			t.Errorf("%s: a word is missing in the page", lang)
		}
	}
}
