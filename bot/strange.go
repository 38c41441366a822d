package bot

import (
	"context"
	"regexp"

	"huiyin/kb"
	"huiyin/nlp"
)

// Wordbook tells which words of a question no article has. A Retriever that is one lets the bot doubt an answer whose question
// names something that nothing is known of ("do you repair bicycles?"). kb.Searcher is one.
type Wordbook interface {
	// Strange returns the words, with their places in the text; tokens are those of the text, nil when they are not at hand.
	Strange(text string, tokens []nlp.Token) []nlp.Token
}

// strange is the word of a text that names what the question is about although no article speaks of it; empty: there is none.
func (t *turn) strange(p part) string {
	book, ok := t.b.cfg.Retriever.(Wordbook)
	if !ok || len(p.text) > searchedBytes {
		return ""
	}
	folded := nlp.Fold(nlp.Clean(p.text))
	for _, w := range book.Strange(p.text, p.a.Tokens) {
		if isMatter(folded, w.Text) {
			return w.Text
		}
	}
	return ""
}

// doubt asks whether an article is meant although the question names something that it says nothing of.
func (t *turn) doubt(ctx context.Context, hit kb.Hit, word string) error {
	d := t.decided(6, ActClarify, "strange", word)
	d.Action, d.Reason, d.Detail = ActClarify, "bot.why.strange", word
	t.note(t.say("strange", "word", word))
	return t.clarify(ctx, []Button{{Title: hit.Title, Action: "article:" + string(hit.Root)}})
}

// isMatter reports whether a word of a folded question is what the question is about: what something is to be done with, whose
// account or ticket it is, whom an offer is for. Where she lives, for whom she buys and when is told by the way, and any article
// may hold there; so may one with a word that names nothing.
func isMatter(folded, word string) bool {
	if byTheWay[word] || zhTime.MatchString(word) {
		return false
	}
	w := regexp.QuoteMeta(word)
	if isHan([]rune(word)[0]) {
		return len([]rune(word)) > 1 && regexp.MustCompile(`^`+zhOpening+w+zhBehind+`|`+zhDoneTo+w).MatchString(folded)
	}
	return regexp.MustCompile(enDoneTo + w + `\b|` + enOwned + w + enThing + `|` + enFor + w + `\b|` + enWho + w + enGets).MatchString(folded)
}

// How a word is the matter of a question. In English: the object of what a shop does, what kind of thing somebody owns, whom an
// offer is for, who gets something. In Chinese: the topic that the question begins with, or the object.
var (
	enSlot   = `(?:(?:me|us|my|your|our|a|an|the|some|any|old|used|new|broken|other|more|gift|discount for) )*`
	enDoneTo = `(?:\b(?:you|i|we|to|and|or|not|please|gift|can't) (?:engrave|wrap|repair|fix|mend|deliver|ship|send|recycle|sell|stock|cancel|delete|close|reset|forgot|take|return|exchange|trade in|refund|rent|install|use|` +
		`connect|pair|give|offer|cover|make|print|clean|have|charge) ` + enSlot + `|\b(?:is|are) there ` + enSlot + `)`
	enOwned = `\b(?:my|your|our|the|an?) (?:[a-z0-9]+ )?`
	enThing = ` (?:account|password|subscription|membership|speakers?|headphones|earbuds|app|ticket|stay|warranty|printer|watch|rings?|lamp|pens?|voucher)\b`
	enFor   = `\b(?:discount|price|deal|offer|warranty)s? (?:for|on|to) ` + enSlot
	enWho   = `\b(?:do|does|can|will|are|is|the|for) (?:the )?`
	enGets  = `(?: [a-z]+)? (?:get|pay|refund|have)\b`

	zhOpening = `(?:请问|你好|我的|我|旧|那|你们|你们家)*(?:[^，。？是在从到寄给把用]{0,3})`
	zhBehind  = `的?(?:能|可以|可不可以|可否|你们|怎么|有|打折|便宜|坏|修|还|也|不|退|买|发票|账号|帐号|密码|会员|耳机|音箱|台灯|票|住宿|护士|手表|卡)`
	zhDoneTo  = `(?:治|当|修|卖|收|回收|刻|包装|取消|注销|有|装在)(?:旧|一个|个)?`
	zhTime    = regexp.MustCompile(`[年月日天周晚早]|礼拜|星期|小时|分钟|^一|^前|^上|^下`)
)

// byTheWay are people and words that are told by the way or name nothing.
var byTheWay = words(`mum mom mother dad father parents husband wife son daughter brother sister child children kid kids baby toddler aunt uncle cousin niece nephew grandmother grandma grandfather
	grandpa friend boyfriend girlfriend roommate mate neighbour boss colleague employer partner family today yesterday tomorrow tonight morning evening per existing
	妈 妈妈 爸 爸爸 爸妈 父母 老公 老婆 丈夫 妻子 儿子 女儿 哥哥 弟弟 姐姐 妹妹 孩子 宝宝 阿姨 叔叔 表妹 表弟 侄子 侄女 外甥 奶奶 爷爷 外婆 外公 姥姥 姥爷 朋友 男友 女友 男朋友 女朋友 室友 同学 同事 老板 单位 公司 家人 家里
	如何 咋 啥 死活 说法 大概`)
