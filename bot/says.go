package bot

import (
	"regexp"
	"slices"
	"strings"

	"huiyin/nlp"
)

// saidPlainly makes an intent sure when the whole message is one of the ways of saying it that the dialogue gives as expressions:
// 退个货, "still no sign of my parcel". When two intents claim it, it is ambiguous between them. Where none does, what only asks is not
// taken for what is told.
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
		d.suppose(a)
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

// beyondUs reports whether a text is one of those that nothing answers, in the dialogue's own words.
func (d *Dialogue) beyondUs(text string) bool {
	said := plainly(withoutFeelings(text))
	return said != "" && slices.ContainsFunc(d.beyond, func(p *regexp.Regexp) bool { return p.MatchString(said) })
}

// says compiles the expressions of an intent.
func (c *checker) says(in *IntentSpec) { in.says = c.wholly("says", in.Says) }

// wholly compiles expressions of whole messages.
func (c *checker) wholly(key string, texts Texts) []*regexp.Regexp {
	return c.compiled(key, texts, `^(?:`, `)$`)
}

// partly compiles expressions of parts of messages. Those in Latin letters are whole words.
func (c *checker) partly(key string, texts Texts) []*regexp.Regexp {
	zh, en := Texts{nlp.LangChinese: texts[nlp.LangChinese]}, Texts{nlp.LangEnglish: texts[nlp.LangEnglish]}
	return append(c.compiled(key, zh, `(?:`, `)`), c.compiled(key, en, `\b(?:`, `)\b`)...)
}

// compiled are the expressions of a text, each between two others.
func (c *checker) compiled(key string, texts Texts, before, after string) []*regexp.Regexp {
	var list []*regexp.Regexp
	for lang, exprs := range texts {
		for i, expr := range exprs {
			p, err := regexp.Compile(before + expr + after)
			if err != nil {
				c.in(key, func() {
					c.in(string(lang), func() { c.in(i, func() { c.wrong("this is no regular expression: %v", err) }) })
				})
				continue
			}
			list = append(list, p)
		}
	}
	return list
}
