package bot

import (
	"slices"
	"strings"
	"unicode"

	"huiyin/nlp"
)

// The short answers that people give, as their bare form (see bare). These lists are about what a customer says to the
// bot itself, yes and no and stop; what she wants from the shop is for the intents of the dialogue.
var (
	yesWords = words(`yes y yeah yep yup ya ok okay okey k sure right correct exactly confirm confirmed fine goahead
		yesplease okplease pleasedo thatsright itis ofcourse definitely absolutely good soundsgood
		是 是的 对 对的 对啊 没错 好 好的 好呀 好啊 好吧 好滴 可以 可以的 行 行的 嗯 嗯嗯 恩 确认 确定 没问题 要 要的 需要
		正确 同意 好的谢谢 是啊 对对 okok 👍 👌 ✅`)
	noWords = words(`no n nope nah notreally nothanks wrong incorrect notthat notcorrect noneed
		不 不是 不对 不是的 不要 不用 不用了 不用谢 不需要 没有 错 错了 不行 不可以 否 别 算了 不了 👎 ❌`)
	solvedWords = words(`solved helpful veryhelpful ithelped thathelped thathelps helps gotit works itworks itworked perfect great thanks thankyou
		thx ty thanksalot cheers 有用 有帮助 解决了 已解决 解决 搞定了 搞定 明白了 懂了 知道了 了解了 清楚了 可以了 好了 谢谢 多谢 谢了
		谢谢您 谢谢你 感谢 好的谢谢 有用谢谢 ❤ 🙏 😊`)
	unsolvedWords = words(`nothelpful unhelpful useless didnthelp itdidnthelp thatdidnthelp doesnthelp itdoesnthelp nouse notsolved
		stillnotworking stilldoesntwork doesntwork notworking itdoesntwork wronganswer notwhatiasked notwhatimeant notwhatimean
		没用 没有用 不管用 没帮助 没有帮助 没解决 没有解决 还是不行 还不行 不是这个 不是这个问题 不是这个意思 答非所问 没懂 看不懂 不明白 无用 没啥用`)
	goodbyeWords = words(`thanks thankyou thankyousomuch thankyouverymuch thx ty thanksalot manythanks cheers bye byebye goodbye
		seeyou great perfect ok okay okthanks okaythanks goodnight haveaniceday gotit
		谢谢 谢谢您 谢谢你 多谢 感谢 谢了 谢谢啦 非常感谢 好的 好的谢谢 好 嗯 拜拜 再见 88 辛苦了 辛苦 知道了 明白了 好的知道了 没问题 👍 🙏 ❤ 😊`)
	nodWords = words(`ok okay okey k kk yes yeah yep sure fine alright right isee gotit good great nice cool hmm um uh oh wow
		no nope nah nothanks 好 好的 好吧 嗯 嗯嗯 哦 噢 喔 恩 行 可以 知道了 明白 明白了 了解 收到 懂了 是 是的 对 对的 没事 没事了 没有 没有了
		不用 不用了 不 不是 额 呃 emm emmm emmmm 哈哈 哈哈哈 呵呵 呵 lol haha hahaha`)
	cancelWords = words(`cancel stop quit exit abort nevermind nvm forgetit forgetaboutit leaveit dropit stopit cancelit cancelthis
		cancelthat pleasecancel cancelplease stopplease pleasestop idontwantto nomore startover goback
		取消 取消吧 取消了 算了 算了吧 算了不用了 不用了 不查了 不填了 不弄了 不办了 不想填了 不想查了 停 停止 停下 退出 结束 返回 放弃 不要了 先不了 先不用了
		不需要了 没事了 不必了 不退了 我不查了 我不填了 先这样`)
	skipWords = words(`skip skipit skipthis pass none noidea dontknow idontknow dontremember nothing na n/a next
		跳过 略过 不填 没有 无 不知道 不记得 不清楚 忘了 下一个 下一步 没`)
	// loanwords are English words that belong to everyday Chinese chat: they do not mean that the customer switched.
	loanwords = words(`ok okay okk okok yes no hi hello hey bye byebye thx thanks thankyou sorry please emm emmm emmmm lol haha
		vip app sos diss nice cool good help email qq wifi pos`)
)

// words makes a set of bare forms. The lists are written in folded form: lower case, simplified characters.
func words(list string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(list) {
		set[bare(w)] = true
	}
	return set
}

// bare is a folded text without spaces, punctuation and the particles at a Chinese sentence's end; a text of nothing
// but pictures keeps them, without their variants of colour.
func bare(folded string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return -1
	}, folded)
	if s == "" {
		return firstPicture(folded)
	}
	for _, particle := range []string{"啊", "呀", "哦", "噢", "哈", "呢", "啦", "嘛", "哒", "滴", "~"} {
		if rest := strings.TrimSuffix(s, particle); rest != "" && rest != s && len(s) > 6 {
			s = rest
			break
		}
	}
	return s
}

// firstPicture is the first symbol of a text.
func firstPicture(s string) string {
	for _, r := range s {
		if unicode.IsSymbol(r) {
			return string(r)
		}
	}
	return ""
}

func isYes(text string) bool      { return yesWords[bare(text)] }
func isNo(text string) bool       { return noWords[bare(text)] }
func isSolved(text string) bool   { return solvedWords[bare(text)] }
func isUnsolved(text string) bool { return unsolvedWords[bare(text)] }
func isGoodbye(text string) bool  { return goodbyeWords[bare(text)] }
func isNod(text string) bool      { return nodWords[bare(text)] }
func isCancel(text string) bool   { return cancelWords[bare(text)] || each(text, cancelWords) }
func isSkip(text string) bool     { return skipWords[bare(text)] }
func isLoanword(text string) bool { return loanwords[bare(text)] }

// each reports whether every clause of a text is one of some forms: 算了，不查了.
func each(text string, forms map[string]bool) bool {
	clauses := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~ ", r) })
	for _, c := range clauses {
		if !forms[bare(c)] {
			return false
		}
	}
	return len(clauses) > 0
}

// hasWords reports whether a text has anything to understand: a letter, a digit or a Chinese character.
func hasWords(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}

// asksBack reports whether a folded text is put as a question.
func asksBack(text string) bool {
	s := strings.TrimRight(text, " 。.!！~")
	if strings.HasSuffix(s, "?") || strings.HasSuffix(s, "？") || strings.HasSuffix(s, "吗") || strings.HasSuffix(s, "呢") {
		return true
	}
	first, _, _ := strings.Cut(s, " ")
	return slices.Contains([]string{"how", "what", "when", "where", "why", "which", "who", "can", "do", "does", "is", "are"}, first) ||
		strings.HasPrefix(s, "怎么") || strings.HasPrefix(s, "为什么") || strings.HasPrefix(s, "什么时候")
}

// isNoise reports whether a message asks nothing that an article could answer: marks, emoji, numbers, one letter again and
// again, nothing but an order number or the like, or thanks.
func isNoise(m Message) bool {
	if isGoodbye(strings.TrimSpace(nlp.Fold(m.Text))) {
		return true
	}
	text := []byte(m.Text)
	if a := m.Analysis; a != nil && a.Text == m.Text {
		for _, e := range a.Entities {
			for i := e.Start; i < e.End && e.Kind == nlp.EntityOrder; i++ {
				text[i] = ' '
			}
		}
	}
	letters := map[rune]bool{}
	for _, r := range string(text) {
		if unicode.IsLetter(r) {
			letters[unicode.ToLower(r)] = true
		}
	}
	return len(letters) < 2
}
