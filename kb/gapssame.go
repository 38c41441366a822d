package kb

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"huiyin/nlp"
)

// Two questions of one language that are alike by their wording still ask for something else when each names a thing that the
// other does not: 我想退货 and 我想换货, "cancel my order" and "track my order". Words only about asking (请问, 能不能, "can I",
// "please") name nothing. docs/measured/kb.md says what that keeps apart.

// askingWords are words about asking, as they are written. Those with an empty name say nothing about what is asked for; the
// others are the same question word.
var askingWords = func() map[string]string {
	names := map[string]string{
		"": "怎么 如何 怎样 怎么样 怎么办 怎么弄 怎么做 怎么才能 咋 咋办 咋样 方法 办法 能 能否 能不能 不能 可以 可不可以 可否 不可以 会 会不会 想 想要 要 我要 需要 " +
			"请 请问 麻烦 你好 您好 什么 啥 哪个 哪些 哪种 哪款 有 有没有 没有 是 是不是 不是 是否 支持 提供 一下 该 应该 现在 目前 一般 你们 您们 咱们 这边 那个 这个 这款 不 去 弄 做 搞 用不用 问 问一下 " +
			"how what which whose can could may might will would shall should do does did is are am was were be been being have has had get got gets want wants wanted need needs needed like going gonna please " +
			"hi hello hey thanks thank you guys know tell help let there here this that these those it its my your our a an the me us i we possible able offer offered offers available support supported supports provide make just also still now ok",
		"when":  "时候 几时 何时 啥时候 什么时候 多久 多长时间 几天 几点 几号 when soon long",
		"where": "哪里 哪儿 哪 在哪 在哪里 何处 where",
		"why":   "为什么 为啥 为何 怎么回事 咋回事 原因 why",
		"who":   "谁 who",
		"much":  "多少 多少钱 几钱 much cost costs price",
	}
	out := map[string]string{}
	for name, words := range names {
		for w := range strings.FieldsSeq(words) {
			out[w] = name
		}
	}
	return out
}()

// turningWords are stop words that turn a question around.
var turningWords = map[string]bool{"on": true, "off": true, "in": true, "out": true, "up": true, "down": true, "from": true, "to": true,
	"before": true, "after": true, "with": true, "without": true}

// named is what a question names, besides asking: terms, question words, and the synonym groups of its words; sorted.
func (c *catalog) named(tokens []nlp.Token) []string {
	var out []string
	for _, t := range tokens {
		asks, asking := askingWords[t.Text]
		switch {
		case t.Term == "":
		case t.Text == "": // a synonym group, added by Synonyms
			out = append(out, t.Term)
		case asking && asks == "":
		case asking:
			out = append(out, "?"+asks)
		case t.Stop && !turningWords[t.Text]:
		default:
			out = append(out, c.groupOf(t))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// groupOf is the synonym group of a word that is in one, else its term.
func (c *catalog) groupOf(t nlp.Token) string {
	if _, ok := c.tok.(*Synonyms); !ok {
		return t.Term
	}
	for _, x := range c.tok.Tokenize(t.Text) {
		if strings.HasPrefix(x.Term, conceptMark) {
			return x.Term
		}
	}
	return t.Term
}

// sameQuestion is the score of wordings from which two questions in one language that name the same count as the same.
const sameQuestion = 0.50

// How likely two questions of one language ask for the same otherwise: by the cosine in the learned space (nearby), by the word of
// either that is furthest from all of the other's, weighed, of the one that has more in common (strange), and by their kinds (when,
// where, how much). docs/measured/kb.md says what the weights were learned from.
const (
	withinBias, withinNearby, withinStrange, withinKinds = -4.22, 8.34, -4.59, -4.68
	// leastWithin is the cosine below which nobody is asked, whatever the words.
	leastWithin = 0.15
)

// asking is a question as it is compared with others, and the gaps that ask it.
type asking struct {
	question question
	named    []string // see otherThing
	sides    []byte   // see Opposites
	digits   []string
	entry    *entry
	asked    asked
	gaps     []Gap
}

// askings analyses the questions of gaps, those that have a word.
func (c *catalog) askings(ctx context.Context, wishes [][]Gap) ([]*asking, error) {
	all := make([]*asking, len(wishes))
	soft := c.rememberedRarity()
	err := inParts(ctx, len(wishes), func(i int) {
		gap := wishes[i][0]
		e := c.entries[wishID(gap)]
		if len(e.phrases[0].features) == 0 {
			return
		}
		text := gap.asks()
		g := &asking{question: c.question(analyze(c.tok, text, nil), gapLang(gap), ""), entry: e, gaps: wishes[i], sides: c.models.Opposites.sides(spaced(text)), digits: numbersOf(text)}
		g.named = c.named(g.question.tokens)
		if c.meaning != nil {
			g.asked = c.asked(&g.question, soft)
		}
		all[i] = g
	})
	return slices.DeleteFunc(all, func(g *asking) bool { return g == nil }), err
}

// likeWithin compares questions of one language.
func (c *catalog) likeWithin(ctx context.Context, asks []*asking, w *weights, like *likeness) error {
	return inParts(ctx, len(asks), func(i int) {
		a := asks[i]
		for j, b := range asks[:i] {
			if a.question.lang.Base() == b.question.lang.Base() && !otherwise(a, b) {
				like.set(i, j, c.likeQuestion(a, b, w))
			}
		}
	})
}

func (c *catalog) likeQuestion(a, b *asking, w *weights) float64 {
	there, _ := c.wording(&a.question, &b.entry.phrases[0], w)
	near := cosine(a.question.learned, b.question.learned)
	if there < sameQuestion && near < leastWithin {
		return farApart
	}
	other := otherThing(a.named, b.named)
	switch {
	case there >= sameQuestion && !other:
		return wordForWord
	case near < leastWithin:
		return farApart
	}
	x := withinBias + withinNearby*near + withinStrange*min(c.strange(&a.asked, &b.entry.phrases[0]), c.strange(&b.asked, &a.entry.phrases[0]))
	if otherKind(a.named, b.named) {
		x += withinKinds
	}
	if other {
		return min(x, unsure)
	}
	return x
}

// strange is how far the word of a question is from a wording that is furthest from it, by what the word weighs.
func (c *catalog) strange(a *asked, ph *phrase) float64 {
	most := 0.0
	for _, w := range a.words {
		best := 0.0
		for _, other := range ph.words {
			if float64(w.weight)*(1-best) <= most {
				break
			}
			switch {
			case w.feature == other.feature:
				best = 1
			case w.unit >= 0 && other.unit >= 0:
				best = max(best, cosine(a.rows[w.unit], c.units.rows[other.unit]))
			}
		}
		most = max(most, float64(w.weight)*(1-best))
	}
	return most
}

// otherKind reports whether two questions both have question words, and none in common.
func otherKind(a, b []string) bool {
	kind := func(name string) bool { return strings.HasPrefix(name, "?") }
	return slices.ContainsFunc(a, kind) && slices.ContainsFunc(b, kind) &&
		!slices.ContainsFunc(a, func(name string) bool { return kind(name) && slices.Contains(b, name) })
}

// otherThing reports whether each of two questions names something that the other does not.
func otherThing(a, b []string) bool { return lacking(a, b) && lacking(b, a) }

// lacking reports whether the first names something that the second does not. A Chinese word says what a longer one says that
// it is part of: 发票 is in 开发票.
func lacking(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool {
		return !slices.ContainsFunc(b, func(y string) bool { return x == y || hasHan(x) && partOf(x, y) })
	})
}

// partOf reports whether one of two words of at least two characters is part of the other.
func partOf(x, y string) bool {
	if len(x) > len(y) {
		x, y = y, x
	}
	return utf8.RuneCountInString(x) > 1 && strings.Contains(y, x)
}
