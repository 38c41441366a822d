package bot

import (
	"strings"

	"huiyin/nlp"
)

// saidApart are the clauses of a text, cut at marks, and at blanks where a Chinese clause may end.
func saidApart(text, marks string) []string {
	return strings.FieldsFunc(hanBlanks.ReplaceAllString(text, "$1，"), func(r rune) bool { return strings.ContainsRune(marks, r) })
}

// saidEnds are the marks at which what is said ends.
const saidEnds = ",，。.!！?？;；~…\n"

// withoutFeelings is a text without the clauses that only greet, or say how the customer feels: 我要退款！！！气死了 asks for what
// 我要退款 does. A text of nothing else is left as it is.
func withoutFeelings(text string) string {
	var kept []string
	for _, clause := range saidApart(text, saidEnds) {
		if plain, words := plainClause(clause); plain == "" || zhFeeling.MatchString(plain) || enFeeling.MatchString(words) {
			continue
		}
		kept = append(kept, strings.TrimSpace(clause))
	}
	if len(kept) == 0 {
		return text
	}
	return strings.Join(kept, ", ")
}

// onlyFeelings reports whether a text says nothing but how the customer feels, and that is bad.
func (t *turn) onlyFeelings() bool {
	said := false
	for _, clause := range saidApart(t.in.Text, saidEnds) {
		plain, words := plainClause(clause)
		if plain != "" && !zhFeeling.MatchString(plain) && !enFeeling.MatchString(words) {
			return false
		}
		said = said || plain != ""
	}
	s := t.a.Sentiment
	return said && t.in.Analysis != nil && s.Polarity == nlp.Negative && (t.feels() || s.Score <= t.b.rules.Negative) && !asksSomething(t.text)
}

// plainClause is a clause as zhFeeling and enFeeling see it.
func plainClause(clause string) (plain, words string) {
	folded := nlp.Fold(clause)
	return bare(folded), strings.Join(strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(folded), func(r rune) bool { return !isLetterOrDigit(r) }), " ")
}

// fedUp reports whether a text shouts, or says that it is not the first one about its matter.
func fedUp(text string) bool { return shouts.MatchString(text) || again.MatchString(nlp.Fold(text)) }

var (
	shouts    = lazy(`[!！?？]{3}`)
	again     = lazy(`第[三四五六七八九十n3-9]+次|好几次了|多少次了|说了[几多好]*遍|问了[几多好]+[遍次]|\b(?:third|fourth|fifth|3rd|4th|5th|umpteenth|hundredth) time\b|\b(?:again and again|over and over|how many times)\b`)
	zhFeeling = lazy(`^(?:你好|您好|你们好|亲|亲爱的|在吗|在不在|喂|客服|哈喽|谢谢|拜托|求求(?:你们?|您)了?|急|急急急|` +
		oneOf(`我 你们 你们家 这 真 真的 真是 真心 都 快 快要 简直 太 好 很 要 被 也 实在 让人 把我 让我 可 服务 质量 什么 一群 这群 这帮 一帮 这种 这家`) + `*` +
		oneOf(`气死 气炸 气疯 气坏 烦死 急死 无语 生气 火大 愤怒 失望 恶心 受不了 服了 醉了 崩溃 过分 离谱 坑人 坑 垃圾 玩意 玩意儿 太差 差劲 骗子 骗人 忍无可忍 搞什么 搞什么鬼 搞什么啊 有没有搞错 什么情况 怎么回事 咋回事 抓狂 无良 奸商 靠 草 妈的 我去 他妈的 卧槽`) +
		oneOf(`我 了 人 死 啊 呀 吧 的 透顶 极了 你们 店 商家 公司 到家`) + `*)$`)
	enFeeling = lazy(`^(?:(?:hi|hello|hey|please|pls|thanks|thank you|help|urgent|hi there|hey there|good (?:morning|afternoon|evening))|` +
		`(?:(?:i|we|am|im|is|are|was|were|this|that|thats|its|it|you|youre|guys|so|really|just|absolutely|totally|very|how|what|whats|a|an|the|getting|feel|been|ve|such|service|company|you people|beyond|bloody|fucking|freaking|completely|quite|pretty|and) )*` +
		`(?:angry|mad|furious|livid|pissed(?: off)?|annoyed|annoying|frustrat(?:ed|ing)|upset|ridiculous|unacceptable|joke|disgusting|disgusted|awful|terrible|horrible|outrageous|disgrace|scam|rip ?off|useless|fed up|disappointed|disappointing|unbelievable|wtf|wth|omg|ffs|seriously|come on|what the hell|hell|pathetic|absurd|shame|shambles|nightmare|rubbish|trash|sick of (?:this|it|you)|had enough|crazy|insane)(?: (?:now|guys|honestly|really|at you|with you|with this|tbh|lol|about this))*)$`)
)
