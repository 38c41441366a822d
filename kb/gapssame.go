package kb

import (
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
