package bot

import (
	"regexp"
	"strings"

	"huiyin/nlp"
)

// saidPlainly makes an intent sure when the whole message is one of the ways of saying it that the dialogue gives as expressions:
// 退个货, "still no sign of my parcel". When two intents claim it, it is ambiguous between them.
func (d *Dialogue) saidPlainly(a *nlp.Analysis) {
	text := plainly(withoutFeelings(a.Text))
	if text == "" {
		return
	}
	var ranking nlp.Ranking
	for i := range d.Intents {
		for _, p := range d.Intents[i].says {
			if p.MatchString(text) {
				ranking = append(ranking, nlp.Intent{Name: d.Intents[i].Name, Confidence: 1})
				break
			}
		}
	}
	switch len(ranking) {
	case 0:
	case 1:
		a.Intent, a.Ranking, a.Ambiguous = ranking[0], ranking, false
	default:
		for i := range ranking {
			ranking[i].Confidence /= nlp.Confidence(len(ranking))
		}
		a.Intent, a.Ranking, a.Ambiguous = ranking[0], ranking, true
	}
}

// plainly is a text as the expressions of says see it: folded, Chinese without marks and blanks, other words with one blank between.
func plainly(text string) string {
	folded := nlp.Fold(text)
	if strings.ContainsFunc(folded, isHan) {
		return bare(folded)
	}
	folded = strings.NewReplacer("'", "", "’", "").Replace(folded)
	return strings.Join(strings.FieldsFunc(folded, func(r rune) bool { return !isLetterOrDigit(r) }), " ")
}

// says compiles the expressions of an intent.
func (c *checker) says(in *IntentSpec) {
	in.says = nil
	for lang, list := range in.Says {
		for i, expr := range list {
			p, err := regexp.Compile(`^(?:` + expr + `)$`)
			if err != nil {
				c.in("says", func() {
					c.in(string(lang), func() { c.in(i, func() { c.wrong("this is no regular expression: %v", err) }) })
				})
				continue
			}
			in.says = append(in.says, p)
		}
	}
}
