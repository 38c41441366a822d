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

// What reviews say of a product a customer says of her troubles, or of nothing: idioms of reviews do not turn these around.
func TestIdiomsOfReviewsAreNotThoseOfService(t *testing.T) {
	for text, want := range map[string]nlp.Polarity{
		"I'm never going back to this shop":                 nlp.Negative,
		"I will never go back to your store again":          nlp.Negative,
		"it broke right out of the box":                     nlp.Negative,
		"it stopped working right out of the box":           nlp.Negative,
		"I bought a second one by mistake":                  nlp.Negative,
		"I had to buy it again because it was lost":         nlp.Negative,
		"please pass on this message to your manager":       nlp.Neutral,
		"could you pass on this information to the courier": nlp.Neutral,
		"please keep looking for my parcel":                 nlp.Neutral,
		"I want to save the money for shipping":             nlp.Neutral,
		"now I have to go out and buy a new one":            nlp.Neutral,
	} {
		if got := score(text); got.Polarity != want {
			t.Errorf("%q: %s (%.2f), want %s", text, got.Polarity, got.Score, want)
		}
	}
}

// Idioms whose words by themselves say something else, or nothing.
func TestIdiomsOfReviews(t *testing.T) {
	for text, want := range map[string]nlp.Polarity{
		"can't go wrong with these headphones":      nlp.Positive,
		"it works like a charm":                     nlp.Positive,
		"haven't had any problems with the charger": nlp.Positive,
		"the strap isn't bad for the price":         nlp.Positive,
		"not as good as the old model":              nlp.Negative,
		"save your money and keep looking":          nlp.Negative,
		"I'd recommend against this speaker":        nlp.Negative,
		"the hinge took some getting used to":       nlp.Negative,
		"it fizzled out after a month":              nlp.Negative,
		"I made the mistake of buying two":          nlp.Negative,
		"worked right out of the box":               nlp.Positive,
		"音箱音质对得起这个价":                                nlp.Positive,
		"音质对不起这个价":                                  nlp.Negative,
		"做工不输大牌":                                    nlp.Positive,
		"用了一个月，找不出缺点":                               nlp.Positive,
		"从不让人失望":                                    nlp.Positive,
		"客服的回复不尽如人意":                                nlp.Negative,
		"这台机器中看不中用":                                 nlp.Negative,
		"can't fault the delivery":                  nlp.Positive,
		"a week late but well worth the wait":       nlp.Positive,
		"the courier went the extra mile":           nlp.Positive,
		"zero issues so far":                        nlp.Positive,
		"I was fobbed off three times":              nlp.Negative,
		"the charger went straight in the bin":      nlp.Negative,
		"how do I return it":                        nlp.Neutral,
		"can I send it back for a smaller one":      nlp.Neutral,
	} {
		if got := score(text); got.Polarity != want {
			t.Errorf("%q: %s, want %s", text, got.Polarity, want)
		}
	}
}
