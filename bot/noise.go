package bot

import (
	"strings"
	"unicode"

	"huiyin/nlp"
)

// How surely a message must be meant well to count as praise, which asks for nothing: less when no intent claims it, either.
const (
	surePraise      = 0.9
	unclaimedPraise = 0.75
)

// IsNoise reports whether a message asks nothing that an article could answer: marks, emoji, numbers, one letter again and again,
// nothing but an order number or the like, thanks, praise, or chasing that names nothing ("any news?", 怎么还没回复我).
func IsNoise(m Message) bool {
	folded := strings.TrimSpace(nlp.Fold(m.Text))
	if isGoodbye(folded) {
		return true
	}
	rest, numbered := m.Text, false
	if a := m.Analysis; a != nil && a.Text == m.Text {
		if isPraise(folded, *a) {
			return true
		}
		rest, numbered = withoutOrders(*a)
	}
	letters := map[rune]bool{}
	for _, r := range rest {
		if unicode.IsLetter(r) {
			letters[unicode.ToLower(r)] = true
		}
	}
	return len(letters) < 2 || namesNothing(strings.TrimSpace(nlp.Fold(rest)), numbered)
}

// withoutOrders is a text with blanks in place of order numbers, and whether it has one.
func withoutOrders(a nlp.Analysis) (rest string, numbered bool) {
	text := []byte(a.Text)
	for _, e := range a.Entities {
		for i := e.Start; i < e.End && e.Kind == nlp.EntityOrder; i++ {
			text[i], numbered = ' ', true
		}
	}
	return string(text), numbered
}

// isPraise reports whether a folded text only says that something is good.
func isPraise(folded string, a nlp.Analysis) bool {
	sure := surePraise
	if a.Intent.Name == nlp.IntentNone {
		sure = unclaimedPraise
	}
	return a.Sentiment.Polarity == nlp.Positive && a.Sentiment.Probs[nlp.Positive] >= sure &&
		!asksFor(folded) && !lossMatter.MatchString(folded) && !butWords.MatchString(folded)
}

// butWords bring in what is not good after all.
var butWords = lazy(`\b(?:but|however|though|although|except|only|too|wish|want|unfortunately)\b|` + oneOf(`但 可是 不过 就是 只是 然而 可惜 希望 建议 要是 如果 有点`))

// namesNothing reports whether a folded text is made of words about waiting, answers and mood alone, and of those that say
// nothing by themselves: it says nothing about what it is. Beside a number those that say nothing are enough.
func namesNothing(folded string, numbered bool) bool {
	if s := bare(folded); hasHanIn(s) {
		return zhNothing.MatchString(s) && (numbered || zhChases.MatchString(s))
	}
	words := strings.FieldsFunc(strings.NewReplacer("'", "", "’", "").Replace(folded), func(r rune) bool { return !isLetterOrDigit(r) })
	chases := numbered
	for _, w := range words {
		switch {
		case enChases[w]:
			chases = true
		case !enNothing[w] && strings.Trim(w, "0123456789") != "":
			return false
		}
	}
	return chases && len(words) > 0
}

func hasHanIn(s string) bool { return strings.ContainsFunc(s, isHan) }

const (
	zhChasing = `进展 进度 消息 结果 回复 回音 回信 答复 回应 动静 音讯 音信 下文 反应 后续 说法 准话 准信 交代 准确日期 准确时间 催 等待 等着 等了 等到 再等 还要等 等多久 等 老样子 解决 处理 跟进 理我 理会 人理 没人管
		失望 无语 服了 离谱 呵呵 搞笑 搞什么 什么意思 听不懂 看不懂 没听懂 没看懂 不明白 说过 说好 敷衍 忽悠 气死 着急 急死 急 办好 弄好 搞定 拖 快点 快些 尽快 赶紧 赶快 抓紧 耐心 受不了 烦死 烦 过分 可笑 崩溃`
	zhSaysNothing = `有 了 吗 么 呢 啊 呀 吧 的 得 地 着 过 怎么 怎么样 怎么回事 怎样 如何 还 没 没有 我 你 你们 您 我们 他们 已经 都 也 就 又 再 到底 究竟 什么 时候 几时 天 小时 钟头 星期 周 礼拜 个月 分钟 一 二 三 四 五 六 七 八 九 十
		两 几 半 好几 好 多 多少 久 一直 这 那 个 在 是 不 能 可以 给 下 让 说 别 行 真 太 很 非常 人 事 事情 情况 问题 麻烦 请 问 帮 帮我 上次 刚才 刚刚 刚 今天 昨天 前天 明天 现在 早上 上午 下午 晚上 会 要 想 把 跟 和 从 每次 每 次
		还是 只 看 谁 为什么 为啥 为何 咋 而已 具体 点 些 那么 这么 这样 那样 就这 就这样 各位 客服 人工 你好 您好 喂 在吗 谢谢 唉 哎 嗯 哦 啥 叫 对 件 已 总 老 第 来 去 后 前 以后 之前 以前 变 继续 何时 其实 反正 真的 拜托 先 完 全`
)

var (
	zhNothing = lazy(`^(?:` + oneOf(zhChasing) + `|` + oneOf(zhSaysNothing) + `|\d+)+$`)
	zhChases  = lazy(oneOf(zhChasing))
	enChases  = words(`news update updates progress waiting waited wait heard hear answer answers answered reply replies replied response responses respond responded fixed solved resolved sorted happening hurry follow following followup chasing chase
		joke ridiculous unbelievable unacceptable disappointed disappointing disappointment sense meh told already longer straight quick asap understand nonsense pathetic useless hopeless fed ignored ignoring promised forever ages changed patience
		nobody been`)
	enNothing = words(`a an the i im ive id ill me my you youre youve your u we were us our they it its this that these those there here is are am was be been being do does did dont doesnt didnt has have had havent hasnt having can cant could couldnt would wouldnt will wont
		should shouldnt shall may might must to of on in at for from with by about into up off out over back and or so but if then than as not no any anyone anybody anything some someone somebody something one none nothing noone everybody everyone all just still yet
		now again ever never even really very quite too much more many long what whats when why how who please pls hi hello hey again ok okay well oh honestly seriously sorry thanks thank get got getting give gave given go going gone come came say said says saying
		tell telling know knew make makes made look looking looked see seen since until till time times minute minutes hour hours day days week weeks month months year years today yesterday tomorrow tonight morning afternoon evening monday tuesday wednesday
		thursday friday saturday sunday last next ago two three four five six seven eight nine ten few several later soon finally guys team people person sir madam same thing things first second third once twice another other half whole`)
)
