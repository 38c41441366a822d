package sentiment_test

import (
	"strings"
	"testing"

	"huiyin/nlp"
)

// testdata/rules.json: for each rule, sentences in both languages with the verdict and with the reason that must say so. No rule
// means that nothing may be given as a reason for an opinion that is none.
func TestRulesAndTheirReasons(t *testing.T) {
	for _, c := range readJSON[[]struct {
		Text, Rule, Word string
		Want             nlp.Polarity
	}](t, "rules.json") {
		got := score(c.Text)
		if got.Polarity != c.Want {
			t.Errorf("%q is %s, want %s: %v %+v", c.Text, got.Polarity, c.Want, got.Probs, got.Reasons)
			continue
		}
		found := false
		for _, r := range got.Reasons {
			found = found || r.Rule == c.Rule && (strings.Contains(r.Text, c.Word) || strings.Contains(c.Word, r.Text))
		}
		if found != (c.Rule != "") {
			t.Errorf("%q: no reason %q by rule %q: %+v", c.Text, c.Word, c.Rule, got.Reasons)
		}
	}
}

// The reason that a rule gives points the way in which the rule turned the word.
func TestReasonsPointTheirWay(t *testing.T) {
	for _, c := range []struct {
		text, word string
		negative   bool
	}{
		{"不好用", "好用", true}, {"不难用", "难用", false}, {"not good", "good", true}, {"not bad", "bad", false}, {"非常好", "好", false},
		{"absolutely terrible", "terrible", true}, {"要是能好一点就好了", "好", true}, {"great, another delay", "great", true},
	} {
		for _, r := range score(c.text).Reasons {
			if strings.Contains(r.Text, c.word) && r.Rule != "model" && r.Weight < 0 != c.negative {
				t.Errorf("%q: %+v", c.text, r)
			}
		}
	}
}
