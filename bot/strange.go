package bot

import (
	"context"
	"slices"
	"strings"
	"unicode"

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
	unknown := book.Strange(p.text, p.a.Tokens)
	for _, w := range unknown {
		if t.d.speaksOf(w.Text) || describes(p.text, w, unknown) {
			continue
		}
		if isMatter(folded, w.Text) {
			return w.Text
		}
	}
	return ""
}

// speaksOf reports whether an example of an intent has a word: then it is known what is meant, though no article says it.
func (d *Dialogue) speaksOf(word string) bool {
	has := func(text string) bool { return strings.Contains(marked(nlp.Fold(text), word), placeholder) }
	return slices.ContainsFunc(d.Intents, func(in IntentSpec) bool {
		return slices.ContainsFunc(in.Examples[nlp.LangEnglish], has) || slices.ContainsFunc(in.Examples[nlp.LangChinese], has)
	})
}

// describes reports whether an unknown English word only describes the known thing behind it ("my duplicate order", "a black one"). A
// name may stand there, too ("my Bose headphones", "my Facebook account"): it is written with a capital, or stands before an account.
func describes(text string, w nlp.Token, unknown []nlp.Token) bool {
	if w.End > len(text) || isHan([]rune(w.Text)[0]) || unicode.IsUpper([]rune(text[w.Start:])[0]) && text[:w.Start] != "" && strings.ToUpper(text) != text {
		return false
	}
	rest, spaced := strings.CutPrefix(text[w.End:], " ")
	end := strings.IndexFunc(rest, func(r rune) bool { return !unicode.IsLetter(r) })
	if end < 0 {
		end = len(rest)
	}
	next := nlp.Fold(rest[:end])
	isUnknown := slices.ContainsFunc(unknown, func(u nlp.Token) bool { return u.Start == w.End+1 })
	return spaced && next != "" && !isUnknown && !notThings[next]
}

// doubt asks whether an article is meant although the question names something that it says nothing of. Unless the same is asked
// again that is no failure of the customer's question: she only has to say yes.
func (t *turn) doubt(ctx context.Context, hit kb.Hit, word string) error {
	d := t.decided(6, ActClarify, "strange", word)
	d.Action, d.Reason, d.Detail = ActClarify, "bot.why.strange", word
	return t.choose(ctx, saidDoubt, []Button{{Title: hit.Title, Action: "article:" + string(hit.Root)}})
}

// isMatter reports whether a word of a folded question is what the question is about: what something is to be done with, whose
// account or ticket it is, whom an offer is for. Where she lives, for whom she buys and when is told by the way, and any article
// may hold there; so may one with a word that names nothing, or what a shop does.
func isMatter(folded, word string) bool {
	if byTheWay[word] || shopActs.MatchString(word) || zhTime.MatchString(word) {
		return false
	}
	text := marked(folded, word)
	if isHan([]rune(word)[0]) {
		return len([]rune(word)) > 1 && zhMatter.MatchString(text)
	}
	return enMatter.MatchString(text)
}

// placeholder stands for the word that is looked at.
const placeholder = "¤"

// marked is a folded text with a placeholder for each occurrence of a word; of an English one only where it is a whole word.
func marked(folded, word string) string {
	if isHan([]rune(word)[0]) {
		return strings.ReplaceAll(folded, word, placeholder)
	}
	letter := func(s string, at int) bool {
		return at >= 0 && at < len(s) && (s[at] >= 'a' && s[at] <= 'z' || s[at] >= '0' && s[at] <= '9')
	}
	var out strings.Builder
	for {
		i := strings.Index(folded, word)
		if i < 0 || word == "" {
			return out.String() + folded
		}
		end := i + len(word)
		out.WriteString(folded[:i])
		if letter(folded, i-1) || letter(folded, end) {
			out.WriteString(word)
		} else {
			out.WriteString(placeholder)
		}
		folded = folded[end:]
	}
}

// How a word, ¤, is the matter of a question. In English: the object of what a shop does, what kind of thing somebody owns, whom an
// offer is for, who gets something. In Chinese: the topic that the question begins with, or the object.
var (
	enSlot   = `(?:(?:me|us|my|your|our|a|an|the|some|any|old|used|new|broken|other|more|gift|discount for) )*`
	enMatter = lazy(`\b(?:you|i|we|to|and|or|not|please|gift|can't) (?:engrave|wrap|repair|fix|mend|deliver|ship|send|recycle|sell|stock|cancel|delete|close|reset|forgot|take|return|exchange|trade in|refund|rent|install|use|` +
		`connect|pair|give|offer|cover|make|print|clean|have|charge) ` + enSlot + `¤|\b(?:is|are) there ` + enSlot + `¤` +
		`|\b(?:my|your|our|the|an?) (?:[a-z0-9]+ )?¤ (?:account|password|subscription|membership|speakers?|headphones|earbuds|app|ticket|stay|warranty|printer|watch|rings?|lamp|pens?|voucher)\b` +
		`|\b(?:discount|price|deal|offer|warranty)s? (?:for|on|to) ` + enSlot + `¤` +
		`|\b(?:do|does|can|will|are|is|the|for) (?:the )?¤(?: [a-z]+)? (?:get|pay|refund|have)\b`)
	zhMatter = lazy(`^(?:请问|你好|我的|我|旧|那|你们|你们家)*(?:[^，。？是在从到寄给把用]{0,3})¤的?(?:能|可以|可不可以|可否|你们|怎么|有|打折|便宜|坏|修|还|也|不|退|买|发票|账号|帐号|密码|会员|耳机|音箱|台灯|票|住宿|护士|手表|卡)` +
		`|(?:治|当|修|卖|收|回收|刻|包装|取消|注销|有|装在)(?:旧|一个|个)?¤`)
	zhTime = lazy(`[年月日天周晚早]|礼拜|星期|小时|分钟|^一|^前|^上|^下`)
	// shopActs are what a shop does: such a word names no thing that it might not know.
	shopActs = lazy(`[修退换送寄邮配运发取查催补赔刻]|快递|下单|付款|支付|取消|安装|清洗|回收|包装|保养|保修|投诉|注销|登录`)
)

// notThings are words behind which no thing comes: the word before them is the thing.
var notThings = words(`to for in on at with and or from by please too here now into of off after before if when while as it them that this i you we they is are was do does did can could will would should
	not but because so then than yet again today tomorrow anymore any my your our the a an get gets give gives refund refunds pay have has ticket tickets stay stays account accounts password subscription membership`)

// byTheWay are people and words that are told by the way or name nothing.
var byTheWay = words(`mum mom mother dad father parents husband wife son daughter brother sister child children kid kids baby toddler aunt uncle cousin niece nephew grandmother grandma grandfather
	grandpa friend boyfriend girlfriend roommate mate neighbour boss colleague employer partner family today yesterday tomorrow tonight morning evening per existing
	妈 妈妈 爸 爸爸 爸妈 父母 老公 老婆 丈夫 妻子 儿子 女儿 哥哥 弟弟 姐姐 妹妹 孩子 宝宝 阿姨 叔叔 表妹 表弟 侄子 侄女 外甥 奶奶 爷爷 外婆 外公 姥姥 姥爷 朋友 男友 女友 男朋友 女朋友 室友 同学 同事 老板 单位 公司 家人 家里
	如何 咋 啥 死活 说法 大概`)
