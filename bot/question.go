package bot

import (
	"strings"
	"unicode"

	"huiyin/nlp"
)

// question is the mark of what this turn asks, for Conversation.Asked: the same for the same words in another spacing,
// order of politeness or punctuation, and different as soon as a word that carries meaning differs ("ship to Mars", "ship
// to Japan"). Where the customer speaks of the answer she got, it is the question that she had asked before.
func (t *turn) question() string {
	if d := t.in.Decision; d != nil && (d.Reason == "bot.why.not_helped" || d.Reason == "bot.why.none_of_these") {
		return t.conv.Asked
	}
	if !hasWords(t.text) && len(t.in.Files) > 0 {
		return "file" // one picture asks what the other asks
	}
	text := t.text
	if t.pressed != nil && t.pressed.title != "" {
		text = nlp.Fold(t.pressed.title)
	}
	return questionMark(text)
}

// questionMark is a short digest of the words of a folded question that carry its meaning; empty when it has none.
func questionMark(folded string) string {
	for _, filler := range zhFillers {
		folded = strings.ReplaceAll(folded, filler, " ")
	}
	var core strings.Builder
	for _, word := range strings.FieldsFunc(folded, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' }) {
		if !enFillers[word] {
			core.WriteString(word)
		}
	}
	if core.Len() == 0 {
		return ""
	}
	return digest(core.String())[:8]
}

// Words that change nothing about what is asked.
var (
	zhFillers = strings.Fields(`请问一下 请问 麻烦 我想问一下 想问一下 想问问 问一下 问下 你们家 你们 您们 咱们 我想 我要 一下 到底 究竟 那个 吗 呢 啊 呀 哦 吧 嘛 么 了 的 您 你 我`)
	enFillers = words(`a an the do does did you your guys i we my please pls can could would will may what whats to for of is are am be it so and but
		hi hello hey again just really then um well ok okay excuse me want know wondering wonder if tell`)
)

// isDone reports whether a folded text says that the customer needs nothing more: 没有别的问题了, "no thanks, that's all".
// Thanks and nods may stand beside it; anything else is a matter of its own, and whoever asks ("that's all?") is not done.
func isDone(text string) bool {
	if hasQuestionMark(text) {
		return false
	}
	done := false
	for _, clause := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(",，。.!！、;；~～\n", r) }) {
		b := bare(clause)
		switch {
		case doneWords[b] || zhDone.MatchString(b) || enDone.MatchString(b):
			done = true
		case b == "" || solvedWords[b] || goodbyeWords[b] || nodWords[b]:
		default:
			return false
		}
	}
	return done
}

// hasQuestionMark reports whether a text has what makes a statement a question: ?, ？ or 吗.
func hasQuestionMark(text string) bool { return strings.ContainsAny(text, "?？吗") }

// The ways of saying that nothing more is needed. The expressions see a bare clause: no spaces, no punctuation.
var (
	doneWords = words(`nothanks nothankyou nothx nopethanks nothankyouverymuch thatsall thatsit thatisall thatllbeall thatwillbeall thatsallthanks allgood imgood
		imfine allset imallset alldone imdone nothingelse noneforme nothingmore nomorequestions nofurtherquestions noimgood noimfine nothatsall nothatsit nopethatsall
		nopethatsit nopeallgood noallgood nopeimgood nothatsfine thatseverything thatwasall thatwasit noquestions notfornow notrightnow notatthemoment ihavenoquestions
		就这样 就这些 就这些了 就这个 就这样吧 先这样 先这样吧 没了 没啦 没有了 没有了谢谢 没了谢谢 没事了谢谢 没问题了 没有问题了 没有其他的了 没别的了 没别的 没其他的了 没其他了
		没有别的了 没有别的 都清楚了 都明白了 够了谢谢 暂时没有 暂时没有了 暂时没了 目前没有 目前没有了 不用了谢谢 不用谢谢 不需要了谢谢 不用麻烦了 不麻烦了`)
	zhDone = lazy(`^` + oneOf(`好 好的 嗯 嗯嗯 行 哦 我 暂时 目前 现在 已经 这边 这里`) + `*没有?(?:` +
		oneOf(`别的 其他 其他的 其它 其它的 更多 更多的 什么别的 什么其他`) + oneOf(`问题 疑问 事 事情 事儿 需要 要问的 想问的 要咨询的`) + `?|` +
		oneOf(`疑问 要问的 想问的 要咨询的 什么要问的 什么想问的 什么问题 什么疑问 啥问题`) + `|(?:问题|事)了)了?` + oneOf(`谢谢 多谢 感谢 您 你 啦 哈 呀 啊`) + `*$`)
	enDone = lazy(`^` + oneOf(`ok okay no nope nah great perfect thanks good yes`) + `*(?:` +
		oneOf(`thats thatis thatllbe thatwillbe thatwas`) + oneOf(`all it everything`) + oneOf(`i need needed wanted want to know have for now today from me really`) + `*|` +
		oneOf(`i ihave ivegot ihavegot theres thereis`) + `*` + oneOf(`no nothing`) + oneOf(`other further more else`) + `+` + oneOf(`questions question issues needed requests`) + `?|` +
		`i?` + oneOf(`dont donot`) + oneOf(`have need`) + `(?:any)?` + oneOf(`other more further else anythingelse anythingmore questions question help`) + `+|` +
		oneOf(`i ihave ivegot`) + `*noquestions)` + oneOf(`fornow now atthemoment thanks thankyou thx cheers bye goodbye`) + `*$`)
)
