package sentiment_test

import (
	"strings"
	"testing"

	"golang.org/x/text/width"

	"huiyin/nlp"
	"huiyin/nlp/sentiment"
)

// A verdict does not depend on how a text was typed: its width, spaces around it, characters that nobody sees.
func TestVerdictsHoweverTheTextIsTyped(t *testing.T) {
	for name, form := range map[string]func(string) string{
		"full width":    width.Widen.String,
		"spaces around": func(s string) string { return "  \n" + s + "\n " },
		"invisible characters": func(s string) string {
			return "\u200b" + strings.Join(strings.SplitAfter(s, " "), "\u200b") + "\u200d\ufeff"
		},
		"Windows' line ends": func(s string) string { return s + "\r\n" },
	} {
		wrong := 0
		for _, s := range sentences(t) {
			if strings.Contains(s.text, "http") || strings.ContainsAny(s.text, "@#[") && name == "full width" {
				continue // a link or a picture's name in full width is none
			}
			a, b := score(s.text), score(form(s.text))
			if a.Polarity != b.Polarity {
				wrong++
				t.Logf("%s: %q is %s, as it was %s", name, form(s.text), b.Polarity, a.Polarity)
			}
		}
		if wrong > 0 {
			t.Errorf("%s: %d verdicts changed", name, wrong)
		}
	}
}

// What Score promises of every verdict, on every sentence: probabilities that sum to one and agree with polarity and score, reasons
// in the order of their weight, each of them the text at its span.
func TestVerdictsAgreeWithThemselves(t *testing.T) {
	for _, s := range sentences(t) {
		got := score(s.text)
		neg, neu, pos := got.Probs[nlp.Negative], got.Probs[nlp.Neutral], got.Probs[nlp.Positive]
		if sum := neg + neu + pos; sum < 0.999 || sum > 1.001 || min(neg, neu, pos) < 0 {
			t.Errorf("%q: probabilities %v", s.text, got.Probs)
		}
		if best := max(neg, neu, pos); got.Probs[got.Polarity] < best-1e-9 {
			t.Errorf("%q is %s at %v", s.text, got.Polarity, got.Probs)
		}
		if d := got.Score - (pos - neg); d > 2e-4 || d < -2e-4 || got.Intensity < 0 || got.Intensity > 1 {
			t.Errorf("%q: score %v, intensity %v at %v", s.text, got.Score, got.Intensity, got.Probs)
		}
		for i, r := range got.Reasons {
			if r.Start < 0 || r.End > len(s.text) || r.Text != s.text[r.Start:r.End] || r.Text == "" || r.Rule == "" {
				t.Errorf("%q: reason %+v", s.text, r)
			}
			if last := got.Reasons[max(i-1, 0)]; i > 0 && abs(r.Weight) > abs(last.Weight)+1e-9 {
				t.Errorf("%q: %+v after %+v", s.text, r, last)
			}
		}
	}
}

func abs(x float64) float64 { return max(x, -x) }

// An operator's word wins over everything that ships, in both directions and in both languages, and only where it is said.
func TestAnOperatorsWordDecides(t *testing.T) {
	p := shipped()
	for _, c := range []struct {
		file, text string
		want       nlp.Polarity
	}{
		{"words: {3: [回声节]}", "回声节到了", nlp.Positive},
		{"words: {-3: [回声节]}", "回声节到了", nlp.Negative},
		{"words: {-3: [beautiful]}", "a beautiful box", nlp.Negative},
		{"words: {3: [awful]}", "an awful box", nlp.Positive},
		{"words: {3: [垃圾]}", "这个垃圾", nlp.Positive},
		{"words: {-3: [\"bait and switch\"]}", "it is a bait and switch", nlp.Negative},
		{"neutral: [awful]", "where is the awful box", nlp.Neutral},
		{"words: {3: [回声节]}", "不喜欢,退款", nlp.Negative},
		{"words: {-3: [\"404\"]}", "it says 404", nlp.Negative},
		{"words: {-3: [\"404\"]}", "it says 405", nlp.Neutral},
		{"references: [合同号]", "合同号88231，良心商家", nlp.Positive},
	} {
		files, err := sentiment.ParseLexicon("own.yaml", []byte(c.file))
		if err != nil {
			t.Fatal(err)
		}
		own := p.scorer.With(files)
		if got := own.Score(c.text, p.tok.Tokenize(c.text), nlp.LangUnknown); got.Polarity != c.want {
			t.Errorf("%s: %q is %s at %v, want %s", c.file, c.text, got.Polarity, got.Probs, c.want)
		}
		if a, b := score(c.text), p.scorer.Score(c.text, p.tok.Tokenize(c.text), nlp.LangUnknown); a.Score != b.Score {
			t.Errorf("%s changed the scorer that ships", c.file)
		}
	}
}
